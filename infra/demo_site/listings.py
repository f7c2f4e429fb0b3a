"""Feeds, sitemaps and robots files, with the oddities that real ones have."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Final
from xml.sax.saxutils import escape

from infra.demo_site.archive import StoryArchive
from infra.demo_site.stories import UPDATED_SLOT, Kind, Story

FEED_DAYS: Final = 2
MISSING_PATH: Final = "/society/404"  # in the feed of `tass`, and nowhere else
GONE_PATH: Final = "/the-story-that-was-withdrawn/410"  # in feed and sitemap of `globalresearch`: answered 410
OFF_SITE: Final = "https://adverts.example/umbrellas?from=feed"
_ADVERT: Final = "Advertisement: umbrellas, slightly used"
_SITEMAP: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS: Final = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'

ROBOTS: Final = {
    "tass": """\
# Everybody is welcome who knocks gently.
User-agent: *
Disallow: /search
Crawl-delay: 0.1

Sitemap: https://tass.com/sitemap_news.xml
""",
    "theissue": """\
User-agent: *
Disallow: /wp-admin/
Disallow: /sponsored/
Allow: /wp-admin/admin-ajax.php
""",
    "globalresearch": """\
User-agent: *
Disallow: /*?replytocom=
Disallow: /wp-admin/

User-agent: marmalade-bot
Disallow: /

Sitemap: https://www.globalresearch.ca/sitemap.xml
""",
}


def yesterday_noon(archive: StoryArchive) -> datetime:
    """The time that a feed gives for what is not there any more."""
    return datetime.combine(archive.today - timedelta(days=1), time(12), archive.masthead.zone)


def rss(archive: StoryArchive) -> str:
    """The feed of the newest days: with an advert, and with one link that leads nowhere."""
    masthead = archive.masthead
    entries = [_entry(_feed_link(story), story.headline, story.lead, story.published_at) for story in _fed(archive)]
    noon = yesterday_noon(archive)
    entries.append(_entry(OFF_SITE, _ADVERT, "A made-up advert, of another site.", noon))
    lost = {"tass": MISSING_PATH, "globalresearch": GONE_PATH}.get(masthead.source)
    if lost:
        entries.append(_entry(masthead.base + lost, "A story that was withdrawn", "It was about a scarf.", noon))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>{masthead.title} (demo)</title>
<link>{masthead.base}/</link>
<atom:link href="{masthead.base}{masthead.feed}" rel="self" type="application/rss+xml"/>
<description>Made-up news of the demo site of newslake</description>
<language>en</language>
{"".join(entries)}</channel></rss>
"""


def _fed(archive: StoryArchive) -> Iterable[Story]:
    """The newest stories; on `tass` one that was updated is listed twice."""
    for story in archive.newest(FEED_DAYS):
        yield story
        if archive.masthead.source == "tass" and story.number % 100 == UPDATED_SLOT:
            yield story


def _entry(link: str, title: str, summary: str, at: datetime) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><description>{escape(summary)}</description>"
        f'<guid isPermaLink="false">{escape(link.partition("?")[0])}</guid>'
        f"<pubDate>{format_datetime(at)}</pubDate></item>\n"
    )


def _feed_link(story: Story) -> str:
    """How the feed writes the address: with tracking, relative, without TLS, or by the first slug the story had."""
    slot = story.number % 100
    match story.masthead.source, slot:
        case "tass", _:
            return f"{story.url}?utm_source=rss&utm_medium=feed"
        case "theissue", 0:
            return story.masthead.base + old_path(story)
        case "theissue", 1:
            return story.path
        case "globalresearch", 1:
            return story.url.replace("https:", "http:")
        case _:
            return f"{story.url}#comments"


def old_path(story: Story) -> str:
    """The address that a story of `theissue` had at first; redirects to the one that it has now."""
    return f"/news/{story.number}-first-draft"


def second_path(story: Story) -> str:
    """Another address of the same page on `globalresearch`; the page names the first as canonical."""
    return f"/{story.slug}-2/{story.number}"


def news_sitemap(archive: StoryArchive) -> str:
    """The stories of the newest two days, as Google's format has it."""
    entries = "".join(
        f"<url><loc>{story.url}</loc><news:news><news:publication><news:name>{archive.masthead.title}</news:name>"
        f"<news:language>en</news:language></news:publication><news:publication_date>{story.published_at.isoformat()}"
        f"</news:publication_date><news:title>{escape(story.headline)}</news:title></news:news></url>\n"
        for story in archive.newest(FEED_DAYS)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP} {_NEWS}>\n{entries}</urlset>\n'


def sitemap_index(archive: StoryArchive) -> str:
    """A sitemap for each month, and those of other things, which no one looking for articles needs."""
    months = sorted({f"{story.published_at:%Y-%m}" for story in archive.stories}, reverse=True)
    names = [f"post-sitemap-{month}" for month in months] + ["page-sitemap", "post_tag-sitemap", "author-sitemap"]
    entries = "".join(
        f"<sitemap><loc>{archive.masthead.base}/{name}.xml</loc>"
        f"<lastmod>{_changed(archive, name)}</lastmod></sitemap>\n"
        for name in names
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {_SITEMAP}>\n{entries}</sitemapindex>\n'


def _changed(archive: StoryArchive, name: str) -> str:
    changes = [story.changed_at for story in archive.stories if f"{story.published_at:%Y-%m}" in name]
    return max(changes, default=archive.stories[0].changed_at).isoformat()


def month_sitemap(archive: StoryArchive, month: str) -> str | None:
    """The stories of a local month; None where there are none.

    Args:
        archive: of the site.
        month: YYYY-MM.
    """
    stories = [story for story in archive.stories if f"{story.published_at:%Y-%m}" == month]
    if not stories:
        return None
    entries = [(_sitemap_link(story), story.changed_at) for story in stories]
    if f"{archive.today:%Y-%m}" == month:
        entries.append((archive.masthead.base + GONE_PATH, yesterday_noon(archive)))
    return _urlset(entries)


def _sitemap_link(story: Story) -> str:
    """The plugin that makes the sitemap knows the first story of a day by its other slug."""
    first = story.number % 100 == 0 and story.kind is Kind.ARTICLE
    return story.masthead.base + second_path(story) if first else story.url


def page_sitemap(archive: StoryArchive) -> str:
    """The pages that are always there."""
    at = datetime.combine(archive.first_day, time(), UTC)
    return _urlset((f"{archive.masthead.base}/{name}/", at) for name in ("about", "contact", "privacy"))


def _urlset(entries: Iterable[tuple[str, datetime]]) -> str:
    lines = "".join(f"<url><loc>{link}</loc><lastmod>{at.isoformat()}</lastmod></url>\n" for link, at in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {_SITEMAP}>\n{lines}</urlset>\n'


POSTS_PER_PAGE: Final = 4


def archive_page(archive: StoryArchive, day: date, number: int) -> tuple[list[Story], list[str]] | None:
    """The stories of a page of a local day, newest first, and how the page writes their addresses; None after the last.

    Args:
        archive: of the site.
        day: the local day.
        number: of the page, from 1.
    """
    stories = archive.on_local(day)[(number - 1) * POSTS_PER_PAGE : number * POSTS_PER_PAGE]
    spellings = ("{base}{path}", "{path}", "//{host}{path}")
    links = [
        spellings[position % len(spellings)].format(
            base=archive.masthead.base, host=archive.masthead.host, path=story.path
        )
        for position, story in enumerate(stories)
    ]
    return (stories, links) if stories else None
