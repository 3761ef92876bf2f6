"""Surveys: a kind of case with every fact and every reading open, and what holds in some of its worlds.

A survey adds a module of ``kb/reasoning/audit/survey/`` to the kind's slice. The module shows what it looks for; clingo finds, as brave
consequences, all that holds in some world, over all cells, classes, absences and readings at once; and for each a world that proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clingo

from .facts import PRESENCE, case_atoms, constant, open_topics
from .worlds import symbol

if TYPE_CHECKING:
    from .case import Case
    from .cells import Cells
    from .declared import Kind
    from .knowledge import KnowledgeBase

ONE, OTHER = clingo.String("one"), clingo.String("other")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Spot:
    """A world of a survey: the facts that it has, who is away in it, and how it reads what can be read in several ways.

    Attributes:
        facts: by field; amounts are the smallest of their cell, in yuan.
        roster: the officials and AB pairs, as in a case; empty where the survey has none.
    """

    kind: str
    facts: Mapping[str, Any]
    absent: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    roster: Mapping[str, Any]

    def case(self, id_: str) -> dict[str, Any]:
        """The world as a case that can be read back, without its readings."""
        found: dict[str, Any] = {"case": id_, "kind": self.kind, "facts": dict(self.facts)}
        if self.absent:
            found["absences"] = [{"who": who} for who in self.absent]
        return {**found, **self.roster}


class Survey:
    """One survey of one kind.

    Args:
        use: the slice to survey: ``paths``, ``answer`` or ``check``.
        module: the file of the survey's module.
        pairs: whether two cases are surveyed that differ in one thing.
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
    ) -> None:
        self.kb, self.kind, self.use = kb, kind, use
        self._module, self._pairs, self._roster = module, pairs, roster

    @property
    def name(self) -> str:
        """The module's name."""
        return self._module.stem

    @cached_property
    def _case(self) -> Case:
        fields = self.kind.fields
        facts = {f: "unknown" for f, d in fields.items() if d.can_be_open and not d.optional}
        stated: dict[str, Any] = {"kind": self.kind.term.id, "case": self.name, "facts": facts}
        return self.kb.case({**stated, **self._roster, "complete": False} if self._roster else stated)

    @cached_property
    def _topics(self) -> dict[str, dict[str, clingo.Symbol]]:
        readings = self.kb.fixed_readings({}, self._case)
        return {t.id: dict(t.options) for t in open_topics(self.kb, self._case, self.use, readings, ONE)[0]}

    def _atoms(self) -> Iterable[clingo.Symbol]:
        readings = self.kb.fixed_readings({}, self._case)
        for name in (ONE, OTHER) if self._pairs else (ONE,):
            yield from case_atoms(self.kb, self._case, readings, name)
            yield from open_topics(self.kb, self._case, self.use, readings, name)[1]
        yield symbol("surveyed", ONE)
        if self._pairs:
            yield symbol("twins", ONE, OTHER)
        for question in self.kind.questions:
            plural = self.kb.question(question)["type"] == "terms"
            yield symbol("plural" if plural else "single", constant(question))
        yield symbol("single", constant("route"))
        if self._roster:
            yield from self._people()

    def _people(self) -> Iterable[clingo.Symbol]:
        """The facts that name an office or a person can name any of the roster."""
        for id_, field in self.kind.fields.items():
            if field.type == "actor" or (field.type == "term" and self._names_offices(field.options)):
                yield symbol("person_field", constant(id_))
            if field.type not in {"actor", "official"}:
                continue
            yield symbol("open_fact", ONE, constant(id_))
            for official in self._case.officials:
                names = (
                    [constant(o) for o in official.offices] if field.type == "actor" else [clingo.String(official.id)]
                )
                for name in names:
                    yield symbol("possible", ONE, constant(id_), name)
            if field.fills is not None:
                yield symbol("filled_by", constant(field.fills), constant(id_))

    def _names_offices(self, options: Sequence[str]) -> bool:
        return any(o in self.kb.single_offices for o in options)

    @cached_property
    def _control(self) -> clingo.Control:
        control = clingo.Control(["--warn=none", "0"])
        program = self.kb.program(f"{self.kind.term.id}.{self.use}")
        lines = [line for line in program.splitlines() if not line.startswith(("#project", "#show"))]
        control.add("base", [], "\n".join(lines))
        control.add("base", [], self._module.read_text(encoding="utf-8"))
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
        """The atoms of what a case has where it states nothing: nobody away, the defaults of its facts."""
        for id_, options in self._topics.items():
            if id_.startswith(PRESENCE):
                yield options["no"]
            elif id_ in self.kind.fields and (default := self.kind.fields[id_].default) is not None:
                plain = {True: "yes", False: "no"}.get(default, default) if isinstance(default, bool) else default
                if plain in options:
                    yield options[str(plain)]

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
            else:
                facts[key] = value.string if value.type == clingo.SymbolType.String else value.name
        absent = {one.arguments[2].string for one in atoms if one.name == "absence" and one.arguments[0] == name}
        opened = {t for t in self._topics if t not in self.kind.fields}
        ordered = {f: facts[f] for f in self.kind.fields if f in facts}
        return Spot(
            self.kind.term.id, ordered, tuple(sorted(absent)), tuple(sorted(r for r in readings if r[0] in opened)), self._roster or {}
        )  # fmt: skip


def least(cells: Cells, index: int) -> Decimal:
    """The smallest amount (yuan, whole cents) of a cell; of the lowest cell, the largest, for it has no smallest."""
    low, high = cells.bounds(index)
    if low is not None:
        return max(low[0] + (CENT if low[1] else 0), CENT)
    return CENT if high is None else high[0] - (0 if high[1] else CENT)
