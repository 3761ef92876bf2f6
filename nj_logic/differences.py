"""Where two versions of a law answer differently: their programs side by side in one grounding, over all situations of a kind.

What both versions derive alike is derived once; what depends on rules that differ is derived twice, under two names. Each fact of the
kind is open, amounts lie in the cells that the ladders of both versions cut, and, where the rules that differ ask who is away, so is who is
away and whom he has entrusted. The worlds in which the versions differ are then cut into regions by the facts that make the difference.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import clingo

from . import answer, check, conflicts, paths
from .cells import Cells
from .facts import ANY_CASE, NO_DAY, PRESENCE, case_atoms, constant
from .worlds import Raw, Topic, Worlds, symbol

if TYPE_CHECKING:
    from .declared import Field, Kind
    from .knowledge import KnowledgeBase

SHOWN = {
    paths.USE: tuple(s for s in paths.SHOWN if s[0] not in {"tension", "bears_on", "nearest"}),
    answer.USE: tuple(s for s in answer.SHOWN if s[0] not in {"tension", "bears_on", "nearest"}),
    check.USE: (("breach", 3),),
    conflicts.USE: tuple(s for s in conflicts.SHOWN if s[0] != "stuck"),
}
"""What is compared of each use: not what only explains, and of a check not what a record lacks, which the paths show."""

DELEGATION = "delegation of "
NOBODY = "nobody"
FIRST_DAY = datetime.date(2026, 3, 2)
"""The Monday on which the first date of a case falls; the others lie as many days from it as the rules count."""
LONGEST_LEAD = 100
MOST_CANDIDATES = 40
BUDGET = 150_000

_NAME = re.compile(r'"(?:[^"\\]|\\.)*"|\b[a-z]\w*(?=\()')
_INTEGER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w"])-?\d+\b')
_SPANS = re.compile(r"spans\((\w+), (\w+), \d+\)\.")
_LITERAL = re.compile(r"(not )?\b([a-z]\w*)\(([^()]*)\)")
_STATING = {"money": "cell", "number": "quantity", "date": "date"}
_STATING_NAMES = frozenset({"fact", *_STATING.values()})
_HOLDS = re.compile(r"\bholds\(\w+, \w+, ([a-z]\w*)\)")
_COUNTING = frozenset({"quantity", "date", "workday", "workdays"})
_ABOUT_PRESENCE = frozenset({"absence", "absent_on", "delegated"})

BEFORE, AFTER = "before", "after"
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

    @property
    def asks_who_is_away(self) -> bool:
        """Whether a rule that differs asks who is away."""
        return not self._needed.isdisjoint(_ABOUT_PRESENCE)

    @cached_property
    def _needed(self) -> frozenset[str]:
        """The predicates on which the rules that differ depend."""
        needs: dict[str, set[str]] = {}
        for rule in (*self._old, *self._new):
            needs.setdefault(_head(rule), set()).update(_names(rule))
        found = {n for r in (*self.gone, *self.come) for n in _names(r.partition(":-")[2])}
        todo = list(found)
        while todo:
            for name in needs.get(todo.pop(), ()):
                if name not in found:
                    found.add(name)
                    todo.append(name)
        return frozenset(found)

    # -- the program ---------------------------------------------------------------------------------------------------

    @cached_property
    def program(self) -> str:
        """Both versions, and the atoms of each in the worlds in which they differ."""
        lines = [r for r in dict.fromkeys((*self._old, *self._new)) if _head(r) not in self.affected]
        for version, rules in ((BEFORE, self._old), (AFTER, self._new)):
            lines += [self._named(r, version) for r in rules if _head(r) in self.affected]
        for name, arity in SHOWN[self.use]:
            args = ", ".join(f"X{i}" for i in range(arity))
            old, new = (self._of(f"{name}({args})", v) for v in (BEFORE, AFTER))
            if old != new:
                lines += [f"differs :- {old}, not {new}.", f"differs :- {new}, not {old}."]
            for version, atom in ((BEFORE, old), (AFTER, new)):
                lines += [
                    f"{name}__shown_{version}({args}) :- {atom}, differs.",
                    f"#project {name}__shown_{version}/{arity}.",
                ]
        read = {name for line in lines for name in _names(line)}
        lines += [f"#defined {name}/{arity}." for name, arity in self._undefined(lines, read)]
        lines += [self._search("worlds"), self._search("situations"), "#show."]
        return "\n".join(lines)

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
    def officials(self) -> list[dict[str, str]]:
        """Who may be away: a holder of each office that has one holder or of which the rules concerned ask who holds it."""
        if not self.asks_who_is_away:
            return []
        rules = [r for r in (*self._old, *self._new) if _head(r) in self._needed or _head(r) in self.affected]
        asked = {office for r in (*self.gone, *self.come, *rules) for office in _HOLDS.findall(r)} | {
            *self.after.single_offices
        }
        offices = [o for o in dict.fromkeys(self.after.office_words.values()) if o in asked]
        return [{"id": o, "title": self.after.term(o).label.zh, "office": o} for o in offices]

    @cached_property
    def worlds(self) -> Worlds:
        """The worlds in which anything that may vary does."""
        case = self.after.case({"kind": self.kind_id, **({"officials": self.officials} if self.officials else {})})
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
        topics += self._presence(atoms)
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
            topics.append(Topic(topic, False, tuple((o, symbol("reading", c, t, constant(o))) for o in options)))
        shown = [(f"{name}__shown_{v}", arity) for name, arity in SHOWN[self.use] for v in (BEFORE, AFTER)]
        return Worlds(self.program, atoms, topics, shown)

    @property
    def anchored(self) -> dict[str, frozenset[str]]:
        """The day from which the others count, where it does not vary."""
        dates = [f for f, d in self.fields.items() if d.type == "date"][:1]
        values = {f: self.candidates(self.fields[f], True) for f in dates}
        return {f: frozenset(map(str, v)) for f, v in values.items() if len(v) == 1}

    def _presence(self, atoms: list[clingo.Symbol]) -> Iterator[Topic]:
        c = ANY_CASE
        for x, one in enumerate(self.officials, 1):
            id_ = one["id"]
            atoms += [
                symbol("open_presence", c, x, id_),
                symbol("absent_on", c, x, NO_DAY),
                symbol("open_delegation", c, x),
            ]
            others = [o["id"] for o in self.officials if o["id"] != id_]
            atoms += [symbol("may_stand_in", x, other) for other in others]
            yield Topic(
                PRESENCE + id_, True, (("no", symbol("at_work", c, id_)), ("yes", symbol("absence", c, x, id_)))
            )
            entrusted = [(other, symbol("delegated", c, x, other)) for other in others]
            yield Topic(DELEGATION + id_, True, ((NOBODY, symbol("entrusts_nobody", c, x)), *entrusted))

    # -- the regions ---------------------------------------------------------------------------------------------------

    def split(self, raw: Raw) -> tuple[list[clingo.Symbol], list[clingo.Symbol]]:
        """A world's atoms in the two versions, under their own names; both empty where the versions agree."""
        found: dict[str, list[clingo.Symbol]] = {BEFORE: [], AFTER: []}
        for one in raw:
            name, _, version = one.name.rpartition("__shown_")
            found[version].append(clingo.Function(name, one.arguments))
        return found[BEFORE], found[AFTER]

    def regions(
        self, view: Callable[[list[clingo.Symbol]], frozenset[Hashable]], parts: Callable[[Any], Iterable[Hashable]]
    ) -> list[Region]:
        """The situations in which *view* reads something else from the two versions, those that differ alike together.

        Args:
            view: what is read from a version's atoms: several things that hold side by side.
            parts: what one of them is made of; situations are told apart by the parts that go and come.

        Raises:
            InputError: there are too many to be told apart.
        """

        def pair(raw: Raw) -> Hashable:
            before, after = map(view, self.split(raw))
            if before == after:
                return None
            old, new = ({part for one in side for part in parts(one)} for side in (before, after))
            apart = (frozenset(old - new), frozenset(new - old)) if old != new else (before, after)
            return (*apart, min(len(before), 2), min(len(after), 2))  # one answer, several that conflict, or none

        tree = self.worlds.tree(pair, BUDGET)
        alike: dict[frozenset[Hashable], list[dict[str, frozenset[str]]]] = {}
        plainest: dict[frozenset[Hashable], tuple[tuple[str, str], ...]] = {}
        for condition, outcomes in tree.leaves():
            if outcomes != {None}:
                alike.setdefault(outcomes, []).append({topic: frozenset([option]) for topic, option in condition})
                plainest[outcomes] = min(plainest.get(outcomes, condition), condition, key=self._special)
        options = {t.id: frozenset(o for o, _ in t.options) for t in self.worlds.topics}
        return [Region(merged(boxes, options), plainest[outcomes]) for outcomes, boxes in alike.items()]

    def _special(self, condition: Iterable[tuple[str, str]]) -> int:
        """How many facts are not as they are where nothing is special."""
        usual = {f: _option(d.default) for f, d in self.fields.items() if d.default is not None}
        return sum(
            usual.get(topic, NOBODY if topic.startswith(DELEGATION) else "no") != option
            for topic, option in condition
            if topic in usual or topic not in self.fields
        )


def _option(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def merged(boxes: Iterable[Mapping[str, frozenset[str]]], options: Mapping[str, frozenset[str]]) -> tuple[Box, ...]:
    """The boxes, those that differ in the options of one topic joined; a topic with all its options is left out."""
    found = {frozenset(box.items()) for box in boxes}
    joined = True
    while joined:
        joined = False
        ordered = sorted(found, key=lambda b: sorted((t, sorted(o)) for t, o in b))
        for i, one in enumerate(ordered):
            for other in ordered[i + 1 :]:
                apart = one ^ other
                topics = {t for t, _ in apart}
                if len(topics) == 1 and len(apart) == 2:
                    (topic,) = topics
                    union = frozenset(o for _, os in apart for o in os)
                    rest = one & other
                    found -= {one, other}
                    found.add(rest if union == options.get(topic) else rest | {(topic, union)})
                    joined = True
                    break
            if joined:
                break
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
