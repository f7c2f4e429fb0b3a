"""Names in bylines: `By Jane Doe and John Roe` gives two people."""

import re

from parsers.fields.characters import clean, unique
from parsers.fields.datelines import AGENCIES
from parsers.fields.words import pattern, table

_BY = pattern("people", "by")
_BY_OR_OF = r"(?:von|par|por|di|da|door|av|af|od|przez|от|від|από|του|της|των)\b"  # names begin with these too: Di Maio
_BYLINE_PREFIX = re.compile(rf"^(?:{_BY}|{_BY_OR_OF})(?:[:：\s]+|$)", re.I)
_NAME_PREFIX = re.compile(rf"^(?:(?:{_BY})[:：\s]+|{_BY_OR_OF}(?::|(?=\s\S+\s\S))\s*)", re.I)
# "Reporter" before and after names in East Asia: `本报记者 张三`, `文/张三`, `山田太郎記者`, `홍길동 기자`.
_CJK_BEFORE = re.compile(
    r"^(?:(?:本报|本報|特约|特約|见习|見習)?(?:记者|記者|通讯员|通訊員)|(?:责任)?编辑|(?:責任)?編輯|作者|撰文|来源|來源|文|글|기자)(?:[:：/／]\s*|\s+)"
)
_CJK_AFTER = re.compile(r"\s*(?:\S*기자|특파원|논설위원|記者|记者|特派員|編集委員|論説委員)$")
_ACCOUNT = re.compile(r"(?<=\w)\s+\(?[\w.+-]{0,60}@[\w.-]{2,60}\)?$")  # `Jane Doe @janedoe`, `jane@site.example`
_OF_RSS = re.compile(r"^\S{1,100}@\S{1,100} \(([^()]+)\)$")  # `jane@site.example (Jane Doe)`: RSS 2.0, author
# A capital between two names is an initial: `Michael E Mann`.
_SEPARATORS = re.compile(
    r"\s*(?:[,;|/·•，、；،؛／｜]|\s&\s|\s(?:and|AND|with|mit|avec|und|UND|et|ET|y|e|og|och|en|i|a|и|і|та|ja|és|és|și|ve|dan|và|και|و|और|と)\s)\s*"
)


LONGEST_BYLINE = 5_000  # characters; a longer one names nobody, and patterns take the square of its length


def split_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, each once, without the word before them (`By`, `Von` …); commas separate names."""
    shown = clean(byline)[:LONGEST_BYLINE]
    return unique([_bare(name) for name in _SEPARATORS.split(_bare(_BYLINE_PREFIX.sub("", shown)))])


def _bare(name: str) -> str:
    """A name without its account or address, and without the word for "reporter" that East Asia puts beside it."""
    if "@" in name:
        name = _ACCOUNT.sub("", _OF_RSS.sub(r"\1", name))
    return clean(name if name.isascii() else _CJK_AFTER.sub("", _CJK_BEFORE.sub("", name)))


# `Jane Doe | June 11, 2024`, `Jane Doe Updated 3 hours ago`
_DATED = re.compile(
    r"(?:\s*[|·•,–—-]\s*[^|·•]{0,60}\b(?:19|20)\d\d\b|\s+(?:published|updated|posted)\b[^|]*\d).*$", re.I
)
_EDITING = re.compile(r"\s*(?:edit(?:ing|ed)|translated|produced) by\b", re.I)
MAX_WORDS = 4  # longer parts of bylines name posts, publishers or places; particles (`de la`) aside
_NO_PERSON = re.compile(pattern("people", "no_person"), re.I)
_DASH = re.compile(r"\s[-–—]\s")
_PLACE = re.compile(r"\s(?:in|at|for|reporting from)\s+[^\W\d_a-z].*$|\s*\([^()]*\)$")  # `Jane Doe in Bonn`, `(AP)`


def split_people(text: str) -> tuple[str, ...]:
    """The people in a name or byline without posts and houses; `Marsh, Fenn and Partners` stays whole."""
    parts = text[:LONGEST_BYLINE].split(";")
    written = [part for part in parts if not _EDITING.match(part)]
    return unique(name for part in written or parts for name in _split_part(_DATED.sub("", part)))


def _split_part(text: str) -> tuple[str, ...]:
    name, *post = _DASH.split(text, maxsplit=1)
    if post and is_desk(post[0]):  # `Jane Doe - Political Editor`
        text = name
    names = [_PLACE.sub("", name) for name in split_names(text)]
    people = [name for name in names if _is_name(name)]
    if people and names[0] == people[0] and all(_is_name(name) or _is_house(name) or _is_word(name) for name in names):
        return unique(name for name in names if _is_name(name) or not _is_house(name))
    return unique([strip_prefix(text)])


def people_of(byline: str) -> tuple[str, ...]:
    """The people whom a byline names, without their places: `Jane Doe in Bonn and agencies` gives `Jane Doe`."""
    return unique(_PLACE.sub("", name) for name in split_names(byline) if not is_desk(name))


def is_desk(name: str) -> bool:
    """Whether a name is that of an agency, a desk or a post, and of no person."""
    return name in AGENCIES or bool(_NO_PERSON.search(name))


def agency_of(byline: str) -> str | None:
    """The agency that a byline names, by its short form."""
    named = next((short for name, short in table("agency_names").items() if name in byline), None)
    if named or not any(map(byline.__contains__, AGENCIES)):  # looking takes a tenth of splitting
        return named
    return next((name for name in split_names(byline) if name in AGENCIES), None)


def _is_house(text: str) -> bool:
    return text.isupper() or is_desk(text)


def _is_word(text: str) -> bool:
    return text.isalpha() and text[0].isupper()


def _is_name(text: str) -> bool:
    words = text.split()
    if not words or text in AGENCIES or _NO_PERSON.search(text) or any(map(str.isdigit, text)):
        return False
    if len(words) == 1:
        return text[0].isalpha() and text[0].upper() == text[0].lower()
    named = [word for word in words if not word.islower()]
    return len(named) <= MAX_WORDS and not words[0].islower() and not words[-1].islower()


def strip_prefix(name: str) -> str:
    """One name without the word before it: `By Jane Doe` gives `Jane Doe`, `Di Maio` stays."""
    return _bare(_NAME_PREFIX.sub("", clean(name)[:LONGEST_BYLINE]))
