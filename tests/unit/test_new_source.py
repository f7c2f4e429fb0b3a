"""`newslake new-source`: from the address of a site, or saved pages, to a source that its tests accept."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.cli import run as run_cli
from infra.authoring.cases import capture_of, expected_of
from parsers.registry import look_in, looked_in
from tests.servers import Answer, scripted_server

ROOT = Path(__file__).parents[2]
HOST = "harbour.example"
SENTENCES = (
    "The harbour board voted on Tuesday to keep the old crane where it has stood for ninety years.",
    "Engineers had warned that its foundations were sinking by three millimetres in every winter.",
    "Nobody has yet said who will pay for the concrete that is to go beneath the northern leg.",
    "Children of the harbour school painted the cabin in the colours of the vessels it had served.",
)
WORDS = {word.strip(".").lower() for sentence in SENTENCES for word in sentence.split() if len(word) > 4}


def _article(number: int, *, zone: str = "+00:00", story: str = "story") -> str:
    title, url = f"Crane number {number} stays where it is", f"https://{HOST}/news/crane-{number}-stays"
    at = f"{datetime.now(UTC):%Y-%m-%dT06:30:00}{zone}"
    record: dict[str, Any] = {
        "@type": "NewsArticle",
        "headline": title,
        "url": url,
        "datePublished": at,
        "articleSection": "Harbour",
    }
    record |= {"author": {"@type": "Person", "name": "Ines Falk"}, "mainEntityOfPage": url}
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    paragraphs = paragraphs.replace("<p>Nobody", '<div class="share">Share this story</div><p>Nobody')
    return f"""<!doctype html><html lang="en"><head><title>{title} - Harbour News</title><meta charset="utf-8">
