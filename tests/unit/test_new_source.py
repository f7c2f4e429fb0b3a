"""`newslake new-source`: from the address of a site, or saved pages, to a source that its tests accept."""

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.authoring.cases import capture_of, expected_of
from parsers.registry import look_in, looked_in
from tests.commands import Cli
from tests.harbour_site import HOST, SENTENCES, article, harbour_site
from tests.tables import table

ROOT = Path(__file__).parents[2]
WORDS = {word.strip(".").lower() for sentence in SENTENCES for word in sentence.split() if len(word) > 4}


@pytest.fixture
def site(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The site as the origin of its host; yields what it was asked for."""
    asked: list[str] = []
    with harbour_site(asked) as address:
        monkeypatch.setenv("NEWSLAKE_ORIGINS", f"{HOST}={address}")
        monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0")
        known = looked_in()
        yield asked
        look_in(*known)


def test_from_an_address_to_a_source(site: list[str], alone: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    told = cli.json("new-source", "harbournews", f"https://{HOST}/", "--into", "mine")
    assert {each["url"] for each in told["lists"]} >= {f"https://{HOST}/news-sitemap.xml"}
    assert len([page for page in told["pages"] if page["outcome"] == "parsed"]) == 4
    code = (alone / "mine" / "harbournews.py").read_text()
    assert code.endswith(
        'SOURCE = Source(\n    name="harbournews",\n    title="Harbour News",\n    hosts=("harbour.example",),\n'
        '    language="en",\n    timezone="UTC",\n)\n'
    )
    assert "/private/" not in site
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "mine")
    (alone / "page.html").write_text(article(9))
    read = cli.json("parse", "page.html")["article"]
    assert (read["source"], read["title"]) == ("harbournews", "Crane number 9 stays where it is")


def test_no_name_that_a_page_gives_its_site_ends_the_text_it_stands_in(alone: Path, cli: Cli) -> None:
    title = 'Harbour\\""" + print("run") + r"""'
    page = article(1).replace('content="Harbour News"', f"content='{title}'")
    (alone / "page.html").write_text(page)
    cli.json("new-source", "harbournews", "page.html", "--into", "mine")
    loaded = runpy.run_path(str(alone / "mine/harbournews.py"))
    assert loaded["SOURCE"].title == title
    assert cli.capsys.readouterr().out == ""


def test_written_tests_pass_and_fail_once_the_source_reads_otherwise(site: list[str], alone: Path, cli: Cli) -> None:
    cli.json("new-source", "harbournews", f"https://{HOST}/news/crane-1-stays", "--into", "mine", "--country", "no")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "mine/tests"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    source = alone / "mine" / "no" / "harbournews.py"
    source.write_text(source.read_text().replace('name="harbournews"', 'name="other"'))
    assert subprocess.run(command, capture_output=True, env=environment, check=False).returncode == 1


def test_the_fixture_has_the_structure_and_no_word_of_the_page(site: list[str], alone: Path, cli: Cli) -> None:
    told = cli.json("new-source", "harbournews", f"https://{HOST}/news/crane-1-stays", "--into", "mine")
    cases = sorted((alone / "mine/tests/sources/harbournews").glob("*/"))
    records = {expected_of(case)["outcome"]: case for case in cases if case.is_dir()}
    page = capture_of(records["parsed"])
    text = page.body.decode()
    assert not {word for word in WORDS if f" {word} " in text.lower()}
    assert "Falk" not in text
    assert HOST not in text
    assert '<div class="story">' in text
    expected, original = expected_of(records["parsed"]), told["pages"][0]["article"]
    assert [block["type"] for block in expected["body"]] == [block["type"] for block in original["body"]]
    assert [len(block["text"]) for block in expected["body"]] == [len(block["text"]) for block in original["body"]]
    assert len(expected["authors"]) == 1
    assert expected["published_at"] == original["published_at"].replace("Z", "+00:00")
    versions = json.loads((alone / "mine/tests/sources/harbournews/versions.json").read_text())
    assert [set(digests) for digests in versions.values()] == [{case.name for case in cases if case.is_dir()}]


def test_saved_pages_make_a_source_without_a_request(alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(article(1))
    told = cli.json("new-source", "harbournews", "page.html", "--into", "mine")
    assert told["lists"] == []
    assert any("empty" in point for point in told["open_points"])
    assert expected_of(alone / "mine/tests/sources/harbournews/empty")["outcome"] == "rejected"


def test_times_without_a_zone_need_somebody_who_knows_it(alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(article(1, zone=""))
    cli("new-source", "harbournews", "page.html", "--into", "mine", code=2)
    assert "--timezone Europe/Oslo" in cli.err
    assert not (alone / "mine").exists()
    told = cli.json("new-source", "harbournews", "page.html", "--into", "mine", "--timezone", "Europe/Oslo")
    assert told["pages"][0]["article"]["published_at"][11:13] in {"04", "05"}


def test_people_see_the_record_the_file_and_what_is_left_to_them(alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(article(1))
    out = " ".join(cli("new-source", "harbournews", "page.html", "--into", "mine").split())
    assert "title Crane number 1 stays where it is JSON-LD NewsArticle.headline" in out
    assert "Share this story" in out
    assert 'name="harbournews",' in out
    assert "pytest mine/tests" in out


@pytest.mark.parametrize(("arguments", "error"), table("refusals")["new_source"])
def test_what_cannot_be_a_source_leaves_nothing(arguments: list[str], error: str, alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(article(1))
    (alone / "none.html").write_text("<p>Nothing")
    (alone / "tass.html").write_text(article(1).replace(HOST, "tass.com"))
    cli("new-source", *arguments, code=2)
    assert error in " ".join(cli.err.split())
    assert not (alone / "mine").exists()


def test_in_a_checkout_all_goes_where_the_tests_look_for_it(alone: Path, cli: Cli) -> None:
    for folder in ("parsers/sources", "tests/fixtures/sources"):
        (alone / folder).mkdir(parents=True)
    (alone / "page.html").write_text(article(1))
    told = cli.json("new-source", "harbournews", "page.html", "--country", "no")
    assert told["files"][0] == "parsers/sources/no/harbournews.py"
    assert told["test"] == 'make test ARGS="-k harbournews"'
    assert (alone / "tests/fixtures/sources/harbournews/versions.json").exists()
    assert not (alone / "parsers/sources/tests").exists()
    cli("new-source", "othernews", "page.html", code=2)
    assert "--country no" in cli.err


def test_a_name_is_not_taken_twice(alone: Path, cli: Cli) -> None:
    (alone / "page.html").write_text(article(1))
    cli.json("new-source", "harbournews", "page.html", "--into", "mine")
    cli("new-source", "harbournews", "page.html", "--into", "mine", code=2)
    assert "harbournews.py is there already" in cli.err
