"""The language of pages of unknown sites that state none."""

import pytest

from parsers.fields.languages import language_of
from parsers.parse import parse
from tests.captures import article_of, html_capture

TEXTS = {
    "en": "The ferry between the two banks of the river sails again from Tuesday, eleven weeks after a log damaged it.",
    "de": "Die Fähre zwischen den beiden Ufern des Flusses fährt ab Dienstag wieder, elf Wochen nach dem Schaden.",
    "tr": "Nehrin iki yakası arasındaki vapur on bir hafta sonra salı günü yeniden sefere başlıyor.",
    "ru": "Паром между двумя берегами реки снова пойдёт со вторника как сообщил порт.",
    "ja": "川の両岸を結ぶ渡し船は、流木で舵が壊れてから十一週間ぶりに再び運航される。" * 3,
}  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
def test_words_tell_the_language(code: str) -> None:
    assert language_of(f"{TEXTS[code]} {TEXTS[code]}") == code


@pytest.mark.parametrize("text", ["", "Ferry sails", "1 2 3 " * 60], ids=["none", "few", "numbers"])
def test_what_is_not_certain_is_not_said(text: str) -> None:
    assert language_of(text) is None


def test_page_speaks_first_and_the_words_only_if_it_is_silent() -> None:
    body = (
        f"<body><article><h1>Die Fähre fährt wieder</h1><p>{TEXTS['de']}</p><p>{TEXTS['de']} Noch einmal.</p></article>"
    )
    silent = parse(html_capture(f"<!doctype html><title>Die Fähre fährt wieder</title>{body}"), generic=True)
    stated = parse(html_capture(f"<!doctype html><html lang=de-AT><title>Die Fähre</title>{body}"), generic=True)
    assert (article_of(silent).language, article_of(stated).language) == ("de", "de-AT")
