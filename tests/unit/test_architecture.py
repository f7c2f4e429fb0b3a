"""The rules of docs/architecture.md that no linter knows."""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("architecture")  # all files are parsed once
ROOT = Path(__file__).parents[2]
LAYERS = ("flows", "infra", "parsers")  # each may import itself and what stands after it
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50  # docstring not counted
MAX_ROOMS = 8  # files and folders on one floor of a folder: more are a list that nobody reads
# Many of one kind: a file a source, a file a publishing system, a file a command.
LISTS = ("parsers.sources", "parsers.sources.families", "flows.commands")
BANNED_NAMES = {"common", "data", "handle", "helper", "helpers", "item", "manager", "misc", "process", "util", "utils"}

# What parsers/ may use of the standard library. `datetime` and `zoneinfo` give types; the clock is caught by its calls.
PURE_STDLIB = {
    *("codecs", "collections", "collections.abc", "dataclasses", "datetime", "email.utils", "enum", "functools"),
    *("hashlib", "html", "itertools", "json", "math", "operator", "re", "statistics", "types", "typing", "unicodedata"),
    *("html.entities", "tomllib", "urllib.parse", "zlib", "zoneinfo"),
}
PURE_LIBRARIES = {"ada_url", "orjson", "py3langid", "selectolax", "typing_extensions", "webencodings"}
FINDS_SOURCES = "parsers/registry.py"  # the one file that lists folders and loads modules that nobody names
LOAD_BY_FILE = {"importlib.util", "pathlib", "pkgutil", "sys"}
READS_WORDS = "parsers/fields/words.py"  # the one file that reads a file of its own package
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
    allowed = PURE_STDLIB | {FINDS_SOURCES: LOAD_BY_FILE, READS_WORDS: {"pkgutil"}}.get(path, set())
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
    stated = path.removesuffix(".py").replace("data_dictionary", "dictionary")  # the term of the field
    words = {word for part in stated.split("/") for word in part.split("_")}
    for word in sorted(words & BANNED_NAMES):
        yield f"{path}: a module called '{word}' says nothing of what is in it"


Imports = list[tuple[str, int, str]]  # path of the importing file, line, imported module or package


def package_of(path: str) -> str:
    """The folder of a file, dotted: what it belongs to when imports are counted by package."""
    return path.rpartition("/")[0].replace("/", ".")


def imports_between(files: Mapping[str, ast.AST]) -> Imports:
    """Imports of the project's own files, wherever they stand: in functions and under TYPE_CHECKING, too."""
    modules = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files}
    found = []
    for path, tree in files.items():
        for node in ast.walk(tree):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                whole = [f"{node.module}.{alias.name}" for alias in node.names]
                names = [name if name in modules else node.module for name in whole]
            found += [(path, getattr(node, "lineno", 0), name) for name in names if name in modules]
    return found


def circles(edges: dict[tuple[str, str], str]) -> list[str]:
    """A circle of a graph, each arrow by the import that draws it."""
    below: dict[str, set[str]] = {}
    for tail, head in edges:
        below.setdefault(tail, set()).add(head)
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        return [edges[tail, head] for head, tail in pairwise(error.args[1])]
    return []


def package_faults(files: Mapping[str, ast.AST]) -> list[str]:
    packages = {package_of(path) for path in files}
    edges = {}
    for path, line, module in imports_between(files):
        tail, head = package_of(path), module if module in packages else module.rpartition(".")[0]
        if tail != head:
            edges[tail, head] = f"{path}:{line}: imports {module}, which leads back to {tail}"
    return circles(edges)


def room_edges(files: Mapping[str, ast.AST]) -> dict[str, dict[tuple[str, str], str]]:
    """By folder: imports between what lies in it, a folder being one room."""
    floors: dict[str, dict[tuple[str, str], str]] = {}
    for path, line, module in imports_between(files):
        tail = path.removesuffix(".py").removesuffix("/__init__").split("/")
        head = module.split(".")
        shared = next((n for n, (one, other) in enumerate(zip(tail, head, strict=False)) if one != other), None)
        if shared is not None:
            rooms = ".".join(tail[: shared + 1]), ".".join(head[: shared + 1])
            floors.setdefault(".".join(tail[:shared]), {})[rooms] = f"{path}:{line}: imports {module}"
    return floors


def floor_faults(files: Mapping[str, ast.AST]) -> list[str]:
    """Rooms of a folder that import each other in a circle, and floors with too many rooms.

    A room stands one floor above the highest of those that it imports.
    """
    edges = room_edges(files)
    found = [f"{told}, which leads back" for folder in sorted(edges) for told in circles(edges[folder])]
    if found:
        return found
    for folder, rooms in rooms_of(files).items():
        if folder.startswith(LISTS):
            continue
        below = {room: {head for tail, head in edges.get(folder, {}) if tail == room} for room in rooms}
        floors: dict[int, list[str]] = {}
        for room in rooms:
            floors.setdefault(_floor(room, below), []).append(room)
        found += [
            f"{folder}: {len(names)} rooms on floor {floor}, at most {MAX_ROOMS}: {', '.join(sorted(names))}"
            for floor, names in sorted(floors.items())
            if len(names) > MAX_ROOMS
        ]
    return found


def rooms_of(files: Mapping[str, ast.AST]) -> dict[str, set[str]]:
    rooms: dict[str, set[str]] = {}
    for path in files:
        names = path.removesuffix(".py").split("/")
        for depth in range(1, len(names)):
            if names[depth] != "__init__":
                rooms.setdefault(".".join(names[:depth]), set()).add(".".join(names[: depth + 1]))
    return rooms


def _floor(room: str, below: dict[str, set[str]]) -> int:
    return 1 + max((_floor(other, below) for other in below[room]), default=0)


def faults(path: str, tree: ast.AST) -> list[str]:
    """All faults of one file; `path` is relative to the repository, with slashes."""
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    return [*import_faults(path, tree), *purity_faults(path, tree), *size_faults(path, tree, lines), *name_faults(path)]


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.AST]:
    paths = (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_packages_import_in_one_direction(trees: dict[str, ast.AST]) -> None:
    assert package_faults(trees) == []


def test_what_lies_in_one_folder_imports_in_one_direction_with_few_rooms_on_a_floor(trees: dict[str, ast.AST]) -> None:
    assert floor_faults(trees) == []


def test_modules_keep_to_the_architecture(trees: dict[str, ast.AST]) -> None:
    assert [each for path, tree in trees.items() for each in faults(path, tree)] == []
