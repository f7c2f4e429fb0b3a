"""Tables of pages as exports write them: other names, other nesting, other types of columns."""

import base64
import csv
import gzip
import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from infra.base.errors import NewslakeError
from infra.intake.captures import find_inputs
from infra.intake.files.input_types import Skipped
from parsers.record.capture import Capture, CapturedAtBasis
from parsers.record.outcome import RejectReason
from tests.archive_reading import Read, Unreadable, read_captures

URL: Final = "https://paper.example/2026/ferry"
SAID: Final = "2026-03-05T12:00:00Z"
AT: Final = datetime(2026, 3, 5, 12, tzinfo=UTC)
PAGE: Final = "<!doctype html><html><head><title>Fähre</title></head><body><p>The ferry sails again.</p></body></html>"
ROW: Final = {"url": URL, "fetched_at": SAID, "html": PAGE}
LARGE: Final = pa.large_string()
CODED: Final = pa.dictionary(pa.int32(), pa.string())
AS_BASE64: Final = base64.b64encode(PAGE.encode()).decode()


def read(path: Path, content: bytes, columns: list[str] | None = None) -> list[Read]:
    path.write_bytes(content)
    (one,) = find_inputs([str(path)], columns=columns or [])
    return list(read_captures(one))


def assert_row(found: list[Read], *, count: int = 1) -> None:
    pages = [each for each in found if not isinstance(each, Skipped)]
    assert len(pages) == count, found
    for page in pages:
        assert isinstance(page, Capture), page
        assert (page.url, page.captured_at, page.captured_at_basis) == (URL, AT, CapturedAtBasis.TABLE)
        assert page.body == PAGE.encode()


