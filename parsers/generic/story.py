"""The story of a page: the part with the densest prose."""

from collections.abc import Container, Iterator, Sequence

from parsers.generic.names import ASIDE, BODY, FURNITURE, HEADLINE, OVERLAY, STORY, Title, is_sentence
from parsers.generic.outline import HEADINGS, Outline, Part, Text
from parsers.reading.times import is_of_others

# A text of up to a line is prose only if it is a sentence, and that of a few words never is.
_LINE = 80
_SHORT = 25
_LINKED = 0.5  # share of a text that leads elsewhere
# Blocks of text: not themselves what holds a story.
_BLOCKS = frozenset({"p", "li", "ul", "ol", "blockquote", "pre", "dd", "dt", "dl", *HEADINGS})
_REGIONS = frozenset({"article", "main"})
_HEADLINE_SHARE = 0.6  # of the longest heading that says the same
# What furniture by its name can't be: this share of the page's prose; or half of it, if it is nearly all prose.
_STORY_SHARE = 0.4
_ASIDE_SHARE = 0.6
_STORY_PROSE = 600
# Names that hide more than this of the prose are not believed: then only those of overlays, and at last none.
_LEAST_SEEN = 0.25


def find_story(outline: Outline, own: int | None) -> Part | None:
    """The part that holds the story; None if the page has no prose. `own` is the position of its headline."""
    _weigh(outline)
    story = None
    others = _others(outline, own)
    home = _home(outline, own) if own is not None else None
    for doubted in (0, FURNITURE, FURNITURE | OVERLAY):
        total = _mark_furniture(outline, doubted, home, others)
        story = _densest(outline, own)
        seen = sum(text.worth for text in outline.texts if text.worth > 0 and not text.part.furniture)
        if story is not None and seen >= max(_LEAST_SEEN * total, _LINE):
            return story
        if not doubted and home is not None and _is_short_story(outline, home):
            return home
    return story


def _is_short_story(outline: Outline, home: Part) -> bool:
    """Whether the article of the headline has a sentence or some lines that are seen, and hides no story."""
    asides = {home: False}
    for part in outline.parts:  # in document order: what is around comes first
        if part.parent in asides:
            asides[part] = asides[part.parent] or bool(part.says & ASIDE)
    lines = hidden = 0.0
    sentence = False
    for text in outline.texts:
        if text.part not in asides or text.part.tag in HEADINGS or text.linked > _LINKED:
            continue
        if not text.part.furniture:
            lines += text.size
            sentence = sentence or text.worth > 0
        elif not asides[text.part] and not is_of_others(text.part.node):
            hidden += max(text.worth, 0)
    return (sentence or lines >= _LINE) and hidden < _LINE


def own_heading(outline: Outline, title: Title) -> int | None:
    """The position of the headline: an `<h1>`, else a heading, else what is named one; a short one says the site."""
    like = [
        n
        for n, text in enumerate(outline.texts)
        if text.is_heading and not text.part.says & ASIDE and title.is_said_by(text.text, text.size)
    ]
    if not like:
        named = ((n, text) for n, text in enumerate(outline.texts) if text.part.says & HEADLINE)
        named = ((n, text) for n, text in named if not text.part.furniture)
        return next((n for n, text in named if title.is_said_by(text.text, text.size)), None)
    least = _HEADLINE_SHARE * max(len(outline.texts[n].text) for n in like)
    long = [n for n in like if len(outline.texts[n].text) >= least]
    return next((n for n in long if outline.texts[n].part.tag == "h1"), long[0])


def _weigh(outline: Outline) -> None:
    for text in outline.texts:
        worth = text.worth = _worth(text)
        part = text.part
        part.texts += 1
        if worth > 0:
            part.prose += worth
        else:
            part.noise -= worth
    for part in reversed(outline.parts):
        above = part.parent
        if above is not None:
            above.prose += part.prose
            above.noise += part.noise
            above.texts += part.texts
            above.pictures += part.pictures


def _worth(text: Text) -> float:
    if text.part.tag in HEADINGS:
        return 0.0
    size = text.size
    if text.linked > _LINKED:
        return -min(size, _LINE)
    if size >= _LINE or (size >= _SHORT and is_sentence(text.text)):
        return size * (1 - text.linked)
    return -size * 0.3


def _others(outline: Outline, own: int | None) -> Container[Part]:
    """The articles with a headline of their own beside the one of the page's headline, if that has prose."""
    home = _home(outline, own) if own is not None else None
    if home is None or home.prose < _LINE:
        return ()
    around = {home, *home.around()}
    headed = (text.part for text in outline.texts if text.part.tag == "h1")
    articles = (next((part for part in h1.around() if part.tag == "article"), home) for h1 in headed)
    return {article for article in articles if article not in around}


