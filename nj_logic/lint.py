"""The checks across all rules that are loaded together: what neither engine would say, or only one of them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from .diagnostics import Diagnostic, diagnose
from .errors import nearest
from .flow import ANY, Flow, values_of
from .rules import (
    DECLARING,
    Comparison,
    Goal,
    Literal,
    Rule,
    Signature,
    declaration,
    declared,
    is_variable,
    norms_of,
    signatures,
    sort_of,
)

PREFIX_OPERATORS = frozenset(
    {"discontiguous", "dynamic", "initialization", "meta_predicate", "module_transparent", "multifile", "public"}
    | {"table", "thread_initialization", "thread_local", "tnot", "volatile"}
)
"""Constants that SWI-Prolog reads as operators where they stand alone: ``X = public, q`` is a syntax error there."""


def lint(
    rules: Sequence[Rule],
    *,
    known_norms: Collection[str] | None = None,
    elsewhere: Mapping[Signature, Iterable[Signature]] | None = None,
) -> list[Diagnostic]:
    """What is wrong across *rules*, all those that are loaded together.

    Args:
        rules: what :func:`~nj_logic.dialect.parse` returned without a diagnostic.
        known_norms: the ids of all norms; None leaves ids unchecked.
        elsewhere: predicates that each engine defines for itself, outside of the dialect (counting), and what they
            read, which must lie in a lower stratum.
    """
    elsewhere = elsewhere or {}
    found = [
        *_declarations(rules),
        *_system_names(rules),
        *_duplicates(rules),
        *_undefined(rules, elsewhere),
        *_case_variables(rules),
        *_cycles(rules, elsewhere),
        *_typed_unlike(rules),
        *(diagnostic for rule in rules for diagnostic in _variables(rule)),
    ]
    if known_norms is not None:
        found += _unknown_norms(rules, known_norms)
    return sorted(found)


def _at(rule: Rule, goal: Goal, key: str, /, **words: object) -> Diagnostic:
    return diagnose(rule.file, goal.line or rule.line, goal.column or 1, key, **words)


def _slashed(signature: Signature) -> str:
    return f"{signature[0]}/{signature[1]}"


# --- Predicates --------------------------------------------------------------


@cache
def _swi_system_predicates() -> frozenset[Signature]:
    text = Path(__file__).with_name("swi_system_predicates.txt").read_text("utf-8")
    entries = (word.split("/") for line in text.splitlines() if not line.startswith("#") for word in line.split())
    return frozenset((name, int(arity)) for name, arities in entries for arity in arities.split(","))


def _declarations(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    for rule in rules:
        if rule.head.signature in DECLARING and declaration(rule) is None:
            yield _at(rule, rule.head, "declaration", found=rule.text, name=rule.head.name)


def _system_names(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    system = _swi_system_predicates()
    for rule in rules:
        names = [(literal, literal.signature) for literal in (rule.head, *rule.body)]
        names += [(rule.head, signature) for signature in [declaration(rule)] if signature]
        for literal, signature in names:
            if signature in system:
                yield _at(rule, literal, "system-predicate", found=_slashed(signature), name=signature[0])
        for goal in (rule.head, *rule.goals):
            alone = goal.operands if isinstance(goal, Comparison) else [] if goal.args else [goal.name]
            for name in PREFIX_OPERATORS.intersection(alone):
                yield _at(rule, goal, "system-operator", found=name, goal=goal)


def _duplicates(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    first: dict[str, Rule] = {}
    for rule in rules:
        other = first.setdefault(rule.text, rule)
        if other is not rule:
            yield _at(rule, rule.head, "duplicate-rule", found=f"{other.file}:{other.line}")


def _undefined(rules: Sequence[Rule], elsewhere: Collection[Signature]) -> Iterator[Diagnostic]:
    defined = {*signatures(rules), *declared(rules, "input"), *declared(rules, "hook"), *elsewhere}
    arities: dict[str, list[int]] = defaultdict(list)
    for name, arity in sorted(defined):
        arities[name].append(arity)
    for rule in rules:
        for literal in rule.body:
            if literal.signature in defined:
                continue
            name, arity = literal.signature
            key, better = "undefined-predicate", ""
            if name in arities:
                key, better = f"{key}/arity", ", ".join(_slashed((name, other)) for other in arities[name])
            elif likely := nearest(name, (other for other, size in defined if size == arity)):
                key, better = f"{key}/nearest", _slashed((likely, arity))
            yield _at(rule, literal, key, found=_slashed((name, arity)), name=name, arity=arity, better=better)


def _cycles(rules: Sequence[Rule], elsewhere: Mapping[Signature, Iterable[Signature]]) -> Iterator[Diagnostic]:
    """One diagnostic for each set of predicates that depend on one another, some on the negation of another."""
    needs: dict[Signature, set[Signature]] = defaultdict(set)
    negative: dict[tuple[Signature, Signature], tuple[Rule, Literal]] = {}
    for rule in rules:
        for literal in rule.body:
            needs[rule.head.signature].add(literal.signature)
            if literal.negated:
                negative.setdefault((rule.head.signature, literal.signature), (rule, literal))
            for read in elsewhere.get(literal.signature, ()):
                needs[literal.signature].add(read)
                negative.setdefault((literal.signature, read), (rule, literal))
    said: set[Signature] = set()
    for (head, denied), (rule, literal) in negative.items():
        came = _came(needs, denied)
        if head in came and head not in said:
            said |= {predicate for predicate in came if head in _came(needs, predicate)}
            cycle = [head]
            while cycle[-1] != denied:
                cycle.append(came[cycle[-1]])
            back = " → ".join(map(_slashed, reversed(cycle)))
            yield _at(rule, literal, "stratification", found=f"{_slashed(head)} → not {back}")


def _came(needs: Mapping[Signature, Collection[Signature]], start: Signature) -> dict[Signature, Signature]:
    """Each predicate on which *start* depends, itself included, and the one before it on a shortest way there."""
    came = {start: start}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for child in sorted(needs.get(node, ())):
            if child not in came:
                came[child] = node
                queue.append(child)
    return came


# --- Variables and terms -----------------------------------------------------


def _variables(rule: Rule) -> Iterator[Diagnostic]:
    """Safety in the order of the body, and variables that occur once."""
    bound: set[str] = set()
    for goal in rule.goals:
        needed = [term for term in goal.operands if is_variable(term)]
        binds: list[str] = []
        if isinstance(goal, Literal):
            needed = [term for term in needed if term != "_"]
            if not goal.negated:
                binds, needed = needed, []
        elif goal.operator == "=" and not goal.negated and is_variable(goal.left) and goal.left != "_":
            binds, needed = [goal.left], needed[1:]
        for variable in dict.fromkeys(needed):
            if variable == "_":
                yield _at(rule, goal, "unbound-variable/anonymous", goal=goal)
            elif variable not in bound:
                yield _at(rule, goal, "unbound-variable", found=variable, goal=goal)
        bound.update(binds, needed)
    for variable in dict.fromkeys(filter(is_variable, rule.head.args)):
        if variable not in bound:
            yield _at(rule, rule.head, "unbound-head", found=variable, goal=rule.head)

    terms = [term for part in (rule.head, *rule.goals) for term in part.operands]
    for goal in rule.goals:
        offered = goal.operands if isinstance(goal, Literal) else goal.operands[:1]
        if not goal.negated:
            for term in offered:
                if is_variable(term) and term != "_" and terms.count(term) == 1:
                    yield _at(rule, goal, "singleton-variable", found=term)


def _case_variables(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    """What is derived about a case is about that case: inputs, and all heads with C that rest on them."""
    about = set(declared(rules, "input"))
    size = -1
    while size != len(about):
        size = len(about)
        about |= {
            rule.head.signature
            for rule in rules
            if rule.head.args[:1] == ("C",) and any(literal.signature in about for literal in rule.body)
        }
    for rule in rules:
        literals = [literal for literal in rule.body if literal.signature in about]
        for literal in [rule.head, *literals] if literals else []:
            if literal.args[:1] != ("C",):
                rest = literal.args if literal is rule.head and literal.signature not in about else literal.args[1:]
                better = Literal(literal.name, ("C", *rest), literal.negated)
                yield _at(rule, literal, "case-variable", found=literal, better=better)


def _typed_unlike(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    literals = {literal.signature for rule in rules for literal in rule.body}
    unseen = declared(rules, "input") | literals - signatures(rules)
    flow = Flow(rules, {signature: (ANY,) * signature[1] for signature in unseen}, equalities=False)
    for rule in rules:
        values = flow.narrow(rule, {}) if rule.comparisons else None
        if values is None:
            continue
        for goal in rule.comparisons:
            is_sum = len(goal.summands) > 1
            for term in goal.operands if goal.operator != "=" else goal.summands if is_sum else ():
                wrong = sorted(value for value in values_of(term, values) - ANY if sort_of(value) != "integer")
                if wrong:
                    yield _at(rule, goal, "typed-alike/order", goal=goal, found=term, value=wrong[0])
            left, right = values_of(goal.left, values), values_of(goal.right, values)
            if goal.operator != "=" or is_sum or ANY & (left | right):
                continue
            if set(map(sort_of, left)).isdisjoint(map(sort_of, right)):
                yield _at(rule, goal, "typed-alike/equality", goal=goal, found=min(left), value=min(right))


def _unknown_norms(rules: Sequence[Rule], known: Collection[str]) -> Iterator[Diagnostic]:
    for rule in rules:
        for goal in (rule.head, *rule.goals):
            for norm in norms_of(goal):
                if norm not in known:
                    better = nearest(norm, known)
                    key = "unknown-norm/nearest" if better else "unknown-norm"
                    yield _at(rule, goal, key, found=f'"{norm}"', better=f'"{better}"')
