"""What each version of each parser gives on the fixtures: `tests/fixtures/sources/<source>/versions.json`.

Lakes are rebuilt by parser version (`newslake reparse --outdated`), so a parser whose output changes under the same
version leaves rows behind that nobody finds. After raising `version` in a source, or after adding a fixture:

    python -m tests.parser_versions
"""

import hashlib
import json
from pathlib import Path

from parsers.registry import sources
from tests.source_cases import CASES, FIXTURES, outcome_of

# Its own number; and `completeness`, which says how much was kept: what was kept is in the digest itself.
_NO_OUTPUT = {"parser_version", "completeness"}
Digests = dict[str, dict[str, str]]  # version -> case -> digest of what that version gave


def recorded(source: str) -> Digests:
    """What is written down, empty for a new source."""
    digests: Digests = json.loads(path.read_text("utf-8")) if (path := _path(source)).exists() else {}
    return digests


def present(source: str) -> dict[str, str]:
    """Case -> digest of what the parser gives now; its version, which may be raised for other pages, is left out."""
    return {case.name: _digest(case) for case in CASES if case.parent.name == source}


def _digest(case: Path) -> str:
    # Without empty fields, so that a new column leaves the digests of sources that don't fill it as they are.
    outcome = {name: value for name, value in outcome_of(case).items() if name not in _NO_OUTPUT and value}
    return hashlib.sha256(json.dumps(outcome, sort_keys=True).encode()).hexdigest()[:16]


def _path(source: str) -> Path:
    return FIXTURES / source / "versions.json"


def changed(source: str, version: int) -> list[str]:
    """Cases on which the parser gives something else than what is written down for that version."""
    found = present(source)
    known = recorded(source).get(str(version), {})
    return [case for case, digest in known.items() if found.get(case, digest) != digest]


def record() -> None:
    """Write down what the present versions give, unless one gives something else than before."""
    for name, source in sources().items():
        if changed(name, source.version):
            raise SystemExit(f"{name} gives something else as version {source.version}: raise `version` first")
        digests = recorded(name)
        digests[str(source.version)] = present(name)
        _path(name).write_text(json.dumps(digests, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record()