def _mark_furniture(outline: Outline, doubted: int, home: Part | None, others: Container[Part]) -> float:
    """Mark other articles and what is furniture by names not `doubted`; returns the prose outside them and overlays."""
    believed = ~doubted
    total = outline.parts[0].prose
    for part in outline.parts:
        overlay = part.says & OVERLAY and (believed & OVERLAY or _is_apart(home, part))
        part.furniture = overlay != 0 or part in others
        if part.parent is not None and part.parent.furniture:
            part.furniture = True
        elif part.furniture:
            total -= part.prose
    for part in outline.parts:
        if not part.furniture:
            marked = part.says & (ASIDE | FURNITURE & believed)
            marked = marked and (_is_apart(home, part) or not _is_mostly_story(part, total))
            part.furniture = bool(marked) or (part.parent is not None and part.parent.furniture)
    return total


def _is_apart(home: Part | None, part: Part) -> bool:
    """Whether a part named as aside or overlay stands outside the article of the headline, which may be very short."""
    if home is None or not part.says & (ASIDE | OVERLAY) or part is home:
        return False
    return home not in part.around() and part not in home.around()


def _is_mostly_story(part: Part, total: float) -> bool:
    if part.prose >= (_ASIDE_SHARE if part.says & ASIDE else _STORY_SHARE) * total:
        return True
    dense = part.prose > max(_STORY_PROSE, _STORY_SHARE / 2 * total) and part.noise < 0.1 * part.prose
    return dense and not part.says & ASIDE and part.tag in ("div", "section", "article")


def _densest(outline: Outline, own: int | None) -> Part | None:
    scores: dict[int, float] = {}
    parts: dict[int, Part] = {}
    for text in outline.texts:
        if text.worth <= 0 or text.part.furniture:
            continue
        for part, share in zip(_holders(text.part), (1.0, 0.4), strict=False):
            parts[id(part)] = part
            scores[id(part)] = scores.get(id(part), 0.0) + text.worth * share
    if not scores:
        return None
    home = _home(outline, own)
    best = max(parts.values(), key=lambda part: scores[id(part)] * _bonus(part, home))
    stated = (
        part for part in outline.parts if part.says & BODY and not part.furniture and part.prose > 0.5 * best.prose
    )
    whole = own is not None and best is home  # around the article of the headline are other articles
    return next(stated, None) or (best if whole else _widened(best, outline.parts))


def _holders(part: Part) -> Iterator[Part]:
    """The parts that hold a text with its neighbours, from the nearest that is more than the text's own block."""
    while part.parent is not None and (part.tag in _BLOCKS or part.texts == 1):
        part = part.parent
    yield part
    yield from part.around()


def _home(outline: Outline, own: int | None) -> Part | None:
    """The `<article>` of the page's own headline: others on the page are other stories."""
    if own is None:
        first = (n for n, text in enumerate(outline.texts) if text.part.tag == "h1" and not text.part.furniture)
        own = next(first, None)
    if own is None:
        return None
    return next((part for part in outline.texts[own].part.around() if part.tag == "article"), None)


def _bonus(part: Part, home: Part | None) -> float:
    bonus = 1.3 if part.says & STORY else 1.0
    region = 1.0
    for above in (part, *part.around()):
        if above is home:
            return bonus * (4.0 if above.prose > _STORY_PROSE / 2 else 2.0)
        if above.tag in _REGIONS or above.says & BODY:
            region = 1.3
    return bonus * region


def _widened(best: Part, parts: Sequence[Part]) -> Part:
    """The part, or one around it that holds more of the story: prose with little else, or a part of the same class."""
    current = best
    for part in best.around():
        named = bool(current.says & STORY)
        in_pieces = named and current.parent is part and _has_twin(current, parts)
        if in_pieces or (part.parent is not None and _holds_more(part, current, named=named)):
            current = part
        if part.tag == "article":
            break
    return current


def _holds_more(part: Part, current: Part, *, named: bool) -> bool:
    """Whether what is around a part adds prose to it, with little else; more is asked of one named as the story."""
    prose, noise = part.prose - current.prose, part.noise - current.noise
    least, most = (0.4, 0.2) if named else (0.1, 0.5)
    return prose > least * current.prose and noise < most * prose


def _has_twin(part: Part, parts: Sequence[Part]) -> bool:
    """Whether a part of the same class with prose of its own stands beside a part: the story is in pieces."""
    names = part.node.attributes.get("class")
    return any(
        other.parent is part.parent and other is not part and other.node.attributes.get("class") == names
        for other in parts
        if other.prose > 0.1 * part.prose
    )
