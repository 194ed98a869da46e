"""Every rule's own examples: what must match matches, what must not does not."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import kg
import kg.pipeline
from kg.language.money import find_money
from kg.language.numbers import find_numbers
from kg.language.quantities import find_quantities
from kg.language.script import fold, name_key
from kg.model import DocumentFacts
from kg.pipeline import components, holders, likely
from kg.pipeline.context import Context, Mention, Sentence, writes_as_hong_kong
from kg.pipeline.figures import places_of
from kg.pipeline.measures import measure_of
from kg.pipeline.pairs import cues
from kg.pipeline.places import acts, giver_of, part_after, part_before
from kg.pipeline.roles import role_of
from kg.pipeline.rules import Worded, alternation
from kg.reading import read_bytes
from kg.resources import data_path

RULES = data_path("rules")


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((RULES / f"{name}.toml").read_text(encoding="utf-8"))


def extract(sentence: str) -> DocumentFacts:
    end = "" if sentence.endswith("。") else "。"
    return kg.extract(read_bytes(f"{sentence}{end}\n".encode(), name="example.txt"))


def names(facts: DocumentFacts) -> set[str]:
    return {name_key(n) for e in facts.entities for n in e.names}


def triples(facts: DocumentFacts) -> set[tuple[str, str, str]]:
    by_id = {e.id: {name_key(n) for n in e.names} for e in facts.entities}
    return {(s, r.predicate, o) for r in facts.relations for s in by_id[r.subject] for o in by_id[r.object]}


HEADS = load("heads")["head"]
FRAMES = load("frames")["frame"]
UNIT = load("frames")["unit"]
ROLES = load("amounts")["role"]


def test_rules_all_have_examples() -> None:
    blocks = [
        b
        for path in sorted(RULES.glob("*.toml"))
        for b in tomllib.loads(path.read_text(encoding="utf-8")).values()
        if isinstance(b, list)
    ]
    entries = [e for block in blocks for e in block if isinstance(e, dict)]
    assert len(entries) >= 58
    assert all("match" in e and "no_match" in e for e in entries)


@pytest.fixture(autouse=True)
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An example tests its rule: no model may find or drop a name, or choose a holder, in its place."""
    monkeypatch.setattr(components, "packaged_recogniser", lambda: None)
    monkeypatch.setattr(holders, "packaged_model", lambda name: None)
    monkeypatch.setattr(likely, "packaged_model", lambda name: None)


@pytest.mark.parametrize("head", HEADS, ids=lambda h: h["match"][-12:])
def test_head_finds_the_name_of_its_example(head: dict[str, Any]) -> None:
    sentence, _, name = head["match"].partition(" => ")
    found = [e for e in extract(sentence).entities if name_key(name) in {name_key(n) for n in e.names}]
    assert [e.type for e in found] == [head["type"]]


@pytest.mark.parametrize("head", HEADS, ids=lambda h: h["no_match"][:12])
def test_head_finds_no_name_where_none_is(head: dict[str, Any]) -> None:
    assert [e.names for e in extract(head["no_match"]).entities if e.type == head["type"]] == []


WORDINGS = [(p.stem, block) for p in sorted(RULES.glob("*.toml")) for block in load(p.stem).get("wording", ())]


def patterns_with(name: str, id_: str) -> list[re.Pattern[str]]:
    """The patterns of the pipeline that use a block of words."""
    modules = [importlib.import_module(f"kg.pipeline.{m.name}") for m in pkgutil.iter_modules(kg.pipeline.__path__)]
    return [v.pattern for m in modules for v in vars(m).values() if isinstance(v, Worded) and (name, id_) in v.uses]


@pytest.mark.parametrize(("name", "block"), WORDINGS, ids=[f"{n}-{b['id']}" for n, b in WORDINGS])
def test_words_in_the_patterns_that_use_them(name: str, block: dict[str, Any]) -> None:
    patterns = patterns_with(name, block["id"]) or [re.compile(alternation([fold(w) for w in block["words"]]))]
    words = [fold(w) for w in block["words"]]
    text, _, wanted = (fold(p) for p in block["match"].partition(" => "))
    found = [p for p in patterns if any(wanted in m.group() for m in p.finditer(text))]
    assert found
    assert any(w in text or w in fold(block["no_match"]) for w in words)
    wrong = [m.group() for p in found for m in p.finditer(fold(block["no_match"]))]
    assert not [m for m in wrong if wanted in m or any(w in m for w in words)]


