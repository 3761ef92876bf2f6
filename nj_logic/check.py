"""Checking a record: what it did wrong, what it still lacks, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .errors import Bilingual
from .facts import ANY_CASE, constant, worlds_of
from .paths import RouteKey, routes
from .results import (
    Atoms,
    MissingFact,
    Reader,
    conditions_json,
    context_json,
    missing_facts,
    sort_norms,
    term_or_person,
)
from .worlds import Condition, Worlds, symbol

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase

USE = "check"
SHOWN = (
    ("route", 3), ("stage", 6), ("follows", 4), ("breach", 3), ("speaks", 2), ("missing", 3), ("misordered", 4), ("permits", 3),
)  # fmt: skip
VIOLATED, DEVIATED, MISSING, OPEN, SATISFIED = "violated", "deviated", "missing", "open", "satisfied"
RECORD = MissingFact("record", Bilingual("办理经过", "the record of what was done"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One norm and how the record stands to it.

    Attributes:
        witness: what shows it: the field, stage or person.
        readings: the readings under which it holds; empty: under all.
        conflict_with: norms that permit what this one forbids, or that ask for another procedure.
        goal: the atom behind it, if there is one.
        world: topics and options of one world that has it.
    """

    id: str
    status: str
    norm: str
    message: Bilingual
    witness: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[Condition, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    conflict_with: tuple[str, ...] = ()
    goal: clingo.Symbol | None = None
    world: Condition = ()

    def to_json(self, kb: KnowledgeBase) -> dict[str, Any]:
        """As in the contract."""
        norm = kb.norms[self.norm]
        return {
            "id": self.id, "status": self.status, "norm": self.norm, "article": norm.article, "strength": norm.strength, "quote": norm.quote,
            "message": {"zh": self.message.zh, "en": self.message.en}, "witness": dict(self.witness),
            "readings": conditions_json(self.readings), "missing_facts": [m.to_json() for m in self.missing],
            "conflict_with": list(self.conflict_with),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on a record and the findings behind it."""

    kb: KnowledgeBase
    case: Case
    verdict: str
    findings: tuple[Finding, ...]
    satisfied: tuple[Finding, ...]
    readings: Mapping[str, str]

    def to_json(self, everything: bool = False) -> dict[str, Any]:
        """As in the contract; *everything* lists the satisfied norms too."""
        listed = [*self.findings, *(self.satisfied if everything else ())]
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "verdict": self.verdict, "findings": [f.to_json(self.kb) for f in listed],
            **context_json(self.kb, self.case, self.readings),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walked:
    """A route of a world and what the record lacks of it."""

    key: RouteKey
    missing: frozenset[int]
    misordered: frozenset[tuple[int, int]]

    @property
    def followed(self) -> bool:
        """Whether the record has the whole route, in its order."""
        return not self.missing and not self.misordered


def _walked(atoms: Atoms) -> frozenset[Walked]:
    found = set()
    for route in routes(atoms):
        at = route.positions
        missing = frozenset(at[s] for r, s in atoms.get("missing") if r == route.name)
        misordered = frozenset((at[s], at[t]) for r, s, t in atoms.get("misordered") if r == route.name)
        found.add(Walked(route.key, missing, misordered))
    return frozenset(found)


def check_record(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> Check:
    """Compare the record and the facts of *case* with the norms that speak of it."""
    worlds = worlds_of(kb, case, USE, readings, SHOWN)
    read = Reader()
    everything = read.together(worlds.outcomes())
    findings = [*_breaches(kb, case, worlds, everything, read), *_steps(kb, case, worlds, everything, read)]
    findings.sort(key=lambda f: (_order(f.norm), f.status, repr(sorted(f.witness.items())), f.readings))
    distinct = {
        (f.norm, f.status, repr(f.witness), f.readings): f for f in reversed(findings)
    }  # two procedures may lack the same
    findings = [replace(f, id=f"f{n}") for n, f in enumerate(reversed(distinct.values()), 1)]
    touched = {f.norm for f in findings}
    satisfied = [
        Finding(f"s{n}", SATISFIED, norm, Bilingual(kb.norms[norm].quote, kb.norms[norm].gist))
        for n, norm in enumerate(sort_norms(n for (n,) in everything.get("speaks") if n not in touched), 1)
    ]
    if case.record is not None and not any(f.status == MISSING for f in findings):
        met = {s[4] for s in everything.get("stage")} - touched - {f.norm for f in satisfied}
        satisfied += [
            Finding(f"s{n}", SATISFIED, norm, Bilingual(kb.norms[norm].quote, kb.norms[norm].gist))
            for n, norm in enumerate(sort_norms(met), len(satisfied) + 1)
        ]
    speaks = bool(findings or satisfied)
    return Check(kb, case, _verdict(findings, speaks), tuple(findings), tuple(satisfied), readings)


def _order(norm: str) -> tuple[int, ...]:
    from .declared import norm_order

    return norm_order(norm)


def _verdict(findings: Iterable[Finding], speaks: bool) -> str:
    findings = list(findings)
    wrong = [f for f in findings if f.status in {VIOLATED, MISSING}]
    if any(not f.readings and not f.conflict_with for f in wrong):
        return "non_compliant"
    if any(f.readings or f.conflict_with for f in findings if f.status in {VIOLATED, MISSING, DEVIATED}):
        return "conflict"
    if any(f.status == OPEN for f in findings):
        return "needs_facts"
    if not speaks:
        return "undefined"
    return "deviated" if any(f.status == DEVIATED for f in findings) else "compliant"


def _breaches(
    kb: KnowledgeBase,
    case: Case,
    worlds: Worlds,
    everything: Atoms,
    read: Reader,
) -> Iterable[Finding]:
    permits: dict[str, set[str]] = {}
    for norm, other in everything.get("permits"):
        permits.setdefault(other, set()).add(norm)
    for norm, witness in everything.get("breach"):
        decision = worlds.decide(lambda raw, w=(norm, witness): w in read(raw).get("breach"))  # type: ignore[misc]
        shown = {
            "what": term_or_person(kb, case, str(witness))
            if str(witness) not in case.kind.fields
            else case.kind.fields[str(witness)].term.to_json()
        }
        entry = kb.norms[norm]
        if decision.missing:
            missing = missing_facts(kb, case, decision.missing)
            message = Bilingual(f"尚不能判断:{entry.quote}", f"cannot be told yet: {entry.gist}")
            yield Finding("", OPEN, norm, message, shown, (), missing, sort_norms(permits.get(norm, ())))
            continue
        if True not in decision.outcomes:
            continue
        status = DEVIATED if entry.strength == "default" else VIOLATED
        word = Bilingual("偏离", "deviates from") if status == DEVIATED else Bilingual("违反", "breaches")
        under = worlds.merged(decision.outcomes[True])
        message = Bilingual(f"{word.zh}:{entry.quote}", f"{word.en}: {entry.gist}")
        raws, world = decision.samples[True]
        goal = read.symbol("breach", (norm, witness), raws)
        yield Finding("", status, norm, message, shown, under, (), sort_norms(permits.get(norm, ())), goal, world)


def _steps(
    kb: KnowledgeBase,
    case: Case,
    worlds: Worlds,
    everything: Atoms,
    read: Reader,
) -> Iterable[Finding]:
    if not everything.get("route"):
        return
    decision = worlds.decide(lambda raw: _walked(read(raw)))
    norms: dict[tuple[RouteKey, int], set[str]] = {}
    names: dict[RouteKey, tuple[str, dict[int, str]]] = {}
    for raw in sorted(worlds.outcomes(), key=sorted):
        for route in routes(read(raw)):
            names.setdefault(route.key, (route.name, {i: stage for stage, i in route.positions.items()}))
            for (stage, _), found in route.stage_norms.items():
                norms.setdefault((route.key, route.positions[stage]), set()).update(found)
    if decision.missing or case.record is None:
        first = sort_norms(n for found in norms.values() for n in found)[0]
        missing = missing_facts(kb, case, decision.missing) if decision.missing else (RECORD,)
        message = Bilingual("尚不能判断应当办理哪些环节" if decision.missing else "没有写明办理经过,各环节未作检查",
                            "which steps are due cannot be told yet" if decision.missing else "no record is stated; the steps were not checked")  # fmt: skip
        yield Finding("", OPEN, first, message, {}, (), missing)
        return
    under: dict[Walked, tuple[list[Condition], Condition]] = {}
    for outcome, conditions in decision.outcomes.items():
        for walked in outcome:
            under.setdefault(walked, ([], decision.samples[outcome][1]))[0].extend(conditions)
    followed = [w for w in under if w.followed]
    for walked, (held_under, world) in under.items():
        # what only one of several procedures asks for is a conflict if another was followed; if none was, the record is wrong anyway
        rivals = sort_norms(
            n for w in followed if w != walked for (key, _), found in norms.items() if key == w.key for n in found
        )
        held = worlds.merged(held_under) if rivals else ()
        name, stage_names = names[walked.key]
        for status, atom, message, witness, *stages in _lacks(kb, case, walked):
            goal = symbol(atom, ANY_CASE, *(constant(x) for x in (name, *(stage_names[i] for i in stages))))
            asked = () if status != OPEN else (RECORD,)
            norm = sort_norms(norms[walked.key, stages[0]])[-1]
            yield Finding("", status, norm, message, witness, held, asked, rivals, goal, world)


def _lacks(kb: KnowledgeBase, case: Case, walked: Walked) -> Iterable[tuple[Any, ...]]:
    """What a record lacks of a route: status, the atom that says so, message, witness, and the stages concerned."""
    for i in sorted(walked.missing):
        act, offices, _, _ = walked.key.stages[i]
        who, what = kb.term(offices[0]), kb.term(act)
        message = Bilingual(
            f"缺少环节:{who.label.zh}{what.label.zh}", f"a step is missing: the {who.label.en} is to {what.label.en}"
        )
        witness = {"actor": who.to_json(), "action": what.to_json()}
        yield MISSING if case.complete else OPEN, "missing", message, witness, i
    for late, early in sorted(walked.misordered):
        one, two = (kb.term(walked.key.stages[i][0]) for i in (late, early))
        message = Bilingual(
            f"环节次序不符:{two.label.zh}应在{one.label.zh}之前",
            f"out of order: {two.label.en} comes before {one.label.en}",
        )
        witness = {"action": one.to_json(), "before": two.to_json()}
        yield VIOLATED, "misordered", message, witness, late, early
