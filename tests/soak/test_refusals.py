"""More ways in which a site refuses for a while, slow ones, and some through Prefect's backfill."""

from collections.abc import Callable, Iterator

import pytest

from tests.live_lake import today, yesterday
from tests.prefect_server import Up, newslake_up
from tests.raw_server import RawServer, Reply, answer, drip, hang, raw_server, redirect
from tests.refusing_site import HOST, HTML, PATHS, RefusingSite, always, notice, refuse_and_recover, whole

LOGIN = notice("TASS", "<form action=/in><input type=password></form>")
BINARY = answer(bytes(range(32)) * 9, "Content-Type: application/octet-stream")
FINAL = (202, 400, 418)
FAILED = (425, 502, 526)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n<html>"
NOTICES = {
    "Wartungsarbeiten": "empty",
    "Страница не найдена": "soft_error",
    "ページが見つかりません": "soft_error",
}


WAYS: dict[str, tuple[Callable[[str], Reply], str]] = {
    **{f"{status}": (always(notice("No", status=f"{status} No")), "status") for status in FINAL},
    **{f"{status}": (always(notice("No", status=f"{status} No")), "server_error") for status in FAILED},
    **{title: (always(notice(title)), reason) for title, reason in NOTICES.items()},
    "999": (always(notice("No", status="999 Denied")), "protocol"),
    "304": (always(answer(b"", status="304 Not Modified")), "partial"),
    "429 for centuries": (always(notice("No", "", "429 Slow", "Retry-After: 9999999999")), "rate_limited"),
    "503 till 2100": (always(notice("No", "", "503 No", "Retry-After: Fri, 31 Dec 2100 23:59:59 GMT")), "server_error"),
    "to a login page": (always(redirect("/login")), "shared_page"),
    "to another port": (lambda path: redirect(f"{HOST}:8444{path}"), "port"),
    "to nowhere": (always(answer(b"", status="302 Found")), "redirect"),
    "to an app": (always(redirect("app://open")), "scheme"),
    "closed": (always(lambda *_: None), "connection"),
    "two lengths": (lambda path: whole(path, "Content-Length: 5"), "protocol"),
    "no gzip": (lambda path: whole(path, "Content-Encoding: gzip"), "encoding"),
    "binary": (always(BINARY), "not_html"),
    "hotel network": (always(notice("Free internet", "Please accept the terms of use. " * 9)), "layout"),
}
LATER = {"429 for centuries", "503 till 2100", "to another port", "to an app", "binary", "hotel network"}
SLOW = {"silent": hang(), "stops": hang(HEAD), "drips": drip(HEAD, b"x", 0.1)}


@pytest.mark.parametrize("way", WAYS)
def test_pages_that_are_refused_for_a_while_all_land(way: str, refusing: RefusingSite) -> None:
    reply, reason = WAYS[way]
    refusing.replies["/login"] = LOGIN
    refuse_and_recover(refusing, reply, reason, later=way in LATER)


@pytest.mark.parametrize("way", SLOW)
def test_pages_that_come_too_slowly_all_land(way: str, refusing: RefusingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLAKE_REQUEST_DEADLINE_SECONDS", "1")
    refuse_and_recover(refusing, always(SLOW[way]), "timeout", later=False)


IN_PREFECT = {
    "blocked": notice("Forbidden", status="403 Forbidden"),
    "damaged": answer(b"not gzip", HTML, "Content-Encoding: gzip"),
}


@pytest.fixture(scope="module")
def site() -> Iterator[RawServer]:
    with raw_server(dict[str, Reply]()) as server:
        yield server


@pytest.fixture(scope="module")
def crawler(site: RawServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`newslake up`, for which the site is tass.com."""
    settings = {"NEWSLAKE_ORIGINS": f"tass.com={site.url}", "NEWSLAKE_HOST_INTERVAL_SECONDS": "0"}
    with newslake_up(tmp_path_factory.mktemp("up"), settings=settings) as running:
        yield running


@pytest.mark.timeout(400)
@pytest.mark.xdist_group("prefect")
@pytest.mark.parametrize("way", IN_PREFECT)
def test_backfills_in_prefect_ask_again_for_what_was_refused(
    way: str, refusing: RefusingSite, site: RawServer, crawler: Up
) -> None:
    refusing.refuse(always(IN_PREFECT[way]), PATHS[1:])
    for state in ("partial", "landed"):
        site.requests.clear()
        site.replies = refusing.replies
        asked = {"start": str(yesterday()), "end": str(today()), "sources": ["tass"], "reprocess": "failed"}
        assert crawler.ended(crawler.start("backfill", **asked, lake=str(refusing.lake)))["type"] == "COMPLETED"
        assert refusing.state() == state
        wanted = PATHS if state == "partial" else PATHS[1:]
        assert {path for path in site.paths() if path in PATHS} == {*wanted}
        refusing.recover()
    refusing.require_whole()