LISTS = [(p.stem, block) for p in sorted(RULES.glob("*.toml")) for block in load(p.stem).get("list", ())]


def list_of(name: str, path: str) -> list[str]:
    """The words, folded, of a list named by its keys."""
    found: Any = load(name)
    for key in path.split("."):
        found = found[key]
    return [fold(w) for w in found]


def told(text: str) -> set[str]:
    """All that the facts of a text say: names, types of relation, titles, measures, whose sum, for whom."""
    facts = extract(text)
    by_id = {e.id: e.names[0] for e in facts.entities}
    said = {n for e in facts.entities for n in e.names} | {p.title for p in facts.posts}
    said |= {r.predicate for r in facts.relations} | {c.measure for c in facts.counts}
    said |= {a.per for a in facts.amounts if a.per} | {f"{by_id[a.subject]}: {a.value}" for a in facts.amounts}
    return {fold(s) for s in said}


@pytest.mark.parametrize(("name", "block"), LISTS, ids=[f"{n}-{b['of']}" for n, b in LISTS])
def test_list_of_words_by_its_example(name: str, block: dict[str, Any]) -> None:
    text, _, wanted = (fold(p) for p in block["match"].partition(" => "))
    words = list_of(name, block["of"])
    assert any(w in text or w in fold(block["no_match"]) for w in words)
    if wanted:
        assert wanted in told(block["match"].partition(" => ")[0])
        assert wanted not in told(block["no_match"])
    else:
        assert any(w in text for w in words)
        assert not any(w in fold(block["no_match"]) for w in words)


def test_every_list_of_words_has_an_example() -> None:
    having = {(n, b["of"]) for n, b in LISTS}
    lists = []
    for name in sorted({p.stem for p in RULES.glob("*.toml")}):
        content = load(name)
        tables = [(f"{k}.", v) for k, v in content.items() if isinstance(v, dict) and not {"match", "example"} & {*v}]
        for front, table in [("", content), *tables]:
            lists += [(name, f"{front}{k}") for k, v in table.items() if isinstance(v, list) and isinstance(v[0], str)]
    assert [found for found in lists if found not in having] == []


def test_every_wording_has_an_id_of_its_own_and_a_user() -> None:
    source = "\n".join(p.read_text(encoding="utf-8") for p in Path(kg.pipeline.__path__[0]).glob("*.py"))
    assert [i for i, n in Counter((n, b["id"]) for n, b in WORDINGS).items() if n > 1] == []
    ids = [(n, b["id"]) for n, b in WORDINGS]
    unasked = [(n, i) for n, i in ids if f'"{n}", "{i}"' not in source and not re.search(rf"\{{<?!?{i}\}}", source)]
    assert [i for i in unasked if not patterns_with(*i)] == []


@pytest.mark.parametrize("block", load("anaphora")["called"], ids=lambda b: b["word"])
def test_kinds_of_body_that_a_word_may_mean(block: dict[str, Any]) -> None:
    def kinds(name: str) -> set[str | None]:
        return {e.kind for e in extract(f"會議由{name}主辦").entities}

    assert kinds(block["match"]) & set(block["kinds"])
    assert kinds(block["no_match"]) and not kinds(block["no_match"]) & set(block["kinds"])


@pytest.mark.parametrize("block", load("heads")["latin"], ids=lambda b: b["type"])
def test_latin_head_tells_the_type(block: dict[str, Any]) -> None:
    sentence, _, name = block["match"].partition(" => ")
    assert (block["type"], name_key(name)) in {(e.type, name_key(e.names[0])) for e in extract(sentence).entities}
    assert block["type"] not in {e.type for e in extract(block["no_match"]).entities}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda f: f["id"])
def test_frame_reads_its_example(frame: dict[str, Any]) -> None:
    sentence, _, expected = frame["match"].partition(" => ")
    subject, predicate, object_ = re.fullmatch(rf"(.+) ({frame['predicate']}) (.+)", expected).groups()
    assert (name_key(subject), predicate, name_key(object_)) in triples(extract(sentence))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda f: f["id"])
def test_frame_reads_nothing_where_nothing_is_said(frame: dict[str, Any]) -> None:
    assert frame["predicate"] not in {p for _, p, _ in triples(extract(frame["no_match"]))}


