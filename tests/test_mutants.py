"""The scenarios would notice: every threshold of the law moved, and some of its negations dropped, each is seen by a named scenario.

The whole of it, for every condition, join, rule and fact, is the command ``make mutants``; see benchmarks/README.md.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.mutants import (
    ACTOR,
    BOUND,
    BOUNDARY,
    COMPARISON,
    CONDITION,
    EQUIVALENT_,
    EXPECTATION,
    FACT,
    INTEGER,
    JOIN,
    KIND,
    NEGATION,
    ORDER,
    RULE,
    SURVIVED,
    Bench,
    Mutant,
    mutants_of,
)
from nj_logic.dialect import parse
from nj_logic.knowledge import KnowledgeBase

from .scenarios import load

NEGATIONS = 8


@pytest.fixture(scope="module")
def bench(kb: KnowledgeBase) -> Bench:
    return Bench(kb, load())


def of_class(bench: Bench, *groups: str) -> list[Mutant]:
    found = [m for m in bench.mutants if m.group in groups]
    assert found
    return found


def missed(bench: Bench, mutants: list[Mutant], *enough: str) -> list[str]:
    return [str(v.mutant) for v in map(bench.verdict, mutants) if v.level not in enough]


def test_every_bound_of_a_rung_has_its_scenario(bench: Bench) -> None:
    assert missed(bench, of_class(bench, BOUND), EXPECTATION) == []


def test_every_boundary_and_every_number_has_its_scenario(bench: Bench) -> None:
    assert missed(bench, of_class(bench, BOUNDARY, INTEGER), EXPECTATION, EQUIVALENT_) == []


def test_negations_are_seen(bench: Bench) -> None:
    drawn = random.Random(len(bench.mutants)).sample(of_class(bench, NEGATION), NEGATIONS)
    assert [str(v.mutant) for v in map(bench.verdict, drawn) if v.level == SURVIVED] == []


def test_a_bound_without_its_scenario_is_missed(kb: KnowledgeBase, bench: Bench) -> None:
    mutant = of_class(bench, BOUND)[0]
    moved = {i for kind in bench.kinds_of(mutant) for i in bench.moved(mutant, kind)}
    assert moved
    poorer = Bench(kb, [s for i, s in enumerate(bench.scenarios) if i not in moved])
    assert poorer.verdict(mutant).level == SURVIVED


def test_an_answer_that_the_law_as_it_is_does_not_give_kills_nothing(kb: KnowledgeBase, bench: Bench) -> None:
    mutant = of_class(bench, BOUND)[0]
    name = bench.verdict(mutant).killer
    killer = next(s for s in bench.scenarios if s.id == name)
    wrong = type(killer)(killer.file, killer.number, {**killer.content, "expect": {"paths": {"status": "wrong"}}})
    assert Bench(kb, [wrong]).verdict(mutant).level != EXPECTATION


def test_what_is_done_to_a_law(tmp_path: Path) -> None:
    file = tmp_path / "law.lp"
    file.write_text(
        "input(kind, 2). input(filed, 2). input(excused, 1). limit(N) :- days(N). days(7).\n"
        'late(C, D) :- kind(C, item), filed(C, D), limit(N), T = D + N, T < 9, not excused(C), owner(O), near(O, "x").\n'
        'step(route, first, head, sign, "n"). step(route, second, deputy, check, "n"). after(route, second, first).\n'
        'owner(a). near(a, "x"). rung(ladder, low, unbounded, excluded, "100", excluded). rung(ladder, high, "100", included, unbounded, excluded).\n'
    )
    rules, wrong = parse([file])
    assert not wrong
    done = {(m.group, m.mutation) for m in mutants_of(rules) if m.rule.head.name not in {"near", "owner", "limit"}}
    assert done == {
        *(
            (BOUND, w)
            for w in ['"100" → 100.01', '"100" → 99.99', '"100" excluded → included', '"100" included → excluded']
        ),
        *((BOUNDARY, w) for w in ['"100" → 100.01', '"100" → 99.99', '"100" excluded → included']),
        *((INTEGER, w) for w in ["7 → 8 in days(7)", "7 → 6 in days(7)", "9 → 10 in T < 9", "9 → 8 in T < 9"]),
        (COMPARISON, "T < 9 → T <= 9"),
        (NEGATION, "`not excused(C)` is dropped"),
        (KIND, "`kind(C, item)` is dropped"),
        (CONDITION, "`T < 9` is dropped"),
        (CONDITION, "`owner(O)` is dropped"),
        (CONDITION, '`near(O, "x")` is dropped'),
        (JOIN, "O in `owner(O)` is any"),
        (RULE, "the rule is dropped"),
        (FACT, "the fact is dropped"),
        (ORDER, "the fact is dropped"),
        (ACTOR, "head → deputy"),
        (ACTOR, "deputy → head"),
        ("act swapped", "sign → check"),
        ("act swapped", "check → sign"),
    }
