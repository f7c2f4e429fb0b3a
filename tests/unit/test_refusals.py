"""Ways in which a site refuses its pages for a while: the day is partial, what lacks is asked again, and all lands."""

import gzip
import socket
import struct
from collections.abc import Callable

import pytest

from tests.raw_server import RawServer, Reply, answer, redirect
from tests.refusing_site import BACKFILL, HTML, PATHS, RefusingSite, always, article, notice, refuse_and_recover, whole

CHALLENGE = "Just a moment...", "<form id=challenge-form></form>"
LOGIN = "<title>TASS</title><body><p>Sign in to read on</p><form action=/in><input type=password></form>"
SHELL = "<title>TASS</title><script src=/a.js></script><body><div id=root></div><noscript>Enable JavaScript</noscript>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"


def reset(_: str) -> Reply:
    def send(connection: socket.socket, _: RawServer) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return send


REFUSING = (401, 403, 404, 405, 410, 451)
# What the pages answer, and the reason that the account gives.
WAYS: dict[str, tuple[Callable[[str], Reply], str]] = {
    **{f"{status}": (always(notice("No", status=f"{status} No")), "status") for status in REFUSING},
    **{f"{status}": (always(notice("No", status=f"{status} No")), "server_error") for status in (408, 500, 503)},
    "206": (lambda path: answer(article(path)[:500], HTML, status="206 Part"), "partial"),
    "204": (always(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"), "empty"),
    "429": (always(notice("No", status="429 Slow")), "rate_limited"),
    "429 for two minutes": (always(notice("No", "", "429 Slow", "Retry-After: 120")), "rate_limited"),
    "challenge 403": (always(notice(*CHALLENGE, "403 Forbidden")), "challenge"),
    "challenge 200": (always(notice(*CHALLENGE)), "challenge"),
    "consent wall": (always(notice("Before you continue", "We value your privacy.")), "consent"),
    "maintenance": (always(notice("Scheduled maintenance")), "soft_error"),
    "soft 404 in French": (always(notice("Page introuvable")), "soft_error"),
    "login wall": (always(answer(LOGIN.encode(), HTML)), "soft_error"),
    "script shell": (always(answer(SHELL.encode(), HTML)), "empty"),
    "empty body": (always(answer(b"", HTML)), "empty"),
    "JSON": (always(answer(b'{"error": "slow down"}', "Content-Type: application/json")), "layout"),
    "new layout": (lambda path: answer(article(path, body="story-flow"), HTML), "layout"),
    "to the home page": (always(redirect("/")), "home_page"),
    "to an older article": (always(redirect("/world/100")), "shared_page"),
    "to another host": (always(redirect("https://consent.example/collect")), "off_site"),
    "to its own network": (always(redirect("http://10.0.0.1/status")), "address"),
    "in a circle": (redirect, "redirect_loop"),
    "reset": (reset, "connection"),
    "cut short": (lambda path: whole(path)[:-900], "truncated"),
    "chunks cut short": (always(CHUNKED), "truncated"),
    "no HTTP": (always(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "protocol"),
    "unknown coding": (lambda path: whole(path, "Content-Encoding: x-snappy"), "encoding"),
    "image": (always(answer(b"\x89PNG\r\n\x1a\n" + bytes(99), "Content-Type: image/png")), "not_html"),
}  # fmt: skip
LATER = {
    "429 for two minutes",
    "to the home page",
    "to another host",
    "to its own network",
    "JSON",
    "new layout",
    "image",
}


@pytest.mark.parametrize("way", WAYS)
def test_pages_that_are_refused_for_a_while_all_land(way: str, refusing: RefusingSite) -> None:
    reply, reason = WAYS[way]
    refusing.replies |= {"/": notice("TASS"), "/world/100": whole("/world/100")}
    refuse_and_recover(refusing, reply, reason, later=way in LATER)


def _gzipped(path: str) -> bytes:
    return answer(gzip.compress(article(path)), HTML, "Content-Encoding: gzip")


def _brotli(path: str) -> bytes:
    import brotli

    return answer(brotli.compress(article(path)), HTML, "Content-Encoding: br")


@pytest.mark.parametrize(
    "odd",
    [
        _gzipped,
        _brotli,
        lambda path: b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + whole(path),
        lambda path: answer(article(path), "Content-Type: application/octet-stream"),
    ],
)
def test_odd_answers_that_hold_the_page_land_at_once(odd: Callable[[str], Reply], refusing: RefusingSite) -> None:
    refusing.refuse(odd, PATHS)
    assert refusing.run("run", "tass") == 0
    refusing.require_whole()


def test_a_site_all_of_whose_pages_are_under_maintenance_is_told(refusing: RefusingSite) -> None:
    refusing.refuse(always(notice("Scheduled maintenance")), PATHS)
    assert refusing.run("run", "tass") == 3
    assert "6 of 6 pages (6 soft_error)" in refusing.said
    assert refusing.state() == "partial"


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