def test_a_unit_is_part_of_the_body_in_its_name() -> None:
    sentence, _, expected = UNIT["match"].partition(" => ")
    subject, object_ = expected.split(" partOf ")
    assert (name_key(subject), "partOf", name_key(object_)) in triples(extract(sentence))
    assert "partOf" not in {p for _, p, _ in triples(extract(UNIT["no_match"]))}


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r["role"])
def test_role_of_its_example(role: dict[str, Any]) -> None:
    def told(sentence: str) -> str | None:
        folded = fold(sentence)
        (money,) = find_money(folded)
        found = role_of(folded[: money.start], folded[money.end :])
        return found[0] if found else None

    assert told(role["match"].partition(" => ")[0]) == role["role"]
    assert told(role["no_match"]) != role["role"]


def test_count_example() -> None:
    rule = load("counts")
    sentence, _, expected = rule["match"].partition(" => ")
    folded = fold(sentence)
    (quantity,) = find_quantities(folded)
    value, unit, noun = expected.split(" ")
    assert (str(quantity.value), quantity.unit) == (value, fold(unit))
    assert measure_of(folded[quantity.end :], folded[: quantity.start], quantity.unit) == fold(noun)


@pytest.mark.parametrize("block", load("titles")["example"], ids=lambda b: b["match"][:10])
def test_title_example(block: dict[str, Any]) -> None:
    sentence, _, expected = block["match"].partition(" => ")
    body, title, person = (name_key(p) for p in expected.split(" | "))
    facts = extract(sentence)
    by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
    assert (body, title, person) in {(by_id[p.organisation], name_key(p.title), by_id[p.person]) for p in facts.posts}
    assert extract(block["no_match"]).posts == ()


@pytest.mark.parametrize("block", load("cues")["cue"], ids=lambda b: b["family"])
def test_cue_of_its_example(block: dict[str, Any]) -> None:
    sentence, _, word = block["match"].partition(" => ")
    folded = fold(sentence)
    start = folded.index(fold(word))
    assert (start, start + len(word), block["family"]) in cues(folded)
    assert block["family"] not in {family for _, _, family in cues(fold(block["no_match"]))}


def test_each_cue_word_has_one_family() -> None:
    words = [fold(w) for block in load("cues")["cue"] for w in block["words"]]
    assert [w for w, n in Counter(words).items() if n > 1] == []


def test_the_government_under_other_words() -> None:
    voice = load("anaphora")["voice"]
    assert ("政府", "funds", "海洋科研基金") in triples(extract(voice["match"]))
    assert "funds" not in {p for _, p, _ in triples(extract(voice["no_match"]))}


@pytest.mark.parametrize("block", load("anaphora")["back"], ids=lambda b: b["type"])
def test_words_that_point_back(block: dict[str, Any]) -> None:
    facts = extract(block["match"])
    assert any(e.type == block["type"] for e in facts.entities)
    assert facts.counts or facts.relations
    assert not extract(block["no_match"]).counts


def part_of_name(example: str, which: str) -> str:
    text, _, name = example.partition(" => ")
    folded = fold(text)
    start = folded.index(fold(name))
    document = read_bytes(text.encode(), name="x.txt")
    context = Context(document, text, folded, sentences=[Sentence(0, len(text), document.flow.passages[0])])
    mention = Mention(start, start + len(name), "Organisation")
    return part_before(context, context.sentences[0], mention) if which == "before" else part_after(context, mention)


@pytest.mark.parametrize("which", ["before", "after"])
def test_parts_of_names_in_a_clause(which: str) -> None:
    for block in load("parts")[which]:
        assert part_of_name(block["match"], which) == block["part"]
        assert part_of_name(block["no_match"], which) != block["part"]


def test_list_example() -> None:
    rule = load("lists")
    sentence, _, expected = rule["match"].partition(" => ")
    assert {name_key(n) for n in expected.split(" | ")} <= names(extract(sentence))
    assert extract(rule["no_match"]).entities == ()


@pytest.mark.parametrize("block", load("status")["status"], ids=lambda b: b["status"])
def test_status_words(block: dict[str, Any]) -> None:
    pattern = "|".join(map(re.escape, block["words"]))
    assert re.search(pattern, block["match"])
    assert not re.search(pattern, block["no_match"])


LANGUAGE = data_path("language")


