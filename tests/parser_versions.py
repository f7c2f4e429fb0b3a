"""What each version of each parser gives on the fixtures: `tests/fixtures/sources/<source>/versions.json`.

`tests/fixtures/generic.json` is the same of the generic reader, on the pages of all sources.

Lakes are rebuilt by parser version (`newslake reparse --outdated`), so a parser whose output changes under the same
version leaves rows behind that nobody finds. After raising `version` in a source (or `GENERIC_CHANGES` for the generic
reader), or after adding a fixture:

    python -m tests.parser_versions
"""

import json
from dataclasses import replace
from pathlib import Path

from infra.authoring.cases import VERSIONS, Digests, capture_of, digest_of, plain, write_digests
from parsers.generic.reader import WEB
from parsers.parse import parse
from parsers.registry import sources
from parsers.source.definition import GENERIC_CHANGES
from tests.source_cases import CASES, FIXTURES, outcome_of

GENERIC = FIXTURES.parent / "generic.json"


def recorded(source: str) -> Digests:
    return _read(_path(source))


def _read(path: Path) -> Digests:
    digests: Digests = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return digests


def present(source: str) -> dict[str, str]:
    """Case -> digest of what the parser gives now; its version, which may be raised for other pages, is left out."""
    return {case.name: _digest(case) for case in CASES if case.parent.name == source}


def with_cases() -> list[str]:
    """Sources with a page of their own; others are read by the generic reader alone, which has its own cases."""
    return sorted({case.parent.name for case in CASES})


def _digest(case: Path) -> str:
    return digest_of(outcome_of(case))


def _path(source: str) -> Path:
    return FIXTURES / source / VERSIONS


def changed(source: str, version: int) -> list[str]:
    """Cases on which the parser gives something else than what is written down for that version."""
    found = present(source)
    known = recorded(source).get(str(version), {})
    return [case for case, digest in known.items() if found.get(case, digest) != digest]


def generic() -> dict[str, str]:
    """Case -> digest of what the generic reader makes of its page now."""
    pages = [case for case in CASES if (case / "page.html").exists()]
    read = {case: parse(replace(capture_of(case), source=WEB)) for case in pages}
    return {f"{case.parent.name}/{case.name}": digest_of(plain(outcome)) for case, outcome in read.items()}


def changed_generically() -> list[str]:
    """Cases on which the generic reader gives something else than is written down for its number."""
    found, known = generic(), _read(GENERIC).get(str(GENERIC_CHANGES), {})
    return [case for case, digest in known.items() if found.get(case, digest) != digest]


def record() -> None:
    """Write down what the present versions give, unless one gives something else than before."""
    if changed_generically():
        raise SystemExit(f"the generic reader gives something else as number {GENERIC_CHANGES}: raise GENERIC_CHANGES")
    write_digests(GENERIC, {str(GENERIC_CHANGES): generic()})
    for name in with_cases():
        source = sources()[name]
        if changed(name, source.parser_version):
            raise SystemExit(f"{name} gives something else as version {source.parser_version}: raise that first")
        digests = recorded(name)
        digests[str(source.parser_version)] = present(name)
        write_digests(_path(name), digests)


if __name__ == "__main__":
    record()
