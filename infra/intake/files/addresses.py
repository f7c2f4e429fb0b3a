"""Addresses that stand in other addresses (the Wayback Machine's) or in the folders of a mirror."""

import re
from datetime import datetime
from typing import Final
from urllib.parse import quote

from infra.intake.files.instants import instant_of
from infra.intake.files.names import is_page_name
from parsers.registry import by_host

# …/web/20170510120000id_/https://…: the Wayback Machine and archives like it (pywb, archive.today). A rewritten address
# may have lost a slash.
ARCHIVED: Final = re.compile(
    r"https?://[^/\s]+(?:/[^/\s]+){0,3}?/(\d{4,14})(?:[a-z]{2}_)?/(https?):/{1,2}(\S+)", re.IGNORECASE
)
HOST: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.)+(?:com|org|net|info|int|news|gov|edu|[a-z]{2})", re.IGNORECASE)
PORT: Final = re.compile(r"[:+](\d{2,5})$")  # wget writes `host:8080`, and `host+8080` for Windows
SAFE: Final = "/%?&=+,;:@~()!$'*[]"  # what wget leaves in names because it is a URL's
CONTROLS: Final = re.compile(r"[\x00-\x20\x7f]")
INDEX: Final = re.compile(r"(?<=/)index\.x?html?(?=$|\?)", re.IGNORECASE)


def without_controls(url: str) -> str:
    """An address without what a terminal would obey, or a line of an index would end at."""
    return CONTROLS.sub(lambda match: f"%{ord(match[0]):02X}", url)


def of_web_archive(url: str) -> tuple[str, datetime | None] | None:
    """The address inside an address of a web archive, and when it was captured, if that is said to the second."""
    found = ARCHIVED.fullmatch(url)
    if found is None:
        return None
    stamp, scheme, rest = found.groups()
    whole = "YYYYMMDDhhmmss"
    return f"{scheme.lower()}://{rest}", instant_of(stamp) if len(stamp) == len(whole) else None


def of_mirror(location: str) -> str | None:
    """The address that folders name, as `wget -r` and HTTrack lay them out: `www.example.org/2024/story.html`.

    A folder of a known source's host goes first, else the last that looks like a host. None if there is none.
    """
    parts = re.split(r"[/!]", location)
    hosts = [at for at, name in enumerate(parts[:-1]) if HOST.fullmatch(PORT.sub("", name)) and is_page_name(name)]
    if not hosts:
        return None
    start = next((at for at in hosts if by_host(PORT.sub("", parts[at]).lower())), hosts[-1])
    scheme = parts[start - 1] if start and parts[start - 1] in {"http", "https"} else "https"
    host = PORT.sub(r":\1", parts[start]).lower()
    path = INDEX.sub("", "/" + "/".join(parts[start + 1 :]))
    return f"{scheme}://{host}{quote(path, safe=SAFE)}"
