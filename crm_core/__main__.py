"""The command line: `python -m crm_core COMMAND --help`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from crm_core import serving
from crm_core.errors import CrmError, InputError
from crm_core.settings import Settings, settings

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(
    name="crm_core",
    help="Second Opinion: an AI CRM that can be disagreed with.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
told = Console(stderr=True, highlight=False)
LARGE = 20_000
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Format(StrEnum):
    """Formats of an export."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Turn an error of ours into one line and exit code 1."""
    try:
        yield
    except CrmError as error:
        _fail(error.sentence())
    except ValidationError as error:
        names = ", ".join(f"CRM_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors())
        _fail(f"A setting is not usable: {names}. What to do: see docs/settings.md.")
    except BrokenPipeError:
        sys.stderr.close()
        raise typer.Exit(0) from None


def _fail(sentence: str) -> NoReturn:
    told.print(" ".join(sentence.splitlines()), style="red", soft_wrap=True, markup=False)
    raise typer.Exit(1) from None


def report(name: str, detail: str, seconds: float) -> None:
    """One line of progress: step, what was done, seconds."""
    told.print(f"[green]✓[/green] {name:<18} {detail}  [dim]{seconds:.1f} s[/dim]", soft_wrap=True)


@app.command()
def demo(
    customers: Annotated[int, typer.Option(min=20, help="Size of the company.")] = 2_000,
    months: Annotated[int, typer.Option(min=6, max=120, help="Length of its history.")] = 24,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 20260630,
    csv: Annotated[Path | None, typer.Option(help="Only write the CSV files into this folder.")] = None,
) -> None:
    """Make the demo company and land it: as CSV through the ordinary import, large ones straight to the lake."""
    from crm_core.demo import Company, write_csv

    with one_clear_line():
        company = Company(customers=customers, months=months, seed=seed)
        if csv:
            rows = write_csv(company, csv)
            typer.echo(f"{sum(rows.values()):,} rows in {len(rows)} files in {csv}")
            return
        make_demo(settings(), company)
        told.print("Next: python -m crm_core build")


def make_demo(where: Settings, company: Any) -> None:
    """Generate a demo company and land it, with what its people said; its truth is written apart, for tests only."""
    from crm_core import lake
    from crm_core.demo import write_csv, write_lake, write_truth

    foreign = sorted(serving.sources(where) - {"demo"})
    if foreign:
        raise InputError(
            "The demo company is not mixed with data of your own",
            where=str(where.data_dir),
            why=f"the lake holds data of: {', '.join(foreign)}",
            remedy="choose another folder: CRM_DATA_DIR=somewhere python -m crm_core demo",
        )
    began = time.perf_counter()
    if company.customers > LARGE:
        lake.ensure_lake(where)
        rows = sum(write_lake(company, where, with_truth=True).values())
    else:
        folder = where.data_dir / "demo_export"
        write_csv(company, folder)
        report("generate", f"{company.customers:,} customers as CSV", time.perf_counter() - began)
        began = time.perf_counter()
        landed = lake.import_files(lake.load_mapping("demo"), sorted(folder.glob("*.csv")), where)
        rows = landed.n_landed
        write_truth(company, where.truth_dir)
    report("land", f"{rows:,} rows", time.perf_counter() - began)
    began = time.perf_counter()
    report("recall", f"{serving.recall(where, company):,} things people said", time.perf_counter() - began)


@app.command("import")
def import_(
    mapping: Annotated[str, typer.Argument(help="A shipped mapping (demo, telco, bank, ravenstack) or a YAML file.")],
    files: Annotated[list[Path], typer.Argument(help="CSV, Parquet, Excel or JSON lines.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would land; change nothing.")] = False,
) -> None:
    """Land files in the lake: checked, all or nothing; bad rows go to the quarantine."""
    from crm_core import lake

    with one_clear_line():
        done = lake.import_files(lake.load_mapping(mapping), files, settings(), dry_run=dry_run)
        for line in done.lines():
            typer.echo(line)
        if done.is_rejected:
            raise typer.Exit(1)


@app.command()
def build(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to look from (default: the newest data).")
    ] = None,
    retrain: Annotated[bool, typer.Option("--retrain", help="Train even if the model is recent.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another build to end.")] = 600,
) -> None:
    """Derive features, train when due, score, and let the new build serve."""
    with one_clear_line():
        make_build(settings(), as_of=as_of, retrain=retrain, wait=wait)


