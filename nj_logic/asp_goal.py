"""The child process of goals in ASP: reads what a user wrote, refuses what is more than rules and literals, and runs the rest.

Nothing of the user's text reaches clingo before its words are checked (clingo opens files while it parses ``#include``), and nothing is
grounded before its syntax tree is. :mod:`nj_logic.goals` is the other side.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import clingo
from clingo import ast

from .worlds import Topic, Worlds

ANSWER = "answer"
DEEPEST = 50
LONGEST = 4000
MOST_CHARACTERS = 2000

_STRING = re.compile(r'"(?:[^"\\\n]|\\["\\n])*"')
_WORD = re.compile(r"#\s*([A-Za-z_]*)")
_HARMLESS = frozenset({"count", "sum", "min", "max", "true", "false", "inf", "sup"})
_TREE = frozenset(
    [
        "Rule", "Literal", "ConditionalLiteral", "SymbolicAtom", "Function", "Variable", "SymbolicTerm", "BinaryOperation", "UnaryOperation",
        "Interval", "Pool", "Comparison", "Guard", "BooleanConstant", "BodyAggregate", "BodyAggregateElement", "Aggregate",
    ]
)  # fmt: skip


class Refused(Exception):
    """A goal that may not run: its kind, and what it is about."""

    def __init__(self, kind: str, what: object = "") -> None:
        self.kind, self.what = kind, str(what)[:200]
        super().__init__(kind)


def checked_words(text: str) -> None:
    """Refuse, before clingo sees it, what could make its parser do more than parse.

    Raises:
        Refused: a directive, a script, an external function, a comment, a character outside ASCII outside quotes, deep nesting.
    """
    if len(text) > LONGEST:
        raise Refused("long", LONGEST)
    bare = _STRING.sub('""', text)
    if '"' in bare.replace('""', ""):
        raise Refused("string")
    if not bare.isascii() or "\0" in text:
        raise Refused("ascii", next((c for c in bare if not c.isascii()), "NUL"))
    for word in _WORD.finditer(bare):
        if word[1] not in _HARMLESS:
            raise Refused("directive", word[0])
    for sign, kind in (("@", "external"), ("%", "comment"), ("&", "theory"), ("'", "prime")):
        if sign in bare:
            raise Refused(kind, sign)
    depth = 0
    for c in bare:
        depth += (c in "([{") - (c in ")]}")
        if depth > DEEPEST:
            raise Refused("deep", DEEPEST)
    if len(re.findall(r"[-+*/\\~|^?]", bare)) > DEEPEST or bare.count("not") > DEEPEST:
        raise Refused("deep", DEEPEST)


def parsed(text: str) -> list[ast.AST]:
    """The rules of a goal: those written, or one for a list of literals, whose head holds the goal's variables.

    Raises:
        Refused: a syntax error, or anything but rules and literals.
    """
    checked_words(text)
    wanted = text.strip()
    if not wanted:
        raise Refused("empty")
    if wanted.endswith("."):
        rules = _rules(wanted)
    elif ":-" in wanted:
        raise Refused("full_stop")
    else:
        rules = _rules(f"{ANSWER} :- {wanted}.")
        if len(rules) != 1 or rules[0].ast_type is not ast.ASTType.Rule:
            raise Refused("several")
        names = list(dict.fromkeys(_global_variables(rules[0])))
        (head,) = _rules(f"{ANSWER}({','.join(names)}).") if names else _rules(f"{ANSWER}.")
        rules = [rules[0].update(head=head.head)]
    if not rules:
        raise Refused("statement", wanted)
    for rule in rules:
        _check(rule)
    _check_stratified(rules)
    return rules


def _rules(text: str) -> list[ast.AST]:
    found: list[ast.AST] = []
    said: list[str] = []
    try:
        ast.parse_string(text, found.append, logger=lambda _code, message: said.append(message), message_limit=20)
    except RuntimeError:
        first = said[0].split("error:")[-1] if said else ""
        raise Refused("syntax", " ".join(first.split())) from None
    return [node for node in found if node.ast_type is not ast.ASTType.Program]


def _check_stratified(rules: Iterable[ast.AST]) -> None:
    """Refuse recursion through negation or an aggregate: such rules may have several answers at once, or none."""
    needs: dict[str, set[str]] = {}
    against: set[tuple[str, str]] = set()
    for rule in rules:
        head = rule.head.atom.symbol.name
        for item in rule.body:
            plain = item.ast_type is ast.ASTType.Literal and item.sign == ast.Sign.NoSign
            plain = plain and item.atom.ast_type is ast.ASTType.SymbolicAtom
            for node in _nodes(item):
                if node.ast_type is ast.ASTType.SymbolicAtom:
                    needs.setdefault(head, set()).add(node.symbol.name)
                    if not plain:
                        against.add((head, node.symbol.name))
    for head, asked_for in against:
        reached, todo = {asked_for}, [asked_for]
        while todo:
            new = needs.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        if head in reached:
            raise Refused("loop", head)


def _check(node: ast.AST) -> None:
    if node.ast_type is not ast.ASTType.Rule:
        raise Refused("statement", node)
    if node.head.ast_type is not ast.ASTType.Literal or node.head.atom.ast_type is not ast.ASTType.SymbolicAtom:
        raise Refused("head", node.head)
    if node.head.sign != ast.Sign.NoSign or node.head.atom.symbol.ast_type is not ast.ASTType.Function:
        raise Refused("head", node.head)
    for part in _nodes(node):
        if part.ast_type.name not in _TREE:
            raise Refused("statement", part)
        if part.ast_type is ast.ASTType.Function and part.external:
            raise Refused("external", part)
        if part.ast_type is ast.ASTType.SymbolicAtom and part.symbol.ast_type is not ast.ASTType.Function:
            raise Refused("negation", part)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for key in node.child_keys:
        child = getattr(node, key)
        for one in child if isinstance(child, ast.ASTSequence | list) else [child]:
            if isinstance(one, ast.AST):
                yield from _nodes(one)


def _global_variables(rule: ast.AST) -> Iterator[str]:
    """The variables that a literal of the body binds or a guard of an aggregate names; those inside an aggregate are its own."""
    for literal in rule.body:
        if literal.ast_type is ast.ASTType.ConditionalLiteral:
            continue
        parts: list[Any] = [literal]
        if literal.atom.ast_type in (ast.ASTType.BodyAggregate, ast.ASTType.Aggregate):
            parts = [guard for guard in (literal.atom.left_guard, literal.atom.right_guard) if guard is not None]
        for part in parts:
            for node in _nodes(part):
                if node.ast_type is ast.ASTType.Variable and node.name != "_":
                    yield node.name


def predicates(rules: Iterable[ast.AST]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """The predicates that the rules define, and those that they ask for."""
    heads: dict[tuple[str, int], None] = {}
    bodies: dict[tuple[str, int], None] = {}
    for rule in rules:
        head = rule.head.atom.symbol
        heads.setdefault((head.name, len(head.arguments)))
        for item in rule.body:
            for node in _nodes(item):
                if node.ast_type is ast.ASTType.SymbolicAtom:
                    bodies.setdefault((node.symbol.name, len(node.symbol.arguments)))
    return list(heads), list(bodies)


def rows(worlds: Worlds, name: str, most: int) -> dict[str, Any]:
    """The atoms called *name* over all worlds: in which worlds each holds, and on which topics that depends."""
    everywhere = worlds.outcomes()
    found = sorted({atom for outcome in everywhere for atom in outcome if atom.name == name})
    varying = {a for a in found if any(a not in outcome for outcome in everywhere)}
    topics: list[dict[str, Any]] = []
    for topic in worlds.topics if varying else ():
        options = {}
        for option, _ in topic.options:
            here = worlds.outcomes(frozenset({(topic.id, option)}))
            options[option] = {a: _share(a, here) for a in varying}
        topics.append({"topic": topic.id, "is_fact": topic.is_fact, "options": options})
    return {
        "truncated": len(found) > most,
        "rows": [
            {
                "values": [encoded(a) for a in atom.arguments],
                "varies": atom in varying,
                "under": [
                    {"topic": t["topic"], "is_fact": t["is_fact"], "option": o, "holds": by[atom]}
                    for t in topics
                    if atom in varying and len({by[atom] for by in t["options"].values()}) > 1
                    for o, by in t["options"].items()
                    if by[atom] != "never"
                ],
            }
            for atom in found[:most]
        ],
    }


def _share(atom: clingo.Symbol, outcomes: Iterable[frozenset[clingo.Symbol]]) -> str:
    holding = [atom in outcome for outcome in outcomes]
    return "always" if all(holding) else "sometimes" if any(holding) else "never"


def encoded(symbol: clingo.Symbol) -> Any:  # noqa: ANN401
    """A value: an integer as it is, a constant as text, a string as ``{"s": text}``, any other term as ``{"t": text}``."""
    if symbol.type is clingo.SymbolType.Number:
        return symbol.number
    if symbol.type is clingo.SymbolType.String:
        return {"s": symbol.string}
    if symbol.type is clingo.SymbolType.Function and symbol.name and not symbol.arguments and symbol.positive:
        return symbol.name
    return {"t": str(symbol)[:MOST_CHARACTERS]}


def _topic(given: Mapping[str, Any]) -> Topic:
    return Topic(given["id"], given["is_fact"], tuple((o, clingo.parse_term(atom)) for o, atom in given["options"]))


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request: ``program`` (the law), ``facts``, ``topics`` and ``known`` (predicates) are trusted, ``goal`` is not.

    Raises:
        Refused: the goal may not run.
    """
    rules = parsed(request["goal"])
    heads, bodies = predicates(rules)
    known = {(name, arity) for name, arity in request["known"]}
    for name, arity in heads:
        if (name, arity) in known:
            raise Refused("taken", f"{name}/{arity}")
    for name, arity in bodies:
        if (name, arity) not in known and (name, arity) not in heads:
            raise Refused("unknown", f"{name}/{arity}")
    wanted = next((h for h in heads if h[0] == ANSWER), heads[-1])
    defining = (r.head.atom.symbol for r in rules)
    first = next(head for head in defining if (head.name, len(head.arguments)) == wanted)
    text = "\n".join(map(str, rules))
    shown = f"#project {wanted[0]}/{wanted[1]}."
    try:
        worlds = Worlds(
            "\n".join([request["program"], text, shown]), [clingo.parse_term(a) for a in request["facts"]],
            [_topic(t) for t in request["topics"]], [wanted],
        )  # fmt: skip
    except RuntimeError as error:
        raise Refused("unbound", error) from None
    found = rows(worlds, wanted[0], request["most"])
    names = [str(a) for a in first.arguments]
    return {"columns": names, **found}


def main() -> None:
    """Say that the engine is loaded, read one request, answer it."""
    sys.setrecursionlimit(2000)
    print(json.dumps({"ready": True}), flush=True)
    try:
        answer = run(json.loads(sys.stdin.readline()))
    except Refused as refusal:
        answer = {"error": {"kind": refusal.kind, "what": refusal.what}}
    except MemoryError:
        answer = {"error": {"kind": "memory", "what": ""}}
    print(json.dumps(answer), flush=True)
