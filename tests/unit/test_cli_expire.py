"""`newslake expire`: what it says and does."""

import re
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from infra.archive.raw_archive import RawArchive
from infra.store.open_store import open_store
from tests import sample_pages as pages


@pytest.fixture(autouse=True)
def lake(alone: Path) -> Path:
    """A lake with two days of raw captures, no row pointing into the second."""
    assert run_cli(["ingest", str(pages.write_folder(alone / "in", 1))]) == 0
    store = open_store(str(alone / "lake"))
    RawArchive(store).add([("tass", pages.capture(3, b"<p>" * 9, days=2))], run_id="spare", worker="w")
    return alone / "lake"


def _files(lake: Path) -> dict[str, bytes]:
    return {path.relative_to(lake).as_posix(): path.read_bytes() for path in lake.rglob("[!.]*.*") if path.is_file()}


def _warcs(lake: Path) -> list[str]:
    return sorted(path.name for path in lake.rglob("*.warc.gz"))


def test_o01_expire_only_says_what_it_would_delete(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _files(lake)
    assert run_cli(["expire", "--layer", "raw", "--older-than", "1", "--grace-hours", "0"]) == 0
    out, err = capsys.readouterr()
    assert "nothing was deleted" in err
    assert re.search(r"tass +delete +1 +\S+ \w+ +2024-01-11 +2024-01-11", out)
    assert re.search(r"tass +keep +1 +\S+ \w+ +2024-01-10 +2024-01-10 +an article points into it", out)
    assert _files(lake) == before


def test_expire_deletes_with_yes_and_says_what(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run_cli(["expire", "--layer", "raw", "--older-than", "30", "--yes", "--grace-hours", "0", "--json"]) == 0
    said = orjson.loads(capsys.readouterr().out)
    assert [each["action"] for each in said["days"]] == ["keep", "delete"]
    assert [name[:3] for name in _warcs(lake)] == ["202"]
    assert run_cli(["verify"]) == 0
    capsys.readouterr()
    assert run_cli(["expire", "--layer", "articles", "--older-than", "30", "--yes", "--source", "tass"]) == 0
    assert re.search(r"tass +deleted +1 +\S+ \w+ +2024-01-10", capsys.readouterr().out)
    assert run_cli(["expire", "--layer", "articles", "--older-than", "30", "--yes"]) == 0
    assert "no articles from before 20" in capsys.readouterr().out.replace("\n", " ")
