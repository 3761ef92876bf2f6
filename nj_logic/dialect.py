"""Reading the dialect that clingo and SWI-Prolog both load (docs/dialect.md).

A file is read in two steps. A scan of the tokens refuses what one engine would take otherwise than the other, and
whatever could kill the process inside of clingo (its messages must be UTF-8 and its parser recurses); what is left goes
to ``clingo.ast``. :mod:`~nj_logic.lint` then looks across rules.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from clingo import ast

from .diagnostics import Diagnostic, diagnose
from .rules import Comparison, Goal, Literal, Rule, sort_of

MAX_INTEGER = 2**31 - 1
MAX_DEPTH = 20  # parentheses in one another; clingo's parser recurses
MAX_SIGNS = 100  # signs + and - in one rule

# --- Tokens ------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<space>[\x00-\x20\x7f]+) | (?P<block>%\*.*?(?:\*%|\Z)) | (?P<comment>%[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\[^\n])*") | (?P<unterminated>"[^\n]*)
    | (?P<number>[0-9]\w*) | (?P<variable>[A-Z]\w*|_\b) | (?P<name>[a-z]\w*) | (?P<underscored>_\w+)
    | (?P<foreign>[^\x00-\x7f]+) | (?P<bracket>[(),]) | (?P<sign>!=|[#$&*+\-./:<=>?@^~\\]+) | (?P<other>.)""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = frozenset([".", ":-", "=", "<", "<=", ">", ">=", "+", "-"])
_REFUSED = {
    "..": "interval", ";": "semicolon", "|": "disjunction", "{": "choice", "}": "choice", "'": "prime",
    ":": "conditional", "!=": "unequal", "\\=": "unequal", "\\==": "unequal", "=\\=": "unequal", "<>": "unequal",
    "*": "operator", "/": "operator", "\\": "operator", "**": "operator", "^": "operator", "?": "operator",
    "&": "operator", "~": "operator", "@": "external-function",
}  # fmt: skip
_SPELT_OTHERWISE = {"==": "=", "=<": "<=", "=>": ">=", "<-": ":- (or `< -` with a space)", "-->": ":-"}

_Finding: TypeAlias = tuple[int, str, dict[str, object]]


def _scan(text: str) -> Iterator[_Finding]:
    """Offset, code and words of each token that must not reach clingo."""
    for control in _CONTROL.finditer(text):
        yield control.start(), "control-character", {"found": f"{ord(control[0][0]):04X}"}
    before: re.Match[str] | None = None  # the last token but space and comments
    depth = signs = 0
    for token in _TOKEN.finditer(text):
        kind, found, start, end = token.lastgroup, token[0], token.start(), token.end()
        follows = text[end : end + 1]
        match kind:
            case "space" | "comment":
                continue
            case "block":
                yield start, "block-comment", {}
                continue
            case "string":
                for escape in _ESCAPE.finditer(found):
                    if escape[1] not in 'n"\\':
                        yield start + escape.start(), "string-escape", {"found": escape[0]}
            case "unterminated":
                yield start, "unterminated-string", {}
            case "number":
                if not re.fullmatch("0|[1-9][0-9]{0,9}", found) or int(found) > MAX_INTEGER:
                    yield start, "integer", {"found": found[:40]}
            case "variable" if follows == "(" and found != "_":
                yield start, "upper-case-name", {"found": found, "better": found[0].lower() + found[1:]}
            case "underscored":
                yield start, "leading-underscore", {"found": found, "better": found.lstrip("_") or "_"}
            case "foreign":
                yield start, "non-ascii", {"found": found[:20]}
            case "bracket":
                name = before[0] if before and before.lastgroup == "name" else ""
                if found == "(" and name == "not":
                    yield start, "parenthesis", {"found": "not (", "better": "not without parentheses"}
                elif found == "(" and before and name and before.end() < start:
                    yield start, "parenthesis", {"found": f"{name} (", "better": f"{name}("}
                elif found == ")" and before and before[0] == "(":
                    yield start, "parenthesis", {"found": "()", "better": "the name alone"}
                depth += (found == "(") - (found == ")")
                if found == "(" and depth == MAX_DEPTH + 1:
                    yield start, "nesting", {"limit": MAX_DEPTH}
            case "sign" | "other" if found not in _SIGNS:
                yield start, *_refuse(found, text[end : end + 20])
            case "sign":
                opens = before is None or before[0] in _SIGNS or before[0] in {"(", ",", "not"}
                if found == "-" and opens and follows.isspace():
                    yield start, "unary-minus", {}
                if found == "." and not (follows == "" or follows.isspace() or follows == "%"):
                    yield end, "full-stop", {"found": follows}
                signs += found in "+-"
                if signs == MAX_SIGNS + 1:
                    yield start, "nesting", {"limit": MAX_SIGNS}
                if found == ".":
                    depth = signs = 0
        before = token


def _refuse(sign: str, rest: str) -> tuple[str, dict[str, object]]:
    if sign.startswith("#"):
        return "directive", {"found": sign + re.match(r"\w*", rest)[0]}  # type: ignore[index]
    if sign in _SPELT_OTHERWISE:
        return "comparison-sign", {"found": sign, "better": _SPELT_OTHERWISE[sign]}
    return _REFUSED.get(sign, "symbol"), {"found": sign}


# --- clingo's syntax tree ----------------------------------------------------

_COMPARISONS = {
    ast.ComparisonOperator.Equal: "=",
    ast.ComparisonOperator.LessThan: "<",
    ast.ComparisonOperator.LessEqual: "<=",
    ast.ComparisonOperator.GreaterThan: ">",
    ast.ComparisonOperator.GreaterEqual: ">=",
}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def parse(files: Sequence[Path]) -> tuple[list[Rule], list[Diagnostic]]:
    """The rules of *files* in their order, and what in them is not of the dialect.

    A rule with a diagnostic is left out, and so is all of a file whose tokens are wrong (clingo never sees it): lint
    the rules when there is no diagnostic, else predicates seem undefined that are only misspelt.
    """
    rules: list[Rule] = []
    found: list[Diagnostic] = []
    for path in files:
        try:
            text = path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            found.append(diagnose(str(path), 1, 1, "encoding", found=error))
            continue
        reader = _Reader(str(path), text)
        rules += reader.rules()
        found += sorted(reader.diagnostics)
    return rules, found


class _Reader:
    """One file on its way from text to rules."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.split("\n")
        self.diagnostics: list[Diagnostic] = []

    def rules(self) -> list[Rule]:
        said = set()  # of a pair of braces one is enough
        text = self.text.removeprefix("\ufeff")
        if self.text.startswith("\ufeff"):
            self.diagnostics.append(diagnose(self.file, 1, 1, "byte-order-mark"))
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        for offset, code, words in _scan(text):
            line = bisect_right(starts, offset)
            if (line, code) not in said:
                said.add((line, code))
                self.diagnostics.append(diagnose(self.file, line, offset - starts[line - 1] + 1, code, **words))
        return [] if self.diagnostics else self._statements()

    def _statements(self) -> list[Rule]:
        rules: list[Rule] = []
        messages: list[str] = []

        def take(statement: ast.AST) -> None:
            if statement.ast_type == ast.ASTType.Rule:  # else a comment or the implicit `#program base.`
                rule = self._rule(statement)
                if rule:
                    rules.append(rule)

        try:
            ast.parse_string(self.text, take, logger=lambda _, text: messages.append(text), message_limit=1000)
        except RuntimeError as error:
            if not messages:
                messages.append(str(error))
        for message in messages:
            place = re.match(r"<string>:(\d+):(\d+)\S* (?:error: )?(.*)", message, re.DOTALL)
            line, byte, text = (int(place[1]), int(place[2]), place[3]) if place else (1, 1, message)
            found = " ".join(text.split())
            self.diagnostics.append(diagnose(self.file, line, self._column(line, byte), "syntax", found=found))
        return rules

    def _column(self, line: int, byte: int) -> int:
        """In characters; clingo counts bytes."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return len(text.encode()[: byte - 1].decode(errors="ignore")) + 1

    def _place(self, node: ast.AST) -> tuple[int, int]:
        begin = node.location.begin
        return begin.line, self._column(begin.line, begin.column)

    def _wrong(self, node: ast.AST, code: str, **words: object) -> None:
        self.diagnostics.append(diagnose(self.file, *self._place(node), code, **words))

    def _rule(self, statement: ast.AST) -> Rule | None:
        before = len(self.diagnostics)
        head, kinds = statement.head, ast.ASTType
        if head.ast_type == kinds.Literal and head.atom.ast_type == kinds.BooleanConstant:
            self._wrong(statement, "constraint")
            return None
        if head.ast_type != kinds.Literal or head.sign or head.atom.ast_type != kinds.SymbolicAtom:
            self._wrong(statement, "head", found=head)
            return None
        conclusion = self._literal(head)
        goals = [self._goal(node) for node in statement.body]
        if conclusion is None or len(self.diagnostics) > before:
            return None
        body = tuple(goal for goal in goals if goal is not None)
        text = f"{conclusion} :- {', '.join(map(str, body))}." if body else f"{conclusion}."
        return Rule(self.file, self._place(statement)[0], text, conclusion, body)

    def _goal(self, node: ast.AST) -> Goal | None:
        if node.sign == ast.Sign.DoubleNegation:
            self._wrong(node, "double-negation", found=node)
        elif node.atom.ast_type == ast.ASTType.Comparison:
            return self._comparison(node)
        else:
            return self._literal(node)
        return None

    def _literal(self, node: ast.AST) -> Literal | None:
        atom = node.atom.symbol
        if atom.ast_type == ast.ASTType.UnaryOperation:
            self._wrong(node, "strong-negation", found=node, better=atom.argument)
            return None
        args = tuple(self._term(argument) for argument in atom.arguments)
        return Literal(atom.name, args, bool(node.sign), *self._place(node))

    def _comparison(self, node: ast.AST) -> Comparison | None:
        left, guards, negated = node.atom.term, node.atom.guards, bool(node.sign)
        signs = [_COMPARISONS[guard.comparison] for guard in guards]
        if len(guards) > 1:
            terms = [left, *(guard.term for guard in guards)]
            pairs = [f"{a} {sign} {b}" for (a, b), sign in zip(pairwise(terms), signs, strict=True)]
            self._wrong(node, "chained-comparison", found=node, better=", ".join(pairs))
            return None
        right, sign = guards[0].term, signs[0]
        if negated and sign != "=":
            self._wrong(node, "negated-comparison", found=node, better=f"{left} {_OPPOSITE[sign]} {right}")
            return None
        sums = sign == "=" and not negated and left.ast_type == ast.ASTType.Variable
        written = self._sum(right) if sums else self._term(right)
        return Comparison(self._term(left), sign, written, negated, *self._place(node))

    def _sum(self, node: ast.AST) -> str:
        if node.ast_type != ast.ASTType.BinaryOperation:
            return self._term(node)
        left, right = self._sum(node.left), self._sum(node.right)
        if node.right.ast_type == ast.ASTType.BinaryOperation:
            right = f"({right})"
        return f"{left} {'+' if node.operator_type == ast.BinaryOperator.Plus else '-'} {right}"

    def _term(self, node: ast.AST) -> str:
        match node.ast_type:
            case ast.ASTType.Variable | ast.ASTType.SymbolicTerm:
                return str(node)
            case ast.ASTType.UnaryOperation if sort_of(str(node.argument)) == "integer":
                return str(int(str(node)))
            case ast.ASTType.UnaryOperation | ast.ASTType.BinaryOperation:
                self._wrong(node, "arithmetic", found=node)
            case _:
                self._wrong(node, "compound-term", found=node)
        return str(node)
