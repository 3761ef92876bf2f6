"""Worlds: every open reading and every open fact fixed; and what the outcomes over all worlds say about a question.

A world's outcome is its whole set of values. If the set of outcomes over the readings differs between values of facts, facts are
missing, and only those that make the difference are asked for. Otherwise several outcomes are a conflict between readings, and one
outcome is what it is. One grounding serves all questions; outcomes are projected, and topics are conditioned one by one by assumptions,
facts before readings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import clingo

from .errors import InputError, KnowledgeError

Key = TypeVar("Key", bound=Hashable)
Raw = frozenset[clingo.Symbol]
"""The projected atoms of a world."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something open: a reading or a fact.

    Attributes:
        id: the reading's or the field's id.
        is_fact: whether it is a fact of the case (to be asked for) or a reading (to be weighed).
        options: each option's id and the atom that is true in the worlds that have it.
    """

    id: str
    is_fact: bool
    options: tuple[tuple[str, clingo.Symbol], ...]


Condition = tuple[tuple[str, str], ...]
"""Topics and their options, all of which hold."""


@dataclass(slots=True)
class Node(Generic[Key]):
    """A node of a decision tree: the outcomes here, and, where a topic makes a difference, what each option leads to."""

    outcomes: frozenset[Key]
    topic: Topic | None = None
    children: dict[str, Node[Key]] = field(default_factory=dict)

    def leaves(self, path: Condition = ()) -> Iterable[tuple[Condition, frozenset[Key]]]:
        """Each leaf's condition and outcomes."""
        if self.topic is None:
            yield path, self.outcomes
        for option, child in self.children.items():
            yield from child.leaves((*path, (self.topic.id, option)))  # type: ignore[union-attr]


@dataclass(frozen=True, slots=True)
class Decision(Generic[Key]):
    """What all worlds together say.

    Attributes:
        missing: the facts that make a difference, the most decisive first; empty if none does.
        outcomes: each outcome with the readings under which it holds (any of these conditions, each all of its topics).
        samples: for each outcome the projected atoms of the worlds that have it, and a full set of assumptions that gives one of them.
        tree: the tree over the missing facts.
    """

    missing: tuple[str, ...]
    outcomes: dict[Key, tuple[Condition, ...]]
    samples: dict[Key, tuple[tuple[Raw, ...], Condition]]
    tree: Node[Key]


