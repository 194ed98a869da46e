"""What a thing is called first: the form most used, but no bare noun where a longer name is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.model import DocumentFacts
from kg.resolve.merge import resolve


@pytest.mark.parametrize(
    ("type_", "names", "sentence", "first"),
    [
        (
            "Programme",
            "Fund|New Energy Transport Fund",
            "Fund, Fund, Fund: New Energy Transport Fund",
            "New Energy Transport Fund",
        ),
        ("Programme", "基金|遠山回收基金", "基金、基金、基金，即遠山回收基金", "遠山回收基金"),
        ("Organisation", "遠山|遠山科技", "遠山、遠山、遠山，即遠山科技", "遠山"),
        ("Programme", "基金", "基金、基金", "基金"),
    ],
    ids=["english-noun", "chinese-noun", "short-form", "only-a-noun"],
)
def test_a_bare_noun_is_no_things_first_name(
    document: Callable[..., DocumentFacts], type_: str, names: str, sentence: str, first: str
) -> None:
    language = "en" if first.isascii() else "zh-Hant"
    # The first of the names is the one found in the sentence, so the one most used.
    (thing,) = resolve([document("a", (type_, names, sentence), language=language)]).things
    assert [x.text for x in thing.preferred if x.language == language] == [first]
