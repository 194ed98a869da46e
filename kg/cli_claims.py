"""The commands about what documents claim: figures over time, and which names are one thing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli_serve import Debug, Folder

if TYPE_CHECKING:
    from kg.series import Claim, Series


def series(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="Any name of the thing, in either script; or its IRI.")],
    measure: Annotated[
        str | None, typer.Option("--measure", "-m", help="Only this measure: 社群企業, 金融科技, 融資, raised …")
    ] = None,
    on: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Only what held on this date.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a row for each claim.")] = False,
    debug: Debug = False,
) -> None:
    """Show how the figures about one thing moved: a series for each measure, whatever words documents use.

    Example: kg series out 數碼港 --measure 企業
    """
    from kg.series import series as find

    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    found = find(folder, name, measure=measure)
    if on is not None:
        found = found.as_of(on)
    if as_json:
        data = {"thing": found.thing, "series": [s.to_dict() for s in found]}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
    elif as_csv:
        typer.echo(found.to_csv(), nl=False)
    else:
        typer.echo(found.thing)
        for each in found:
            _print(each)
    if not found.series:
        typer.echo(f"no figures of {found.thing}" + (f" as of {on}" if on else ""), err=True)


def _print(series: Series) -> None:
    from kg.language.script import fold

    typer.echo(f"\n{series.measure} ({series.unit}{f', per {p}' if (p := series.claims[0].per) else ''})")
    steps = {id(s.new): s for s in series.growth()}
    for claim in series.claims:
        step = steps.get(id(claim))
        change = ""
        if step:
            share = "" if step.percent is None else f" ({step.percent:+f} %)"
            change = f"{'' if step.sure else 'about '}{step.change.normalize():+,f}{share}"
        # The words of this document, where they are others than those above; another script is none.
        words = f" ({claim.measure})" if fold(claim.measure) != fold(series.measure) else ""
        figure = f"{claim.number:>16}  {change:22}"
        typer.echo(f"  {claim.time or 'no date':10}  {figure}「{claim.quote}」{words} {claim.file}")
        if claim.as_of and claim.date:
            typer.echo(f"  {'':10}  {'':16}  said on {claim.date}")
    for one, other in series.conflicts():
        typer.echo(f"  disagree: {_told(one)} – {_told(other)}")


def _told(claim: Claim) -> str:
    return f"{claim.number} ({claim.file})"


def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of kg build.")],
    decisions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; else the one that the build used, or DIR/decisions.csv."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the open questions, ask nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the open questions as JSON, ask nothing.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="The most questions.")] = 20,
    who: Annotated[str, typer.Option(help="Who answers; else the name of the user of this machine.")] = "",
    debug: Debug = False,
) -> None:
    """Decide which names are one thing: the pairs worth most first, each answer a row of decisions.csv.

    The next build follows the answers; deleting a row takes it back.

    Example: kg review out --list
    """
    import datetime
    import getpass

    from kg.review import Review, ask, lines
    from kg.review import review as find

    every = find(folder, decisions=decisions)
    found = Review(every.file, every.proposals[:limit])
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1))
        return
    if not found.proposals:
        typer.echo("nothing is left to decide")
        return
    if listed:
        for number, proposal in enumerate(found.proposals, 1):
            typer.echo(f"{number}  " + "\n".join(lines(proposal)))
        typer.echo(f"{len(every.proposals)} open; answer them with kg review {folder}, or write rows into {found.file}")
        return

    def answer() -> str:
        line = sys.stdin.readline()
        return line if line else "q"

    today = datetime.date.today().isoformat()
    done = ask(found, answer, typer.echo, who=who or getpass.getuser(), when=today)
    if done:
        typer.echo(
            f"{done} answers written to {found.file}; build again to follow them: kg build DOCUMENTS --out {folder}"
        )
