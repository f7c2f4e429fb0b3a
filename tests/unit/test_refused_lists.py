"""Lists that are refused, cut or half broken, and days that others' pages fall on: no day says more than it is."""

import gzip
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.demo_site import faults as play
from tests.demo_site.site import DemoSite
from tests.live_lake import today, yesterday
from tests.raw_server import Reply, answer, redirect
from tests.refusing_site import (
    BACKFILL,
    FEED,
    HOST,
    HTML,
    PATHS,
    ROBOTS,
    SITEMAP,
    RefusingSite,
    article,
    notice,
    urlset,
)

EVE = yesterday() - timedelta(days=1)
LIST = urlset(*PATHS)
NO = answer(b"no", status="500 No")


def index(*paths: str) -> bytes:
    children = "".join(f"<sitemap><loc>{HOST}{path}</loc></sitemap>" for path in paths)
    return answer(f"<sitemapindex>{children}</sitemapindex>".encode())


def titled(title: bytes) -> dict[str, Reply]:
    return {SITEMAP: answer(LIST.replace(b"</loc>", b"</loc><title>" + title + b"</title>", 3))}


MARKUP: dict[str, dict[str, Reply]] = {
    "bare &": titled(b"Law & order"),
    "entity": titled(b"Caf&eacute;&nbsp;society"),
    "control character": titled(b"a\x01\x08b"),
    "no UTF-8": titled(b"\xff\xfe"),
    "DTD": {SITEMAP: answer(b'<!DOCTYPE urlset [<!ENTITY x "y">]>' + LIST)},
    "packed": {SITEMAP: answer(gzip.compress(LIST))},
    "another host of the publisher": {SITEMAP: redirect("https://tass.ru/map.xml"), "/map.xml": answer(LIST)},
    "robots file that is a page": {ROBOTS: notice("Scheduled maintenance")},
    "robots file that is forbidden": {ROBOTS: answer(b"", status="403 Forbidden")},  # RFC 9309, 2.3.1.3: none
}


@pytest.mark.parametrize("way", MARKUP)
def test_lists_with_broken_markup_are_read_whole(way: str, refusing: RefusingSite) -> None:
    refusing.replies |= MARKUP[way]
    assert refusing.run("run", "tass") == 0
    refusing.require_whole()


