"""A page with its structure kept and every word replaced: no test may hold a publisher's text.

The same word becomes the same other word everywhere on a page, so that headline, metadata and address still agree. What
readers go by stays: months, the word before a byline, set phrases such as "Read more", kinds and types in metadata.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote
from zlib import crc32

import orjson

from parsers.fields.bylines import strip_prefix
from parsers.fields.characters import clean
from parsers.fields.datelines import AGENCIES
from parsers.fields.dates import from_visible
from parsers.fields.months import month_of
from parsers.fields.urls import host_of, on_hosts
from parsers.generic.phrases import is_aside
from parsers.page.decode import decode
from parsers.page.html import Node, Tree
from parsers.page.jsonld import load_jsonld
from parsers.reading.blocks import remove
from parsers.record.capture import Capture
from parsers.source.definition import Source

YEARS: Final = 4  # by which dates are put back: leap days stay days
_SECONDS: Final = YEARS * 365.25 * 86_400
_GONE: Final = "style, template, svg, object, script:not([type='application/ld+json' i]), link:not([rel~=canonical i])"
_TOKEN: Final = re.compile(
    r"https?://[^\s<>\"']+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]*\w"  # addresses
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:[\d:.]+(?: ?Z\b| ?[+-]\d\d:?\d\d)?)?"  # times for machines
    r"|\d+|[^\W\d_]+"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?=(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))?$)")  # or year, month, day in a row
_MOMENT: Final = re.compile(r"1\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970
_VOWELS: Final = frozenset("aeiouy")
_LONGEST_LINE: Final = 120  # characters of a byline or set phrase
_LONGEST_DATE: Final = 50  # that are little but a date
_PHRASE: Final = re.compile(r"[^:\n]{1,40}:|\W*\w+(?:\s+\w+)?")  # `Read more:`, or two words of a set phrase
_HOST: Final = re.compile(r"^(?:https?:)?//([^/?#]*)([^?#]*)(\?[^#]*)?", re.I)
_ADDRESS: Final = re.compile(r"^(?:https?:)?/|^\.\.?/|^\?|^#", re.I)
_SECTION: Final = re.compile(r"[a-z]{1,12}")  # a segment of a path that is no headline
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{2,5}$", re.I)
_IDENTIFIER: Final = re.compile(r"[A-Za-z][\w.]*(?:-\w+)?")  # longer ones may be headlines
_TERM: Final = re.compile(r"(?<!\S)(tag|category|author|topic)-\S+")  # which WordPress puts into class names
_SLUG: Final = re.compile(r"(?<!\S)(?:[^\W_]+-){5,}[^\W_]+(?!\S)")  # a headline, as a class or the id of a heading
_STAYING_ATTRIBUTES: Final = frozenset({
    "class", "id", "rel", "type", "role", "lang", "dir", "itemprop", "itemtype", "itemscope", "name", "property",
    "http-equiv", "charset", "width", "height", "hidden", "colspan", "rowspan", "aria-hidden", "open",
})  # fmt: skip
_STAYING_META: Final = frozenset({"og:type", "og:locale", "robots", "viewport", "article:content_tier", "twitter:card"})
_STAYING_KEYS: Final = frozenset({"@context", "@type", "inLanguage", "isAccessibleForFree", "cssSelector"})
_LONGEST_ATTRIBUTE: Final = 300  # characters; longer ones are data for scripts


def disguise(capture: Capture, source: Source) -> Capture:
    """A capture of the source in UTF-8 with every word, name, number, date and address replaced."""
    document = decode(capture.body, capture.http_charset).text
    words = Disguise(document, source.hosts)
    return Capture(
        _disguised_page(document, words).encode(),
        capture.media_type,
        capture.captured_at.replace(year=capture.captured_at.year - YEARS),
        capture.captured_at_basis,
        url=words.address(capture.url) if capture.url else None,
        source=source.name,
    )


def _disguised_page(document: str, words: "Disguise") -> str:
    tree = Tree(document)
    remove(tree, _GONE)
    for node in list(tree.root.traverse(include_text=True)) if tree.root else ():
        if node.tag == "-text":
            _hide_text(node, words)
        elif node.tag == "-comment":
            node.decompose()
        elif node.tag != "script":
            _hide_attributes(node, words)
    for node in tree.css("script"):
        loaded = load_jsonld(node.text())
        said = orjson.dumps(_hidden_value(loaded, words)).decode().replace("</", "<\\/") if loaded else "{"
        node.inner_html = said
    return tree.html or ""


class Disguise:
    """Other words for words, of the letters that a text has."""

    def __init__(self, text: str, hosts: tuple[str, ...]) -> None:
        """Take the letters of a text, and the hosts of its source."""
        self._hosts = hosts
        self._known: dict[str, str] = {}
        self._letters: dict[tuple[str, bool], list[str]] = {}
        for letter in sorted(set(text.lower())):
            if letter.isalpha() and len(letter.upper()) == 1:
                self._letters.setdefault(_class_of(letter), []).append(letter)

    def text(self, text: str) -> str:
        """A text with other words; a line that states a date still states one."""
        line = clean(text)
        if not line or len(line) > _LONGEST_LINE:
            return self.words(text)
        name = strip_prefix(line)
        start = max(0, text.find(name)) if line.endswith(name) else 0
        if is_aside(line, len(line), 1.0, marked=True):
            phrase = _PHRASE.match(text)
            start = max(start, phrase.end() if phrase else 0)
        said = text[:start] + self.words(text[start:])
        if len(line) <= _LONGEST_DATE and any(map(str.isdigit, line)) and from_visible(line, "UTC").at is not None:
            dated = _TOKEN.sub(lambda token: token[0] if token[0][0].isalpha() else self._token(token), text)
            said = said if from_visible(said, "UTC").at == from_visible(dated, "UTC").at else dated
        return said

    def words(self, text: str) -> str:
        """Each word and number replaced, whatever the text is."""
        return _TOKEN.sub(self._token, text)

    def address(self, url: str) -> str:
        """The address with an example host, and with other words in its path and query."""
        found = _HOST.match(url)
        host, path, query = (
            (found[1], found[2], found[3]) if found else ("", *url.partition("#")[0].partition("?")[::2])
        )
        path = "/".join(map(self._segment, path.split("/")))
        query = re.sub(r"(?<==)[^&]+", lambda value: quote(self.words(unquote(value[0]))), query or "")
        query = f"?{query.lstrip('?')}" if query else ""
        return f"https://{self._host(host)}{path}{query}" if found else f"{path}{query}"

    def _host(self, host: str) -> str:
        is_own = on_hosts(host_of(f"https://{host}/"), self._hosts)
        return f"{self.words(self._hosts[0].split('.')[0])}.example" if is_own else "elsewhere.example"

    def _segment(self, segment: str) -> str:
        suffix = _SUFFIX.search(segment)
        stem = unquote(segment[: suffix.start()] if suffix else segment)
        return segment if _SECTION.fullmatch(stem) else quote(self.words(stem)) + (suffix[0] if suffix else "")

    def _token(self, token: re.Match[str]) -> str:
        word = token[0]
        if "://" in word:
            return self.address(word)
        if "@" in word:
            return "someone@mail.example"
        if not word[0].isalpha():
            return _number(word) if word.isdigit() else f"{_number(word[:4])}{word[4:]}"
        if word not in self._known:
            self._known[word] = word if word in AGENCIES or month_of(word, "UTC") else self._word(word)
        return self._known[word]

    def _word(self, word: str) -> str:
        for salt in range(9):  # a word of few letters may come out as it was
            seed = f"{salt}{word.lower()}"
            other = "".join(self._letter(letter, crc32(f"{seed}{at}".encode())) for at, letter in enumerate(word))
            if other != word:
                return other
        return word

    def _letter(self, letter: str, seed: int) -> str:
        lower = letter.lower()
        known = self._letters.get(_class_of(lower)) if len(lower) == 1 else None
        if not known:
            return letter
        other = known[seed % len(known)]
        return other.upper() if letter.isupper() else other


def _class_of(letter: str) -> tuple[str, bool]:
    """Script, and whether it is a vowel of Latin: words can be told apart then."""
    return unicodedata.name(letter, "").partition(" ")[0], unicodedata.normalize("NFD", letter)[0] in _VOWELS


def _number(digits: str) -> str:
    """Another number of as many digits; numbers of two digits, which may be of dates and times, stay."""
    if len(digits) <= 2 or not digits.isascii() or not digits.isdigit():  # noqa: PLR2004
        return digits
    year = _YEAR.match(digits)
    if year:
        return f"{int(year[0]) - YEARS}{digits[year.end() :]}"
    if _MOMENT.fullmatch(digits):
        return str(int(int(digits) - _SECONDS * (1 if len(digits) == 10 else 1000)))  # noqa: PLR2004
    other = "".join(str(crc32(f"{digits}{at}".encode()) % 9 + 1) for at in range(len(digits)))
    return other if other != digits else other[::-1]


def _hide_text(node: Node, words: Disguise) -> None:
    parent = node.parent
    said = node.text_content or ""
    if parent is not None and parent.tag != "script" and not said.isspace():
        node.replace_with(words.text(said))


def _hide_attributes(node: Node, words: Disguise) -> None:
    attributes = node.attributes
    named = (attributes.get("name") or attributes.get("property") or "").lower()
    for name, value in attributes.items():
        # A quote too many makes the words of a text attributes, without values.
        is_word = not value and name not in _STAYING_ATTRIBUTES and not name.startswith("data-")
        if is_word or name.startswith("on") or (value and len(value) > _LONGEST_ATTRIBUTE and name != "content"):
            del node.attrs[name]
        elif value and not (node.tag == "meta" and (named in _STAYING_META or "http-equiv" in attributes)):
            node.attrs[name] = _hidden_attribute(name, value, words)


def _hidden_attribute(name: str, value: str, words: Disguise) -> str:
    if name == "class":
        value = _TERM.sub(lambda term: f"{term[1]}-{words.words(term[0][len(term[1]) + 1 :])}", value)
        return _SLUG.sub(lambda slug: words.words(slug[0]), value)
    if name == "style":
        return value if "url(" not in value else ""
    if name == "id":
        return _SLUG.sub(lambda slug: words.words(slug[0]), value)
    if name in _STAYING_ATTRIBUTES or (name.startswith("data-") and _IDENTIFIER.fullmatch(value)):
        return value
    if name.endswith("srcset"):
        return ", ".join(words.address(each.split()[0]) for each in value.split(",") if each.strip())
    return words.address(value) if _ADDRESS.match(value) else words.text(value)


def _hidden_value(value: Any, words: Disguise) -> Any:
    """A JSON-LD value with other words; keys and types stay."""
    if isinstance(value, Mapping):
        return {key: each if key in _STAYING_KEYS else _hidden_value(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [_hidden_value(each, words) for each in value]
    if isinstance(value, str):
        return words.address(value) if _ADDRESS.match(value) else words.text(value)
    return value
