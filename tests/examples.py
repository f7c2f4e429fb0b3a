"""The commands that people are shown: in the help of every command, in README.md and docs/. Read as a shell does."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.cli import _command

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_HELP = re.compile(r"^ *((?:[A-Z_]+=\S+ )?newslake .+?) *$", re.MULTILINE)
# Finds no program but date, and notes what would be run, with its environment; `&` would only disturb the order.
NOTING = """
note() { printf '%s\\0' $# "$@"; /usr/bin/env -0; printf 'end of command\\0'; } >&3
command_not_found_handle() { note "$@"; }
date() { /usr/bin/date "$@"; }
"""

# What the unit test does not run, by its first words: why, and the test that runs such a command, if one does.
SERVES, COMPOSE, UNITS = "serves until it is stopped", "needs a container engine", "needs systemd"
PREFECT, OF_PREFECT = "needs a Prefect server", "a command of Prefect, on a server with runs"
INSTALLS, BACKUP = "installs from a package index", "tests/soak/test_backup.py::"
# The block of README that has this is run as a whole by a shell: tests/soak/test_examples.py.
IN_A_SHELL = "newslake demo --serve &"
ELSEWHERE = {
    "newslake demo --serve": (SERVES, "tests/soak/test_examples.py::test_the_commands_of_the_readme_work_in_a_shell"),
    "newslake up": (
        SERVES,
        "tests/smoke/test_prefect.py::test_the_sources_that_are_named_and_no_others_get_scheduled_runs",
    ),
    "newslake browse": (
        SERVES,
        "tests/soak/test_browse.py::test_from_the_grid_to_an_article_whose_raw_page_runs_loads_and_leads_nowhere",
    ),
    "newslake metrics": (SERVES, "tests/smoke/test_monitoring.py::test_prometheus_scrapes_the_state_of_the_lake"),
    "OTEL_EXPORTER_OTLP_ENDPOINT=… newslake run tass": (
        "needs a collector",
        "tests/smoke/test_monitoring.py::test_a_run_tells_a_collector_the_numbers_that_the_site_and_the_lake_have",
    ),
    "newslake --log-format json run tass": (
        "sets up the log of its whole process",
        "tests/smoke/test_monitoring.py::test_every_line_of_the_log_is_an_object",
    ),
    "PREFECT_API_URL=… newslake alerts": (
        PREFECT,
        "tests/smoke/test_prefect.py::test_an_alert_comes_where_the_command_sends_it",
    ),
    "PREFECT_API_URL=… newslake deploy": (
        PREFECT,
        "tests/soak/test_production.py::test_o02_a_lost_prefect_database_takes_nothing_of_the_lake",
    ),
    "newslake deploy": (
        PREFECT,
        "tests/soak/test_production.py::test_o02_a_lost_prefect_database_takes_nothing_of_the_lake",
    ),
    "PREFECT_API_URL=… newslake doctor": (
        PREFECT,
        "tests/unit/test_doctor.py::test_a_prefect_server_is_asked_for_its_health",
    ),
    "newslake backfill tass --start 2026-11-20 --end 2026-11-22 --remote": (
        PREFECT,
        "tests/soak/test_remote.py::test_ctrl_c_only_stops_following_and_says_so",
    ),
    "newslake ingest s3://archive/2024/ --lake s3://news/lake --runner dask": (
        "needs a Dask cluster",
        "tests/smoke/test_dask.py::test_the_command_uses_a_cluster_that_is_named",
    ),
    "dask": ("of Dask: starts a cluster", "tests/smoke/test_dask.py::test_the_command_uses_a_cluster_that_is_named"),
    "make demo": (
        "the demo in a process of its own",
        "tests/soak/test_demo.py::test_the_demo_runs_the_real_flow_and_shows_the_lake",
    ),
    "make test": ("runs this test", ""),
    "pip install": (INSTALLS, ""),
    "python3 -m venv /opt/newslake": (INSTALLS, ""),
    "cp .env.example .env": (COMPOSE, ""),
    "docker compose": (COMPOSE, ""),
    "systemctl": (UNITS, ""),
    "psql": ("needs Postgres", f"{BACKUP}test_prefects_postgres_is_made_backed_up_and_restored"),
    "pg_dump": ("needs Postgres", f"{BACKUP}test_prefects_postgres_is_made_backed_up_and_restored"),
    "pg_restore": ("needs Postgres", f"{BACKUP}test_prefects_postgres_is_made_backed_up_and_restored"),
    "prefect server database upgrade": ("a minute", f"{BACKUP}test_prefects_postgres_is_made_backed_up_and_restored"),
    "sqlite3": ("needs sqlite3", f"{BACKUP}test_the_database_of_newslake_up_is_backed_up_while_it_is_in_use"),
    "mkdir": ("of a shell", f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole"),
    "rm -rf": ("of a shell", f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole"),
    "find": ("of a shell", f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole"),
    "cp --archive": ("of a shell", f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole"),
    "newslake verify --lake backup": (
        "of the copy",
        f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole",
    ),
    "aws s3": ("needs Amazon's command line", f"{BACKUP}test_a_lake_that_is_copied_while_it_is_written_to_is_whole"),
    "prefect server start": (
        OF_PREFECT,
        "tests/soak/test_production.py::test_o08_the_api_answers_nobody_without_the_password",
    ),
    "PREFECT_API_URL=… prefect worker start": (
        OF_PREFECT,
        "tests/soak/test_production.py::test_o02_two_workers_that_share_nothing_but_the_lake_work_side_by_side",
    ),
    "prefect flow-run": (OF_PREFECT, ""),
    "prefect gcl": (OF_PREFECT, ""),
    "prefect work-pool inspect": (OF_PREFECT, ""),
}


@dataclass(frozen=True)
class Example:
    """What is typed in one go, and where it stands."""

    place: str
    script: str


@dataclass(frozen=True)
class Typed:
    """A command with its environment, after a shell has read it."""

    words: tuple[str, ...]
    environment: dict[str, str]

    @property
    def line(self) -> str:
        """As ELSEWHERE names it: with the server that its environment leads to."""
        servers = ("PREFECT_API_URL", "OTEL_EXPORTER_OTLP_ENDPOINT")
        return " ".join([*(f"{name}=…" for name in servers if name in self.environment), *self.words])

    @property
    def elsewhere(self) -> str | None:
        """The entry of ELSEWHERE that this is."""
        return next((each for each in ELSEWHERE if f"{self.line} ".startswith(f"{each} ")), None)


def examples() -> Iterator[Example]:
    """All of them: a line of a help, a block of a document."""
    for name, command in _command().commands.items():
        text = (command.help or "").partition("Example")[2]
        for number, line in enumerate(IN_HELP.findall(text), 1):
            yield Example(f"{name} --help, {number}", line)
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        for found in FENCE.finditer(text):
            line = text[: found.start()].count("\n") + 2
            yield Example(f"{path.name}:{line}", re.sub(r"^\$ ", "", found[1], flags=re.MULTILINE))


def typed(example: Example, folder: Path, yours: dict[str, str]) -> list[Typed]:
    """The commands of an example, none of them run, with the words that are the reader's own."""
    script = re.sub(r"\s&(?=\s)", "", example.script).replace("/opt/newslake/bin/", "")
    for word, own in yours.items():
        script = script.replace(word, own)
    with (folder / "noted").open("w+b") as noted:
        done = subprocess.run(
            ["/bin/bash", "-uc", f"exec 3>&{noted.fileno()}\nPATH=/nowhere\n{NOTING}\n{script}"],
            pass_fds=[noted.fileno()], cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), f"{example.place}: {done.stderr}"
        noted.seek(0)
        return [_typed(each.split("\0")) for each in noted.read().decode().split("end of command\0") if each]


def _typed(noted: list[str]) -> Typed:
    count = int(noted[0])
    variables = dict(each.split("=", 1) for each in noted[count + 1 :] if each)
    beside = {"PATH", "PWD", "OLDPWD", "SHLVL", "_"}  # which a shell sets for itself
    new = {name: value for name, value in variables.items() if name not in beside and os.environ.get(name) != value}
    return Typed(tuple(noted[1 : count + 1]), new)
