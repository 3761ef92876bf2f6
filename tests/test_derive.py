"""The reasoning modules by themselves: what they do with any law, on a few atoms of a made-up one."""

from __future__ import annotations

from pathlib import Path

import clingo
import pytest

DERIVE = Path(__file__).parent.parent / "kb" / "reasoning" / "derive"
TAKEN = """
case(c). on_day(c, 1). day(c, 1). official(c, p). official(c, q). holds(c, p, head). holds(c, q, deputy).
"""
"""A case on a day, a head and a deputy."""
TWO_STAGES = """
gives_route(c, way, "n1"). step(way, first, deputy, study, "n1"). step(way, second, head, sign, "n1"). after(way, second, first).
"""


def derived(facts: str, name: str, arity: int) -> set[str]:
    control = clingo.Control(["--warn=none"])
    for file in sorted(DERIVE.glob("*.lp")):
        control.load(str(file))
    control.add("base", [], TAKEN + facts)
    control.ground([("base", [])])
    return {str(a.symbol) for a in control.symbolic_atoms.by_signature(name, arity) if a.is_fact}


@pytest.mark.parametrize("lifted", [False, True])
def test_a_step_that_is_added_goes_when_its_norm_is_lifted(lifted: bool) -> None:
    facts = TWO_STAGES + 'adds_step(c, way, third, deputy, file, "n2").' + ('lifts(c, "n3", "n2").' if lifted else "")
    assert ('stage(c,way,third,deputy,file,"n2")' in derived(facts, "stage", 6)) is not lifted


@pytest.mark.parametrize("lifted", [False, True])
def test_who_is_named_is_no_answer_when_the_norm_is_lifted(lifted: bool) -> None:
    facts = 'names(c, who, head, sign, "n1").' + ('lifts(c, "n2", "n1").' if lifted else "")
    assert bool(derived(facts, "value", 6)) is not lifted


def done(*entries: tuple[str, str]) -> str:
    return "".join(f"done(c, {i}, {who}, {what})." for i, (who, what) in enumerate(entries, 1))


def test_the_order_is_that_of_the_record() -> None:
    assert derived(TWO_STAGES + done(("deputy", "study"), ("head", "sign")), "misordered", 4) == set()
    assert derived(TWO_STAGES + done(("head", "sign"), ("deputy", "study")), "misordered", 4) == {
        "misordered(c,way,second,first)"
    }


def test_one_entry_is_not_before_itself() -> None:
    facts = """gives_route(c, way, "n1"). step(way, first, head, study, "n1"). step(way, second, head, sign, "n1"). after(way, second, first).
        amounts_to(sign, study)."""
    assert derived(facts + done(("head", "sign")), "misordered", 4) == {"misordered(c,way,second,first)"}


def test_the_order_holds_across_a_step_that_is_missing() -> None:
    facts = TWO_STAGES + 'step(way, third, clerk, file, "n1"). after(way, third, second).'
    assert derived(facts + done(("clerk", "file"), ("deputy", "study")), "misordered", 4) == {
        "misordered(c,way,third,first)"
    }


def test_each_route_has_its_own_order() -> None:
    other = """gives_route(c, other, "n2"). step(other, first, deputy, study, "n2"). step(other, second, head, sign, "n2").
        after(other, first, second)."""
    found = derived(TWO_STAGES + other + done(("deputy", "study"), ("head", "sign")), "misordered", 4)
    assert found == {"misordered(c,other,first,second)"}


def test_what_one_route_lacks_bridges_no_step_of_another() -> None:
    other = """gives_route(c, other, "n2"). step(other, third, clerk, file, "n2"). step(other, second, judge, weigh, "n2").
        step(other, first, deputy, study, "n2"). after(other, third, second)."""
    facts = TWO_STAGES + other + done(("clerk", "file"), ("deputy", "study"))
    assert "misordered(c,other,third,first)" not in derived(facts, "misordered", 4)


