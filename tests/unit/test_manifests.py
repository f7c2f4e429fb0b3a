"""Manifests: what is known of files from outside of them."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.errors import UsageError
from infra.intake.files.manifests import ManifestLine, parse_manifest, read_manifest

UTC_TIME = datetime(2024, 2, 28, 13, 6, 44, 83593, tzinfo=UTC)


def one(line: str) -> ManifestLine:
    return parse_manifest(line.encode(), "m.jsonl")["a.html"]


def test_a_line_gives_url_time_and_source_and_other_keys_are_left_to_others() -> None:
    written = {
        "id": "AP_0", "file": "a.html", "url": "https://a.example/1", "captured_at": "2024-02-28T13:06:44.083593Z",
        "source": "apnews", "expected": {"title": "t"}, "publisher": "AP",
    }  # fmt: skip
    assert one(json.dumps(written)) == ManifestLine("https://a.example/1", UTC_TIME, "apnews", "m.jsonl, line 1")


@pytest.mark.parametrize(
    "written", ["2024-02-28 13:06:44.083593", "2024-02-28T13:06:44.083593+00:00", "2024-02-28T15:06:44.083593+02:00"]
)
def test_a04_a_time_without_zone_is_utc(written: str) -> None:
    assert one(json.dumps({"file": "a.html", "captured_at": written})).captured_at == UTC_TIME


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
    (folder / "m.jsonl").write_text(json.dumps({"file": file}))
    with pytest.raises(UsageError, match=r"line 1: .* is outside the manifest's folder"):
        read_manifest(folder / "m.jsonl")


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl cannot be read"):
        read_manifest(tmp_path / "none.jsonl")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(UsageError):
        lines = parse_manifest(content, "m.jsonl")
        assert all(file and line.place.startswith("m.jsonl, line ") for file, line in lines.items())
