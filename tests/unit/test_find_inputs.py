"""From paths to inputs: everything there is, once; mistakes are told before anything is written."""

import json
import os
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from infra.base.errors import UsageError
from infra.intake.captures import read_captures
from infra.intake.files.find_inputs import find_inputs
from infra.intake.files.input_types import Input, Skipped
from infra.store.open_store import open_store
from parsers.record.capture import CapturedAtBasis

MODIFIED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SAID = datetime(2017, 5, 11, tzinfo=UTC)


def write(path: Path, content: bytes = b"<html>") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MODIFIED.timestamp(), MODIFIED.timestamp()))
    return path


def manifest(path: Path, *lines: dict[str, str]) -> Path:
    return write(path, "\n".join(map(json.dumps, lines)).encode())


def names(inputs: list[Input], root: Path) -> list[str]:
    return [str(Path(one.location).relative_to(root)) for one in inputs]


def test_a_file_is_one_input_with_its_size_and_modification_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.html")
    (one,) = find_inputs([str(file)])
    assert one == Input(str(file), 6, MODIFIED, CapturedAtBasis.MTIME)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes


def test_all_that_a_folder_holds_is_found_and_hidden_folders_are_not_looked_into(tmp_path: Path) -> None:
    for name in ("b.html.gz", "sub/x.warc.gz", "README.md", ".DS_Store", ".git/config", "sub/y.csv", "story.945219"):
        write(tmp_path / name)
    found = find_inputs([str(tmp_path)])
    inside = [".DS_Store", ".git/", "README.md", "b.html.gz", "story.945219", "sub/x.warc.gz", "sub/y.csv"]
    assert [one.inside for one in found] == inside
    assert names(found, tmp_path) == [name.rstrip("/") for name in inside]


def test_nothing_is_found_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.html")
    write(tmp_path / "b.html")
    (tmp_path / "link.html").symlink_to(tmp_path / "a.html")
    monkeypatch.chdir(tmp_path)
    assert names(find_inputs(["b.html", str(tmp_path), "./a.html", "link.html"]), tmp_path) == ["b.html", "a.html"]


@pytest.mark.parametrize("paths", [["none.html"], ["a\0b"], ["none/"], [""], ["."], []])
def test_paths_without_captures_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"does not exist|holds no captures|nothing to read"):
        find_inputs(paths)


@pytest.mark.parametrize("address", ["https://paper.example/a.warc.gz", "gs://bucket/a", "file:///a.html"])
def test_an_address_is_told_from_a_path(address: str) -> None:
    with pytest.raises(UsageError, match=r"is an address, and ingest reads files\. Download it"):
        find_inputs([address])


def test_pipes_and_files_without_permission_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="pipe cannot be read"):
        find_inputs([str(tmp_path / "pipe")])
    file = write(tmp_path / "a.html")
    inside = find_inputs([str(tmp_path)])
    assert names(inside, tmp_path) == ["a.html", "pipe"]
    (pipe,) = read_captures(inside[1])  # counted, and not waited for
    assert isinstance(pipe, Skipped)
    assert pipe.kind == "no regular file"
    assert "pipe is a pipe" in pipe.advice
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root, who may read everything
    with pytest.raises(UsageError, match=r"a\.html cannot be read"):
        find_inputs([str(file)])


