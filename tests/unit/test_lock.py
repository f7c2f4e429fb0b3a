"""requirements.lock is what a person installs: whole, portable, and what pyproject.toml asks for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import distribution, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASKED = [
    asked
    for asked in map(Requirement, (*PROJECT["dependencies"], *EXTRAS["otel"], *EXTRAS["dask"], *EXTRAS["dev"]))
    if asked.name != PROJECT["name"]  # an extra that takes in another one
]

# Nothing but `name==version`, and a marker where one is needed: no address, hash, path or option.
PORTABLE = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*( ; [^#@/\\]+)?")

BREAK_PREFECT = {
    "fastapi": ("0.151.0", "0.155.0"),  # `prefect deploy` is refused with 422; the server does not import
    "sqlalchemy": ("2.1.0",),  # the scheduler makes no runs, silently
    "prefect": ("3.8.7", "3.10.0"),
}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_holds_a_version_that_the_project_allows(asked: Requirement) -> None:
    locked = [line.partition(" ;")[0].partition("==") for line in LOCK]
    versions = [version for name, _, version in locked if name == asked.name.lower().replace("_", "-")]
    assert versions
    assert all(asked.specifier.contains(version) for version in versions)
    assert not [version for version in BREAK_PREFECT.get(asked.name, ()) if asked.specifier.contains(version)]


def test_the_lock_installs_anywhere() -> None:
    assert [line for line in LOCK if not PORTABLE.fullmatch(line)] == []


def test_the_lock_of_the_image_is_that_of_the_tests_without_their_tools_and_with_hashes() -> None:
    text = (ROOT / "infra/deployment/image.lock").read_text("utf-8").replace(" \\\n", "")
    locked = dict(line.split("    --hash=", 1) for line in text.splitlines())
    assert set(locked) < set(LOCK)
    assert all("sha256:" in hashes for hashes in locked.values())
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["otel"]]
    assert needed_by(wanted) <= {name_of(line) for line in locked}
    assert not {"pytest", "ruff", "moto"} & {name_of(line) for line in locked}


def needed_by(lines: list[str]) -> set[str]:
    """The distributions here that requirements ask for, and those that these ask for, and so on."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        asked = waiting.pop()
        for extra in {"", *asked.extras}:
            if (name := canonicalize_name(asked.name)) + extra in found or not applies(asked, ""):
                continue
            found.add(name + extra)
            waiting += [each for each in map(Requirement, requires(name) or []) if applies(each, extra)]
    return {name for name in found if name in {name_of(line) for line in LOCK}}


def applies(asked: Requirement, extra: str) -> bool:
    return asked.marker is None or asked.marker.evaluate({"extra": extra})


def name_of(line: str) -> str:
    return line.partition("==")[0]


PACKAGES = ("flows", "infra", "parsers")


def imported(source: str) -> set[str]:
    """Top-level names of the modules that a file imports when it runs."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_what_is_imported_is_asked_for_not_come_by_through_another_library() -> None:
    """What an extra brings is imported only where somebody asks for it: tests/unit/test_telemetry.py."""
    asked = (*PROJECT["dependencies"], *EXTRAS["otel"], *EXTRAS["dask"])
    declared = {Requirement(line).name for line in asked}
    known = {*PACKAGES, *sys.stdlib_module_names, "compression"}  # the last is in the library since Python 3.14
    files = (file for name in declared for file in distribution(name).files or ())
    known |= {file.parts[0].removesuffix(".py") for file in files}
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found = {str(path): imported(path.read_text("utf-8")) - known for path in paths}
    assert {name: modules for name, modules in found.items() if modules} == {}
