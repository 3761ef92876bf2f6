"""Both engines side by side: the atoms that each derives, and the statuses that brute force over all worlds gives."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

import clingo

from nj_logic.atoms import Atom, from_clingo
from nj_logic.case import Case
from nj_logic.explain import prolog_engine
from nj_logic.facts import case_atoms, open_topics
from nj_logic.knowledge import KnowledgeBase


def worlds(
    kb: KnowledgeBase, case: Case, use: str, readings: Mapping[str, str]
) -> Iterator[tuple[dict[str, str], dict[str, str], list[clingo.Symbol]]]:
    """Every world: its facts, its readings, and all its atoms."""
    topics, opening = open_topics(kb, case, use, readings)
    stated = [a for a in opening if a.name == "absent_on"] + case_atoms(kb, case, readings)
    for choice in itertools.product(*(t.options for t in topics)):
        chosen = [atom for _, atom in choice if atom.name != "at_work"]
        facts = {t.id: o for t, (o, _) in zip(topics, choice, strict=True) if t.is_fact}
        read = {t.id: o for t, (o, _) in zip(topics, choice, strict=True) if not t.is_fact}
        yield facts, read, stated + chosen


def clingo_atoms(program: str, atoms: Iterable[clingo.Symbol]) -> set[Atom]:
    """The one stable model of a program with facts; every atom must be a fact after grounding."""
    control = clingo.Control(["--warn=none"])
    control.add("base", [], program)
    with control.backend() as backend:
        for atom in atoms:
            backend.add_rule([backend.add_atom(atom)])
    control.ground([("base", [])])
    found = [a for a in control.symbolic_atoms if a.symbol.name not in {"input", "hook"}]
    undecided = [str(a.symbol) for a in found if not a.is_fact]
    assert not undecided, f"not decided by grounding: {undecided[:5]}"
    return {from_clingo(a.symbol) for a in found}


def prolog_atoms(kb: KnowledgeBase, atoms: Iterable[clingo.Symbol]) -> set[Atom]:
    """All atoms that hold in SWI-Prolog."""
    engine = prolog_engine(kb)
    engine.set_facts([from_clingo(a) for a in atoms])
    return {a for a in engine.atoms() if a[0] not in {"input", "hook"}}