def test_a05_a_link_out_of_the_folder_is_refused_and_one_within_is_the_same_file(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    write(inside / "a.html")
    (inside / "again.html").symlink_to("a.html")
    assert names(find_inputs([str(inside)]), inside) == ["a.html"]
    write(tmp_path / "out" / "secret.html")
    for target, link in (("out", "folder"), ("out/secret.html", "page.html"), ("nowhere", "broken")):
        (inside / link).symlink_to(tmp_path / target)
        with pytest.raises(UsageError, match=f"{link} leads out of"):
            find_inputs([str(inside)])
        (inside / link).unlink()


def test_time_and_source_come_from_options_then_the_manifest_then_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a.html")
    write(tmp_path / "b.html")
    manifest(
        tmp_path / "cases.jsonl",
        {"file": "a.html", "url": "https://a.example/1", "captured_at": "2024-02-28 13:06:44", "source": "apnews"},
    )
    said, unsaid, _ = find_inputs([str(tmp_path)])
    moment = datetime(2024, 2, 28, 13, 6, 44, tzinfo=UTC)
    assert (said.captured_at, said.captured_at_basis) == (moment, CapturedAtBasis.MANIFEST)
    assert (said.url, said.source) == ("https://a.example/1", "apnews")
    assert (unsaid.captured_at, unsaid.captured_at_basis) == (MODIFIED, CapturedAtBasis.MTIME)
    assert (unsaid.url, unsaid.source) == (None, None)
    for given in (SAID, SAID.replace(tzinfo=None), SAID.astimezone(timezone(timedelta(hours=3)))):
        said, unsaid, _ = find_inputs([str(tmp_path)], source="tass", captured_at=given)
        assert (said.source, unsaid.source, said.url) == ("tass", "tass", "https://a.example/1")
        assert {one.captured_at for one in (said, unsaid)} == {SAID}
        assert {one.captured_at_basis for one in (said, unsaid)} == {CapturedAtBasis.OPTION}


def test_manifest_jsonl_goes_before_cases_jsonl(tmp_path: Path) -> None:
    file = write(tmp_path / "a.html")
    manifest(tmp_path / "cases.jsonl", {"file": "a.html", "source": "cases"})
    assert [one.source for one in find_inputs([str(file)])] == ["cases"]
    manifest(tmp_path / "manifest.jsonl", {"file": "a.html", "source": "manifest"})
    assert [one.source for one in find_inputs([str(file)])] == ["manifest"]


def test_a_listed_file_that_is_missing_is_refused_unless_others_were_named(tmp_path: Path) -> None:
    file = write(tmp_path / "a.html")
    manifest(tmp_path / "cases.jsonl", {"file": "a.html"}, {"file": "gone.html"})
    with pytest.raises(UsageError, match=r"line 2: .*gone\.html does not exist"):
        find_inputs([str(tmp_path)])
    assert len(find_inputs([str(file)])) == 1


def put(uri: str, **objects: bytes) -> None:
    store = open_store(uri)
    for key, body in objects.items():
        store.put(key.replace("__", "/").replace("_", "."), body, if_match=None)


def test_a_bucket_is_expanded_like_a_folder(moto_lake: str) -> None:
    put(moto_lake, news__b_html=b"<html>", news__a_warc_gz=b"", news__README_md=b"", news2__c_html=b"")
    line = {"file": "b.html", "url": "https://a.example/1", "captured_at": "2017-05-11"}
    put(moto_lake, news__manifest_jsonl=json.dumps(line).encode())
    inputs = find_inputs([f"{moto_lake}/news"], source="tass")
    assert [one.inside for one in inputs] == ["README.md", "a.warc.gz", "b.html", "manifest.jsonl"]
    assert [one.location for one in inputs[1:3]] == [f"{moto_lake}/news/a.warc.gz", f"{moto_lake}/news/b.html"]
    inputs = inputs[1:3]
    assert (inputs[1].size, inputs[1].captured_at, inputs[1].url) == (6, SAID, "https://a.example/1")
    assert [one.captured_at_basis for one in inputs] == [CapturedAtBasis.MTIME, CapturedAtBasis.MANIFEST]
    assert find_inputs([f"{moto_lake}/news/"], source="tass")[1:3] == inputs
    assert find_inputs([f"{moto_lake}/news/b.html"], source="tass") == [replace(inputs[1], inside="")]


def pages_said(paths: list[str]) -> list[str | None]:
    """The sources that manifests say of the pages that are found."""
    return [one.source for one in find_inputs(paths) if one.location.endswith(".html")]


def test_a_manifest_describes_files_in_folders_below_and_the_nearest_holds(tmp_path: Path, moto_lake: str) -> None:
    lines = [{"file": "a.html", "source": "far"}, {"file": "sub/b.html", "source": "far"}]
    near = {"file": "b.html", "source": "near"}
    for name in ("a.html", "sub/b.html", "sub/deep/c.html"):
        write(tmp_path / name)
    manifest(tmp_path / "cases.jsonl", *lines)
    assert pages_said([str(tmp_path)]) == ["far", "far", None]
    manifest(tmp_path / "sub" / "cases.jsonl", near)
    assert pages_said([str(tmp_path)]) == ["far", "near", None]
    put(moto_lake, a_html=b"", sub__b_html=b"", sub__deep__c_html=b"")
    put(moto_lake, cases_jsonl="\n".join(map(json.dumps, lines)).encode())
    assert pages_said([moto_lake]) == ["far", "far", None]
    assert pages_said([f"{moto_lake}/sub"]) == [None, None]
    put(moto_lake, sub__cases_jsonl=json.dumps(near).encode())
    assert pages_said([moto_lake]) == ["far", "near", None]


def test_a_bucket_without_captures_or_with_a_wrong_manifest_is_refused(moto_lake: str) -> None:
    with pytest.raises(UsageError, match="holds no captures"):
        find_inputs([f"{moto_lake}/none"])
    put(moto_lake, a_html=b"<html>", cases_jsonl=b'{"file": "gone.html"}')
    with pytest.raises(UsageError, match=r"cases\.jsonl, line 1: .*gone\.html does not exist"):
        find_inputs([moto_lake])
    assert len(find_inputs([f"{moto_lake}/a.html"])) == 1
