"""Units whose names do not tell in full whose they are."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kg.pipeline.unit_owners import units_without_owner
from test_faint import context_of


@pytest.mark.parametrize(
    ("text", "bodies", "expected"),
    [
        ("海港商人總會公布調查。總會秘書處昨日補充。", ["海港商人總會", "總會秘書處"], {("總會秘書處", "海港商人總會")}),
        ("濱海大學公布調查。應用物理學系昨日補充。", ["濱海大學", "應用物理學系"], {("應用物理學系", "濱海大學")}),
        ("Harbour University met. The Department of Physics agreed.", ["Harbour University", "Department of Physics"], {("Department of Physics", "Harbour University")}),
        ("濱海大學與東岸大學公布調查。應用物理學系昨日補充。", ["濱海大學", "東岸大學", "應用物理學系"], set()),
        ("海港總會與東岸總會公布調查。總會秘書處昨日補充。", ["海港總會", "東岸總會", "總會秘書處"], set()),
        ("濱海大學公布調查。航道管理處昨日補充。", ["濱海大學", "航道管理處"], set()),
    ],
)  # fmt: skip
def test_units(text: str, bodies: list[str], expected: set[tuple[str, str]]) -> None:
    context = context_of(text, *cast(Any, [(b, "Organisation", "other") for b in bodies]))
    found = units_without_owner(context, [])
    names = [g.names[0] for g in context.groups]
    assert {(names[r.subject], names[r.object]) for r in found if r.predicate == "partOf"} == expected
