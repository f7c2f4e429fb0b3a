"""Names in bylines: `By Jane Doe and John Roe` gives two people."""

import re

from parsers.fields.characters import clean, unique
from parsers.fields.datelines import AGENCIES

# "By" and "text by" in the languages of news pages.
_BY = (
    r"(?:(?:written|reporting|reported|words|story|text|photos?|posted) )?by\b|texto?\b|testo\b|tekste?r?\b|teksti\b"
    r"|autor(?:in|es|a|ka)?\b|auteure?\b|autore\b|författare\b|forfatter\b|kirjoittaja\b|toimittaja\b|szerző\b|írta\b"
    r"|yazar\b|yazan\b|haber\b|penulis\b|oleh\b|tác giả\b|(?:écrit|publié|recueilli) par\b|escrito por\b"
    r"|scritto da\b|geschrieben von\b|skrevet av\b|skrevet af\b|skriven av\b|автор(?:ы|и|ка)?\b|текст\b|مؤلف|الكاتب"
    r"|بقلم|كتبت?(?=\s)|نویسنده|מאת|συντάκτης\b|लेखक|ผู้เขียน"
)
_BY_OR_OF = r"(?:von|par|por|di|da|door|av|af|od|przez|от|від|από|του)\b"  # names begin with these too: Di Maio
_BYLINE_PREFIX = re.compile(rf"^(?:{_BY}|{_BY_OR_OF})(?:[:：\s]+|$)", re.I)
_NAME_PREFIX = re.compile(rf"^(?:(?:{_BY})[:：\s]+|{_BY_OR_OF}(?::|(?=\s\S+\s\S))\s*)", re.I)
# "Reporter" before and after names in East Asia: `本报记者 张三`, `文/张三`, `山田太郎記者`, `홍길동 기자`.
_CJK_BEFORE = re.compile(
    r"^(?:(?:本报|本報|特约|特約|见习|見習)?(?:记者|記者|通讯员|通訊員)|(?:责任)?编辑|(?:責任)?編輯|作者|撰文|来源|來源|文|글|기자)(?:[:：/／]\s*|\s+)"
)
_CJK_AFTER = re.compile(r"\s*(?:\S*기자|특파원|논설위원|記者|记者|特派員|編集委員|論説委員)$")
# A capital between two names is an initial: `Michael E Mann`.
_SEPARATORS = re.compile(
    r"\s*(?:[,;|/·•，、；،؛／｜]|\s&\s|\s(?:and|AND|und|UND|et|ET|y|e|og|och|en|i|a|и|і|та|ja|és|és|și|ve|dan|và|και|و|और|と)\s)\s*"
)


def split_names(byline: str) -> tuple[str, ...]:
    """The names in a byline, in order, each once, without the word before them (`By`, `Von` …).

    Commas separate names: a source whose bylines add a title or an employer after a comma should select the names
    themselves (`Layout.authors`).
    """
    return unique([_bare(name) for name in _SEPARATORS.split(_bare(_BYLINE_PREFIX.sub("", clean(byline))))])


def _bare(name: str) -> str:
    """A name without the word for "reporter" that East Asia puts beside it."""
    return clean(_CJK_AFTER.sub("", _CJK_BEFORE.sub("", name)))


MAX_WORDS = 4  # longer parts of bylines name posts, publishers or places; particles (`de la`) aside
# The longer first, which hold the shorter.
_AGENCY_NAMES = {
    "Australian Associated Press": "AAP",
    "Associated Press": "AP",
    "Agence France-Presse": "AFP",
    "Deutsche Presse-Agentur": "dpa",
    "PA Media": "PA",
    "Press Association": "PA",
    "Press Trust of India": "PTI",
}
# Words that follow a name, or name a desk or a publisher, and are never part of a person's name.
_NO_PERSON = re.compile(
    r"\b(?:agenc(?:y|ies)|agence|agentur|agencia|analyst|associate|associated|board|broadcasting|bureau|chief|"
    r"columnist|commentator|contributors?|contributing|correspondents?|correspondant|daily|desk|director|"
    r"editor(?:s|ial)?|freelance|head|institute|journalists?|journaliste|magazine|media|minister|ministry|network|"
    r"news|newsroom|online|post|president|presse?|producer|profess?or\w*|radio|redacción|redaktion|redakteur(?:in)?|"
    r"reporters?|reporting|rédaction|special|staff|team|times|tribune|university|writers?)\b"
    r"|@|\w\.[a-z]{2,3}$|\b(?:редакция|корреспондент|агентство)|연합뉴스|新华社|新華社|共同通信|時事通信",
    re.I,
)
_PLACE = re.compile(r"\s(?:in|at|for|reporting from)\s+[^\W\d_a-z].*$|\s*\([^()]*\)$")  # `Jane Doe in Bonn`, `(AP)`


def split_people(text: str) -> tuple[str, ...]:
    """The people in a text that may be one name or a whole byline, without the posts and houses after their names.

    Semicolons always split it; all else only if every part reads as a name, or follows names as a post or house, or as
    one word, which may be a name or a place. A name has two to four words, the first and the last capitalised (`Nidal
    al-Amin`), or one word in a script without capitals. So `Marsh, Fenn and Partners` stays whole, and so does a house
    alone.
    """
    return unique(name for part in text.split(";") for name in _split_part(part))


def _split_part(text: str) -> tuple[str, ...]:
    names = [_PLACE.sub("", name) for name in split_names(text)]
    people = [name for name in names if _is_name(name)]
    if people and names[0] == people[0] and all(_is_name(name) or _is_house(name) or _is_word(name) for name in names):
        return unique(name for name in names if _is_name(name) or not _is_house(name))
    return unique([strip_prefix(text)])


def people_of(byline: str) -> tuple[str, ...]:
    """The people whom a byline names, without their places: `Jane Doe in Bonn and agencies` gives `Jane Doe`."""
    return unique(_PLACE.sub("", name) for name in split_names(byline) if not is_desk(name))


def is_desk(name: str) -> bool:
    """Whether a name is that of an agency, a desk or a post, and of no person."""
    return name in AGENCIES or bool(_NO_PERSON.search(name))


def agency_of(byline: str) -> str | None:
    """The agency that a byline names, by its short form."""
    named = (short for name, short in _AGENCY_NAMES.items() if name in byline)
    return next(named, None) or next((name for name in split_names(byline) if name in AGENCIES), None)


def _is_house(text: str) -> bool:
    return text.isupper() or is_desk(text)


def _is_word(text: str) -> bool:
    return text.isalpha() and text[0].isupper()


def _is_name(text: str) -> bool:
    words = text.split()
    if not words or text in AGENCIES or _NO_PERSON.search(text) or any(map(str.isdigit, text)):
        return False
    if len(words) == 1:
        return text[0].isalpha() and text[0].upper() == text[0].lower()
    named = [word for word in words if not word.islower()]
    return len(named) <= MAX_WORDS and not words[0].islower() and not words[-1].islower()


def strip_prefix(name: str) -> str:
    """One name without the word before it: `By Jane Doe` gives `Jane Doe`, `Di Maio` stays."""
    return _bare(_NAME_PREFIX.sub("", clean(name)))