@pytest.mark.parametrize(
    "block",
    tomllib.loads((LANGUAGE / "currencies.toml").read_text(encoding="utf-8"))["currency"],
    ids=lambda b: b["code"] or "default",
)
def test_currency_example(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    assert [f"{m.value:f} {m.currency}" for m in find_money(fold(text))] == [expected]
    assert find_money(fold(block["no_match"])) == []


@pytest.mark.parametrize(
    "block", tomllib.loads((LANGUAGE / "bounds.toml").read_text(encoding="utf-8"))["bound"], ids=lambda b: b["bound"]
)
def test_bound_example(block: dict[str, Any]) -> None:
    for key, bound in (("match", block["bound"]), ("no_match", "exact")):
        text, _, value = block[key].partition(" => ")
        assert [(f"{n.value:f}", n.bound) for n in find_numbers(fold(text))] == [(value, bound)]


def test_rule_files_are_where_a_linguist_looks() -> None:
    assert {p.stem for p in Path(RULES).glob("*.toml")} >= {
        "heads",
        "frames",
        "titles",
        "amounts",
        "counts",
        "borders",
        "anaphora",
        "status",
        "lists",
        "parts",
        "cues",
    }


def test_a_known_name_inside_a_longer_word_is_none() -> None:
    assert extract("各地財政部門加強合作").entities == ()
    assert [e.names for e in extract("財政部公布安排").entities] == [("財政部",)]


def read_units(text: str) -> list[tuple[str, str, str]]:
    return [(f"{q.value:f}", q.unit, q.bound) for q in find_quantities(fold(text))]


UNITS = tomllib.loads((LANGUAGE / "units.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("block", [UNITS, UNITS["one"], *UNITS["told"]], ids=lambda b: b["match"])
def test_units_that_make_a_count(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    value, unit = expected.split(" ")
    assert [(v, u) for v, u, _ in read_units(text)] == [(value, fold(unit))]
    assert read_units(block["no_match"]) == []


def test_nouns_behind_which_a_figure_needs_no_unit() -> None:
    text, _, expected = UNITS["bare"]["match"].partition(" => ")
    assert read_units(text) == [(expected.split(" ")[0], "", expected.split(" ")[1])]
    assert read_units(UNITS["bare"]["no_match"]) == []


def test_sums_in_talk_without_their_currency() -> None:
    block = tomllib.loads((LANGUAGE / "currencies.toml").read_text(encoding="utf-8"))["bare"]
    text, _, expected = block["match"].partition(" => ")
    assert [f"{m.value:f} {m.currency}" for m in find_money(fold(text))] == [expected]
    assert find_money(fold(block["no_match"])) == []


@pytest.mark.parametrize("block", load("counts")["number_of"], ids=lambda b: b["noun"])
def test_what_a_unit_counts_behind_a_verb(block: dict[str, Any]) -> None:
    text, _, noun = block["match"].partition(" => ")
    assert counted(text) == fold(noun)
    assert counted(block["no_match"]) != fold(noun)


def last_measure(text: str) -> str:
    document = read_bytes(text.encode(), name="x.txt")
    folded = fold(text)
    context = Context(document, text, folded, sentences=[Sentence(0, len(text), document.flow.passages[0])])
    context.quantities = find_quantities(folded)
    return places_of(context)[-1][0].measure


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        (load("counts")["elided"]["match"].partition(" => ")[0], "申請"),
        ("各校的學額如下：「東湖」三百個", "學額"),
        ("學校為長者編寫教材，完成了六套", "完成教材"),
        ("非融資項目方面，共有118個獲得支持", "非融資項目"),
        ("公司有社工46名，派出8人", "派出社工"),
        ("署方收到六十份申請，批出23項", "批出申請"),
        ("完成診斷分別為310戶、145戶和96戶", "診斷"),
    ],
)
def test_a_noun_left_out_stands_before(text: str, noun: str) -> None:
    assert last_measure(text) == fold(noun)


def test_a_noun_left_out_is_not_of_another_unit() -> None:
    assert last_measure(load("counts")["elided"]["no_match"]) != fold("申請")


def counted(text: str) -> str:
    quantity = find_quantities(fold(text))[0]
    return measure_of(fold(text)[quantity.end :], fold(text)[: quantity.start], quantity.unit)


@pytest.mark.parametrize("extent", load("counts")["extent"], ids=lambda e: e["noun"])
def test_extent_example(extent: dict[str, Any]) -> None:
    text, _, noun = extent["match"].partition(" => ")
    assert counted(text).endswith(fold(noun))
    assert not counted(extent["no_match"]).endswith(fold(noun))


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("基金委任了四間「協創機構」", "協創機構"),
        ("至今收到申請1,032份", "申請"),
        ("累計孵化項目680個", "項目"),
        ("料有3,500人出席", "出席"),
        ("至今培訓逾7,000人", "培訓人數"),
        ("列出58家提供綠色金融方案的公司", "公司"),
        ("The fund has supported 37 trials since 2021", "trials"),
        ("more than 2,000 researchers from abroad", "researchers"),
        ("資助超過300間本地中小企業", "本地中小企業"),
        ("去年批出16項目", "項目"),
        ("每月處理量由60公噸增至150公噸", "處理量"),
        ("租用二樓實驗室600平方米", "二樓實驗室面積"),
        ("建築面積9,600平方米", "建築面積"),
        ("大樓樓高兩層", "大樓樓高層數"),
        ("車身六點八米長", "車身長"),
        ("建立收錄二百件產品的資料庫", "產品"),
        ("聘用五十名年輕的設計師", "設計師"),
        ("四個入選項目中最先竣工的一個", "入選項目"),
        ("每年處理八千宗白內障、疝氣和內窺鏡個案", "白內障、疝氣和內窺鏡個案"),
        ("評為“優”的12個", "優"),
        ("公司員工一萬二千人的上市公司", "公司員工"),
        ("由五人組成的評審小組", "評審小組"),
        ("其中二十人為學生", "學生"),
        ("帶動貧困戶7,900戶增收", "貧困戶"),
        ("新品種審定登記58個", "新品種審定登記"),
        ("服務一千四百名會員", "會員"),
        ("with 14 and 11 members respectively", "members"),
        ("a daily capacity of 135,000 cubic metres", "daily capacity"),
    ],
)
def test_what_is_counted(text: str, noun: str) -> None:
    assert counted(text) == fold(noun)