@pytest.mark.parametrize(
    "row",
    [
        {"pageUrl": URL, "rawHtml": PAGE, "fetchedAt": SAID},
        {"Page URL": URL, "Raw HTML": PAGE, "Fetched At": SAID},
        {"original_url": URL, "html_body": PAGE, "download_date": SAID},
        {"id": 1, "response": {"url": URL, "status": 200, "body": PAGE}, "fetched_at": SAID},
        {"page": ROW},
        {"html": PAGE, "metadata": {"url": URL, "timestamp": SAID}},
        {"_index": "pages", "_source": ROW},
        {"_id": {"$oid": "5f"}, "url": URL, "html": PAGE, "fetched_at": {"$date": SAID}},
        {"url": URL, "html": PAGE, "fetched_at": {"$date": {"$numberLong": str(int(AT.timestamp()) * 1000)}}},
        {"url": URL, "html": PAGE, "timestamp": None, "crawl_timestamp": SAID},
        {**ROW, "fetched_at": "2026-03-05 12:00:00 UTC"},
        {**ROW, "fetched_at": "2026/03/05 12:00:00"},
        {**ROW, "html": AS_BASE64},
        {**ROW, "html": base64.b64encode(gzip.compress(PAGE.encode())).decode()},
        {"pages": [ROW]},
        {"title": "Ferry", "html": {"content": PAGE, "requested_url": URL, "crawl_date": SAID}},
        {"html": PAGE, "crawl": {"loadedUrl": URL, "loadedTime": SAID}},
        {"url": [URL], "html": [PAGE], "scraped_at": [SAID]},
        {"target_url": URL, "outerHTML": PAGE, "harvested_at": SAID, "note": "<p>none"},
        {"url": URL, "content": "<p>The ferry", "dump": PAGE, "archived_on": SAID},
        {**ROW, "captured_at": None, "crawl_date": "NaT"},
        {"count": 1, "result": {"items": [ROW]}},
        {**ROW, "author": {"url": "https://other.example/", "html": "no"}, "content_type": "article"},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_json_under_other_names_and_deeper_inside(tmp_path: Path, row: Mapping[str, Any], indent: int | None) -> None:
    assert_row(read(tmp_path / "a", json.dumps(row, indent=indent).encode()))


def test_har_gives_its_pages_and_counts_the_rest(tmp_path: Path) -> None:
    def entry(url: str, kind: str, text: str, **more: str) -> dict[str, Any]:
        content = {"mimeType": kind, "text": text, **more}
        return {"startedDateTime": SAID, "request": {"url": url}, "response": {"status": 200, "content": content}}

    entries = [
        entry(f"{URL}.js", "text/javascript", "var a = '<div>'"),
        entry(URL, "text/html; charset=utf-8", PAGE),
        entry(f"{URL}.png", "image/png", "iVBORw0KGgo=", encoding="base64"),
        entry(URL, "text/html", AS_BASE64, encoding="base64"),
    ]
    har = {"log": {"version": "1.2", "creator": {"name": "browser"}, "pages": [{"id": "1"}], "entries": entries}}
    found = read(tmp_path / "a.har", json.dumps(har, indent=2).encode())
    assert [type(each) for each in found] == [Skipped, Capture, Skipped, Capture]
    assert_row(found, count=2)


def test_addresses_with_their_pages_in_one_object(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a.json", json.dumps({URL: PAGE}).encode())
    assert isinstance(page, Capture)
    assert (page.url, page.body) == (URL, PAGE.encode())
    both = read(tmp_path / "a.json", json.dumps({URL: PAGE, f"{URL}/2": PAGE}).encode())
    assert [each.url for each in both if isinstance(each, Capture)] == [URL, f"{URL}/2"]
    below = {"html": PAGE, "fetched_at": SAID}
    assert_row(read(tmp_path / "a.json", json.dumps({URL: below, f"{URL}/2": below}).encode())[:1])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_json_in_utf_16(tmp_path: Path, encoding: str) -> None:
    assert_row(read(tmp_path / "a", f"{json.dumps(ROW)}\r\n{json.dumps(ROW)}".encode(encoding)), count=2)


def test_column_inside_another_is_named_with_a_point(tmp_path: Path) -> None:
    row = {"where": {"is": URL}, "got": {"it": PAGE, "on": SAID}}
    columns = ["url=where.is", "html=got.it", "captured_at=got.on"]
    assert_row(read(tmp_path / "a", json.dumps(row).encode(), columns))
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), target)
    assert_row(read(tmp_path / "a", target.getvalue(), columns))
    with pytest.raises(NewslakeError, match="ROLE=NAME"):
        read(tmp_path / "a", b"", ["where.is"])


def test_a_table_without_pages_names_its_columns_also_those_inside(tmp_path: Path) -> None:
    found = read(tmp_path / "a", json.dumps({"url": URL, "got": {"maintext": "The ferry sails."}}).encode())
    assert [each.kind for each in found if isinstance(each, Skipped)] == ["row without a page", "table without pages"]
    assert isinstance(found[-1], Skipped)
    assert "columns: url, got.maintext" in found[-1].advice
    found = read(tmp_path / "a.csv", f",url\n,{URL}\n".encode())
    assert [each.kind for each in found if isinstance(each, Skipped)] == ["row without a page", "table without pages"]


def test_a_csv_without_names_says_so(tmp_path: Path) -> None:
    first, second, told = read(tmp_path / "a.csv", f"1,{URL},,{PAGE}\n2,{URL},,{PAGE}\n".encode())
    assert isinstance(first, Unreadable)
    assert isinstance(second, Capture)
    assert isinstance(told, Skipped)
    assert f"{tmp_path}/a.csv has no names: put a line before the first" in told.advice


def test_of_several_documents_in_a_row_none_is_the_page(tmp_path: Path) -> None:
    found = read(tmp_path / "a", json.dumps({"url": URL, "before": PAGE, "after": PAGE}).encode())
    assert [each.kind for each in found if isinstance(each, Skipped)] == ["row without a page", "table without pages"]


def test_a_page_that_is_no_text_is_no_page(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a", json.dumps({**ROW, "html": [PAGE, PAGE]}).encode())
    assert isinstance(page, Unreadable)
    assert page.detail == "its page is no text but list"


def test_a_broken_first_line_costs_no_other(tmp_path: Path) -> None:
    lines = json.dumps(ROW)
    found = read(tmp_path / "a", f"{lines[:80]}\n{lines}\n{lines}\n".encode())
    assert [type(each) for each in found] == [Unreadable, Capture, Capture]


@pytest.mark.parametrize("between", ["", "\r", "\n\x1e", " "])
def test_objects_one_after_the_other_in_whatever_way(tmp_path: Path, between: str) -> None:
    assert_row(read(tmp_path / "a", between.join([json.dumps(ROW)] * 3).encode()), count=3)


def test_p13_a_number_that_python_does_not_read_costs_its_own_row(tmp_path: Path) -> None:
    large = json.dumps(ROW).replace("{", '{"n": ' + "1" * 5_000 + ", ", 1)
    for content in (f"{large}\n{json.dumps(ROW)}", f"{json.dumps(ROW)}\n{large}"):
        found = read(tmp_path / "a.jsonl", content.encode())
        assert {type(each) for each in found} == {Capture, Unreadable}
        assert len(found) == 2


@pytest.mark.parametrize("content", [json.dumps([URL, PAGE]), json.dumps([[URL, PAGE], [URL, PAGE]])])
def test_lists_without_names_are_no_pages(tmp_path: Path, content: str) -> None:
    found = read(tmp_path / "a", content.encode())
    assert found
    assert all(isinstance(each, Unreadable) and "no JSON object" in each.detail for each in found)


def test_a_csv_with_nothing_but_pages(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a.csv", as_csv({"html": PAGE}).encode())
    assert isinstance(page, Capture)
    assert page.body == PAGE.encode()


def test_an_object_that_is_too_large_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(json.dumps({"pages": [ROW] * 1_000}, indent=1))
    (one,) = find_inputs([str(tmp_path / "a")])
    (page,) = read_captures(one, max_page_bytes=1_000)
    assert isinstance(page, Unreadable)
    assert (page.reason, page.detail) == (RejectReason.TOO_LARGE, "JSON object of more than 6,000 characters")


def as_csv(row: Mapping[str, str], **form: Any) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(row), **form)
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\n" + as_csv(ROW, delimiter=";").encode(),
        b"\r\n\r\n" + as_csv(ROW).encode(),
        as_csv({" URL ": URL, "HTML ": PAGE, "Fetched_At": SAID}).encode(),
        b"\xef\xbb\xbf" + as_csv({"title": 'A "ferry";\nagain', **ROW}, delimiter=";").encode(),
        as_csv(ROW, delimiter="\t", quoting=csv.QUOTE_ALL).encode("utf-16"),
        as_csv(ROW).encode("utf-16-le"),
        as_csv({"title": 'A "ferry";\nagain', **ROW}, delimiter=";").encode("utf-16-be"),
    ],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, content: bytes) -> None:
    assert_row(read(tmp_path / "a.csv", content))


