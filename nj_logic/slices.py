"""Slices: of all rules, those that a kind of case and what is asked of it need."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence

from .flow import ANY, INPUT, Flow, Row, Values, joined, meet, values_of
from .rules import Rule, Signature, declaration, declared, is_variable, signatures


def slice_rules(
    rules: Sequence[Rule],
    fixed: Mapping[Signature, Mapping[int, Collection[str]]],
    goals: Container[Signature],
) -> list[Rule]:
    """The rules that can fire and bear on a goal, in their order.

    For any case whose facts obey *fixed*, slice and whole program give the same atoms of the goals.

    Args:
        rules: the whole program, linted, with its ``input`` declarations.
        fixed: for an input predicate, the constants (as source text) that an argument, counted from 0, can have;
            ``{("kind", 2): {1: {"fund_use"}}}``. Its keys count as inputs even if undeclared.
        goals: the predicates that are asked for. What a predicate defined outside of the dialect reads is a goal too.
    """
    inputs = {}
    for signature in declared(rules, "input") | fixed.keys():
        bounds = fixed.get(signature, {})
        inputs[signature] = tuple(frozenset(bounds.get(position, ANY)) for position in range(signature[1]))
    kept = _sliced(rules, inputs, goals)
    while len(kept) < len(rules):  # what goes in one pass may bound the next more tightly
        rules, kept = kept, _sliced(kept, inputs, goals)
    return kept


def _sliced(rules: Sequence[Rule], inputs: Mapping[Signature, Row], goals: Container[Signature]) -> list[Rule]:
    flow = Flow(rules, inputs)
    wanted: dict[int, Row] = {}  # of a rule's head
    kept: set[int] = set()
    queue: list[int] = []

    def want(signature: Signature, args: Row) -> None:
        for number, row in flow.matching(signature, args):
            if number == INPUT:
                continue
            now = joined(wanted.get(number), tuple(map(meet, row, args)))
            if now != wanted.get(number):
                wanted[number] = now
                queue.append(number)

    for signature in signatures(rules):
        if signature in goals:
            want(signature, (ANY,) * signature[1])
    while queue:
        number = queue.pop()
        rule = rules[number]
        known: dict[str, Values] = {}
        for term, found in zip(rule.head.args, wanted[number], strict=True):
            if is_variable(term) and term != "_":
                known[term] = meet(values_of(term, known), found)
        values = flow.narrow(rule, known)
        if values is not None:
            kept.add(number)
            for literal in rule.body:
                want(literal.signature, tuple(values_of(term, values) for term in literal.args))
    # declarations of the inputs still used, so that a slice can be sliced again
    used = {literal.signature for number in kept for literal in rules[number].body}
    return [
        rule
        for number, rule in enumerate(rules)
        if number in kept or (rule.head.name == "input" and declaration(rule) in used)
    ]
