"""Words of a closed list, as users write them."""

import pytest

from infra.base.errors import UsageError
from infra.choice import parse_choice
from infra.work.live.preference import Preference


def test_a_choice_is_read_by_its_name() -> None:
    assert [parse_choice(Preference, text, "--prefer") for text in ("archive", "network")] == list(Preference)


@pytest.mark.parametrize("text", ["", "Archive", "cdx"])
def test_any_other_word_is_wrong_use_that_names_the_option_and_the_words(text: str) -> None:
    with pytest.raises(UsageError, match=rf"--prefer '{text}' is not known\. Choose one of: archive, network\."):
        parse_choice(Preference, text, "--prefer")
