"""Texts that are no pages, whatever tags they hold: told by how they begin, and said to who named them."""

import re
from typing import Final

from infra.intake.files.mhtml import is_mail
from parsers.page.content import TAG

# What may stand before the first element; nothing of it is given back, so no file makes this slow.
ROOT: Final = re.compile(
    rb"(?:[\s\xef\xbb\xbf]|<\?.{0,2000}?\?>|<!--.{0,4000}?-->|<!doctype[^>\[]{0,500}(?:\[[^\]]{0,4000}\])?\s*>)*+"
    rb"<([\w:.-]{1,40})",
    re.DOTALL | re.IGNORECASE,
)
FETCH: Final = "`newslake fetch` gets what it leads to"
LISTS: Final = "it lists pages, and holds none"
KINDS: Final = {
    **dict.fromkeys(("rss", "feed", "rdf:rdf"), ("feed", LISTS)),
    **dict.fromkeys(("urlset", "sitemapindex"), ("sitemap", LISTS)),
    "mediawiki": ("MediaWiki dump", "no page in HTML"),
}
ADDRESSES: Final = re.compile(rb"(?:\s*https?://[^\s<>\"]{3,2000}[ \t]*(?:\r?\n|$))+\s*")
SQL: Final = re.compile(
    rb"(?:/\*M?!.{0,200}\*/;?\s*)*"
    rb"(?:-- (?:MySQL|MariaDB|phpMyAdmin SQL) [Dd]ump|--\n-- PostgreSQL|(?:PRAGMA|CREATE TABLE|INSERT INTO) )"
)
STARTS: Final = (
    (ADDRESSES.fullmatch, ("list of addresses", "`newslake fetch` gets them")),
    # Of Windows and of Linux.
    (re.compile(rb"\s*\[(?:InternetShortcut|DEFAULT|Desktop Entry)\]\s*\n").match, ("shortcut", FETCH)),
    (re.compile(rb"version https://git-lfs").match, ("pointer of Git LFS", "`git lfs pull` gets the file")),
    (SQL.match, ("SQL dump", "export the table with the pages as CSV or JSON")),
    (re.compile(rb"\s*<!doctype netscape-bookmark-file", re.IGNORECASE).match, ("bookmarks", LISTS)),
    (
        re.compile(rb" CDX [\w ]{1,99}\n|[\w,:-]{1,253}\)/\S{0,2000} \d{14} ").match,
        ("CDX index", "give the WARC files that it lists"),
    ),
)


def kind_of_no_page(head: bytes) -> tuple[str, str] | None:
    """What a text is that begins like none of a page, and why it is none; None where it may be one."""
    if is_mail(head):
        return "mail", "open it, and save the page that it leads to"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if told := next((kind for begins, kind in STARTS if begins(text)), None):
        return told
    root = ROOT.match(head)
    if root is None:
        return None
    name = root[1].decode("latin-1").lower()
    is_xml = head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<?xml") and not TAG.match(f"<{name} ")
    return KINDS.get(name) or (("XML", "no page in HTML") if is_xml else None)
