"""The data dictionary is what the code says."""

import dataclasses

from docs.generate.data_dictionary import DICTIONARY, render
from infra.lake.rejects import Reject
from parsers.record.article import Article, Provenance
from parsers.record.outcome import RejectReason


def test_the_file_is_current() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == render(), "run `make docs`"


def test_it_names_every_column_and_every_reason() -> None:
    text = render()
    for record in (Article, Provenance, Reject):
        for field in dataclasses.fields(record):
            assert f"`{field.name}`" in text
    for reason in RejectReason:
        assert f"| `{reason.value}` | {reason.meaning} |" in text
