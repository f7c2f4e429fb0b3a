"""Programs of Debian that some tests drive: `.ci/run` installs them all, a newcomer need not."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(program: str, package: str, otherwise: str = "") -> NoReturn:
    """Skip a test for want of a program; fail it in CI, which promises to have it."""
    told = f"no {program} here: install Debian's `{package}` {otherwise}".rstrip()
    if os.environ.get("NEWSLAKE_REQUIRE_PROGRAMS") == "1":
        pytest.fail(told)
    pytest.skip(told)


def require(program: str, package: str) -> str:
    return shutil.which(program) or missing(program, package)
