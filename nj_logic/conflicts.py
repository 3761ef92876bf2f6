"""Clashes in a register of absences: who may not be away together, who acts when, and what nobody can decide."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from .case import DAY
from .errors import Bilingual, InputError
from .facts import worlds_of
from .results import Plain, Reader, conditions_json, context_json, sort_norms
from .worlds import Condition, Worlds

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase

USE = "conflicts"
SHOWN = (("incident", 6), ("nobody_acts", 4), ("deputises", 5), ("stuck", 5))
NOBODY_ACTS, STUCK = "nobody_acts", "matter_stuck"


@dataclass(frozen=True, slots=True)
class Finding:
    """A clash: its type, the persons, and the days (both included; an end of None is open).

    Attributes:
        powers: what nobody can do: office, act, and the norm that asks for it.
    """

    id: str
    type: str
    norms: tuple[str, ...]
    persons: tuple[str, ...]
    start: datetime.date | None
    end: datetime.date | None
    message: Bilingual
    readings: tuple[Condition, ...] = ()
    goal: clingo.Symbol | None = None
    world: Condition = ()
    powers: tuple[tuple[str, str, str], ...] = ()

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
            "acting": [a.to_json(self.kb) for a in self.acting], **context_json(self.kb, self.case, self.readings),
        }  # fmt: skip


def _iso(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def find_conflicts(kb: KnowledgeBase, register: Case, readings: Mapping[str, str]) -> Conflicts:
    """The clashes in *register*, and who acts for whom when.

    Raises:
        InputError: the case is no register.
    """
    if not register.kind.register:
        listed = ", ".join(i for i, k in kb.kinds.items() if k.register)
        label = register.kind.term.label
        raise InputError(
            f"{label.en} is no register of absences; kinds that are: {listed}",
            f"“{label.zh}”不是外出登记;可用:{listed}",
        )
    worlds = worlds_of(kb, register, USE, readings, SHOWN)
    read = Reader()
    everything = read.together(worlds.outcomes())
    conditions = _Conditions(worlds, read)
    calendar = _Calendar(register)
    titles = {o.id: o.title for o in register.officials}
    findings: list[Finding] = []

    days: dict[tuple[str, tuple[str, ...], _Held], dict[int, list[Plain]]] = {}
    for atom in everything.get("incident"):
        type_, _, one, other, day = atom
        key = (type_, tuple(sorted({one, other})), conditions.of("incident", atom))
        days.setdefault(key, {}).setdefault(day, []).append(("incident", atom))
    for atom in everything.get("nobody_acts"):
        person, day, _ = atom
        key = (NOBODY_ACTS, (person,), conditions.of("nobody_acts", atom))
        days.setdefault(key, {}).setdefault(day, []).append(("nobody_acts", atom))
    for (type_, persons, held), found in days.items():
        label = kb.term(type_).label
        names = [titles[p] for p in persons]
        for start, end, within in calendar.spells(found):
            atoms = [atom for day in within for atom in found[day]]
            norms = sort_norms(a[1] if name == "incident" else a[2] for name, a in atoms)
            message = Bilingual(
                f"{label.zh}：{'、'.join(names)}（{_span(start, end, 'zh')}）",
                f"{label.en}: {', '.join(names)} ({_span(start, end, 'en')})",
            )
            goal = read.symbol(*min(atoms, key=repr))
            findings.append(Finding("", type_, norms, persons, start, end, message, held.under, goal, held.world))

    blocked: dict[tuple[int, _Held], set[Plain]] = {}
    for atom in everything.get("stuck"):
        blocked.setdefault((atom[0], conditions.of("stuck", atom)), set()).add(("stuck", atom))
    stuck: dict[tuple[frozenset[str], _Held], dict[int, set[Plain]]] = {}
    for (day, held), stuck_atoms in blocked.items():
        stuck.setdefault((frozenset(a[3] for _, a in stuck_atoms), held), {})[day] = stuck_atoms
    away = _holders_away(kb, register, calendar) if stuck else {}
    for (norms_stuck, held), by_day in stuck.items():
        label = kb.term(STUCK).label
        persons = tuple(sorted(set.intersection(*(away.get(day, set()) for day in by_day))))
        for start, end, within in calendar.spells(by_day):
            message = Bilingual(
                f"{label.zh}（{_span(start, end, 'zh')}）：共{len(norms_stuck)}项",
                f"{label.en} ({_span(start, end, 'en')}): {len(norms_stuck)}",
            )
            goal = read.symbol(*min(by_day[within[0]], key=repr))
            powers = tuple(sorted({(atom[1], atom[2], atom[3]) for day in within for _, atom in by_day[day]}))
            norms = sort_norms(norms_stuck)
            findings.append(
                Finding("", STUCK, norms, persons, start, end, message, held.under, goal, held.world, powers)
            )

    findings.sort(key=lambda f: (f.start or datetime.date.min, f.type, f.persons, f.norms))
    findings = [replace(f, id=f"f{n}") for n, f in enumerate(findings, 1)]
    acting = _acting(kb, register, calendar, everything.get("deputises"), conditions)
    return Conflicts(kb, register, tuple(findings), acting, readings)


def _holders_away(kb: KnowledgeBase, register: Case, calendar: _Calendar) -> dict[int, set[str]]:
    """Who of those that alone hold an office is away, by critical day."""
    single = {o.id for o in register.officials if any(office in kb.single_offices for office in o.offices)}
    away: dict[int, set[str]] = {}
    for absence in register.absences:
        if absence.who in single:
            for day in absence.among(calendar.dates):
                away.setdefault(day.toordinal(), set()).add(absence.who)
    return away


def _span(start: datetime.date | None, end: datetime.date | None, lang: str) -> str:
    if start is None and end is None:
        return "全程" if lang == "zh" else "throughout"
    if start == end and start is not None:
        return start.isoformat()
    middle = "至" if lang == "zh" else " to "
    return f"{_iso(start) or '…'}{middle}{_iso(end) or '…'}"


class _Calendar:
    """The critical days of a register: each stands for all days before the next."""

    def __init__(self, register: Case) -> None:
        self.dates = register.critical_days
        self._position = {day.toordinal(): i for i, day in enumerate(self.dates)}
        self._since_ever = register.since_ever

    def spells(self, days: Iterable[int]) -> Iterable[tuple[datetime.date | None, datetime.date | None, list[int]]]:
        """The runs of days: the first and the last day of each (None is open), and its critical days."""
        if not self.dates:
            yield None, None, list(days)
            return
        wanted = sorted(days)
        numbered = enumerate(wanted)
        for _, run in groupby(numbered, key=lambda item: self._position[item[1]] - item[0]):
            within = [day for _, day in run]
            after = self._position[within[-1]] + 1
            end = self.dates[after] - DAY if after < len(self.dates) else None
            start = None if self._since_ever and not self._position[within[0]] else datetime.date.fromordinal(within[0])
            yield start, end, within


class _Held(NamedTuple):
    """Under which readings an atom holds (empty: under all), and one world that has it."""

    under: tuple[Condition, ...]
    world: Condition


class _Conditions:
    """Under which readings the atoms of the outcomes hold."""

    def __init__(self, worlds: Worlds, read: Reader) -> None:
        self.worlds, self.read = worlds, read
        raws = worlds.outcomes()
        self._outcomes = (
            [{name: set(read(raw).get(name)) for name, _ in SHOWN} for raw in raws] if len(raws) > 1 else []
        )
        self._known: dict[frozenset[int], _Held] = {}

    def of(self, name: str, arguments: tuple[Any, ...]) -> _Held:
        where = frozenset(i for i, outcome in enumerate(self._outcomes) if arguments in outcome[name])
        if len(where) == len(self._outcomes):
            return _Held((), ())
        if where not in self._known:  # atoms that hold in the same worlds hold under the same readings
            decision = self.worlds.decide(lambda raw: arguments in self.read(raw).get(name))
            self._known[where] = _Held(self.worlds.merged(decision.outcomes.get(True, ())), decision.samples[True][1])
        return self._known[where]


def _acting(
    kb: KnowledgeBase, register: Case, calendar: _Calendar, atoms: Sequence[tuple[Any, ...]], conditions: _Conditions
) -> tuple[Acting, ...]:
    days: dict[tuple[str, str, str, _Held], set[int]] = {}
    for absent, person, day, norm in atoms:
        days.setdefault((absent, person, norm, conditions.of("deputises", (absent, person, day, norm))), set()).add(day)
    offices = {o.id: o.offices for o in register.officials}
    found = []
    for (absent, person, norm, held), on in days.items():
        held_offices = offices[absent]
        office = next((o for o in held_offices if o in kb.single_offices), held_offices[0] if held_offices else absent)
        found += [Acting(office, absent, person, start, end, norm, held.under) for start, end, _ in calendar.spells(on)]
    return tuple(sorted(found, key=lambda a: (a.start or datetime.date.min, a.absent, a.person, a.basis)))
