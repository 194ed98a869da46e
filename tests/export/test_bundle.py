"""A package is whole, described, checked and the same for the same input."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from pathlib import Path

import bagit
import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, Literal, Namespace, URIRef
from rdflib.compare import to_isomorphic
from rocrate.rocrate import ROCrate
from typer.testing import CliRunner

import kg
from kg.cli import app
from kg.errors import InputError, OutputError
from kg.vocab import FG

SPDX = Namespace("http://spdx.org/rdf/terms#")
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture(scope="module")
def package(built: Path, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the seeds."""
    target = tmp_path_factory.mktemp("bundle") / "package"
    kg.bundle(built, target, licences=seeds / "licences.csv", licence=CC_BY, title="種子 seeds")
    return target


@pytest.fixture(scope="module")
def void(package: Path) -> tuple[Graph, str]:
    """Its description, and the address of the package."""
    base = (package / "data").as_uri() + "/"
    return Graph().parse(package / "data" / "void.ttl", publicID=base + "void.ttl"), base


def test_the_bag_is_valid_and_finds_a_changed_file(package: Path, tmp_path: Path) -> None:
    assert bagit.Bag(str(package)).validate()
    copy = Path(shutil.copytree(package, tmp_path / "copy"))
    (copy / "data" / "graph.ttl").write_text("", encoding="utf-8")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(copy)).validate()


def test_it_holds_what_it_says(package: Path, built: Path) -> None:
    data = package / "data"
    names = {p.relative_to(data).as_posix() for p in data.rglob("*") if p.is_file()}
    assert {"README.md", "graph.nq", "graph.ttl", "void.ttl", "sources.csv", "ro-crate-metadata.json"} <= names
    assert {
        "ontology/fundgraph.ttl",
        "ontology/shapes.ttl",
        "tables/csv-metadata.json",
        "network/network.gexf",
    } <= names
    assert (data / "graph.nq").read_bytes() == (built / "graph.nq").read_bytes()
    assert to_isomorphic(kg.load(data / "graph.ttl")) == to_isomorphic(kg.load(built))
    assert not kg.validate(kg.load(data / "graph.nq"))
    assert not [n for n in names if n.startswith("text")], "the documents themselves are not ours to publish"


def test_ro_crate_reads_it(package: Path) -> None:
    crate = ROCrate(str(package / "data"))
    assert crate.name == "種子 seeds"
    assert str(crate.license) == CC_BY or crate.license["@id"] == CC_BY
    files = {e.id: e for e in crate.get_entities() if "File" in str(e.type)}
    on_disk = {p.relative_to(package / "data").as_posix() for p in (package / "data").rglob("*") if p.is_file()}
    assert set(files) == on_disk - {"ro-crate-metadata.json"}
    for name, entity in files.items():
        assert entity["sha256"] == hashlib.sha256((package / "data" / name).read_bytes()).hexdigest()
    sources = crate.root_dataset["isBasedOn"]
    assert len(sources) == 11
    assert {
        s["license"]["@id"]
        if isinstance(s["license"], dict)
        else s["license"].id
        if hasattr(s["license"], "id")
        else s["license"]
        for s in sources
    } == {CC_BY}


def test_void_counts_the_graph(package: Path, void: tuple[Graph, str]) -> None:
    found, base = void
    graph = kg.load(package / "data" / "graph.ttl")
    whole = URIRef(base)
    assert (whole, RDF.type, VOID.Dataset) in found and (whole, RDF.type, DCAT.Dataset) in found
    assert found.value(whole, VOID.triples) == Literal(len(graph))
    parts = {
        found.value(p, VOID["class"]): found.value(p, VOID.entities) for p in found.objects(whole, VOID.classPartition)
    }
    assert parts[URIRef(FG.Amount)] == Literal(len(set(graph.subjects(RDF.type, URIRef(FG.Amount)))))
    triples = [found.value(p, VOID.triples).toPython() for p in found.objects(whole, VOID.propertyPartition)]  # type: ignore[union-attr]
    assert sum(triples) == len(graph)


