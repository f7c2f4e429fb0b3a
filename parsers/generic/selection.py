"""Which texts of the story's part belong to the story: without headline, dates, captions, menus and asides."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from parsers.generic.names import HEADLINE, LEAD, TEASER, Title, is_aside, is_dateline, is_sentence
from parsers.generic.outline import HEADINGS, Outline, Part, Text

# A text of which more than this is inside links leads elsewhere; a long one may be a quotation.
_LINKED = 0.75
_LONGEST_LINK = 160
_LONGEST_CAPTION = 250
_CAPTION_TEXTS = 2  # caption and credit
_HALF_LINKED = 0.4
_LINE = 80  # letters; see `parsers.generic.story`
_LABEL = 25  # letters; no sentence is shorter
_BARE_DATE = 40  # a text of that length is nothing but the date that is in it
_FIRST = 4  # texts of the body between which a longer line with a date can stand
_CAPTION_LEVELS = 3  # parts between a caption and what it shares with its picture
_LONGEST_HEADING = 60  # a longer heading before the first paragraph is a standfirst
# Texts among which the standfirst is looked for: after the headline; and before the body, where one is named so.
_MOST_LEADS = 30
_NAMED_LEADS = 6

# Prose before the headline, as a multiple of that after it, that is still no part of the story: news in brief at the
# top of a page, say. Of a heading that only may be the headline, more has to follow.
_BEFORE_STATED = 1.5
_BEFORE_GUESSED = 0.25

_Placed = tuple[int, Text]  # a text and its position in the outline


@dataclass(frozen=True, slots=True)
class Selection:
    """The texts of a story."""

    lead: Sequence[Text]
    body: Sequence[Text]
    shown: Sequence[Text] = ()  # all that the story's part shows, furniture aside

    def without(self, nodes: Set[int]) -> "Selection":
        """All but the texts of some elements of the body."""
        body, shown = (
            [text for text in texts if text.part.node.mem_id not in nodes] for texts in (self.body, self.shown)
        )
        return Selection(self.lead, body, shown)


def select_texts(outline: Outline, story: Part, own: int | None, title: Title) -> Selection:
    """The standfirst, inside or before the story's part, and the body."""
    texts = outline.texts
    inside = _inside(outline, story)
    stated = own is not None
    if own is None:
        own = next((n for n, text in enumerate(texts) if text.part.tag == "h1"), None)
    kept = _kept(outline, story, inside, own)
    if own is not None:
        before, after = [pair for pair in kept if pair[0] < own], [pair for pair in kept if pair[0] > own]
        if _prose(before) < (_BEFORE_STATED if stated else _BEFORE_GUESSED) * _prose(after):
            kept = after
    kept = _without_edges(kept, texts)
    begin = kept[0][0] if kept else next((n for n, text in enumerate(texts) if id(text.part) in inside), 0)
    body = [text for _, text in kept]
    known = {text.text for text in body}
    first = begin - _NAMED_LEADS if own is None else own + 1
    lead = [
        text
        for n, text in enumerate(texts[:begin])
        if first <= n < first + _MOST_LEADS or (n >= begin - _NAMED_LEADS and text.says & LEAD)
        if id(text.part) not in inside and text.text not in known and _is_lead(text, title)
        if own is not None or text.says & LEAD
    ]
    if not body:  # a story of one paragraph that looks like a lead
        return Selection((), lead, lead)
    shown = [text for text in texts if id(text.part) in inside and (story.furniture or not text.part.furniture)]
    return Selection(lead, body, shown)


def _inside(outline: Outline, story: Part) -> set[int]:
    inside = {id(story)}
    for part in outline.parts:  # in document order: what is around comes first
        if id(part.parent) in inside:
            inside.add(id(part))
    return inside


def _kept(outline: Outline, story: Part, inside: set[int], own: int | None) -> list[_Placed]:
    menus = _menus(outline.texts)
    return [
        (n, text)
        for n, text in enumerate(outline.texts)
        if id(text.part) in inside
        and (story.furniture or not text.part.furniture)
        and n != own
        and text.part.tag != "h1"
        and not (text.part.tag == "li" and id(text.part.parent) in menus)
        and not _is_caption(text, story)
        and not _leads_elsewhere(text)  # last, since it takes longest
    ]


