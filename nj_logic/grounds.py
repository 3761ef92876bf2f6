"""How an answer was reached, in words: the facts that decide, the rungs and exceptions that they select, the procedures that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .facts import case_atoms, open_topics
from .figures import bounds
from .paths import USE
from .procedures import stages
from .results import UNDEFINED, Reader, sort_norms
from .teller import Teller, View
from .worlds import Worlds

if TYPE_CHECKING:
    from .case import Case
    from .cells import Rung
    from .knowledge import KnowledgeBase
    from .paths import Alternative, Paths

SHOWN = (("on_rung", 3), ("lifts", 3), ("route", 3))


def bearing(kb: KnowledgeBase, case: Case, chosen: Mapping[str, str]) -> dict[str, bool]:
    """For each fact that could be open: whether the answer could be another if it were otherwise.

    The fact is opened and the question put again: it bears on the answer if it must then be asked for.
    """
    found = {}
    for id_, declared in case.kind.fields.items():
        if id_ not in case.facts or not declared.can_be_open:
            continue
        facts = {f: v for f, v in case.facts.items() if f != id_}
        opened = replace(case, facts=facts, opened=case.opened | {id_})
        missing = list(kb.paths(opened, chosen).missing) if case.kind.procedure else []
        if case.kind.questions:
            missing += [m for a in kb.answer(opened, chosen).answers for m in a.missing]
        found[id_] = any(m.id == id_ for m in missing)
    return found


def reached(
    tell: Teller, bears: Mapping[str, bool], paths: Paths | None, blocked: Sequence[Alternative], chosen: Selection
) -> list[View]:
    """In words: the facts that decide, the rungs they select, the exceptions, and the procedures that the norms give."""
    say, case, fields = tell.say, tell.case, tell.case.kind.fields
    steps: list[View] = []

    def add(text: str, norms: Sequence[str] = (), holds: Sequence[str] = ()) -> None:
        cited = [n for one in norms for n in tell.norms([one])]  # an exception comes before what it displaces
        steps.append({"text": text, "norms": cited, "holds": list(holds)})

    for key, default in (("reached.facts", False), ("reached.defaults", True)):
        ids = [f for f, decides in bears.items() if decides and tell.is_default(f) is default]
        named = [
            say("brackets", a=say.both(fields[f].term.label), b=tell.value(case.facts[f], fields[f].type)) for f in ids
        ]
        if named:
            add(say(key, facts=say.listed(named)))
    if paths is None:
        return steps
    for rung, norms, always in chosen.rungs:
        add(say("reached.rung" if always else "reached.rung_some", bounds=bounds(tell, rung)), norms)
    for pair, always in chosen.lifts:
        add(say("reached.lifts" if always else "reached.lifts_some"), pair)
    for alternative in [*paths.alternatives, *blocked]:
        if alternative.route is not None:
            chain = say("arrow").join(tell.does(s.actors, s.act) for s in stages(tell, alternative))
            add(
                say("reached.route" if alternative.paths else "reached.blocked", steps=chain),
                alternative.norms,
                tell.conditions(alternative.readings),
            )
    if paths.status == UNDEFINED and not blocked:
        add(say("reached.nothing"))
    return steps


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rungs (with the norms that lead from them) and exceptions the rules put the case on.

    The last of each says whether they do so in every world that the case leaves open.
    """

    rungs: tuple[tuple[Rung, tuple[str, ...], bool], ...] = ()
    lifts: tuple[tuple[tuple[str, str], bool], ...] = ()


def selection(kb: KnowledgeBase, case: Case, fixed: Mapping[str, str]) -> Selection:
    """What the rules select for a case of a kind with a procedure; *fixed*: the readings that were adopted."""
    topics, opening = open_topics(kb, case, USE, fixed)
    worlds = Worlds(kb.program(f"{case.kind.term.id}.{USE}"), [*case_atoms(kb, case, fixed), *opening], topics, SHOWN)
    read = Reader()
    outcomes = [read(raw) for raw in worlds.outcomes()]
    routes = {n for o in outcomes for _, n in o.get("route")}
    leads: dict[tuple[str, str], set[str]] = {}
    for atom in worlds.control.symbolic_atoms.by_signature("leads_to", 4):
        ladder, name, _, norm = atom.symbol.arguments
        leads.setdefault((ladder.name, name.name), set()).add(norm.string)
    rungs = []
    for rung in kb.cells.rungs:
        held = [(rung.ladder, rung.name) in o.get("on_rung") for o in outcomes]
        norms = leads.get((rung.ladder, rung.name), set()) & routes
        if any(held) and norms:
            rungs.append((rung, sort_norms(norms), all(held)))
    pairs = sorted({pair for o in outcomes for pair in o.get("lifts")})
    return Selection(tuple(rungs), tuple(((n, m), all((n, m) in o.get("lifts") for o in outcomes)) for n, m in pairs))