def test_dcat_has_every_file_with_its_checksum(package: Path, void: tuple[Graph, str]) -> None:
    found, base = void
    files = {
        str(found.value(d, DCAT.downloadURL)).removeprefix(base): d for d in found.objects(None, DCAT.distribution)
    }
    assert len(files) > 15
    for name, part in files.items():
        data = (package / "data" / name).read_bytes()
        check = found.value(part, SPDX.checksum)
        assert str(found.value(check, SPDX.checksumValue)) == hashlib.sha256(data).hexdigest()
        assert int(str(found.value(part, DCAT.byteSize))) == len(data)


def test_each_source_has_its_licence(package: Path, void: tuple[Graph, str]) -> None:
    found, base = void
    sources = set(found.objects(URIRef(base), DCTERMS.source))
    assert len(sources) == 11
    assert {str(found.value(s, DCTERMS.license)) for s in sources} == {CC_BY}
    with (package / "data" / "sources.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["licence"] for row in csv.DictReader(stream)} == {CC_BY}


def test_a_source_without_licence_says_so(out: Path, tmp_path: Path) -> None:
    kg.bundle(out, tmp_path / "p")
    text = (tmp_path / "p" / "data" / "void.ttl").read_text(encoding="utf-8")
    assert "No licence is stated" in text and CC_BY not in text.split("ontology/")[0]
    assert "1 of the 1 documents have no licence" in (tmp_path / "p" / "data" / "README.md").read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_bytes(built: Path, package: Path, seeds: Path) -> None:
    again = package.parent / "again"
    kg.bundle(built, again, licences=seeds / "licences.csv", licence=CC_BY, title="種子 seeds")

    def content(folder: Path) -> dict[str, bytes]:
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    assert content(again) == content(package)
    assert "Bagging-Date: 2025-03-18" in (again / "bag-info.txt").read_text(encoding="utf-8")


def test_an_older_package_is_replaced_and_nothing_else(out: Path, tmp_path: Path) -> None:
    kg.bundle(out, tmp_path / "p", date="2024-01-01")
    kg.bundle(out, tmp_path / "p", date="2024-02-02")
    assert json.loads((tmp_path / "p" / "data" / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert "2024-02-02" in (tmp_path / "p" / "bag-info.txt").read_text(encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="E404"):
        kg.bundle(out, tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "p"]


@pytest.mark.parametrize(
    "text", ["name,licence\na,b\n", "file,licence\na.txt,javascript:alert(1)\n", "file,licence\na.txt,https://x/ y\n"]
)
def test_bad_licences_are_named(out: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"E113 .*l\.csv:2"):
        kg.bundle(out, tmp_path / "p", licences=tmp_path / "l.csv")
    assert not (tmp_path / "p").exists()


def test_a_bad_date_is_named(out: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="E114"):
        kg.bundle(out, tmp_path / "p", date="yesterday")


def test_command(out: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(out), "--bundle", "--out", str(tmp_path / "p"), "--licence", CC_BY])
    assert done.exit_code == 0, done.output
    assert bagit.Bag(str(tmp_path / "p")).is_valid()
    done = CliRunner().invoke(app, ["export", str(out), "--bundle", "--excel", "--out", str(tmp_path / "q")])
    assert done.exit_code == 2
    done = CliRunner().invoke(app, ["export", str(out), "--licence", CC_BY, "--out", str(tmp_path / "q.ttl")])
    assert done.exit_code == 2


@pytest.mark.parametrize("library", ["bagit", "rocrate"])
def test_a_missing_library_is_named_with_its_remedy(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(OutputError, match=rf"E407 .*needs {library}.*fundgraph\[export\]"):
        kg.bundle(out, tmp_path / "p")
    assert list(tmp_path.iterdir()) == []
