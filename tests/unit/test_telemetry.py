"""OpenTelemetry is begun by its own variables only, and never stands in the way of the work."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from flows.monitoring import state, telemetry
from infra.base.errors import NewslakeError, UsageError
from infra.base.measures import _Recording, record_by
from infra.intake.web.polite_client import _label_of


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(telemetry, "_providers", [])
    yield
    record_by(None)


@pytest.mark.parametrize(
    ("variables", "metrics", "traces"),
    [
        ({}, [], []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, ["otlp"], ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1"}, [], ["otlp"]),
        ({"OTEL_METRICS_EXPORTER": "otlp, prometheus"}, ["otlp", "prometheus"], []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, ["otlp"], []),
        ({"OTEL_METRICS_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "True"}, [], []),
    ],
)
def test_the_variables_say_what_is_told_to_whom(
    variables: dict[str, str], metrics: list[str], traces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (telemetry.exporters("METRICS"), telemetry.exporters("TRACES")) == (metrics, traces)


@pytest.mark.parametrize(
    ("host", "label"),
    [("tass.com", "tass.com"), ("a1.b2.tass.com", "tass.com"), ("evil.example", "other"), ("192.0.2.1", "other")],
)
def test_hosts_without_number_share_a_label(host: str, label: str) -> None:
    assert _label_of(host) == label


def test_a_command_that_nobody_watches_and_help_load_nothing() -> None:
    """Runs leave the exporter `prometheus` to the process that tells the state."""
    code = (
        "import os, sys; from flows.cli import run; assert run(['sources']) == 0;"
        "os.environ['OTEL_METRICS_EXPORTER'] = 'prometheus'; assert run(['sources']) == 0;"
        "os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'] = 'http://127.0.0.1:1'; assert run(['run', '--help']) == 0;"
        "print('opentelemetry.sdk' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "False"


@pytest.mark.parametrize("signal", ["METRICS", "TRACES"])
def test_an_exporter_that_is_not_there_is_a_warning(
    signal: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(f"OTEL_{signal}_EXPORTER", "nonsense")
    telemetry.start()
    assert not _Recording.recorder
    (told,) = caplog.messages
    assert told.startswith(f"nothing is measured: no package that is installed has the {signal.lower()} exporter ")
    assert told.endswith(telemetry.EXTRA)


def test_what_the_sdk_says_is_one_line_each_without_traceback_or_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It would tell a header that it can't read with its secret, and a number that is none with a traceback."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization: Bearer s3cret")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "many")
    telemetry.start()
    telemetry._providers.clear()
    assert _Recording.recorder
    header, number = caplog.messages
    assert header.startswith("OpenTelemetry: Header format invalid!")
    assert "OTEL_BSP_MAX_QUEUE_SIZE" in number
    assert "s3cret" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("port", ["many", "99999", "-1"])
def test_a_port_that_is_none_is_refused_in_one_line(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_PROMETHEUS_PORT", port)
    with pytest.raises(NewslakeError, match=port):
        state.tell(list, ["prometheus"])  # type: ignore[arg-type]


def test_where_telemetry_is_switched_off_nobody_is_told_an_empty_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with pytest.raises(UsageError, match="OTEL_SDK_DISABLED"):
        state.tell(list, ["prometheus"])  # type: ignore[arg-type]


def test_a_lack_of_the_sdk_is_a_warning(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp")
    for name in [name for name in sys.modules if name.startswith("opentelemetry.sdk")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    telemetry.start()
    assert not _Recording.recorder
    assert "install newslake[otel]" in caplog.text
