"""The ``kg`` command: every sub-command is one call into the API."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from kg import __version__
from kg.cli_build import Jobs, diff, progress
from kg.cli_claims import review, series
from kg.cli_serve import Debug, Folder, User, push, serve
from kg.errors import KgError
from kg.vocab import NAMESPACE, PREFIXES

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Turn documents about public money into a knowledge graph.\n\nExample: kg build DOCUMENTS --out DIR",
)
_F = TypeVar("_F", bound=Callable[..., Any])


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _guard(function: _F) -> _F:
    """Print an error once, without a traceback, and end with its exit status."""

    @wraps(function)
    def wrapped(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except KgError as error:
            if options.get("debug"):
                raise
            _say(f"error {error}")
            raise typer.Exit(error.exit_status) from None
        except BrokenPipeError:
            # `kg … | head`: the reader has what it wants.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None

    return wrapped  # type: ignore[return-value]


@app.command()
@_guard
def build(
    paths: Annotated[
        list[Path], typer.Argument(help="Documents (.txt .pdf .html .docx .md .eml), or folders of them.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write; an older build in it is replaced.")],
    base: Annotated[str, typer.Option(help="The address below which things get their IRIs.")] = PREFIXES["fgi"],
    view: Annotated[bool, typer.Option(help="Write graph.html too.")] = True,
    jobs: Jobs = 0,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decisions to replay, in place of decisions.csv beside these.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Read documents and write their graph.

    A table documents.csv beside them (columns file, date, publisher, title, language, source) wins over what they say.
    A document that can't be read is named with the reason and the remedy; the rest is built, exit status 3.

    What an earlier build in DIR has read, also one that was cut off, is not read again; the result is the same.

    Example: kg build seeds --out out
    """
    import kg

    callback, close = progress()
    try:
        report = kg.build(paths, out=out, base=base, view=view, jobs=jobs, decisions=decisions, progress=callback)
    finally:
        close()
    _summary(report, out, view=view)
    if report.skipped:
        raise typer.Exit(3)


def _quote(evidence: Any) -> None:
    words = " ".join(evidence.quote.split())
    page = f" page {evidence.page}" if evidence.page else ""
    typer.echo(f"  「{words}」 {evidence.file}:{evidence.start}-{evidence.end}{page}")


def _summary(report: Any, out: Path, *, view: bool) -> None:
    data = report.data
    for problem in data["problems"]:
        if problem["severity"] == "info":
            continue  # in report.json
        _say(f"{problem['severity']} {problem['code']} {problem['where']}: {problem['message']}")
    things = ", ".join(f"{n} {t}" for t, n in data["things"].items())
    facts = ", ".join(f"{n} {t}" for t, n in data["facts"].items())
    typer.echo(f"{len(data['inputs'])} documents read, {len(report.skipped)} skipped")
    typer.echo(f"things: {things or 'none'}")
    typer.echo(f"facts:  {facts or 'none'}; {len(data['not_understood'])} sentences with figures gave none")
    typer.echo(f"written to {out}: graph.nq graph.ttl facts.ndjson report.json{' graph.html' if view else ''}")
    look = f"    open {out / 'graph.html'} in a browser" if view else ""
    typer.echo(f"next:   kg query {out} programmes    kg query {out} --list    kg show {out} NAME{look}")


@app.command()
@_guard
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write.")] = Path("fundgraph-demo"),
    debug: Debug = False,
) -> None:
    """Build the sample documents and show five facts with their quotes.

    Example: kg demo
    """
    import kg
    from kg.ask import highlights
    from kg.resources import seeds_path

    report = kg.build(seeds_path(), out=out)
    for line in highlights(kg.load(out)):
        typer.echo(line.text)
        _quote(line.evidence[0])
    typer.echo()
    _summary(report, out, view=True)


@app.command()
@_guard
def extract(
    paths: Annotated[list[Path], typer.Argument(help="Documents, or folders of them.")],
    jobs: Jobs = 0,
    debug: Debug = False,
) -> None:
    """Print the facts of documents, one JSON line a document.

    Example: kg extract seeds | head -1
    """
    from kg.engine.pool import outcomes
    from kg.reading import check_tables, collect

    documents, problems = collect(paths)
    problems += [p for p in check_tables(documents) if p.severity == "error"]
    failed = bool(problems)
    for problem in problems:
        _say(f"error {problem.code} {problem.where}: {problem.message}")
    for outcome in outcomes(documents, jobs=jobs, ordered=True):
        if outcome.problem:
            failed = True
            _say(f"error {outcome.problem.code} {outcome.file}: {outcome.problem.message}")
        else:
            typer.echo(outcome.facts)
    if failed:
        raise typer.Exit(3)


