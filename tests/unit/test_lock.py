"""requirements.lock is what a person installs: whole, portable, and what pyproject.toml asks for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]

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


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_asked_for_not_come_by_through_another_library(package: str) -> None:
    declared = {Requirement(line).name for line in PROJECT["dependencies"]}
    known = {*PACKAGES, *sys.stdlib_module_names, "compression"}  # the last is in the library since Python 3.14
    known |= {
        module for module, names in packages_distributions().items() if declared & {*map(canonicalize_name, names)}
    }
    found = {path.name: imported(path.read_text("utf-8")) - known for path in (ROOT / package).rglob("*.py")}
    assert {name: modules for name, modules in found.items() if modules} == {}
