"""`--remote`: the workers of a server do what a command asks, and its log is followed here."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from flows.commands.console import ExitCode, print_json, stderr, stdout


def run_remotely(deployment: str, parameters: Mapping[str, Any], *, as_json: bool) -> int:
    """Submit a run and follow it; its end is that of the command. What is `None` is left to the workers' settings."""
    from flows.server.serve import keep_silent
    from infra.base.errors import NewslakeError
    from infra.base.stop import leave, signal_came, stop_at_waits

    keep_silent()  # before Prefect is imported
    from flows.server.remote import follow, submit

    def say(line: str) -> None:
        stderr().print(Text(line, "dim"))

    run = None
    try:
        with stop_at_waits():  # a signal in between would leave a run that nobody was told of
            wanted = {name: value for name, value in parameters.items() if value is not None}
            run, name, url = submit(deployment, wanted)
            say(f"{name} is submitted: {url}")
        name, state = follow(run, say)
    except BaseException:  # libraries wrap a stop that reaches them in errors of their own
        if run is None or not signal_came():
            raise
        stderr().print(f"stopped following; the run goes on. To cancel it: prefect flow-run cancel {run}")
        leave()
    if as_json:
        print_json({"flow_run": name, "id": str(run), "url": url, "state": state.type.value})
    if not state.is_completed():
        raise NewslakeError(
            f"run {name} {str(state.name).lower()}: {state.message or 'its log says why'}",
            f"The same again finishes what is missing. {url}",
        )
    if not as_json:
        stdout().print(f"{name} completed: what it landed, and what to look at, is on its page: {url}")
    return ExitCode.DONE