def _prose(kept: Sequence[_Placed]) -> float:
    return sum(text.worth for _, text in kept if text.worth > 0)


def _menus(texts: Sequence[Text]) -> set[int]:
    sums: dict[int, tuple[int, float, float]] = {}
    for text in texts:
        if text.part.tag == "li":
            items, size, linked = sums.get(id(text.part.parent), (0, 0.0, 0.0))
            sums[id(text.part.parent)] = items + 1, size + text.size, linked + text.size * text.linked
    return {key for key, (items, size, linked) in sums.items() if items > 1 and linked > 0.5 * size}


def _without_edges(kept: list[_Placed], texts: Sequence[Text]) -> list[_Placed]:
    """Without what stands before the first and after the last paragraph, and without datelines and empty headings."""
    if _prose(kept) < _LINE:  # a story of short lines: none of them is an edge
        return [pair for i, pair in enumerate(kept) if i >= _FIRST or not is_dateline(pair[1].text, pair[1].size)]
    first = None
    while kept and _is_before(kept[0][1]):
        first = kept.pop(0)
    if first and first[1].part.tag in {text.part.tag for _, text in kept}.intersection(HEADINGS):
        kept.insert(0, first)  # the first of the headings inside the story
    while kept and _is_after(kept[-1][1]):
        kept.pop()
    kept = [
        pair
        for i, pair in enumerate(kept)
        if not (is_dateline(pair[1].text, pair[1].size) and (i < _FIRST or pair[1].size < _BARE_DATE))
    ]
    return [pair for i, pair in enumerate(kept) if not _is_left_alone(i, kept, texts)]


def _is_before(text: Text) -> bool:
    if is_dateline(text.text, text.size):
        return True
    if text.part.tag in HEADINGS:
        return text.size < _LONGEST_HEADING
    return text.worth <= 0 and not text.part.says & LEAD


def _is_after(text: Text) -> bool:
    label = text.bold and text.size < _LABEL and not is_sentence(text.text)
    return label or text.part.tag in HEADINGS or text.linked > _HALF_LINKED


def _is_left_alone(i: int, kept: Sequence[_Placed], texts: Sequence[Text]) -> bool:
    n, text = kept[i]
    if text.part.tag not in HEADINGS or i + 1 == len(kept):
        return False
    following, after = kept[i + 1]
    if after.part.tag not in HEADINGS or after.part.tag > text.part.tag:
        return False
    return any(between.linked > _HALF_LINKED for between in texts[n + 1 : following])


def _is_caption(text: Text, story: Part) -> bool:
    """Whether a short text shares a part with a picture, and with little else."""
    if text.size > _LONGEST_CAPTION:
        return False
    for part, _ in zip(text.part.around(), range(_CAPTION_LEVELS), strict=False):
        others = part.prose - max(text.worth, 0)
        if part.texts > _CAPTION_TEXTS or others >= _LINE or part.tag == "blockquote" or part is story:
            return False
        if part.pictures:
            return True
    return False


def _leads_elsewhere(text: Text) -> bool:
    heading = text.part.tag in HEADINGS
    if text.linked > _LINKED:
        return text.size < _LONGEST_LINK or text.part.tag == "li" or heading
    return is_aside(text.text, text.size, text.linked, marked=text.bold or heading)


def _is_lead(text: Text, title: Title) -> bool:
    # A teaser is the summary of another story elsewhere, but of the own one between headline and body.
    furniture = text.part.furniture and not (text.says & TEASER and text.size > _LINE)
    repeats = is_dateline(text.text, text.size) or title.is_said_by(text.text, text.size)
    if furniture or text.linked > _HALF_LINKED or repeats:
        return False
    heading = text.part.tag in HEADINGS
    named = bool(text.part.says & LEAD)
    if (heading and text.part.says & HEADLINE and not named) or _leads_elsewhere(text):
        return False
    return text.worth > 0 or (heading and text.size > _LONGEST_HEADING) or (named and text.size > _LABEL)
