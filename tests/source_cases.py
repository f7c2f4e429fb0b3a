"""The saved pages of every source, `tests/fixtures/sources/<source>/<case>/`, and what the parsers make of them."""

from functools import cache
from pathlib import Path
from typing import Any

from infra.authoring.cases import capture_of, cases_in, plain
from parsers.parse import parse
from parsers.record.outcome import Outcome

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
CASES = cases_in(FIXTURES)


@cache
def parsed(case: Path) -> Outcome:
    return parse(capture_of(case))


def outcome_of(case: Path) -> dict[str, Any]:
    return plain(parsed(case))
