"""A Prefect server of our own, and the deployments served on it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zoneinfo
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from rich.text import Text

from flows.monitoring import telemetry
from flows.server.guarded_server import HOST
from infra.base.errors import NewslakeError
from infra.base.settings import Settings
from infra.base.stop import before_hard_end, pause, stop_at_waits
from infra.store.open_store import open_store
from infra.work.live.site_lock import state_folder, takes

START_SECONDS = 90  # the migrations of a first start took 12 s on 2 cores; a busy laptop takes several times that
STOP_SECONDS = 2  # a page of its UI that holds a connection open would keep it for ever; killing it loses nothing

# Silent towards the outside; DO_NOT_TRACK alone does not stop the server's telemetry.
SILENT = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
}
# Keep leases of the sources' slots in files below PREFECT_HOME, not in memory, which is Prefect's default: a slot that
# is taken when the server goes down would stay taken for ever (measured).
LASTING_LEASES = {"PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem"}
# Runs that ended a month ago go with their logs and artifacts, else the database grows for ever; the lake needs none.
RETENTION = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "P30D",
}
# Seconds, the least that Prefect takes; `flows/server/deploy.py` watches for them.
HEARTBEATS = {"PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
# Zones of the tzdata package alone: of those of the system, Prefect reads every file for every schedule, which made
# half of the time to register 150 sources (measured).
PACKAGED_ZONES = {"PYTHONTZPATH": ""}


def keep_silent() -> None:
    """Stop a Prefect that this process will import from reporting to anybody but its server; users' settings stay."""
    for name, setting in (SILENT | HEARTBEATS).items():
        os.environ.setdefault(name, setting)


def isolated(home: Path) -> dict[str, str]:
    """Environment of a Prefect of our own, with profile, database and server apart from the user's."""
    places = {"PREFECT_HOME": str(home), "PREFECT_PROFILES_PATH": str(home / "profiles.toml")}
    return SILENT | LASTING_LEASES | RETENTION | HEARTBEATS | PACKAGED_ZONES | places


def serve_all(*, port: int, settings: Settings, named: Collection[str], say: Callable[[str | Text], None]) -> None:
    """Run the server and serve all deployments until SIGINT or SIGTERM; `named` sources are switched on."""
    home = state_folder() / "prefect"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)  # its database holds secrets, beside the key that they are encrypted with
    os.environ |= isolated(home) | {
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        # Flow runs are child processes in other folders, and must find the same sources and lake.
        "NEWSLAKE_SOURCES_PATH": settings.sources_path,
        "NEWSLAKE_LAKE": settings.lake if settings.lake.startswith("s3://") else str(Path(settings.lake).resolve()),
    }
    zoneinfo.reset_tzpath(())  # for this process, which is past reading PYTHONTZPATH
    with ExitStack() as open_until_the_end:
        lock = open_until_the_end.enter_context(_only_one(home, port))
        require_free(port)
        say(Text("Starting the Prefect server, which may take a minute on a busy machine …", "dim"))
        open_until_the_end.enter_context(prefect_server(home, port, keeps=lock))
        from flows.monitoring.state import State, tell, told_to
        from flows.server.alerts import ensure_alerts, log_alerts
        from flows.server.deployments import Served, serve_until_stopped

        log = home.parent / "alerts.log"
        if settings.alerts:
            ensure_alerts(settings.alerts)

        def on_ready(served: Served) -> None:
            at = f" http://{HOST}:{port}   lake: {os.environ['NEWSLAKE_LAKE']}"
            say(Text.assemble(("newslake is up:", "bold"), at))
            say(served.summary())
            say(
                f"Alerts: {log}{' and as NEWSLAKE_ALERTS says' if settings.alerts else '; for others, NEWSLAKE_ALERTS'}"
            )
            if asked := telemetry.exporters("METRICS"):
                try:
                    tell(State(open_store(os.environ["NEWSLAKE_LAKE"]), served.on), asked)
                    say(f"Metrics: {told_to(asked)}")
                except NewslakeError as error:  # variables that a whole cluster has may mean others
                    say(f"Metrics: none, {error}")
            say(
                Text(f"By hand: http://{HOST}:{port}/v2/deployments → run → Run → Custom run. Stop with Ctrl-C.", "dim")
            )

        serve_until_stopped(named, on_ready, partial(log_alerts, log, say))


@contextmanager
def _only_one(home: Path, port: int) -> Iterator[IO[str]]:
    """Refuse a second server on the database in `home`; the lock ends with this process and with the server."""
    with (home / "up.lock").open("a+", encoding="utf-8") as lock:
        if not takes(lock):
            lock.seek(0)
            raise NewslakeError(
                f"`newslake up` is running already: {lock.read() or 'it is just starting'}",
                "Use that one, or stop it. Another at the same time needs a database of its own: set XDG_STATE_HOME.",
            )
        lock.truncate(0)
        lock.write(f"port {port}, process {os.getpid()}")
        lock.flush()
        yield lock


@contextmanager
def prefect_server(home: Path, port: int, keeps: IO[str]) -> Iterator[None]:
    """A Prefect server as a child process, ready to answer, which keeps a lock; stopped on leaving."""
    log = home / "server.log"
    command = [sys.executable, "-m", "flows.server.guarded_server", str(port)]
    server: subprocess.Popen[bytes] | None = None
    try:
        with stop_at_waits(), log.open("wb") as output:  # a signal in between would leave a server that nobody knows
            server = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed arguments
                command,
                env=os.environ | isolated(home),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(keeps.fileno(),),
                start_new_session=True,  # Ctrl-C reaches only us; we stop the server after the runs
            )
            keeps.write(f", its server {server.pid}")
            keeps.flush()
            before_hard_end(partial(_kill, server))
        _wait_until_healthy(server, port, log)
        yield
    finally:
        if server is not None:
            _stop(server)


def require_free(port: int) -> None:
    """Refuse a port that another program uses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: TIME_WAIT doesn't count
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NewslakeError(
                f"port {port} on {HOST} is not free ({error.strerror})",
                "Stop the program that uses it, or choose another with --port.",
            ) from error


def _wait_until_healthy(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/api/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pause(0.2)
    ended = f"ended at once with exit code {server.returncode}" if server.returncode is not None else ""
    raise NewslakeError(f"the Prefect server {ended or f'did not start in {START_SECONDS} s'}", f"Its log is {log}.")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        return
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(server)


def _kill(server: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
