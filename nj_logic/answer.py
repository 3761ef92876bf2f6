"""Answers to the questions of a kind: who signs, who presides, is there a quorum, which materials, which deadline."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .facts import worlds_of
from .results import (
    CONFLICT,
    DETERMINED,
    NEEDS_FACTS,
    UNDEFINED,
    Atoms,
    MissingFact,
    Performer,
    Reader,
    Silence,
    Warning,
    conditions_json,
    context_json,
    day_taken,
    missing_facts,
    nobody,
    outside_of,
    sort_norms,
    tensions,
    term_or_person,
)
from .worlds import Condition, Node, Raw, Worlds

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

USE = "answer"
SHOWN = (("value", 6), ("blocked", 4), ("acts", 6), ("tension", 3), ("bears_on", 3), ("nearest", 3))

Item = tuple[Any, str, tuple[Performer, ...], bool]
"""A value, the act that goes with it (or "none"), who can do it, and whether nobody can."""
Group = frozenset[Item]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One value, or several that go together, under the readings named (empty: under all).

    Attributes:
        value: plain values: ids of terms or officials, booleans, integers, dates.
        mode: ``any`` where one of several will do, ``all`` where they hold together, None for a single value.
        performers: who can do what the answer asks of an office.
        world: topics and options of one world that has this value.
    """

    id: str
    readings: tuple[Condition, ...]
    norms: tuple[str, ...]
    value: tuple[Any, ...]
    mode: str | None
    performers: tuple[Performer, ...] = ()
    undefined_because: Silence | None = None
    world: Condition = ()

    def to_json(self, kb: KnowledgeBase, case: Case) -> dict[str, Any]:
        """As in the contract."""
        values = [_value_json(kb, case, v) for v in self.value]
        found: dict[str, Any] = {"id": self.id, "readings": conditions_json(self.readings), "norms": list(self.norms)}
        if self.undefined_because is not None:
            found["undefined_because"] = self.undefined_because.to_json()
        else:
            found["value"] = values if self.mode else values[0]
            if self.mode:
                found["mode"] = self.mode
            if self.performers:
                found["performers"] = [p.to_json(kb, case) for p in self.performers]
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question."""

    question: str
    status: str
    alternatives: tuple[Alternative, ...]
    missing: tuple[MissingFact, ...]
    undefined: tuple[Silence, ...]
    warnings: tuple[Warning, ...]

    def to_json(self, kb: KnowledgeBase, case: Case) -> dict[str, Any]:
        """As in the contract."""
        return {
            "question": kb.term(self.question).to_json(), "status": self.status,
            "alternatives": [a.to_json(kb, case) for a in self.alternatives],
            "missing_facts": [m.to_json() for m in self.missing], "undefined": [u.to_json() for u in self.undefined],
            "warnings": [w.to_json() for w in self.warnings],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to all questions of a case's kind."""

    kb: KnowledgeBase
    case: Case
    answers: tuple[Answer, ...]
    readings: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As in the contract."""
        return {
            "case": self.case.id,
            "kind": self.case.kind.term.id,
            "answers": [a.to_json(self.kb, self.case) for a in self.answers],
            **context_json(self.kb, self.case, self.readings),
        }


def _value_json(kb: KnowledgeBase, case: Case, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, datetime.date):
        return value.isoformat()
    return term_or_person(kb, case, value) if isinstance(value, str) else value


def find_answers(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> Answers:
    """The answers to the questions of the kind of *case*, in the order in which the kind declares them."""
    if not case.kind.questions:
        return Answers(kb, case, (), readings)
    worlds = worlds_of(kb, case, USE, readings, SHOWN)
    read = Reader()
    answers = [_answer(kb, case, worlds, question, f"a{n}", read) for n, question in enumerate(case.kind.questions, 1)]
    return Answers(kb, case, tuple(answers), readings)


def groups(atoms: Atoms, question: str, plural: bool) -> frozenset[Group]:
    """The values of a question in a world; those in different groups exclude each other. *plural*: all go together."""
    performers: dict[tuple[str, str], list[Performer]] = {}
    for _, office, act, person, holder in atoms.get("acts"):
        performers.setdefault((office, act), []).append(Performer(office, person, None if person == holder else holder))
    blocked = {(office, act) for _, office, act in atoms.get("blocked")}
    groups: dict[str, set[Item]] = {}
    for asked, group, value, act, _ in atoms.get("value"):
        if asked == question:
            able = tuple(sorted(performers.get((value, act), ()), key=repr))
            groups.setdefault("" if plural else group, set()).add((value, act, able, (value, act) in blocked))
    return frozenset(frozenset(g) for g in groups.values())


def _answer(
    kb: KnowledgeBase,
    case: Case,
    worlds: Worlds,
    question: str,
    id_: str,
    read: Reader,
) -> Answer:
    declared = kb.question(question)
    plural = declared["type"] == "terms"
    decision = worlds.decide(lambda raw: groups(read(raw), question, plural))
    if decision.missing:
        return Answer(question, NEEDS_FACTS, (), missing_facts(kb, case, decision.missing), (), ())
    everything = read.together(worlds.outcomes())
    silent = _silence(kb, case, question, everything)
    held: dict[Group | None, tuple[list[Condition], list[Raw], Condition]] = {}
    for outcome, conditions in decision.outcomes.items():
        raws, world = decision.samples[outcome]
        for group in outcome or [None]:
            found, seen, _ = held.setdefault(group, ([], [], world))
            found.extend(conditions)
            seen.extend(raws)
    drafts = []
    for group, (found, seen, world) in held.items():
        under = worlds.merged(found)
        if group is None:
            drafts.append(Alternative("", under, (), (), None, (), silent, world))
            continue
        norms = sort_norms(
            n for raw in seen for a in [read(raw)] if group in groups(a, question, plural)
            for q, _, v, act, n in a.get("value") if q == question and any(v == i[0] and act == i[1] for i in group)
        )  # fmt: skip
        if all(item[3] for item in group):
            value, act, _, _ = min(group, key=repr)
            drafts.append(
                Alternative("", under, norms, (), None, (), Silence(nobody(kb, case, value, act), norms), world)
            )
            continue
        open_items = [item for item in sorted(group, key=repr) if not item[3]]
        values = tuple(_typed(declared["type"], item[0]) for item in open_items)
        mode = "all" if plural else "any" if len(values) > 1 else None
        drafts.append(
            Alternative("", under, norms, values, mode, tuple(p for item in open_items for p in item[2]), None, world)
        )
    drafts.sort(key=lambda a: (not a.value, repr(a.value), a.norms, a.readings))
    numbered = tuple(replace(a, id=f"{id_}.{n}" if len(drafts) > 1 else id_) for n, a in enumerate(drafts, 1))
    undefined = tuple(dict.fromkeys(a.undefined_because for a in numbered if a.undefined_because is not None))
    if len(numbered) > 1 and any(g is not None for g in held):
        status = CONFLICT
    else:
        status = DETERMINED if len(numbered) == 1 and numbered[0].value else UNDEFINED
    principles = (*tensions(kb, everything, {n for a in numbered for n in a.norms}), *day_taken(case))
    return Answer(question, status, () if status == UNDEFINED else numbered, (), undefined, principles)


def decide_answer(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str], question: str
) -> tuple[tuple[str, ...], Node[frozenset[Group]]]:
    """The facts that make a difference to the answer to *question*, and the tree over them."""
    worlds = worlds_of(kb, case, USE, kb.fixed_readings(readings, case), SHOWN)
    read, plural = Reader(), kb.question(question)["type"] == "terms"
    decision = worlds.decide(lambda raw: groups(read(raw), question, plural))
    return decision.missing, decision.tree


def _typed(type_: str, value: Any) -> Any:  # noqa: ANN401
    if type_ == "boolean":
        return value == "yes"
    if type_ == "date":
        return datetime.date.fromordinal(value)
    return value


def _silence(kb: KnowledgeBase, case: Case, question: str, atoms: Atoms) -> Silence:
    closest = sort_norms(n for q, n in atoms.get("nearest") if q == question)
    closest = closest or sort_norms(case.kind.asked_norms[USE])[:5]
    label = kb.term(question).label
    return Silence(label, closest, outside_of(kb, closest))
