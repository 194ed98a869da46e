"""The command ``kg diff``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kg.cli_serve import Debug


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
    if found:
        raise typer.Exit(1)
