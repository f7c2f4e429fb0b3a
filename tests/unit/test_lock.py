"""requirements.lock is what a person installs: it must be whole, portable, and what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]

# Nothing but `name==version`, and a marker where one is needed: no address, hash, path or option.
PORTABLE = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.]*( ; [^#@/\\]+)?")


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_holds_a_version_that_the_project_allows(asked: Requirement) -> None:
    locked = [line.partition(" ;")[0].partition("==") for line in LOCK]
    versions = [version for name, _, version in locked if name == asked.name.lower().replace("_", "-")]
    assert versions
    assert all(asked.specifier.contains(version) for version in versions)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("fastapi", "0.151.0"),  # `prefect deploy` is refused with 422
        ("fastapi", "0.155.0"),  # Prefect's server does not import
        ("sqlalchemy", "2.1.0"),  # the scheduler makes no runs, silently
        ("prefect", "3.8.7"),
        ("prefect", "3.10.0"),
    ],
)
def test_versions_that_break_prefect_are_shut_out(name: str, broken: str) -> None:
    (asked,) = [requirement for requirement in ASKED if requirement.name == name]
    assert not asked.specifier.contains(broken)


def test_the_lock_installs_anywhere() -> None:
    assert [line for line in LOCK if not PORTABLE.fullmatch(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "-e .",
        "requests",
        "requests>=2",
        "requests==2.34.2 --hash=sha256:00",
        "requests @ https://mirror.example/requests.whl",
        "requests==2.34.2 ; # via https://mirror.example",
        "./requests-2.34.2.whl",
        "# made on my machine",
    ],
)
def test_a_line_that_ties_the_lock_to_a_machine_is_found(line: str) -> None:
    assert PORTABLE.fullmatch(line) is None
