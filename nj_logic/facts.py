"""A case as atoms for the engines, and what is open in it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import clingo

from .worlds import Topic, Worlds, symbol

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase
    from .worlds import Condition

NO_DAY = 0
"""The day of a case in which nobody is away and no day is stated."""


def constant(name: str) -> clingo.Symbol:
    """A constant of the knowledge base."""
    return clingo.Function(name, [])


ANY_CASE = clingo.String("")
"""The name of the case in the worlds: cases that state the same share them."""
KEPT_WORLDS = 32


def worlds_of(
    kb: KnowledgeBase, case: Case, use: str, readings: Mapping[str, str], shown: tuple[tuple[str, int], ...]
) -> Worlds:
    """The worlds of a case for one use; those of the last few different cases are kept."""
    topics, opening = open_topics(kb, case, use, readings, ANY_CASE)
    atoms = (*case_atoms(kb, case, readings, ANY_CASE), *opening)
    key = (case.kind.term.id, use, atoms)
    found = kb.kept_worlds.pop(key, None)
    if found is None:
        found = Worlds(kb.program(f"{case.kind.term.id}.{use}"), atoms, topics, shown)
    kb.kept_worlds[key] = found
    if len(kb.kept_worlds) > KEPT_WORLDS:
        kb.kept_worlds.pop(next(iter(kb.kept_worlds)))
    return found


def case_atoms(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str], name: clingo.Symbol | None = None
) -> list[clingo.Symbol]:
    """The atoms that the case states: facts, roster, absences, record, and the readings that are fixed.

    Amounts become cells, days their ordinal numbers; text of the user stays a string.

    Args:
        name: the case's name in the atoms; by default its id.
    """
    return list(_atoms(kb, case, readings, name or clingo.String(case.id)))


def _atoms(kb: KnowledgeBase, case: Case, readings: Mapping[str, str], c: clingo.Symbol) -> Iterable[clingo.Symbol]:
    yield symbol("case", c)
    yield symbol("kind", c, constant(case.kind.term.id))
    if case.kind.register:
        yield symbol("surveys", c)
    for topic, option in sorted(readings.items()):
        yield symbol("reading", c, constant(topic), constant(option))
    for id_ in case.kind.fields:
        if id_ in case.facts:
            yield from fact_atoms(kb, case, c, id_)
    if case.kind.working_days:
        for day, number, working in kb.working_days.numbered(
            v for v in case.facts.values() if isinstance(v, datetime.date)
        ):
            yield symbol("workdays", c, day.toordinal(), number)
            if working:
                yield symbol("workday", c, number, day.toordinal())
    for official in case.officials:
        p = clingo.String(official.id)
        yield symbol("official", c, p)
        for office in official.offices:
            yield symbol("holds", c, p, constant(office))
        for portfolio in official.portfolios:
            yield symbol("in_charge", c, p, portfolio)
        for attribute in official.attributes:
            yield symbol("attribute", c, p, constant(attribute))
    for one, other in case.ab_pairs:
        yield symbol("partners", c, one, other)
        yield symbol("partners", c, other, one)
    days = case.critical_days
    numbers = [d.toordinal() for d in days] or [NO_DAY]
    for number in numbers:
        yield symbol("day", c, number)
    if case.kind.register:
        for number in numbers:
            yield symbol("on_day", c, number)
    elif (asked := case.asked_day) is not None:
        yield symbol("on_day", c, asked.toordinal())
    elif not case.day_is_open:
        yield symbol("on_day", c, numbers[0])
    for x, absence in enumerate(case.absences, 1):
        yield symbol("absence", c, x, absence.who)
        if absence.reason is not None:
            yield symbol("reason", c, x, constant(absence.reason))
        if absence.delegated_to is not None:
            yield symbol("delegated", c, x, absence.delegated_to)
        if absence.long is not None:
            yield symbol("long_absence", c, x, constant("yes" if absence.long else "no"))
        for number in [d.toordinal() for d in absence.among(days)] if days else numbers:
            yield symbol("absent_on", c, x, number)
    for i, entry in enumerate(case.record or (), 1):
        actor = clingo.String(entry.actor) if entry.person else constant(entry.actor)
        yield symbol("done", c, i, actor, constant(entry.action))
        if entry.on is not None:
            yield symbol("done_on", c, i, entry.on.toordinal())


def fact_atoms(kb: KnowledgeBase, case: Case, c: clingo.Symbol, id_: str) -> Iterable[clingo.Symbol]:
    """The atoms of one stated fact of *case*, which they call *c*."""
    declared, value, f = case.kind.fields[id_], case.facts[id_], constant(id_)
    if declared.type in {"terms", "officials"}:
        for item in value if isinstance(value, tuple) else ():
            yield symbol("fact", c, f, item if declared.type == "officials" else constant(item))
    elif isinstance(value, bool):
        yield symbol("fact", c, f, constant("yes" if value else "no"))
    elif isinstance(value, Decimal):
        yield symbol("cell", c, f, kb.cells.index(value))
    elif isinstance(value, int):
        yield symbol("quantity", c, f, value)
    elif isinstance(value, datetime.date):
        yield symbol("date", c, f, value.toordinal())
    elif declared.type == "term":
        yield symbol("fact", c, f, constant(str(value)))
    elif declared.type in {"official", "portfolio"} or (declared.type == "actor" and value not in kb.terms):
        yield symbol("fact", c, f, str(value))
        if declared.fills is not None:
            yield symbol("role", c, constant(declared.fills), str(value))
    elif declared.type == "actor":
        yield symbol("fact", c, f, constant(str(value)))


DAY = "date"
PRESENCE = "absence of "


def world_atoms(
    kb: KnowledgeBase, case: Case, use: str, readings: Mapping[str, str], world: Condition
) -> list[clingo.Symbol]:
    """The case's atoms in one world: what *world* leaves open takes its first option."""
    topics, opening = open_topics(kb, case, use, readings)
    chosen = dict(world)
    atoms = [a for a in opening if a.name == "absent_on"] + case_atoms(kb, case, readings)
    for topic in topics:
        options = dict(topic.options)
        atoms.append(options[chosen.get(topic.id, topic.options[0][0])])
    return [a for a in atoms if a.name != "at_work"]


