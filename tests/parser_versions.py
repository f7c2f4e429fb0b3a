"""What each version of each parser gives on the fixtures: `tests/fixtures/sources/<source>/versions.json`.

Lakes are rebuilt by parser version (`newslake reparse --outdated`), so a parser whose output changes under the same
version leaves rows behind that nobody finds. After raising `version` in a source (or `GENERIC_CHANGES` for the generic
reader), or after adding a fixture:

    python -m tests.parser_versions
"""

import json
from pathlib import Path

from infra.authoring.cases import VERSIONS, Digests, digest_of, write_digests
from parsers.registry import sources
from tests.source_cases import CASES, FIXTURES, outcome_of


def recorded(source: str) -> Digests:
    """What is written down, empty for a new source."""
    digests: Digests = json.loads(path.read_text("utf-8")) if (path := _path(source)).exists() else {}
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


def record() -> None:
    """Write down what the present versions give, unless one gives something else than before."""
    for name in with_cases():
        source = sources()[name]
        if changed(name, source.parser_version):
            raise SystemExit(f"{name} gives something else as version {source.parser_version}: raise that first")
        digests = recorded(name)
        digests[str(source.parser_version)] = present(name)
        write_digests(_path(name), digests)


if __name__ == "__main__":
    record()
