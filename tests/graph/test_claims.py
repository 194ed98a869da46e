"""What documents that state one fact agree on."""

from __future__ import annotations

from decimal import Decimal

from kg.graph.claims import Claim, by_fact, settled
from kg.graph.excerpt import Chosen, most_mentioned


def claim(document: str, *, rank: int = 0, sure: str = "0.90", rule: str = "r", word: str = "公司") -> Claim:
    """A claim of a fact by a document."""
    fact, graph = "<x:fact/1>", f"<x:{document}>"
    said = (("a:rule", f'"{rule}"'), ("a:sure", f'"{sure}"'), ("a:measure", f'"{word}"@zh-Hant'))
    lines = tuple(f"{fact} <{p}> {v} {graph} ." for p, v in said)
    return Claim("1" * 20, rank, True, Decimal(sure), rule, document, lines)


def test_one_line_each_and_back() -> None:
    one = claim("d1", rank=12, rule="amount.beside 甲", word='a \\t "b"')
    assert Claim.decode(one.encode().encode() + b"\n") == one


def test_one_document_says_it_as_it_does() -> None:
    assert settled([claim("d1")]) == sorted(claim("d1").lines)


def test_the_surest_tells_rule_and_confidence() -> None:
    lines = settled([claim("d1", sure="0.50", rule="a"), claim("d2", sure="0.90", rule="b")])
    assert [line for line in lines if "<a:rule>" in line] == ['<x:fact/1> <a:rule> "b" <x:d2> .']
    assert sum("<a:sure>" in line for line in lines) == 1


def test_equally_sure_the_first_rule_then_the_first_document() -> None:
    lines = settled([claim("d2", rule="b"), claim("d3", rule="a"), claim("d1", rule="a")])
    assert [line for line in lines if "<a:rule>" in line] == ['<x:fact/1> <a:rule> "a" <x:d1> .']


def test_one_spelling_in_each_document_that_has_it() -> None:
    lines = settled([claim("d1", word="公司"), claim("d2", word="企業"), claim("d3", word="企業")])
    # 企 comes before 公 in Unicode.
    assert [line.split(" ", 2)[2] for line in lines if "<a:measure>" in line] == [
        '"企業"@zh-Hant <x:d2> .',
        '"企業"@zh-Hant <x:d3> .',
    ]


def test_claims_of_one_fact_stand_together() -> None:
    lines = sorted(f"{key * 20}\t{rank:09}\t0\t0.9\tr\td\ta\tb\n".encode() for key in "ab" for rank in range(3))
    assert [[c.rank for c in group] for group in by_fact(lines)] == [[0, 1, 2], [0, 1, 2]]


def test_what_most_documents_state_is_chosen() -> None:
    chosen = Chosen()
    chosen.add([claim(f"d{n}", rank=9 - n) for n in range(5)])
    found = chosen.by_document()
    assert {document: dict(keys) for document, keys in found.items()} == {f"d{n}": {"1" * 20: 1} for n in (3, 4)}, (
        "the first by rank"
    )


def test_most_mentioned_of_equal_ones_the_first() -> None:
    assert "a" in most_mentioned({"b": 1, "a": 1, **{f"x{n}": 2 for n in range(499)}})
    assert "b" not in most_mentioned({"b": 1, "a": 1, **{f"x{n}": 2 for n in range(499)}})
