"""Surveys: a kind of case with every fact and every reading open, and what holds in some of its worlds.

A survey adds a module of ``kb/reasoning/audit/survey/`` to the kind's slice. The module shows what it looks for; clingo finds, as brave
consequences, all that holds in some world, over all cells, classes, absences and readings at once; and for each a world that proves it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clingo

from .declared import NORM_ID
from .facts import PRESENCE, case_atoms, constant, open_topics
from .worlds import symbol

if TYPE_CHECKING:
    from .case import Case
    from .cells import Cells
    from .declared import Field, Kind
    from .knowledge import KnowledgeBase

ONE, OTHER = clingo.String("one"), clingo.String("other")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Spot:
    """A world of a survey: the facts that it has, who is away in it, and how it reads what can be read in several ways.

    Attributes:
        facts: by field; amounts are the smallest of their cell, in yuan.
        absent: who is away, whom he has entrusted, and whether for long, the last two if stated.
        roster: the officials and AB pairs, as in a case; empty where the survey has none.
    """

    kind: str
    facts: Mapping[str, Any]
    absent: tuple[tuple[str, str | None, bool | None], ...]
    readings: tuple[tuple[str, str], ...]
    roster: Mapping[str, Any]

    def case(self, id_: str) -> dict[str, Any]:
        """The world as a case that can be read back, without its readings."""
        found: dict[str, Any] = {"case": id_, "kind": self.kind, "facts": dict(self.facts)}
        if self.absent:
            named = [dict(zip(("who", "delegated_to", "long"), absence, strict=True)) for absence in self.absent]
            found["absences"] = [{k: v for k, v in absence.items() if v is not None} for absence in named]
        return {**found, **self.roster}


class Survey:
    """One survey of one kind.

    Args:
        use: the slice to survey: ``paths``, ``answer`` or ``check``.
        module: the file of the survey's module; ``asked.lp`` beside it belongs to all, and ``roster.lp`` to those with a roster.
        pairs: whether two cases are surveyed that differ in one thing.
        days: the facts that are days, as ordinals.
        roster: officials and AB pairs, where persons matter; then every absence of one of them is open too, and the facts that name
            an office or a person can name any.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        kind: Kind,
        use: str,
        module: Path,
        *,
        pairs: bool = False,
        roster: Mapping[str, Any] | None = None,
        days: Mapping[str, int] | None = None,
    ) -> None:
        self.kb, self.kind, self.use = kb, kind, use
        self._module, self._pairs, self._roster = module, pairs, roster
        self._days = {f: datetime.date.fromordinal(day).isoformat() for f, day in (days or {}).items()}

    @property
    def name(self) -> str:
        """The module's name; of one with a roster, marked as such."""
        return f"{self._module.stem}_of_people" if self._roster else self._module.stem

    @property
    def _names(self) -> tuple[clingo.Symbol, ...]:
        return (ONE, OTHER) if self._pairs else (ONE,)

    @cached_property
    def _case(self) -> Case:
        fields = self.kind.fields
        settled = {f for f, d in fields.items() if self._days.keys() & set(d.computed_from)}
        facts = {f: "unknown" for f, d in fields.items() if d.can_be_open and not d.optional and f not in settled}
        facts |= self._days
        stated: dict[str, Any] = {"kind": self.kind.term.id, "case": self.name, "facts": facts}
        return self.kb.case({**stated, **self._roster, "complete": False} if self._roster else stated)

    @cached_property
    def _topics(self) -> dict[str, dict[str, clingo.Symbol]]:
        readings = self.kb.fixed_readings({}, self._case)
        return {t.id: dict(t.options) for t in open_topics(self.kb, self._case, self.use, readings, ONE)[0]}

    def _atoms(self) -> Iterable[clingo.Symbol]:
        readings = self.kb.fixed_readings({}, self._case)
        for name in self._names:
            yield from case_atoms(self.kb, self._case, readings, name)
            yield from open_topics(self.kb, self._case, self.use, readings, name)[1]
        yield symbol("surveyed", ONE)
        if self._pairs:
            yield symbol("twins", ONE, OTHER)
        for question in self.kind.questions:
            plural = self.kb.question(question)["type"] == "terms"
            yield symbol("plural" if plural else "single", constant(question))
        yield symbol("single", constant("route"))
        for id_, declared in self.kind.fields.items():
            if declared.when and declared.type in {"term", "boolean"}:
                yield from self._asked_if(id_, declared)
        for actor, entry in self.kb.actors.items():
            yield from (symbol(f, constant(actor), constant(entry[f])) for f in ("belongs", "one_of") if f in entry)
        yield from (symbol("in_article", n, self.kb.norms[n].article) for n in self._norms)
        if self._pairs:
            yield from self._weights()
        if self._roster:
            yield from self._people()

    def _weights(self) -> Iterable[clingo.Symbol]:
        """What of the kind's facts weighs more than what, as the law states it, and the ranks of the offices that fill or are filled."""
        weights = self.kb.settled("weightier")
        yield from (atom for atom in weights if atom.arguments[0].name == self.kind.term.id)
        offices = self.kb.offices
        for actor, entry in self.kb.actors.items():
            held = [actor] if actor in offices else [o for o in entry.get("held_by", []) if o in offices]
            yield from (symbol("ranks", constant(actor), offices.index(office)) for office in held[:1])

    def _asked_if(self, id_: str, declared: Field) -> Iterable[clingo.Symbol]:
        first = "no" if declared.type == "boolean" else declared.options[0]
        yield symbol("usual", constant(id_), constant(_default(declared) or first))
        for other, values in declared.when.items():
            yield from (symbol("asked_if", constant(id_), constant(other), constant(v)) for v in values)

    def _people(self) -> Iterable[clingo.Symbol]:
        """The facts that name a person can name any of the roster; those that name a party, any of its offices and any unit that is one of a class."""
        for id_, field in self.kind.fields.items():
            if field.party:
                yield symbol("party", constant(id_))
            if field.type == "officials":
                yield symbol("listed", constant(id_))
            elif field.type in {"actor", "official"}:
                named = self._parties if field.type == "actor" else [clingo.String(o.id) for o in self._case.officials]
                for case in self._names:
                    yield symbol("open_fact", case, constant(id_))
                    yield from (symbol("possible", case, constant(id_), name) for name in named)
            if field.fills is not None:
                yield symbol("filled_by", constant(field.fills), constant(id_))
                for office in self.kb.actors.get(field.fills, {}).get("held_by", []):
                    yield symbol("held_by", constant(field.fills), constant(office))
        paired = {p for pair in self._case.ab_pairs for p in pair}
        yield from (symbol("lone", o.id) for o in self._case.officials if o.id not in paired)

    @cached_property
    def _parties(self) -> list[clingo.Symbol]:
        """The offices of the roster, and the units that are named beside their class."""
        offices = {o for official in self._case.officials for o in official.offices}
        return [constant(a) for a, entry in self.kb.actors.items() if a in offices or "one_of" in entry]

    @property
    def _norms(self) -> list[str]:
        """The norms that the rules of the slice carry."""
        return sorted({m[0] for m in NORM_ID.finditer(self._program)} & self.kb.norms.keys())

    @cached_property
    def _program(self) -> str:
        program = self.kb.program(f"{self.kind.term.id}.{self.use}")
        return "\n".join(line for line in program.splitlines() if not line.startswith(("#project", "#show")))

    @cached_property
    def _control(self) -> clingo.Control:
        control = clingo.Control(["--warn=none", "0"])
        control.add("base", [], self._program)
        for module in (self._module.stem, "asked", *(("roster",) if self._roster else ())):
            control.add("base", [], (self._module.parent / f"{module}.lp").read_text(encoding="utf-8"))
        with control.backend() as backend:
            for atom in dict.fromkeys(self._atoms()):
                backend.add_rule([backend.add_atom(atom)])
        control.ground([("base", [])])
        return control

    def found(self) -> list[clingo.Symbol]:
        """What the module shows in some world, sorted."""
        control = self._control
        control.configuration.solve.enum_mode = "brave"  # type: ignore[union-attr]
        last: Sequence[clingo.Symbol] = ()
        with control.solve(yield_=True) as handle:
            for model in handle:
                last = model.symbols(shown=True)
        return sorted(last)

    def spot(self, atom: clingo.Symbol, second: bool = False) -> Spot:
        """A world that has *atom*, as near as can be to what cases have by default; *second*: the other of the twins."""
        control = self._control
        control.configuration.solve.enum_mode = "auto"  # type: ignore[union-attr]
        control.configuration.solve.models = 1  # type: ignore[union-attr]
        assumed = [(atom, True)]
        for usual in [*self._asked(atom), *self._usual()]:
            with control.solve(assumptions=[*assumed, (usual, True)], yield_=True) as handle:
                if handle.model() is not None:
                    assumed.append((usual, True))
        with control.solve(assumptions=assumed, yield_=True) as handle:
            model = handle.model()
            assert model is not None, f"{atom} holds in no world"
            found = self._spot(set(model.symbols(atoms=True)), OTHER if second else ONE)
        control.configuration.solve.models = 0  # type: ignore[union-attr]
        return found

    def _asked(self, atom: clingo.Symbol) -> Iterable[clingo.Symbol]:
        """The facts under which a case is asked for the fields that *atom* names."""
        named = [str(a) for a in atom.arguments if a.type == clingo.SymbolType.Function]
        for field in (self.kind.fields[f] for f in named if f in self.kind.fields):
            for other, values in field.when.items():
                options = dict(self._topics[other]) if other in self._topics else {}
                yield from (options[v] for v in values if v in options)

    def _usual(self) -> Iterable[clingo.Symbol]:
        """The atoms of an ordinary case: nobody away, nothing of a class that can be none, the defaults of its facts, else yes or the first option."""
        for id_, options in self._topics.items():
            if id_.startswith(PRESENCE):
                yield options["no"]
            elif id_ in self.kind.fields and (default := _default(self.kind.fields[id_])) is not None:
                if default in options:
                    yield options[default]
            elif "none" in options:
                yield options["none"]
            elif id_ in self.kind.fields and (first := self._first(self.kind.fields[id_])) in options:
                yield options[first]

    @staticmethod
    def _first(declared: Field) -> str:
        return "yes" if declared.type == "boolean" else declared.options[0] if declared.options else ""

    def _spot(self, atoms: set[clingo.Symbol], name: clingo.Symbol) -> Spot:
        facts: dict[str, Any] = {}
        readings = []
        for one in atoms:
            if one.name not in {"fact", "cell", "reading"} or len(one.arguments) != 3 or one.arguments[0] != name:
                continue
            key, value = one.arguments[1].name, one.arguments[2]
            if one.name == "cell":
                facts[key] = str(least(self.kb.cells, value.number))
            elif one.name == "reading":
                readings.append((key, value.name))
            elif self.kind.fields[key].type == "officials":
                facts.setdefault(key, []).append(value.string)
            elif (role := self.kind.fields[key].fills) is None or symbol("role", name, constant(role), value) in atoms:
                facts[key] = value.string if value.type == clingo.SymbolType.String else value.name
        of_case = [one for one in atoms if one.arguments and one.arguments[0] == name]
        entrusted = {one.arguments[1]: one.arguments[2].string for one in of_case if one.name == "delegated"}
        long = {one.arguments[1]: one.arguments[2].name == "yes" for one in of_case if one.name == "long_absence"}
        absent = {
            (one.arguments[2].string, entrusted.get(one.arguments[1]), long.get(one.arguments[1]))
            for one in of_case
            if one.name == "absence"
        }
        roster = self._roster or {}
        if joined := sorted([p.string for p in one.arguments[1:]] for one in of_case if one.name == "joined"):
            roster = {**roster, "ab_pairs": [*roster["ab_pairs"], *joined]}
        opened = {t for t in self._topics if t not in self.kind.fields}
        facts |= self._days
        ordered = {f: facts[f] for f in self.kind.fields if f in facts}
        return Spot(
            self.kind.term.id, ordered, tuple(sorted(absent, key=str)), tuple(sorted(r for r in readings if r[0] in opened)), roster
        )  # fmt: skip


def _default(declared: Field) -> str | None:
    """What a fact is where nothing is stated, as the engines write it."""
    default = declared.default
    return (
        {True: "yes", False: "no"}[default] if isinstance(default, bool) else None if default is None else str(default)
    )


def least(cells: Cells, index: int) -> Decimal:
    """The smallest amount (yuan, whole cents) of a cell; of the lowest cell, the largest, for it has no smallest."""
    low, high = cells.bounds(index)
    if low is not None:
        return max(low[0] + (CENT if low[1] else 0), CENT)
    return CENT if high is None else high[0] - (0 if high[1] else CENT)
