"""The page as a file: self-contained, escaped, the same for the same graph."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from rdflib import Graph

from kg.errors import DataError, QueryError
from kg.resources import data_path
from kg.view.html import render
from kg.view.inline import inline
from kg.vocab import AMOUNT_ROLES, BOUNDS, ENTITY_TYPES, KINDS, PERS, PREDICATES, STATUSES

GraphMaker = Callable[[int], Graph]
HOSTILE = [
    "<script>window.__pwned=1</script>",
    "</script><script>window.__pwned=1</script>",
    "</title><img src=x onerror=window.__pwned=1>",
    '"><svg onload=window.__pwned=1>',
    "javascript:window.__pwned=1",
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "'; window.__pwned=1; //",
    "\u2028window.__pwned=1\u2029",
]


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts[-1] += data


def hostile_graph(maker: Any, text: str) -> Graph:
    """Return a graph in which every text is hostile."""
    document = maker.document(1, title=text, file=text)
    evidence = maker.evidence(document, text, f"前{text}後")
    body = maker.thing("Organisation", 1, text, aliases=[text + "2"], english=text)
    person = maker.thing("Person", 1, text)
    maker.post(person, text, body, [evidence])
    maker.mention(body, evidence)
    return maker.graph  # type: ignore[no-any-return]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element(maker: Any, text: str) -> None:
    plain = _Page(render(Graph(), title="x"))
    page = _Page(render(hostile_graph(maker, text), title=text))
    assert [t for t, _ in page.tags] == [t for t, _ in plain.tags]
    assert len(page.scripts) == 4
    assert page.scripts[2:] == plain.scripts[2:]
    for block in page.scripts[:2]:
        assert text.encode("utf-8", "replace").decode() in json.dumps(json.loads(block), ensure_ascii=False).replace(
            '\\"', '"'
        )


def test_hashes_in_the_policy_are_those_of_the_scripts() -> None:
    page = _Page(render(Graph(), title="x"))
    policy = next(a["content"] or "" for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in page.scripts[2:]]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"script-src ([^;]*);", policy) == [" ".join(f"'sha256-{d}'" for d in digests)]


def test_nothing_is_loaded_from_elsewhere(make_graph: GraphMaker) -> None:
    text = render(make_graph(50), title="x")
    page = _Page(text)
    assert not [(t, a) for t, a in page.tags if {"src", "href", "action", "style", "onclick"} & a.keys()]
    assert "link" not in {t for t, _ in page.tags}
    assert "sourceMappingURL" not in text
    assert "@import" not in text
    assert not re.search(r"url\(\s*['\"]?(?!data:)", data_path("templates", "view.css").read_text(encoding="utf-8"))


def test_same_graph_same_page(make_graph: GraphMaker) -> None:
    assert render(make_graph(50), title="x") == render(make_graph(50), title="x")


def test_half_a_character_does_not_stop_the_page() -> None:
    assert render(Graph(), title="\ud800x").encode("utf-8")


def test_language_of_the_page() -> None:
    assert _Page(render(Graph(), title="x", language="en")).tags[0] == ("html", {"lang": "en"})
    with pytest.raises(QueryError):
        render(Graph(), title="x", language="fr")


def test_positions_are_given_and_physics_is_off(make_graph: GraphMaker) -> None:
    data = json.loads(_Page(render(make_graph(50), title="x")).scripts[0])
    assert len(data["nodes"]) == 50
    assert all(n["physics"] is False and {"x", "y"} <= n.keys() for n in data["nodes"])


def test_types_differ_by_shape_and_colour_and_all_terms_have_words() -> None:
    words = tomllib.loads(data_path("templates", "view.toml").read_text(encoding="utf-8"))
    assert set(words["types"]) == set(ENTITY_TYPES)
    assert set(words["predicates"]) == {"post", *PREDICATES}
    for field in ("shape", "light", "dark"):
        assert len({t[field] for t in words["types"].values()}) == len(ENTITY_TYPES)
    looks = {(p["light"], tuple(p["dash"])) for p in words["predicates"].values()}
    assert len(looks) == len(PREDICATES) + 1
    needed = {
        *AMOUNT_ROLES,
        *BOUNDS,
        *PERS,
        *STATUSES,
        *(f"kind_{k}" for k in KINDS),
        *(f"type_{t}" for t in ENTITY_TYPES),
    }
    assert set(words["words"]["zh-Hant"]) == set(words["words"]["en"]) >= needed


def test_every_word_the_script_asks_for_exists() -> None:
    words = tomllib.loads(data_path("templates", "view.toml").read_text(encoding="utf-8"))["words"]["en"]
    scripts = "".join(p.read_text(encoding="utf-8") for p in sorted(data_path("templates", "view").glob("*.js")))
    asked = set(re.findall(r'word\("([a-z_]+)"\)', scripts))
    assert len(asked) > 10
    assert asked <= set(words)


@pytest.mark.parametrize("text", ["a</script>", "<!-- b", "x</STYLE>"])
def test_asset_that_would_end_its_element_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        inline("x.js", text)


@pytest.mark.parametrize(
    ("options", "code"),
    [({"since": "last year"}, "E323"), ({"form": "hologram"}, "E324"), ({"language": "tlh"}, "E322")],
)
def test_wrong_options_are_named_with_the_remedy(options: dict[str, str], code: str) -> None:
    with pytest.raises(QueryError) as caught:
        render(Graph(), title="x", **options)
    assert caught.value.code == code
    assert next(iter(options.values())) in caught.value.message
    assert caught.value.hint
