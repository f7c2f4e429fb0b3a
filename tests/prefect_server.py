"""`newslake up` as a child process, what its server's API says, and one for all tests of a process: it takes 10 s."""

import base64
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import orjson
import pytest

from flows.commands.demo import SOURCES
from parsers.registry import sources
from tests.demo_site.site import DemoSite
from tests.live_lake import FAST, today
from tests.outside_sources import PAPER
from tests.servers import free_ports, wait_for

START_SECONDS = 240.0  # a first start makes the database: 12 s on two idle cores, and CI's are not idle
RUN_SECONDS = 200.0  # a run whose slot is held by a dead one waits for the lease of 60 s, and a quarter of a minute
STOP_SECONDS = 30.0
BUSY_TRIES = 10  # Prefect's own client asks again, too, when the server says 503
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
CLICKED = ("run", "backfill", "ingest", "reparse", "maintain")  # flows with a deployment of their own name
COMMAND = (sys.executable, "-c", "from flows.cli import main; main()")
# The only sources of ours that `newslake up` has in tests: to register all takes ten seconds of processor time, which
# tests/soak/test_production.py does, and `make screenshots`.
FEW = tuple(sources()) if "NEWSLAKE_SCREENSHOTS" in os.environ else ("aa", "bbc", *SOURCES)
UP = f"""
from parsers import registry
candidates = registry._candidates
registry._candidates = lambda: (each for each in candidates() if each[0] in {FEW} or "/parsers/" not in each[1])
from flows.cli import main
main()
"""
ROOT = Path(__file__).parents[1]


def newslake(*arguments: str, env: Mapping[str, str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, to its end."""
    return subprocess.run([*COMMAND, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False)


class PrefectApi:
    url: str
    auth: str = ""  # user and password

    def api(self, path: str, body: dict[str, Any] | list[Any] | None = None, *, auth: str | None = None) -> Any:
        """Ask the server's API: POST where there is a body, else GET. Asks again where its database was busy."""
        sent = None if body is None else orjson.dumps(body)
        headers = {"content-type": "application/json"}
        if user := self.auth if auth is None else auth:
            headers["authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
        request = urllib.request.Request(f"{self.url}/api{path}", sent, headers)
        asks = sent is None or path.endswith(("/filter", "/count"))  # twice does no harm
        for _ in range(BUSY_TRIES):
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    text = answer.read()
                return orjson.loads(text) if text else None
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
            except TimeoutError:
                if not asks:
                    raise
            time.sleep(1)
        raise TimeoutError(f"{path} was refused {BUSY_TRIES} times: the server is busy")

    def deployment(self, name: str) -> dict[str, Any]:
        """A deployment: `backfill` of the flow of that name, `run/source-tass` of the flow `run`."""
        path = name if "/" in name else f"{name}/{name}"
        found: dict[str, Any] = self.api(f"/deployments/name/{path}")
        return found

    def start(self, name: str, state: dict[str, Any] | None = None, /, **parameters: Any) -> str:
        """Start a run of a deployment as the UI does, at once unless `state` says when; its id."""
        body = {"parameters": parameters} | ({"state": state} if state else {})
        run = self.api(f"/deployments/{self.deployment(name)['id']}/create_flow_run", body)
        return str(run["id"])

    def flow_run(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api(f"/flow_runs/{run_id}")
        return found

    def artifacts(self, run_id: str) -> dict[str, dict[str, Any]]:
        found = self.api("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}})
        return {each["key"]: each for each in found}

    def ended(self, run_id: str) -> dict[str, Any]:
        wait_for(f"run {run_id}", RUN_SECONDS, lambda: self.flow_run(run_id)["state"]["type"] in ENDED)
        state: dict[str, Any] = self.flow_run(run_id)["state"]
        return state


@dataclass(frozen=True)
class Up(PrefectApi):
    process: subprocess.Popen[bytes]
    url: str
    lake: Path
    environment: dict[str, str]

    def scheduled_runs(self) -> list[dict[str, Any]]:
        """The runs of the next days that the scheduler made."""
        soon = {"before_": (datetime.now(UTC) + timedelta(days=10)).isoformat()}
        wanted = {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": soon}
        runs: list[dict[str, Any]] = []
        while page := self.api("/flow_runs/filter", {"flow_runs": wanted, "sort": "ID_DESC", "offset": len(runs)}):
            runs += page
        return [run for run in runs if run["auto_scheduled"]]


@contextmanager
def newslake_up(
    folder: Path, stop: signal.Signals = signal.SIGTERM, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Up]:
    """Start `newslake up` with an empty lake and state of its own, and further variables; `stop` ends it in order."""
    (port,) = free_ports(1)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NEWSLAKE_"))}
    environment = kept | {
        "XDG_STATE_HOME": str(folder / "state"),
        "NEWSLAKE_LAKE": str(folder / "lake"),
        "NEWSLAKE_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    log = folder / "up.log"
    with log.open("wb") as output:
        command = [sys.executable, "-c", UP, "up", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
    up = Up(process, f"http://127.0.0.1:{port}", folder / "lake", environment)
    try:
        _wait_until_settled(up, log)
        yield up
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _wait_until_settled(up: Up, log: Path) -> None:
    """Until the deployments stand and the scheduler has made its runs, which keeps SQLite busy for seconds."""

    def settled() -> bool:
        if up.process.poll() is not None:
            raise RuntimeError(f"newslake up ended: {log.read_text()}")
        planned = {run["parameters"].get("source") for run in up.scheduled_runs()}
        named = {name for name in up.environment.get("NEWSLAKE_SOURCES", "").split(",") if name}
        stands = up.api("/deployments/count", {}) >= len(CLICKED) + len(FEW) and planned >= named
        return stands and "newslake is up" in log.read_text()

    wait_for("newslake up", START_SECONDS, settled, log.read_text)


@pytest.fixture(scope="session")
def demo_site() -> Iterator[DemoSite]:
    """The network of `up`: every source of the demo site leads here."""
    with DemoSite(today(), days=8, per_day=4) as running:
        yield running


def _shared(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """A server burns processor time as long as it lives: quick tests end it with the one file that asks for it."""
    return "session" if any("soak" in each for each in config.args) else "module"


@pytest.fixture(scope=_shared)
def up(tmp_path_factory: pytest.TempPathFactory, demo_site: DemoSite) -> Iterator[Up]:
    """A running `newslake up`: an empty lake, the demo site for the network, a source in a folder and a broken one."""
    folder = tmp_path_factory.mktemp("up")
    (folder / "papers").mkdir()
    (folder / "papers" / "mypaper.py").write_text(PAPER)
    (folder / "papers" / "zzbroken.py").write_text("1 / 0")
    settings = {"NEWSLAKE_ORIGINS": demo_site.origins, "NEWSLAKE_HOST_INTERVAL_SECONDS": str(FAST)}
    settings |= {"NEWSLAKE_SOURCES": ",".join(SOURCES), "NEWSLAKE_SOURCES_PATH": str(folder / "papers")}
    with newslake_up(folder, settings=settings) as running:
        yield running
    assert running.process.returncode == 130
