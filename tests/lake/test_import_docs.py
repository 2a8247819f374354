"""docs/import.md cannot lie: every key, table, field and shipped mapping is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from crm_core.lake import TABLES, load_mapping, mapping, shipped_mappings
from crm_core.lake.tables import Table
from tests.lake.conftest import Lake

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
PARTS = [m for m in vars(mapping).values() if isinstance(m, type) and issubclass(m, BaseModel) and m.model_fields]
KEYS = sorted({i.alias or n for p in PARTS for n, i in p.model_fields.items() if not i.exclude and n != "day"})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_mapping_is_documented(key: str) -> None:
    assert re.search(rf"`{key}[`:]|[{{ ]{key}:", DOCS), f"docs/import.md does not explain `{key}`"


def line_of(table: Table) -> str:
    def shown(name: str, is_required: bool) -> str:
        text = f"**{name}**" if is_required else name
        return f"{text} (*date*)" if name == table.happened_from else text

    fields = ", ".join(shown(c.name, c.is_required) for c in table.columns)
    return f"| `{table.name}` | {table.grain} | {fields} |"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_table_is_documented_with_all_its_fields(table: Table) -> None:
    assert line_of(table) in DOCS, f"docs/import.md lacks this line:\n{line_of(table)}"


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_is_documented(name: str) -> None:
    assert f"**`{name}`**" in DOCS
    assert load_mapping(name).source == name


def test_the_example_of_the_docs_works_as_written(lake: Lake) -> None:
    blocks = re.findall(r"```(\w*)\n(.*?)```", DOCS, re.DOTALL)
    export = next(text for _, text in blocks if text.startswith("Kunden-Nr"))
    first, second = (re.sub("^ {3}", "", text, flags=re.MULTILINE) for kind, text in blocks if kind == "yaml")
    file = lake.file("kunden_2026-06.csv", export.encode("cp1252"))
    begun = lake.land(file, mapping=first, dry_run=True)
    assert "Umsatz" in begun.unmapped["kunden_2026-06.csv"]
    whole = first[: first.index("    fields:")] + second
    report = lake.land(file, mapping=whole)
    assert report.unmapped == {}
    assert lake.current("customers", "name, CAST(created_on AS VARCHAR)") == [("Müller GmbH", "2021-03-14")]
    assert lake.current("attributes", "name, value, purpose") == [
        ("Geschlecht", "w", "protected"),
        ("revenue_eur", "1234.56", "feature"),
    ]
    assert lake.current("outcomes", "outcome") == [(False,)]