# What the lists answer, how many articles land all the same, and what the user sees.
LISTS: dict[str, tuple[dict[str, Reply], int, str]] = {
    "403": ({SITEMAP: answer(b"no", status="403 Forbidden")}, 0, "status 403"),
    "404": ({SITEMAP: answer(b"no", status="404 No")}, 0, "status 404"),
    "500": ({SITEMAP: NO}, 0, "status 500"),
    "feed 500": ({FEED: NO}, 6, "status 500"),
    "304": ({SITEMAP: answer(b"", status="304 Not Modified")}, 0, "status 304"),
    "empty body": ({SITEMAP: answer(b"")}, 0, "without a body"),
    "maintenance": ({SITEMAP: notice("Scheduled maintenance")}, 0, "it is an HTML page"),
    "JSON": ({SITEMAP: answer(b'{"error": 1}')}, 0, "it is no sitemap"),
    "circle": ({SITEMAP: redirect(SITEMAP)}, 0, "redirect_loop"),
    "another site": ({SITEMAP: redirect("https://other.example/map.xml")}, 0, "off_site"),
    "unknown coding": ({SITEMAP: answer(LIST, "Content-Encoding: x-foo")}, 0, "unknown Content-Encoding"),
    "cut": ({SITEMAP: answer(LIST[: len(LIST) // 2])}, 3, "it breaks off"),
    "cut by the connection": ({SITEMAP: answer(LIST)[:-200]}, 4, "truncated"),
    "cut gzip": ({SITEMAP: answer(gzip.compress(LIST)[:-30])}, 1, "gzip data is cut short"),
    "child 404": ({SITEMAP: index("/a.xml", "/b.xml"), "/a.xml": answer(LIST)}, 6, "/b.xml failed: status: status 404"),
    "child 500": ({SITEMAP: index("/a.xml", "/b.xml"), "/a.xml": answer(LIST), "/b.xml": NO}, 6, "/b.xml failed"),
    "child cut": ({SITEMAP: index("/a.xml"), "/a.xml": answer(LIST[: len(LIST) // 2])}, 3, "/a.xml: it breaks off"),
    "4 levels": (
        {SITEMAP: index("/a.xml"), "/a.xml": index("/b.xml"), "/b.xml": index("/c.xml"), "/c.xml": answer(LIST)},
        *(0, "more than 3 levels deep"),
    ),
    "too many in an index": (
        {SITEMAP: index(*(f"{path}.xml" for path in PATHS)), **{f"{path}.xml": answer(urlset(path)) for path in PATHS}},
        *(5, "5 of 6 sitemaps in it are read"),
    ),
    "too long": ({SITEMAP: answer(urlset(*PATHS, *PATHS))}, 6, "more than 8 entries"),
}


@pytest.mark.parametrize("way", LISTS)
def test_lists_that_were_not_read_whole_are_an_alarm_and_leave_the_day_partial(
    way: str, refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies, landed, told = LISTS[way]
    refusing.replies |= replies
    with monkeypatch.context() as small:
        small.setattr("infra.work.live.discovery.MAX_CHILDREN", 5)
        small.setattr("parsers.lists.sitemaps.MAX_ENTRIES", 8)
        refusing.run("run", "tass")
        assert f"look at this: {HOST}" in refusing.said
        assert told in refusing.said
    assert refusing.state() == "partial"
    assert refusing.account().total() == landed
    refusing.recover()
    assert refusing.run(*BACKFILL[:-2]) == 0  # the mode `missing`
    assert len(refusing.asked()) == len(PATHS) - landed
    refusing.require_whole()


SITE_DOWN: dict[str, dict[str, Reply]] = {
    "robots 500": {ROBOTS: NO},
    "robots within its network": {ROBOTS: redirect("http://10.0.0.1/robots.txt")},
    "robots that forbid all": {ROBOTS: answer(b"User-agent: *\nDisallow: /")},
    "lists 500": {SITEMAP: NO, FEED: NO},
    "maintenance": {SITEMAP: notice("Scheduled maintenance"), FEED: notice("Scheduled maintenance")},
}


@pytest.mark.parametrize("way", [*SITE_DOWN, "DNS"])
def test_a_site_none_of_whose_lists_can_be_had_is_an_error(
    way: str, refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    refusing.replies |= SITE_DOWN.get(way, {})
    with monkeypatch.context() as away:
        if way == "DNS":
            away.delenv("NEWSLAKE_ORIGINS")
            away.setattr(socket, "getaddrinfo", nobody)
        assert refusing.run("run", "tass") == 1
    assert refusing.said.splitlines()[-1].startswith("error: tass could not be asked what it published")
    assert refusing.state() == "partial"
    refusing.recover()
    assert refusing.run("run", "tass") == 0
    refusing.require_whole()


def test_what_a_killed_run_read_in_a_list_is_not_forgotten_when_the_list_moves_on(
    refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("infra.archive.staging.Staging.put", die)  # the first page has come
        refusing.run("run", "tass")
    assert refusing.state() == "partial"
    refusing.replies[SITEMAP] = answer(urlset(*PATHS[4:]))
    assert refusing.run("maintain") == 0, refusing.said
    refusing.require_whole()


def test_a_list_that_lost_all_its_links_is_told_until_they_are_back(refusing: RefusingSite) -> None:
    refusing.listed = [*PATHS[:2]]
    refusing.recover()
    assert refusing.run("run", "tass") == 0
    refusing.replies[SITEMAP] = answer(urlset())
    for _ in range(2):
        refusing.run("run", "tass")
        assert "it had 2 links before, and has none now" in refusing.said
        assert refusing.state() == "landed"  # it was read whole before
    refusing.listed = [*PATHS]
    refusing.recover()
    assert refusing.run("run", "tass") == 0
    assert sorted(refusing.asked()) == sorted(PATHS[2:])
    refusing.require_whole()


def test_addresses_that_robots_disallows_are_refused_and_no_loss(refusing: RefusingSite) -> None:
    refusing.replies[ROBOTS] = answer(b"User-agent: *\nDisallow: /world/10")
    assert refusing.run("run", "tass") == 0
    assert "quarantine" not in refusing.said.lower()
    assert refusing.account() == {("refused", "robots"): 6}
    assert refusing.state() == "landed"
    refusing.recover()  # it was the robots file of a site under construction
    assert refusing.run("run", "tass") == 0
    refusing.require_whole()


def test_a_day_that_lacks_pages_since_the_budget_was_used_up_goes_on(
    refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLAKE_REQUEST_BUDGET", "6")  # three of them for the robots file and the lists
    assert refusing.run("run", "tass") == 3
    assert refusing.account() == {("landed", None): 3, ("pending", "budget"): 3}
    assert refusing.state() == "partial"
    assert refusing.run("run", "tass") == 0
    assert len(refusing.asked()) == 3
    refusing.require_whole()


def test_articles_of_another_day_are_accounted_there_and_make_it_partial(refusing: RefusingSite) -> None:
    """A list says just after midnight, the article just before."""
    refusing.replies[SITEMAP] = answer(urlset(*PATHS, hint=f"{yesterday()}T00:30:00Z"))
    refusing.refuse(lambda path: answer(article(path, EVE), HTML), PATHS[:5])
    assert refusing.run("run", "tass") == 0
    assert refusing.account() == {("landed", None): 1}
    assert refusing.account(EVE) == {("landed", None): 5}
    assert (refusing.state(), refusing.state(EVE)) == ("landed", "partial")
    assert refusing.run("run", "tass") == 0
    assert not refusing.asked()


def test_a_day_that_is_not_over_is_partial(refusing: RefusingSite) -> None:
    refusing.replies[SITEMAP] = answer(urlset(*PATHS, hint=f"{today()}T00:00:00Z"))
    refusing.refuse(lambda path: answer(article(path, today()), HTML), PATHS)
    assert refusing.run("run", "tass", "--day", str(today())) == 0
    assert refusing.account(today()) == {("landed", None): 6}
    assert refusing.state(today()) == "partial"


def test_undated_articles_and_second_addresses_are_accounted_for(refusing: RefusingSite) -> None:
    refusing.replies[PATHS[0]] = answer(article(PATHS[0], dated=False), HTML)
    refusing.replies[PATHS[1]] = answer(article(PATHS[2]), HTML)
    assert refusing.run("run", "tass") == 0
    assert refusing.account() == {("landed", None): 4, ("final", "duplicate"): 1}  # a row is where its article is
    assert refusing.query("SELECT outcome FROM fetches WHERE date IS NULL") == [{"outcome": "landed"}]
    assert refusing.state() == "landed"
    assert refusing.run("run", "tass") == 0
    assert not refusing.asked()
    assert refusing.run("verify") == 0


@pytest.mark.parametrize(
    ("broken", "told", "after"),
    [
        (lambda path: answer(article(path, body="story-flow"), HTML), "captures were rejected (5 layout)", "landed"),
        (lambda path: answer(article(path, author=""), HTML), "authors: ", "suspect"),  # its pages are not asked again
    ],
)
def test_a_layout_or_field_that_broke_makes_a_day_of_six_suspect(
    broken: Callable[[str], Reply], told: str, after: str, refusing: RefusingSite
) -> None:
    past = {
        f"/world/{100 * age + number}": yesterday() - timedelta(days=age) for age in range(2, 8) for number in range(6)
    }
    refusing.replies |= {path: answer(article(path, day), HTML) for path, day in past.items()}
    assert refusing.run("fetch", *(HOST + path for path in past)) == 0
    refusing.refuse(broken, PATHS[1:])
    assert refusing.run("run", "tass") == 3
    assert told in refusing.said
    assert "newslake status" in refusing.said
    assert refusing.state() == "suspect"
    refusing.recover()
    refusing.run(*BACKFILL)
    assert set(PATHS) <= set(refusing.landed())
    assert refusing.state() == after


@pytest.mark.parametrize("fault", [play.maintenance(), play.soft_404()])
def test_the_demo_site_under_maintenance_ends_with_3(
    fault: play.Fault, refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DemoSite(today(), days=2, per_day=6) as site:
        monkeypatch.setenv("NEWSLAKE_ORIGINS", site.origins)
        for article_ in site.expected("tass", yesterday()):
            site.set_fault(article_.url.removeprefix("https://"), fault)
        assert refusing.run("run", "tass") == 3
        assert refusing.said.splitlines()[-1].startswith("newslake backfill tass")
        assert refusing.state() == "partial"
