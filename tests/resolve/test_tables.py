"""The reviewed tables: ids of the outside world, successions, well-known people; and what the graph says of them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from rdflib import SKOS, Graph, URIRef

from kg.errors import DataError
from kg.graph.publish import BASE, publish
from kg.graph.queries import bind, named_queries
from kg.graph.sparql import run
from kg.graph.validate import validate
from kg.language.script import name_key
from kg.pipeline.lexicon import packaged
from kg.resolve import authority, resolve, successions
from kg.resources import data_path

Make = Callable[..., Any]


def rows(*parts: str) -> list[list[str]]:
    """The lines of a table, the first left out."""
    text = data_path(*parts).read_text(encoding="utf-8")
    assert text.endswith("\n")
    return list(csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE))


def test_each_id_of_the_outside_world_has_its_form_and_check_digits() -> None:
    table = rows("authority.tsv")
    assert len(table) >= 100
    wrong = [
        row for row in table if row[0] not in packaged().by_id or not authority.VALID[row[1]](row[2]) or not row[3]
    ]
    assert not wrong


def test_each_id_of_the_outside_world_stands_once_and_in_order() -> None:
    table = rows("authority.tsv")
    assert table == sorted(table)
    assert max(Counter((row[1], row[2]) for row in table).values()) == 1
    assert max(Counter((row[0], row[1]) for row in table).values()) == 1


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("wikidata", "q42"),
        ("wikidata", "Q0"),
        ("ror", "02zhqgq87"),
        ("ror", "02zhqgu86"),
        ("lei", "INR2EJN1ERAN0W5ZP975"),
        ("lei", "inr2ejn1eran0w5zp974"),
        ("isni", "0000000121742758"),
        ("isni", "000000012174275"),
    ],
)
def test_a_wrong_id_is_rejected(scheme: str, value: str) -> None:
    assert not authority.VALID[scheme](value)


def test_a_line_that_is_no_id_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "authority.tsv"
    path.write_text("id\tscheme\tvalue\tsource\nhk-hku\tror\t02zhqgq87\tx\n", encoding="utf-8")
    monkeypatch.setattr(authority, "data_path", lambda *_: path)
    authority.authorities.cache_clear()
    with pytest.raises(DataError, match=r"authority\.tsv:2"):
        authority.authorities()
    authority.authorities.cache_clear()


def test_successions_are_in_order_and_of_known_bodies() -> None:
    table = rows("successions.tsv")
    assert table == sorted(table)
    assert len(successions.changes()) == len(table) >= 30
    events = {
        c.event: {(d.date, d.kind) for d in successions.changes() if d.event == c.event} for c in successions.changes()
    }
    assert all(len(v) == 1 for v in events.values()), "an event has one date and one kind"
    named = {name_key(n): c for c in successions.changes() for n in c.former}
    assert all(packaged().by_key[k].id == c.after for k, c in named.items()), (
        "the lexicon has former names under the successor"
    )


def test_people_are_in_order_and_have_words_to_tell_them_by() -> None:
    table = rows("identity", "people.tsv")
    assert table == sorted(table)
    assert len({row[0] for row in table}) == len(table) >= 90
    assert all(len(row) == 4 and all(row) for row in table)


BODIES = [
    ("政府資訊科技總監辦公室", "2024-07-24", {"政府資訊科技總監辦公室"}),
    ("數字政策辦公室", "2024-07-25", {"數字政策辦公室"}),
    ("數字政策辦公室", "2010-01-01", {"政府資訊科技總監辦公室"}),
]


@pytest.fixture
def graph(document: Make) -> Graph:
    """A graph of two documents that name bodies of the table."""
    knowledge = resolve(
        [
            document(
                "a.txt",
                ("Organisation", "數字政策辦公室", "數字政策辦公室專員黃大文表示。"),
                ("Person", "黃大文", "數字政策辦公室專員黃大文表示。"),
                ("Organisation", "香港大學", "香港大學出席。"),
                posts=[(1, "專員", 0)],
                date="2025-01-02",
            ),
            document(
                "b.txt", ("Organisation", "政府資訊科技總監辦公室", "政府資訊科技總監辦公室表示。"), date="2023-01-02"
            ),
            document(
                "c.txt", ("Organisation", "Digital Policy Office", "The Digital Policy Office said so."), language="en"
            ),
        ]
    )
    found = Graph()
    found.parse(
        data="\n".join(f"{line.rsplit(' <', 1)[0]} ." for line in publish(knowledge, version="test")), format="nt"
    )
    return found


@pytest.mark.parametrize(("name", "date", "expected"), BODIES)
def test_who_was_responsible_on_a_date(graph: Graph, name: str, date: str, expected: set[str]) -> None:
    query = named_queries()["responsible-on"]
    found = run(graph, query.text, bindings=bind(graph, query, {"thing": name, "date": date})).to_dicts()
    assert expected <= {r["bodyName"] for r in found} <= {*expected, "效率促進辦公室", "效率促進組", "資訊科技署"}


def test_the_post_of_that_time_stands_beside_the_body(graph: Graph) -> None:
    query = named_queries()["responsible-on"]
    found = run(
        graph, query.text, bindings=bind(graph, query, {"thing": "數字政策辦公室", "date": "2025-03-01"})
    ).to_dicts()
    assert [(r["personName"], r["title"], r["since"]) for r in found] == [("黃大文", "專員", "2024-07-25")]


def test_outside_ids_and_reasons_are_in_the_graph(graph: Graph) -> None:
    university = URIRef(BASE + "organisation/hk-hku")
    assert URIRef("https://ror.org/02zhqgq86") in set(graph.objects(university, SKOS.exactMatch))
    office = URIRef(BASE + "organisation/hk-dpo")
    because = {str(o) for o in graph.objects(office, URIRef("https://w3id.org/fundgraph/ontology#mergedBecause"))}
    assert because == {"1.00 same entry: Digital Policy Office = 數字政策辦公室"}
    assert validate(graph) == []


def test_short_names_are_of_known_things_in_order_and_none_stands_in_the_lexicon() -> None:
    table = rows("identity", "short.tsv")
    assert len(table) >= 100
    assert table == sorted(table, key=lambda r: (r[0], r[2]))
    assert all((row[0] in packaged().by_id or row[0].startswith(("place-", "law-"))) and row[3] for row in table)
    uses = [(row[0], name_key(name)) for row in table for name in row[1].split(";")]
    assert len(uses) == len(set(uses))
    assert not [key for _, key in uses if key in packaged().by_key]


def test_editions_are_in_order_and_each_number_and_place_is_one_year() -> None:
    table = rows("identity", "editions.tsv")
    assert [row[0] for row in table] == sorted({row[0] for row in table})
    assert len(table) >= 20
    assert all(row[0] in packaged().by_id or (row[0].startswith("series-") and row[1]) for row in table)
    for row in table:
        years = [int(edition.split("=")[1]) for edition in row[2].split(";")]
        assert years == sorted(set(years)), row[0]
