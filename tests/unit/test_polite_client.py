import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest

from infra.base.settings import Settings
from infra.intake.web.addresses import Target
from infra.intake.web.fetching import Answer, FetchError, FetchReason
from infra.intake.web.http import Hop
from infra.intake.web.polite_client import DOWN_AFTER, TRIES, PoliteClient
from parsers.source.definition import Source
from tests.http_clients import SleepingClock

PAGE = "https://a.example/page"
SOURCE = Source(name="a", title="A", hosts=("a.example",), language="en", timezone="UTC", version=1)
OK = b"<html>page</html>"

Script = Mapping[str, object]


def target(url: str) -> Target:
    return Target(url, "https", "", 443, url)


class ScriptedHttp:
    """An HttpClient that says what a script says: a body, a redirect (`-> address`), an error, or several in turn.

    Robots files that are not in the script are missing. `sent` holds each request with the time it was sent.
    """

    def __init__(self, script: Script, clock: SleepingClock) -> None:
        self.script = {url: list(said) if isinstance(said, list) else said for url, said in script.items()}
        self.sent: list[tuple[str, float]] = []
        self._clock = clock

    def first(self, url: str, **_: Any) -> Hop:
        return Hop(url, target(url), {}, None, 0, False, 0, (url,))

    def get_once(self, hop: Hop) -> Answer | Hop:
        url = hop.target.url
        self.sent.append((url, self._clock()))
        said = self._said(url)
        if isinstance(said, FetchError):
            raise said
        if isinstance(said, bytes):
            return Answer(hop.url, url, 200, (), said, datetime.now(UTC))
        return replace(hop, target=target(str(said).removeprefix("-> ")))

    def _said(self, url: str) -> object:
        said = self.script.get(url)
        if isinstance(said, list):
            first: object = said.pop(0)
            return first
        if said is None:
            missing = FetchError(FetchReason.STATUS, "status 404", status=404)
            return missing if url.endswith("/robots.txt") else OK
        return said

    @property
    def urls(self) -> list[str]:
        return [url for url, _ in self.sent]


