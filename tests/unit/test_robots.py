import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.intake.web.fetching import FetchError, FetchReason
from infra.intake.web.robots import CACHE_SECONDS, FAILURE_SECONDS, MAX_BYTES, RobotsFiles, RobotsRules, read_robots
from infra.intake.web.robots import MAX_CRAWL_DELAY as CAP
from tests.http_clients import SleepingClock
from tests.tables import table

TABLE = table("robots")

SITE = "https://example.com"


def rules_of(text: str) -> RobotsRules:
    return read_robots(text.encode())


def allowed(text: str, path: str) -> bool:
    return rules_of(text).allows(SITE + path)


class Files:
    """Robots files as they are served, and what was asked for."""

    def __init__(self, answer: bytes | FetchReason = b"") -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if isinstance(self.answer, FetchReason):
            raise FetchError(self.answer, "as the test says")
        return self.answer


@pytest.mark.parametrize(("text", "path", "expected"), TABLE["rules"])
def test_r06_the_longest_rule_decides(text: str, path: str, expected: bool) -> None:
    assert allowed(text, path) is expected


@pytest.mark.parametrize(("agent", "applies"), TABLE["agents"].items())
def test_a_group_is_ours_by_the_whole_product_token(agent: str, applies: bool) -> None:
    """RFC 9309, 2.2.1."""
    assert allowed(f"User-agent: {agent}\nDisallow: /", "/a") is not applies


def test_the_group_that_names_us_wins_over_the_one_for_all() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: newslake\nDisallow: /paid\n\nuser-agent: NEWSLAKE\nDisallow: /b"
    assert [allowed(text, path) for path in ("/free", "/paid/1", "/b")] == [True, False, False]


@pytest.mark.parametrize(
    "line",
    ["User-agent: *", "user agent: *", "Useragent *", "\ufeffUser-agent: *", "\u00a0User-agent\t:\t*", "user  agent *"],
)
def test_r03_group_lines_in_odd_spellings(line: str) -> None:
    assert not allowed(f"# first\n{line}\nDisallow: /", "/a")


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /a",
        "User-agent: *\nDisallow: /a".encode("utf-16"),
        b"User-agent: *\r\nDisallow: /a\r\n",
        b"User-agent: *\rDisallow: /a\r",
        b"\xfd\xfe broken\nUser-agent: *\n\xc3\x28: x\nDisallow: /a\n\x80",
        b"<!DOCTYPE html><html><body>\nUser-agent: *\nDisallow: /a\n</body>",
        b"\x00\x01\x02\nUser-agent: *\nDisallow: /a\n" + bytes(range(256)),
        b"User-agent: *\nDisallow: /a\n" + b"#" * MAX_BYTES + b"\nAllow: /a",
    ],
    ids=["utf-8-mark", "utf-16", "crlf", "cr", "invalid-utf-8", "html", "binary", "too-long"],
)
def test_r03_what_can_be_read_of_a_damaged_file_holds(body: bytes) -> None:
    rules = read_robots(body)
    assert not rules.allows(f"{SITE}/a")
    assert rules.allows(f"{SITE}/b")


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"<html><h1>Not found</h1></html>", b"Disallow: /"])
def test_r03_a_file_without_rules_allows_everything(body: bytes) -> None:
    assert read_robots(body).allows(f"{SITE}/a")


@given(st.binary(max_size=2000) | st.text("User-agent: *\nDslow/$%newk\r#", max_size=500).map(str.encode), st.text())
def test_r03_any_bytes_can_be_read(body: bytes, path: str) -> None:
    rules = read_robots(body)
    assert isinstance(rules.allows(f"{SITE}/{path}"), bool)
    assert rules.crawl_delay is None or 0 <= rules.crawl_delay <= CAP


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        *(("0.5", 0.5), ("10", 10.0), ("0", 0.0), ("-1", None), ("inf", None), ("nan", None), ("10s", None)),
        *(("1e9", CAP), ("121", CAP), ("120", CAP), ("", None), ("9" * 5000, None)),
    ],
)
def test_r05_crawl_delay_is_capped_or_ignored(value: str, kept: float | None) -> None:
    assert rules_of(f"User-agent: *\nCrawl-delay: {value}").crawl_delay == kept


@pytest.mark.parametrize("reason", [FetchReason.STATUS, FetchReason.EMPTY, FetchReason.REDIRECT_LOOP])
def test_r01_a_file_that_is_not_there_allows_everything(reason: FetchReason) -> None:
    assert RobotsFiles().rules(f"{SITE}/a", Files(reason)).allows(f"{SITE}/a")


UNREACHABLE = [
    *(FetchReason.SERVER_ERROR, FetchReason.TIMEOUT, FetchReason.DNS, FetchReason.CONNECTION, FetchReason.PROTOCOL),
    *(FetchReason.RATE_LIMITED, FetchReason.ENCODING, FetchReason.TRUNCATED),
]


@pytest.mark.parametrize("reason", UNREACHABLE)
def test_r02_a_file_that_cannot_be_had_stops_everything(reason: FetchReason) -> None:
    with pytest.raises(FetchError, match=rf"https://example\.com/robots\.txt: {reason.value}") as caught:
        RobotsFiles().rules(f"{SITE}/a", Files(reason))
    assert caught.value.reason is FetchReason.ROBOTS_UNREACHABLE


def test_r02_a_file_that_cannot_be_had_is_asked_for_again_after_a_while() -> None:
    clock, files = SleepingClock(), Files(FetchReason.SERVER_ERROR)
    robots = RobotsFiles(clock)
    for passed in (1, FAILURE_SECONDS - 2, 1):
        with pytest.raises(FetchError):
            robots.rules(SITE, files)
        clock.sleep(passed)
    assert len(files.asked) == 1
    files.answer = b""
    assert robots.rules(SITE, files).allows(SITE)


def test_each_scheme_host_and_port_has_its_file() -> None:
    files = Files()
    robots = RobotsFiles()
    for url in ("https://a.example/x", "https://a.example:443/y", "https://A.example", "http://a.example/"):
        robots.rules(url, files)
    robots.rules("https://a.example:8443/x", files)
    robots.rules("https://b.a.example/x", files)
    assert files.asked == [
        "https://a.example/robots.txt",
        "http://a.example/robots.txt",
        "https://a.example:8443/robots.txt",
        "https://b.a.example/robots.txt",
    ]


def test_r07_a_file_is_read_again_after_a_day() -> None:
    clock, files = SleepingClock(), Files(b"User-agent: *\nAllow: /")
    robots = RobotsFiles(clock)
    assert robots.rules(SITE, files).allows(f"{SITE}/a")
    files.answer = b"User-agent: newslake\nDisallow: /"
    clock.sleep(CACHE_SECONDS - 1)
    assert robots.rules(SITE, files).allows(f"{SITE}/a")
    clock.sleep(1)
    assert not robots.rules(SITE, files).allows(f"{SITE}/a")
    assert len(files.asked) == 2
