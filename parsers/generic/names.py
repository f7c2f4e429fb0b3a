"""What names of classes and ids say of an element: furniture of the page, the story, its standfirst, a headline.

Sites name things alike, in English even where their language is another; so words go further than selectors of layouts.
"""

import re
from functools import lru_cache
from itertools import product
from operator import add
from typing import Final

from parsers.fields.words import finder, words

# Flags of what names say; plain numbers, since an enum's operators cost more than all else here.
FURNITURE: Final = 1  # likely; not if most of the page's prose is inside
OVERLAY: Final = 2  # lies over the page or is written by its readers: surely not the story
ASIDE: Final = 4  # furniture that never holds the story, however much prose it has
STORY: Final = 8
LEAD: Final = 16
HEADLINE: Final = 32
MENU: Final = 64
TEASER: Final = 256  # the summary of a story, mostly of another one
BODY: Final = 128  # the text of the story, by microdata
UNSEEN: Final = 512  # for screen readers only


_find_overlay: Final = finder(words("names", "overlay_names"))
_OVERLAY_WORDS: Final = frozenset(words("names", "overlay_words"))
_find_furniture: Final = finder(words("names", "furniture_names"))
_FURNITURE_WORDS: Final = frozenset(words("names", "furniture_words"))
_find_furniture_start: Final = finder(f" {start}" for start in words("names", "furniture_starts"))
_NOT_FURNITURE: Final = words("names", "not_furniture")
_ASIDE_NAMES: Final = words("names", "aside_names")
_STORY_PAIRS: Final = [*map("".join, product(words("names", "story_firsts"), words("names", "story_lasts")))]
_STORY_NAMES: Final = frozenset((*words("names", "story_names"), *_STORY_PAIRS))
_LEAD_NAMES: Final = frozenset(words("names", "lead_names"))
_SITE: Final = "site"  # whose description is no standfirst
_MENU: Final = frozenset(words("names", "menu_words"))
_HEADLINE_NAMES: Final = ("title", "headline", "heading", "h1")
_STATES: Final = words("names", "state_starts")
_STATE_ENDS: Final = words("names", "state_ends")
# hasCaption; `md:flex` and `w-[20em]` of Tailwind; `toc3`, where a table of contents leads to
_STATE: Final = re.compile(r"(?:has|is|with)[A-Z]|[^\s\[]*[\[:]|toc\d")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|h1")
_LONGEST: Final = 40  # longer names are made of headlines
_REMEMBERED: Final = 1 << 15  # names; a site has some hundred


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
    if _is_furniture(parts, joined) and not (parts[-1] in _STORY_NAMES or (pairs and pairs[-1] in _STORY_NAMES)):
        found |= FURNITURE
        if any(map(joined.__contains__, _ASIDE_NAMES)):
            found |= ASIDE
    return found


def _is_furniture(parts: list[str], joined: str) -> bool:
    named = not _FURNITURE_WORDS.isdisjoint(parts) or _find_furniture(joined)
    named = named or _find_furniture_start(f" {' '.join(parts)}")
    return bool(named) and not any(map(joined.__contains__, _NOT_FURNITURE))
