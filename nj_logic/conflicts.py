"""Clashes in a register of absences: who may not be away together, who acts when, and what nobody can decide."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import Bilingual, InputError
from .facts import worlds_of
from .results import conditions_json, read, sort_norms, symbol_of, union
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
    goal: clingo.Symbol | None = None
    world: Condition = ()

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
        raise InputError(
            f"{label.en} is no register of absences; kinds that are: {listed}",
            f"“{label.zh}”不是外出登记;可用:{listed}",
        )
    worlds = worlds_of(kb, register, USE, readings, SHOWN)
    cache: dict[clingo.Symbol, tuple[str, tuple[Any, ...]]] = {}
    everything = union(worlds.outcomes(), cache)
    conditions = _Conditions(worlds, cache)
    findings: list[Finding] = []

    days: dict[tuple[str, tuple[str, ...], _Held], dict[int, list[_Atom]]] = {}
    for atom in everything.get("incident"):
        type_, _, one, other, day = atom
        days.setdefault((type_, tuple(sorted({one, other})), conditions.of("incident", atom)), {}).setdefault(
            day, []
        ).append(("incident", atom))
    for atom in everything.get("nobody_acts"):
        person, day, _ = atom
        days.setdefault((NOBODY_ACTS, (person,), conditions.of("nobody_acts", atom)), {}).setdefault(day, []).append(
            ("nobody_acts", atom)
        )
    for (type_, persons, held), found in days.items():
        label = kb.term(type_).label
        names = [register.official(p).title for p in persons]
        for start, end in spells(register, found):
            atoms = [a for day, held_atoms in found.items() if _within(day, start, end) for a in held_atoms]
            norms = sort_norms(a[1] if name == "incident" else a[2] for name, a in atoms)
            message = Bilingual(
                f"{label.zh}:{'、'.join(names)}({_span(start, end, 'zh')})",
                f"{label.en}: {', '.join(names)} ({_span(start, end, 'en')})",
            )
            goal = symbol_of(worlds.outcomes(), cache, *min(atoms, key=repr))
            findings.append(Finding("", type_, norms, persons, start, end, message, held.under, goal, held.world))

    blocked: dict[tuple[int, _Held], set[_Atom]] = {}
    for atom in everything.get("stuck"):
        blocked.setdefault((atom[0], conditions.of("stuck", atom)), set()).add(("stuck", atom))
    stuck: dict[tuple[frozenset[str], _Held], dict[int, set[_Atom]]] = {}
    for (day, held), stuck_atoms in blocked.items():
        stuck.setdefault((frozenset(a[3] for _, a in stuck_atoms), held), {})[day] = stuck_atoms
    for (powers, held), by_day in stuck.items():
        label = kb.term(STUCK).label
        away = [{a.who for a in register.absences if a.covers(datetime.date.fromordinal(d))} for d in by_day if d]
        persons = tuple(sorted(set.intersection(*away) & set(_single_holders(kb, register)))) if away else ()
        for start, end in spells(register, by_day):
            message = Bilingual(
                f"{label.zh}({_span(start, end, 'zh')}):{len(powers)}项职权无人行使",
                f"{label.en} ({_span(start, end, 'en')}): {len(powers)} powers that nobody can exercise",
            )
            goal = symbol_of(
                worlds.outcomes(), cache, *min(by_day[min(d for d in by_day if _within(d, start, end))], key=repr)
            )
            findings.append(
                Finding("", STUCK, sort_norms(powers), persons, start, end, message, held.under, goal, held.world)
            )

    findings.sort(key=lambda f: (f.start or datetime.date.min, f.type, f.persons, f.norms))
    findings = [replace(f, id=f"f{n}") for n, f in enumerate(findings, 1)]
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


def _within(day: int, start: datetime.date | None, end: datetime.date | None) -> bool:
    return (start is None or start.toordinal() <= day) and (end is None or day <= end.toordinal())


_Atom = tuple[str, tuple[Any, ...]]


class _Held(NamedTuple):
    """Under which readings an atom holds (empty: under all), and one world that has it."""

    under: tuple[Condition, ...]
    world: Condition


class _Conditions:
    """Under which readings the atoms of the outcomes hold."""

    def __init__(self, worlds: Worlds, cache: dict[clingo.Symbol, tuple[str, tuple[Any, ...]]]) -> None:
        self.worlds, self.cache = worlds, cache
        self._outcomes = [{name: set(read(raw, cache).get(name)) for name, _ in SHOWN} for raw in worlds.outcomes()]
        self._known: dict[frozenset[int], _Held] = {}

    def of(self, name: str, arguments: tuple[Any, ...]) -> _Held:
        where = frozenset(i for i, outcome in enumerate(self._outcomes) if arguments in outcome[name])
        if len(where) == len(self._outcomes):
            return _Held((), ())
        if where not in self._known:  # atoms that hold in the same worlds hold under the same readings
            decision = self.worlds.decide(lambda raw: arguments in read(raw, self.cache).get(name))
            self._known[where] = _Held(decision.outcomes.get(True, ()), decision.samples[True][1])
        return self._known[where]


def _acting(
    kb: KnowledgeBase, register: Case, atoms: Sequence[tuple[Any, ...]], conditions: _Conditions
) -> tuple[Acting, ...]:
    days: dict[tuple[str, str, str, _Held], set[int]] = {}
    for absent, person, day, norm in atoms:
        days.setdefault((absent, person, norm, conditions.of("deputises", (absent, person, day, norm))), set()).add(day)
    found = []
    for (absent, person, norm, held), on in days.items():
        offices = register.official(absent).offices
        office = next((o for o in offices if o in kb.single_offices), offices[0] if offices else absent)
        found += [Acting(office, absent, person, start, end, norm, held.under) for start, end in spells(register, on)]
    return tuple(sorted(found, key=lambda a: (a.start or datetime.date.min, a.absent, a.person, a.basis)))
