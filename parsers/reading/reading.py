"""From a page to a draft: by its layout, or else by the shared reading of JSON-LD, OpenGraph and meta elements."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from parsers.fields.characters import unique
from parsers.fields.urls import absolute, address_key, host_of
from parsers.page.html import Node, Tree, ancestors, part_of_article, remove_hidden, text_of, upward, without_nested
from parsers.page.metadata import Json, Metadata, as_text, keywords
from parsers.page.page import Page
from parsers.reading.asides import note_related, take_link_lists, without_notes
from parsers.reading.blocks import read_blocks, remove
from parsers.reading.finishing import completeness
from parsers.reading.frames import find_frames, remove_captions
from parsers.reading.people import read_authors, read_byline
from parsers.reading.pictures import note_pictures
from parsers.reading.readings import genres, listed, readings, sections, titles
from parsers.reading.times import modified, read_published, read_updates, shown_date
from parsers.record.article import Access, Block, BlockType, Fidelity
from parsers.record.draft import Draft, by_layout, first_said, note_changes, values_of
from parsers.source.definition import EMBEDS, Layout

# A UUID or plain number of a page, or a name as in programs: `editors_pick`.
_FOR_MACHINES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{5,}|[^\W_]*_\w*")
# The common form of RFC 5646: language, perhaps script or region; not `English`.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def read_page(page: Page, layout: Layout, containers: Sequence[Node]) -> Draft:
    """Read the whole page; `containers` are the matches of `layout.body`. Changes the tree, so it can't be repeated."""
    containers = own_containers(page, containers)
    page = replace(page, scope=part_of_article(containers[0]))
    draft = read_facts(page, layout)
    if draft.published is None or draft.published.at is None:
        shown = shown_date(page, next(iter(page.headings), None))
        draft.published = first_said(draft, "published", [(shown, "date after the headline")]) or draft.published
    if layout.html:
        tree = Tree(f"<main>{layout.html(page)}</main>")
        page, containers = replace(page, tree=tree, h1=tree.css("h1"), scope=None), tree.css("main")
        draft.byline = read_byline(page, layout, draft)
    _read_story(page, layout, containers, draft)
    draft.body = without_notes(draft.body, layout.notes, draft.authors)
    refine(page, layout, draft)
    mark_stub(draft)
    read_updates(page, draft)
    return draft


def refine(page: Page, layout: Layout, draft: Draft) -> None:
    """Let a layout change a draft by its own function."""
    if layout.refine:
        before = values_of(draft)
        layout.refine(page, draft)
        note_changes(draft, before, layout.refine)


def read_facts(page: Page, layout: Layout) -> Draft:
    """All but the text and the pictures: what the page says of the article, of which `page.scope` is a part."""
    metadata = page.metadata
    paid = layout.paywall is not None and page.tree.css_first(layout.paywall) is not None
    missing = None if paid else missing_part(metadata, page.tree)
    draft = Draft(Fidelity.PARTIAL if paid or missing else Fidelity.HTML)
    if paid or missing:
        wall = f"layout paywall: {layout.paywall}" if paid else f"{metadata.subject}.hasPart: no {missing} in the page"
        draft.origins["fidelity"] = wall
    draft.title = first_said(draft, "title", titles(page, layout))
    draft.byline = read_byline(page, layout, draft)
    draft.authors = read_authors(page, layout, draft) or ()
    draft.published = read_published(page, layout, draft)
    draft.modified_at = first_said(draft, "modified_at", modified(page, layout))
    draft.section = first_said(draft, "section", sections(page, layout))
    draft.topics = first_said(draft, "topics", _topics(page, layout, draft.authors)) or ()
    draft.persons = first_said(draft, "persons", listed(page, layout.persons)) or ()
    draft.regions = first_said(draft, "regions", listed(page, layout.regions)) or ()
    draft.language = first_said(draft, "language", _languages(page, layout))
    draft.genre = first_said(draft, "genre", genres(page, layout, draft.section))
    draft.access = first_said(draft, "access", _access(page, layout, paid=paid))
    linked = absolute(metadata.canonical, metadata.base) or metadata.canonical
    addresses = [(linked, "link rel=canonical"), metadata.first_named("og:url")]
    draft.canonical_url = first_said(draft, "canonical_url", addresses)
    if None in metadata.loaded:
        draft.flags.append("jsonld_unreadable")
    return draft


