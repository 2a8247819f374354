"""Files in every form a person may have them: what lands, and what is refused with which words."""

from __future__ import annotations

import gzip
import io
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from crm_core import errors
from crm_core.lake import ensure_lake
from tests.lake.conftest import SHOP, Lake

CASES = Path(__file__).parents[1] / "cases" / "lake"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    return [pytest.param(c, id=c["name"]) for c in yaml.safe_load((CASES / name).read_text(encoding="utf-8"))]


def landed(lake: Lake) -> list[list[str]]:
    rows = lake.query(
        "SELECT c.source_id, c.name, CAST(c.created_on AS VARCHAR), a.value FROM {customers} c "
        "LEFT JOIN {attributes} a ON a.entity_id = 'shop:' || c.source_id ORDER BY c.source_id"
    )
    return [list(row) for row in rows]


@pytest.mark.parametrize("case", cases("readable.yml"))
def test_every_usual_form_of_a_csv_lands_the_same(lake: Lake, case: Case) -> None:
    lake.land(lake.file("customers.csv", case["text"].encode(case.get("encoding", "utf-8"))))
    assert landed(lake) == case["expected"]


@pytest.mark.parametrize("case", cases("refused.yml"))
def test_an_unusable_file_is_refused_with_reason_and_nothing_lands(lake: Lake, case: Case) -> None:
    mapping = SHOP + (f"    format: {case['format']}\n" if "format" in case else "")
    file = lake.file("customers.csv", case["text"].encode(case.get("encoding", "utf-8")))
    with pytest.raises(getattr(errors, case["error"])) as caught:
        lake.land(file, mapping=mapping)
    assert [word for word in case["says"] if word not in str(caught.value)] == []
    assert lake.files() == set()


@pytest.mark.parametrize("case", cases("bad_rows.yml"))
def test_one_bad_row_waits_in_quarantine_and_the_others_land(lake: Lake, many: Any, case: Case) -> None:
    report = lake.land(lake.file("customers.csv", many(100) + case["row"] + "\n"))
    assert lake.query("SELECT count(*) FROM {customers}") == [(100,)]
    (fault,) = report.faults
    assert (fault.file, fault.line, fault.column, fault.value) == ("customers.csv", 102, case["column"], case["value"])
    assert case["reason"] in fault.reason
    assert fault.remedy


PARQUET_ROWS = {"id": ["1"], "name": ["A"], "since": [date(2025, 3, 14)], "spend": [12.5]}


def parquet_bytes() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(PARQUET_ROWS), sink)
    return sink.getvalue()


def test_parquet_jsonl_and_packed_csv_land_like_csv(lake: Lake, tmp_path: Path) -> None:
    expected = [["1", "A", "2025-03-14", "12.5"]]
    text = b"id,name,since,spend\n1,A,2025-03-14,12.5\n"
    line = b'{"id": 1, "name": "A", "since": "2025-03-14", "spend": 12.5}\n'
    forms = {
        "customers.parquet": parquet_bytes(),
        "customers.csv.gz": gzip.compress(text, mtime=0),
        "customers.jsonl": line,
        "customers.json": b"[" + line.strip() + b"]",
    }
    for n, (name, content) in enumerate(forms.items()):
        other = Lake(tmp_path / str(n))
        other.folder.mkdir()
        other.land(other.file(name, content))
        assert landed(other) == expected, name


def test_excel_lands_like_csv_with_its_own_dates_and_line_numbers(lake: Lake) -> None:
    rows: list[list[Any]] = [["id", "name", "since", "spend"]]
    rows += [[i, f"N{i}", date(2025, 3, 14), 12.5] for i in range(30)] + [[99, "", date(2025, 3, 14), 1]]
    file = lake.file("customers.xlsx", workbook(rows))
    report = lake.land(file)
    assert landed(lake)[0] == ["0", "N0", "2025-03-14", "12.5"]
    assert [(f.line, f.column) for f in report.faults] == [(32, "name")]


def workbook(rows: list[list[Any]]) -> bytes:
    """The smallest .xlsx there is; dates become serial numbers with a date style."""
    import zipfile

    def cell(value: Any) -> str:
        if isinstance(value, date):
            return f'<c s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    sheet = "".join(f"<row>{''.join(cell(v) for v in row)}</row>" for row in rows)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{rel}/worksheet" Target="worksheets/s.xml"/><Relationship Id="r2" Type="{rel}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/s.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("customers.parquet", parquet_bytes()[:200], "cut off"),
        ("customers.parquet", b"id,name\n1,A\n", "content does not"),
        ("customers.xlsx", workbook([["id"], ["1"]])[:300], "Excel"),
        ("customers.csv.gz", gzip.compress(b"id,name,since,spend\n" * 500, mtime=0)[:40], "cut off"),
    ],
)
def test_a_file_cut_in_half_is_named_as_such(lake: Lake, name: str, content: bytes, says: str) -> None:
    with pytest.raises(errors.UnreadableFileError, match=says):
        lake.land(lake.file(name, content))
    assert lake.files() == set()


def test_a_wrong_ending_is_no_obstacle_but_noted(lake: Lake) -> None:
    report = lake.land(lake.file("customers.csv", parquet_bytes()))
    assert landed(lake) == [["1", "A", "2025-03-14", "12.5"]]
    assert any("content is parquet" in note for note in report.notes)


def test_a_line_without_end_is_refused_without_reading_it_whole(lake: Lake) -> None:
    path = lake.folder / "customers.csv"
    with path.open("wb") as out:
        out.write(b"id,name,since,spend\n1," + b"x" * (5 << 20))
        out.truncate(1 << 30)
    ensure_lake(lake.settings)
    import resource
    import time

    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(errors.UnreadableFileError, match="2 MiB"):
        lake.land(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert time.monotonic() - start < 20


def test_unmapped_columns_and_uncertain_forms_are_told(lake: Lake) -> None:
    text = "id,name,since,spend,colour,size\n1,A,03/04/2025,1,red,2\n"
    report = lake.land(lake.file("customers.csv", text))
    assert report.unmapped == {"customers.csv": ("colour", "size")}
    assert any("month before day" in note for note in report.notes)
    assert "not mapped in customers.csv: colour, size" in "\n".join(report.lines())
