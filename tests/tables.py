"""Tables of cases: `tests/fixtures/tables/<name>.toml`."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fixtures" / "tables"


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
