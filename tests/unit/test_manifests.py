"""Manifests: what is known of files from outside of them."""

import io
import json
import tarfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from errno import EACCES
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.errors import UsageError
from infra.intake.captures import find_inputs
from infra.intake.files.manifests import ManifestLine, parse_index, parse_manifest
from infra.store.open_store import open_store
from parsers.record.capture import Capture, CapturedAtBasis
from tests.archive_reading import read_captures

UTC_TIME = datetime(2024, 2, 28, 13, 6, 44, 83593, tzinfo=UTC)


def one(line: str) -> ManifestLine:
    return parse_manifest(line.encode(), "m.jsonl")["a.html"]


def test_a_line_gives_url_time_and_source_and_other_keys_are_left_to_others() -> None:
    written = {
        "id": "AP_0", "file": "a.html", "url": "https://a.example/1", "captured_at": "2024-02-28T13:06:44.083593Z",
        "source": "apnews", "expected": {"title": "t"}, "publisher": "AP",
    }  # fmt: skip
    assert one(json.dumps(written)) == ManifestLine("https://a.example/1", UTC_TIME, "apnews", "m.jsonl, line 1")


@pytest.mark.parametrize("written", ["yesterday", "2024-02-30", "0001-01-01T00:00:00+14:00", "24:00"])
def test_a04_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match=r"m\.jsonl, line 1: `captured_at` .* is not a time"):
        one(json.dumps({"file": "a.html", "captured_at": written}))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "has no `file`"),
        ('{"file": ""}', "has no `file`"),
        ('{"file": "a\\u0000"}', "has no `file`"),
        ('{"file": 5}', "`file` is not a string"),
        ('{"file": "a", "url": 5}', "`url` is not a string"),
        ('{"file": "a", "source": ["tass"]}', "`source` is not a string"),
        ('{"file": "a", "captured_at": 1709125604}', "`captured_at` is not a string"),
        ('{"file": "ok", "url": "https://a.example/2"}', "described differently"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(line: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_manifest(f'{{"file": "ok"}}\n\n{line}\n'.encode(), "m.jsonl")
    assert "m.jsonl, line 3" in str(refused.value)
    assert complaint in str(refused.value)


@pytest.mark.parametrize("file", ["../a.html", "/etc/passwd", "sub/../../a.html"])
def test_a05_a_line_that_leads_out_of_the_folder_is_refused(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "manifest.jsonl").write_text(json.dumps({"file": file}))
    with pytest.raises(UsageError, match=r"line 1: .* is outside the manifest's folder"):
        find_inputs([str(folder)])


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(path: Path) -> bytes:
        raise PermissionError(EACCES, "Permission denied", str(path))

    (tmp_path / "manifest.jsonl").write_text("{}")
    monkeypatch.setattr(Path, "read_bytes", unreadable)
    with pytest.raises(UsageError, match=r"manifest\.jsonl cannot be read: Permission denied"):
        find_inputs([str(tmp_path)])


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(UsageError):
        lines = parse_manifest(content, "m.jsonl")
        assert all(file and line.place.startswith("m.jsonl, line ") for file, line in lines.items())


URL = "https://paper.example/2026/ferry?a=1&b=2"
AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
PAGE = b"<!doctype html><html><head><title>Ferry</title></head><body><p>The ferry sails again.</p></body></html>"
SAVED = {"output": "singlefile.html", "start_ts": "2026-03-05T12:00:00+00:00", "status": "succeeded"}
BOX = {"url": URL, "timestamp": "1500000000.0", "history": {"singlefile": [SAVED], "pdf": [{"output": None}, 7], "": 1}}
RDF = """<?xml version="1.0"?>
<RDF:RDF xmlns:MAF="http://maf.mozdev.org/metadata/rdf#" xmlns:RDF="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <RDF:Description RDF:about="urn:root">
    <MAF:originalurl RDF:resource="https://paper.example/2026/ferry?a=1&amp;b=2"/>
    <MAF:archivetime RDF:resource="Thu, 05 Mar 2026 13:00:00 +0100"/>
    <MAF:indexfilename RDF:resource="page.html"/>
  </RDF:Description>
</RDF:RDF>"""
INDEXES = {"index.json": ("singlefile.html", json.dumps(BOX).encode()), "index.rdf": ("page.html", RDF.encode())}


def kept(place: Path, form: str, files: dict[str, bytes]) -> Path:
    """Files in a folder, or in an archive."""
    if form == "folder":
        for name, content in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
    elif form == "zip":
        with zipfile.ZipFile(place, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(place, "w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return place


def pages(path: str, captured_at: datetime | None = None) -> list[Capture]:
    found = [each for one in find_inputs([path], captured_at=captured_at) for each in read_captures(one)]
    return [each for each in found if isinstance(each, Capture)]


@pytest.mark.parametrize("form", ["folder", "zip", "tar"])
@pytest.mark.parametrize("index", INDEXES)
def test_indexes_of_maff_and_archivebox_say_where_and_when(tmp_path: Path, index: str, form: str) -> None:
    name, said = INDEXES[index]
    files = {f"archive/1500000000.0/{file}": content for file, content in ((index, said), (name, PAGE))}
    place = kept(tmp_path / "kept", form, files)
    (page,) = pages(str(place))
    assert (page.url, page.captured_at, page.captured_at_basis) == (URL, AT, CapturedAtBasis.MANIFEST)
    (page,) = pages(str(place), UTC_TIME)
    assert (page.url, page.captured_at, page.captured_at_basis) == (URL, UTC_TIME, CapturedAtBasis.OPTION)
    if form == "folder":
        (page,) = pages(str(place / "archive/1500000000.0" / name))
        assert (page.url, page.captured_at) == (URL, AT)


@pytest.mark.parametrize("index", INDEXES)
def test_indexes_in_a_bucket(moto_lake: str, index: str) -> None:
    name, said = INDEXES[index]
    store = open_store(moto_lake)
    store.put(f"box/{index}", said, if_match=None)
    store.put(f"box/{name}", PAGE, if_match=None)
    for place in ("box", f"box/{name}"):
        (page,) = pages(f"{moto_lake}/{place}")
        assert (page.url, page.captured_at, page.captured_at_basis) == (URL, AT, CapturedAtBasis.MANIFEST)


def test_a_table_that_is_called_as_an_index_is_one(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text(json.dumps([{"url": URL, "html": PAGE.decode()}]))
    (page,) = pages(str(tmp_path))
    assert page.url == URL


@pytest.mark.parametrize("output", ["../out.html", "/etc/passwd.html", "a\0.html", "b" * 5000 + ".html"])
def test_a05_an_index_that_leads_out_of_its_folder_says_nothing(tmp_path: Path, output: str) -> None:
    (tmp_path / "out.html").write_bytes(PAGE)
    said = BOX | {"history": {"dom": [{"output": output}]}}
    kept(tmp_path / "in", "folder", {"index.json": json.dumps(said).encode(), "page.html": PAGE})
    (page,) = pages(str(tmp_path / "in"))
    assert page.url is None


@given(
    st.binary(max_size=200) | st.sampled_from([b"[" * 100_000, b"[]", b'{"url": 1}', b'{"url": "https://a.example"}'])
)
def test_any_bytes_are_an_index_or_none(content: bytes) -> None:
    assert not parse_index(content, "a/index.json")
    assert not parse_index(content, "a/index.rdf")
