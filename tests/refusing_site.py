"""A site in the place of tass.com that lists six articles of yesterday, refuses some of them, and recovers.

Everything is asked through the command line.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.cli import run as run_cli
from infra.lake.accounts import read_account
from infra.lake.lake import Lake
from infra.store.local_store import LocalStore
from tests.in_this_process import parse_in_this_process
from tests.live_lake import today, yesterday
from tests.raw_server import RawServer, Reply, answer, raw_server

FEED, SITEMAP, ROBOTS = "/rss/v2.xml", "/sitemap_news.xml", "/robots.txt"
HOST = "https://tass.com"
PATHS = tuple(f"/world/{number}" for number in range(101, 107))
HTML = "Content-Type: text/html; charset=utf-8"
BACKFILL = ("backfill", "tass", "--start", str(yesterday()), "--end", str(today()), "--reprocess", "failed")


def article(
    path: str, day: date | None = None, *, author: str = "Ann Hall", dated: bool = True, body: str = ""
) -> bytes:
    """A page of the site's present layout, or with another class for its `body`."""
    told: dict[str, Any] = {"@type": "NewsArticle", "headline": f"Report of {path}"}
    told |= {"datePublished": f"{day or yesterday()}T12:00:00Z"} if dated else {}
    told |= {"author": {"@type": "Person", "name": author}} if author else {}
    text = f"The story at {path} goes on for a while, so that nobody takes it for a notice. " * 5
    return f"""<!DOCTYPE html><html><head><title>Report of {path}</title><meta property="og:type" content="article">
<link rel="canonical" href="{HOST}{path}"><script type="application/ld+json">{orjson.dumps(told).decode()}</script>
</head><body><h1 class="news-header__title">Report of {path}</h1><div class="{body or "text-content"}"><p>{text}</p>
</div></body></html>""".encode()


def urlset(*paths: str, hint: str = "") -> bytes:
    """A sitemap, all of whose entries have one time."""
    at = f"<lastmod>{hint or f'{yesterday()}T12:00:00Z'}</lastmod>"
    return f"<urlset>{''.join(f'<url><loc>{HOST}{path}</loc>{at}</url>' for path in paths)}</urlset>".encode()


def notice(title: str, text: str = "Please try again later.", status: str = "200 OK", *headers: str) -> bytes:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    return answer(page.encode(), HTML, *headers, status=status)


def whole(path: str, *headers: str) -> bytes:
    return answer(article(path), HTML, *headers)


def always(reply: Reply) -> Callable[[str], Reply]:
    return lambda _: reply


