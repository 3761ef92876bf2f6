"""Which constants each argument of a predicate can take: an abstract reading of the rules, forward from facts and inputs.

Slices rest on it, and the check that only what is typed alike is compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from .rules import Comparison, Literal, Rule, Signature, is_variable

Values: TypeAlias = frozenset[str]
"""The constants that a term can be. ``*`` among them says: and anything else (those beside it only tell of types)."""

Row: TypeAlias = tuple[Values, ...]
"""What each argument of an atom can be."""

ANY: Values = frozenset("*")
INPUT = -1
"""Stands for the number of a rule where an atom comes from an input."""


def meet(one: Values, other: Values) -> Values:
    """What is in both."""
    if "*" in one:
        return one | other if "*" in other else other
    return one if "*" in other else one & other


def joined(old: Row | None, new: Row) -> Row:
    """What is in either."""
    return new if old is None else tuple(a | b for a, b in zip(old, new, strict=True))


def values_of(term: str, known: Mapping[str, Values]) -> Values:
    """What *term* can be where *known* says it of some variables."""
    return known.get(term, ANY) if is_variable(term) else frozenset([term])


def _meets(one: Row, other: Row) -> bool:
    return all(map(meet, one, other))


class Flow:
    """What the heads of rules can be.

    Args:
        rules: the program.
        inputs: for each input predicate, what its arguments can be.
        equalities: whether ``=`` and ``not … = …`` in a body bound its variables.

    Attributes:
        reached: for each rule (by number) that can fire, what its head can be; ground facts are not listed.
    """

    def __init__(self, rules: Sequence[Rule], inputs: Mapping[Signature, Row], *, equalities: bool = True) -> None:
        self.inputs = inputs
        self.equalities = equalities
        self.facts: dict[Signature, list[tuple[int, Row]]] = defaultdict(list)
        self.facts_with: dict[tuple[Signature, int, str], list[tuple[int, Row]]] = defaultdict(list)
        self.derived: dict[Signature, list[int]] = defaultdict(list)
        self.reached: dict[int, Row] = {}
        users: dict[Signature, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            signature = rule.head.signature
            if rule.is_fact and not any(map(is_variable, rule.head.args)):
                fact = number, tuple(frozenset([term]) for term in rule.head.args)
                self.facts[signature].append(fact)
                for position, term in enumerate(rule.head.args):
                    self.facts_with[signature, position, term].append(fact)
            else:
                self.derived[signature].append(number)
                for literal in rule.body:
                    if not literal.negated:
                        users[literal.signature].append(number)
        queue = dict.fromkeys(number for numbers in self.derived.values() for number in numbers)
        while queue:
            number = next(iter(queue))
            del queue[number]
            head, known = rules[number].head, self.narrow(rules[number], {})
            if known is not None:
                row = joined(self.reached.get(number), tuple(values_of(term, known) for term in head.args))
                if row != self.reached.get(number):
                    self.reached[number] = row
                    queue.update(dict.fromkeys(users[head.signature]))

    def matching(self, signature: Signature, wanted: Row) -> Iterator[tuple[int, Row]]:
        """The rules and facts (by number) and inputs that can give an atom with such arguments, and what they can give."""
        if signature in self.inputs and _meets(self.inputs[signature], wanted):
            yield INPUT, self.inputs[signature]
        for number in self.derived.get(signature, ()):
            row = self.reached.get(number)
            if row is not None and _meets(row, wanted):
                yield number, row
        facts = self.facts.get(signature, [])
        size, position = min(
            ((len(values), position) for position, values in enumerate(wanted) if "*" not in values),
            default=(len(facts), 0),
        )
        if size < len(facts):
            facts = [
                fact for value in wanted[position] for fact in self.facts_with.get((signature, position, value), ())
            ]
        yield from (fact for fact in facts if _meets(fact[1], wanted))

    def narrow(self, rule: Rule, known: Mapping[str, Values]) -> dict[str, Values] | None:
        """What the variables of *rule* can be, given what is *known* of some; None if it cannot fire."""
        values = dict(known)
        before: dict[str, Values] | None = None
        while values != before:
            before = dict(values)
            for goal in rule.goals:
                if isinstance(goal, Literal):
                    bounds = [] if goal.negated else self._of_literal(goal, values)
                else:
                    bounds = _of_equality(goal, values) if self.equalities else []
                if bounds is None:
                    return None
                for term, bound in bounds:
                    now = meet(values_of(term, values), bound)
                    if not now:
                        return None
                    if is_variable(term) and term != "_":
                        values[term] = now
        return values

    def _of_literal(self, goal: Literal, values: Mapping[str, Values]) -> list[tuple[str, Values]] | None:
        rows = [row for _, row in self.matching(goal.signature, tuple(values_of(term, values) for term in goal.args))]
        columns = [frozenset().union(*column) for column in zip(*rows, strict=True)]
        return list(zip(goal.args, columns, strict=True)) if rows else None


def _of_equality(goal: Comparison, values: Mapping[str, Values]) -> list[tuple[str, Values]]:
    if goal.operator != "=" or len(goal.summands) > 1:
        return []
    left, right = values_of(goal.left, values), values_of(goal.right, values)
    if not goal.negated:
        return [(goal.left, right), (goal.right, left)]
    return [
        (term, own - other)
        for term, own, other in ((goal.left, left, right), (goal.right, right, left))
        if "*" not in own | other and len(other) == 1
    ]
