"""A source that declares no lists finds them itself, and says of which days they can't know everything."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from parsers.registry import sources
from parsers.source.discovery import Discovery, Feed, OwnLists
from tests.discovery_runs import SOURCE, at, index, rss, urlset
from tests.live_lake import today, yesterday
from tests.raw_server import answer
from tests.refusing_site import HOST, HTML, PATHS, ROBOTS, RefusingSite, article, notice

HOME, NEWS, MAP = "/", "/news.xml", "/all.xml"
NOWHERE = answer(b"", status="404 No")
LAST_WEEK = yesterday() - timedelta(days=6)
BACKFILL = ("backfill", "tass", "--start", str(LAST_WEEK), "--end", str(LAST_WEEK + timedelta(days=1)))


def home(*links: str) -> bytes:
    return answer(f"<html><head>{''.join(links)}</head><body>News</body></html>".encode(), HTML)


def named(feed: str, kind: str = "rss") -> str:
    return f'<link rel="alternate" type="application/{kind}+xml" href="{feed}">'


def robots(*sitemaps: str) -> bytes:
    return answer("".join(f"Sitemap: {HOST}{path}\n" for path in sitemaps).encode())


def news(*paths_: str) -> bytes:
    entry = f"<n:news><n:publication_date>{yesterday()}T12:00:00Z</n:publication_date></n:news>"
    return answer(
        f"<urlset>{''.join(f'<url><loc>{HOST}{path}</loc>{entry}</url>' for path in paths_)}</urlset>".encode()
    )


def feed(*more: tuple[str, str]) -> bytes:
    return answer(rss(*((HOST + path, at(yesterday())) for path in PATHS), *more))


def declare(monkeypatch: pytest.MonkeyPatch, *lists: Discovery) -> None:
    """Let the site in the place of tass.com be of a source with these lists, and no form of addresses."""
    changed = replace(sources()["tass"], discovery=lists, article_url=None)
    known = MappingProxyType({**sources(), "tass": changed})
    monkeypatch.setattr("parsers.registry._load", lambda: (known, {}))


@pytest.fixture
def own(refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch) -> RefusingSite:
    declare(monkeypatch, *SOURCE.discovery)
    refusing.replies.update(dict.fromkeys(("/rss/v2.xml", "/sitemap_news.xml"), NOWHERE))
    refusing.replies[HOME] = home()
    return refusing


def test_a_source_of_six_lines_lands_what_the_news_sitemap_of_its_robots_file_names(own: RefusingSite) -> None:
    others = ("/tag/world", "/author/ann-hall", "/")
    own.replies |= {ROBOTS: robots(MAP, NEWS), NEWS: news(*PATHS, *others)}
    assert own.run("run", "tass") == 0, own.said
    assert MAP not in own.server.paths()  # of everything, which need not be read for yesterday
    assert not {*others[:2]} & {*own.server.paths()}
    own.require_whole()


def test_feeds_of_the_home_page_make_a_day_whole_that_they_reach_back_over(own: RefusingSite) -> None:
    old = (f"{HOST}/world/7", at(yesterday() - timedelta(days=1), 9))
    own.replies |= {HOME: home(named("/feed"), named("/comments/feed/"), named("/a.xml", "atom"))}
    own.replies |= {"/feed": feed(old), "/a.xml": feed(old)}
    assert own.run("run", "tass") == 0, own.said
    assert "/comments/feed/" not in own.server.paths()
    own.require_whole()
    assert HOME not in own.server.paths()  # once a week is enough
    assert "/sitemap.xml" not in own.server.paths()


@pytest.mark.parametrize("lists", [(OwnLists(),), (Feed(f"{HOST}/feed"),)], ids=["found", "declared"])
def test_a_feed_that_has_rolled_past_the_day_leaves_it_partial_and_says_so(
    own: RefusingSite, lists: tuple[Discovery, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch, *lists)
    own.replies |= {HOME: home(named("/feed")), "/feed": feed()}
    assert own.run("run", "tass") == 0
    told = f"{HOST}/feed goes back only to {yesterday()} 12:00 UTC"
    assert f"look at this: {told}" in own.said
    assert own.landed() == sorted(PATHS)
    assert own.state() == "partial"
    assert own.run("status", "--source", "tass") == 0
    assert "goes back only to" in own.said
    own.replies["/feed"] = feed((f"{HOST}/world/7", at(yesterday() - timedelta(days=1))))
    assert own.run("run", "tass") == 0
    own.require_whole()


def test_a_sitemap_where_most_are_is_found_though_nobody_names_it(own: RefusingSite) -> None:
    later = f"<url><loc>{HOST}/world/9</loc><lastmod>{today()}T00:00:00Z</lastmod></url>"
    entries = "".join(f"<url><loc>{HOST}{path}</loc><lastmod>{at(yesterday())}</lastmod></url>" for path in PATHS)
    undated = f"<url><loc>{HOST}/world/8</loc></url>"  # a sitemap of all there is says of it only that it exists
    own.replies |= {"/sitemap.xml": answer(f"<urlset>{entries}{later}{undated}</urlset>".encode())}
    own.replies |= {"/news-sitemap.xml": notice("Not found"), "/world/9": answer(article("/world/9", today()), HTML)}
    assert own.run("run", "tass") == 0, own.said
    assert own.state() == "landed"
    assert own.landed() == sorted([*PATHS, "/world/9"])
    assert own.run("run", "tass") == 0
    assert "/sitemap.xml" in own.server.paths()
    assert not {"/news-sitemap.xml", "/sitemap_index.xml", "/world/8", HOME} & {*own.server.paths()}


def test_a_backfill_reads_the_sitemaps_of_the_month_and_no_others(own: RefusingSite) -> None:
    month, other = f"/sitemap-{LAST_WEEK:%Y-%m}.xml", "/sitemap-2011-01.xml"
    children = (f"{HOST}{month}", f"{HOST}{other}", f"{HOST}/post_tag-sitemap.xml", f"{HOST}/new.xml")
    entries = (*((HOST + path, at(LAST_WEEK)) for path in PATHS), (f"{HOST}/topics/war", at(LAST_WEEK)))
    own.replies |= {ROBOTS: robots(MAP), MAP: answer(index(*children)), month: answer(urlset(*entries))}
    own.replies |= {"/new.xml": answer(urlset((f"{HOST}/world/9", at(today()))))}
    own.replies |= {path: answer(article(path, LAST_WEEK), HTML) for path in PATHS}
    own.replies |= {"/world/9": answer(article("/world/9", today()), HTML)}
    assert own.run(*BACKFILL) == 0, own.said
    assert own.state(LAST_WEEK) == "landed"
    assert {*PATHS} <= {*own.landed()}
    assert own.run("status", "--source", "tass") == 0
    assert not {other, "/post_tag-sitemap.xml", "/topics/war"} & {*own.server.paths()}


def test_a_site_that_names_no_list_is_an_error_with_a_remedy(own: RefusingSite) -> None:
    assert own.run("run", "tass", "--dry-run") == 1
    assert own.run("run", "tass") == 1
    assert "error: Neither the robots files nor the home page of tass.com name a list" in " ".join(own.said.split())
    assert "Say in the source file of tass" in " ".join(own.said.split())
    assert own.state() == "partial"


def test_a_home_page_that_cannot_be_had_is_told_and_the_day_is_whole_by_its_sitemap(own: RefusingSite) -> None:
    own.replies |= {ROBOTS: robots(NEWS), NEWS: news(*PATHS), HOME: answer(b"no", status="403 Forbidden")}
    assert own.run("run", "tass") == 0
    assert f"look at this: {HOST}/ failed: status: status 403" in own.said
    own.require_whole()