<meta property="og:site_name" content="Harbour News"><meta property="og:type" content="article">
<link rel="canonical" href="{url}"><script type="application/ld+json">{json.dumps(record)}</script></head><body>
<nav><a href="/">Home</a></nav><main><article><h1>{title}</h1><p class="byline">By Ines Falk</p>
<div class="{story}">{paragraphs}</div></article></main></body></html>"""


HOME = f"""<!doctype html><html lang="en"><head><title>Harbour News</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body><h1>Harbour News</h1><ul>
{"".join(f'<li><a href="/news/crane-{n}-stays">Crane number {n} stays where it is</a></li>' for n in range(6))}
</ul></body></html>"""


@pytest.fixture
def site(alone: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A site of six articles with a news sitemap, a feed and a robots file; yields what it was asked for."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    urls = "".join(
        f"<url><loc>https://{HOST}/news/crane-{n}-stays</loc><news:news><news:publication_date>{now}"
        "</news:publication_date></news:news></url>"
        for n in range(6)
    )
    namespaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    pages = {
        "/": HOME,
        "/robots.txt": f"User-agent: *\nDisallow: /private/\nSitemap: https://{HOST}/news-sitemap.xml\n",
        "/news-sitemap.xml": f'<?xml version="1.0"?><urlset {namespaces}>{urls}</urlset>',
        "/feed.xml": f"<rss><channel><item><link>https://{HOST}/news/crane-0-stays</link></item></channel></rss>",
        **{f"/news/crane-{n}-stays": _article(n) for n in range(6)},
    }
    asked: list[str] = []

    def answer(_method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        asked.append(path)
        return Answer(200, pages[path].encode()) if path in pages else Answer(404, b"no such page")

    with scripted_server(answer) as server:
        monkeypatch.setenv("NEWSLAKE_ORIGINS", f"{HOST}={server.endpoint}")
        monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0")
        known = looked_in()
        yield asked
        look_in(*known)


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run_cli(["new-source", *arguments, "--json"]) == 0
    told: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return told


def test_from_the_address_of_a_site_to_a_source_that_parses_its_pages(
    site: list[str], alone: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = _told(capsys, "harbournews", f"https://{HOST}/", "--into", "mine")
    assert {each["url"] for each in told["lists"]} >= {f"https://{HOST}/news-sitemap.xml"}
    assert len([page for page in told["pages"] if page["outcome"] == "parsed"]) == 4
    code = (alone / "mine" / "harbournews.py").read_text()
    assert code.endswith(
        'SOURCE = Source(\n    name="harbournews",\n    title="Harbour News",\n    hosts=("harbour.example",),\n'
        '    language="en",\n    timezone="UTC",\n)\n'
    )
    assert "/private/" not in site
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "mine")
    (alone / "page.html").write_text(_article(9))
    assert run_cli(["parse", "page.html", "--json"]) == 0
    article = orjson.loads(capsys.readouterr().out)["article"]
    assert (article["source"], article["title"]) == ("harbournews", "Crane number 9 stays where it is")


def test_written_tests_pass_and_fail_once_the_source_reads_otherwise(
    site: list[str], alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _told(capsys, "harbournews", f"https://{HOST}/news/crane-1-stays", "--into", "mine", "--country", "no")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "mine/tests"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    source = alone / "mine" / "no" / "harbournews.py"
    source.write_text(source.read_text().replace('title="Harbour News"', 'title="Other", interval_seconds=1'))
    assert subprocess.run(command, capture_output=True, env=environment, check=False).returncode == 0
    source.write_text(source.read_text().replace('name="harbournews"', 'name="other"'))
    assert subprocess.run(command, capture_output=True, env=environment, check=False).returncode == 1


def test_the_fixture_has_the_structure_and_no_word_of_the_page(
    site: list[str], alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(capsys, "harbournews", f"https://{HOST}/news/crane-1-stays", "--into", "mine")
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
    assert expected["published_at"] == original["published_at"].replace(
        str(datetime.now(UTC).year), str(datetime.now(UTC).year - 4)
    ).replace("Z", "+00:00")
    versions = json.loads((alone / "mine/tests/sources/harbournews/versions.json").read_text())
    assert [set(digests) for digests in versions.values()] == [{case.name for case in cases if case.is_dir()}]


def test_saved_pages_make_a_source_without_a_request(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "page.html").write_text(_article(1))
    told = _told(capsys, "harbournews", "page.html", "--into", "mine")
    assert told["lists"] == []
    assert any("empty" in point for point in told["open_points"])
    assert expected_of(alone / "mine/tests/sources/harbournews/empty")["outcome"] == "rejected"


def test_times_without_a_zone_need_somebody_who_knows_it(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "page.html").write_text(_article(1, zone=""))
    assert run_cli(["new-source", "harbournews", "page.html", "--into", "mine"]) == 2
    assert "--timezone Europe/Oslo" in capsys.readouterr().err
    assert not (alone / "mine").exists()
    told = _told(capsys, "harbournews", "page.html", "--into", "mine", "--timezone", "Europe/Oslo")
    assert told["pages"][0]["article"]["published_at"][11:13] in {"04", "05"}


def test_a_layout_is_proposed_only_where_generic_reading_loses_most_of_the_story(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bold = "".join(f"<p><b>Watch {sentence.lower()}</b></p>" for sentence in SENTENCES)
    (alone / "page.html").write_text(_article(1).replace("<p>The harbour board", f"{bold}<p>The harbour board"))
    told = _told(capsys, "harbournews", "page.html", "--into", "mine")
    assert "layouts=(Layout(" in (alone / "mine" / "harbournews.py").read_text()
    body = [block["text"] for block in told["pages"][0]["article"]["body"]]
    assert {f"Watch {sentence.lower()}" for sentence in SENTENCES} <= set(body)
    assert any("Layout.drop" in point for point in told["open_points"])


def test_people_see_the_record_the_file_and_what_is_left_to_them(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "page.html").write_text(_article(1))
    assert run_cli(["new-source", "harbournews", "page.html", "--into", "mine"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "title Crane number 1 stays where it is JSON-LD NewsArticle.headline" in out
    assert "Share this story" in out
    assert 'name="harbournews",' in out
    assert "pytest mine/tests" in out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["Harbour", "page.html", "--into", "mine"], "source name 'Harbour' must match"),
        (["web", "page.html", "--into", "mine"], "there is a source 'web' already"),
        (["tass", "page.html", "--into", "mine"], "there is a source 'tass' already"),
        (["harbournews", "page.html"], "Say where the source is to go: --into FOLDER"),
        (["harbournews", "page.html", "--into", "mine", "--timezone", "Oslo"], "'Oslo' is no IANA time zone"),
        (["harbournews", "page.html", "--into", "mine", "--country", "NO"], "country 'NO' must be a code of two small"),
        (["harbournews", "none.html", "--into", "mine"], "the pages state no address"),
        (["harbournews", "tass.html", "--into", "mine"], "is of the source 'tass' already"),
        (["harbournews", "gone.html", "--into", "mine"], "gone.html cannot be read"),
        (["harbournews", "https://public.example/", "--into", "mine"], "NEWSLAKE_CONTACT is not set"),
    ],
)
def test_what_cannot_become_a_source_is_refused_and_nothing_written(
    arguments: list[str], error: str, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "page.html").write_text(_article(1))
    (alone / "none.html").write_text("<p>Nothing")
    (alone / "tass.html").write_text(_article(1).replace(HOST, "tass.com"))
    assert run_cli(["new-source", *arguments]) == 2
    assert error in " ".join(capsys.readouterr().err.split())
    assert not (alone / "mine").exists()


def test_in_a_checkout_all_goes_where_the_tests_look_for_it(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("parsers/sources", "tests/fixtures/sources"):
        (alone / folder).mkdir(parents=True)
    (alone / "page.html").write_text(_article(1))
    told = _told(capsys, "harbournews", "page.html", "--country", "no")
    assert told["files"][0] == "parsers/sources/no/harbournews.py"
    assert told["test"] == 'make test ARGS="-k harbournews"'
    assert (alone / "tests/fixtures/sources/harbournews/versions.json").exists()
    assert not (alone / "parsers/sources/tests").exists()
    assert run_cli(["new-source", "othernews", "page.html"]) == 2
    assert "--country no" in capsys.readouterr().err


def test_a_name_is_not_taken_twice(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "page.html").write_text(_article(1))
    _told(capsys, "harbournews", "page.html", "--into", "mine")
    assert run_cli(["new-source", "harbournews", "page.html", "--into", "mine"]) == 2
    assert "harbournews.py is there already" in capsys.readouterr().err
