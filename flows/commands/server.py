"""`newslake up`, `newslake deploy`: the same flows with schedules and a UI, on this machine or on many."""

from datetime import UTC, datetime
from threading import TIMEOUT_MAX
from typing import Annotated

import typer
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout

DEFAULT_PORT = 4200  # Prefect's own, which its documentation and its users know
DEFAULT_POOL = "newslake"

SwitchedOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Switch this source's schedules on; repeat it for several. Default: NEWSLAKE_SOURCES, else none.",
    ),
]


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port of the server and its UI, on 127.0.0.1.")
    ] = DEFAULT_PORT,
    source: SwitchedOn = None,
    lake: options.Lake = None,
) -> int:
    """Start a Prefect server and serve all flows, on this machine. Stop it with Ctrl-C.

    No source is asked on schedule until you name it, or switch it on in the UI. What you pause or resume there stays
    so over restarts.

    [bold]Example[/bold]

    newslake up --source tass --source bbc --port 4300
    """
    from flows.jobs.start import load_run_settings, open_checked_store
    from flows.server.serve import serve_all
    from infra.base.days import Days
    from infra.work.live.plan import FetchPolicy
    from infra.work.live.run_days import require_askable

    settings = load_run_settings(lake)
    named = _named(source, settings.sources)
    today = Days.one(datetime.now(UTC).date())
    require_askable(((name, today, FetchPolicy()) for name in named), settings)
    open_checked_store(settings)
    serve_all(port=port, settings=settings, named=named, say=stderr().print)
    return ExitCode.DONE


def deploy(
    pool: Annotated[
        str, typer.Option(metavar="NAME", help="Process work pool of the workers; created if it does not exist.")
    ] = DEFAULT_POOL,
    source: SwitchedOn = None,
    as_json: options.Json = False,
) -> int:
    """Register all flows with their schedules on the server of PREFECT_API_URL. Repeat it after each upgrade.

    No source is asked on schedule until you name it, or switch it on in the UI. Workers run the flows:
    `prefect worker start --pool newslake --type process`, on any number of machines.

    [bold]Example[/bold]

    PREFECT_API_URL=http://127.0.0.1:4200/api newslake deploy --source tass
    """
    from flows.jobs.start import load_run_settings
    from flows.server.serve import keep_silent

    keep_silent()  # before Prefect is imported
    from flows.server.deploy import deploy as register

    settings = load_run_settings()
    served = register(pool, _named(source, settings.sources), settings.alerts)
    names = [each.full_name for each in served.deployments]
    if as_json:
        print_json({"work_pool": pool, "deployments": names, "on_schedule": served.on})
        return ExitCode.DONE
    out = stdout()
    out.print(Text.assemble("deployed to the work pool ", (pool, "bold"), f": {', '.join(names)}"))
    out.print(served.summary())
    out.print(f"To run them, here or elsewhere: prefect worker start --pool {pool} --type process", style="dim")
    return ExitCode.DONE


def alerts(
    to: Annotated[
        str | None,
        typer.Argument(
            metavar="[TO]",
            help="Web address (Slack, Mattermost, one of yours), or type/name of a notification block in Prefect. "
            "Default: NEWSLAKE_ALERTS.",
        ),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Send one now, and wait until it has arrived.")] = False,
) -> int:
    """Have the server of PREFECT_API_URL send alerts: late or suspect days, failed runs, a full disk.

    Repeating it updates the automations; what you switch off in the UI stays off. `newslake up` and `newslake deploy`
    do the same where NEWSLAKE_ALERTS is set.

    [bold]Example[/bold]

    PREFECT_API_URL=http://127.0.0.1:4200/api newslake alerts https://hooks.slack.com/services/T0/B0/secret --test
    """
    from flows.jobs.start import load_run_settings
    from flows.server.serve import keep_silent
    from infra.base.errors import UsageError

    keep_silent()  # before Prefect is imported
    from flows.jobs.alerts import send_test
    from flows.server.alerts import ensure_alerts, require_arrival
    from flows.server.deploy import asking_server

    target = to or load_run_settings().alerts
    if not target:
        raise UsageError("nobody is named who should hear", "Give a web address or a block, or set NEWSLAKE_ALERTS.")
    with asking_server():
        ensure_alerts(target)
        if test:
            require_arrival(send_test())
    stdout().print("alerts are set up" + (", and a test has arrived" if test else ""))
    return ExitCode.DONE


def metrics(lake: options.Lake = None) -> int:
    """Report the state of the lake and its days to Prometheus or an OpenTelemetry collector, until Ctrl-C.

    Serves http://127.0.0.1:9464/metrics, unless OTEL_METRICS_EXPORTER or an OTLP endpoint says otherwise: see
    docs/monitoring.md. For production with workers; `newslake up` reports the same if one of these is set.

    [bold]Example[/bold]

    OTEL_EXPORTER_PROMETHEUS_PORT=9470 newslake metrics --lake s3://news/lake
    """
    from flows.jobs.start import load_run_settings
    from flows.monitoring import state, telemetry
    from flows.server.serve import keep_silent
    from infra.base.stop import pause
    from infra.store.open_store import open_store
    from infra.upkeep.lake_state import lake_state

    keep_silent()  # before Prefect is imported
    settings = load_run_settings(lake)
    store, expected = open_store(settings.lake), _named(None, settings.sources)
    lake_state(store, datetime.now(UTC))  # what is wrong from the beginning ends here, in one line
    named = telemetry.exporters("METRICS") or [telemetry.PROMETHEUS]
    state.tell(state.State(store, expected), named)
    stderr().print(f"telling how {store.uri} is: {state.told_to(named)}. Stop with Ctrl-C.")
    pause(TIMEOUT_MAX)
    return ExitCode.DONE


def _named(typed: list[str] | None, setting: str) -> tuple[str, ...]:
    from infra.base.known_sources import require_source

    names = ",".join(typed or [setting]).split(",")
    named = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in named:
        require_source(name)
    return named
