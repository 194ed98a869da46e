"""Text → flow: what is joined, what is kept apart, and that every character knows its place."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Flow
from kg.reading.text import CONTROL, build_flow

SENTENCES = (
    "漁港發展公司歡迎政府今日公布的撥款建議，並會全力配合，推動本地海洋科技的研究及應用，培育更多人才，"
    "協助企業開拓市場。公司早前與海洋大學及南灣工程師學會簽署合作備忘錄，成立藍海創新實驗室，"
    "為初創企業提供設施、資金和業務支援，至今已有超過一百二十間企業受惠，涵蓋水產養殖、環境監測及智能航運等範疇。"
)
NAMES = ("漁港發展公司", "海洋大學", "南灣工程師學會", "藍海創新實驗室", "合作備忘錄")


def passages(flow: Flow) -> list[str]:
    """The text of each passage."""
    return [flow.text[p.start : p.end] for p in flow.passages]


def kinds(flow: Flow) -> list[tuple[str, str]]:
    """Kind and text of each passage."""
    return [(p.kind, flow.text[p.start : p.end]) for p in flow.passages]


def wrap(text: str, width: int) -> list[str]:
    """Lines of so many characters."""
    return [text[i : i + width] for i in range(0, len(text), width)]


@pytest.mark.parametrize("width", [13, 14, 15, 16, 18, 20, 24, 28, 32, 36, 40, 44])
def test_a_wrapped_paragraph_is_one_passage(width: int) -> None:
    assert passages(build_flow("\n".join(wrap(SENTENCES, width)))) == [SENTENCES]


@pytest.mark.parametrize("width", range(30, 46))
def test_double_spaced(width: int) -> None:
    """As drawn out of a PDF: a space and a blank line after each line, two paragraphs told apart by the shorter line."""
    second = SENTENCES.replace("漁港", "北灣")
    lines = [line + " " for line in wrap(SENTENCES, width) + wrap(second, width)]
    flow = build_flow("\n\n".join(lines))
    for name in NAMES:
        assert name in flow.text
    assert "北灣發展公司" in flow.text
    if len(SENTENCES) % width not in range(width - 3, width) and len(SENTENCES) % width:
        assert passages(flow) == [SENTENCES, second]


def test_page_break_within_a_name() -> None:
    long = SENTENCES.rstrip("。") + "，" + SENTENCES
    lines = wrap(long, 38)
    text = (
        "\n\n".join(line + " " for line in lines[:2])
        + "\n\n \n\n2\n\n \n\x0c"
        + "\n\n".join(line + " " for line in lines[2:])
    )
    assert passages(build_flow(text)) == [long]


def test_end_mark_parts() -> None:
    assert passages(build_flow("計劃將於年內推出\n###\n查閱圖片")) == ["計劃將於年內推出", "查閱圖片"]


def test_narrow_column_with_headline_and_by_line() -> None:
    text = (
        "何永康：拓展藍海 助企業出航\n漁港公司主席\n\n何永康回應南灣\n日報表示，未來十年海上風電和養殖\n同樣講求數據，船隊學會讀數據才可走\n得更遠。\n\n"
        "藍海實驗室 年內啟用\n新的實驗室會開放\n\n水池和風洞，讓船廠與院校一\n同試驗無人艇，並為漁民開設\n短期課程，費用全免。\n\n南灣日報記者李小明\n"
    )
    assert kinds(build_flow(text)) == [
        ("title", "何永康：拓展藍海 助企業出航"),
        (
            "body",
            "漁港公司主席何永康回應南灣日報表示，未來十年海上風電和養殖同樣講求數據，船隊學會讀數據才可走得更遠。",
        ),
        ("body", "藍海實驗室 年內啟用"),
        ("body", "新的實驗室會開放水池和風洞，讓船廠與院校一同試驗無人艇，並為漁民開設短期課程，費用全免。"),
        ("body", "南灣日報記者李小明"),
    ]


def test_by_line_ends_an_article() -> None:
    text = "政府會投放更多資源，協助企業\n拓展市場，並且加快推動創新。\n計劃將於年內推出，詳情容後公\n布。 南灣日報記者李小明\n\n懂得操作新式漁船的青年水手，\n今年起可以申領一筆訓練津貼。"
    assert len(passages(build_flow(text))) == 2


def test_caption_across_a_blank_line() -> None:
    flow = build_flow("▲漁港公司表示，將推動海洋\n產業化、智能化，並且帶\n\n動實體經濟發展。\n\n另一段落由此開始。")
    assert kinds(flow)[0] == ("caption", "▲漁港公司表示，將推動海洋產業化、智能化，並且帶動實體經濟發展。")


def test_short_lines_are_not_prose() -> None:
    lines = ["何永康", "李小明", "漁港發展公司", "海洋大學"]
    assert passages(build_flow("出席嘉賓包括下列人士。\n\n" + "\n\n".join(lines)))[1:] == lines


def test_headings_stand_alone() -> None:
    one, two, three = (SENTENCES[n : n + 50] + "。" for n in (0, 1, 2))
    assert passages(build_flow(f"{one}\n\n完善創科生態\n\n{two}\n\n建設智慧城市\n\n{three}")) == [
        one,
        "完善創科生態",
        two,
        "建設智慧城市",
        three,
    ]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("● 推廣計劃", "list"),
        ("1. 推廣計劃", "list"),
        ("（圖）", "body"),
        ("▲何永康致辭", "caption"),
        ("1.3%的增長", "body"),
        ("圖：何永康致辭", "caption"),
    ],
)
def test_kinds(line: str, kind: str) -> None:
    flow = build_flow(f"香港，2024年3月5日 – 漁港公司今日公布計劃。\n\n{line}\n")
    assert kinds(flow)[-1] == (kind, line)


ENGLISH = (
    "The harbour company welcomes the proposal that the Government announced today and will support the Blue Ocean Fund, "
    "which sets aside 300 million dollars for start-ups. The fund was set up with the Marine University in 2023, and more than "
    "120 companies have joined its laboratory since then. Applications for the second round open in the spring."
)


@pytest.mark.parametrize("width", [40, 56, 64, 72, 80, 100])
def test_english_is_joined_with_spaces(width: int) -> None:
    wrapped = textwrap.wrap(ENGLISH, width, break_on_hyphens=False)
    assert passages(build_flow("\n".join(wrapped))) == [ENGLISH]


def test_joints() -> None:
    flow = build_flow(
        "The company said that the inter-\nnational fund of the Asia-\nPacific region, “Blue Ocean”\nis open to start-ups\nfrom 香港及南灣, and to members of Blue\nOcean的公司，亦會與北灣的café\nowners合作，推動創新。\n"
    )
    assert passages(flow) == [
        "The company said that the international fund of the Asia-Pacific region, “Blue Ocean” is open to start-ups from 香港及南灣, and to members of Blue Ocean的公司，亦會與北灣的café owners合作，推動創新。"
    ]


CONTACT = (
    "漁港公司今日推出基金。\n\n傳媒查詢，請聯絡：\n\n漁港公司      南灣顧問\n\n何小姐        李先生\n\n電話：1234 5678    電話：8765 4321\n\n"
    "關於漁港公司\n\n漁港公司由政府全資擁有。\n"
)


def test_contact_columns_are_read_one_after_the_other() -> None:
    flow = build_flow(CONTACT)
    assert kinds(flow)[1:] == [
        ("contact", "傳媒查詢，請聯絡："),
        ("contact", "漁港公司"),
        ("contact", "何小姐"),
        ("contact", "電話：1234 5678"),
        ("contact", "南灣顧問"),
        ("contact", "李先生"),
        ("contact", "電話：8765 4321"),
        ("about", "關於漁港公司"),
        ("about", "漁港公司由政府全資擁有。"),
    ]
    place = flow.text.index("李先生")
    start, end = flow.source_range(place, place + 3)
    assert CONTACT[start:end] == "李先生"


def check(text: str, flow: Flow) -> None:
    """Every character of a flow is the source's at its offset, or stands for what the source has there."""
    assert len(flow.offsets) == len(flow.text) + 1
    assert all(0 <= o <= len(text) for o in flow.offsets)
    ends = {p.end for p in flow.passages}
    for index, char in enumerate(flow.text):
        source = text[flow.offsets[index]] if flow.offsets[index] < len(text) else "\n"
        assert (
            char == source
            or (char == " " and (source.isspace() or CONTROL.match(source)))
            or (char == "\n" and index in ends)
        )
    covered = 0
    for passage in flow.passages:
        assert passage.start == covered
        assert passage.end > passage.start
        covered = passage.end + 1
    assert covered == (len(flow.text) + 1 if flow.passages else 0)


