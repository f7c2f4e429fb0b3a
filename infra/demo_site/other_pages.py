"""Pages that are no article, as every site has them: videos, tags, live blogs, unknown layouts, errors, pictures."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from infra.demo_site.dice import Dice
from infra.demo_site.frame import full_page, json_in_html
from infra.demo_site.mastheads import Masthead
from infra.demo_site.stories import Kind, Story

_SKIES: Final = (("#f7d9b0", "#d98e73"), ("#cfe3ee", "#7fa8c4"), ("#e9e2d0", "#b7c4a3"), ("#3b4a6b", "#8d86a8"))
_HILLS: Final = ("#6d8b5e", "#4f6f52", "#87986a", "#5b6b7a", "#8a7f5c")


def other_page(story: Story, latest: Iterable[Story]) -> str:
    """The page at the address of a story that is no article."""
    stories = list(latest)
    head = {
        Kind.VIDEO: _typed("VideoObject", story, "video.other"),
        Kind.LIVE: _typed("LiveBlogPosting", story, "article"),
        Kind.TAG: _typed("CollectionPage", story, "website"),
    }.get(story.kind, "")
    main = {Kind.VIDEO: _video, Kind.LIVE: _live, Kind.TAG: _tag}.get(story.kind, _unknown)(story, stories)
    return full_page(
        story.masthead, title=f"{story.headline} | {story.masthead.title}", head=head, main=main, latest=stories
    )


def _typed(kind: str, story: Story, opengraph: str) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": story.headline,
        "url": story.url,
        "uploadDate" if kind == "VideoObject" else "datePublished": story.published_at.isoformat(),
    }
    return (
        f'<link rel="canonical" href="{escape(story.url)}"><meta property="og:type" content="{opengraph}">'
        f'<script type="application/ld+json">{json_in_html(about)}</script>'
    )


def _video(story: Story, _: Sequence[Story]) -> str:
    return (
        f'<h1>{escape(story.headline)}</h1><div class="player"><img src="/img/{story.number}.svg" alt=""></div>'
        f'<p class="player-caption">{escape(story.caption)}. Video: {escape(story.credit)}. Length: 2:14, of which one '
        "minute is the view.</p>"
    )


def _live(story: Story, _: Sequence[Story]) -> str:
    entries = "".join(
        f'<section class="live-entry"><time>{10 + hour}:{hour * 7 % 60:02}</time><p>{escape(text)}</p></section>'
        for hour, text in enumerate((*story.opening, *story.closing))
    )
    return f'<h1>{escape(story.headline)}: as it happens</h1><div class="live-entries">{entries}</div>'


def _tag(story: Story, latest: Sequence[Story]) -> str:
    entries = "".join(f'<li><a href="{escape(other.path)}">{escape(other.headline)}</a></li>' for other in latest)
    return f"<h1>All about {escape(story.town)}</h1><ul>{entries}</ul>"


def _unknown(story: Story, _: Sequence[Story]) -> str:
    """A page built for one occasion, with names of its own."""
    panels = "".join(
        f'<div class="panel panel-{number}"><span>{escape(text)}</span></div>'
        for number, text in enumerate((*story.opening, *story.closing), 1)
    )
    return f'<div class="special" id="special"><div class="special-title">{escape(story.headline)}</div>{panels}</div>'


def list_page(masthead: Masthead, title: str, stories: Sequence[Story], links: Sequence[str]) -> str:
    """A page that lists stories: front page, day archive.

    Args:
        masthead: the site.
        title: of the page.
        stories: in order.
        links: how the page writes their addresses, as many as stories.
    """
    entries = "\n".join(
        f'<article class="post hentry"><h2><a href="{escape(link)}">{escape(story.headline)}</a></h2>'
        f"<p>{escape(story.lead)}.</p></article>"
        for story, link in zip(stories, links, strict=True)
    )
    return full_page(
        masthead,
        title=f"{title} | {masthead.title}",
        head='<meta property="og:type" content="website">',
        main=f"<h1>{escape(title)}</h1>\n{entries}",
        latest=(),
    )


def error_page(masthead: Masthead, title: str, explanation: str) -> str:
    """What a site says where it has no page."""
    main = f"<h1>{escape(title)}</h1><p>{escape(explanation)}</p>"
    return full_page(masthead, title=f"{title} | {masthead.title}", head="", main=main, latest=())


def picture(number: int) -> str:
    """A landscape of the county, as SVG; another one for every story."""
    dice = Dice(f"picture/{number}")
    high, low = dice.pick(_SKIES)
    hills = "".join(
        f'<path fill="{dice.pick(_HILLS)}" opacity=".9" d="M0 540V{(top := 300 + 70 * layer) + dice.number(-40, 40)}'
        f"Q{dice.number(150, 400)} {top - dice.number(40, 140)} 480 {top}T960 {top + dice.number(-50, 30)}V540Z" + '"/>'
        for layer in range(3)
    )
    sun = f'<circle cx="{dice.number(120, 840)}" cy="{dice.number(70, 220)}" r="{dice.number(24, 56)}" fill="#fff6dd"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 540"><defs><linearGradient id="s" x2="0" y2="1">'
        f'<stop stop-color="{high}"/><stop offset="1" stop-color="{low}"/></linearGradient></defs>'
        f'<rect width="960" height="540" fill="url(#s)"/>{sun}{hills}</svg>'
    )
