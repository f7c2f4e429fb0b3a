"""The command line: exit codes, one clear line for what is wrong, and quick help."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import run as run_cli
from tests import sample_pages as pages
from tests.commands import Cli
from tests.prefect_server import COMMAND
from tests.tables import table

SLOW_MODULES = {
    *("asyncio", "boto3", "botocore", "duckdb", "http.server", "numpy", "pandas", "parsers.registry"),
    *("polars", "prefect", "pyarrow", "pydantic", "rich.progress", "sqlalchemy"),
}
DAY = pages.FIRST_DAY.isoformat()
QUESTION = "SELECT i, repeat('x', 1000) AS text FROM range(2000) AS numbers(i)"


@pytest.fixture(autouse=True)
def lake(alone: Path) -> Path:
    return alone / "lake"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(pages.write_folder(tmp_path / "in", 4))


def test_help_teaches_by_example_and_imports_nothing_slow() -> None:
    commands = ("ingest", "up", "query")
    code = (
        f"import sys; from flows.cli import run; code = run([]) or max(run([each, '--help']) for each in {commands});"
        f"slow = sorted({SLOW_MODULES!r} & set(sys.modules)); sys.exit(code or (slow and str(slow)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"newslake {command}" in done.stdout for command in commands)
    assert done.stdout.count("Example") >= len(commands)
    assert "<bool>" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    table("refusals")["commands"],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_o01_wrong_use_is_one_line_and_exit_2(
    arguments: list[str], line: str, cli: Cli, folder: str, lake: Path
) -> None:
    said = cli.fails(*arguments, code=2)
    assert line in said
    assert not lake.exists()


def test_l05_a_lake_that_cannot_be_used_is_exit_1_before_anything_is_read(
    cli: Cli, folder: str, tmp_path: Path, aws_environment: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    for lake, said in (("file/lake", "file"), ("s3://news", "AWS_ACCESS_KEY_ID")):
        line = cli.fails("ingest", folder, "--lake", lake, code=1)
        assert said in line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["run", "tass", "--day", DAY],
            f"{DAY} is missing: its lists do not reach so far back, and nothing is archived",
        ),
        (["backfill", "tass", "--start", DAY, "--end", "2024-01-13"], "3 days from"),
        (["reparse", "tass"], "nothing is archived"),
        (["status"], ""),
        (["query", "FROM articles"], ""),
    ],
)
def test_a_command_on_a_new_lake_says_so_and_lands_nothing(command: list[str], said: str, cli: Cli, lake: Path) -> None:
    cli(*command, code=3 if DAY in command else 0)  # what nobody lists is a person's business
    assert said in cli.err
    assert not list(lake.rglob("*.parquet"))
    assert said or not lake.exists()  # looking makes no folder


def test_a_lake_that_is_not_there_is_not_called_whole(cli: Cli, lake: Path) -> None:
    cli("verify", code=1)
    assert "holds nothing that could be verified. Check --lake or NEWSLAKE_LAKE." in cli.err
    assert not lake.exists()


def test_a_dry_run_lists_what_would_be_ingested(cli: Cli, folder: str, lake: Path) -> None:
    listed = cli.json("ingest", folder, "--dry-run")
    assert {each["location"]: each["bytes"] for each in listed["inputs"]} == {
        str(path): path.stat().st_size for path in Path(folder).iterdir()
    }
    assert not lake.exists()


def test_quarantine_over_the_limit_is_exit_3_and_said(cli: Cli, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path(folder) / "odd.html").write_bytes(b"<p>of no paper that is known here")
    out = cli("ingest", folder, code=3)
    assert "unknown_source" in out
    assert "20% of the pages gave no article, over the limit of 5%" in cli.err.replace("\n", " ")
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "0.2")
    cli("ingest", folder)


def test_verify_ends_with_1_and_names_the_object_that_is_damaged(cli: Cli, folder: str, lake: Path) -> None:
    cli("ingest", folder)
    cli("verify")
    assert "no fault" in cli.err.replace("\n", "")
    damaged = next(lake.rglob("articles.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-20])
    (fault,) = cli.json("verify", code=1)["faults"]
    assert fault["object"] == damaged.relative_to(lake).as_posix()


@pytest.mark.parametrize(("form", "unbuffered"), [("--csv", ""), ("--lake=lake", "1")])  # at once, and line by line
def test_an_answer_whose_reader_left_is_no_success(form: str, unbuffered: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "query", QUESTION, form],
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.read(1000)
    process.stdout.close()
    assert (process.stderr.read(), process.wait(60)) == (b"", 1)
    process.stderr.close()


def test_a_command_needs_no_stdout() -> None:
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "query", "SELECT 1 AS a", "-o", "a.csv"]
    done = subprocess.run(closed, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"1 row in a.csv\n")
    assert Path("a.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize(("rows", "unbuffered"), [(1, ""), (2000, "1")])
def test_an_answer_that_the_disk_did_not_take_is_one_line(rows: int, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "query", f"{QUESTION} LIMIT {rows}", "--csv"],
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    said = b"error: No space left on device. Free some space, then run the same again.\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_what_nobody_foresaw_is_one_line_that_says_where(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    def failing(*_: object) -> None:
        raise LookupError("odd [red]\nthing")

    monkeypatch.setattr("infra.work.ingest.ingest_chunk", failing)
    said = cli.fails("ingest", folder, code=1)
    assert said.startswith("this is a bug in newslake: LookupError: odd [red] thing (flows/commands/runs.py:")
    assert said.endswith("Please report it; set NEWSLAKE_DEBUG=1 for the traceback.")
    monkeypatch.setenv("NEWSLAKE_DEBUG", "1")
    with pytest.raises(LookupError, match="odd"):
        run_cli(["ingest", folder])


def test_an_interrupt_is_exit_130_and_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("infra.work.ingest.ingest_chunk", interrupted)
    said = cli.fails("ingest", folder, code=130)
    assert "Nothing is half-written" in said
