"""The calls that OpenRefine makes, each answer held against the schema of the Reconciliation Service API 0.2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from kg.serve.properties import properties
from kg.vocab import ENTITY_TYPES

SCHEMAS = Path(__file__).parent / "schemas"


def checked(answer: httpx.Response, schema: str) -> Any:
    """The content of an answer that is as the schema says."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    data = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(data).validate(answer.json())
    return answer.json()


def ask(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """The candidates for one query."""
    found = checked(client.post("reconcile", data={"queries": json.dumps({"q": query})}), "results")
    return list(found["q"]["result"])


def test_manifest_names_services_that_answer(client: httpx.Client) -> None:
    manifest = checked(client.get("reconcile"), "manifest")
    assert [t["id"] for t in manifest["defaultTypes"]] == list(ENTITY_TYPES)
    for name in ("entity", "property", "type"):
        service = manifest["suggest"][name]
        schema = "suggest-entity" if name == "entity" else "suggest"
        checked(client.get(service["service_url"] + service["service_path"], params={"prefix": "a"}), schema)
    service = manifest["extend"]["propose_properties"]
    checked(client.get(service["service_url"] + service["service_path"], params={"type": "Programme"}), "properties")
    (best, *_) = ask(client, query="生產力局")
    assert client.get(manifest["preview"]["url"].replace("{{id}}", best["id"])).status_code == 200
    assert client.get(manifest["view"]["url"].replace("{{id}}", best["id"])).status_code == 200


@pytest.mark.parametrize("name", ["生產力局", "生产力局", "香港生产力促进局", " HKPC ", "hkpc", "「生產力局」"])
def test_a_name_in_any_script_is_a_match(client: httpx.Client, name: str) -> None:
    (best, *others) = ask(client, query=name)
    assert best["match"] is True and best["score"] == 100 and best["id"] == "organisation/hk-hkpc"
    assert not any(other["match"] for other in others)
    assert best["type"] == [{"id": "Organisation", "name": "organisation"}]


def test_what_only_looks_alike_is_no_match(client: httpx.Client) -> None:
    (best, *_) = ask(client, query="香港生產力促進協會")
    assert best["id"] == "organisation/hk-hkpc" and not best["match"] and 25 <= best["score"] < 100
    assert ask(client, query="qqqq xxxx") == [] == ask(client, query="")


def test_types_and_limits(client: httpx.Client) -> None:
    assert (
        ask(client, query="生產力局", type="Person") == []
        or not ask(client, query="生產力局", type="Person")[0]["match"]
    )
    assert ask(client, query="生產力局", type=["Organisation", "Person"], type_strict="any")[0]["match"]
    assert ask(client, query="生產力局", type=["Organisation", "Person"], type_strict="all") == []
    should = ask(client, query="生產力局", type=["Person"], type_strict="should")
    assert should and not should[0]["match"] and should[0]["score"] < 100
    assert ask(client, query="生產力局", type="https://w3id.org/fundgraph/ontology#Organisation")[0]["match"]
    assert len(ask(client, query="香港", limit=2)) == 2
    assert len(ask(client, query="香港", limit=0)) > 2


def test_what_else_is_known_counts(client: httpx.Client) -> None:
    right = ask(client, query="香港生產力促進局", properties=[{"pid": "kind", "v": "public_body"}])
    wrong = ask(client, query="香港生產力促進局", properties=[{"pid": "kind", "v": ["company", "media"]}])
    assert right[0]["match"] and right[0]["score"] == 100
    assert not wrong[0]["match"] and wrong[0]["score"] < 100
    assert {"id": "kind", "value": False} in wrong[0]["features"]
    assert ask(client, properties=[{"pid": "name-zh-Hant", "v": "生產力局"}])[0]["match"]


def test_a_batch_keeps_its_keys_and_get_does_as_well(client: httpx.Client) -> None:
    batch = {"q0": {"query": "生產力局"}, "甲": {"query": "nobody at all"}}
    found = checked(client.get("reconcile", params={"queries": json.dumps(batch)}), "results")
    assert (
        list(found) == ["q0", "甲"]
        and found["q0"]["result"]
        and checked(client.get("reconcile?queries={}"), "results") == {}
    )


@pytest.mark.parametrize(
    "queries",
    [
        "{",
        "[]",
        '{"q": 1}',
        '{"q": {"query": "a", "type": 5}}',
        '{"q": {"query": "a", "properties": {"a": 1}}}',
        "[" * 100_000,
    ],
)
def test_bad_batches_are_refused(client: httpx.Client, queries: str) -> None:
    answer = client.post("reconcile", data={"queries": queries})
    assert answer.status_code == 400 and answer.json()["status"] == "error" and answer.json()["message"]


def test_odd_values_do_no_harm(client: httpx.Client) -> None:
    for value in (None, 5, 1e308, True, {"id": "x"}, {"no": 1}, ["a", None], '"} DROP ALL #'):
        ask(
            client,
            query="生產力局",
            limit=value if isinstance(value, (int, float)) else 3,
            properties=[{"pid": "kind", "v": value}],
        )
    assert client.post("reconcile", content="{}", headers={"content-type": "application/json"}).status_code == 415
    many = json.dumps({str(n): {"query": "a"} for n in range(501)})
    assert client.post("reconcile", data={"queries": many}).status_code == 413


def test_suggest(client: httpx.Client) -> None:
    found = checked(client.get("reconcile/suggest/entity", params={"prefix": "生产力"}), "suggest-entity")["result"]
    assert found[0]["id"] == "organisation/hk-hkpc" and found[0]["notable"][0]["id"] == "Organisation"
    everything = checked(client.get("reconcile/suggest/entity", params={"prefix": "香"}), "suggest-entity")["result"]
    later = checked(client.get("reconcile/suggest/entity", params={"prefix": "香", "cursor": "2"}), "suggest-entity")[
        "result"
    ]
    assert len(everything) > 3 and later[: len(everything) - 2] == everything[2:]
    assert checked(client.get("reconcile/suggest/entity"), "suggest-entity")["result"] == []
    found = checked(client.get("reconcile/suggest/property", params={"prefix": "預算"}), "suggest")["result"]
    assert found == [{"id": "budget", "name": "budget (in units of its currency)"}]
    found = checked(client.get("reconcile/suggest/type", params={"prefix": "prog"}), "suggest")["result"]
    assert found == [{"id": "Programme", "name": "programme"}]
    chinese = client.get("reconcile/suggest/type", params={"prefix": "prog"}, headers={"accept-language": "zh-HK"})
    assert checked(chinese, "suggest")["result"] == [{"id": "Programme", "name": "計劃"}]


def test_data_extension(client: httpx.Client) -> None:
    (programme, *_) = checked(
        client.get("reconcile/suggest/entity", params={"prefix": "新型工業化資助計劃"}), "suggest-entity"
    )["result"]
    ids = [programme["id"], "organisation/hk-hkpc", "no/such/thing", "bad <id>"]
    wanted = [{"id": name} for name in properties()] + [{"id": "unknown"}]
    found = checked(
        client.post("reconcile", data={"extend": json.dumps({"ids": ids, "properties": wanted})}), "extension"
    )
    assert [m["id"] for m in found["meta"]] == [*properties(), "unknown"]
    assert list(found["rows"]) == ids and all(list(row) == [p["id"] for p in wanted] for row in found["rows"].values())
    rows = found["rows"]
    assert rows["organisation/hk-hkpc"]["kind"] == [{"str": "public_body"}]
    assert {"str": "HKPC"} in rows["organisation/hk-hkpc"]["name-en"] + rows["organisation/hk-hkpc"]["other-names"]
    assert rows["organisation/hk-hkpc"]["first-named"][0]["date"].endswith("T00:00:00")
    assert rows["organisation/hk-hkpc"]["mentions"][0]["int"] > 0
    assert not any(rows["no/such/thing"].values()) and not any(rows["bad <id>"].values())
    filled = {name for row in rows.values() for name, cells in row.items() if cells}
    assert {"operator", "name-zh-Hant", "document"} <= filled


def test_a_limit_of_values(client: httpx.Client) -> None:
    query = {"ids": ["organisation/hk-hkpc"], "properties": [{"id": "other-names", "settings": {"limit": 1}}]}
    found = checked(client.get("reconcile", params={"extend": json.dumps(query)}), "extension")
    assert len(found["rows"]["organisation/hk-hkpc"]["other-names"]) == 1
    for bad in ({}, {"ids": 1, "properties": []}, {"ids": [], "properties": [{}]}):
        assert client.post("reconcile", data={"extend": json.dumps(bad)}).status_code == 400


def test_proposed_properties(client: httpx.Client) -> None:
    found = checked(client.get("reconcile/properties", params={"type": "Programme", "limit": "3"}), "properties")
    assert len(found["properties"]) == 3 and found["type"] == "Programme" and found["limit"] == 3
    everything = checked(client.get("reconcile/properties"), "properties")
    assert [p["id"] for p in everything["properties"]] == list(properties())
    assert checked(client.get("reconcile/properties", params={"type": "Planet"}), "properties")["properties"] == []


def test_preview(client: httpx.Client) -> None:
    answer = client.get("reconcile/preview", params={"id": "organisation/hk-hkpc"})
    assert answer.status_code == 200 and "生產力局" in answer.text and "public body" in answer.text
    policy = answer.headers["content-security-policy"]
    assert (
        "default-src 'none'" in policy
        and "frame-ancestors 'self' http://localhost:*" in policy
        and "script" not in answer.text
    )
    chinese = client.get(
        "reconcile/preview", params={"id": "organisation/hk-hkpc"}, headers={"accept-language": "zh-TW"}
    )
    assert "機構" in chinese.text and 'lang="zh-Hant"' in chinese.text
    assert client.get("reconcile/preview", params={"id": "<script>"}).status_code == 404


@pytest.mark.parametrize("name", sorted(properties()))
def test_properties_are_well_formed(name: str) -> None:
    found = properties()[name]
    assert found.types and set(found.types) <= set(ENTITY_TYPES) and found.value in {"thing", "text", "number", "date"}
    assert found.name and found.zh and "?thing" in found.pattern and "?value" in found.pattern
