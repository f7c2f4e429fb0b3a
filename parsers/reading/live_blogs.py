"""Live blogs, as their JSON-LD states them: the page's own one, and its posts with their times."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

from parsers.fields.dates import DateBasis
from parsers.page.metadata import as_text
from parsers.page.page import Page
from parsers.reading.readings import live_blog
from parsers.reading.times import stated_time
from parsers.record.article import Update, spans_of
from parsers.record.draft import Draft

_OPENING: Final = 60  # characters that tell where a post begins; more may be cut off in one of the two places
_ZONED: Final = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


def read_updates(page: Page, draft: Draft) -> None:
    """Note the posts of a live blog, in the order of the page, and where in the text each of them begins."""
    live = live_blog(page.metadata)
    stated = live.get("liveBlogUpdate") if live else None
    posts = [post for post in (stated if isinstance(stated, list) else [stated]) if isinstance(post, dict)]
    if not posts:
        return
    starts: defaultdict[str, deque[int]] = defaultdict(deque)
    for block, span in zip(draft.body, spans_of(tuple(draft.body)), strict=True):
        starts[block.text[:_OPENING]].append(span.start)
    draft.updates = tuple(_updates(page, posts, starts))
    draft.origins["updates"] = "JSON-LD LiveBlogPosting.liveBlogUpdate"


def _updates(page: Page, posts: list[dict[str, Any]], starts: Mapping[str, deque[int]]) -> Iterator[Update]:
    for post in posts:
        title, time = as_text(post.get("headline")), as_text(post.get("datePublished")) or ""
        # Without a zone it is a guess.
        posted_at = stated_time(page, time, DateBasis.JSONLD).at if _ZONED.search(time) else None
        openings = (text[:_OPENING] for text in (title, as_text(post.get("articleBody"))) if text)
        places = next((starts[opening] for opening in openings if starts.get(opening)), None)
        if title or posted_at:
            yield Update(posted_at, title, places.popleft() if places else None)
