"""What a build shows while it runs, and the command that compares two: ``kg diff``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from kg.cli_serve import Debug

Jobs = Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes that read side by side; 0: as many as help.")]


def progress() -> tuple[Callable[[int, int, str], None] | None, Callable[[], None]]:
    """Return a progress callback for a terminal, and what closes it; none elsewhere."""
    if not sys.stderr.isatty():
        return None, lambda: None
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}", markup=False)
    file = TextColumn("{task.description}", markup=False)
    columns = BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn(), file
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    task = bar.add_task("reading", total=None, rate="")

    def report(number: int, total: int, name: str) -> None:
        speed = bar.tasks[0].speed
        bar.update(task, completed=number, total=total, description=name, rate=f"{speed:.1f}/s" if speed else "")

    return report, bar.stop


def diff(
    old: Annotated[Path, typer.Argument(help="An output folder, or a file of kg extract.")],
    new: Annotated[Path, typer.Argument(help="Another one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Say which facts were gained (+), lost (-) and changed (~), by document and rule. Exit status 1 if any.

    Example: kg diff out out2
    """
    import kg

    found = kg.diff(old, new)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
    else:
        for line in found.lines():
            typer.echo(line)
        if not found:
            typer.echo("the same facts")
    if found:
        raise typer.Exit(1)
