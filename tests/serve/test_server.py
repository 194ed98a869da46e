"""What the server says of itself, what lives at its addresses, and whom it answers."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from kg.errors import InputError, OutputError
from kg.serve.app import create_app, run
from kg.vocab import FG, PREFIXES

SD, VOID = Namespace("http://www.w3.org/ns/sparql-service-description#"), Namespace("http://rdfs.org/ns/void#")
TURTLE = {"accept": "text/turtle"}


def read(answer: httpx.Response, form: str = "turtle") -> Graph:
    """The triples of an answer."""
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=form)


def test_service_description(client: httpx.Client, address: str) -> None:
    found = read(client.get("sparql", headers=TURTLE))
    (service,) = found.subjects(RDF.type, SD.Service)
    assert service == URIRef(f"{address}sparql") == found.value(service, SD.endpoint)
    assert found.value(service, SD.supportedLanguage) == SD.SPARQL11Query
    assert len(set(found.objects(service, SD.resultFormat))) == 8
    dataset = found.value(service, SD.defaultDataset)
    names = {str(found.value(g, SD.name)) for g in found.objects(dataset, SD.namedGraph)}
    assert f"{PREFIXES['fgi']}graph/things" in names and len(names) > 5
    assert all(isinstance(s, URIRef) for s in found.subjects())


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
    ],
)
def test_void_counts_what_is_there(client: httpx.Client, graph: Graph, accept: str, form: str) -> None:
    found = read(client.get(".well-known/void", headers={"accept": accept}), form)
    (data,) = found.subjects(RDF.type, VOID.Dataset)
    assert int(str(found.value(data, VOID.triples))) == len(graph)
    parts = {found.value(p, VOID["class"]): p for p in found.objects(data, VOID.classPartition)}
    people = len(set(graph.subjects(RDF.type, URIRef(FG.Person))))
    assert int(str(found.value(parts[URIRef(FG.Person)], VOID.entities))) == people
    assert found.value(data, VOID.sparqlEndpoint)
    assert (URIRef(FG.Person), URIRef(PREFIXES["rdfs"] + "label"), Literal("人物", lang="zh-Hant")) in found
    assert client.get(".well-known/void", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("form", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"])
def test_a_thing_is_to_be_had(client: httpx.Client, form: str) -> None:
    names = {
        "text/turtle": "turtle",
        "application/n-triples": "nt",
        "application/rdf+xml": "xml",
        "application/ld+json": "json-ld",
    }
    answer = client.get("id/organisation/hk-hkpc", headers={"accept": form})
    found = read(answer, names[form])
    thing = URIRef(f"{PREFIXES['fgi']}organisation/hk-hkpc")
    assert (thing, RDF.type, URIRef(FG.Organisation)) in found
    assert set(found.subjects(URIRef(PREFIXES["org"] + "organization"), thing)), "its posts are there"
    assert set(found.objects(None, URIRef(FG.evidence)))
    assert answer.headers["link"] == f'<{thing}>; rel="canonical"'


def test_a_document_is_its_graph(client: httpx.Client, built: Path) -> None:
    name = next(
        line.rsplit("<", 1)[1][:-3]
        for line in (built / "graph.nq").read_text("utf-8").splitlines()
        if "/document/" in line.rsplit("<", 1)[1]
    )
    found = read(client.get(f"id/{name.removeprefix(PREFIXES['fgi'])}", headers=TURTLE))
    lines = [line for line in (built / "graph.nq").read_text("utf-8").splitlines() if line.endswith(f"<{name}> .")]
    inside = {q.triple for q in ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)}
    assert len(found) >= len(inside) > 10
    assert (URIRef(name), RDF.type, URIRef(FG.Document)) in found


@pytest.mark.parametrize(
    "path", ["organisation/nobody", "", "../../etc/passwd", "%3Cscript%3E", "a b", "%ff", "organisation%2Fhk-hkpc%00"]
)
def test_what_is_not_there(client: httpx.Client, path: str) -> None:
    answer = client.get(f"id/{path}", headers=TURTLE)
    assert answer.status_code in {404, 405} and answer.headers["content-type"].startswith("text/plain")


def test_an_address_may_be_encoded_once_more(client: httpx.Client) -> None:
    assert client.get("id/organisation%2Fhk-hkpc", headers=TURTLE).status_code == 200


def test_headers(client: httpx.Client) -> None:
    for path in ("sparql?query=ASK{}", "reconcile", ".well-known/void", "id/organisation/hk-hkpc", "nothing/here"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"] and "server" not in headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:3333", True),
        ("http://localhost", True),
        ("https://localhost:8443", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example:80", False),
        ("null", False),
    ],
)
def test_only_pages_of_this_machine_may_read(client: httpx.Client, origin: str, allowed: bool) -> None:
    answer = client.get("sparql", params={"query": "ASK {}"}, headers={"origin": origin})
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    before = client.options("sparql", headers=asked)
    assert (before.status_code == 200) is allowed


def test_only_its_own_name_is_answered(address: str) -> None:
    parts = urlsplit(address)
    assert parts.hostname is not None
    for host, status in (("evil.example", 400), (f"localhost:{parts.port}", 200)):
        connection = http.client.HTTPConnection(parts.hostname, parts.port)
        connection.request("GET", "/sparql?query=ASK%7B%7D", headers={"Host": host})
        assert connection.getresponse().status == status
        connection.close()


def test_it_listens_to_this_machine_only(address: str) -> None:
    assert urlsplit(address).hostname == "127.0.0.1"
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.2", urlsplit(address).port or 0)) != 0


def session(process: subprocess.Popen[str]) -> list[str]:
    """The processes that a server and its workers are, after a while in which those that end may do so."""
    for _ in range(50):
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "-s", str(process.pid)], capture_output=True, text=True, check=False
        )
        alive = [line for line in found.stdout.splitlines() if "Z" not in line]
        if not alive:
            break
        time.sleep(0.1)
    return alive


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_its_workers(built: Path, start: Any, sent: int) -> None:
    process, address = start([str(built), "--timeout", "60"])
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    assert len(session(process)) > 2
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{address}sparql", params={"query": endless}, trust_env=False, timeout=1)
    process.send_signal(sent)
    assert "Traceback" not in process.communicate(timeout=20)[1]
    assert session(process) == []


def test_a_port_that_is_taken(built: Path, address: str) -> None:
    with pytest.raises(OutputError, match=r"E406 .*--port"):
        run(built, port=urlsplit(address).port or 0)


def test_no_graph_no_server(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        create_app(tmp_path / "nothing")


def test_a_graph_file_alone_is_served(built: Path, start: Any) -> None:
    process, address = start([str(built / "graph.ttl"), "--origin", "https://editor.example"])
    with httpx.Client(base_url=address, trust_env=False) as client:
        asked = {"origin": "https://editor.example", "accept": "text/csv"}
        answer = client.get(
            "sparql", params={"query": "SELECT (COUNT(*) AS ?n) WHERE { ?s a fg:Person }"}, headers=asked
        )
    process.send_signal(2)
    process.communicate(timeout=20)
    assert answer.headers["access-control-allow-origin"] == "https://editor.example"
    assert int(answer.text.splitlines()[1]) > 5