PIECES = st.sampled_from(
    ["\n", "\n\n", " ", "   ", "\t", "\x0c", "\u3000", "\u2028", "\x85", "何永康", SENTENCES[:20], SENTENCES[:37], "，", "。", "「", "」", "word", "well-", "known", "2", "###", "▲",
     "● ", "傳媒查詢：", "關於漁港", "www.a.hk", "\u202e", "😀", "主席", "1.", "A B", "海 港", "記者", "2024年3月5日"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_character_knows_its_place(text: str) -> None:
    check(text, build_flow(text))
    check(text, build_flow(text, wrapped=False))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text, build_flow(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_nothing_is_lost_but_page_marks(text: str) -> None:
    """Letters outside page numbers and hyphens at line ends all come through."""
    flow = build_flow(text)
    kept = sorted(c for c in flow.text if c.isalpha())
    assert kept == sorted(c for c in CONTROL.sub(" ", text) if c.isalpha())


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(wrap(SENTENCES, 16)),
        "\n\n".join(wrap(SENTENCES, 40)),
        " " * 5000,
        "傳媒查詢：\n" + " x" * 100 + " " * 5000 + "y\n",
        "。」" * 3000 + "x",
        "「" * 5000,
    ],
    ids=["column", "double", "spaces", "contact", "marks", "quotes"],
)
def test_speed(text: str) -> None:
    """Half a million characters a second on a usual machine; a tenth of it is asked for here, so that a busy one passes."""
    text = (text + "\n\n") * (200_000 // len(text) + 1)
    start = time.perf_counter()
    build_flow(text)
    assert time.perf_counter() - start < len(text) / 50_000


def test_a_number_broken_by_a_line_end_is_one_number() -> None:
    text = (
        "海港基金推出至今已有兩年，由海事發展局管理，累計批出約5,20\n"
        "0萬元，涉及漁業、水產加工和海上安全三個範疇，署方收到約32\n"
        "0份查詢，另有申請一百二十份，預期明年初公布首輪結果。\n"
    )
    flow = build_flow(text)
    assert "5,200萬元" in flow.text
    assert "320份" in flow.text


def test_the_opening_of_a_report_is_no_headline_though_it_has_a_name_set_apart() -> None:
    lines = "本報訊（記者　林海生）海事發展局昨日召\n開會議，討論海港的供電和充電設施，並公布\n新計劃的詳情。"
    flow = build_flow(lines)
    assert [flow.text[p.start : p.end] for p in flow.passages] == [lines.replace("\n", "")]