@dataclass
class RefusingSite:
    """The site, the lake that is filled from it, and what the last command said on both streams."""

    server: RawServer
    replies: dict[str, Reply]
    lake: Path
    capsys: pytest.CaptureFixture[str]
    said: str = ""
    listed: list[str] = field(default_factory=lambda: list(PATHS))

    def recover(self) -> None:
        self.replies |= {ROBOTS: answer(b""), FEED: answer(b"<rss><channel></channel></rss>")}
        self.replies |= {SITEMAP: answer(urlset(*self.listed))}
        self.replies |= {path: whole(path) for path in self.listed}

    def refuse(self, reply: Callable[[str], Reply], paths: tuple[str, ...]) -> None:
        self.replies |= {path: reply(path) for path in paths}

    def run(self, *arguments: str) -> int:
        """Run a command; its exit code."""
        self.server.requests.clear()
        code = run_cli([*arguments, "--lake", str(self.lake)])
        told = self.capsys.readouterr()
        self.said = told.out + told.err
        return code

    def asked(self) -> Counter[str]:
        """The articles that the last command asked for, and how often."""
        return Counter(path for path in self.server.paths() if path in self.listed)

    def query(self, sql: str) -> list[dict[str, Any]]:
        assert self.run("query", sql, "--json") == 0, self.said
        return [orjson.loads(line) for line in self.said.splitlines()]

    def state(self, day: date | None = None) -> str:
        """The state of a day, by default of yesterday, once its account is seen to add up."""
        period = ("--start", str(day or yesterday()), "--end", str((day or yesterday()) + timedelta(days=1)))
        code = self.run("status", "--source", "tass", *period, "--json")
        (found,) = orjson.loads(self.said)
        assert code == 0 or found["state"] in ("damaged", "suspect", "partial")
        if account := found["account"]:
            assert account["listed"] == sum(account[kind] for kind in ("landed", "final", "refused", "pending"))
        return str(found["state"])

    def account(self, day: date | None = None) -> Counter[tuple[str, str | None]]:
        """Outcomes and reasons in the account of a day, by default of yesterday."""
        account = read_account(LocalStore(self.lake), "tass", str(day or yesterday()))
        return Counter((row.outcome, row.reason) for row in account.rows.values())

    def landed(self) -> list[str]:
        lake = Lake(LocalStore(self.lake))
        urls = [
            url for _, day, _ in lake.partitions("tass") for url in lake.read_partition("tass", day)["url"].to_pylist()
        ]
        return sorted(url.removeprefix(HOST) for url in urls)

    def require_whole(self) -> None:
        """Require that yesterday is whole in every respect, and that nothing more is asked."""
        assert self.landed() == sorted(self.listed)
        assert self.state() == "landed"
        assert self.account() == {("landed", None): len(self.listed)}
        assert self.query("SELECT url FROM rejects WHERE state = 'open'") == []
        assert self.run("run", "tass") == 0
        assert not self.asked()
        assert self.run("verify") == 0, self.said


@pytest.fixture
def refusing(
    alone: Path, no_pauses: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[RefusingSite]:
    """A healthy site, and pauses and a parse pool that take no time."""
    parse_in_this_process(monkeypatch)
    replies: dict[str, Reply] = {}
    with raw_server(replies) as server:
        monkeypatch.setenv("NEWSLAKE_ORIGINS", f"tass.com={server.url},tass.ru={server.url}")
        monkeypatch.setenv("NEWSLAKE_HOST_INTERVAL_SECONDS", "0")
        monkeypatch.setenv("NEWSLAKE_CONTACT", "press@example.org")
        site = RefusingSite(server, replies, alone / "lake", capsys)
        site.recover()
        yield site


def refuse_and_recover(site: RefusingSite, reply: Callable[[str], Reply], reason: str, *, later: bool) -> None:
    """Five of six pages are refused, two come back, then all: what is asked, and what is said, each time."""
    refused, back = PATHS[1:], set(PATHS[1:3])
    site.refuse(reply, refused)
    assert site.run("run", "tass") == 3, site.said
    assert f"pending: tass {yesterday()}: 5 of 6 pages (" in site.said
    assert "--reprocess failed" in site.said.splitlines()[-1]
    assert site.state() == "partial"
    account = site.account()
    assert account.keys() <= {("landed", None), ("pending", reason), ("pending", "host_down")}
    assert (account["landed", None], account["pending", reason] > 0, account.total()) == (1, True, 6)

    pending = site.query("SELECT url, due_at <= now() AS is_due, times_asked FROM fetches WHERE outcome = 'pending'")
    due = {row["url"].removeprefix(HOST) for row in pending if row["is_due"]}
    assert due == {row["url"].removeprefix(HOST) for row in pending if not later or not row["times_asked"]}
    site.recover()
    site.refuse(reply, tuple(path for path in refused if path not in back))
    site.run("run", "tass")
    assert site.asked().keys() <= due
    assert site.state() == "partial"
    assert set(site.landed()) == {PATHS[0], *(due & back)}

    site.recover()
    assert site.run(*BACKFILL) == 0, site.said
    assert site.asked() == dict.fromkeys({*refused} - (due & back), 1)
    site.require_whole()
