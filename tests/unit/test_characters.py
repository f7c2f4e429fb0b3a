import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.fields.characters import clean, clean_markup, word_count
from tests.tables import table

# All code points, lone surrogates and controls too, and more often those that make trouble.
ODD = "\0\x07\x1b\x1c\x1f\x85\u00a0\u200b\u202e\u2028\ufeff\ud83d\udc00\u0301\u0344\u05b0\u0f73\u0958e<&"
TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from(ODD))


@given(TEXT)
def test_p08_clean_text_is_nfc_one_line_encodable_and_without_controls(text: str) -> None:
    found = clean(text)
    assert unicodedata.is_normalized("NFC", found)
    assert found == " ".join(found.split())
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in found)
    assert not set(found) & set("\ufeff\u202a\u202e\u2066\u2069")
    assert found.encode().decode() == found
    assert clean(found) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a\u00a0 \n\tb\x1fc ", "a b c"),
        ("a \0 b", "a b"),  # P08: what stands between two spaces may go
        ("a\ud83db", "ab"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),  # P18: no terminal obeys it any more
        ("abc\u202ecba", "abccba"),
        ("e\u0301", "\u00e9"),
        ("Auto\u00adbahn \u0645\u06cc\u200c\u062e", "Auto\u00adbahn \u0645\u06cc\u200c\u062e"),  # spelling, so kept
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),  # P18: a formula is text; who writes CSV escapes it
    ],
)
def test_p08_repairs(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("marks", ["\u0301", "\u1dc4", "\u0591\u05b0", "\u0344", "\u0316\u0301"])
def test_p08_million_combining_marks_are_cut_to_a_few_and_at_once(marks: str) -> None:
    began = time.process_time()
    assert len(clean("a" + marks * 500_000 + "b")) <= 10
    assert time.process_time() - began < 2  # 0.05 s; normalising 40,000 unsorted marks takes as long


@pytest.mark.parametrize(("text", "expected"), table("characters")["values"])
def test_p18_values_from_metadata_lose_entities_and_tags(text: str, expected: str) -> None:
    assert clean_markup(text) == expected


@given(TEXT)
def test_no_value_from_metadata_raises_or_stays_unclean(text: str) -> None:
    assert clean(clean_markup(text)) == clean_markup(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("It's the U.S. President’s 1st day", 6),
        ("日本語", 3),
        ("장동혁 한동훈", 6),
        ("2024年の日本語は難しいABCです", 13),
        ("x" * 5_000_000, 1),  # P19
    ],
)
def test_p19_words_are_counted_in_any_script(text: str, expected: int) -> None:
    assert word_count(text) == expected
