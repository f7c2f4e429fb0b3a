"""Which of the body elements of a page belong to its own article, where the next story stands below it."""

from collections.abc import Sequence

from parsers.fields.urls import address_key
from parsers.page.html import Node, ancestors, text_of, upward
from parsers.page.page import Page


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
    stories = [(_headline_of(container, nearest), _article_of(container), container) for container in containers]
    stated = (page.metadata.jsonld("headline"), page.metadata.first("og:title"))
    own = next((story for story in stories if story[0] and text_of(story[0]) in stated), stories[0])
    return [
        container
        for headline, article, container in stories
        if _identity(headline) == _identity(own[0])
        and (article is None or _identity(article) == _identity(own[1]) or not _is_other_story(page, article))
    ]


def _headline_of(container: Node, nearest: dict[int, Node]) -> Node | None:
    return next((nearest[identity] for identity in ancestors(container) if identity in nearest), None)


def _article_of(container: Node) -> Node | None:
    """The outermost `<article>` that is or holds a container: posts of a live blog are articles inside one."""
    return next(reversed([part for part in upward(container) if part.tag == "article"]), None)


def _identity(node: Node | None) -> int:
    return node.mem_id if node is not None else 0


def _is_other_story(page: Page, article: Node) -> bool:
    """Whether an `<article>` begins with a headline, or with one that links to another page."""
    heading = article.css_first("h1, h2, h3")
    if heading is None:
        return False
    link = heading.css_first("a[href]")
    if link is None and heading.parent is not None and heading.parent.tag == "a":
        link = heading.parent
    if link is None:
        return heading.tag == "h1"
    return address_key(page.absolute(link.attributes.get("href"))) not in (None, *page.metadata.addresses)
