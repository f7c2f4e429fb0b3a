"""The rules of docs/architecture.md that no linter knows, each shown to catch what it forbids."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("flows", "infra", "parsers")  # each may import itself and what stands after it
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50  # docstring not counted
BANNED_NAMES = {"common", "data", "handle", "helper", "helpers", "item", "manager", "misc", "process", "util", "utils"}

# Pure modules of the standard library. `datetime` and `zoneinfo` give types; the clock is caught by its calls.
PURE_STDLIB = frozenset(
    {
        "abc",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "codecs",
        "collections",
        "collections.abc",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "email.utils",
        "enum",
        "functools",
        "hashlib",
        "heapq",
        "html",
        "html.entities",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "statistics",
        "string",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "xml.sax",
        "xml.sax.handler",
        "zlib",
        "zoneinfo",
    }
)
PURE_LIBRARIES = {"ada_url", "defusedxml", "feedparser", "orjson", "selectolax", "typing_extensions", "webencodings"}
FINDS_SOURCES = "parsers/registry.py"  # the one file that imports modules by name
IMPORT_BY_NAME = {"importlib", "pkgutil"}
IMPURE_CALLS = {"__import__", "breakpoint", "eval", "exec", "input", "open", "print"}
CLOCK_CALLS = {"now", "today", "utcnow"}


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import, wherever it stands; `from a import b` is `a`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def import_faults(path: str, tree: ast.AST) -> Iterator[str]:
    """Imports against the direction flows -> infra -> parsers, of Prefect outside flows, of tests, or relative ones."""
    layer = path.split("/", 1)[0]
    forbidden = {*LAYERS[: LAYERS.index(layer)], "tests", "bench", ""}
    if layer != "flows":
        forbidden.add("prefect")
    for line, module in imported_modules(tree):
        top = module.split(".", 1)[0]
        if top in forbidden or top.startswith("prefect_"):
            yield f"{path}:{line}: {layer} must not import {module}"


def purity_faults(path: str, tree: ast.AST) -> Iterator[str]:
    """What parsers/ may not do: import anything impure, open files, print, ask the clock."""
    if not path.startswith("parsers/"):
        return
    allowed = PURE_STDLIB | (IMPORT_BY_NAME if path == FINDS_SOURCES else set())
    for line, module in imported_modules(tree):
        top = module.split(".", 1)[0]
        if module not in allowed and top not in PURE_LIBRARIES and top not in LAYERS:
            yield f"{path}:{line}: parsers must not import {module}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
                yield f"{path}:{node.lineno}: parsers must not call {called.id}()"
            elif isinstance(called, ast.Attribute) and called.attr in CLOCK_CALLS | {"open"}:
                yield f"{path}:{node.lineno}: parsers must not call .{called.attr}()"


def size_faults(path: str, tree: ast.AST, lines: int) -> Iterator[str]:
    """Files and functions too long to be read at one sitting."""
    if lines > MAX_FILE_LINES:
        yield f"{path}: {lines} lines, at most {MAX_FILE_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                docstring = node.body[0]
                length -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name}() has {length} lines, at most {MAX_FUNCTION_LINES}"


def name_faults(path: str) -> Iterator[str]:
    """Module names that say nothing of what is in them."""
    stated = path.removesuffix(".py").replace("data_dictionary", "dictionary")  # the term of the field
    words = {word for part in stated.split("/") for word in part.split("_")}
    for word in sorted(words & BANNED_NAMES):
        yield f"{path}: a module called '{word}' says nothing of what is in it"


def faults(path: str, source: str) -> list[str]:
    """All faults of one file; `path` is relative to the repository, with slashes."""
    tree = ast.parse(source)
    return [
        *import_faults(path, tree),
        *purity_faults(path, tree),
        *size_faults(path, tree, len(source.splitlines())),
        *name_faults(path),
    ]


MODULES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def test_every_layer_is_looked_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_keeps_to_the_architecture(path: Path) -> None:
    assert faults(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) == []


LONG_BODY = "\n".join("    x = 1" for _ in range(MAX_FUNCTION_LINES))
IMPURE_EXAMPLES = (
    *("asyncio", "http.client", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("shutil", "socket", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request"),
    *("boto3", "pyarrow", "pydantic_settings", "requests"),
)
BAD = [
    ("parsers/x.py", "import infra.lake.lake", "parsers must not import infra.lake.lake"),
    ("parsers/x.py", "from flows import cli", "parsers must not import flows"),
    ("infra/x.py", "from flows.cli import main", "infra must not import flows.cli"),
    ("infra/x.py", "def f():\n    import prefect", "infra must not import prefect"),
    ("infra/x.py", "from prefect.artifacts import x", "infra must not import prefect.artifacts"),
    ("flows/x.py", "import tests.browser", "flows must not import tests.browser"),
    ("infra/x.py", "from . import errors", "infra must not import ."),
    *(("parsers/x.py", f"import {module}", f"parsers must not import {module}") for module in IMPURE_EXAMPLES),
    ("parsers/x.py", "from os import environ", "parsers must not import os"),
    ("parsers/sources/x.py", "def f():\n    import time", "parsers must not import time"),
    ("parsers/x.py", "open('a')", "parsers must not call open()"),
    ("parsers/x.py", "codecs.open('a')", "parsers must not call .open()"),
    ("parsers/x.py", "print(1)", "parsers must not call print()"),
    ("parsers/x.py", "from datetime import *\ndatetime.now(UTC)", "must not call .now()"),
    ("parsers/x.py", "datetime.datetime.utcnow()", "must not call .utcnow()"),
    ("parsers/x.py", "date.today()", "must not call .today()"),
    ("infra/x.py", "\n" * (MAX_FILE_LINES + 1), "401 lines, at most 400"),
    ("infra/x.py", f"def f():\n{LONG_BODY}", "f() has 51 lines, at most 50"),
    ("infra/x.py", f"class A:\n  async def f():\n{LONG_BODY}", "f() has 51 lines, at most 50"),
    ("infra/utils.py", "", "'utils' says nothing"),
    ("infra/store_manager.py", "", "'manager' says nothing"),
    ("flows/helpers/x.py", "", "'helpers' says nothing"),
]


@pytest.mark.parametrize(("path", "source", "fault"), BAD, ids=lambda value: str(value)[:40])
def test_what_the_architecture_forbids_is_found(path: str, source: str, fault: str) -> None:
    found = faults(path, source)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("flows/x.py", "import prefect, infra.lake.lake, parsers.record.article, os"),
        ("infra/x.py", "import os, pathlib, boto3\nfrom parsers.record.capture import Capture\nprint(open('a'))"),
        ("parsers/x.py", "import re, orjson\nfrom selectolax.lexbor import LexborHTMLParser\nfrom parsers import urls"),
        ("parsers/registry.py", "import importlib, pkgutil"),
        ("infra/x.py", f'def f():\n    """One.\n\n    More.\n    """\n{LONG_BODY[10:]}'),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_the_architecture_allows_passes(path: str, source: str) -> None:
    assert faults(path, source) == []


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    """What a new process has loaded after the import; 'newslake parse --help' must answer in half a second."""
    heavy = (
        "{'boto3', 'botocore', 'duckdb', 'matplotlib', 'numpy', 'pandas', 'polars', 'prefect', 'pyarrow', 'sqlalchemy'}"
    )
    code = f"import sys, flows.cli; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
