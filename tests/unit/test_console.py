"""Nothing that others chose steers a terminal, whatever command prints it; tables fit on a narrow one."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli import run as run_cli
from flows.commands.console import stderr, stdout
from flows.reports.text import table_of
from infra.base.errors import UNSAFE
from tests.tables import table

pytestmark = pytest.mark.usefixtures("alone")
STEERING = "\x1b[31m\x1b]0;title\x07\x9b2J\u202eevil\u2066\u200f\x08\x00\ud800"
LEFT = "[31m]0;title2Jevil"


def test_text_markup_and_tables_lose_what_steers(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None, show_header=False)
    table.add_row(STEERING, Text(STEERING))
    stdout().print(STEERING, Text(STEERING), table)
    stderr().print(f"error: {STEERING}")
    printed = capsys.readouterr()
    assert not UNSAFE.search(printed.out + printed.err)
    assert printed.out.count(LEFT) == 4
    assert printed.err == f"error: {LEFT}\n"


def test_names_of_files_and_addresses_are_never_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name in brackets vanished, and one that closes nothing was a bug."""
    name = "[red]page[bold].html"
    (tmp_path / name).write_text("<title>A page</title>")
    assert run_cli(["ingest", str(tmp_path), "--dry-run"]) == 0
    stdout().print("https://gazette.example/[/nothing]")
    printed = capsys.readouterr().out
    assert name in printed.replace("\n", "")
    assert "https://gazette.example/[/nothing]" in printed


@pytest.mark.parametrize("command", table("steering")["commands"], ids=" ".join)
def test_no_command_prints_what_steers(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "\x1b[31mx\u009by\u202e"
    (tmp_path / f"{name}.html").write_text(f"<title>{name}</title>")
    (tmp_path / f"{name}.zip").write_text("no zip")
    run_cli([part.replace("NAME", name).replace("FOLDER", str(tmp_path)) for part in command])
    printed = capsys.readouterr()
    assert not {"\x1b", "\x9b"} & set(printed.out + printed.err)
    assert "Traceback" not in printed.err
    assert "is a bug" not in printed.err


COUNTS = ("listed", "fetched", "parsed", "landed", "final", "refused", "pending")


def test_days_and_counts_stay_whole_on_80_columns() -> None:
    out = StringIO()
    Console(file=out, width=80).print(
        table_of([{"source": "globalresearch", "day": "2026-11-25", "state": "partial", **dict.fromkeys(COUNTS, 1000)}])
    )
    heading, row, *_ = out.getvalue().splitlines()
    assert "2026-11-25 partial" in row
    assert all(count in heading for count in COUNTS)