@pytest.mark.parametrize("end", ["", "\\"])
def test_csv_with_backslashes_before_quotes_as_spark_and_mysql_write_it(tmp_path: Path, end: str) -> None:
    """Pages came in without what followed their first attribute."""
    page = f'<html lang="en"><p title="a \\"b\\" c">{PAGE}{end}'
    written = re.sub(r'(\\*)(")', r"\1\1\\\2", page).removesuffix(end) + 2 * end
    (found,) = read(tmp_path / "a.csv", f'url,fetched_at,html\n{URL},{SAID},"{written}"\n'.encode())
    assert isinstance(found, Capture)
    assert (found.url, found.captured_at, found.body.decode()) == (URL, AT, page)


@pytest.mark.parametrize("rest", [b"<", b"\x00\xd8"])  # half a letter; half a pair, which no encoding gives back
def test_a_csv_in_utf_16_with_an_odd_byte_keeps_its_rows(tmp_path: Path, rest: bytes) -> None:
    (page, broken) = read(tmp_path / "a.csv", as_csv(ROW).encode("utf-16") + rest)
    assert isinstance(page, Capture)
    assert isinstance(broken, Unreadable)


def in_arrow(table: pa.Table, form: str) -> bytes:
    target = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, target)
    elif form == "feather":
        feather.write_feather(table, target)
    else:
        with pa.ipc.new_stream(target, table.schema) as writer:
            writer.write_table(table)
    return target.getvalue()


@pytest.mark.parametrize("form", ["parquet", "feather", "stream"])
@pytest.mark.parametrize(
    ("url", "at", "html"),
    [
        (pa.array([URL.encode()]), pa.array([AT], pa.timestamp("us", "UTC")), pa.array([PAGE.encode()])),
        (pa.array([URL], LARGE), pa.array([AT], pa.timestamp("s", "+05:30")), pa.array([PAGE], LARGE)),
        (pa.array([URL], CODED), pa.array([AT], pa.timestamp("ns", "Europe/Berlin")), pa.array([PAGE], CODED)),
        (pa.array([URL]), pa.array([AT], pa.timestamp("us", "Mars/Olympus")), pa.array([PAGE])),
        (pa.array([URL]), pa.array([int(AT.timestamp())]), pa.array([gzip.compress(PAGE.encode())])),
        (pa.array([URL]), pa.array([SAID]), pa.array([PAGE], pa.string_view())),
    ],
)  # fmt: skip
def test_columns_of_any_type(tmp_path: Path, form: str, url: pa.Array, at: pa.Array, html: pa.Array) -> None:
    assert_row(read(tmp_path / "a", in_arrow(pa.table({"url": url, "fetched_at": at, "html": html}), form)))


@pytest.mark.parametrize("form", ["parquet", "feather", "stream"])
def test_structs_lists_and_damage_of_arrow(tmp_path: Path, form: str) -> None:
    assert_row(read(tmp_path / "a", in_arrow(pa.table({"url": ["x"], "pages": [[ROW, ROW]]}), form)), count=2)
    content = in_arrow(pa.table({"page": pa.array([ROW])}), form)
    assert_row(read(tmp_path / "a", content))
    found = read(tmp_path / "a", content[: len(content) // 2])
    assert [each.reason for each in found if isinstance(each, Unreadable)] == [RejectReason.ARCHIVE_DAMAGED]