@app.command()
@_guard
def query(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="An output folder of kg build, or a graph file.")] = "",
    text: Annotated[str, typer.Argument(metavar="NAME|FILE|TEXT", help="A named query, a .rq file, or SPARQL.")] = "",
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="A parameter: thing=數碼港")] = None,
    form: Annotated[str, typer.Option("--format", "-f", help="table, csv or json")] = "table",
    listed: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds after which the query is ended.")] = 30.0,
    limit: Annotated[int, typer.Option(min=1, help="The most rows to print.")] = 10_000,
    endpoint: Annotated[str, typer.Option(metavar="URL", help="Ask this SPARQL 1.1 endpoint; leave DIR out.")] = "",
    user: User = "",
    debug: Debug = False,
) -> None:
    """Ask the graph: a named query, a file, or SPARQL text.

    Example: kg query out programmes
    """
    import kg

    if endpoint:
        if text:
            raise typer.BadParameter("leave DIR out: the endpoint is asked", param_hint="--endpoint")
        folder, text = endpoint, folder
    if listed or not text:
        for named in kg.named_queries().values():
            params = "".join(f" --param {p}=…" for p in named.params)
            typer.echo(f"{named.name + params:42} {named.title} · {named.title_zh}")
        return
    if form not in {"table", "csv", "json"}:
        raise typer.BadParameter(f"{form} is none of table, csv, json")
    if wrong := [p for p in param or [] if "=" not in p]:
        raise typer.BadParameter(f"{wrong[0]} is not NAME=VALUE", param_hint="--param")
    pairs = dict(p.split("=", 1) for p in param or [])
    place: Any = Path(folder)
    if endpoint:
        from kg.graph.remote import Endpoint

        place = Endpoint(endpoint, timeout=timeout, user=user)
    result = kg.query(place, text, params=pairs, timeout=timeout, limit=limit)
    _print(result, form)
    if result.truncated:
        _say(f"only the first {limit} rows are shown: raise --limit")


def _print(result: Any, form: str) -> None:
    rows = result.to_dicts()
    if form == "json":
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
    elif form == "csv":
        import csv

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([["" if v is None else _cell(v) for v in row.values()] for row in rows])
    else:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in result.columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text("" if v is None else _cell(v)) for v in row.values()))
        Console(width=None if sys.stdout.isatty() else 200).print(table)
        if not rows:
            _say("no rows")


def _cell(value: object) -> str:
    from decimal import Decimal

    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value).removeprefix(NAMESPACE)


