"""How well pages are read, on sets of real pages with expected values that lie beside the checkout, in `shared/`.

`python -m bench quality [SHARED]` writes docs/quality.md and docs/coverage.md, and raises tests/floors.json.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.pictures import PICTURES, score_pictures
from flows.commands.parse import read_case, read_cases
from flows.reports.explanation import outcome_as_json
from parsers.explain import Explanation
from parsers.parse import parse
from parsers.record.article import Article
from parsers.record.outcome import Outcome, Parsed

ROOT: Final = Path(__file__).parents[1]
SHARED: Final = ROOT.parent / "shared"
FLOORS: Final = ROOT / "tests" / "floors.json"
MAX_BYTES: Final = 10 << 20


@dataclass(frozen=True, slots=True)
class PageSet:
    """A set of pages, how it is read, and what others reach on the figures that are shown."""

    name: str
    folder: str
    generic: bool  # no source file is used
    figures: tuple[str, ...]
    others: str


SETS: Final = (
    PageSet("paper", "paper", False, ("F1", "P", "paragraph-match"), "Fundus 97.56, 99.96, 95.78"),
    PageSet(
        "publishers",
        "publishers",
        False,
        ("title", "publishing_date", "authors", "topics", "F1", "paragraph-match", *PICTURES),
        "these are Fundus' own records, reviewed",
    ),
    PageSet(
        "publishers-generic",
        "publishers",
        True,
        ("title", "publishing_date", "authors", "F1", *PICTURES),
        "trafilatura 2.3.1: 69, 94, 71, 94.8",
    ),
    PageSet(
        "unknown", "unknown", True, ("benchmark F1 (from mean P and R)",), "rs_trafilatura 97.50, trafilatura 96.5"
    ),
    PageSet("segments", "segments", True, ("P", "F1"), "trafilatura 2.3.1: 91.28, 92.89"),
)
_FIGURE: Final = re.compile(r"(?:(?:body|segments) +)?([A-Za-z_-][\w ()-]*?) +(\d+\.\d+)")
# What says something of every article; the others are identities and counts.
_FIELDS: Final = (
    *("title", "lead", "authors", "published_at", "modified_at", "section", "topics", "persons", "regions", "genre"),
    *("access", "images", "photo_credits", "agency", "dateline_city", "original_source", "related_urls"),
)


def outcomes(pages: PageSet, shared: Path = SHARED) -> Iterator[tuple[str, Outcome]]:
    """Id and outcome of each page of a set."""
    for case in read_cases(shared / "pages" / pages.folder / "cases.jsonl", "web" if pages.generic else None):
        capture, problem = read_case(case, MAX_BYTES)
        yield case.id, problem or parse(capture, generic=True)


def score(pages: PageSet, found: Sequence[tuple[str, Outcome]], shared: Path = SHARED) -> dict[str, float]:
    """The figures of a set, by the scorer that lies beside it."""
    scorer, cases = shared / "eval" / "score.py", shared / "pages" / pages.folder / "cases.jsonl"
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
        for name, outcome in found:
            said = outcome_as_json(name, Explanation(outcome), explained=False)
            lines.write(json.dumps(said, default=str) + "\n")
        lines.flush()
        command = [sys.executable, str(scorer), str(cases), lines.name]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = {name.strip(): float(number) for name, number in _FIGURE.findall(printed)}
    return figures | (score_pictures(cases, found) if set(PICTURES) & set(pages.figures) else {})


def main(arguments: Sequence[str]) -> int:
    """Read and score all sets, and write the documents."""
    parser = argparse.ArgumentParser(prog="python -m bench quality", description="Score real pages.")
    parser.add_argument("shared", type=Path, nargs="?", default=SHARED, help="folder with pages/ and eval/")
    shared = parser.parse_args(arguments).shared
    if not (shared / "pages").is_dir():
        print(f"{shared} has no pages/: the sets are not part of this repository", file=sys.stderr)
        return 1
    figures, articles = {}, []
    for pages in SETS:
        found = list(outcomes(pages, shared))
        figures[pages.name] = score(pages, found, shared)
        if not pages.generic:
            articles += [outcome.article for _, outcome in found if isinstance(outcome, Parsed)]
        print(pages.name, *(f"{name} {figures[pages.name][name]:.2f}" for name in pages.figures), sep="  ")
    (ROOT / "docs" / "quality.md").write_text(_quality(figures), "utf-8")
    (ROOT / "docs" / "coverage.md").write_text(_coverage(articles), "utf-8")
    FLOORS.write_text(json.dumps(_raised(figures), indent=1) + "\n", "utf-8")
    return 0


def floors() -> Mapping[str, Mapping[str, float]]:
    """The least that each set must reach: figures only rise."""
    known: Mapping[str, Mapping[str, float]] = json.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    return known


def _raised(figures: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    known = floors()
    return {
        pages.name: {
            name: max(figures[pages.name][name], known.get(pages.name, {}).get(name, 0.0)) for name in pages.figures
        }
        for pages in SETS
    }


def _quality(figures: Mapping[str, Mapping[str, float]]) -> str:
    lines = [
        "# How well pages are read",
        "",
        "<!-- Generated by `python -m bench quality` from the scorers' output: do not edit. -->",
        "",
        "Real pages with expected values, which are not part of this repository. In percent. *Generic*: by the generic",
        "reader, without any source file. [parser-notes.md](parser-notes.md) lists where we follow the page instead of",
        "the expected value. The figures of others came with the sets; nothing here measures them. *Pictures*: of the",
        "expected ones, those found; *captions* and *credits*: of those found, the ones with the same letters.",
        "",
        "| set | read | figure | ours | others, in this order |",
        "|---|---|---|---|---|",
    ]
    for pages in SETS:
        for number, name in enumerate(pages.figures):
            how = "generic" if pages.generic else "by source"
            shown = name.partition(" (")[0]
            other = pages.others if number == 0 else ""
            lines.append(f"| {pages.folder} | {how} | {shown} | {figures[pages.name][name]:.2f} | {other} |")
    return "\n".join(lines) + "\n"


def _coverage(articles: Sequence[Article]) -> str:
    by_source: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_source[article.source].append(article)
    heads = [name.removesuffix("_at").replace("_", " ") for name in _FIELDS]
    lines = [
        "# What the sources' records hold",
        "",
        "<!-- Generated by `python -m bench quality`: do not edit. -->",
        "",
        f"The share of articles, in percent, in which a field is filled: of {len(articles)} real pages of",
        f"{len(by_source)} sources. A field that a page doesn't state is empty.",
        "",
        f"| source | pages | {' | '.join(heads)} |",
        f"|---|---|{'---|' * len(heads)}",
        _filled("**all**", articles),
        *(_filled(name, of_source) for name, of_source in sorted(by_source.items())),
    ]
    return "\n".join(lines) + "\n"


def _filled(name: str, articles: Sequence[Article]) -> str:
    shares = (100 * sum(bool(getattr(each, field)) for each in articles) // len(articles) for field in _FIELDS)
    return f"| {name} | {len(articles)} | {' | '.join(map(str, shares))} |"
