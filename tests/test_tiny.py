"""The same program answers for another regulation: a rowing club with three offices, two ladders and one ambiguity."""

from __future__ import annotations

from pathlib import Path

import pytest

from nj_logic.knowledge import KnowledgeBase

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def club() -> KnowledgeBase:
    return KnowledgeBase(HERE / "tiny", HERE.parent / "kb" / "reasoning")


def steps(kb: KnowledgeBase, **case: object) -> tuple[str, list[list[tuple[str, str, str | None]]]]:
    result = kb.paths(kb.case(case))
    return result.status, [
        [(s.actor, s.action, s.acting_for) for s in p.steps] for a in result.alternatives for p in a.paths
    ]


@pytest.mark.parametrize(
    ("kind", "price", "wanted"),
    [
        ("boat", "299.99", [("treasurer", "bless", None)]),
        ("boat", "300", [("treasurer", "opine", None), ("president", "bless", None)]),
        ("repair", "49.99", [("cox", "settle", None)]),
        ("repair", "50", [("president", "settle", None)]),
    ],
)
def test_each_ladder_has_its_own_bounds(club: KnowledgeBase, kind: str, price: str, wanted: list[object]) -> None:
    assert steps(club, kind=kind, facts={"price": price}) == ("determined", [wanted])


def test_an_unknown_price_is_asked_for(club: KnowledgeBase) -> None:
    result = club.paths(club.case({"kind": "boat", "facts": {}}))
    assert (result.status, [m.id for m in result.missing]) == ("needs_facts", ["price"])


def test_the_cox_decides_for_the_absent_president(club: KnowledgeBase) -> None:
    status, found = steps(club, kind="repair", facts={"price": 60}, absences=[{"who": "会长"}])
    assert (status, found) == ("determined", [[("president", "settle", "president")]])


def test_with_president_and_cox_away_nobody_decides(club: KnowledgeBase) -> None:
    result = club.paths(
        club.case({"kind": "repair", "facts": {"price": 60}, "absences": [{"who": "president"}, {"who": "cox"}]})
    )
    assert result.status == "undefined" and result.undefined[0].nearest == ("a2.p1.n5",)


@pytest.mark.parametrize(
    ("present", "status", "values"),
    [(6, "determined", [(True,)]), (5, "conflict", [(False,), (True,)]), (4, "determined", [(False,)])],
)
def test_exactly_one_half_is_read_in_two_ways(
    club: KnowledgeBase, present: int, status: str, values: list[object]
) -> None:
    (answer,) = club.answer(club.case({"kind": "assembly", "facts": {"members": 10, "present": present}})).answers
    assert (answer.status, sorted(a.value for a in answer.alternatives)) == (status, values)


def test_a_reading_that_is_fixed_settles_it(club: KnowledgeBase) -> None:
    case = club.case({"kind": "assembly", "facts": {"members": 10, "present": 5}})
    (answer,) = club.answer(case, {"half": "enough"}).answers
    assert (answer.status, answer.alternatives[0].value) == ("determined", (True,))
