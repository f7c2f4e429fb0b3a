"""Captions and credits as news sites write them."""

import re

import pytest

from parsers.reading.credits import part_credit, without_label

BOATS = "Boats in the harbour of Ellen."


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        (f"{BOATS} (AP Photo/Jane Roe)", "AP Photo/Jane Roe"),
        (f"{BOATS} (John Doe via Getty Images)", "John Doe via Getty Images"),
        (f"{BOATS} Foto: Jana Reh (Getty)", "Jana Reh (Getty)"),
        (f"{BOATS} (Foto: © Jana Reh/dpa)", "Jana Reh/dpa"),
        (f"{BOATS} Фото: Яна Рех", "Яна Рех"),
        (f"{BOATS} — © Jana Reh", "Jana Reh"),
        (f"{BOATS} | Bildquelle: Jana Reh", None),  # no word that is known
        (f"{BOATS} Photograph by: Jane Roe/The Paper", "Jane Roe/The Paper"),
        (f"{BOATS} Image Credits: Jane Roe", "Jane Roe"),
        (f"{BOATS} REUTERS/Jane Roe/File Photo", "REUTERS/Jane Roe/File Photo"),
        (f"{BOATS} @someone/via REUTERS", "@someone/via REUTERS"),
        (f"{BOATS} (Photo by Jane Roe)", "Jane Roe"),
        (f"{BOATS} Fotoğraf : Ada Kaya", "Ada Kaya"),
        (f"{BOATS} | Jane Roe/PA Images via Getty Images", "Jane Roe/PA Images via Getty Images"),
        (f"{BOATS} | Jane Roe", None),  # a name, or the end of the caption
        (f"{BOATS} [사진=김하나]", "김하나"),
        (f"{BOATS} [사진 출처 = 하나일보]", "하나일보"),
        (f"{BOATS}＝ＡＰ", "ＡＰ"),
        (f"{BOATS}（山田花子撮影）", "山田花子"),
        (f"{BOATS}（港湾局提供）", "港湾局"),
    ],
)
def test_usual_credits_are_parted_from_captions(caption: str, credit: str | None) -> None:
    assert part_credit(caption, None) == (BOATS if credit else caption, credit)


@pytest.mark.parametrize("credit", ["Bild © Jana Reh", "Foto: © Jana Reh", "(Photo by Jana Reh)", "© Jana Reh"])
def test_words_before_the_name_are_no_part_of_a_credit(credit: str) -> None:
    assert without_label(credit) == "Jana Reh"


@pytest.mark.parametrize(
    "caption",
    [
        f"FILE PHOTO: {BOATS}",
        "Boats (left) in the harbour of Ellen (right)",
        "Photo: " + "a very long caption that only begins with the word, as captions of a few sites do, " * 2,
        "The photo shows boats",
    ],
)
def test_captions_that_name_nobody_stay(caption: str) -> None:
    assert part_credit(caption, None) == (caption, None)


def test_pattern_of_the_site_goes_before_the_usual_ones() -> None:
    last_words = re.compile(r"(?<=[.])\s+([^.]+)$")
    assert part_credit(f"{BOATS} Kim Yuna", last_words) == (BOATS, "Kim Yuna")
    assert part_credit(f"{BOATS} (AP Photo/Jane)", re.compile(r"(never)")) == (BOATS, "AP Photo/Jane")
    assert part_credit("", last_words) == (None, None)
