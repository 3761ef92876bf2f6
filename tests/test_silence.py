"""Nothing is called met on a fact that is not stated, and nothing breached: what a norm asks for has to be stated, or is asked for."""

from __future__ import annotations

import clingo
import pytest

from nj_logic.facts import case_atoms, constant, open_topics
from nj_logic.knowledge import KnowledgeBase
from nj_logic.worlds import symbol

WITHOUT, WITH = clingo.String("without"), clingo.String("with")
TWO_CASES = """
% Two cases alike in all that is open; the second states one more fact, of those that may be left out.
#defined breach/3. #defined speaks/2. #defined can/2.
:- open_reading("without", T), reading("without", T, O), not reading("with", T, O).
:- open_fact("without", F), fact("without", F, V), not fact("with", F, V).
:- open_cell("without", F), cell("without", F, I), not cell("with", F, I).
1 { extra(F, V) : can(F, V) } 1.
fact("with", F, V) :- extra(F, V).
breached(C, N) :- breach(C, N, _).
assumed(N, F) :- extra(F, _), speaks("without", N), not breached("without", N), breached("with", N).
assumed(N, F) :- breach("without", N, F), can(F, _).
#show assumed/2.
"""
OF_THEMSELVES = {("a56.p2.n5", "treated_as_consent"), ("a93.p1.n1", "applied_to_it")}
"""Norms that take effect whatever is done: who does not reply is deemed to agree, to whom the rules apply they apply."""


def test_no_norm_is_called_met_or_breached_on_what_is_not_stated(kb: KnowledgeBase) -> None:
    found = {a for kind in kb.kinds.values() if not kind.register for a in assumed(kb, kind.term.id)}
    assert found == OF_THEMSELVES


def assumed(kb: KnowledgeBase, kind: str) -> set[tuple[str, str]]:
    """The norms of a kind that are met, or breached, only as long as a fact is left out; with the fact."""
    fields = kb.kinds[kind].fields
    optional = {
        f: d.options or ("yes", "no") for f, d in fields.items() if d.optional and d.type in {"boolean", "term"}
    }
    if not optional:
        return set()
    case = kb.case(
        {"kind": kind, "facts": {f: "unknown" for f, d in fields.items() if d.can_be_open and not d.optional}}
    )
    readings = kb.fixed_readings({}, case)
    atoms = [symbol("can", constant(f), constant(v)) for f, values in optional.items() for v in values]
    for name in (WITHOUT, WITH):
        atoms += [*case_atoms(kb, case, readings, name), *open_topics(kb, case, "check", readings, name)[1]]
    control = clingo.Control(["--enum-mode=brave", "0", "--warn=none"])
    program = kb.program(f"{kind}.check").splitlines()
    control.add(
        "base", [], "\n".join(line for line in program if not line.startswith(("#project", "#show"))) + TWO_CASES
    )
    with control.backend() as backend:
        for atom in dict.fromkeys(atoms):
            backend.add_rule([backend.add_atom(atom)])
    control.ground([("base", [])])
    last: list[clingo.Symbol] = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            last = list(model.symbols(shown=True))
    return {(a.arguments[0].string, a.arguments[1].name) for a in last}


@pytest.mark.parametrize("kind", ["information_release"])
def test_a_fact_that_may_be_left_out_would_be_seen(
    kb: KnowledgeBase, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    whole = kb.kinds[kind]
    fields = {f: replace(d, optional=True) if f == "in_good_time" else d for f, d in whole.fields.items()}
    monkeypatch.setitem(kb.kinds._made, kind, replace(whole, fields=fields))
    assert ("a37.p1.n1", "in_good_time") in assumed(kb, kind)
