"""Every source on its own fixtures, damaged at random: whatever a page holds, parsing gives an outcome (P21)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.parse import parse
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.record.outcome import Parsed, Rejected
from parsers.registry import sources
from tests.captures import AT
from tests.source_cases import FIXTURES

PAGES = {name: sorted(FIXTURES.glob(f"{name}/*/page.*")) for name in sources()}

# A place in the page, how much is taken out there, what is put in. Places are shares, so that they fit every page.
INSERTED = ["", "<", ">", '"', "<p>", "</div>", "\0", "\xff", "[", "{", "5", "null", "May 32", "<br><br>", "</script>"]
CUTS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 300), st.sampled_from(INSERTED)),
    min_size=1,
    max_size=12,
)


def damaged(page: bytes, cuts: list[tuple[float, int, str]]) -> bytes:
    for share, length, inserted in cuts:
        at = int(share * len(page))
        page = page[:at] + inserted.encode("latin-1") + page[at + length :]
    return page


@pytest.mark.parametrize("name", sources())
@settings(max_examples=40, deadline=None)
@given(choice=st.integers(0, 99), cuts=CUTS)
def test_p21_no_damage_to_a_page_makes_a_source_raise(
    name: str, choice: int, cuts: list[tuple[float, int, str]]
) -> None:
    page = PAGES[name][choice % len(PAGES[name])]
    kind = MediaType.HTML if page.suffix == ".html" else MediaType.TEXT
    capture = Capture(damaged(page.read_bytes(), cuts), kind, AT, CapturedAtBasis.LIVE, source=name)
    assert isinstance(parse(capture), Parsed | Rejected)