def status(number: int, retry_after: float | None = None) -> FetchError:
    reason = {4: FetchReason.STATUS, 5: FetchReason.SERVER_ERROR}[number // 100]
    if number == 429:
        reason = FetchReason.RATE_LIMITED
    return FetchError(reason, f"status {number}", status=number, retry_after=retry_after)


def failure(reason: FetchReason) -> FetchError:
    return FetchError(reason, "as the test says")


def client_of(
    script: Script | None = None, *, clock: SleepingClock | None = None, **settings: Any
) -> tuple[PoliteClient, ScriptedHttp]:
    clock = clock or SleepingClock()
    http = ScriptedHttp(script or {}, clock)
    client = PoliteClient(cast("Any", http), Settings(**settings), clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)
    return client, http


def reason_of(client: PoliteClient, url: str = PAGE) -> FetchReason:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value.reason


def test_the_robots_file_comes_first_and_once() -> None:
    client, http = client_of()
    assert client.get(PAGE).body == OK
    client.get("https://a.example/other")
    assert http.urls == ["https://a.example/robots.txt", PAGE, "https://a.example/other"]
    assert client.budget.used == 3


@pytest.mark.parametrize(
    ("setting", "source", "delay", "expected"),
    [(1, None, "", 1), (1, 5, "3", 5), (7, 5, "", 7), (1, 5, "9", 9), (1, 2, "1e9", 120)],
)
def test_r05_the_largest_interval_holds(setting: float, source: float | None, delay: str, expected: float) -> None:
    rules = f"User-agent: *\nCrawl-delay: {delay}".encode()
    client, http = client_of({"https://a.example/robots.txt": rules}, host_interval_seconds=setting)
    whose = replace(SOURCE, interval_seconds=source)
    for number in range(3):
        client.get(f"{PAGE}/{number}", source=whose)
    times = [time for _, time in http.sent[1:]]
    assert [later - earlier for earlier, later in pairwise(times)] == [expected] * 2
    assert client.interval_of(whose) == expected


def test_r04_a_redirected_robots_file_is_the_site_s_and_the_other_host_s_is_not_asked() -> None:
    script = {
        "https://a.example/robots.txt": "-> https://cdn.example/r.txt",
        "https://cdn.example/r.txt": b"User-agent: *\nDisallow: /page",
    }
    client, http = client_of(script)
    assert reason_of(client) is FetchReason.ROBOTS
    assert http.urls == ["https://a.example/robots.txt", "https://cdn.example/r.txt"]


def test_a_redirect_to_another_host_is_paced_and_checked_there() -> None:
    script = {
        PAGE: "-> https://b.example/landing",
        "https://b.example/robots.txt": b"User-agent: *\nDisallow: /secret\nCrawl-delay: 10",
        "https://a.example/bad": "-> https://b.example/secret",
    }
    client, http = client_of(script, host_interval_seconds=1)
    assert client.get(PAGE).final_url == "https://b.example/landing"
    times = dict(http.sent)
    assert times["https://b.example/landing"] - times["https://b.example/robots.txt"] == 10
    assert reason_of(client, "https://a.example/bad") is FetchReason.ROBOTS
    assert "https://b.example/secret" not in http.urls


@pytest.mark.parametrize(
    "error",
    [
        *(status(number) for number in (500, 502, 503, 504, 522, 524, 429)),
        *map(failure, (FetchReason.DNS, FetchReason.CONNECTION, FetchReason.TIMEOUT, FetchReason.TRUNCATED)),
    ],
    ids=str,
)
def test_f31_failures_that_may_pass_are_tried_three_times(error: FetchError) -> None:
    client, http = client_of({PAGE: [error, error, OK], "https://a.example/dead": [error] * 3})
    assert client.get(PAGE).body == OK
    assert reason_of(client, "https://a.example/dead") is error.reason
    assert http.urls.count(PAGE) == http.urls.count("https://a.example/dead") == TRIES


def test_f31_a_host_that_is_down_is_left_alone_by_all() -> None:
    clock = SleepingClock()
    client, http = client_of({f"{PAGE}/{number}": status(500) for number in range(4)}, clock=clock)
    reasons = [reason_of(client, f"{PAGE}/{number}") for number in range(4)]
    assert reasons == [FetchReason.SERVER_ERROR] * 3 + [FetchReason.HOST_DOWN]
    assert len(http.sent) == 1 + DOWN_AFTER
    clock.sleep(1e6)  # it stays so for the rest of the run
    assert reason_of(client, "https://a.example/fine") is FetchReason.HOST_DOWN
    assert client.get("https://b.example/").body == OK


def test_a_budget_that_is_used_up_stops_everything_and_nothing_waits_for_it() -> None:
    clock = SleepingClock()
    client, http = client_of(
        {"https://a.example/robots.txt": b"User-agent: *\nCrawl-delay: 99"}, clock=clock, request_budget=2
    )
    client.get(PAGE)
    slept = len(clock.slept)
    assert reason_of(client) is FetchReason.BUDGET
    assert reason_of(client, "https://b.example/") is FetchReason.BUDGET  # its robots file costs too
    assert len(clock.slept) == slept
    assert len(http.sent) == client.budget.used == client.budget.limit == 2


def test_the_page_about_politeness_names_settings_and_their_defaults() -> None:
    page = (Path(__file__).parents[2] / "docs" / "politeness-and-law.md").read_text("utf-8")
    named = {name.lower() for name in re.findall(r"NEWSLAKE_([A-Z_]+)", page)}
    assert named <= set(Settings.model_fields)
    told = {
        name.lower(): float(default)
        for name, default in re.findall(r"^\| `NEWSLAKE_([A-Z_]+)` \| (\d+) \|", page, re.M)
    }
    assert len(told) == 4
    assert told == {name: Settings.model_fields[name].default for name in told}
