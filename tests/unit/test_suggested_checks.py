"""Numbers proposed from landed days: good days pass them."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.source.checks import Checks, DayProfile, Severity, judge
from parsers.source.suggested_checks import Suggestion, as_code, suggest


def days(counts: list[int], **changes: Any) -> list[DayProfile]:
    """Consecutive days with as many articles; titles on all, authors on three of ten."""
    first = date(2024, 5, 1)
    found = []
    for number, count in enumerate(counts):
        values: dict[str, Any] = {"articles": count, "captures": count, "measured": count}
        values |= {"fill": {"title": 1.0, "authors": 0.3}} | changes
        found.append(DayProfile(source="tass", date=(first + timedelta(days=number)).isoformat(), **values))
    return found


def proposed(suggestions: list[Suggestion]) -> dict[str, float | None]:
    return {each.field or each.check: each.proposed for each in suggestions}


def test_numbers_leave_room_below_what_was_seen() -> None:
    assert proposed(suggest(days([100] * 7))) == {
        "min_per_day": 50,
        "title": 0.9,
        "authors": None,
        "max_reject_share": 0.1,
        "max_age_days": 3,
    }


def test_one_bad_day_in_twenty_does_not_lower_them() -> None:
    suggestions = suggest(days([100] * 20 + [2]))
    assert proposed(suggestions)["min_per_day"] == 50
    assert (suggestions[0].least, suggestions[0].most, suggestions[0].usual) == (2, 100, 100)


def test_few_articles_give_no_shares_few_days_nothing_and_gaps_are_the_measure_of_age() -> None:
    assert proposed(suggest(days([3] * 7))) == {"min_per_day": None, "max_age_days": 3}
    assert suggest(days([100] * 4)) == []
    history = days([100] * 20)
    assert proposed(suggest([*history[:10], *history[13:]]))["max_age_days"] == 6


def test_the_code_holds_what_is_proposed_and_nothing_else() -> None:
    code = as_code(suggest(days([100] * 7)))
    assert code == 'checks=Checks(min_per_day=50, fill={"title": 0.9}, max_reject_share=0.1, max_age_days=3),'
    assert as_code(suggest(days([3] * 7))) == "checks=Checks(max_age_days=3),"


@pytest.mark.parametrize("rejected", [0, 7, 95])
def test_shares_of_rejections_are_rounded_up(rejected: int) -> None:
    history = days([5] * 7, captures=100, rejected={"layout": rejected}, measured=50)
    assert proposed(suggest(history))["max_reject_share"] == {0: 0.1, 7: 0.2, 95: 1.0}[rejected]


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=19), st.floats(0, 1))
def test_no_day_fails_the_checks_that_were_proposed_from_it(counts: list[int], fill: float) -> None:
    history = days(counts, fill={"title": fill})
    numbers = proposed(suggest(history))
    title, least, limit = numbers.get("title"), numbers.get("min_per_day"), numbers.get("max_reject_share")
    checks = Checks(
        min_per_day=int(least) if least else None, fill={"title": title} if title else {}, max_reject_share=limit
    )
    for day in history:
        suspect = [each for each in judge(day, [], checks, whole_day=True) if each.severity is Severity.SUSPECT]
        assert suspect == []
