"""Ways in which a site refuses its pages for a while: the day is partial, what lacks is asked again, and all lands."""

from collections.abc import Callable

import pytest

from tests.raw_server import Reply, answer, redirect
from tests.refusing_site import BACKFILL, HTML, PATHS, RefusingSite, always, article, notice, refuse_and_recover, whole

CHALLENGE = "Just a moment...", "<form id=challenge-form></form>"


# What the pages answer, and the reason that the account gives: one of each kind; test_verdicts.py has them all.
WAYS: dict[str, tuple[Callable[[str], Reply], str]] = {
    "403": (always(notice("No", status="403 Forbidden")), "status"),
    "429 for two minutes": (always(notice("No", "", "429 Slow", "Retry-After: 120")), "rate_limited"),
    "challenge": (always(notice(*CHALLENGE)), "challenge"),
    "new layout": (lambda path: answer(article(path, body="story-flow"), HTML), "layout"),
    "to an older article": (always(redirect("/world/100")), "shared_page"),
    "to another host": (always(redirect("https://consent.example/collect")), "off_site"),
    "cut short": (lambda path: whole(path)[:-900], "truncated"),
}
LATER = {"429 for two minutes", "to another host", "new layout"}


@pytest.mark.parametrize("way", WAYS)
def test_pages_that_are_refused_for_a_while_all_land(way: str, refusing: RefusingSite) -> None:
    reply, reason = WAYS[way]
    refusing.replies |= {"/world/100": whole("/world/100")}
    refuse_and_recover(refusing, reply, reason, later=way in LATER)


def test_pauses_grow_from_outage_to_outage_and_the_account_keeps_them(refusing: RefusingSite) -> None:
    refusing.refuse(always(notice("No", status="403 Forbidden")), PATHS)
    for expected in (PATHS, PATHS, ()):  # at once, then after a quarter of an hour
        refusing.run("run", "tass")
        assert sorted(refusing.asked()) == sorted(expected)
    refusing.run(*BACKFILL)
    (row,) = refusing.query(
        "SELECT min(times_asked) AS least, min(due_at - last_asked_at) > INTERVAL 55 MINUTE AS is_long FROM fetches"
    )
    assert row == {"least": 3, "is_long": True}
    refusing.recover()
    assert refusing.run(*BACKFILL) == 0
    refusing.require_whole()
