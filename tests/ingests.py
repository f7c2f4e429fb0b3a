"""Ingests to their end, as the command and the flow do them."""

from collections.abc import Callable, Sequence

from infra.intake.captures import ALL, Wanted
from infra.intake.files.input_types import Input
from infra.work.ingest import ingest, ingest_chunk, plan
from infra.work.run import Run, RunReport


def ingest_all(
    inputs: Sequence[Input], run: Run, wanted: Wanted = ALL, on_input: Callable[[Input], object] = lambda _: None
) -> RunReport:
    """All chunks, and the landing."""
    return ingest(plan(inputs, wanted), inputs, wanted, run, lambda chunk: ingest_chunk(chunk, run, on_input))