def test_a_stand_in_does_the_act_for_which_he_stands_in_and_no_other() -> None:
    facts = TWO_STAGES + 'absence(c, 1, p). absent_on(c, 1, 1). stands_in(c, 1, p, file, q, "n9").'
    assert "blocked(c,1,head,sign)" in derived(facts, "blocked", 4)
    assert "blocked(c,1,head,sign)" not in derived(facts.replace("file, q", "sign, q"), "blocked", 4)
    record = done(("deputy", "study"), ("q", "sign"))
    assert "accomplished(c,way,second)" not in derived(facts + record, "accomplished", 3)
    assert "accomplished(c,way,second)" in derived(facts.replace("file, q", "sign, q") + record, "accomplished", 3)


def test_an_organ_acts_for_its_body_in_the_act_that_is_named() -> None:
    facts = TWO_STAGES.replace("head, sign", "board, sign") + "acts_as(head, board, file)." + done(("p", "sign"))
    assert "accomplished(c,way,second)" not in derived(facts, "accomplished", 3)
    assert "accomplished(c,way,second)" in derived(facts.replace("board, file", "board, sign"), "accomplished", 3)


def test_he_whom_the_case_concerns_does_his_own_acts_wherever_he_is_and_no_others() -> None:
    away = "absence(c, 1, p). absent_on(c, 1, 1). concerned(c, p)."
    assert "acts(c,1,head,sign,p,p)" not in derived(TWO_STAGES + away, "acts", 6)
    assert "acts(c,1,head,sign,p,p)" in derived(TWO_STAGES + away + "own_act(sign).", "acts", 6)
    assert "acts(c,1,deputy,study,p,p)" not in derived(TWO_STAGES + away + "own_act(study).", "acts", 6)


def test_who_stands_aside_is_replaced_by_whom_the_rules_name() -> None:
    facts = TWO_STAGES + 'official(c, r). recuses(c, 1, head, sign, p, r, "n9").'
    assert derived(facts, "acts", 6) == {"acts(c,1,deputy,study,q,q)", "acts(c,1,head,sign,r,p)"}
    assert "accomplished(c,way,second)" in derived(facts + done(("q", "study"), ("r", "sign")), "accomplished", 3)
    assert "accomplished(c,way,second)" not in derived(facts + done(("q", "study"), ("p", "sign")), "accomplished", 3)
    away = facts + "absence(c, 1, r). absent_on(c, 1, 1)."
    assert "blocked(c,1,head,sign)" in derived(away, "blocked", 4)


def test_who_acts_instead_may_have_to_stand_aside_too() -> None:
    facts = (
        TWO_STAGES
        + """official(c, r). recuses(c, 1, head, sign, p, q, "n9").
        recuses(c, D, head, sign, Q, r, "n8") :- able(c, D, deputy, study, Q, _), able(c, D, head, sign, Q, _)."""
    )
    assert derived(facts, "acts", 6) == {"acts(c,1,deputy,study,q,q)", "acts(c,1,head,sign,r,p)"}


def test_who_chairs_does_so_on_his_day() -> None:
    facts = """gives_route(c, way, "n1"). step(way, only, board, decide, "n1"). presided_by(board, head, "n1").
        absence(c, 1, p). absent_on(c, 1, 1)."""
    assert "blocked(c,1,board,decide)" in derived(facts + 'chairs_for(c, 2, p, board, q, "n2").', "blocked", 4)
    assert "blocked(c,1,board,decide)" not in derived(facts + 'chairs_for(c, 1, p, board, q, "n2").', "blocked", 4)


def test_an_act_that_somebody_else_may_do_at_the_same_stage_is_not_stuck() -> None:
    facts = 'surveys(c). absence(c, 1, p). absent_on(c, 1, 1). step(way, only, head, sign, "n1").'
    assert derived(facts, "stuck", 5) == {'stuck(c,1,head,sign,"n1")'}
    assert derived(facts + 'step(way, only, deputy, sign, "n1").', "stuck", 5) == set()
    assert derived(facts + 'step(way, later, deputy, sign, "n1").', "stuck", 5) == {'stuck(c,1,head,sign,"n1")'}


OTHER = """gives_route(c, other, "n2"). step(other, first, clerk, file, "n2"). step(other, second, judge, weigh, "n2").
    after(other, second, first)."""
"""Another route whose stages go by the same names."""
LONG = TWO_STAGES + 'step(way, third, clerk, file, "n1"). after(way, third, second).'


