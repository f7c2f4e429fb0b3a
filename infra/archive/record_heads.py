"""Heads of records, and the digests they claim."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

# ARC 1.0: URL, IP address, time, media type, length; the address may have spaces, the rest may not.
ARC_LINE: Final = re.compile(rb"(\S.*) (\S+) (\d{8,14}) (.*?) ?(\d{1,18})\r?\n")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the block of a record."""

    size: int
    fields: dict[str, str]
    length: int | None  # of the block; None if that is not said


def warc_head(written: bytes) -> Head:
    """Named fields, which line feeds alone may divide, of any case; the last of a field that occurs twice."""
    text = re.sub(r"\r?\n[ \t]+", " ", written.decode("utf-8", "replace"))  # a value that goes on in the next line
    lines = (line.partition(":") for line in re.split(r"\r?\n", text)[1:])
    fields = {name.strip().lower(): value.strip() for name, colon, value in lines if colon}
    length = fields.get("content-length", "")
    return Head(len(written), fields, int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None)


def arc_head(written: bytes) -> Head:
    """ARC 1.0, https://archive.org/web/researcher/ArcFileFormat.php."""
    line = ARC_LINE.fullmatch(written)
    if line is None:
        raise OSError("no ARC record begins here")
    fields = {
        "warc-type": "warcinfo" if line[1].startswith(b"filedesc:") else "response",
        "warc-target-uri": line[1].decode("utf-8", "replace"),
        "warc-date": line[3].decode(),
    }
    return Head(len(written), fields, int(line[5]))


def has_digest(content: bytes, claimed: str) -> bool | None:
    """Whether bytes have a digest as WARC writes it, `sha1:` and base32 or hex; None if that cannot be checked."""
    algorithm, colon, value = claimed.strip().partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if not colon or algorithm not in {"md5", "sha1", "sha256", "sha384", "sha512"}:
        return None
    found = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    try:
        expected = (
            bytes.fromhex(value)
            if len(value) == 2 * len(found)
            else base64.b32decode(f"{value.upper()}{'=' * (-len(value) % 8)}")
        )
    except (ValueError, binascii.Error):
        return False
    return found == expected
