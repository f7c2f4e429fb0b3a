"""Sources of people who do not fork newslake: in a folder of theirs, or in a package."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from infra.base.settings import load_settings
from parsers import registry
from tests.commands import Cli
from tests.live_lake import rows, yesterday
from tests.outside_sources import PAPER, URL, feed, page
from tests.servers import Answer, scripted_server
from tests.tables import table

DAY = yesterday()
AT = datetime.combine(DAY, time(9), UTC)


@pytest.fixture(autouse=True)
def folder(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of sources, empty at first, named as a user would: from where commands run."""
    before = set(sys.modules)
    monkeypatch.setenv("XDG_STATE_HOME", str(alone / "state"))
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "papers")
    (alone / "papers").mkdir()
    yield alone / "papers"
    registry.look_in((), ())
    for name in set(sys.modules) - before:
        if name.startswith(("parsers.sources.", "mypackage")):
            del sys.modules[name]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pages = {"/robots.txt": "", "/feed": feed(AT), "/bridge": page(AT)}

    def answer(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        return Answer(200, pages[path].encode()) if path in pages else Answer(404)

    with scripted_server(answer) as server:
        monkeypatch.setenv("NEWSLAKE_ORIGINS", f"mypaper.example={server.endpoint}")
        monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0.001")
        yield


def titles(day: date) -> list[object]:
    return [row["title"] for row in rows(Path("lake"), "mypaper", day)]


@pytest.mark.parametrize("command", [["ingest", "in"], ["run", "mypaper", "--day", str(DAY)], ["fetch", URL]])
def test_a_source_in_a_folder_is_known_to_every_command(command: list[str], folder: Path, site: None, cli: Cli) -> None:
    (folder / "mypaper.py").write_text(PAPER)
    Path("in").mkdir()
    Path("in/bridge.html").write_text(page(AT))
    assert cli.json("parse", "in/bridge.html")["article"]["layout"] == "2026-05"  # as the worker processes know it
    cli(*command)
    assert titles(DAY) == ["The bridge is open"]
    assert [(day["source"], day["articles"]) for day in cli.json("status", "--source", "mypaper", "--all")][-1:] == [
        ("mypaper", 1)
    ]
    listed = {each["name"]: each for each in cli.json("sources")}
    assert listed["mypaper"]["hosts"] == ["mypaper.example"]
    assert cli.json("reparse", "mypaper")["parsed"] == 1


def test_a_source_is_forgotten_with_its_folder(folder: Path, alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mypaper.py").write_text(PAPER)
    (alone / "more").mkdir()
    (alone / "more" / "other.py").write_text(PAPER.replace("mypaper", "other"))
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "papers:more::papers")
    assert load_settings().sources_path == f"{folder}:{alone / 'more'}"
    assert {"mypaper", "other", "tass"} <= registry.sources().keys()
    assert list(registry.sources()) == sorted(registry.sources())
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "more")
    load_settings()
    assert "mypaper" not in registry.sources()
    monkeypatch.delenv("NEWSLAKE_SOURCES_PATH")
    load_settings()
    assert "other" not in registry.sources()


@pytest.mark.parametrize("command", [["sources"], ["parse", "x.html"], ["run", "mypaper"], ["status"]])
def test_a_folder_that_does_not_exist_is_told_at_once(command: list[str], folder: Path, cli: Cli) -> None:
    folder.rmdir()
    Path("x.html").write_text("<p>")
    cli(*command, code=2)
    told = " ".join(cli.err.split())
    assert f"NEWSLAKE_SOURCES_PATH='papers' is not valid: {folder} is no folder that can be read (No such file" in told
    assert "remove it to use the default" in told


@pytest.mark.parametrize(("old", "new", "fault"), table("outside_sources")["faults"], ids=lambda value: value[:40])
def test_o10_a_broken_source_hurts_only_itself_and_is_named_with_file_and_error(
    old: str, new: str, fault: str, folder: Path, cli: Cli
) -> None:
    name = new if new in {"web", "tass"} else "mypaper"
    (folder / f"{name}.py").write_text(PAPER.replace(old, new))
    (folder / "zother.py").write_text(PAPER.replace("mypaper", "zother"))
    listed = cli.json("sources")
    faulty = [each for each in listed if each["fault"]]
    assert [each["place"] for each in faulty] == [str(folder / f"{name}.py")]
    assert fault in faulty[0]["fault"]
    cli("status", "--source", "tass")
    cli("status", "--source", "zother")
    if name == "mypaper":
        cli("run", name, code=2)
        assert "Repair " in cli.err


def test_a_package_offers_sources_by_entry_points(alone: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    installed = alone / "site-packages"
    (installed / "mypackage-1.dist-info").mkdir(parents=True)
    (installed / "mypackage-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: mypackage\nVersion: 1\n"
    )
    (installed / "mypackage-1.dist-info" / "entry_points.txt").write_text(
        "[newslake.sources]\nmypaper = mypackage:PAPER\ngone = mypackage:GONE\nmodule = mypackage\n"
    )
    (installed / "mypackage.py").write_text(PAPER.replace("SOURCE", "PAPER"))
    monkeypatch.syspath_prepend(installed)
    Path("bridge.html").write_text(page(AT))
    assert cli.json("parse", "bridge.html")["article"]["source"] == "mypaper"
    faults = {each["place"]: each["fault"] for each in cli.json("sources") if each["fault"]}
    assert list(faults) == ["mypackage:GONE", "mypackage"]
    assert "has no attribute 'GONE'" in faults["mypackage:GONE"]
    assert "there must be SOURCE = Source(name='module'" in faults["mypackage"]
