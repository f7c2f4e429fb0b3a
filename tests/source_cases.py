"""The saved pages of every source, `tests/fixtures/sources/<source>/<case>/`, and what the parsers make of them."""

from functools import cache
from pathlib import Path
from typing import Any

from infra.authoring.cases import capture_of, cases_in, plain
from parsers.parse import parse

FIXTURES = Path(__file__).parent / "fixtures" / "sources"
CASES = cases_in(FIXTURES)


@cache
def outcome_of(case: Path) -> dict[str, Any]:
    """What the parsers make of a case, as plain JSON values."""
    return plain(parse(capture_of(case)))
