"""Lists that are refused, cut or half broken, and days that others' pages fall on: no day says more than it is."""

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.live_lake import yesterday
from tests.raw_server import Reply, answer
from tests.refusing_site import BACKFILL, FEED, HOST, HTML, PATHS, ROBOTS, SITEMAP, RefusingSite, article, urlset

EVE = yesterday() - timedelta(days=1)
LIST = urlset(*PATHS)
NO = answer(b"no", status="500 No")


def index(*paths: str) -> bytes:
    children = "".join(f"<sitemap><loc>{HOST}{path}</loc></sitemap>" for path in paths)
    return answer(f"<sitemapindex>{children}</sitemapindex>".encode())


# What the lists answer, how many articles land all the same, and what the user sees.
LISTS: dict[str, tuple[dict[str, Reply], int, str]] = {
    "403": ({SITEMAP: answer(b"no", status="403 Forbidden")}, 0, "status 403"),
    "cut by the connection": ({SITEMAP: answer(LIST)[:-200]}, 4, "truncated"),
    "cut gzip": ({SITEMAP: answer(gzip.compress(LIST)[:-30])}, 1, "gzip data is cut short"),
    "child 404": ({SITEMAP: index("/a.xml", "/b.xml"), "/a.xml": answer(LIST)}, 6, "/b.xml failed: status: status 404"),
}


@pytest.mark.parametrize("way", LISTS)
def test_lists_that_were_not_read_whole_are_an_alarm_and_leave_the_day_partial(
    way: str, refusing: RefusingSite
) -> None:
    replies, landed, told = LISTS[way]
    refusing.replies |= replies
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
    "robots that forbid all": {ROBOTS: answer(b"User-agent: *\nDisallow: /")},
    "lists 500": {SITEMAP: NO, FEED: NO},
}


@pytest.mark.parametrize("way", SITE_DOWN)
def test_a_site_without_any_list_is_an_error(way: str, refusing: RefusingSite) -> None:
    refusing.replies |= SITE_DOWN[way]
    assert refusing.run("run", "tass") == 1
    assert refusing.said.splitlines()[-1].startswith("error: tass could not be asked what it published")
    assert refusing.state() == "partial"
    refusing.recover()
    assert refusing.run("run", "tass") == 0
    refusing.require_whole()


def test_what_a_killed_run_read_in_a_list_is_kept(refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("infra.archive.staging.Staging.put", die)  # the first page has come
        refusing.run("run", "tass")
    assert refusing.state() == "partial"
    refusing.replies[SITEMAP] = answer(urlset(*PATHS[4:]))
    assert refusing.run("maintain") == 0, refusing.said
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


def test_a_day_whose_budget_was_used_up_goes_on(refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch) -> None:
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
