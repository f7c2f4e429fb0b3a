"""The Guardian, https://www.theguardian.com.

Layout 2020 (rendered by `dotcom-rendering`) verified on saved pages from 2024-02 and 2024-03. Its live blogs and layout
2013 (rendered by `frontend`) follow the site's published templates and are not verified on saved pages.
"""

import re

from parsers.source.definition import Layout, Source
from parsers.source.discovery import Feed, NewsSitemap

# In <figure>: takeaways, questions and answers, profiles, timelines.
_PROSE = ("KeyTakeaways", "QAndAExplainer", "MiniProfiles", "MultiBylines", "DCRTimeline", "DCRSectionedTimeline")
_PROSE_FIGURES = ", ".join(f'[data-spacefinder-type*="{name}"]' for name in _PROSE)

_TODAY = Layout(
    "2020",
    body='[data-gu-name="media"], #maincontent, .article-body-commercial-selector, #liveblog-body',
    # Front pages may call their list of stories #maincontent too, as the target of "skip to content".
    when="article #maincontent, .article-body-commercial-selector, #liveblog-body",
    blocks="p, h2, h3, h4, ul > li:not(:has(p)), ol > li:not(:has(p)), blockquote, pre",
    lead='[data-gu-name="standfirst"] p',  # its lists are links to other pages
    # Islands are filled in by scripts; a live blog repeats its pinned post in an article without id.
    drop='[data-gu-name="media"] *, gu-island, #sign-in-gate, [role="note"], article.block:not([id]), '
    "article.block > footer",
    # Pull quotes are in <aside>, editors' notes in <footer>.
    furniture=f"script, style, template, noscript, svg, button, iframe, form, nav, figure:not({_PROSE_FIGURES})",
    byline='[data-link-name="byline"], [data-gu-name="byline"]',
    genre='[data-gu-name="body"] a[href*="/tone/"], .submeta a[href*="/tone/"]',
    related='figure[data-spacefinder-type*="RichLink"] a[href]',
    # Showcase pages put the caption of the picture that fills the screen elsewhere.
    figures='[data-gu-name="media"] figure:not([data-spacefinder-type]), [data-gu-name="caption"], '
    'figure[data-spacefinder-type*="Image"]',
)
_2013 = Layout(
    "2013",
    body='[itemprop="articleBody"], [itemprop="reviewBody"]',
    lead=".content__standfirst p",
    drop=".content__headline, .content__labels, .content__meta-container, .submeta, .after-article",
    byline=_TODAY.byline,
    genre=_TODAY.genre,
    related=".element-rich-link a[href]",
    figures="figure.element-image, figure[itemprop*=image]",
)

SOURCE = Source(
    name="theguardian",
    title="The Guardian",
    hosts=("theguardian.com", "guardian.co.uk"),
    language="en",
    timezone="Europe/London",
    version=3,
    discovery=(
        Feed("https://www.theguardian.com/international/rss"),
        Feed("https://www.theguardian.com/uk/rss"),
        NewsSitemap("https://www.theguardian.com/sitemaps/news.xml"),
    ),
    article_url=re.compile(r"/\d{4}/[a-z]{3}/\d{2}/"),
    layouts=(_TODAY, _2013),
    generic=True,
)
