"""`newslake doctor`: what is wrong with this installation, and how to fix it."""

import dataclasses
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from flows.commands import options
from flows.commands.console import ExitCode, print_json, stderr, stdout

if TYPE_CHECKING:
    from infra.upkeep.doctor import Finding

SYMBOLS = {"ok": "[green]✔[/green]", "warning": "[yellow]⚠[/yellow]", "fault": "[red]✘[/red]"}


def doctor(lake: options.Lake = None, as_json: options.Json = False) -> int:
    """Check settings, lake, clock, disk, sources and Prefect. Exits with 1 on a fault."""
    with stderr().status("loading …") as status:
        from infra.upkeep.doctor import Verdict, diagnose

        found: list[tuple[str, Finding]] = []
        for name, finding in diagnose(lake):
            found.append((name, finding))
            status.update(f"{name}: {finding.verdict} …")
    faults = sum(finding.verdict is Verdict.FAULT for _, finding in found)
    if as_json:
        checks = [{"check": name, **dataclasses.asdict(finding)} for name, finding in found]
        print_json({"faults": faults, "checks": checks})
    else:
        _show(found)
        verdict = f"{faults} of {len(found)} checks found a fault" if faults else f"{len(found)} checks, no fault"
        stderr().print(verdict, style="red" if faults else "green")
    return ExitCode.FAILED if faults else ExitCode.DONE


def _show(found: "list[tuple[str, Finding]]") -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, finding in found:
        said = Text(finding.detail)  # text, not markup: it holds what others wrote
        if finding.remedy:
            said.append(f"\n→ {finding.remedy}", style="yellow")
        table.add_row(SYMBOLS[finding.verdict], name, said)
    stdout().print(table)
