"""`newslake show` and `newslake rejects`: one record with its origins, and the quarantine."""

from pathlib import Path

import pytest

from flows.cli import run as run_cli
from infra.base.settings import Settings
from infra.work.run import Run
from parsers.registry import sources
from tests import sample_pages as pages
from tests.commands import Cli
from tests.landed_captures import archive, land

VERSION = sources()["tass"].version


@pytest.fixture(autouse=True)
def lake(alone: Path) -> Path:
    """Four articles, one of an older parser, one that today's parser rejects; four rejections."""
    run = Run(Settings(lake=str(alone / "lake"), workers=1), "20240201T000000Z-000001")
    captures = [pages.capture(number) for number in range(4)]
    bad = [pages.capture(number, b"<p>" + b"\n" * number) for number in range(4, 8)]
    archive(run, [*captures, *bad])
    land(run, captures[0])
    land(run, captures[1], parser_version=0, section="\x1b[2J[red]Sea", title=None, authors=())
    land(run, bad[0], like=pages.capture(4))
    for capture in bad[1:]:
        land(run, capture)
    return alone / "lake"


def test_a_record_is_shown_with_its_origins_and_what_todays_parser_says(cli: Cli) -> None:
    shown = cli("show", pages.url(0))
    assert shown.startswith("Cranes of bay 0 winter further north\ntass, partition date=2024-01-10\n")
    assert f"read by parser tass, version {VERSION}, layout 2019; fidelity html" in shown
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "title Cranes of bay 0 winter further north layout: .news-header__title" in lines
    assert "published_at 2024-01-10 09:00:00+00:00 JSON-LD NewsArticle.datePublished" in lines
    assert any(line.startswith("body ") and line.endswith("layout: .text-content, .text-block") for line in lines)
    assert "captured_at 2024-01-10 11:00:00+00:00 a line of a manifest" in lines
    assert "paragraph: Springs keep the bay free of ice even at minus twenty." in lines
    assert "today: " not in shown
    assert "today's parser reads the archived page in the same way, field by field" in shown


def test_what_todays_parser_reads_otherwise_stands_beside_it(cli: Cli) -> None:
    shown = cli("show", pages.url(1), "--source", "tass")
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[0] == "(no headline)"
    assert "section [2J[red]Sea" in lines
    assert lines[lines.index("section [2J[red]Sea") + 1] == "today: (nothing)"
    at = lines.index("title (nothing)")
    assert lines[at + 1] == "today: Cranes of bay 1 winter further north"
    assert "\x1b" not in shown
    assert "today's parser reads otherwise: title, authors, section, parser_version" in shown


def test_a_record_is_one_document_for_machines(cli: Cli) -> None:
    found = cli.json("show", pages.url(1))
    assert (found["table"], found["source"], found["date"]) == ("articles", "tass", "2024-01-11")
    assert found["row"]["capture_offset"] > 0
    assert found["origins"]["title"] == "layout: .news-header__title"
    assert "section" not in found["origins"]  # today's parser finds none: what stands there was put by the test
    today = found["today"]
    assert (today["outcome"], set(today["differs"])) == ("parsed", {"title", "authors", "section", "parser_version"})
    assert today["differs"]["parser_version"] == {"landed": 0, "today": VERSION}


def test_raw_is_the_archived_page_byte_for_byte(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run_cli(["show", pages.url(0), "--raw"]) == 0
    assert capfdbinary.readouterr().out == pages.page(0)


def test_a_record_is_shown_although_its_page_is_gone(cli: Cli, lake: Path) -> None:
    for path in lake.glob("raw/**/*.warc.gz"):
        path.unlink()
    shown = cli("show", pages.url(0))
    assert "paragraph: Springs" in shown
    assert ".warc.gz" in shown.splitlines()[-1]
    assert cli.json("show", pages.url(0))["today"]["outcome"] == "unknown"
    origins = cli.json("show", pages.url(0))["origins"]
    assert "title" not in origins
    assert origins["captured_at"] == "a line of a manifest"


def test_a_rejection_is_shown_with_its_reason_and_its_page(cli: Cli) -> None:
    listed = cli.json("rejects", "--source", "tass")["rejects"]
    shown = cli("show", listed[0]["reject_id"])
    assert shown.startswith("rejected: empty\n")
    assert "`newslake reparse --only-rejects` parses rejected pages again." in shown
    assert cli("show", listed[0]["reject_id"], "--raw").startswith("<p>")


def test_rejections_are_summed_up_and_the_next_command_is_said(cli: Cli) -> None:
    out = cli("rejects")
    assert f"tass    empty       3  2024-01-10     2024-01-12    {pages.url(5)}" in out
    assert "newslake rejects --source tass --reason empty" in cli.err
    assert "newslake reparse tass --only-rejects" in cli.err
    for bounds in (("--start", "2024-01-12"), ("--end", "2024-01-11")):
        (group,) = cli.json("rejects", *bounds)["groups"]
        assert (group["source"], group["reason"], group["count"]) == ("tass", "empty", 1)


def test_rejections_of_one_reason_are_listed_each_with_where_it_lies(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.commands.show.SHOWN_REJECTS", 2)
    out = cli("rejects", "--reason", "empty")
    assert pages.url(5) in out
    assert out.count("raw/source=tass/date=") == 2
    assert "2024-01-12 11:00 empty: " in out
    assert "and 1 earlier ones" in cli.err
    assert "--raw" in cli.err


def test_closed_rejections_are_listed_only_if_asked_for(cli: Cli) -> None:
    run = Run(Settings(lake="lake", workers=1), "20240301T000000Z-000002")
    for number in (5, 6, 7):
        land(run, pages.capture(number, b"<p>" + b"\n" * number), like=pages.capture(number))
    assert "No rejection is open." in cli("rejects", "--source", "tass")
    assert "closed, " in cli("rejects", "--source", "tass", "--all")
    assert "Nothing was ever rejected." in cli("rejects", "--source", "theissue", "--all")
    assert cli.json("rejects")["groups"] == []
