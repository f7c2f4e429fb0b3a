"""docs/reading.md: every example is run as it stands there, and the tables for Athena are those of the schema."""

import re
import shlex
from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from docs.generate.athena import create_table
from flows.cli import run as run_cli
from infra.lake.accounts import write_account
from infra.lake.changes import Changes
from infra.lake.fetches import Fetch
from infra.lake.lake import Lake
from infra.lake.partition import ARTICLES, REJECTS
from infra.lake.query import run_query
from infra.store.local_store import LocalStore
from infra.store.open_store import open_store
from parsers.record.article import NULL_PARTITION
from tests.lake_samples import NOON, landed, rejected
from tests.servers import BUCKET, S3Server

DOCUMENT = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")
SECTIONS: Mapping[str, str] = {
    part.partition("\n")[0]: part for part in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
}
DAY = date(2024, 5, 1)
PER_DAY = {("gazette", DAY): 2, ("gazette", date.fromisoformat(NULL_PARTITION)): 1, ("herald", date(2024, 5, 2)): 1}
BLOCKS = ["The boat 0 waited.", "Fog."]


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", SECTIONS[section], flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`lake/` in the working directory, as the examples have it."""
    rows = [
        landed(0),
        landed(1),
        landed(2, published_at=None),
        landed(3, source="herald", published_at=NOON + timedelta(days=1)),
    ]
    Lake(LocalStore(tmp_path / "lake")).land(rows, [rejected(7)])
    asked: dict[str, Any] = {
        "source": "gazette",
        "listed_at": NOON,
        "first_asked_at": NOON,
        "last_asked_at": NOON,
        "times_asked": 1,
    }
    got = Fetch(**asked, url=str(rows[0][0].url), outcome="landed", article_id=rows[0][0].article_id, fetched_at=NOON)
    waits = Fetch(**asked, url="https://gazette.example/blocked", reason="challenge", due_at=NOON)
    with Changes(LocalStore(tmp_path / "lake")) as changes:
        write_account(changes, "gazette", DAY.isoformat(), [got, waits])
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lake"


def executed(section: str, **places: str) -> dict[str, Any]:
    """The variables that the Python examples of a section leave, one example after the other."""
    variables: dict[str, Any] = {}
    examples = blocks(section, "python")
    assert examples
    for example in examples:
        written = reduce(lambda text, each: text.replace(*each), places.items(), example)
        exec(compile(written, f"docs/reading.md, {section}", "exec"), variables)  # noqa: S102 - what a reader would run
    return variables


def counts(rows: list[tuple[str, Any, int]]) -> dict[tuple[str, date], int]:
    """By source and day, which pandas and pyarrow leave as text."""
    return {(s, date.fromisoformat(day) if isinstance(day, str) else day): count for s, day, count in rows}


@pytest.mark.parametrize("section", ["DuckDB", "Polars", "pandas", "pyarrow"])
def test_every_reader_counts_the_same_articles(section: str) -> None:
    assert counts(executed(section)["per_day"]) == PER_DAY


def test_every_reader_reads_what_its_examples_ask_for() -> None:
    assert executed("DuckDB")["bodies"][0] == ("Ferry 0 leaves late", "\n\n".join(BLOCKS), BLOCKS)
    by_polars = executed("Polars")
    texts = by_polars["texts"].sort("title").rows()
    assert texts == [(f"Ferry {number} leaves late", f"The boat {number} waited.\n\nFog.") for number in range(2)]
    assert by_polars["blocks"].rows()[:2] == list(zip(["lead", "paragraph"], BLOCKS, strict=True))
    by_pyarrow = executed("pyarrow")
    for titles in (executed("pandas")["one_day"]["title"], by_pyarrow["titles"]):
        assert sorted(titles) == ["Ferry 0 leaves late", "Ferry 1 leaves late"]
    assert by_pyarrow["one_day"].num_rows == 2
    assert ("herald", "2024-05-02") in by_pyarrow["days"]


def test_readers_find_a_bucket_as_newslake_does(seaweedfs: S3Server, aws_environment: pytest.MonkeyPatch) -> None:
    for name, value in {**seaweedfs.environment, "AWS_REGION": "us-east-1"}.items():
        aws_environment.setenv(name, value)
    lake = f"s3://{BUCKET}/reading"
    Lake(open_store(lake)).land([landed(0), landed(1)], [])
    found = executed("S3", **{"s3://my-bucket/news": lake})
    assert found["by_polars"] == [("gazette", DAY, 2)]
    assert counts(found["per_day"]) == {("gazette", DAY): 2}
    assert sorted(found["by_pandas"]["title"]) == ["Ferry 0 leaves late", "Ferry 1 leaves late"]


def test_every_query_of_the_command_is_answered(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [word for block in blocks("newslake query", "sh") for word in shlex.split(block)]
    starts = [place for place, word in enumerate(words) if word == "newslake"]
    commands = [words[start:end] for start, end in pairwise([*starts, len(words)])]
    monkeypatch.chdir(tmp_path)
    for command in (each for each in commands if {"-o", "export"}.intersection(each)):
        assert run_cli([*command[1:], "--lake", str(lake)]) == 0
        assert Path(command[-1]).stat().st_size > 0
    commands = [command for command in commands if command[1] == "query" and "-o" not in command]
    answers = [run_query(LocalStore(lake), command[2]).to_pylist() for command in commands]
    options = {"--csv", "--json", "--source", "gazette", "--start", "2024-05-01", "--end", "2024-05-02"}
    assert all(command[:2] == ["newslake", "query"] and set(command[3:]) <= options for command in commands)
    undated = date.fromisoformat(NULL_PARTITION)
    assert counts([(row["source"], row["date"] or undated, row["articles"]) for row in answers[0]]) == PER_DAY
    assert all(answers)
    assert [(row["listed"], row["landed"], row["lacking"]) for row in answers[-1]] == [(2, 1, 1)]


def test_spark_and_athena_are_said_not_to_be_run() -> None:
    for section in ("PySpark", "Athena"):
        assert "Not run by the tests" in SECTIONS[section]


@pytest.mark.parametrize("kind", [ARTICLES, REJECTS], ids=["articles", "rejects"])
def test_the_statements_for_athena_are_those_of_the_schema(kind: Any) -> None:
    statement = create_table(kind, "s3://my-bucket/news")
    assert statement in SECTIONS["Athena"], "paste what `python -m docs.generate.athena` prints"
    for name in kind.schema.names:
        assert f"  `{name}` " in statement
