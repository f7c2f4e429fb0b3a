"""`newslake expire`: what it says and does."""

import re
from pathlib import Path

import pytest

from flows.cli import run as run_cli
from infra.archive.raw_archive import RawArchive
from infra.store.open_store import open_store
from tests import sample_pages as pages
from tests.commands import Cli
from tests.raw_lake import written_long_ago


@pytest.fixture(autouse=True)
def lake(alone: Path) -> Path:
    """A lake with two days of raw captures, no row pointing into the second."""
    assert run_cli(["ingest", str(pages.write_folder(alone / "in", 1))]) == 0
    store = open_store(str(alone / "lake"))
    RawArchive(store).add([("tass", pages.capture(3, b"<p>" * 9, days=2))], run_id="spare", worker="w")
    written_long_ago(alone / "lake")
    return alone / "lake"


def _files(lake: Path) -> dict[str, bytes]:
    return {path.relative_to(lake).as_posix(): path.read_bytes() for path in lake.rglob("[!.]*.*") if path.is_file()}


def _warcs(lake: Path) -> list[str]:
    return sorted(path.name for path in lake.rglob("*.warc.gz"))


def test_o01_expire_only_says_what_it_would_delete(lake: Path, cli: Cli) -> None:
    before = _files(lake)
    out = cli("expire", "--layer", "raw", "--older-than", "1")
    assert "nothing was deleted" in cli.err
    assert re.search(r"tass +delete +1 +\S+ \w+ +2024-01-11 +2024-01-11", out)
    assert re.search(r"tass +keep +1 +\S+ \w+ +2024-01-10 +2024-01-10 +an article points into it", out)
    assert _files(lake) == before


def test_expire_deletes_with_yes_and_says_what(lake: Path, cli: Cli) -> None:
    said = cli.json("expire", "--layer", "raw", "--older-than", "30", "--yes")
    assert [each["action"] for each in said["days"]] == ["keep", "delete"]
    assert [name[:3] for name in _warcs(lake)] == ["202"]
    cli("verify")
    assert re.search(
        r"tass +deleted +1 +\S+ \w+ +2024-01-10",
        cli("expire", "--layer", "articles", "--older-than", "30", "--yes", "--source", "tass"),
    )
    assert "no articles from before 20" in cli("expire", "--layer", "articles", "--older-than", "30", "--yes").replace(
        "\n", " "
    )
