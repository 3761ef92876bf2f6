"""Rules of the dialect as data: literals, comparisons, rules, and the predicates that they define and declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Signature: TypeAlias = tuple[str, int]
"""Name and arity of a predicate."""

DECLARING = frozenset([("input", 2), ("hook", 2)])
"""The predicates that declare others."""

_NORM = re.compile(r'"(a\d+\.p\d+\.n\d+)"')
_OPERAND = re.compile(r'"(?:[^"\\]|\\.)*"|-?\w+')


def is_variable(term: str) -> bool:
    """Whether *term* is a variable, ``_`` among them."""
    return term == "_" or term[:1].isupper()


def sort_of(constant: str) -> str:
    """What *constant* is: a ``string``, an ``integer`` or a ``symbol``."""
    if constant.startswith('"'):
        return "string"
    return "integer" if constant.lstrip("-").isdigit() else "symbol"


@dataclass(frozen=True, slots=True)
class Literal:
    """An atom or its negation; its arguments as source text: ``county_head``, ``"a29.p1.n7"``, ``-3``, ``C``, ``_``."""

    name: str
    args: tuple[str, ...] = ()
    negated: bool = False
    line: int = field(default=0, compare=False, repr=False)
    column: int = field(default=0, compare=False, repr=False)

    @property
    def signature(self) -> Signature:
        """Name and arity."""
        return self.name, len(self.args)

    @property
    def operands(self) -> tuple[str, ...]:
        """The arguments."""
        return self.args

    def __str__(self) -> str:
        atom = f"{self.name}({', '.join(self.args)})" if self.args else self.name
        return f"not {atom}" if self.negated else atom


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; *right* may be a sum, and then *left* is a variable."""

    left: str
    operator: str
    right: str
    negated: bool = False
    line: int = field(default=0, compare=False, repr=False)
    column: int = field(default=0, compare=False, repr=False)

    @property
    def summands(self) -> tuple[str, ...]:
        """The terms of the right side."""
        return tuple(_OPERAND.findall(self.right))

    @property
    def operands(self) -> tuple[str, ...]:
        """All terms compared or counted."""
        return (self.left, *self.summands)

    def __str__(self) -> str:
        text = f"{self.left} {self.operator} {self.right}"
        return f"not {text}" if self.negated else text


Goal: TypeAlias = Literal | Comparison
"""What a body is made of."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A fact or a rule; *goals* is the body in its order, *text* the canonical source in one line."""

    file: str
    line: int
    text: str
    head: Literal
    goals: tuple[Goal, ...] = ()

    @property
    def body(self) -> tuple[Literal, ...]:
        """The literals of the body, without the comparisons."""
        return tuple(goal for goal in self.goals if isinstance(goal, Literal))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons of the body."""
        return tuple(goal for goal in self.goals if isinstance(goal, Comparison))

    @property
    def is_fact(self) -> bool:
        """Whether there is no body."""
        return not self.goals

    @property
    def norms(self) -> tuple[str, ...]:
        """The ids of norms in head and body, in order, each once, without quotes."""
        return tuple(dict.fromkeys(norm for part in (self.head, *self.goals) for norm in norms_of(part)))


def norms_of(goal: Goal) -> Iterator[str]:
    """The ids of norms that *goal* names, without quotes."""
    return (found[1] for found in map(_NORM.fullmatch, goal.operands) if found)


def signatures(rules: Iterable[Rule]) -> frozenset[Signature]:
    """The predicates that *rules* define."""
    return frozenset(rule.head.signature for rule in rules)


def declaration(rule: Rule) -> Signature | None:
    """The predicate that ``input(Name, Arity)`` or ``hook(Name, Arity)`` declares; None for any other rule."""
    if rule.head.signature not in DECLARING or not rule.is_fact:
        return None
    name, arity = rule.head.args
    return (name, int(arity)) if sort_of(name) == "symbol" and not is_variable(name) and arity.isdigit() else None


def declared(rules: Iterable[Rule], word: str) -> frozenset[Signature]:
    """The predicates declared by ``input(Name, Arity)`` or ``hook(Name, Arity)``; *word* says which."""
    return frozenset(found for rule in rules if rule.head.name == word and (found := declaration(rule)))


def program_text(rules: Iterable[Rule]) -> str:
    """*rules* as a program that both engines load, one a line."""
    return "".join(f"{rule.text}\n" for rule in rules)
