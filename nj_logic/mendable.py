"""What can still be changed in a case, as slots with choices: trips and delegations, the day, the record, the facts that findings point to.

What the case lists under ``fixed`` is left alone.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import clingo

from . import check as checking
from . import paths
from .atoms import arguments
from .case import DAY, Absence, Case, Entry
from .errors import Bilingual, EngineMissing, InputError
from .facts import NO_DAY, constant, fact_atoms, worlds_of
from .results import Reader, official_label
from .worlds import symbol

if TYPE_CHECKING:
    from .atoms import Atom
    from .check import Finding
    from .knowledge import KnowledgeBase
    from .prolog import Proof

FURTHEST, LONGEST = 14, 150
"""Days by which a trip or the day asked about is moved, and days that are looked at."""
CHANGE = 1000
"""What one change weighs; a day of moving weighs 1."""
APART = 100
"""The numbers that an entry of the record leaves for entries after it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way for something that can be changed.

    Attributes:
        group: choices of a group are the same change, done otherwise (moved by more days).
        atoms: the atoms of the case named by the argument that hold if it is chosen.
        apply: makes the change in a draft.
    """

    words: Bilingual
    group: str
    weight: int
    atoms: Callable[[clingo.Symbol], list[clingo.Symbol]]
    apply: Callable[[Draft], None]


@dataclass(slots=True)
class Draft:
    """A case being changed; entries of the record by their number."""

    case: Case
    entries: dict[int, Entry]

    def finished(self) -> Case:
        """The case as changed."""
        if self.case.record is None:
            return self.case
        return replace(self.case, record=tuple(e for _, e in sorted(self.entries.items())))


class Target(ABC):
    """What is to be mended, and what can be changed for it.

    Attributes:
        replaced: predicates whose atoms come from the slots; ``(name, field)`` for those of one field.
    """

    use: str
    mend: str

    def __init__(self, kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> None:
        self.kb, self.case, self.readings = kb, case, readings
        self.slots: list[list[Choice]] = []
        self.replaced: set[tuple[str, str | None]] = set()
        self.wrong: tuple[Bilingual, ...] = ()
        self.entries = {APART * i: e for i, e in enumerate(case.record or (), 1)}

    @abstractmethod
    def mended(self, case: Case) -> str | None:
        """How the changed case comes out, or None if it is not mended."""

    def given(self) -> list[clingo.Symbol]:
        """What the search is told beside the case."""
        return [symbol("mend", constant(self.mend))]

    def common(self, name: clingo.Symbol) -> list[clingo.Symbol]:
        """Atoms about the case *name* that the search needs whatever is chosen (days)."""
        del name
        return []

    def label(self, id_: str) -> Bilingual:
        """An official, office or act in words."""
        if any(o.id == id_ and not o.implied for o in self.case.officials):
            return official_label(self.kb, self.case, id_)
        return self.kb.term(id_).label

    # -- trips and the day -------------------------------------------------------------------------------------------

    def span(self) -> list[int]:
        """The days that are looked at, as ordinals."""
        bounds = [d for a in self.case.absences for d in (a.start, a.end) if d] + [
            d for d in [self.case.asked_day] if d
        ]
        if not bounds:
            return [NO_DAY]
        reach = datetime.timedelta(FURTHEST + 1)
        return list(range((min(bounds) - reach).toordinal(), (max(bounds) + reach).toordinal() + 1))[:LONGEST]

    def trips(self, who: set[str] | None = None) -> None:
        """Slots for the absences: moved by days, and, where nobody is entrusted, entrusted to somebody."""
        days = self.span()
        self.replaced |= {("absent_on", None), ("day", None), ("delegated", None)}
        for x, absence in enumerate(self.case.absences, 1):
            free = (who is None or absence.who in who) and not {"absences", f"absences[{x}]"} & self.case.fixed
            dated = absence.start is not None and absence.end is not None
            self.slots.append([self._trip(x, absence, days, k) for k in (_shifts() if free and dated else [0])])
            kept = [absence.delegated_to]
            if free and absence.delegated_to is None:
                kept += [o.id for o in self.case.officials if o.id != absence.who and o.offices]
            self.slots.append([self._entrusted(x, absence, q) for q in kept])

    def _trip(self, x: int, absence: Absence, days: Sequence[int], by: int) -> Choice:
        moved = replace(
            absence, start=absence.start and absence.start + by * DAY, end=absence.end and absence.end + by * DAY
        )
        on = [d for d in days if d == NO_DAY or moved.covers(datetime.date.fromordinal(d))]
        who = self.label(absence.who)
        words = Bilingual(
            f"{who.zh}的外出{'推迟' if by > 0 else '提前'}{abs(by)}天（{moved.start}至{moved.end}）",
            f"move the trip of the {who.en} {abs(by)} day{'' if abs(by) == 1 else 's'} {'later' if by > 0 else 'earlier'} ({moved.start} to {moved.end})",
        )

        def apply(draft: Draft) -> None:
            old = draft.case.absences[x - 1]
            _put_absence(draft, x, replace(old, start=moved.start, end=moved.end))

        return Choice(
            words, "later" if by > 0 else "earlier", CHANGE + abs(by) if by else 0,
            lambda c: [symbol("absent_on", c, x, d) for d in on], apply,
        )  # fmt: skip

    def _entrusted(self, x: int, absence: Absence, to: str | None) -> Choice:
        who, other = self.label(absence.who), self.label(to or "")
        changed = to != absence.delegated_to

        def apply(draft: Draft) -> None:
            _put_absence(draft, x, replace(draft.case.absences[x - 1], delegated_to=to))

        return Choice(
            Bilingual(f"{who.zh}外出期间委托{other.zh}", f"the {who.en} entrusts the {other.en} during the trip"),
            f"to {to}", CHANGE if changed else 0, lambda c: [] if to is None else [symbol("delegated", c, x, to)], apply,
        )  # fmt: skip


def _shifts() -> list[int]:
    return [0, *(k for n in range(1, FURTHEST + 1) for k in (n, -n))]


def _put_absence(draft: Draft, x: int, absence: Absence) -> None:
    absences = list(draft.case.absences)
    absences[x - 1] = absence
    draft.case = replace(draft.case, absences=tuple(absences))


class Register(Target):
    """The clashes of a register, or one of them."""

    use, mend = "conflicts", "register"

    def __init__(self, kb: KnowledgeBase, case: Case, readings: Mapping[str, str], finding: str | None) -> None:
        super().__init__(kb, case, readings)
        self.before = kb.conflicts(case, readings).findings
        self.chosen = [f for f in self.before if finding in (None, f.id)]
        if finding is not None and not self.chosen:
            raise _no_finding(finding, [f.id for f in self.before])
        self.wrong = tuple(f.message for f in self.chosen)
        persons = {p for f in self.chosen for p in f.persons} | {
            a.who for a in case.absences for f in self.chosen if not f.persons and _overlaps(a, f.start, f.end)
        }
        self.trips(persons)
        self.replaced.add(("on_day", None))

    def common(self, name: clingo.Symbol) -> list[clingo.Symbol]:
        """All days that are looked at, each asked about."""
        return [symbol(p, name, d) for d in self.span() for p in ("day", "on_day")]

    def given(self) -> list[clingo.Symbol]:
        """The clashes that were there, and those that have to go."""
        atoms = super().given()
        for f in self.before:
            gone = f in self.chosen
            if f.powers:
                atoms += [symbol(p, n) for n in f.norms for p in ("had_stuck", *(["unwanted_stuck"] if gone else []))]
                continue
            one, other = f.persons[0], f.persons[-1]
            for pair in {(one, other), (other, one)}:
                atoms += [symbol(p, constant(f.type), *pair) for p in ("had_clash", *(["unwanted"] if gone else []))]
        return atoms

    def mended(self, case: Case) -> str | None:
        """``compliant`` or, where other clashes stay, ``clash_gone``; None if it stays or a new one comes."""
        known = {(f.type, f.persons) for f in self.before} | {(f.type, ()) for f in self.before if f.powers}
        gone = {(f.type, f.persons, f.norms if f.powers else ()) for f in self.chosen}
        after = self.kb.conflicts(case, self.readings).findings
        if any((f.type, f.persons, f.norms if f.powers else ()) in gone for f in after):
            return None
        if any((f.type, () if f.powers else f.persons) not in known for f in after):
            return None
        return "compliant" if not after else "clash_gone"


def _overlaps(absence: Absence, start: datetime.date | None, end: datetime.date | None) -> bool:
    return (absence.end is None or start is None or start <= absence.end) and (
        absence.start is None or end is None or absence.start <= end
    )


def _no_finding(finding: str, known: Sequence[str]) -> InputError:
    return InputError(
        f"{finding[:80]!r} is no finding of this case; findings: {', '.join(known) or 'none'}",
        f"“{finding[:80]}”不是本案的问题编号；现有：{'、'.join(known) or '无'}",
    )


def target_of(kb: KnowledgeBase, case: Case, readings: Mapping[str, str], finding: str | None) -> Target:
    """What is to be mended in *case*.

    Raises:
        InputError: it has no *finding* of this id, or is no register.
    """
    if case.kind.register:
        return Register(kb, case, readings, finding)
    if finding is not None:
        raise InputError(
            "a single finding can be mended in a register only; a record is mended as a whole",
            "只有外出登记可以逐项补正；办理经过应整体补正",
        )
    if case.kind.procedure and case.record is None:
        found = kb.paths(case, readings)
        if found.blocked and not any(a.paths for a in found.alternatives):
            return Path(kb, case, readings, tuple(u.question for u in found.undefined))
    return Record(kb, case, readings)


class Path(Target):
    """A procedure that nobody can finish."""

    use, mend = "paths", "path"

    def __init__(
        self, kb: KnowledgeBase, case: Case, readings: Mapping[str, str], wrong: tuple[Bilingual, ...]
    ) -> None:
        super().__init__(kb, case, readings)
        self.wrong = wrong
        self.trips()
        asked = case.asked_day
        if asked is not None and "date" not in case.fixed:
            self.replaced.add(("on_day", None))
            self.slots.append([self._day(asked, k) for k in _shifts()])

    def common(self, name: clingo.Symbol) -> list[clingo.Symbol]:
        """All days that are looked at."""
        return [symbol("day", name, d) for d in self.span()]

    def _day(self, asked: datetime.date, by: int) -> Choice:
        day = asked + by * DAY

        def apply(draft: Draft) -> None:
            draft.case = replace(draft.case, date=day)

        return Choice(
            Bilingual(f"改在{day}办理", f"do it on {day}"), "later" if by > 0 else "earlier", CHANGE + abs(by) if by else 0,
            lambda c: [symbol("on_day", c, day.toordinal())], apply,
        )  # fmt: skip

    def mended(self, case: Case) -> str | None:
        """The status of the paths, if there is one."""
        found = self.kb.paths(case, self.readings)
        return found.status if any(a.paths for a in found.alternatives) else None


class Record(Target):
    """The record of a matter and the facts that its findings point to; *wide*: all facts that they rest on."""

    use, mend = "check", "record"

    def __init__(self, kb: KnowledgeBase, case: Case, readings: Mapping[str, str], *, wide: bool = False) -> None:
        super().__init__(kb, case, readings)
        self.wide = wide
        check = kb.check(case, readings)
        bad = [f for f in check.findings if f.status in {checking.VIOLATED, checking.MISSING, checking.DEVIATED}]
        self.wrong = tuple(f.message for f in bad)
        if not bad:
            return
        self.leaves, self.gaps = self._grounds(bad)
        self._record(bad)
        self._facts(bad)
        if any(a[0] == "absent_on" for a in self.leaves):
            self.trips()

    def mended(self, case: Case) -> str | None:
        """``compliant`` or None."""
        verdict = self.kb.check(case, self.readings).verdict
        return verdict if verdict == "compliant" else None

    # -- the record --------------------------------------------------------------------------------------------------

    def _record(self, bad: Sequence[Finding]) -> None:
        record = self.case.record
        if record is None or "record" in self.case.fixed:
            return
        worlds = worlds_of(self.kb, self.case, self.use, self.readings, checking.SHOWN)
        read = Reader()
        stages: dict[tuple[str, str], None] = {}
        for raw in sorted(worlds.outcomes(), key=sorted):
            for route in paths.routes(read(raw)):
                stages.update({(o, act): None for act, offices, _, _ in route.key.stages for o in offices})
        stages.update(
            {(a, w): None for w in _witnesses(bad) if w in self.kb.action_words.values() for a in self._actors()}
        )
        self.replaced |= {("done", None), ("done_on", None)}
        for i, entry in enumerate(record, 1):
            still = f"record[{i}]" in self.case.fixed
            self.slots.append([self._entry(i, entry, i, entry.actor)])
            if not still:
                self.slots[-1] += [
                    self._entry(i, entry, p, entry.actor) for p in range(len(record) + 1) if p not in {i, i - 1}
                ]
                others = [o for o, act in stages if act == entry.action]
                if self.wide and entry.actor in _witnesses(bad):
                    others += self.kb.single_offices
                self.slots[-1] += [self._entry(i, entry, i, o) for o in dict.fromkeys(others) if o != entry.actor]
        done = {(e.actor, e.action) for e in record}
        for j, (office, act) in enumerate(s for s in stages if s not in done):
            nothing = Choice(Bilingual("", ""), "", 0, lambda _: [], lambda _: None)
            self.slots.append([nothing, *(self._added(office, act, p, j) for p in range(len(record) + 1))])

    def _actors(self) -> list[str]:
        stated = [v for f, v in self.case.facts.items() if self.case.kind.fields[f].type in {"actor", "official"}]
        return list(dict.fromkeys([*map(str, stated), *(e.actor for e in self.case.record or ())]))

    def _date(self, after: int) -> datetime.date | None:
        record = self.case.record or ()
        return record[max(after, 1) - 1].on if record else None

    def _entry(self, i: int, entry: Entry, after: int, actor: str) -> Choice:
        """Entry *i* after entry *after* (itself: where it is), done by *actor*."""
        moved, other = after != i, actor != entry.actor
        at = APART * i if not moved else APART * after + i
        on = (self._date(after) if entry.on else None) if moved else entry.on
        new = replace(entry, actor=actor, person=entry.person and not other, on=on)
        who, what = self.label(entry.actor), self.label(entry.action)
        if moved:
            day = f"（{on}）" if on and on != entry.on else ""
            words = Bilingual(
                f"把第{i}项（{who.zh}{what.zh}）移到{f'第{after}项之后' if after else '最前'}{day}",
                f"move entry {i} ({who.en}: {what.en}) {f'after entry {after}' if after else 'to the front'}{f' ({on})' if day else ''}",
            )
        else:
            by = self.label(actor)
            words = Bilingual(
                f"第{i}项（{what.zh}）由{who.zh}改为{by.zh}办理",
                f"entry {i} ({what.en}) is done by the {by.en}, not the {who.en}",
            )

        def apply(draft: Draft) -> None:
            del draft.entries[APART * i]
            draft.entries[at] = new

        group = "moved" if moved else f"by {actor}" if other else ""
        weight = CHANGE + abs(after - i) if moved else CHANGE if other else 0
        return Choice(words, group, weight, lambda c: _done(c, at, new), apply)

    def _added(self, office: str, act: str, after: int, j: int) -> Choice:
        who, what = self.label(office), self.label(act)
        at = APART * after + APART // 2 + j
        entry = Entry(
            office,
            any(o.id == office and not o.implied for o in self.case.officials) and office not in self.kb.terms,
            act,
            None,
        )
        count = len(self.case.record or ())
        place = (
            Bilingual(f"在第{after}项之后", f" after entry {after}") if after else Bilingual("在最前", " at the front")
        )
        if not count:
            place = Bilingual("", "")
        words = Bilingual(f"{place.zh}增加：{who.zh}{what.zh}", f"add{place.en}: {who.en}, {what.en}")

        def apply(draft: Draft) -> None:
            draft.entries[at] = entry

        return Choice(words, "added", CHANGE + count - after, lambda c: _done(c, at, entry), apply)

    # -- facts -------------------------------------------------------------------------------------------------------

    def _facts(self, bad: Sequence[Finding]) -> None:
        """Slots for the facts that the findings point to: their witness, else what their proof rests on; numbers and days at the bounds."""
        fields, numbers = self.case.kind.fields, self._numbers()
        named = {w for w in _witnesses(bad) if w in fields}
        if self.wide:
            named |= {str(arguments(a)[1]) for a in self.leaves if a[0] == "fact"}
        for id_ in fields:
            if id_ in self.case.fixed or (id_ not in named and id_ not in numbers):
                continue
            declared, value = fields[id_], self.case.facts.get(id_)
            options: list[Any] = []
            if declared.type == "boolean" and id_ in named:
                options = [v for v in (True, False) if v != value]
            elif declared.type == "term" and id_ in named:
                options = [v for v in declared.options if v != value]
            elif declared.type == "terms" and id_ in named and isinstance(value, tuple):
                options = [tuple(v for v in value if v != one) for one in value]
            elif declared.type in {"number", "date"}:
                options = numbers.get(id_, [])
            if options:
                self.replaced |= {(p, id_) for p in ("fact", "quantity", "date", "cell")}
                self.slots.append([self._fact(id_, v) for v in (value, *options)])
        self.replaced |= {("workday", None), ("workdays", None)} if self.case.kind.working_days else set()

    def common(self, name: clingo.Symbol) -> list[clingo.Symbol]:
        """Days, and working days for the dates that are tried."""
        days_seen = [symbol("day", name, d) for d in self.span()] if ("day", None) in self.replaced else []
        if not self.case.kind.working_days:
            return days_seen
        days = {v for v in self.case.facts.values() if isinstance(v, datetime.date)} | self.days_tried
        atoms = days_seen
        for day, number, working in self.kb.working_days.numbered(days):
            atoms.append(symbol("workdays", name, day.toordinal(), number))
            if working:
                atoms.append(symbol("workday", name, number, day.toordinal()))
        return atoms

    def _fact(self, id_: str, value: Any) -> Choice:  # noqa: ANN401
        old = self.case.facts.get(id_)
        label, shown, was = self.case.kind.fields[id_].term.label, self._value(value), self._value(old)
        facts = {k: v for k, v in self.case.facts.items() if k != id_} | ({} if value is None else {id_: value})
        changed = replace(self.case, facts=facts)

        def apply(draft: Draft) -> None:
            kept = {k: v for k, v in draft.case.facts.items() if k != id_}
            draft.case = replace(
                draft.case, facts=kept | ({} if value is None else {id_: value}), opened=draft.case.opened - {id_}
            )

        far = 0
        if isinstance(value, datetime.date) and isinstance(old, datetime.date):
            far = abs((value - old).days)
        elif type(value) is int and type(old) is int:
            far = min(abs(value - old), CHANGE // 2)
        words = Bilingual(f"{label.zh}：由{was.zh}改为{shown.zh}", f"{label.en}: {shown.en}, not {was.en}")
        group = "moved" if far else f"{value}"
        return Choice(
            words, group, 0 if value == old else CHANGE + far,
            lambda c: [] if value is None else list(fact_atoms(self.kb, changed, c, id_)), apply,
        )  # fmt: skip

    def _value(self, value: Any) -> Bilingual:  # noqa: ANN401
        if value is None:
            return Bilingual("未写明", "unstated")
        if isinstance(value, bool):
            return Bilingual("是", "yes") if value else Bilingual("否", "no")
        if isinstance(value, tuple):
            labels = [self.label(v) for v in value]
            return Bilingual("、".join(w.zh for w in labels) or "无", ", ".join(w.en for w in labels) or "none")
        return self.label(value) if isinstance(value, str) else Bilingual(str(value), str(value))

    def _grounds(self, bad: Sequence[Finding]) -> tuple[list[Atom], set[int]]:
        """What the case states at the ends of the findings' proofs, and by how much the numbers compared there are apart."""
        try:
            proofs = [p for f in bad for _, p in self.kb.why(self.case, f.id, self.readings).proofs]
        except (EngineMissing, InputError):
            return [], set()
        nodes = [n for proof in proofs for n in _nodes(proof)]
        pairs = [n.atom[1:] for n in nodes if n.by == "comparison" and n.atom[0] != "="]
        gaps = {y - x for x, y in pairs if isinstance(x, int) and isinstance(y, int)}
        return list(dict.fromkeys(n.atom for n in nodes if n.by == "input")), gaps

    def _numbers(self) -> dict[str, list[Any]]:
        """For numbers and days that breaches rest on: the values at which their comparisons turn."""
        self.days_tried: set[datetime.date] = set()
        found: dict[str, dict[Any, None]] = {}
        for leaf in self.leaves:
            name = leaf[0]
            if name not in {"quantity", "date"}:
                continue
            _, field_, number = arguments(leaf)
            field = str(field_)
            assert isinstance(number, int)
            for value in sorted(
                {number + s * gap + d for gap in self.gaps for s in (1, -1) for d in (-1, 0, 1)} - {number}
            ):
                if name == "date" and value > 0:
                    day = datetime.date.fromordinal(value)
                    self.days_tried.add(day)
                    found.setdefault(field, {})[day] = None
                elif name == "quantity" and value >= 0:
                    found.setdefault(field, {})[value] = None
        return {f: list(values) for f, values in found.items()}


def _nodes(proof: Proof) -> Iterable[Proof]:
    yield proof
    for child in proof.children:
        yield from _nodes(child)


def _witnesses(findings: Iterable[Finding]) -> list[str]:
    return list(dict.fromkeys(str(f.witness["what"]["id"]) for f in findings if "what" in f.witness))


def _done(c: clingo.Symbol, at: int, entry: Entry) -> list[clingo.Symbol]:
    actor = clingo.String(entry.actor) if entry.person else constant(entry.actor)
    atoms = [symbol("done", c, at, actor, constant(entry.action))]
    return atoms + ([symbol("done_on", c, at, entry.on.toordinal())] if entry.on else [])
