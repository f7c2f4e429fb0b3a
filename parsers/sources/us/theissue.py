"""The Issue, https://www.theissue.com (2016-2018).

Text layout verified on one real capture from 2017-05. No saved HTML page was available: the HTML layout follows the
common structure of WordPress themes and relies on OpenGraph and JSON-LD. Discovery is that of every WordPress site; the
site is gone, so it finds articles only on a mirror.
"""

import re
from dataclasses import replace

from parsers.fields.characters import unique
from parsers.page.html import LayoutError
from parsers.page.text import TextPage, prose
from parsers.record.article import Block, BlockType, Fidelity
from parsers.record.draft import Draft
from parsers.source.definition import WORDPRESS, Source, TextLayout
from parsers.source.discovery import WHOLE_HISTORY, DayArchive, Feed

# The page ends with these lines, in any order.
_FOOTER = re.compile(r"^(?P<label>Source|Photo credit|Image credit)s?: (?P<value>.+)$", re.IGNORECASE)


def _read_text(page: TextPage) -> Draft:
    """Headline, standfirst (which has no full stop), paragraphs, source and photo credit."""
    lines = [line for line in page.lines if line]
    footer = {match["label"].lower(): match["value"] for line in lines if (match := _FOOTER.match(line))}
    text = [line for line in lines if not _FOOTER.match(line)]
    match text:
        case [title, lead, first, *rest] if not lead.endswith((".", "!", "?", "”", '"')):
            draft = Draft(Fidelity.TEXT, title=title, body=[Block(BlockType.LEAD, lead), *prose([first, *rest])])
        case [title, first, *rest]:
            draft = Draft(Fidelity.TEXT, title=title, body=prose([first, *rest]))
        case _:
            raise LayoutError(f"{len(text)} lines of text, expected a headline and a body")
    draft.original_source = footer.get("source")
    draft.photo_credits = unique(footer[label] for label in ("photo credit", "image credit") if label in footer)
    return draft


SOURCE = Source(
    name="theissue",
    title="The Issue",
    hosts=("theissue.com",),
    language="en",
    timezone="America/New_York",
    version=4,
    discovery=(
        Feed("https://www.theissue.com/feed/"),
        DayArchive("https://www.theissue.com/%Y/%m/%d/page/{page}/", links="article h2 a", pages=20),
    ),
    # /politics/its-headline; lists of stories by author, category, tag or day look alike.
    article_url=re.compile(r"^/(?!author/|category/|tag/|page/|wp-)[a-z][a-z-]*/[^/?]+/?(\?|$)"),
    horizon_days=WHOLE_HISTORY,
    layouts=(replace(WORDPRESS, name="2017"),),
    # Nothing in such a text names the site: a capture needs its address or `--source theissue`.
    text_layouts=(TextLayout("text-2017", matches=lambda page: any(page.lines), read=_read_text),),
)