@app.command()
@_guard
def show(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="Any name of the thing, in either script; or its IRI.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Show one thing with its facts and quotes.

    Example: kg show out 數碼港
    """
    import kg

    shown = kg.show(folder, name)
    if as_json:
        typer.echo(json.dumps(shown.to_dict(), ensure_ascii=False, indent=1))
        return
    typer.echo(f"{shown.names[0]} · {shown.type}{' · ' + shown.kind if shown.kind else ''}\n{shown.iri}")
    if len(shown.names) > 1:
        typer.echo(f"also: {', '.join(shown.names[1:])}")
    for line in shown.facts:
        typer.echo(f"\n{line.text}")
        for evidence in line.evidence:
            _quote(evidence)


@app.command()
@_guard
def validate(
    folder: Folder, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False, debug: Debug = False
) -> None:
    """Check the graph against the shapes of the ontology.

    Example: kg validate out
    """
    import kg

    findings = kg.validate(kg.load(folder))
    if as_json:
        typer.echo(json.dumps([{"code": f.code, "message": f.message, "where": f.where} for f in findings], indent=1))
    else:
        for finding in findings:
            typer.echo(f"{finding.severity} {finding.code} {finding.where}: {finding.message}")
        typer.echo("conforms" if not findings else f"{len(findings)} findings")
    if findings:
        raise typer.Exit(1)


@app.command()
@_guard
def evaluate(
    folder: Folder,
    gold: Annotated[list[Path], typer.Argument(help="Gold files (.json), or folders of them.")],
    errors: Annotated[
        bool, typer.Option("--errors", help="List what was missed (-) and what was too much (+).")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: Debug = False,
) -> None:
    """Compare the graph with facts annotated by hand: precision, recall and F1 per kind.

    Example: kg evaluate out tests/gold
    """
    import kg

    found = kg.evaluate(folder, gold)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    typer.echo(found.table(errors=errors))


@app.command()
@_guard
def view(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")],
    focus: Annotated[str | None, typer.Option(help="Only what lies around this thing.")] = None,
    depth: Annotated[int, typer.Option(min=1, max=6, help="How many steps around it.")] = 1,
    types: Annotated[str, typer.Option(help="Only these types, with commas: Organisation,Programme")] = "",
    since: Annotated[str | None, typer.Option(help="Only what documents of this day or later say: 2023-04-15")] = None,
    language: Annotated[str, typer.Option(help="The page opens in zh-Hant, zh-Hans or en.")] = "zh-Hant",
    form: Annotated[str | None, typer.Option(help="pyvis or webgl; left out, the size of the graph tells.")] = None,
    debug: Debug = False,
) -> None:
    """Write the interactive view as one page that opens with no network.

    Example: kg view out --focus 數碼港 --depth 2 --out cyberport.html
    """
    import kg
    from kg.files import write_text

    wanted = [name.strip() for name in types.split(",") if name.strip()] or None
    graph = kg.load(folder)
    write_text(out, kg.view(graph, focus=focus, depth=depth, types=wanted, since=since, language=language, form=form))
    typer.echo(f"written {out}")


@app.command()
@_guard
def export(
    folder: Folder,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write; its ending tells the format (tables: a folder).")
    ],
    form: Annotated[
        str | None,
        typer.Option("--format", "-f", help="ttl, nt, nq, trig, jsonld, csv, parquet, graphml, gexf, cyjs, json"),
    ] = None,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV that Excel opens safely: BOM, formulas made text.")
    ] = False,
    bundle: Annotated[bool, typer.Option("--bundle", help="A package to publish: all of it, with checksums.")] = False,
    licences: Annotated[
        Path | None, typer.Option(help="For the package: a CSV file with the columns file and licence.")
    ] = None,
    licence: Annotated[str, typer.Option(help="For the package: the address of the data's licence.")] = "",
    title: Annotated[str, typer.Option(help="For the package: its title.")] = "fundgraph data",
    date: Annotated[str, typer.Option(help="For the package: its day, if not that of the latest document.")] = "",
    debug: Debug = False,
) -> None:
    """Write the graph in another format, or as a package to publish.

    Example: kg export out --out graph.graphml
    """
    import kg
    from kg.export import export as write_files

    if bundle:
        if form or excel:
            raise typer.BadParameter("a package has its own formats: leave --format and --excel out")
        files = kg.bundle(folder, out, licences=licences, licence=licence, title=title, date=date)
    elif licences or licence or date:
        raise typer.BadParameter("--licences, --licence and --date are about --bundle")
    else:
        files = write_files(folder, out, form=form, excel=excel)
    for path in files:
        typer.echo(f"written {path}")


app.command()(_guard(diff))
app.command()(_guard(series))
app.command()(_guard(review))
app.command()(_guard(push))
app.command()(_guard(serve))


@app.command()
@_guard
def info(debug: Debug = False) -> None:
    """Print the versions of fundgraph and of what it stands on.

    Example: kg info
    """
    from hashlib import sha256
    from importlib.metadata import PackageNotFoundError, version

    from kg.resources import data_path
    from kg.vocab import ONTOLOGY_VERSION

    typer.echo(f"fundgraph {__version__}, ontology {ONTOLOGY_VERSION}, Python {sys.version.split()[0]}")
    for package in ("spacy", "opencc", "rdflib", "pyoxigraph", "pyshacl", "networkx", "pyvis"):
        try:
            typer.echo(f"{package} {version(package)}")
        except PackageNotFoundError:
            typer.echo(f"{package} missing")
    for model in ("recogniser", "network", "arbiter", "holders", "payers", "relations", "roles"):
        path = data_path("model", f"{model}.npz")
        typer.echo(f"{path.name} {sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else 'missing'}")


def main() -> None:
    """Run the command; an error of our own asks to be reported and exits with 70."""
    # What a command makes it mostly keeps to its end: to look for garbage every 700 objects is lost time.
    gc.set_threshold(30_000, 20, 50)
    for stream in (sys.stdout, sys.stderr):
        # Names are Chinese whatever the locale says, and a lone surrogate must not end a command.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _say(f"bug: {type(error).__name__}: {error}\nplease report it with the output of `kg info`; --debug shows more")
        raise SystemExit(70) from error


if __name__ == "__main__":
    main()
