"""The command line: exit codes, one clear line for what is wrong, and quick help."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from flows.cli import run as run_cli
from parsers.registry import look_in
from tests import sample_pages as pages

SLOW_MODULES = {
    *("asyncio", "boto3", "botocore", "duckdb", "http.server", "numpy", "pandas", "parsers.registry"),
    *("polars", "prefect", "pyarrow", "pydantic", "rich.progress", "sqlalchemy"),
}
DAY = pages.FIRST_DAY.isoformat()


@pytest.fixture(autouse=True)
def lake(alone: Path) -> Path:
    return alone / "lake"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(pages.write_folder(tmp_path / "in", 4))


@pytest.fixture
def broken_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Name of a source whose module raises; the real ones are there too."""
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "zzbroken.py").write_text("1 / 0")
    monkeypatch.setenv("NEWSLAKE_SOURCES_PATH", "zz")
    yield "zzbroken"
    look_in((), ())


def _fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a command that is wrong: its exit code, and the one line that it says."""
    code = run_cli(list(arguments))
    printed = capsys.readouterr()
    lines = [line for line in printed.err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
    return code, lines[0].removeprefix("error: ")


@pytest.mark.parametrize("command", ["", "ingest", "up", "query"])
def test_help_teaches_by_example_and_imports_nothing_slow(command: str) -> None:
    code = (
        f"import sys; from flows.cli import run; code = run({[command, '--help'] if command else []!r});"
        f"slow = sorted({SLOW_MODULES!r} & set(sys.modules)); sys.exit(code or (slow and str(slow)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"newslake {command}".strip() in done.stdout
    assert "Example" in done.stdout or not command


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nonsense"], "No such command 'nonsense'. Try `newslake --help`."),
        (["ingest"], "there is nothing to read. Name files, folders or s3:// prefixes, or give --manifest."),
        (["ingest", "no/such"], "'no/such' does not exist."),
        (["ingest", "in", "--captured-at", "2017-02-30"], "--captured-at '2017-02-30' is not a time."),
        (["run", "tsas"], "there is no source 'tsas'."),
        (["run", "tass", "--day", "10.05.2017"], "--day '10.05.2017' is not a date. Write it as YYYY-MM-DD"),
        (["backfill", "--start", "2017-05-02", "--end", "2017-05-02"], "end 2017-05-02 is not after start 2017-05-02."),
        (["backfill", "--start", "2017-05-02", "--end", "2999-01-01"], "2998-12-31 is in the future"),
        (["query", "DROP TABLE articles"], "the query is not one SELECT."),
        (["query", "SELECT 1", "--csv", "--json"], "--csv and --json exclude each other."),
        (["parse"], "parse takes either FILEs or --cases."),
        (["parse", "a", "b", "--url", "https://tass.com/1"], "--url goes with exactly one FILE."),
        (["parse", "no-such.html"], "no-such.html cannot be read: No such file or directory."),
        (["up", "--port", "70000"], "Invalid value for '--port'"),
        (["ingest", "in", "--lake", "ftp://x"], "'ftp://x' is no address of a lake."),
        (["run", "tass", "--only", "network"], "'--only': 'network' is not one of 'archive'."),
        (["fetch"], "no address is given"),
        (["fetch", "--url-file", "nothing.txt"], "nothing.txt can't be read as a list of addresses"),
        (["reparse", "tass", "--outdated", "--only-rejects"], "--only-rejects and --outdated exclude each other."),
        (["reparse", "tass", "--diff", "--start", "soon"], "--start 'soon' is not a date."),
        (["show", "abc"], "'abc' is neither the id of a record"),
        (["show", "0" * 32, "--raw", "--json"], "--raw and --json exclude each other."),
        (["rejects", "--reason", "ugly"], "'--reason': 'ugly' is not one of 'unknown_source', "),
        (["maintain", "tsas"], "there is no source 'tsas'"),
        (["expire", "--layer", "cache", "--older-than", "9"], "'cache' is not one of 'raw', 'rejects', 'articles'."),
        (["expire", "--layer", "raw", "--older-than", "9", "--grace-hours", "-1"], "Invalid value for '--grace-hours'"),
        (["expire", "--layer", "raw", "--older-than", "999999"], "--older-than 999999 reaches back before the year 1."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_o01_wrong_use_is_one_line_that_names_it_and_exit_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str], folder: str, lake: Path
) -> None:
    code, said = _fails(capsys, *arguments)
    assert code == 2
    assert line in said
    assert not lake.exists()


def test_l05_a_lake_that_cannot_be_used_is_exit_1_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], folder: str, tmp_path: Path, aws_environment: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    for lake, said in (("file/lake", "file"), ("s3://news", "AWS_ACCESS_KEY_ID")):
        code, line = _fails(capsys, "ingest", folder, "--lake", lake)
        assert code == 1
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
        (["verify"], ""),
    ],
)
def test_a_command_on_a_new_lake_says_that_it_is_empty_and_lands_nothing(
    command: list[str], said: str, capsys: pytest.CaptureFixture[str], lake: Path
) -> None:
    assert run_cli(command) == (3 if DAY in command else 0)  # what nobody lists is a person's business
    assert said in capsys.readouterr().err
    assert not list(lake.rglob("*.parquet"))
    assert said or not lake.exists()  # looking makes no folder


@pytest.mark.parametrize(
    "command",
    [
        ["reparse", "tass"],
        ["backfill", "--start", DAY, "--end", "2024-01-13", "--only", "archive"],
        ["run", "tass", "--day", DAY, "--only", "archive"],
    ],
)
def test_doing_it_again_changes_nothing_and_o10_a_broken_source_stops_nothing(
    command: list[str], capsys: pytest.CaptureFixture[str], folder: str, broken_source: str
) -> None:
    assert run_cli(["ingest", folder]) == 0
    assert run_cli(command) == 0  # which notes that the days were covered
    capsys.readouterr()
    assert run_cli([*command, "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out)["partitions_written"] == 0
    assert (run_cli(["status"]), run_cli(["verify"])) == (0, 0)


def test_ingest_then_look_at_it(capsys: pytest.CaptureFixture[str], folder: str) -> None:
    assert run_cli(["ingest", folder, "--json"]) == 0
    summary = orjson.loads(capsys.readouterr().out)
    assert (summary["captures"], summary["parsed"], summary["partitions_written"]) == (4, 4, 3)

    assert run_cli(["ingest", folder]) == 0
    assert "partitions written    0" in capsys.readouterr().out

    assert run_cli(["status"]) == 0
    assert "tass           ▤▤▤" in capsys.readouterr().out
    assert run_cli(["status", "--source", "tass", "--start", DAY, "--end", "2024-01-12", "--json"]) == 0
    assert [day["articles"] for day in orjson.loads(capsys.readouterr().out)] == [2, 1]

    one_day = ["--source", "tass", "--start", "2024-01-11", "--end", "2024-01-12"]
    assert run_cli(["query", "SELECT count(*) AS n FROM articles", *one_day, "--csv"]) == 0
    assert capsys.readouterr().out == "n\n1\n"
    assert run_cli(["query", "SELECT title, authors FROM articles ORDER BY 1 LIMIT 1", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out) == {
        "title": "Cranes of bay 0 winter further north",
        "authors": ["TASS"],
    }


def test_a_dry_run_lists_what_would_be_ingested(capsys: pytest.CaptureFixture[str], folder: str, lake: Path) -> None:
    assert run_cli(["ingest", folder, "--dry-run", "--json"]) == 0
    listed = orjson.loads(capsys.readouterr().out)
    assert {each["location"]: each["bytes"] for each in listed["inputs"]} == {
        str(path): path.stat().st_size for path in Path(folder).iterdir()
    }
    assert not lake.exists()


def test_p18_what_stands_in_the_lake_cannot_style_a_terminal(capsys: pytest.CaptureFixture[str], folder: str) -> None:
    assert run_cli(["ingest", folder]) == 0
    capsys.readouterr()
    query = "SELECT '[red]' || chr(7) || chr(27) || '[2J' || repeat('x', 200) AS title FROM articles LIMIT 1"
    assert run_cli(["query", query]) == 0
    shown = capsys.readouterr().out
    assert "[red][2Jxxx" in shown.replace("\n", "")
    assert not {"\x07", "\x1b"} & set(shown)


def test_quarantine_over_the_limit_is_exit_3_and_said(
    capsys: pytest.CaptureFixture[str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (Path(folder) / "odd.html").write_bytes(b"<p>of no paper that is known here")
    assert run_cli(["ingest", folder]) == 3
    printed = capsys.readouterr()
    assert "unknown_source" in printed.out
    assert "20% of the pages gave no article, over the limit of 5%" in printed.err.replace("\n", " ")
    monkeypatch.setenv("NEWSLAKE_QUARANTINE_LIMIT", "0.2")
    assert run_cli(["ingest", folder]) == 0


def test_verify_ends_with_1_and_names_the_object_that_is_damaged(
    capsys: pytest.CaptureFixture[str], folder: str, lake: Path
) -> None:
    assert run_cli(["ingest", folder]) == 0
    assert run_cli(["verify"]) == 0
    assert "no fault" in capsys.readouterr().err.replace("\n", "")
    damaged = next(lake.rglob("articles.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-20])
    assert run_cli(["verify", "--json"]) == 1
    (fault,) = orjson.loads(capsys.readouterr().out)["faults"]
    assert fault["object"] == damaged.relative_to(lake).as_posix()


def test_o10_a_source_that_cannot_be_loaded_is_shown_and_the_others_are_listed(
    capsys: pytest.CaptureFixture[str], broken_source: str
) -> None:
    assert run_cli(["sources"]) == 0
    shown = capsys.readouterr().out
    assert f"{broken_source} cannot be loaded: ZeroDivisionError: division by zero" in shown
    assert "tass.com" in shown
    assert run_cli(["sources", "--json"]) == 0
    faults = {one["name"]: one["fault"] for one in orjson.loads(capsys.readouterr().out)}
    assert faults[broken_source] == "ZeroDivisionError: division by zero"
    assert faults["tass"] is None
    code, said = _fails(capsys, "run", broken_source)
    assert code == 2
    assert f"source '{broken_source}' cannot be loaded: ZeroDivisionError: division by zero." in said


def test_what_nobody_foresaw_is_one_line_that_says_where_and_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    def failing(*_: object) -> None:
        raise LookupError("odd [red]\nthing")

    monkeypatch.setattr("infra.work.ingest.ingest_chunk", failing)
    code, said = _fails(capsys, "ingest", folder)
    assert code == 1
    assert said.startswith("this is a bug in newslake: LookupError: odd [red] thing (flows/commands/runs.py:")
    assert said.endswith("Please report it; set NEWSLAKE_DEBUG=1 for the traceback.")
    monkeypatch.setenv("NEWSLAKE_DEBUG", "1")
    with pytest.raises(LookupError, match="odd"):
        run_cli(["ingest", folder])


def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word(lake: Path, folder: str) -> None:
    assert run_cli(["ingest", folder]) == 0
    command = "from flows.cli import main; import sys; sys.argv[1:] = ['query', 'FROM range(200000)', '--csv']; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_an_interrupt_is_exit_130_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("infra.work.ingest.ingest_chunk", interrupted)
    code, said = _fails(capsys, "ingest", folder)
    assert code == 130
    assert "Nothing is half-written" in said
