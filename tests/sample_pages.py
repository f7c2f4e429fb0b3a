"""Pages in the layouts of TASS, written for tests, and captures and files made of them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson

from parsers.record.capture import Capture, CapturedAtBasis, MediaType

FIRST_DAY = date(2024, 1, 10)


def url(number: int) -> str:
    return f"https://tass.com/society/{1731000 + number}"


def published_at(number: int, days: int) -> datetime:
    """When page `number` was published: one page a day in turn, over some days."""
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 9, tzinfo=UTC) + timedelta(days=number % days)


def page(number: int, *, days: int = 3, published: datetime | None = None) -> bytes:
    """An HTML page as TASS made them in 2019."""
    title = f"Cranes of bay {number} winter further north"
    record = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": (published or published_at(number, days)).isoformat(),
        "author": {"@type": "Organization", "name": "TASS"},
        "mainEntityOfPage": url(number),
    }
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{url(number)}"><meta property="og:type" content="article">
<script type="application/ld+json">{orjson.dumps(record).decode()}</script></head><body>
<div class="news-header"><h1 class="news-header__title">{title}</h1></div>
<div class="text-content"><div class="text-block"><p>STAVROPOL, January 12. /TASS/. Cranes have stayed at bay {number}
of the northern reservoir for the third winter in a row, the nature service said.</p><p>Springs keep the bay free of
ice even at minus twenty.</p></div></div></body></html>""".encode()


def capture(number: int, body: bytes | None = None, *, days: int = 3, source: str | None = None) -> Capture:
    """Page `number` captured two hours after it was published."""
    return Capture(
        body=page(number, days=days) if body is None else body,
        media_type=MediaType.HTML,
        captured_at=published_at(number, days) + timedelta(hours=2),
        captured_at_basis=CapturedAtBasis.MANIFEST,
        url=url(number),
        source=source,
    )


def write_folder(folder: Path, count: int, *, days: int = 3) -> Path:
    """A folder of pages with a manifest that says where and when they were captured."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number in range(count):
        (folder / f"{number:04}.html").write_bytes(page(number, days=days))
        captured_at = published_at(number, days) + timedelta(hours=2)
        lines.append({"file": f"{number:04}.html", "url": url(number), "captured_at": captured_at.isoformat()})
    (folder / "manifest.jsonl").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return folder