@pytest.mark.parametrize(
    ("facts", "entries", "found"),
    [
        (LONG + 'step(way, fourth, judge, weigh, "n1").', ["head sign", "clerk file", "deputy study"], ["way second first"]),
        (LONG + 'gives_route(c, other, "n2"). step(other, second, judge, weigh, "n2").',
         ["head sign", "clerk file", "deputy study"], ["way second first"]),
        (TWO_STAGES + 'step(way, third, clerk, file, "n1"). gives_route(c, other, "n2"). step(other, third, clerk, file, "n2"). '
         'step(other, second, judge, weigh, "n2"). after(other, third, second).', ["clerk file", "deputy study"], []),
        (TWO_STAGES + OTHER, ["head sign", "deputy study", "judge weigh"], ["way second first"]),
        (TWO_STAGES + OTHER, ["clerk file", "head sign", "deputy study"], ["way second first"]),
        (TWO_STAGES + OTHER, ["deputy study", "judge weigh"], []),
        (TWO_STAGES + OTHER, ["clerk file", "head sign"], []),
        (TWO_STAGES + OTHER, ["head sign", "deputy study", "clerk file", "judge weigh"], ["way second first"]),
    ],
)  # fmt: skip
def test_what_is_out_of_order_is_so_in_its_own_route(facts: str, entries: list[str], found: list[str]) -> None:
    record = done(*((who, what) for who, what in (e.split() for e in entries)))
    wrong = {f"misordered(c,{','.join(f.split())})" for f in found}
    assert derived(facts + record, "misordered", 4) == wrong


AWAY = "absence(c, 1, p). absent_on(c, 1, 1)."


def test_an_own_act_makes_no_other_act_of_the_office_ones_own() -> None:
    facts = TWO_STAGES + 'step(way, third, head, report, "n1"). own_act(report). concerned(c, p).' + AWAY
    assert derived(facts, "acts", 6) == {"acts(c,1,deputy,study,q,q)", "acts(c,1,head,report,p,p)"}


def test_a_stand_in_for_one_act_leaves_the_other_blocked() -> None:
    facts = TWO_STAGES + 'step(way, third, head, file, "n1"). stands_in(c, 1, p, file, q, "n9").' + AWAY
    assert derived(facts, "blocked", 4) == {"blocked(c,1,head,sign)"}


@pytest.mark.parametrize("dated", ["", "done_on(c, 1, 1). done_on(c, 2, 1)."])
@pytest.mark.parametrize(("entry", "stood_in_for"), [("file", "file"), ("sign", "file")])
def test_a_record_shows_the_act_that_was_done(entry: str, stood_in_for: str, dated: str) -> None:
    facts = TWO_STAGES + f'stands_in(c, 1, p, {stood_in_for}, "q", "n9").' + AWAY + dated
    without_day = facts.replace("on_day(c, 1). ", "") if dated else facts
    record = f'done(c, 1, deputy, study). done(c, 2, "q", {entry}).'
    assert "accomplished(c,way,second)" not in derived(without_day + record, "accomplished", 3)


def test_an_organ_does_not_act_for_others_or_in_other_acts() -> None:
    board = TWO_STAGES.replace("head, sign", "board, sign")
    assert "accomplished(c,way,second)" not in derived(
        board + "acts_as(head, board, file)." + done(("p", "file")), "accomplished", 3
    )
    clerk = TWO_STAGES.replace("head, sign", "clerk, sign")
    assert "accomplished(c,way,second)" not in derived(
        clerk + "acts_as(head, board, sign)." + done(("p", "sign")), "accomplished", 3
    )


def test_what_can_be_done_elsewhere_is_the_same_act() -> None:
    facts = 'surveys(c). step(way, only, head, sign, "n1").' + AWAY
    assert derived(facts + 'step(way, only, deputy, approve, "n1").', "stuck", 5) == {'stuck(c,1,head,sign,"n1")'}
    both_away = facts + "absence(c, 2, q). absent_on(c, 2, 1). official(c, r)."
    others = (
        'step(way, only, deputy, sign, "n1"). step(way, later, deputy, study, "n2"). stands_in(c, 1, q, sign, r, "n9").'
    )
    assert derived(both_away + others, "stuck", 5) == {'stuck(c,1,deputy,study,"n2")'}