def _read_story(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> None:
    """Read pictures, their credits, related links and the body with its lead; no metadata but the leading picture."""
    frames = find_frames(page, layout, containers)
    note_pictures(page, layout, containers, frames, draft)
    if layout.related:
        related = [node for container in containers for node in container.css(layout.related)]
        note_related(page, draft, related, by_layout(layout.related))
    if not layout.figures:
        remove_captions(frames)
    draft.body = _body(page, layout, containers, draft)
    draft.origins["body"] = f"layout: {layout.body}"
    if layout.lead:
        draft.origins["lead"] = by_layout(layout.lead)


def _addresses(metadata: Metadata) -> Iterator[tuple[str | None, str]]:
    yield absolute(metadata.canonical, metadata.base) or metadata.canonical, "link rel=canonical"
    yield metadata.first_named("og:url")


def _topics(page: Page, layout: Layout, authors: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is stated without the authors, whom some sites tag too, and without what is for machines."""
    for texts, origin in _stated_topics(page, layout):
        host = host_of(page.url) or ""  # another keyword for machines
        unwanted = {host, *authors}
        yield tuple(text for text in texts if not _FOR_MACHINES.fullmatch(text) and text not in unwanted), origin


def _stated_topics(page: Page, layout: Layout) -> Iterator[tuple[tuple[str, ...], str]]:
    if layout.topics is not None:
        yield from listed(page, layout.topics)
        if layout.body:  # even if it finds none; a layout without one may be of other pages
            return
    metadata = page.metadata
    yield keywords(metadata.article.get("keywords")), f"{metadata.subject}.keywords"
    yield keywords(metadata.all("article:tag")), "meta article:tag"
    stated, origin = metadata.first_named("news_keywords", "keywords", "parsely-tags")
    yield keywords(stated), origin


def _languages(page: Page, layout: Layout) -> Iterator[tuple[str, str]]:
    root = page.tree.root
    stated = root.attributes.get("lang") if root is not None else None
    for text, origin in (*readings(page, layout.language, "inLanguage"), (stated, "html lang")):
        tag = text.strip().replace("_", "-") if text else ""
        if _LANGUAGE.fullmatch(tag):
            yield tag, origin


def _access(page: Page, layout: Layout, *, paid: bool) -> Iterator[tuple[Access | None, str]]:
    if paid:
        yield Access.PAID, f"layout paywall: {layout.paywall}"
    for stated, origin in readings(page, layout.access, "isAccessibleForFree", "article:content_tier"):
        if stated:
            yield access_of(stated), origin
            return
    paid_part = any(map(_is_paid, _parts(page.metadata)))
    yield Access.PAID if paid_part else None, f"{page.metadata.subject}.hasPart"
    yield access_of(as_text(page.metadata.web_page.get("isAccessibleForFree")) or ""), "JSON-LD WebPage"


def _body(page: Page, layout: Layout, containers: Sequence[Node], draft: Draft) -> list[Block]:
    unwanted = ", ".join(filter(None, (layout.furniture, EMBEDS, layout.drop, layout.related)))
    leads = page.select(layout.lead) if layout.lead else []
    around = {container.mem_id for container in containers}
    for heading in page.headings[:1]:  # which is no block
        if not around.isdisjoint(ancestors(heading)):
            heading.decompose()
    for root in without_nested([*containers, *leads]):
        if unwanted:
            remove(root, unwanted)
        remove_hidden(root)
    take_link_lists(page, draft, without_nested(containers))
    inside = frozenset(node.mem_id for lead in leads for node in lead.traverse())
    shown = [node.text() for node in without_nested(containers)]
    blocks = read_blocks(containers, layout.blocks, layout.headings, inside)
    draft.completeness = completeness((block.text for block in blocks), shown)
    if any(block.type is BlockType.LEAD for block in blocks):
        return blocks
    return [*(Block(BlockType.LEAD, text) for text in unique(map(text_of, leads))), *blocks]


def own_containers(page: Page, containers: Sequence[Node]) -> list[Node]:
    """The containers of the page's own article; all of them unless some stand in another story.

    Another story has a headline of its own: another `<h1>` is nearest to it, or it is in another `<article>` whose
    heading links elsewhere. The page's own is the one that has the page's headline, else the first.
    """
    if not containers[1:]:  # nearly all pages
        return list(containers)
    nearest: dict[int, Node] = {}  # element -> the first <h1> in it
    for heading in page.h1:
        for identity in (heading.mem_id, *ancestors(heading)):
            nearest.setdefault(identity, heading)
    headlines = [next((nearest[at] for at in ancestors(each) if at in nearest), None) for each in containers]
    stories = [*zip(headlines, map(_article_of, containers), containers, strict=True)]
    stated = (page.metadata.jsonld("headline"), page.metadata.first("og:title"))
    own = next((story for story in stories if story[0] and text_of(story[0]) in stated), stories[0])
    return [
        container
        for headline, article, container in stories
        if _identity(headline) == _identity(own[0])
        and (article is None or _identity(article) == _identity(own[1]) or not _is_other_story(page, article))
    ]


def _article_of(container: Node) -> Node | None:
    """The outermost `<article>` that is or holds a container: posts of a live blog are articles inside one."""
    return next(reversed([part for part in upward(container) if part.tag == "article"]), None)


def _identity(node: Node | None) -> int:
    return node.mem_id if node is not None else 0


def _is_other_story(page: Page, article: Node) -> bool:
    heading = article.css_first("h1, h2, h3")
    if heading is None:
        return False
    link = heading.css_first("a[href]")
    if link is None and heading.parent is not None and heading.parent.tag == "a":
        link = heading.parent
    if link is None:
        return heading.tag == "h1"
    return address_key(page.absolute(link.attributes.get("href"))) not in (None, *page.metadata.addresses)


_ACCESS = {
    "true": Access.FREE, "free": Access.FREE, "metered": Access.METERED, "false": Access.PAID, "locked": Access.PAID,
}  # fmt: skip
# "The .class selector only" (Google, structured data for paywalled content). Nothing else of a page becomes a selector.
_CLASS = re.compile(r"\.[A-Za-z_][\w-]{0,99}")
_BROKEN_OFF = re.compile(r"(?:\.\.\.|…)[\])\"”’»]*$")


def access_of(stated: str) -> Access | None:
    """The meaning of a page's statement: `False`, `http://schema.org/False`, `locked`; None if it has none."""
    return _ACCESS.get(stated.lower().rsplit("/", 1)[-1])


def missing_part(metadata: Metadata, tree: Tree) -> str | None:
    """The class of the paid part if the page leaves that out; None if the page is complete.

    JSON-LD must say both that the article is not free and which class the paid part has: of 21 such pages 17 have the
    part, and of the other 4, 3 are stubs. If the article itself is not said to be paid, sites name parts that no page
    has.
    """
    if not _is_paid(metadata.article):
        return None
    named = [part.get("cssSelector") for part in _parts(metadata) if _is_paid(part)]
    classes = [name for name in named if isinstance(name, str) and _CLASS.fullmatch(name)]
    return classes[0] if classes and all(tree.css_first(name) is None for name in classes) else None


def mark_stub(draft: Draft) -> None:
    """Mark an article that is not free as partial if its text breaks off: `The company said that…`."""
    if draft.access in (Access.PAID, Access.METERED) and draft.body and _BROKEN_OFF.search(draft.body[-1].text):
        draft.fidelity = Fidelity.PARTIAL
        draft.origins["fidelity"] = "not free, and the text breaks off"


def _parts(metadata: Metadata) -> Iterator[Json]:
    return (part for part in metadata.resolved("hasPart") if isinstance(part, Mapping))


def _is_paid(found: Json) -> bool:
    stated = found.get("isAccessibleForFree")
    return stated is not None and access_of(as_text(stated) or "") is Access.PAID
