"""The commands that bring a graph to others: a server on this machine, a triple store elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="An output folder of kg build, or a graph file.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
User = Annotated[str, typer.Option(help="A user of the remote store; the password is read from KG_PASSWORD.")]


def push(
    folder: Folder,
    address: Annotated[str, typer.Argument(metavar="URL", help="The store's address for the Graph Store Protocol.")],
    graph: Annotated[
        str, typer.Option(metavar="IRI", help="The graph to send to, in place of the default graph.")
    ] = "",
    graphs: Annotated[bool, typer.Option("--graphs", help="Send each document's graph under its name too.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the graphs hold; else it is added to.")
    ] = False,
    user: User = "",
    debug: Debug = False,
) -> None:
    """Send the graph to a triple store that speaks SPARQL 1.1 (Fuseki, GraphDB, Oxigraph …).

    Example: kg push out http://localhost:3030/dataset/data
    """
    from kg.graph.remote import push as send

    def report(sent: int, total: int) -> None:
        typer.echo(f"\r{sent:,} of {total:,} triples", nl=sent == total, err=True)

    progress = report if sys.stderr.isatty() else None
    sent = send(folder, address, graph=graph, graphs=graphs, replace=replace, user=user, progress=progress)
    typer.echo(f"{sent} triples sent to {address}")


def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = 8000,
    host: Annotated[
        str, typer.Option(help="The address to listen at; any but this machine's own opens it to a network.")
    ] = "127.0.0.1",
    timeout: Annotated[float, typer.Option(min=1, help="Seconds after which a query is ended.")] = 30.0,
    limit: Annotated[int, typer.Option(min=1, help="The most rows of an answer.")] = 100_000,
    origin: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Web pages from there may read answers too; * for all.")
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Add a page that asks which names are one thing and writes decisions.csv.")
    ] = False,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file that --review writes; else as kg review does.")
    ] = None,
    who: Annotated[str, typer.Option(help="Who answers; else the name of the user of this machine.")] = "",
    debug: Debug = False,
) -> None:
    """Serve browser pages, a SPARQL 1.1 endpoint (/sparql), and names for OpenRefine (/reconcile).

    Nothing is ever written, except with --review: answers on that page are rows of decisions.csv, which the next build
    follows.

    Example: kg serve out --port 8000
    """
    import datetime
    import getpass

    from kg.review import Desk
    from kg.serve.app import run

    desk = None
    if review:
        desk = Desk(folder, who or getpass.getuser(), lambda: datetime.date.today().isoformat(), decisions)
        desk.open()
    run(folder, host=host, port=port, timeout=timeout, limit=limit, origins=origin or [], desk=desk, say=typer.echo)
