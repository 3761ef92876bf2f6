"""Clashes in a register of absences: who may not be away together, who acts when, and what nobody can decide."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import Bilingual, InputError
from .facts import case_atoms, open_topics
from .results import conditions_json, read, sort_norms, union
from .worlds import Condition, Worlds

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase

USE = "conflicts"
SHOWN = (("incident", 6), ("nobody_acts", 4), ("deputises", 5), ("stuck", 5))
NOBODY_ACTS, STUCK = "nobody_acts", "matter_stuck"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """A clash: its type, the persons, and the days (both included; an end of None is open)."""

    id: str
    type: str
    norms: tuple[str, ...]
    persons: tuple[str, ...]
    start: datetime.date | None
    end: datetime.date | None
    message: Bilingual
    readings: tuple[Condition, ...] = ()

    def to_json(self, kb: KnowledgeBase) -> dict[str, Any]:
        """As in the contract."""
        norm = kb.norms[self.norms[0]]
        return {
            "id": self.id, "type": self.type, "norm": norm.id, "norms": list(self.norms), "article": norm.article, "strength": norm.strength,
            "quote": norm.quote, "persons": list(self.persons), "from": _iso(self.start), "to": _iso(self.end),
            "message": {"zh": self.message.zh, "en": self.message.en}, "readings": conditions_json(self.readings),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody acts for an absent official, from *start* to *end* (both included), by a norm."""

    office: str
    absent: str
    person: str
    start: datetime.date | None
    end: datetime.date | None
    basis: str
    readings: tuple[Condition, ...] = ()

    def to_json(self, kb: KnowledgeBase) -> dict[str, Any]:
        """As in the contract."""
        office = kb.term(self.office).to_json()
        return {
            "office": office, "acting_for": self.absent, "person": self.person, "from": _iso(self.start), "to": _iso(self.end),
            "basis": self.basis, "readings": conditions_json(self.readings),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What a register shows."""

    kb: KnowledgeBase
    case: Case
    findings: tuple[Finding, ...]
    acting: tuple[Acting, ...]
    readings: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As in the contract."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "findings": [f.to_json(self.kb) for f in self.findings],
            "acting": [a.to_json(self.kb) for a in self.acting],
        }  # fmt: skip


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


Spell = tuple[datetime.date | None, datetime.date | None]


def find_conflicts(kb: KnowledgeBase, register: Case, readings: Mapping[str, str]) -> Conflicts:
    """The clashes in *register*, and who acts for whom when.

    Raises:
        InputError: the case is no register.
    """
    if not register.kind.register:
        listed = ", ".join(i for i, k in kb.kinds.items() if k.register)
        label = register.kind.term.label
        raise InputError(f"{label.en} is no register of absences; kinds that are: {listed}", f"“{label.zh}”不是外出登记;可用:{listed}")
    topics, opening = open_topics(kb, register, USE, readings)
    program = kb.program(f"{register.kind.term.id}.{USE}")
    worlds = Worlds(program, [*case_atoms(kb, register, readings), *opening], topics, SHOWN)
    cache: dict[clingo.Symbol, tuple[str, tuple[Any, ...]]] = {}
    everything = union(worlds.outcomes(), cache)
    conditions = _Conditions(worlds, cache)
    findings: list[Finding] = []

    days: dict[tuple[Any, ...], dict[int, set[str]]] = {}
    for type_, norm, one, other, day in everything.get("incident"):
        key = ("incident", type_, tuple(sorted({one, other})), conditions.of("incident", (type_, norm, one, other, day)))
        days.setdefault(key, {}).setdefault(day, set()).add(norm)
    for person, day, norm in everything.get("nobody_acts"):
        key = ("incident", NOBODY_ACTS, (person,), conditions.of("nobody_acts", (person, day, norm)))
        days.setdefault(key, {}).setdefault(day, set()).add(norm)
    for (_, type_, persons, under), found in days.items():
        label = kb.term(type_).label
        names = [register.official(p).title for p in persons]
        for start, end in spells(register, found):
            norms = sort_norms(n for ns in found.values() for n in ns)
            message = Bilingual(f"{label.zh}:{'、'.join(names)}({_span(start, end, 'zh')})", f"{label.en}: {', '.join(names)} ({_span(start, end, 'en')})")
            findings.append(Finding("", type_, norms, persons, start, end, message, under))

    stuck: dict[tuple[frozenset[str], tuple[Condition, ...]], set[int]] = {}
    by_day: dict[tuple[int, tuple[Condition, ...]], set[str]] = {}
    for atom in everything.get("stuck"):
        by_day.setdefault((atom[0], conditions.of("stuck", atom)), set()).add(atom[3])
    for (day, under), blocked in by_day.items():
        stuck.setdefault((frozenset(blocked), under), set()).add(day)
    for (blocked, under), found_days in stuck.items():
        label = kb.term(STUCK).label
        norms = sort_norms(blocked)
        away = {d: {a.who for a in register.absences if a.covers(datetime.date.fromordinal(d))} for d in found_days}
        persons = tuple(sorted(set.intersection(*away.values()) & set(_single_holders(kb, register)))) if away else ()
        for start, end in spells(register, found_days):
            message = Bilingual(f"{label.zh}({_span(start, end, 'zh')}):{len(norms)}项职权无人行使",
                                f"{label.en} ({_span(start, end, 'en')}): {len(norms)} powers that nobody can exercise")  # fmt: skip
            findings.append(Finding("", STUCK, norms, persons, start, end, message, under))

    findings.sort(key=lambda f: (f.start or datetime.date.min, f.type, f.persons, f.norms))
    findings = [
        Finding(f"f{n}", f.type, f.norms, f.persons, f.start, f.end, f.message, f.readings) for n, f in enumerate(findings, 1)
    ]
    acting = _acting(kb, register, everything.get("deputises"), conditions)
    return Conflicts(kb, register, tuple(findings), acting, readings)


def _single_holders(kb: KnowledgeBase, register: Case) -> list[str]:
    return [o.id for o in register.officials if any(office in kb.single_offices for office in o.offices)]


def _span(start: datetime.date | None, end: datetime.date | None, lang: str) -> str:
    if start is None and end is None:
        return "全程" if lang == "zh" else "throughout"
    if start == end and start is not None:
        return start.isoformat()
    middle = "至" if lang == "zh" else " to "
    return f"{_iso(start) or '…'}{middle}{_iso(end) or '…'}"


def spells(register: Case, days: Iterable[int]) -> list[Spell]:
    """The runs of days, each from its first to its last day: a critical day stands for all days before the next."""
    critical = [d.toordinal() for d in register.critical_days]
    if not critical:
        return [(None, None)]
    wanted = set(days)
    found: list[Spell] = []
    start: int | None = None
    for i, day in enumerate(critical):
        if day in wanted and start is None:
            start = day
        following = critical[i + 1] if i + 1 < len(critical) else None
        if start is not None and (following is None or following not in wanted):
            end = None if following is None else datetime.date.fromordinal(following) - DAY
            found.append((datetime.date.fromordinal(start), end))
            start = None
    return found


class _Conditions:
    """Under which readings an atom of an outcome holds."""

    def __init__(self, worlds: Worlds, cache: dict[clingo.Symbol, tuple[str, tuple[Any, ...]]]) -> None:
        self.worlds, self.cache = worlds, cache
        self._always: dict[str, set[tuple[Any, ...]]] = {}
        outcomes = [read(raw, cache) for raw in worlds.outcomes()]
        for name, _ in SHOWN:
            sets = [set(o.get(name)) for o in outcomes]
            self._always[name] = set.intersection(*sets) if sets else set()
        self._known: dict[tuple[str, frozenset[int]], tuple[Condition, ...]] = {}
        self._outcomes = outcomes

    def of(self, name: str, arguments: tuple[Any, ...]) -> tuple[Condition, ...]:
        if arguments in self._always[name]:
            return ()
        pattern = (name, frozenset(i for i, o in enumerate(self._outcomes) if arguments in set(o.get(name))))
        if pattern not in self._known:  # atoms that hold in the same worlds hold under the same readings
            decision = self.worlds.decide(lambda raw: arguments in read(raw, self.cache).get(name))
            self._known[pattern] = decision.outcomes.get(True, ())
        return self._known[pattern]


def _acting(
    kb: KnowledgeBase, register: Case, atoms: Sequence[tuple[Any, ...]], conditions: _Conditions
) -> tuple[Acting, ...]:
    days: dict[tuple[str, str, str, tuple[Condition, ...]], set[int]] = {}
    for absent, person, day, norm in atoms:
        days.setdefault((absent, person, norm, conditions.of("deputises", (absent, person, day, norm))), set()).add(day)
    found = []
    for (absent, person, norm, under), held in days.items():
        offices = register.official(absent).offices
        office = next((o for o in offices if o in kb.single_offices), offices[0] if offices else absent)
        found += [Acting(office, absent, person, start, end, norm, under) for start, end in spells(register, held)]
    return tuple(sorted(found, key=lambda a: (a.start or datetime.date.min, a.absent, a.person, a.basis)))
