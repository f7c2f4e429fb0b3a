import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from flows.reports.source_list import described, finds, horizon, last_days
from parsers.record.article import NULL_PARTITION
from parsers.source.definition import Source
from parsers.source.discovery import WHOLE_HISTORY, Feed, PagedListing, Sitemap
from tests.memory_store import MemoryStore

SOURCE = Source(name="news", title="News", hosts=("news.example",), language="en", timezone="UTC", version=1)
FEED = Feed("https://news.example/feed")


def test_lists_and_horizon_are_told_in_words() -> None:
    listing = PagedListing("https://news.example/{page}", links="a")
    nothing = replace(SOURCE, discovery=())
    declared = replace(SOURCE, discovery=(FEED, Sitemap("https://news.example/s.xml"), FEED, listing))
    whole = replace(declared, horizon_days=WHOLE_HISTORY)
    assert [(finds(each), horizon(each)) for each in (nothing, SOURCE, declared, whole)] == [
        ("-", "-"),
        ("own lists", "as listed"),
        ("2 feeds, sitemap, paged listing", "1 day"),
        ("2 feeds, sitemap, paged listing", "all days"),
    ]


def test_last_day_is_the_last_dated_one_that_has_landed() -> None:
    store = MemoryStore()
    for source, day in (("a", "2024-05-01"), ("a", "2024-04-30"), ("a", NULL_PARTITION), ("b", "2017-01-01")):
        store.objects[f"articles/source={source}/date={day}/articles.parquet"] = b"x"
    store.objects["rejects/source=a/date=2024-06-01/rejects.parquet"] = b"x"
    assert last_days(store) == {"a": "2024-05-01", "b": "2017-01-01"}


def test_json_has_all_that_is_declared() -> None:
    pattern = r"(?P<year>\d+)-(?P<month>\d+)"
    dated = Sitemap("https://news.example/s.xml", dated=re.compile(pattern))
    source = replace(SOURCE, discovery=(FEED, dated), article_url=re.compile("^/a"))
    shown = described(source, 2.5, "2024-05-01")
    assert shown["discovery"] == [
        {"kind": "feed", "url": "https://news.example/feed"},
        {"kind": "sitemap", "url": "https://news.example/s.xml", "children": None, "dated": pattern},
    ]
    assert (shown["article_url"], shown["interval_seconds"], shown["last_day"]) == ("^/a", 2.5, "2024-05-01")


def test_command_shows_the_last_landed_day_and_the_interval_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "9")
    folder = tmp_path / "articles" / "source=tass" / "date=2017-05-10"
    folder.mkdir(parents=True)
    (folder / "articles.parquet").write_bytes(b"never opened")
    assert run_cli(["sources", "--lake", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"tass +tass\.com +\d+ +feed, news sitemap +1 day +9 s +2017-05-10", shown)
    assert run_cli(["sources", "--lake", str(tmp_path), "--json"]) == 0
    (tass,) = (one for one in orjson.loads(capsys.readouterr().out) if one["name"] == "tass")
    assert (tass["last_day"], tass["interval_seconds"], tass["discovery"][0]["kind"]) == ("2017-05-10", 9.0, "feed")
