"""What stands inside a body but is no part of the story: links to others, and notes of the editors at its end."""

import re
from collections.abc import Collection, Sequence

from parsers.fields.bylines import split_names
from parsers.fields.characters import unique
from parsers.fields.urls import host_of
from parsers.fields.words import pattern
from parsers.page.html import Node, select, text_of
from parsers.page.page import Page
from parsers.record.article import Block
from parsers.record.draft import Draft

_CLOSING = re.compile(pattern("phrases", "closing"), re.I)
# Lines that say what the page was at that moment, or lead to another story: `Read more: …`.
_POINTER = re.compile(
    r"(?:this is a (?:breaking|developing) (?:news? )?story|more (?:to )?follows?)\b.{0,60}"
    r"|(?:also read|read (?:also|more|next)|watch)(?: ?[:|] ?.{0,200})?",
    re.I,
)
ADVERT = pattern("phrases", "advert")
_ADVERT = re.compile(ADVERT)
_LONGEST_LABEL = 60
_LEAST_HEADLINE = 15  # characters; shorter links are tags or parts of the site
_LONGEST = 400  # characters of a note; a longer block is a paragraph, whatever it begins with


def note_related(page: Page, draft: Draft, nodes: Sequence[Node], origin: str) -> None:
    """Add other stories, by links or by elements that hold one, to the related ones of the draft."""
    draft.origins["related_titles"] = draft.origins["related_urls"] = origin
    titles = (text_of(node).removesuffix("Read more").strip() for node in nodes)
    links = (node if node.tag == "a" else node.css_first("a") for node in nodes)
    addresses = (page.absolute(node.attributes.get("href")) for node in links if node is not None)
    draft.related_titles = unique([*draft.related_titles, *titles])
    draft.related_urls = unique([*draft.related_urls, *filter(None, addresses)])


def take_link_lists(page: Page, draft: Draft, containers: Sequence[Node]) -> None:
    """Move lists of nothing but linked headlines, perhaps behind a label (`Elections:`), to the related stories."""
    for listing in (found for container in containers for found in select(container, "ul:not(:has(ul))")):
        items = listing.css("li")
        links = [link for item in items for link in item.css("a[href]")]
        if len(links) != len(items):
            continue
        titles = list(map(text_of, links))
        hosts = {host_of(page.absolute(link.attributes["href"])) for link in links}
        of_one_site = len(hosts) == 1 and None not in hosts  # unlike buttons to share the story
        labels = [text_of(item).removesuffix(title).rstrip() for item, title in zip(items, titles, strict=True)]
        nothing_else = all(not label or label.endswith((":", "?")) for label in labels)
        if of_one_site and nothing_else and len(min(titles, key=len)) >= _LEAST_HEADLINE:
            note_related(page, draft, links, "lists of links")
            listing.decompose()


def without_notes(body: Sequence[Block], own: re.Pattern[str] | None, authors: Collection[str]) -> list[Block]:
    """The body without lines to other stories and notes at its end: usual ones, the site's `own`, or all authors."""
    blocks = [block for block in body if not _is_no_text(block.text)]
    while blocks and _is_note(blocks[-1].text, own, authors):
        blocks.pop()
    return blocks


def _is_no_text(text: str) -> bool:
    is_advert = len(text) <= _LONGEST_LABEL and _ADVERT.fullmatch(text.lower()) is not None
    return is_advert or _POINTER.fullmatch(text) is not None


def _is_note(text: str, own: re.Pattern[str] | None, authors: Collection[str]) -> bool:
    if own is not None and own.match(text):
        return True
    if len(text) > _LONGEST or _CLOSING.match(text):
        return len(text) <= _LONGEST
    return all(map(text.__contains__, authors)) and set(split_names(text)) == set(authors)  # looking is faster
