"""What words say of a part of a page: names of classes and ids, nearly everywhere in English, and set phrases."""

import re
from functools import lru_cache
from itertools import product
from operator import add

from parsers.fields.words import finder, pattern, texts, words
from parsers.reading.asides import ADVERT

# Flags of what names say; plain numbers, since an enum's operators cost more than all else here.
FURNITURE = 1  # likely; not if most of the page's prose is inside
OVERLAY = 2  # lies over the page or is written by its readers: surely not the story
ASIDE = 4  # furniture that never holds the story, however much prose it has
STORY = 8
LEAD = 16
HEADLINE = 32
MENU = 64
TEASER = 256  # the summary of a story, mostly of another one
BODY = 128  # the text of the story, by microdata
UNSEEN = 512  # for screen readers only


_find_overlay = finder(words("names", "overlay_names"))
_OVERLAY_WORDS = frozenset(words("names", "overlay_words"))
_find_furniture = finder(words("names", "furniture_names"))
_FURNITURE_WORDS = frozenset(words("names", "furniture_words"))
_find_furniture_start = finder(f" {start}" for start in words("names", "furniture_starts"))
_NOT_FURNITURE = words("names", "not_furniture")
_ASIDE_NAMES = words("names", "aside_names")
_STORY_PAIRS = [*map("".join, product(words("names", "story_firsts"), words("names", "story_lasts")))]
_STORY_NAMES = frozenset((*words("names", "story_names"), *_STORY_PAIRS))
_LEAD_NAMES = frozenset(words("names", "lead_names"))
_SITE = "site"  # whose description is no standfirst
_MENU = frozenset(words("names", "menu_words"))
_HEADLINE_NAMES = ("title", "headline", "heading", "h1")
_STATES = words("names", "state_starts")
_STATE_ENDS = words("names", "state_ends")
# hasCaption; `md:flex` and `w-[20em]` of Tailwind; `toc3`, where a table of contents leads to
_STATE = re.compile(r"(?:has|is|with)[A-Z]|[^\s\[]*[\[:]|toc\d")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|h1")
_LONGEST = 40  # longer names are made of headlines
_REMEMBERED = 1 << 15  # names; a site has some hundred


def names_say(names: str) -> int:
    """What classes and ids, separated by white space, say together."""
    said = 0
    for name in names.split():
        said |= _name_says(name)
    return said


@lru_cache(_REMEMBERED)
def _name_says(name: str) -> int:
    if len(name) > _LONGEST or name.startswith(_STATES) or name.endswith(_STATE_ENDS) or _STATE.match(name):
        return 0
    named = name.removeprefix("field--name-")  # as Drupal does
    parts = " ".join(_WORD.findall(named.partition("--")[0])).lower().split()
    if not parts:
        return 0
    joined = "".join(parts)
    pairs = [*map(add, parts, parts[1:])]
    found = 0 if _MENU.isdisjoint(parts) else MENU
    if _SITE not in parts and not (_LEAD_NAMES.isdisjoint(parts) and _LEAD_NAMES.isdisjoint(pairs)):
        found |= LEAD
    if "teaser" in joined:
        found |= TEASER
    if any(map(joined.__contains__, _HEADLINE_NAMES)):
        found |= HEADLINE
    if not _STORY_NAMES.isdisjoint(parts) or not _STORY_NAMES.isdisjoint(pairs):
        found |= STORY
    if not _OVERLAY_WORDS.isdisjoint(parts) or _find_overlay(joined):
        return found | OVERLAY
    by_words = not _FURNITURE_WORDS.isdisjoint(parts) or _find_furniture(joined)
    by_words = by_words or _find_furniture_start(f" {' '.join(parts)}")
    furniture = by_words and not any(map(joined.__contains__, _NOT_FURNITURE))
    if furniture and not (parts[-1] in _STORY_NAMES or (pairs and pairs[-1] in _STORY_NAMES)):
        found |= FURNITURE
        if any(map(joined.__contains__, _ASIDE_NAMES)):
            found |= ASIDE
    return found


_POINTERS = ("elsewhere", "follow", "credit")

# Looked for at the beginning of a line in lower case: patterns that ignore case take ten times as long, since they try
# each alternative in full.
_POINTER = re.compile(f"(?:{ADVERT}$|{'|'.join(pattern('phrases', name) for name in _POINTERS)})")
# Anywhere in a short text in lower case.
_find_request = finder(texts("phrases", "requests"))
# At the end of a short text: `A street in Bergen. | © Jane Doe/Some Agency`.
_CREDITED = re.compile(
    r"(?:[|(/]\s?(?:©|(?:foto|photo|credit|bild|image|picture)s?\b)|©|getty images|istock|shutterstock"
    r"|picture[- ]alliance|imago)[^.!?]{0,60}\)?$"
)
# Words and signs that such an end has: to look for them first is faster.
_MAKERS = ("©", "foto", "photo", "credit", "bild", "ima", "picture", "getty", "istock", "shutter")
# Ends of sentences in any language, with what may close after them.
_END = re.compile(r"[.!?…。！？؟।۔።][\"”’'“»)\]」』]*$")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}|(?:19|20)\d\d")
_TITLE_WORD = re.compile(r"\w+")
# Letters of a text that can be one of these; longer ones are paragraphs.
_LONGEST_POINTER = 250
_LONGEST_REQUEST = 400
_LONGEST_DATELINE = 90
_LINE = 80
# Shares inside links from which a line leads elsewhere rather than naming something.
_SOME_LINKED = 0.1
_MUCH_LINKED = 0.2
# A shorter heading, or one of fewer words, says too little to know a title by; as does one with fewer in common.
_LEAST_TITLE = 9
_LEAST_WORDS = 4
_COMMON = 0.7


def is_aside(text: str, size: float, linked: float, *, marked: bool) -> bool:
    """Whether a line asks for something, leads elsewhere or names a picture's maker; `marked`: bold or a heading."""
    if size >= _LONGEST_REQUEST:
        return False
    lowered = text.lower()
    if (size < _LONGEST_REQUEST / 2 or linked > _SOME_LINKED) and _find_request(lowered):
        return True
    if size > _LONGEST_POINTER:
        return False
    if _POINTER.match(lowered):
        return linked > _MUCH_LINKED or size < _LINE or marked
    end = lowered[-_LINE:]
    return any(map(end.__contains__, _MAKERS)) and _CREDITED.search(end) is not None


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences do."""
    return _END.search(text) is not None


def is_dateline(text: str, size: float) -> bool:
    """Whether a line says when the story was published."""
    return size < _LONGEST_DATELINE and len(_TIME.findall(text)) > 1


class Title:
    """The titles that a page states, to know its headline by."""

    def __init__(self, *stated: str | None) -> None:
        self._folded = "\n".join(filter(None, stated)).casefold()
        self._words = frozenset(_TITLE_WORD.findall(self._folded))

    def is_said_by(self, heading: str, size: float) -> bool:
        """Whether a heading says what a title says, give or take the name of the site, by its weighted letters too."""
        folded = heading.casefold()
        if max(len(folded), size) >= _LEAST_TITLE and folded in self._folded:
            return True
        words = set(_TITLE_WORD.findall(folded))
        return len(words) >= _LEAST_WORDS and len(words & self._words) > _COMMON * len(words)
