"""Pictures of real pages against the expected ones: how many are found, and how many captions and credits are right."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from parsers.reading.pictures import picture_key
from parsers.record.article import Image
from parsers.record.outcome import Outcome, Parsed

PICTURES: Final = ("pictures", "captions", "credits")


def score_pictures(cases: Path, found: Sequence[tuple[str, Outcome]]) -> dict[str, float]:
    """Shares in percent of the expected pictures; captions and credits are compared by their letters and digits."""
    expected = {
        case["id"]: case["expected"].get("images") or []
        for case in map(json.loads, cases.read_text("utf-8").splitlines())
    }
    counts = Counter[str]()
    for name, outcome in found:
        images = outcome.article.images if isinstance(outcome, Parsed) else ()
        counts.update(_compare(expected[name], {picture_key(image.url): image for image in images}))
    good = ("found", "right captions", "right credits")
    return {name: round(100 * counts[right] / counts[name], 2) for name, right in zip(PICTURES, good, strict=True)}


def _compare(expected: Iterable[Mapping[str, Any]], shown: Mapping[str, Image]) -> Iterable[str]:
    for picture in expected:
        yield "pictures"
        keys = (picture_key(version["url"]) for version in picture["versions"])
        image = next((shown[key] for key in keys if key in shown), None)
        if image is None:
            continue
        yield "found"
        for what, stated, ours in (
            ("captions", picture["caption"], image.caption),
            ("credits", "".join(picture["authors"]), image.credit),
        ):
            if stated:
                yield what
                yield from [f"right {what}"] * (_letters(stated) == _letters(ours))


def _letters(text: str | None) -> str:
    return "".join(filter(str.isalnum, text or "")).lower()