class Worlds:
    """The worlds of one grounding.

    Args:
        program: the program text of the slice (of the knowledge base only, never of a user).
        facts: the case's facts as symbols.
        topics: what is open, facts first.
        shown: the signatures of the atoms that make an outcome.

    Raises:
        RuntimeError: clingo refuses the program; the knowledge base was not checked.
    """

    def __init__(
        self, program: str, facts: Iterable[clingo.Symbol], topics: Sequence[Topic], shown: Iterable[tuple[str, int]]
    ) -> None:
        self._program, self._facts, self._shown, self._open = program, tuple(facts), tuple(shown), tuple(topics)
        self.control = self._grounded()
        self._projected = self._atoms(self.control)
        self._assumption = {(t.id, o): (symbol, True) for t in topics for o, symbol in t.options}
        self._cache: dict[frozenset[tuple[str, str]], frozenset[Raw]] = {}

    def _grounded(self, observer: clingo.Observer | None = None) -> clingo.Control:
        control = clingo.Control(["--project=project", "0", "--warn=none"])
        if observer is not None:
            control.register_observer(observer)
        control.add("base", [], self._program)
        with control.backend() as backend:
            for symbol in self._facts:
                backend.add_rule([backend.add_atom(symbol)])
        control.ground([("base", [])])
        return control

    def _atoms(self, control: clingo.Control) -> list[tuple[clingo.Symbol, int]]:
        atoms = control.symbolic_atoms
        return [(a.symbol, a.literal) for name, arity in self._shown for a in atoms.by_signature(name, arity)]

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Those of the open topics on which, over the ground rules, an atom of an outcome depends."""
        if len(self._open) < 2:
            return self._open
        dependencies = _Dependencies()
        control = self._grounded(dependencies)  # a grounding of its own: observing is slow, and most cases never ask
        projected = {literal for _, literal in self._atoms(control)}

        def matters(topic: Topic) -> bool:
            starts = [
                atom.literal for _, symbol in topic.options if (atom := control.symbolic_atoms[symbol]) is not None
            ]
            return not projected.isdisjoint(dependencies.reached(starts))

        return tuple(t for t in self._open if matters(t))

    def outcomes(self, fixed: frozenset[tuple[str, str]] = frozenset()) -> frozenset[Raw]:
        """The distinct sets of projected atoms over all worlds in which *fixed* holds."""
        known = self._cache.get(fixed)
        if known is None:
            known = self._cache[fixed] = frozenset(self._solve(fixed))
            if not known:
                raise KnowledgeError(
                    f"no world is left under {sorted(fixed)}: a choice has no options",
                    "没有可能的情形:某项选择没有选项",
                )
        return known

    def assumed(self, fixed: Iterable[tuple[str, str]]) -> list[tuple[clingo.Symbol, bool]]:
        """The assumptions that fix these topics."""
        return [self._assumption[choice] for choice in sorted(fixed)]

    def _solve(self, fixed: frozenset[tuple[str, str]]) -> Iterable[Raw]:
        assumptions = self.assumed(fixed)
        self.control.configuration.solve.project = "project"  # type: ignore[union-attr]
        with self.control.solve(assumptions=assumptions, yield_=True) as handle:
            for model in handle:
                yield frozenset(symbol for symbol, literal in self._projected if model.is_true(literal))

    def walks(self, fixed: Condition, chosen: clingo.Symbol) -> list[tuple[clingo.Symbol, ...]]:
        """The shown atoms of each path in the world *fixed* that has the atom *chosen*, each once."""
        self.control.configuration.solve.project = "show"  # type: ignore[union-attr]
        assumptions = [self._assumption[choice] for choice in fixed]
        found = set()
        with self.control.solve(assumptions=[*assumptions, (chosen, True)], yield_=True) as handle:
            for model in handle:
                found.add(tuple(sorted(model.symbols(shown=True))))
        return sorted(found)

    def merged(self, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        """The conditions without those that follow from others; empty if one of them, or all together, always hold."""
        options = {t.id: {o for o, _ in t.options} for t in self._open if not t.is_fact}
        found = _merge(conditions, options)
        return () if any(not c for c in found) else found

    def decide(self, view: Callable[[Raw], Key], budget: int = 4000) -> Decision[Key]:
        """What all worlds say of the question that *view* reads from a world's atoms.

        Args:
            view: the outcome of a world: its whole set of values.
            budget: how many nodes may be looked at where topics only matter together.

        Raises:
            InputError: the budget is used up.
        """
        return _Decider(self, view, budget).decide()

    def tree(self, view: Callable[[Raw], Key], budget: int = 4000) -> Node[Key]:
        """The decision tree over the open facts that make a difference; each leaf holds the outcomes over its readings.

        Raises:
            InputError: the budget is used up.
        """
        decider = _Decider(self, view, budget)
        everything = decider.keys(frozenset())
        facts = [t for t in self.topics if t.is_fact] if len(everything) > 1 else []
        return decider.tree(frozenset(), facts, everything)


class _Dependencies(clingo.Observer):
    """Which atoms depend on which, over the ground rules."""

    def __init__(self) -> None:
        self.heads: dict[int, set[int]] = {}

    def rule(self, _choice: bool, head: Sequence[int], body: Sequence[int]) -> None:
        for literal in body:
            self.heads.setdefault(abs(literal), set()).update(head)

    def weight_rule(
        self, _choice: bool, head: Sequence[int], _lower_bound: int, body: Sequence[tuple[int, int]]
    ) -> None:
        self.rule(_choice, head, [literal for literal, _ in body])

    def reached(self, starts: Iterable[int]) -> set[int]:
        found = set(starts)
        todo = list(found)
        while todo:
            for head in self.heads.get(todo.pop(), ()):
                if head not in found:
                    found.add(head)
                    todo.append(head)
        return found


class _Decider(Generic[Key]):
    def __init__(self, worlds: Worlds, view: Callable[[Raw], Key], budget: int) -> None:
        self.worlds, self.view, self.budget = worlds, view, budget
        self._views: dict[Raw, Key] = {}

    def keys(self, fixed: frozenset[tuple[str, str]]) -> frozenset[Key]:
        self.budget -= 1
        raws = self.worlds.outcomes(fixed)
        for raw in raws:
            if raw not in self._views:
                self._views[raw] = self.view(raw)
        return frozenset(self._views[raw] for raw in raws)  # never empty: see Worlds.outcomes

    def decide(self) -> Decision[Key]:
        everything = self.keys(frozenset())
        if len(everything) == 1:
            (key,) = everything
            return Decision((), {key: ((),)}, {key: (tuple(self.worlds.outcomes()), ())}, Node(everything))
        facts = [t for t in self.worlds.topics if t.is_fact]
        readings = [t for t in self.worlds.topics if not t.is_fact]
        tree = self.tree(frozenset(), facts, everything)
        leaf_outcomes = {outcomes for _, outcomes in tree.leaves()}
        if len(leaf_outcomes) > 1:
            return Decision(self.asked(tree), {}, {}, tree)
        full = self.tree(frozenset(), [*readings, *facts], everything)
        reading_ids = {t.id for t in readings}
        conditions: dict[Key, list[Condition]] = {}
        fixed: dict[Key, Condition] = {}
        for path, outcomes in full.leaves():
            for key in outcomes:
                fixed.setdefault(key, path)
                conditions.setdefault(key, []).append(tuple(c for c in path if c[0] in reading_ids))
        raws: dict[Key, list[Raw]] = {}
        for raw in self.worlds.outcomes():
            raws.setdefault(self._views[raw], []).append(raw)
        merged = {
            key: _merge(found, {t.id: {o for o, _ in t.options} for t in readings}) for key, found in conditions.items()
        }
        return Decision(
            (), merged, {key: (tuple(raws[key]), fixed[key]) for key in conditions}, Node(frozenset(conditions))
        )

    def tree(self, fixed: frozenset[tuple[str, str]], topics: Sequence[Topic], outcomes: frozenset[Key]) -> Node[Key]:
        if len(outcomes) <= 1 or not topics:
            return Node(outcomes)
        if self.budget < 0:
            raise InputError(
                "too much is open in this case to weigh it all; state more facts or fix readings",
                "本案未定的事实和解释太多,请补充事实或固定解释",
            )
        parts = [(t, {o: self.keys(fixed | {(t.id, o)}) for o, _ in t.options}) for t in topics]
        relevant = [(t, p) for t, p in parts if any(part != outcomes for part in p.values())]
        if relevant:
            chosen, split = min(
                relevant, key=lambda tp: sum(map(len, tp[1].values())) / len(tp[1])
            )  # ties: the order of the topics
        else:  # no topic matters by itself; two may together
            chosen, split = parts[0]
        rest = [t for t in topics if t is not chosen]
        children = {o: self.tree(fixed | {(chosen.id, o)}, rest, keys) for o, keys in split.items()}
        if len({(c.topic and c.topic.id, frozenset(c.leaves())) for c in children.values()}) == 1 and not relevant:
            return next(iter(children.values()))  # it did not matter after all
        return Node(outcomes, chosen, children)

    def asked(self, tree: Node[Key]) -> tuple[str, ...]:
        """The topics of the tree, level by level: the most decisive first."""
        order: dict[str, None] = {}
        level = [tree]
        while level:
            for node in level:
                if node.topic is not None:
                    order.setdefault(node.topic.id)
            level = [child for node in level for child in node.children.values()]
        return tuple(order)


def _merge(conditions: Iterable[Condition], options: dict[str, set[str]]) -> tuple[Condition, ...]:
    """The conditions, each once; those that between them name all options of a topic and are otherwise the same, as one."""
    found = {frozenset(c) for c in conditions}
    changed = True
    while changed:
        changed = False
        for condition in sorted(found, key=sorted):
            for topic, option in sorted(condition):
                rest = condition - {(topic, option)}
                family = {rest | {(topic, o)} for o in options.get(topic, set())}
                if family and family <= found:
                    found = (found - family) | {rest}
                    changed = True
                    break
            if changed:
                break
    minimal = [c for c in found if not any(other < c for other in found)]
    return tuple(sorted(tuple(sorted(c)) for c in minimal))


def symbol(name: str, *arguments: Any) -> clingo.Symbol:  # noqa: ANN401
    """The atom ``name(arguments)``; strings stay strings, integers integers, symbols as they are."""
    return clingo.Function(name, [_argument(a) for a in arguments])


def _argument(value: Any) -> clingo.Symbol:  # noqa: ANN401
    if isinstance(value, clingo.Symbol):
        return value
    if isinstance(value, int):
        return clingo.Number(value)
    return clingo.String(value)