def open_topics(
    kb: KnowledgeBase, case: Case, use: str, readings: Mapping[str, str], name: clingo.Symbol | None = None
) -> tuple[list[Topic], list[clingo.Symbol]]:
    """What is open in the case, facts first, and the atoms that open it."""
    c = name or clingo.String(case.id)
    topics: list[Topic] = []
    atoms: list[clingo.Symbol] = []
    for id_, declared in case.kind.fields.items():
        if id_ not in case.opened:
            continue
        f = constant(id_)
        if declared.type == "money":
            atoms.append(symbol("open_cell", c, f))
            atoms += [symbol("cells", i) for i in kb.cells.inhabited]
            topics.append(Topic(id_, True, tuple((str(i), symbol("cell", c, f, i)) for i in kb.cells.inhabited)))
        else:
            values = ["yes", "no"] if declared.type == "boolean" else declared.options
            atoms.append(symbol("open_fact", c, f))
            atoms += [symbol("possible", c, f, constant(v)) for v in values]
            topics.append(Topic(id_, True, tuple((v, symbol("fact", c, f, constant(v))) for v in values)))
    if case.day_is_open:
        atoms.append(symbol("open_day", c))
        days = [(d.isoformat(), symbol("on_day", c, d.toordinal())) for d in case.critical_days]
        topics.append(Topic(DAY, True, tuple(days)))
    if not case.complete and not case.kind.register:
        numbers = [d.toordinal() for d in case.critical_days] or [NO_DAY]
        for x, official in enumerate(case.officials, len(case.absences) + 1):
            if official.offices and not any(a.who == official.id for a in case.absences):
                atoms.append(symbol("open_presence", c, x, official.id))
                atoms += [symbol("absent_on", c, x, number) for number in numbers]
                options = (("no", symbol("at_work", c, official.id)), ("yes", symbol("absence", c, x, official.id)))
                topics.append(Topic(PRESENCE + official.id, True, options))
    for topic in case.kind.topics[use]:
        if topic not in readings:
            t = constant(topic)
            atoms.append(symbol("open_reading", c, t))
            atoms += [symbol("option", t, constant(o)) for o in kb.readings[topic]["options"]]
            topics.append(
                Topic(
                    topic,
                    False,
                    tuple((o, symbol("reading", c, t, constant(o))) for o in kb.readings[topic]["options"]),
                )
            )
    return topics, atoms