def make_build(where: Settings, *, as_of: datetime | None = None, retrain: bool = False, wait: float = 600) -> None:
    """Run the pipeline, telling every step."""
    from crm_core import pipeline

    info = pipeline.build(
        where,
        as_of=as_of.date() if as_of else None,
        retrain=retrain,
        wait_seconds=wait,
        report=lambda step: report(step.name, step.detail, step.seconds),
    )
    told.print(
        f"Build {info.build_id} serves: as of {info.as_of:%d %b %Y}, {info.customers:,} customers, {info.seconds} s"
    )


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port (default: CRM_PORT or 8501).")] = None,
    host: Annotated[str | None, typer.Option(help="Address (default: CRM_HOST or 127.0.0.1).")] = None,
) -> None:
    """Serve the dashboard; at the first start the demo company is made and built."""
    with one_clear_line():
        where = settings()
        address = serving.checked_address(host or where.host, port or where.port)
        if not serving.has_build(where):
            if not serving.sources(where):
                from crm_core.demo import Company

                told.print("First start: making the demo company (about a minute, once).")
                make_demo(where, Company())
            make_build(where)
        raise typer.Exit(serving.run(*address))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:
    """What is there: build, models, feeds, ledger, quarantine."""
    with one_clear_line():
        facts = serving.status(settings())
        if as_json:
            typer.echo(json.dumps(facts, indent=2, default=str))
            return
        for name, value in facts.items():
            typer.echo(f"{name}: {value}")


@app.command()
def scores(
    question: Annotated[str, typer.Argument(help="churn or lead.")],
    top: Annotated[int | None, typer.Option(min=1, help="Only the highest ones.")] = None,
    kind: Annotated[Format, typer.Option("--format", help="csv, json or parquet.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option(help="File (default: standard output).")] = None,
) -> None:
    """Scores of the current build, highest first, with interval, tier and main reason."""
    from crm_core import views
    from crm_core.access import system_viewer
    from crm_core.scoring import newest_card
    from crm_core.scoring import question as known

    with one_clear_line():
        if kind is Format.PARQUET and output is None:
            raise InputError("Parquet needs a file", remedy="add --output FILE")
        name = known(question).name
        frame = views.score_table(system_viewer(), name, top)
        if frame.empty:
            found = newest_card(settings(), name)
            raise InputError(
                f"There are no scores for '{name}'",
                why=found.reason if found and found.reason else "the current build holds nobody it could be asked of",
                remedy=f"run `python -m crm_core card {name}` for what the last training found",
            )
        try:
            write_frame(frame, kind, output or sys.stdout)
        except OSError as error:
            if isinstance(error, BrokenPipeError) or output is None:
                raise
            raise InputError("The scores could not be written", where=str(output), why=str(error)) from error


def _disarmed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # pandas leaves a bare carriage return unquoted: what follows it would begin a row of its own.
    return ("'" if value.startswith(FORMULA) or value.lstrip().startswith(FORMULA) else "") + value.replace("\r", " ")


def write_frame(frame: pd.DataFrame, kind: Format, target: Any) -> None:
    """Write an export; in CSV no text of a customer may turn into a formula of a spreadsheet."""
    if kind is Format.CSV:
        frame.map(_disarmed).to_csv(target, index=False)
    elif kind is Format.JSON:
        frame.to_json(target, orient="records", lines=False, force_ascii=False, date_format="iso")
    else:
        frame.to_parquet(target, index=False)


@app.command()
def card(
    question: Annotated[str, typer.Argument(help="churn or lead.")],
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """The model card: what the model rests on and how good it is, or why there is none."""
    from crm_core import scoring

    with one_clear_line():
        name = scoring.question(question).name
        found = scoring.newest_card(settings(), name)
        if found is None:
            raise InputError(
                f"There is no card for '{name}' yet", why="nothing was built", remedy="run `python -m crm_core build`"
            )
        if as_json:
            typer.echo(found.to_json())
            return
        for key, value in found.to_dict().items():
            if not isinstance(value, list):
                typer.echo(f"{key}: {value}")


@app.command()
def features() -> None:
    """The feature dictionary: what each feature means, and how it may mislead."""
    from crm_core.warehouse import dictionary

    typer.echo(dictionary.features_markdown(), nl=False)


@app.command()
def measures() -> None:
    """The measures: what each means, how it is worked out, and how it may mislead."""
    from crm_core.warehouse import dictionary

    typer.echo(dictionary.measures_markdown(), nl=False)


if __name__ == "__main__":
    app(prog_name="python -m crm_core")
