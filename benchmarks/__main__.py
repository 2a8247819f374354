"""`python -m benchmarks COMMAND`: every figure the documents claim comes from here."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import evidence as evidence_of
from benchmarks import evidence_report as report_of
from benchmarks import levels as levels_of
from benchmarks import overrides as overrides_of
from benchmarks import overrides_report
from benchmarks import pages as pages_of
from benchmarks import quality as quality_of
from benchmarks import receipts as receipts_of
from benchmarks import speed as speed_of

app = typer.Typer(help="Measure what the documents claim.", add_completion=False, no_args_is_help=False)
console = Console(width=200)


def _show(title: str, rows: list[dict[str, object]]) -> None:
    table = Table(title=title)
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in names:
        table.add_column(name, justify="right" if name not in ("data", "what", "note", "status", "page") else "left")
    for row in rows:
        table.add_row(*(_text(row.get(name, "")) for name in names))
    console.print(table)


def _text(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


@app.command()
def quality(
    seeds: Annotated[list[int] | None, typer.Option("--seed", help="Seeds of the demo company.")] = None,
    pooled: Annotated[int, typer.Option(help="Demo companies pooled for calibration by evidence; 0: none.")] = 8,
) -> None:
    """Quality of the models on the public data sets and on the demo company; calibration at every evidence level."""
    with tempfile.TemporaryDirectory() as folder:
        if pooled:
            measured = levels_of.run(range(1, pooled + 1), Path(folder))
            _show("Published scores by level of evidence, demo companies pooled", levels_of.table(measured))
        _show("Public data", quality_of.public(Path(folder)))
        _show("Demo company, against the best possible", quality_of.demo(Path(folder), tuple(seeds or (20260630, 5))))


@app.command()
def speed(customers: Annotated[int, typer.Option(help="Size of the large company; 0 leaves it out.")] = 0) -> None:
    """First and second start; generating and building a large company."""
    with tempfile.TemporaryDirectory() as folder:
        _show("Starts", speed_of.starts(Path(folder)))
        if customers:
            _show("Large", speed_of.large(Path(folder), customers))


@app.command()
def pages(
    customers: Annotated[int, typer.Option(help="Size of the large company; 0 leaves it out.")] = 200_000,
    large: Annotated[Path | None, typer.Option(help="Data folder of a large company that is built already.")] = None,
    demo: Annotated[Path | None, typer.Option(help="Data folder of a demo company that is built already.")] = None,
) -> None:
    """Warm page runs against an empty Streamlit page, on the demo company and on a large one."""
    with tempfile.TemporaryDirectory() as folder:
        _show("Pages, demo company", pages_of.table(demo or pages_of.company(Path(folder) / "demo")))
        if large or customers:
            where = large or pages_of.company(Path(folder) / "large", customers)
            _show(f"Pages, {pages_of.size(where)}", pages_of.table(where))


@app.command()
def receipts(
    demo: Annotated[Path | None, typer.Option(help="Data folder of a demo company that is built already.")] = None,
) -> None:
    """From a person's word to its receipt, on the server."""
    with tempfile.TemporaryDirectory() as folder:
        source = demo or pages_of.company(Path(folder) / "demo")
        _show("Receipts", receipts_of.table(source, Path(folder) / "copy"))


@app.command()
def evidence(
    quick: Annotated[bool, typer.Option("--quick", help="Six seeds, two shares: within five minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object; nothing is written.")] = False,
    seeds: Annotated[int, typer.Option(help="How many seeds.")] = len(evidence_of.FULL_SEEDS),
) -> None:
    """Unlogged contacts on companies of known truth; without --quick docs/evidence.md is written anew."""
    with tempfile.TemporaryDirectory() as folder:
        if quick:
            found = evidence_of.quick(Path(folder))
            if as_json:
                typer.echo(json.dumps(found, indent=1))
            else:
                _show("Unlogged contacts", [found])
            return
        measured = evidence_of.full(Path(folder), seeds)
    typer.echo(str(report_of.write(measured)))


@app.command()
def overrides(
    quick: Annotated[bool, typer.Option("--quick", help="Ten seeds, four teams each: within five minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object; nothing is written.")] = False,
) -> None:
    """People and model together on companies of known truth; without --quick docs/overrides.md is written anew."""
    with tempfile.TemporaryDirectory() as folder:
        found = overrides_of.run(overrides_of.QUICK if quick else overrides_of.FULL, Path(folder))
        figures = overrides_of.quick_figures(found)
    if as_json:
        typer.echo(json.dumps(figures, indent=1))
    elif quick:
        _show("People and model together", [figures])
    else:
        typer.echo(str(overrides_report.write(found)))


@app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Without a command: all of it."""
    if context.invoked_subcommand is None:
        quality(None, 8)
        speed(0)
        pages(0, None, None)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
