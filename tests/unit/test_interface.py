"""What Prefect's log shows of errors that a user can act on, and what a run's processes load."""

import logging
import os
import subprocess
import sys

import pytest
from prefect.exceptions import FailedRun, ParameterTypeError

from flows.jobs.interface import ONE_LINE
from infra.base.errors import NewslakeError


def record(error: Exception, log: str = "prefect.task_runs") -> logging.LogRecord:
    info = (type(error), error, None)
    return logging.LogRecord(log, logging.ERROR, __file__, 1, "Task run failed: %r", (error,), info)


def test_a_foreseen_error_of_a_task_is_one_line_without_a_traceback() -> None:
    said = record(NewslakeError("The lake s3://x cannot be reached", "Check the endpoint."))
    assert ONE_LINE.filter(said)
    assert said.getMessage() == "The lake s3://x cannot be reached. Check the endpoint."
    assert said.exc_info is None


def test_an_unforeseen_error_keeps_its_traceback() -> None:
    said = record(ZeroDivisionError("division by zero"))
    assert ONE_LINE.filter(said)
    assert said.exc_info is not None


def test_no_line_of_a_run_steers_the_terminal_of_its_worker() -> None:
    hostile = "of a site: \x1b]0;owned\x07 \u202egnp.exe"
    said = record(ValueError(hostile))
    said.msg, said.args = "%s could not be read", (hostile,)
    assert ONE_LINE.filter(said)
    message, *_, error = logging.Formatter().format(said).splitlines()
    assert message == "of a site: ]0;owned gnp.exe could not be read"
    assert error == "ValueError: of a site: ]0;owned gnp.exe"


@pytest.mark.parametrize("error", [NewslakeError("No lake", "Name one."), FailedRun("No lake. Name one.")])
def test_what_a_flow_has_told_is_not_told_again_when_its_process_ends(error: Exception) -> None:
    assert not ONE_LINE.filter(record(error, "prefect.flow_runs"))


def test_wrong_parameters_are_one_line_although_the_run_never_began() -> None:
    said = record(ParameterTypeError("Flow run received invalid parameters:\n - start: no date"), "prefect.flow_runs")
    assert logging.getLogger("prefect.flow_runs").filter(said)
    assert said.getMessage() == "Flow run received invalid parameters: - start: no date"
    assert said.exc_info is None


@pytest.mark.usefixtures("worker_processes")
def test_processes_that_parse_for_a_run_do_not_load_prefect() -> None:
    command = [sys.executable, "-m", "tests.run_process"]
    environment = os.environ | {"PREFECT__FLOW_RUN_ID": "b4a1d0a6-5d0f-4c5e-9d5e-1c2f3a4b5c6d"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert said.stdout.endswith("modules, Prefect among them: False"), said
