"""What names of files, addresses in addresses, folders of mirrors and saved pages say: from where a page is, and when.

Names are hints: content that is a page, a table or an archive is read whatever its name.
"""

import html
import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from parsers.page.content import UTF16_MARKS
from parsers.registry import by_host

MAX_CLOCK_SKEW: Final = timedelta(days=1)  # a crawler's clock may be wrong or on local time; a later time is wrong
FIRST_SECOND: Final = 10**8  # 1973: smaller numbers are unset fields, not times
LAST_SECOND: Final = 10**10  # larger numbers count milliseconds, microseconds or nanoseconds
THOUSANDTHS: Final = 3  # of thousandths of thousandths: JSON may hold 1e30, or infinity
STAMP: Final = re.compile(
    r"\d{14}"
)  # the time in addresses of web archives; a folder of this name says when (waybackpack)
NUMBER: Final = re.compile(r"(?!\d{14}$)\d{9,19}(?:\.\d+)?")
# JavaScript's Date.toString (SingleFile, Save Page WE), and the Wayback Machine's footer.
FORMS: Final = ("%a %b %d %Y %H:%M:%S GMT%z", "%H:%M:%S %b %d, %Y")


def instant_of(said: object) -> datetime | None:
    """A time in UTC, which it is in without a zone; None if nothing that inputs write as one, or in the future."""
    try:
        moment = _moment(said)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment <= datetime.now(UTC) + MAX_CLOCK_SKEW else None


def _moment(said: object) -> datetime:
    if isinstance(said, date):  # or a datetime, which is one
        return said if isinstance(said, datetime) else datetime.combine(said, time(), UTC)
    text = str(said).strip()
    if isinstance(said, int | float) or NUMBER.fullmatch(text):
        return _since_1970(float(text))
    if STAMP.fullmatch(text):
        text = f"{text[:8]}T{text[8:]}"
    with suppress(ValueError):
        # As pandas and people write it: with the zone's name, with slashes.
        return datetime.fromisoformat(re.sub(r" ?UTC$", "Z", re.sub(r"^(\d{4})/(\d\d)/", r"\1-\2-", text)))
    for form in FORMS:
        with suppress(ValueError):
            return datetime.strptime(text.partition(" (")[0], form)  # noqa: DTZ007 - the caller knows what no zone is
    return parsedate_to_datetime(text)


def _since_1970(number: float) -> datetime:
    for _ in range(THOUSANDTHS):
        number = number / 1000 if number >= LAST_SECOND else number
    if not FIRST_SECOND <= number < LAST_SECOND:
        raise ValueError(f"{number} seconds are no time of a page")
    return datetime.fromtimestamp(number, UTC)


MANIFEST_NAMES: Final = ("manifest.jsonl", "cases.jsonl")  # taken unasked from the folder of a file, in this order
# What stands beside pages and is none: notes, tables, indexes, and the parts that browsers and wget save with a page.
NO_PAGE: Final = re.compile(
    r"(?:^|/)(?:\.[^/]*|readme[^/]*|licen[cs]e[^/]*|robots\.txt|cookies\.txt|hts-log\.txt|hts-cache/[^/]*|thumbs\.db|mimetype"
    r"|[^/]*\.(?:jsonl?|csv|tsv|md|rst|pdf|ya?ml|toml|xml|rdf|log|parquet|cdxj?|idx|sha\d+|md5|py|sh|js|mjs|css|map|woff2?"
    r"|ttf|png|jpe?g|gif|webp|avif|svg|ico|mp[34]|webm|download|conf|ini|sqlite3?|db|url|webloc|desktop)(?:\.gz)?)"
    r"(?:[?@][^/]*)?$",
    re.IGNORECASE,
)
FRAME: Final = re.compile(
    # Of a page that Chromium saved "complete"; what ArchiveBox takes out of one.
    r"(?:_|\b)files/saved_resource(?:\(\d+\))?\.html?$|(?:^|/)(?:readability|mercury)/content\.html$"
)
HIDDEN: Final = re.compile(r"(?:^|/)(?:\.(?!\./)|__MACOSX/)")  # `..` hides nothing: what it leads to is refused
# …/web/20170510120000id_/https://…: the Wayback Machine and its like (pywb; archive.today, with points in times).
# A rewritten address may have lost a slash; without its scheme, only what begins like a host is one.
_HOST: Final = r"(?:[a-z0-9-]{1,63}\.)+(?:com|org|net|info|int|news|gov|edu|[a-z]{2})"
ARCHIVED: Final = re.compile(
    r"(?:(?:https?:)?//[^/\s]+)?(?:/[^/\s]+){0,3}?/(\d{4,14}|\d{4}\.\d\d\.\d\d-\d{6})(?:[a-z]{2}_)?/"
    rf"(?:(https?):/{{1,2}}|(?<=/web/\d{{14}}/)(?={_HOST}(?:/|$)))(\S+)",
    re.IGNORECASE,
)
HOST: Final = re.compile(_HOST, re.IGNORECASE)
PORT: Final = re.compile(r"[:+](\d{2,5})$")  # wget writes `host:8080`, and `host+8080` for Windows
SAFE: Final = "/%?&=+,;:@~()!$'*[]"  # what wget leaves in names because it is a URL's
CONTROLS: Final = re.compile(r"[\x00-\x20\x7f]")
INDEX: Final = re.compile(r"(?<=/)index\.x?html?(?=$|\?)", re.IGNORECASE)
FOLDER: Final = re.compile(r"([^/!]*)([/!])")
NAMED_BY_ADDRESS: Final = re.compile(r"https?%3A%2F%2F.+", re.IGNORECASE)
# What mirrors add to a name: another download of it, what it was before links were changed, how it is packed, an ending
# that a query lacks, and `@` where Windows takes no question mark.
ADDED: Final = (
    (re.compile(r"(?<=html|.htm|.php|.asp|aspx|.jsp)(?:\.\d{1,3}|\.orig|\.gz|\.bz2|\.xz|\.zst)$", re.IGNORECASE), ""),
    (re.compile(r"(?<=[\w.])@(?=[\w.-]+=[^/]*$)"), "?"),
    (re.compile(r"(\?[^/]*=\d+)\.html$"), r"\1"),
)