@pytest.mark.parametrize("block", load("regions")["region"], ids=lambda b: b["region"])
def test_whose_money_by_the_words_of_a_text(block: dict[str, Any]) -> None:
    assert writes_as_hong_kong(fold(block["match"])) == (block["region"] == "hk")
    assert writes_as_hong_kong(fold(block["no_match"])) == (block["region"] != "hk")


@pytest.mark.parametrize("block", load("acts")["family"], ids=lambda b: b["family"])
def test_families_of_acts(block: dict[str, Any]) -> None:
    def found(text: str) -> list[str]:
        document = read_bytes(text.encode(), name="x.txt")
        return acts(Context(document, text, fold(text)), 0, len(text))

    assert block["family"] in found(block["match"])
    assert block["family"] not in found(block["no_match"])


@pytest.mark.parametrize("block", [load("units"), *load("units")["more"]], ids=lambda b: b["match"][:6])
def test_units_of_bodies(block: dict[str, Any]) -> None:
    text, _, name = block["match"].partition(" => ")
    assert name_key(name) in names(extract(text))
    wrong = {
        name_key(w) for w in ("立法會成立調查委員會", "工业和信息化部推动中小企业局", "工业和信息化部推动中小企业局面")
    }
    assert not wrong & names(extract(block["no_match"]))


@pytest.mark.parametrize("block", load("titles")["fits"], ids=lambda b: b["titles"][0])
def test_body_that_a_bare_title_serves(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    facts = extract(text)
    by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
    wanted = tuple(name_key(p) for p in expected.split(" | "))
    assert wanted in {(by_id[p.organisation], name_key(p.title), by_id[p.person]) for p in facts.posts}
    assert not any(name_key(p.title) == wanted[1] for p in extract(block["no_match"]).posts)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("環保署成立了「清潔海港評審委員會」，由濱海大學教授林海生出任主席。", "主席"),
        ("海事發展局主席林海生將出任由五個商會組成的「清潔海港督導委員會」的召集人。", "召集人"),
    ],
)
def test_chairs_told_around_a_body(text: str, title: str) -> None:
    facts = extract(text)
    by_id = {e.id: e.names[0] for e in facts.entities}
    held = [by_id[p.organisation] for p in facts.posts if name_key(p.title) == name_key(title)]
    assert held and "清潔海港" in held[0]


def test_every_opening_word_has_a_type() -> None:
    """「工作坊」 once had none: a document with a sentence that it opens could not be read."""
    data = load("anaphora")
    known = {word for block in data["back"] for word in block["words"]}
    assert set(data["opening"]["words"]) <= known
    text = "海洋學會去年舉辦海洋科研峰會。工作坊吸引37人參加。"
    assert extract(text).entities


