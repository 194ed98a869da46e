"""Words of the language that a pattern takes from a rule file, and what is said where the file lacks them."""

from __future__ import annotations

import pytest

from kg.errors import DataError
from kg.pipeline.rules import Worded, wording


@pytest.mark.parametrize("name", ["contacts", "lists"])
def test_missing_words_are_told_with_their_file_and_the_remedy(name: str) -> None:
    pattern = Worded(name, "^{no_such_words}$")
    for ask in (lambda: wording(name, "no_such_words"), lambda: pattern.pattern):
        with pytest.raises(DataError) as caught:
            ask()
        assert "no_such_words" in caught.value.message
        assert caught.value.where == f"kg/data/rules/{name}.toml"
        assert "[[wording]]" in caught.value.hint


def test_a_pattern_has_the_words_of_its_file_and_of_others() -> None:
    pattern = Worded("contacts", "{<polite}{common.and}")
    assert pattern.uses == [("contacts", "polite"), ("common", "and")]
    assert pattern.pattern.search("女士及")
    assert not pattern.pattern.search("甲及")