def is_page_name(name: str) -> bool:
    """Whether a file of this name may be a page if its content is text."""
    return not NO_PAGE.search(name)


def is_hidden(path: str) -> bool:
    """Whether a file or one of its folders, relative to what was named, is hidden."""
    return HIDDEN.search(path) is not None


def without_controls(url: str) -> str:
    """An address without what a terminal would obey, or a line of an index would end at."""
    return CONTROLS.sub(lambda match: f"%{ord(match[0]):02X}", url)


def of_web_archive(url: str) -> tuple[str, datetime | None] | None:
    """The address inside an address of a web archive, and when it was captured, if that is said to the second."""
    found = ARCHIVED.fullmatch(url)
    if found is None:
        return None
    stamp, scheme, rest = re.sub(r"\D", "", found[1]), (found[2] or "http").lower(), found[3]
    return f"{scheme}://{rest}", instant_of(stamp) if STAMP.fullmatch(stamp) else None


def of_mirror(location: str) -> tuple[str, datetime | None] | None:
    """Address and time that folders name, as mirrors are laid out: `www.example.org/2024/story.html`; None without one.

    A folder of a known source's host goes first, else the last that looks like one. Some name a file by its address.
    """
    folders = [(found[1], found[2] == "/") for found in FOLDER.finditer(location)]
    parts = [name for name, _ in folders] + [re.split(r"[/!]", location)[-1]]
    if NAMED_BY_ADDRESS.fullmatch(parts[-1]):
        return re.sub(r"\.html?$", "", unquote(parts[-1])), None
    hosts = [
        at
        for at, (name, is_folder) in enumerate(folders)
        if is_folder and HOST.fullmatch(PORT.sub("", name)) and is_page_name(name)
    ]
    if not hosts:
        return None
    start = next((at for at in hosts if by_host(PORT.sub("", parts[at]).lower())), hosts[-1])
    before = parts[max(0, start - 2) : start][::-1]
    scheme = before[0].removesuffix(":") if before and before[0] in {"http", "https", "http:", "https:"} else "https"
    below = parts[start + 1 :]
    stamps = [name[:14] for name in before if re.fullmatch(r"\d{14}(?:[a-z]{2}_)?", name)]
    if len(below) > 1 and STAMP.fullmatch(below[0]):
        stamps.append(below.pop(0))
    path = "/" + "/".join(below)
    for pattern, instead in ADDED:
        path = pattern.sub(instead, path)
    host = PORT.sub(r":\1", parts[start]).lower()
    url = f"{scheme}://{host}{quote(INDEX.sub('', path), safe=SAFE)}"
    return url, instant_of(stamps[0]) if stamps else None


