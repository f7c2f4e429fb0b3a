"""Article pages in the layouts of the sites, before and after a redesign."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from html import escape
from typing import Any, Final

from infra.demo_site.frame import full_page, json_in_html
from infra.demo_site.stories import Kind, Story, slug_of


class Redesign(StrEnum):
    """What of a site has changed, to the dismay of its parser."""

    BODY = "body"  # the text stands in an element of another name: no layout matches
    METADATA = "metadata"  # headline, time and text are there; authors, topics, lead, pictures can't be found any more


# What is found under another name, or not at all, after a redesign.
_RENAMED: Final[Mapping[Redesign, Mapping[str, str]]] = {
    Redesign.BODY: {"text-content": "story-flow", "text-block": "story-part", "entry-content": "story-flow"},
    Redesign.METADATA: {
        "news-header__lead": "story-sub",
        "tags__list": "story-labels",
        ' class="author-name" rel="author"': "",
        "<figure>": '<div class="story-picture">',
        "</figure>": "</div>",
    },
}


def article_page(story: Story, latest: Iterable[Story], redesign: Redesign | None = None) -> str:
    """The page of an article.

    Args:
        story: what it tells.
        latest: stories for the column beside it.
        redesign: what has changed since its parser was written.
    """
    main = _tass(story) if story.masthead.source == "tass" else _wordpress(story)
    for old, new in _RENAMED[redesign].items() if redesign else ():
        main = main.replace(old, new)
    head = _head(story, bare=redesign is Redesign.METADATA)
    return full_page(story.masthead, title=_window_title(story), head=head, main=main, latest=latest)


def _window_title(story: Story) -> str:
    if story.masthead.source == "tass":
        return f"{story.headline} - {story.section.title()} - TASS"
    return f"{story.headline} | {story.masthead.title}"


def _head(story: Story, *, bare: bool) -> str:
    """Canonical link, OpenGraph and JSON-LD; `bare`: only what gives address, headline and time."""
    tags = [
        ("og:type", "article"),
        ("og:title", story.headline),
        ("og:url", story.url),
        ("article:published_time", story.published_at.isoformat()),
    ]
    link = f'<link rel="canonical" href="{escape(story.url)}">'
    if bare:
        return "\n".join([link, *map(_meta, tags)])
    tags += [
        ("og:site_name", story.masthead.title),
        ("og:description", story.lead),
        ("og:image", story.picture),
        ("article:section", story.section.title()),
        *(("article:tag", topic) for topic in story.topics),
    ]
    if story.modified_at:
        tags.append(("article:modified_time", story.modified_at.isoformat()))
    jsonld = f'<script type="application/ld+json">{json_in_html(_jsonld(story))}</script>'
    return "\n".join([link, *map(_meta, tags), jsonld])


def _meta(tag: tuple[str, str]) -> str:
    return f'<meta property="{tag[0]}" content="{escape(tag[1])}">'


def _jsonld(story: Story) -> dict[str, Any]:
    """schema.org/NewsArticle."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": story.url,
        "headline": story.headline,
        "description": story.lead,
        "datePublished": story.published_at.isoformat(),
        "dateModified": story.changed_at.isoformat(),
        "articleSection": story.section.title(),
        "keywords": story.topics,
        "inLanguage": "en",
        "isAccessibleForFree": story.kind is not Kind.PAID,
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": story.masthead.title},
        "image": {
            "@type": "ImageObject",
            "url": story.picture,
            "caption": story.caption,
            "creditText": story.credit,
        },
    }


def _tass(story: Story) -> str:
    """The layout `2019`."""
    return f"""<div class="news-header"><div class="news-header__date">{_tass_date(story)}</div>
<h1 class="news-header__title">{escape(story.headline)}</h1>
<div class="news-header__lead lead">{escape(story.lead)}</div></div>
<div class="text-content"><div class="text-include text-include-photo"><figure>{_img(story)}
<figcaption>{escape(story.caption)}</figcaption>
<div class="text-include-photo__author">© {escape(story.credit)}</div></figure></div>
<div class="text-block">
{_told(story, f"{story.town.upper()}, {story.published_at:%B} {story.published_at.day}. /TASS/. ")}
</div></div>
<div class="tags"><div class="tags__list">{_topics(story, "tags__item")}</div></div>"""


def _tass_date(story: Story) -> str:
    return f"{story.published_at.day} {story.published_at:%b, %H:%M}".upper()


def _wordpress(story: Story) -> str:
    """What themes of WordPress share."""
    authors = " and ".join(
        f'<a class="author-name" rel="author" href="/author/{slug_of(name)}/">{escape(name)}</a>'
        for name in story.authors
    )
    date = (
        f'<time datetime="{story.published_at.isoformat()}">{story.published_at:%B} {story.published_at:%d, %Y}</time>'
    )
    wall = '<div class="paywall"><p>Members of the tea fund read on.</p></div>' if story.kind is Kind.PAID else ""
    return f"""<article id="post-{story.number}" class="post type-post status-publish format-standard hentry">
<header class="entry-header"><h1 class="entry-title">{escape(story.headline)}</h1>
<div class="entry-meta meta">By {authors} · {date}</div></header>
<div class="post-thumbnail"><figure>{_img(story)}
<figcaption>{escape(story.caption)} · {escape(story.credit)}</figcaption></figure></div>
<div class="entry-content">
{_told(story)}
<div class="sharedaddy"><p>Share this:</p><ul><li>Postcard</li><li>Carrier pigeon</li></ul></div>
</div>
{wall}<footer class="entry-footer meta"><p>Filed under {_topics(story, "tag")}</p></footer>
</article>"""


def _told(story: Story, dateline: str = "") -> str:
    """The text as HTML."""
    opening = [dateline + story.opening[0], *story.opening[1:]]
    parts = [f"<p>{escape(text)}</p>" for text in opening]
    if story.closing:
        parts += [
            f"<h2>{escape(story.crosshead)}</h2>",
            f"<p>{escape(story.closing[0])}</p>",
            f"<blockquote><p>{escape(story.quote)}</p></blockquote>",
            *(f"<p>{escape(text)}</p>" for text in story.closing[1:]),
            "<ul>" + "".join(f"<li>{escape(fact)}</li>" for fact in story.facts) + "</ul>",
            '<div class="advert"><script>window.demoQueue.push({slot: "inline"});</script></div>',
        ]
    return "\n".join(parts)


def _img(story: Story) -> str:
    return f'<img src="/img/{story.number}.svg" width="960" height="540" alt="">'


def _topics(story: Story, css: str) -> str:
    return ", ".join(
        f'<a class="{css}" href="{escape(story.masthead.tag.format(slug=slug_of(topic)))}">{escape(topic)}</a>'
        for topic in story.topics
    )
