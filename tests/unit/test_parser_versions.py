"""A parser whose output changes has another version: `reparse --outdated` finds rows by that alone."""

import pytest

from parsers.registry import sources
from tests.parser_versions import changed, present, recorded


@pytest.mark.parametrize("name", sources())
def test_output_changes_only_with_the_version(name: str) -> None:
    version = sources()[name].version
    known = recorded(name).get(str(version))
    assert known, f"version {version} of {name} is not written down: run `python -m tests.parser_versions`"
    other = changed(name, version)
    assert not other, f"{name} gives something else on {other}: raise `version` in parsers/sources/{name}.py"
    added = sorted(present(name).keys() - known.keys())
    assert not added, f"{added} are not written down: run `python -m tests.parser_versions`"


@pytest.mark.parametrize("name", sources())
def test_versions_only_rise(name: str) -> None:
    assert sources()[name].version == max(map(int, recorded(name)))