HEAD_BYTES: Final = 64 << 10  # comments of savers stand right before or after the first tags
TAIL_BYTES: Final = 4 << 10  # the footer of the Wayback Machine
# An address, a time, or both, as programs write them into the pages that they save; by what tells at once that a page
# has none of it.
STATEMENTS: Final = {
    # MS-MOTW, which browsers write too; Firefox's reader.
    b"saved from url=": rb"<!--\s*saved from url=(?:\(\d{1,5}\))?(?P<url>[a-z-]{4,20}:[^\s<>\"]{1,8192})\s*-->",
    b"reader-domain": rb"<a class=\"[^\"]{0,99}\breader-domain\" href=\"(?P<url>[^\"\s]{1,8192})\"",
    b"SingleFile": rb"<!--\s*(?:Page saved with|Archive processed by) SingleFile\s+url:\s*(?P<url>\S{1,8192})"
    rb"(?:\s+saved date:\s*(?P<at>[^\n(<]{10,60}))?",
    b"HTTrack": rb"<!-- Mirrored from (?P<url>[^\n<>]{1,8192}?) by HTTrack Website Copier/[^,\n]{1,99},"
    rb" (?P<at>[^\n<]{10,60}?) -->",
    b"monolith": rb"<!-- Saved from (?P<url>https?://\S{1,8192}) at (?P<at>\S{10,40}) using monolith",
    b"savepage-url": rb"<meta name=\"?savepage-url\"? content=\"(?P<url>[^\"]{1,8192})\"",  # Save Page WE
    b"savepage-date": rb"<meta name=\"?savepage-date\"? content=\"(?P<at>[^\"]{10,99})\"",
    b"data-scrapbook-source": rb"\bdata-scrapbook-source=\"(?P<url>[^\"]{1,8192})\"",  # WebScrapBook
    b"data-scrapbook-create": rb"\bdata-scrapbook-create=\"(?P<at>\d{14})\d{3}\"",
    # An address inside an address.
    b"/http": rb"<(?:base|link\b(?=[^>]{1,999}\bcanonical)|meta\b(?=[^>]{1,999}\bog:url))\b[^>]{1,999}"
    rb"\b(?:href|content)=[\"']?(?P<archived>[^\s\"'<>]{0,300}/\d{4}[\d.-]{0,13}(?:[a-z]{2}_)?/https?:[^\s\"'<>]{1,8192})",
    # pywb's script; the Wayback Machine's, its toolbar, and its footer of today and of old.
    b"wbinfo.url": rb"wbinfo\.url = \"(?P<url>https?://[^\s\"<>]{1,8192})\"",
    b"wbinfo.timestamp": rb"wbinfo\.timestamp = \"(?P<at>\d{14})\"",
    b"wmtbURL": rb"id=\"wmtbURL\"[^>]{0,99} value=\"(?P<url>https?://[^\s\"<>]{1,8192})\"",
    b"__wm.wombat": rb"__wm\.wombat\([\"'](?P<url>https?://[^\s\"'<>]{1,8192})[\"'],\s*[\"'](?P<at>\d{14})",
    b"FILE ARCHIVED ON": rb"FILE ARCHIVED ON (?P<at>\d{14}|\d\d?:\d\d:\d\d [A-Z][a-z]{2} \d\d?, \d{4}) AND RETRIEVED",
}
NAMES_ADDRESS: Final = re.compile(rb"\brel=[\"']?canonical\b|\bproperty=[\"']?og:url\b", re.IGNORECASE)


def stated(body: bytes, location: str) -> tuple[str | None, datetime | None]:
    """Address and time that a page says of itself; or its folders, if it names no address."""
    if encoding := UTF16_MARKS.get(body[:2]):
        body = body.decode(encoding, "replace").encode()
    url: str | None = None
    at: datetime | None = None
    places = (body[:HEAD_BYTES], body[HEAD_BYTES:][-TAIL_BYTES:])
    statements = ((pattern, place) for marker, pattern in STATEMENTS.items() for place in places if marker in place)
    for match in (found for pattern, place in statements if (found := re.search(pattern, place))):
        said = {name: value.decode("utf-8", "replace") for name, value in match.groupdict().items() if value}
        address = said.get("url")
        if archived := of_web_archive(html.unescape(said.get("archived", ""))):
            address, at = archived[0], at or archived[1]
        url = url or (_shown(address) if address else None)
        at = at or instant_of(said.get("at"))
    if url is None and (named := of_mirror(location)) and not NAMES_ADDRESS.search(body, 0, HEAD_BYTES):
        return named[0], at or named[1]
    return url, at


def _shown(address: str) -> str | None:
    """The address of the page that a browser's own address shows: its reader, or its view of the source."""
    address = html.unescape(address).strip().removeprefix("view-source:")
    if re.match(r"https?://", address):
        return address
    scheme = re.match(r"[a-z-]+:", address)
    if scheme is None:
        return f"https://{address}"  # HTTrack leaves the scheme out
    return next((each for each in parse_qs(urlsplit(address).query).get("url", []) if each.startswith("http")), None)
