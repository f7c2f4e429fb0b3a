"""What names of files say, and addresses that stand in others (the Wayback Machine's) or in the folders of a mirror.

Names are hints: content that is a page, a table or an archive is read whatever its name.
"""

import re
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from infra.intake.files.instants import instant_of
from parsers.registry import by_host

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
STAMP: Final = re.compile(r"\d{14}")  # a folder of this name beside that of the host says when (waybackpack)
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

    A folder of a known source's host goes first, else the last that looks like a host. In a mirror of a web archive a
    folder says when. An archive that is named like a host is none. Some programs name a file by its whole address.
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
