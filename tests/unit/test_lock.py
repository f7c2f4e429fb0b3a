"""requirements.lock is what a person installs: whole, portable, and what pyproject.toml asks for."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

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


def runtime_imports(node: ast.AST) -> Iterator[str]:
    """Top-level names of the modules that code imports when it runs, wherever the import stands."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").partition(".")[0]
    elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for statement in node.orelse:
            yield from runtime_imports(statement)
    else:
        for child in ast.iter_child_nodes(node):
            yield from runtime_imports(child)


def undeclared(source: str, declared: set[str]) -> set[str]:
    """Modules of libraries that a file imports although the project does not ask for them itself."""
    libraries = set(runtime_imports(ast.parse(source))) - set(sys.stdlib_module_names) - set(PACKAGES)
    normal = {module: {name.lower().replace("_", "-") for name in names} for module, names in DISTRIBUTIONS.items()}
    return {module for module in libraries if not normal.get(module, set()) & declared}


DISTRIBUTIONS = packages_distributions()
DECLARED = {Requirement(line).name for line in PROJECT["dependencies"]}


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_asked_for_not_come_by_through_another_library(package: str) -> None:
    found = {path.name: undeclared(path.read_text("utf-8"), DECLARED) for path in (ROOT / package).rglob("*.py")}
    assert {name: modules for name, modules in found.items() if modules} == {}
