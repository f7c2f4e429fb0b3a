"""The Guardian and The Observer, https://www.theguardian.com.

Layout 2020 (rendered by `dotcom-rendering`) verified on saved pages from 2024-02 and 2024-03. Its live blogs and
layout 2013 (rendered by `frontend`) follow the site's published templates and are not verified on saved pages.

Discovery follows public documentation and has not been tried against the live site.
"""

import re

from parsers.fields.bylines import split_names
from parsers.fields.characters import unique
from parsers.page.metadata import as_texts
from parsers.page.page import Page
from parsers.record.draft import Draft
from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

# The author in JSON-LD if nobody in the byline has a page on the site.
_PLACEHOLDER = "Guardian staff reporter"
# Bylines of desks and agencies, not people.
_DESK = re.compile(r"\b(staff|agenc(y|ies)|press|presse|reuters|media|editorial|guardian|observer|community)\b", re.I)
_AGENCIES = {
    "Australian Associated Press": "AAP",
    "Associated Press": "AP",
    "Agence France-Presse": "AFP",
    "Reuters": "Reuters",
    "PA Media": "PA",
}
_PLACE = re.compile(r"\s+(?:in\s+(?=[A-Z])|\().*")  # "Jane Roe in Paris", "John Doe (earlier)"
_CREDIT = re.compile(r"((?:Photograph|Illustration|Composite|Photo|Graphic|Image|Artwork)s?(?: by)?: .+)$")
_GENRES = {
    "comment": "opinion",
    "editorials": "opinion",
    "letters": "opinion",
    "analysis": "analysis",
    "explainers": "analysis",
    "reviews": "review",
    "minutebyminute": "live",
}
# Lists of tags below the text, in layout 2020 and in layout 2013.
_TONES = '[data-gu-name="body"] a[href*="/tone/"], .submeta a[href*="/tone/"]'
# Prose that the site wraps in <figure>: takeaways, questions and answers, profiles, timelines.
_PROSE_FIGURES = ", ".join(
    f'[data-spacefinder-type*="{name}"]'
    for name in (
        "KeyTakeaways",
        "QAndAExplainer",
        "MiniProfiles",
        "MultiBylines",
        "DCRTimeline",
        "DCRSectionedTimeline",
    )
)
# Pull quotes are in <aside>, editors' notes in <footer>.
_FURNITURE = f"script, style, template, noscript, svg, button, iframe, form, nav, figure:not({_PROSE_FIGURES})"


def _byline(page: Page) -> str | None:
    shown = page.text('[data-link-name="byline"], [data-gu-name="byline"]')
    return shown or next((name for name in page.metadata.all("article:author") if "://" not in name), None)


def _authors(page: Page) -> tuple[str, ...]:
    """Names from JSON-LD; if it has none or only a placeholder, those of the byline if it names people."""
    named = as_texts(page.metadata.article.get("author"))
    if set(named) <= {_PLACEHOLDER}:
        shown = split_names(_byline(page) or "")
        return unique(_PLACE.sub("", name) for name in shown if not _DESK.search(name)) or named
    return named


def _genre(page: Page) -> str | None:
    """From the tone tag, which the site lists among the topics below the text, or else from the address."""
    tones = (node.attributes.get("href") or "" for node in page.select(_TONES))
    found = (_GENRES.get(href.rstrip("/").rsplit("/", 1)[-1]) for href in tones)
    path = page.url or ""
    by_address = "opinion" if "/commentisfree/" in path else "live" if "/live/" in path else None
    return next(filter(None, found), by_address)


def _refine(_page: Page, draft: Draft) -> None:
    draft.agency = next((short for name, short in _AGENCIES.items() if name in (draft.byline or "")), None)
    draft.related_titles = unique(title.removesuffix("Read more").strip() for title in draft.related_titles)


SOURCE = Source(
    name="theguardian",
    title="The Guardian",
    hosts=("theguardian.com", "guardian.co.uk"),
    language="en",
    timezone="Europe/London",
    version=2,
    discovery=(
        Feed("https://www.theguardian.com/international/rss"),
        Feed("https://www.theguardian.com/uk/rss"),
        NewsSitemap("https://www.theguardian.com/sitemaps/news.xml"),
    ),
    article_url=re.compile(r"/\d{4}/[a-z]{3}/\d{2}/"),
    layouts=(
        Layout(
            "2020",
            body='[data-gu-name="media"], #maincontent, .article-body-commercial-selector, #liveblog-body',
            # Front pages may call their list of stories #maincontent too, as the target of "skip to content".
            when="article #maincontent, .article-body-commercial-selector, #liveblog-body",
            blocks="p, h2, h3, h4, ul > li:not(:has(p)), ol > li:not(:has(p)), blockquote, pre",
            lead='[data-gu-name="standfirst"] p',  # its lists are links to other pages
            # Islands are filled in by scripts; a live blog repeats its pinned post in an article without id.
            drop='[data-gu-name="media"] *, gu-island, #sign-in-gate, [role="note"], article.block:not([id]), '
            "article.block > footer, .ad-slot",
            furniture=_FURNITURE,
            byline=_byline,
            authors=_authors,
            genre=_genre,
            related='figure[data-spacefinder-type*="RichLink"] a[href]',
            # Showcase pages put the caption of the picture that fills the screen elsewhere.
            figures='[data-gu-name="media"] figure:not([data-spacefinder-type]), [data-gu-name="caption"], '
            'figure[data-spacefinder-type*="Image"]',
            credit=_CREDIT,
            refine=_refine,
        ),
        Layout(
            "2013",
            body='[itemprop="articleBody"], [itemprop="reviewBody"]',
            lead=".content__standfirst p",
            drop=".content__headline, .content__labels, .content__meta-container, .submeta, .after-article, .ad-slot",
            byline=_byline,
            authors=_authors,
            genre=_genre,
            related=".element-rich-link a[href]",
            figures="figure.element-image, figure[itemprop*=image]",
            credit=_CREDIT,
            refine=_refine,
        ),
    ),
)
