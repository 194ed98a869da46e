"""Who publishes a text, by its own words."""

from __future__ import annotations

import pytest

from kg.reading import read_bytes


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("海港影像局\n二○一二至一三年報（摘錄）\n\n本局今年收入增加。", "海港影像局"),
        (
            "立法會環境事務委員會\n資料文件\n\n計劃的進度\n\n計劃已批出三宗申請。\n\n海港事務局\n二零一七年五月",
            "海港事務局",
        ),
        ("临江市民政局关于公布补助结果的公告\n\n现将结果公告如下。", "临江市民政局"),
        (
            "立法會二題：支援漁民\n\n以下為今日在立法會會議上林海生議員的提問和海港事務局局長韋小山的書面答覆：",
            "海港事務局",
        ),
        ("海港事務局副局長在海洋館開幕禮致辭全文\n\n各位嘉賓：", "海港事務局"),
        ("漁港開幕\n\n【海岸前線訊】漁港昨日開幕。", "海岸前線"),
        ("漁港開幕\n\n【海岸日報專訊】漁港昨日開幕。", "海岸日報"),
        ("渔港开幕\n\n临江晚报讯（记者 林海生）渔港昨日开幕。", "临江晚报"),
        ("漁港開幕\n\n漁港昨日開幕。\n（海岸前線記者 林海生）", "海岸前線"),
        ("海港事務局（港務局）今日（三月五日）公布，計劃接受申請。", "海港事務局"),
        ("Harbour opens\n\nBy Amy Lau, Harbour Business Post\n\nThe harbour opened.", "Harbour Business Post"),
        ("漁港開幕\n\n【本報訊】漁港昨日開幕。", None),
        ("關於申報項目的通知\n\n各單位：", None),
    ],
)
def test_publisher(text: str, publisher: str | None) -> None:
    assert read_bytes(f"{text}\n".encode(), name="x.txt").publisher == publisher


@pytest.mark.parametrize(
    ("text", "publisher"),
    [
        ("漁港開幕\n（來源：海港事務局　發布日期：2018-09-21）\n漁港昨日開幕。", "海港事務局"),
        ("海港事務局新聞稿\n\n漁港昨日開幕。", "海港事務局"),
        ("HARBOUR LIGHTS MUSEUM\nAnnual Report\n\nThe Museum grew.", "HARBOUR LIGHTS MUSEUM"),
        ("Harbour opens\n\nThe Harbour Affairs Bureau (HAB) announced today that it opened.", "Harbour Affairs Bureau"),
    ],
)
def test_publisher_of_further_layouts(text: str, publisher: str) -> None:
    assert read_bytes(f"{text}\n".encode(), name="x.txt").publisher == publisher
