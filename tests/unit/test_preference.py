"""Where pages come from first, as users write it."""

import pytest

from infra.errors import UsageError
from infra.live.preference import Preference, parse_preference


def test_a_preference_is_read_by_its_name() -> None:
    assert [parse_preference(text, "--prefer") for text in ("archive", "network")] == list(Preference)


@pytest.mark.parametrize("text", ["", "Archive", "cdx"])
def test_any_other_word_is_wrong_use_that_names_the_option_and_the_words(text: str) -> None:
    with pytest.raises(UsageError, match=r"--prefer .* is not known\. Write archive or network\."):
        parse_preference(text, "--prefer")
