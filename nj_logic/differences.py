"""Where two versions of a law answer differently: their programs side by side in one grounding, over all situations of a kind.

What both versions derive alike is derived once; what depends on rules that differ is derived twice, under two names. Each fact of the
kind is open, amounts lie in the cells that the ladders of both versions cut, and, where the rules that differ ask who is away, so is who is
away and whom he has entrusted. The worlds in which the versions differ are then cut into regions by the facts that make the difference.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import clingo

from . import answer, check, conflicts, paths
from .cells import Cells
from .circumstances import Circumstances
from .errors import InputError
from .facts import ANY_CASE, case_atoms, constant, open_topics
from .worlds import Raw, Topic, Worlds, symbol

if TYPE_CHECKING:
    from .case import Case
    from .declared import Field, Kind
    from .knowledge import KnowledgeBase

SHOWN = {
    paths.USE: tuple(s for s in paths.SHOWN if s[0] not in {"tension", "bears_on", "nearest"}),
    answer.USE: tuple(s for s in answer.SHOWN if s[0] not in {"tension", "bears_on", "nearest"}),
    check.USE: (("breach", 3), ("missing", 3), ("misordered", 4)),
    conflicts.USE: tuple(s for s in conflicts.SHOWN if s[0] != "stuck"),
}
"""What is compared of each use: not what only explains."""
LEFT_OUT = {"acts": 1, "blocked": 1, "incident": 5, "nobody_acts": 2, "deputises": 3, "missing": 1, "misordered": 1}
"""Which argument makes no change another one: the day, or the procedure in which a record lacks a step."""

FIRST_DAY = datetime.date(2026, 3, 2)
"""The Monday on which the first date of a case falls; the others lie as many days from it as the rules count."""
LONGEST_LEAD = 100
MOST_CANDIDATES = 40
BUDGET = 150_000

_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|\b[a-z]\w*(?=\()')
_INTEGER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w"])-?\d+\b')
_SPANS = re.compile(r"spans\((\w+), (\w+), \d+\)\.")
_LITERAL_OF = re.compile(r"(not )?\b([a-z]\w*)\(")
_LITERAL = re.compile(r"(not )?\b([a-z]\w*)\(([^()]*)\)")
_STATING = {"money": "cell", "number": "quantity", "date": "date"}
_STATING_NAMES = frozenset({"fact", *_STATING.values()})
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_CONSTANT = re.compile(r"\b[a-z]\w*\b(?!\()")
_COUNTING = frozenset({"quantity", "date", "workday", "workdays"})
_ABOUT_DAYS = frozenset({"absent_on", "day", "on_day"})
SHOWN_FACTS = (
    *(f"#show {name}(C, F, V) : {name}(C, F, V), asked_for(F)." for name in ("fact", "cell", "quantity", "date")),
    "#defined quantity/3. #defined date/3.",
)
OPENING = frozenset(
    {
        "optional_fact",
        "optional_cell",
        "may_oversee",
        "open_presence",
        "open_delegation",
        "open_length",
        "may_pair",
        "open_entry",
    }
)
"""What opens a circumstance; without it, it is as stated."""
MOST_LENGTHS = 6
MOST_SETTINGS = 40
"""How many sets of circumstances are looked at of a kind and use."""

BEFORE, AFTER, BOTH = "before", "after", "both"
Setting = tuple[tuple[str, str], ...]
"""Circumstances, each with its option."""
Cell = tuple[str, ...]
"""An option for each fact that a case is asked for, in the order of the kind."""
Box = tuple[tuple[str, frozenset[str]], ...]
"""Topics, each with the options that are in the region."""


@dataclass(frozen=True, slots=True)
class Region:
    """Situations of a kind in which the versions differ, all in the same way.

    Attributes:
        boxes: the situations: any of these, each all of its topics; a topic that is not named does not matter.
        witness: the topics and options of one of them.
    """

    boxes: tuple[Box, ...]
    witness: tuple[tuple[str, str], ...]


def rules_of(program: str) -> list[str]:
    """The rules of the dialect in a compiled program, one a line."""
    return [line for line in program.splitlines() if line[:1].islower()]


def _names(text: str) -> set[str]:
    return {found for found in _NAME.findall(text) if not found.startswith('"')}


def _head(rule: str) -> str:
    return rule.partition("(")[0]


def live(rules: Iterable[str], stated: Mapping[str, set[str]]) -> list[str]:
    """The rules that can fire for cases that state no other fields than *stated* (predicate of the fact: fields)."""
    bodies: dict[str, list[tuple[str, list[str]]]] = {}
    for rule in rules:
        text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', rule.partition(":-")[2])
        bodies[rule] = [(name, args.split(", ")) for no, name, args in _LITERAL.findall(text) if not no]
    heads = {_head(rule) for rule in bodies}
    fires: dict[str, None] = {}
    derived: set[str] = set()

    def can(name: str, args: list[str]) -> bool:
        if name in _STATING_NAMES and name not in derived:
            fields = stated.get(name, set())
            return args[1] in fields if args[1][:1].islower() else bool(fields)
        return name in derived or name not in heads

    grew = True
    while grew:
        grew = False
        for rule, body in bodies.items():
            if rule not in fires and all(can(name, args) for name, args in body):
                fires[rule] = None
                derived.add(_head(rule))
                grew = True
    return [rule for rule in bodies if rule in fires]


class Comparison:
    """Two versions of one kind for one use.

    Args:
        before: the base.
        after: the amended knowledge base.
        kind: the kind's id, known to both.
        use: what is asked of the kind.
    """

    def __init__(self, before: KnowledgeBase, after: KnowledgeBase, kind: str, use: str, cells: Cells) -> None:
        self.before, self.after, self.kind_id, self.use, self.cells = before, after, kind, use, cells
        self.kind: Kind = after.kinds[kind]
        stated: dict[str, set[str]] = {}
        for kb in (before, after):
            for id_, declared in kb.kinds[kind].fields.items():
                stated.setdefault(_STATING.get(declared.type, "fact"), set()).add(id_)
        old, new = (live(self._rules(kb), stated) for kb in (before, after))
        self.gone = [r for r in old if r not in set(new)]
        self.come = [r for r in new if r not in set(old)]
        self._old, self._new = old, new

    def _rules(self, kb: KnowledgeBase) -> list[str]:
        """The rules of one version, with its rungs over the cells of both."""
        rungs = {(r.ladder, r.name): r for r in kb.cells.rungs}
        found: dict[str, None] = {}
        for rule in rules_of(kb.program(f"{self.kind_id}.{self.use}")):
            spans = _SPANS.fullmatch(rule)
            if spans is None:
                found[rule] = None
            else:
                ladder, name = spans.groups()
                found.update(
                    dict.fromkeys(f"spans({ladder}, {name}, {i})." for i in self.cells.spans(rungs[ladder, name]))
                )
        return list(found)

    @property
    def differs(self) -> bool:
        """Whether any rule differs; if none does, no answer can."""
        return bool(self.gone or self.come)

    @cached_property
    def affected(self) -> frozenset[str]:
        """The predicates that depend on a rule that differs."""
        found = {_head(r) for r in (*self.gone, *self.come)}
        rules = {(_head(r), frozenset(_names(r))) for r in (*self._old, *self._new)}
        grew = True
        while grew:
            more = {head for head, names in rules if names & found} - found
            found |= more
            grew = bool(more)
        return frozenset(found)

    @cached_property
    def bearing(self) -> bool:
        """Whether what is compared depends on a rule that differs."""
        return not self.affected.isdisjoint(name for name, _ in SHOWN[self.use])

    @cached_property
    def _reads(self) -> frozenset[str]:
        """The predicates that are read on the way to what is compared and may change."""
        needs: dict[str, set[str]] = {}
        for rule in (*self._old, *self._new):
            needs.setdefault(_head(rule), set()).update(_names(rule))
        found = {name for name, _ in SHOWN[self.use] if name in self.affected}
        todo = list(found)
        while todo:
            for name in needs.get(todo.pop(), ()):
                if name not in found:
                    found.add(name)
                    todo.append(name)
        return frozenset(found)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The constants of the rules on the way to what may change."""
        rules = (r for r in (*self._old, *self._new) if _head(r) in self._reads)
        return frozenset(word for r in rules for word in _CONSTANT.findall(_STRING.sub("", r)))

    # -- the program ---------------------------------------------------------------------------------------------------

    @cached_property
    def program(self) -> str:
        """Both versions, and the atoms of each in the worlds in which they differ."""
        lines = [r for r in dict.fromkeys((*self._old, *self._new)) if _head(r) not in self.affected]
        for version, rules in ((BEFORE, self._old), (AFTER, self._new)):
            lines += [self._named(r, version) for r in rules if _head(r) in self.affected]
        for name, arity in SHOWN[self.use]:
            lines += self._compared(name, arity)
        lines += [
            "differs_at(F, V) :- change(_, _), asked_for(F), fact(_, F, V).",
            "differs_at(F, I) :- change(_, _), asked_for(F), cell(_, F, I).",
        ]
        read = {name for line in lines for name in _names(line)}
        lines += [f"#defined {name}/{arity}." for name, arity in self._undefined(lines, read)]
        lines += [
            *map(self._search, ("worlds", "situations", "circumstances")),
            "#show change/2. #show differs_at/2.",
            *SHOWN_FACTS,
        ]
        return "\n".join(lines)

    def _compared(self, name: str, arity: int) -> Iterator[str]:
        """The atoms of *name* in either version where the versions differ, and each that goes or comes, whatever the day; of who acts,
        for which office and by which norm.

        Who can do a duty counts as a change of its own only where both versions have the duty; what a record lacks, only where both
        have the step; and its order, only where both find the steps done.
        """
        places = [f"X{i}" for i in range(arity)]
        atom = f"{name}({', '.join(places)})"
        kept = [x for i, x in enumerate(places) if i not in {0, LEFT_OUT.get(name)}]
        told = f"{name}({', '.join(kept)})"
        asked = "value(X0, _, _, X2, X3, _)" if self.use == answer.USE else "duty(X0, X2, X3)"
        guard = {"acts": asked, "blocked": asked, "missing": "stage(X0, X1, X2, _, _, _)",
                 "misordered": "accomplished(X0, X1, X2), accomplished(X0, X1, X3)"}.get(name)  # fmt: skip
        ofs = {v: self._of(atom, v) for v in (BEFORE, AFTER)}
        differ = ofs[BEFORE] != ofs[AFTER]
        lacking = name in {"missing", "misordered"}
        if not differ:
            if not lacking:
                yield f"{name}__shown_{BOTH}({', '.join(places)}) :- {atom}, differs."
                yield f"#show {name}__shown_{BOTH}/{arity}."
            return
        for version, other, way in ((BEFORE, AFTER, "goes"), (AFTER, BEFORE, "comes")):
            also = f", {self._of(guard, other)}" if guard else ""
            parts = f"{ofs[version]}, not {ofs[other]}{also}"
            if name == "acts":
                stand_in = self._of("stands_in(X0, X1, X5, X3, X4, N)", version)
                yield f"change({way}, acts(X2, X3)) :- {parts}, X4 = X5."
                yield f"change({way}, acts(X2, X3, N)) :- {parts}, X4 != X5, {stand_in}."
            else:
                yield f"change({way}, {told}) :- {parts}."
            yield f"differs :- {parts if lacking or self.use == answer.USE else parts.removesuffix(also)}."
            own = also if lacking else f", {self._of(guard, version)}" if guard and self.use == answer.USE else ""
            yield f"{name}__shown_{version}({', '.join(places)}) :- {ofs[version]}, differs{own}."
            yield f"#show {name}__shown_{version}/{arity}."

    def _undefined(self, lines: Iterable[str], read: set[str]) -> list[tuple[str, int]]:
        """Predicates that are read and may have no rule: inputs, hooks, and what one version only defines."""
        heads = {_head(line) for line in lines}
        found = set()
        for line in lines:
            for match in re.finditer(r"\b([a-z]\w*)\(", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)):
                if match[1] in read - heads:
                    arguments = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)[match.end() :].partition(")")[0]
                    found.add((match[1], arguments.count(",") + 1))
        return sorted(found)

    def _search(self, name: str) -> str:
        folder = self.after.reasoning or self.after.root / "kb" / "reasoning"
        return (folder / "search" / f"{name}.lp").read_text(encoding="utf-8")

    def _named(self, rule: str, version: str) -> str:
        return _NAME.sub(lambda m: f"{m[0]}__{version}" if m[0] in self.affected else m[0], rule)

    def _of(self, atom: str, version: str) -> str:
        return self._named(atom, version)

    # -- cases ---------------------------------------------------------------------------------------------------------

    def concerned(self, cases: Mapping[str, tuple[Case, Mapping[str, str]]]) -> set[str]:
        """The names of those cases, each with the readings fixed in it, in which a rule that differs can fire; all others stay as they are.

        Where no rule that goes fires, and none that comes, both versions derive the same. All cases are grounded together.
        """
        control = clingo.Control(["--warn=none"])
        control.add("base", [], "\n".join(self._firing()))
        atoms = [symbol("cells", i) for i in range(len(self.cells))]
        for name, (case, fixed) in cases.items():
            c = clingo.String(name)
            of_case = [*case_atoms(self.before, case, fixed, c), *open_topics(self.before, case, self.use, fixed, c)[1]]
            atoms += [atom for atom in of_case if atom.name not in {"cell", "cells"}]
            atoms += [
                symbol("cell", c, constant(f), self.cells.index(v))
                for f, v in case.facts.items()
                if isinstance(v, Decimal)
            ]
        with control.backend() as backend:
            for atom in dict.fromkeys(atoms):
                backend.add_rule([backend.add_atom(atom)])
        control.ground([("base", [])])
        return {atom.symbol.arguments[0].string for atom in control.symbolic_atoms.by_signature("fires", 1)}

    def _firing(self) -> list[str]:
        """The base's rules, and ``fires(C)`` where the body of a rule that differs holds; a fact that differs fires where a rule uses it."""
        lines = list(self._old)
        altered: set[str] = set()
        for rule in (*self.gone, *self.come):
            head, _, body = rule.rstrip(".").partition(" :- ")
            if re.search(r"\bC\b", _STRING.sub("", body)):
                lines.append(f"fires(C) :- {body}.")
            else:
                altered.add(_head(rule))
                lines.append(f"{_head(rule)}__altered({head.partition('(')[2]}{' :- ' + body if body else ''}.")
        for rule in dict.fromkeys((*self._old, *self._new)):
            body = rule.rstrip(".").partition(" :- ")[2]
            for found in _LITERAL_OF.finditer(body):
                if found[2] in altered and re.search(r"\bC\b", _STRING.sub("", body)):
                    lines.append(
                        f"fires(C) :- {body[: found.start()]}{found[2]}__altered({body[found.end() :]}, case(C)."
                    )
        read = {name for line in lines for name in _names(line)}
        lines += [f"#defined {name}/{arity}." for name, arity in self._undefined(lines, read)]
        return [*lines, self._search("worlds")]

    # -- the situations ------------------------------------------------------------------------------------------------

    @cached_property
    def _integers(self) -> list[int]:
        """The numbers that the rules of either version count with, small ones first."""
        rules = {r for r in (*self._old, *self._new) if not r.startswith("spans(")}
        found = {int(n) for r in rules for n in _INTEGER.findall(r) if not n.startswith('"')}
        return sorted(found)

    def candidates(self, declared: Field, first_date: bool) -> list[int]:
        """The values of a number or date (a day's ordinal) between which the rules may differ: each number of theirs and its neighbours."""
        near = sorted({n + d for n in self._integers if 0 <= n <= LONGEST_LEAD for d in (-1, 0, 1)} | {0, 1})
        if declared.type == "number":
            return [n for n in near if n >= 0][:MOST_CANDIDATES]
        days = {n + d for n in self._integers if n > LONGEST_LEAD * LONGEST_LEAD for d in (-1, 0, 1)}
        start = FIRST_DAY.toordinal()
        if first_date:
            return sorted({start, *days})
        leads = [n for n in near if n >= 0][: MOST_CANDIDATES // 2]
        return sorted({start + sign * n for n in leads for sign in (-1, 1)} | days)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The facts that vary: those that a case is expected to state, and numbers and days where the rules that differ count."""
        fields = self.kind.fields
        left: set[str] = (
            set()
        )  # of a fact and those from which it is computed: days if the rules count them, else the fact
        for id_, declared in fields.items():
            if declared.computed_from and declared.can_be_open and not declared.optional:
                days = self.counts and any(fields[part].type == "date" for part in declared.computed_from)
                left |= {id_} if days else set(declared.computed_from)
        counted = {"number", "date"} if self.counts else set()
        return {
            id_: declared
            for id_, declared in fields.items()
            if id_ not in left and (declared.type in counted or (declared.can_be_open and not declared.optional))
        }

    @property
    def counts(self) -> bool:
        """Whether a rule that differs holds a number or reads numbers or days; if none does, those of the case are left unstated."""
        differing = [r for r in (*self.gone, *self.come) if not r.startswith("spans(")]
        return any(_names(r) & _COUNTING or any(not n.startswith('"') for n in _INTEGER.findall(r)) for r in differing)

    @cached_property
    def lengths(self) -> list[int]:
        """For how many days somebody may be away: one, and around each number with which a rule that differs counts days."""
        rules = [r for r in (*self.gone, *self.come) if _names(r) & _ABOUT_DAYS]
        numbers = {int(n) for r in rules for n in _INTEGER.findall(r) if not n.startswith('"')}
        return sorted({1} | {n + d for n in numbers for d in (0, 1) if 0 < n + d <= LONGEST_LEAD})[:MOST_LENGTHS]

    @cached_property
    def circumstances(self) -> Circumstances:
        """What varies beside the facts that a case is asked for."""
        return Circumstances(self.after, self.kind, self._reads, self._words, len(self.cells), self.lengths, FIRST_DAY)

    @cached_property
    def worlds(self) -> Worlds:
        """The worlds in which anything that may vary does."""
        officials = self.circumstances.officials
        case = self.after.case({"kind": self.kind_id, **({"officials": officials} if officials else {})})
        case.facts.clear()
        fixed = self.before.fixed_readings({})  # what the amendment settles its rules no longer ask
        fixed |= {t: o for t, o in self.after.fixed_readings({}).items() if t not in self.before.readings}
        atoms = case_atoms(self.after, case, fixed, ANY_CASE)
        topics: list[Topic] = []
        c = ANY_CASE
        dates = [f for f, d in self.fields.items() if d.type == "date"]
        days: list[int] = []
        for id_, declared in self.fields.items():
            f = constant(id_)
            if declared.type == "money":
                atoms += [symbol("open_cell", c, f), *(symbol("cells", i) for i in range(len(self.cells)))]
                topics.append(
                    Topic(id_, True, tuple((str(i), symbol("cell", c, f, i)) for i in range(len(self.cells))))
                )
            elif declared.type in {"number", "date"}:
                values = self.candidates(declared, dates[:1] == [id_])
                opened, offered, held = (
                    ("open_quantity", "candidate", "quantity")
                    if declared.type == "number"
                    else ("open_date", "candidate_day", "date")
                )
                atoms += [symbol(opened, c, f), *(symbol(offered, c, f, v) for v in values)]
                topics.append(Topic(id_, True, tuple((str(v), symbol(held, c, f, v)) for v in values)))
                days += values if declared.type == "date" else []
            else:
                options = ["yes", "no"] if declared.type == "boolean" else declared.options
                atoms += [symbol("open_fact", c, f), *(symbol("possible", c, f, constant(v)) for v in options)]
                topics.append(Topic(id_, True, tuple((v, symbol("fact", c, f, constant(v))) for v in options)))
        if days and self.kind.working_days:
            near = [d for d in days if abs(d - FIRST_DAY.toordinal()) <= 2 * LONGEST_LEAD]
            for day, number, working in self.after.working_days.numbered(map(datetime.date.fromordinal, near)):
                atoms.append(symbol("workdays", c, day.toordinal(), number))
                if working:
                    atoms.append(symbol("workday", c, number, day.toordinal()))
        atoms += [symbol("asked_for", constant(f)) for f in self.fields]
        self._opening = frozenset(a for a in self.circumstances.atoms if a.name in OPENING)
        atoms += self.circumstances.atoms
        for total, declared in self.kind.fields.items():
            atoms += [symbol("part_of", constant(part), constant(total)) for part in declared.sum_of]
        self.facts = tuple(topics)
        readings: list[Topic] = []
        for topic in sorted(
            {t for kb in (self.before, self.after) for t in kb.kinds[self.kind_id].topics.get(self.use, ())}
        ):
            if topic in fixed:
                continue
            t = constant(topic)
            options = list(
                dict.fromkeys(
                    o for kb in (self.before, self.after) for o in kb.readings.get(topic, {"options": ()})["options"]
                )
            )
            atoms += [symbol("open_reading", c, t), *(symbol("option", t, constant(o)) for o in options)]
            readings.append(Topic(topic, False, tuple((o, symbol("reading", c, t, constant(o))) for o in options)))
        self.readings = tuple(readings)
        shown = [(f"{name}__shown_{v}", arity) for name, arity in SHOWN[self.use] for v in (BEFORE, AFTER, BOTH)]
        self._atoms = atoms
        return Worlds(self.program, atoms, [*topics, *readings, *self.circumstances.topics], shown)

    @property
    def anchored(self) -> dict[str, frozenset[str]]:
        """The day from which the others count, where it does not vary."""
        dates = [f for f, d in self.fields.items() if d.type == "date"][:1]
        values = {f: self.candidates(self.fields[f], True) for f in dates}
        return {f: frozenset(map(str, v)) for f, v in values.items() if len(v) == 1}

    # -- the circumstances ---------------------------------------------------------------------------------------------

    @cached_property
    def changes(self) -> list[clingo.Symbol]:
        """All that goes or comes in some world, ``change(goes, atom)``, and for which values of facts, ``differs_at(field, value)``."""
        return self._possible(())

    def settings(self) -> Iterator[Setting]:
        """Sets of circumstances, each the fewest out of the usual, so that each change that is to be had in any world is had in one of them.

        A change is an atom that goes or comes, whatever the day and whoever the persons; for each value of a
        fact that a case is asked for, one change is to be had if any is.

        Raises:
            InputError: there are more than are looked at.
        """
        open_ = {self._alike(change): change for change in reversed(self.changes)}
        usual = tuple(self.circumstances.usual.items())
        settings = 0
        setting = usual if self._possible(usual) else ()
        while open_ or setting:
            if not setting:
                setting = self._plainest(next(iter(open_.values())))
            for change in self._possible(setting):
                open_.pop(self._alike(change), None)
            settings += 1
            yield setting
            setting = ()
            if settings == MOST_SETTINGS and open_:
                raise InputError("too much varies to be searched to the end", "变动的情形太多,未能穷尽")

    def _alike(self, change: clingo.Symbol) -> str:
        """The change, whoever the persons are."""
        return self._person.sub('""', str(change))

    @cached_property
    def _person(self) -> re.Pattern[str]:
        return re.compile("|".join(f'"{re.escape(o["id"])}"' for o in self.circumstances.officials) or "(?!)")

    def _possible(self, setting: Setting) -> list[clingo.Symbol]:
        """The changes in any world with these circumstances, sorted."""
        last: Sequence[clingo.Symbol] = ()
        with self._solving("brave", self.worlds, setting) as handle:
            for model in handle:
                last = model.symbols(shown=True)
        return sorted(one for one in last if one.name in {"change", "differs_at"})

    def _plainest(self, change: clingo.Symbol) -> Setting:
        """The circumstances of a world with *change* in which as many as can be are as usual."""
        topics = self.circumstances.topics
        usual = {t.id: t.options[0] for t in topics}
        asked: list[tuple[clingo.Symbol, bool]] = [(change, True)]
        true = self._model(asked)
        assert true is not None, f"{change} is in no world"
        special = [t for t in topics if usual[t.id][1] not in true]
        while special:
            topic = special.pop(0)
            as_usual = [(usual[t.id][1], True) for t in topics if usual[t.id][1] in true]
            found = self._model([*asked, *as_usual, (usual[topic.id][1], True)])
            if found is not None:
                true = found
                special = [t for t in special if usual[t.id][1] not in true]
        return tuple((t.id, next(o for o, atom in t.options if atom in true)) for t in topics)

    def _model(self, assumed: Sequence[tuple[clingo.Symbol, bool]]) -> frozenset[clingo.Symbol] | None:
        with self._solving("auto", self.worlds, (), assumed) as handle:
            model = handle.model()
            return None if model is None else frozenset(model.symbols(atoms=True))

    def _solving(
        self, mode: str, worlds: Worlds, fixed: Setting = (), assumed: Sequence[tuple[clingo.Symbol, bool]] = ()
    ) -> clingo.SolveHandle:
        solve: Any = worlds.control.configuration.solve
        solve.enum_mode, solve.project = mode, "show"
        return worlds.control.solve(assumptions=[*worlds.assumed(fixed), *assumed], yield_=True)

    # -- the regions ---------------------------------------------------------------------------------------------------

    def split(self, raw: Raw) -> tuple[list[clingo.Symbol], list[clingo.Symbol]]:
        """A world's atoms in the two versions, under their own names; both empty where the versions agree."""
        found: dict[str, list[clingo.Symbol]] = {BEFORE: [], AFTER: []}
        for one in raw:
            name, _, version = one.name.rpartition("__shown_")
            for side in (BEFORE, AFTER) if version == BOTH else (version,):
                found[side].append(clingo.Function(name, one.arguments))
        return found[BEFORE], found[AFTER]

    def worlds_in(self, setting: Setting) -> dict[Cell, frozenset[Raw]]:
        """For the options of all facts that a case is asked for, the atoms of either version over all readings, in these circumstances.

        Raises:
            InputError: there are more than are looked at.
        """
        settled = self._settled(setting)
        mattering = {t.id for t in settled.topics} | {f for f, d in self.fields.items() if d.sum_of}
        plain = tuple((t.id, self._plain(t)) for t in self.facts if t.id not in mattering)
        place = {atom: (i, o) for i, t in enumerate(self.facts) if t.id in mattering for o, atom in t.options}
        found: dict[Cell, set[Raw]] = {}
        with self._solving("auto", settled, plain) as handle:
            for n, model in enumerate(handle):
                if n == BUDGET:
                    raise InputError("too much varies to be searched to the end", "变动的情形太多,未能穷尽")
                cell = [""] * len(self.facts)
                raw = set()
                for one in model.symbols(shown=True):
                    if one in place:
                        i, option = place[one]
                        cell[i] = option
                    elif "__shown_" in one.name:
                        raw.add(one)
                found.setdefault(tuple(cell), set()).add(frozenset(raw))
        return {cell: frozenset(raws) for cell, raws in sorted(found.items())}

    def _settled(self, setting: Setting) -> Worlds:
        """The worlds with these circumstances as facts; its topics are those on which a change depends in them."""
        chosen = dict(setting)
        atoms = [atom for atom in self._atoms if atom not in self._opening]
        atoms += [atom for t in self.circumstances.topics for o, atom in t.options if chosen[t.id] == o]
        return Worlds(self.program, atoms, [*self.facts, *self.readings], [("change", 2)])

    def _plain(self, topic: Topic) -> str:
        """A fact's option where nothing is special."""
        default = self.fields[topic.id].default
        return topic.options[0][0] if default is None else _option(default)

    def regions(
        self,
        setting: Setting,
        worlds: Mapping[Cell, frozenset[Raw]],
        view: Callable[[list[clingo.Symbol]], frozenset[Hashable]],
        parts: Callable[[Any], Iterable[Hashable]],
        by_reading: bool = True,
    ) -> list[Region]:
        """The situations in which *view* reads something else from the two versions, those that differ alike together.

        Args:
            setting: the circumstances.
            worlds: as :meth:`worlds_in` gives them.
            view: what is read from a version's atoms: several things that hold side by side.
            parts: what one of them is made of; situations are told apart by the parts that go and come.
            by_reading: whether situations are told apart too by what differs under one reading and what under another.
        """

        @cache
        def pair(raw: Raw) -> Hashable:
            before, after = map(view, self.split(raw))
            if before == after:
                return None
            old, new = ({part for one in side for part in parts(one)} for side in (before, after))
            apart = (frozenset(old - new), frozenset(new - old)) if old != new else (before, after)
            return (*apart, min(len(before), 2), min(len(after), 2))  # one answer, several that conflict, or none

        @cache
        def pairs(raws: frozenset[Raw]) -> frozenset[Hashable]:
            found = frozenset(map(pair, raws))
            if by_reading or found == {None}:
                return found
            changes: list[Any] = [p for p in found if p is not None]
            return frozenset(
                [(frozenset().union(*(p[0] for p in changes)), frozenset().union(*(p[1] for p in changes)))]
            )

        usual = self.circumstances.usual
        special = tuple((t, o) for t, o in setting if usual[t] != o)
        alike: dict[frozenset[Hashable], list[dict[str, frozenset[str]]]] = {}
        plainest: dict[frozenset[Hashable], tuple[tuple[str, str], ...]] = {}
        for condition, outcomes in self._leaves([(cell, pairs(raws)) for cell, raws in worlds.items()], {}):
            if outcomes != {None}:
                alike.setdefault(outcomes, []).append({topic: frozenset([option]) for topic, option in condition})
                plainest[outcomes] = min(plainest.get(outcomes, condition), condition, key=self._special)
        options = {t.id: frozenset(o for o, _ in t.options) for t in self.facts}
        held = tuple((t, frozenset([o])) for t, o in special)
        return [
            Region(tuple((*box, *held) for box in merged(boxes, options)), (*plainest[outcomes], *special))
            for outcomes, boxes in alike.items()
        ]

    def _leaves(
        self, cells: Sequence[tuple[Cell, frozenset[Hashable]]], fixed: Mapping[int, str]
    ) -> Iterator[tuple[Setting, frozenset[Hashable]]]:
        """The cells, split by the facts that tell their outcomes best, down to where all have the same."""
        outcomes = {outcome for _, outcome in cells}
        if len(outcomes) == 1:
            yield tuple((self.facts[i].id, option) for i, option in fixed.items()), outcomes.pop()
            return
        best: tuple[float, int, dict[str, list[tuple[Cell, frozenset[Hashable]]]]] | None = None
        for i in range(len(self.facts)):
            split: dict[str, list[tuple[Cell, frozenset[Hashable]]]] = {}
            for cell, outcome in cells:
                split.setdefault(cell[i], []).append((cell, outcome))
            if i not in fixed and len(split) > 1:
                weight = sum(len({outcome for _, outcome in part}) for part in split.values()) / len(split)
                if best is None or weight < best[0]:
                    best = weight, i, split
        assert best is not None, "cells differ in some fact"
        for option, part in best[2].items():
            yield from self._leaves(part, {**fixed, best[1]: option})

    def _special(self, condition: Iterable[tuple[str, str]]) -> int:
        """How many facts are not as they are where nothing is special."""
        usual = {f: _option(d.default) for f, d in self.fields.items() if d.default is not None}
        return sum(usual[topic] != option for topic, option in condition if topic in usual)


def _option(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def merged(boxes: Iterable[Mapping[str, frozenset[str]]], options: Mapping[str, frozenset[str]]) -> tuple[Box, ...]:
    """The boxes, those that differ in the options of one topic joined; a topic with all its options is left out."""
    found = {frozenset(box.items()) for box in boxes}
    before = None
    while found != before:
        before = found
        for topic in sorted({t for box in found for t, _ in box}):
            alike: dict[frozenset[tuple[str, frozenset[str]]], frozenset[str]] = {}
            others = set()
            for box in found:
                here = next((item for item in box if item[0] == topic), None)
                if here is None:
                    others.add(box)
                else:
                    rest = box - {here}
                    alike[rest] = alike.get(rest, frozenset()) | here[1]
            found = others | {
                rest if union == options.get(topic) else rest | {(topic, union)} for rest, union in alike.items()
            }
    minimal = [b for b in found if not any(o < b for o in found)]
    return tuple(
        sorted(
            (tuple(sorted(b, key=lambda item: item[0])) for b in minimal), key=lambda b: [(t, sorted(o)) for t, o in b]
        )
    )


def common_cells(*versions: KnowledgeBase) -> Cells:
    """The cells that the ladders of all versions cut together."""
    return Cells(dict.fromkeys(r for kb in versions for r in kb.cells.rungs))


def representative(cells: Cells, index: int) -> Decimal:
    """An amount in a cell: at its lower bound, or next to it."""
    cent = Decimal("0.01")
    low, high = cells.bounds(index)
    if low is not None and low[0] >= 0 and (low[0] > 0 or low[1]):
        return low[0] if low[1] == 0 else low[0] + cent
    if high is not None:
        return max(high[0] - cent if high[1] == 0 else high[0], cent)
    return Decimal(1)