def test_words_that_open_a_clause_point_back() -> None:
    rule = load("anaphora")["opening"]

    def pointing(text: str) -> bool:
        context: Context = components.read(read_bytes(f"{text}\n".encode(), name="x.txt"))
        return any(m.anaphor for m in context.mentions)

    assert pointing(rule["match"])
    assert not pointing(rule["no_match"])


def test_title_behind_a_word_that_points_back() -> None:
    facts = extract("東岸慈善基金會捐出二億元。基金會主席林海生表示，項目明年展開。")
    by_id = {e.id: e.names[0] for e in facts.entities}
    assert [(by_id[p.organisation], p.title) for p in facts.posts] == [("東岸慈善基金會", "主席")]


@pytest.mark.parametrize("block", load("acts")["giver"]["example"], ids=lambda b: b["match"][:8])
def test_who_gives_the_money(block: dict[str, Any]) -> None:
    def giver(text: str) -> str:
        context: Context = components.read(read_bytes(f"{text}\n".encode(), name="x.txt"))
        money = context.money[0]
        group = giver_of(context, context.sentence_at(money.start), money.start, money.end)
        return context.groups[group].names[0] if group >= 0 else ""

    text, _, name = block["match"].partition(" => ")
    assert giver(text) == name
    assert giver(block["no_match"]) == ""


@pytest.mark.parametrize(
    ("text", "body", "title"),
    [
        ("我感謝濱海大學林海生校長的支持。", "濱海大學", "校長"),
        ("東岸漁業協會獲撥款。該會主席為林海生先生。", "東岸漁業協會", "主席"),
        ("清潔海港諮詢委員會主席由海事發展局局長林海生兼任。", "清潔海港諮詢委員會", "主席"),
        ("清潔海港諮詢委員會今日開會。出席者：林海生先生（主席）", "清潔海港諮詢委員會", "主席"),
    ],
)
def test_titles_told_behind_or_apart(text: str, body: str, title: str) -> None:
    facts = extract(text)
    by_id = {e.id: e.names[0] for e in facts.entities}
    assert (body, title) in {(by_id[p.organisation], p.title) for p in facts.posts}


def test_no_title_behind_a_name_without_a_body() -> None:
    assert extract("林海生先生說，校長不在。").posts == ()


@pytest.mark.parametrize("block", [load("contacts"), *load("contacts")["more"]], ids=lambda b: b["match"][:8])
def test_contact_person_and_unit(block: dict[str, Any]) -> None:
    text, _, expected = block["match"].partition(" => ")
    unit, person = (name_key(p) for p in expected.split(" | "))
    facts = extract(text)
    by_id = {e.id: {name_key(n) for n in e.names} for e in facts.entities}
    held = [p for p in facts.posts if p.title == "contact"]
    assert any(unit in by_id[p.organisation] and person in by_id[p.person] for p in held)
    assert not [p for p in extract(block["no_match"]).posts if p.title == "contact"]


@pytest.mark.parametrize("block", [load("unnamed"), *load("unnamed")["more"]], ids=lambda b: b["match"][:8])
def test_body_that_only_a_title_shows(block: dict[str, Any]) -> None:
    text, _, name = block["match"].partition(" => ")
    facts = extract(text)
    by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
    assert name_key(name) in {by_id[p.organisation] for p in facts.posts}
    assert not [e for e in extract(block["no_match"]).entities if e.type == "Organisation"]


@pytest.mark.parametrize(
    "block",
    [load("told"), *load("told")["more"], *(load("told")[part] for part in ("panel", "roster", "label"))],
    ids=lambda b: b["match"][:8],
)
def test_post_told_by_a_verb_or_a_list(block: dict[str, Any]) -> None:
    def held(text: str) -> set[tuple[str, str, str]]:
        facts = extract(text)
        by_id = {e.id: name_key(e.names[0]) for e in facts.entities}
        return {(by_id[p.person], name_key(p.title)[-2:], by_id[p.organisation]) for p in facts.posts}

    text, _, expected = block["match"].partition(" => ")
    person, title, body = (name_key(p) for p in expected.split(" | "))
    assert (person, title[-2:], body) in held(text)
    assert (person, title[-2:], body) not in held(block["no_match"])
