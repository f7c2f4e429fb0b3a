"""The language of a text whose page states none."""

from functools import cache
from typing import Any, Final

# The library takes the words of shorter texts for those of a small language now and then.
_SHORTEST: Final = 100
_LONGEST: Final = 2000  # characters that are looked at: more change nothing, and take longer
# Of 664 pages that state their language, those that it contradicts with this certainty are all labelled wrongly but for
# variants of a name (`no` for `nb`); short texts of languages with near relatives reach no more.
_CERTAIN: Final = 0.9


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language; None if it is not certain."""
    if len(text) < _SHORTEST:
        return None
    code, certainty = _identifier().classify(text[:_LONGEST])
    return str(code) if certainty >= _CERTAIN else None


@cache
def _identifier() -> Any:
    """py3langid: 97 languages, offline, 4.6 MB; lingua, which is as good, takes some hundred."""
    # Half a second to load, for pages of unknown sites without a label only.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
