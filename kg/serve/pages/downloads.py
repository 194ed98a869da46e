"""What can be taken away: the files of the build, and the graph in other formats, made when asked for."""

from __future__ import annotations

import io
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from kg.export import export
from kg.serve.pages.respond import HEADERS, Pages

# Files of a build, by name; nothing else of its folder is given out.
_FILES = {
    "graph.nq": "application/n-quads",
    "graph.ttl": "text/turtle",
    "facts.ndjson": "application/x-ndjson",
    "report.json": "application/json",
    "graph.html": "text/html",
}
_FORMATS = {
    "fundgraph.csv.zip": ("csv", "application/zip"),
    "fundgraph.trig": ("trig", "application/trig"),
    "fundgraph.nt": ("nt", "application/n-triples"),
    "fundgraph.jsonld": ("jsonld", "application/ld+json"),
    "fundgraph.gexf": ("gexf", "application/gexf+xml"),
    "fundgraph.graphml": ("graphml", "application/graphml+xml"),
    "fundgraph.json": ("json", "application/json"),
}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to offer; `size` is its length in bytes, or None for what is made when asked for."""

    name: str
    key: str
    size: int | None


def routes(pages: Pages) -> list[BaseRoute]:
    """Return the routes of the page of downloads, and of the files."""
    site = pages.site
    made: dict[str, bytes] = {}
    one_at_a_time = threading.Lock()

    def listing(request: Request) -> Response:
        text = pages.words(request).text
        there = [Download(n, n.replace(".", "_"), p.stat().st_size) for n in _FILES if (p := site.folder / n).is_file()]
        other = [
            Download(n, "format_" + form, len(made[n]) if n in made else None) for n, (form, _) in _FORMATS.items()
        ]
        return pages.render(request, "downloads.html", files=there, formats=other, title=text["downloads_title"])

    def file(request: Request) -> Response:
        name = request.path_params["name"]
        path = site.folder / name
        if name in _FORMATS:
            form, kind = _FORMATS[name]
            with one_at_a_time:
                if name not in made:
                    made[name] = _made(site.folder, name, form)
            return Response(made[name], media_type=kind, headers=_saved_as(name))
        if name not in _FILES or not path.is_file():
            return pages.missing(request, name)
        return FileResponse(path, media_type=_FILES[name], headers=_saved_as(name))

    def text(request: Request) -> Response:
        node = pages.asked(request)
        found = site.text(node) if node in site.documents else None
        if found is None:
            return pages.missing(request, str(node))
        return Response(found.encode("utf-8", "replace"), media_type="text/plain", headers=_saved_as(""))

    return [Route("/downloads", listing), Route("/download/{name}", file), Route("/text/{short:path}", text)]


def _saved_as(name: str) -> dict[str, str]:
    return {**HEADERS, **({"Content-Disposition": f'attachment; filename="{name}"'} if name else {})}


def _made(folder: Path, name: str, form: str) -> bytes:
    """Return the graph in a format; a format of several files as a ZIP archive that is the same each time."""
    with tempfile.TemporaryDirectory(prefix="kg-") as place:
        files = sorted(export(folder, Path(place) / name.removesuffix(".zip"), form=form))
        if not name.endswith(".zip"):
            return files[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.writestr(zipfile.ZipInfo(path.name, _FIRST_DAY), path.read_bytes(), zipfile.ZIP_DEFLATED)
        return packed.getvalue()
