"""A saved page as a fixture: `python -m tests.trim_fixture SOURCE CASE PAGE.html URL`.

Writes `tests/fixtures/sources/SOURCE/CASE/`. Look at `expected.json` before you commit it.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from infra.authoring.cases import write_case
from infra.authoring.trimming import disguised_and_trimmed
from parsers.record.capture import Capture, CapturedAtBasis, MediaType
from parsers.registry import sources
from tests.source_cases import FIXTURES

if __name__ == "__main__":
    name, case, file, url = sys.argv[1:]
    now = datetime.now(UTC).replace(microsecond=0)
    saved = Capture(Path(file).read_bytes(), MediaType.HTML, now, CapturedAtBasis.MTIME, url=url)
    write_case(FIXTURES / name / case, disguised_and_trimmed(saved, sources()[name]), sources()[name])
