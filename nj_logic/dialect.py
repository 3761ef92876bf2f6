"""The dialect that clingo and SWI-Prolog both load (docs/dialect.md): reading it, checking it, cutting slices of it.

A file is read in two steps. A scan of the tokens refuses what one engine would take otherwise than the other, and
whatever could kill the process inside of clingo (its messages must be UTF-8 and its parser recurses); what is left goes
to ``clingo.ast``. :func:`lint` then looks across rules, and :func:`slice_rules` keeps those that a kind of case needs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from .errors import Bilingual, nearest

Signature: TypeAlias = tuple[str, int]

MAX_INTEGER = 2**31 - 1
MAX_DEPTH = 20  # parentheses in one another; clingo's parser recurses
MAX_SIGNS = 100  # signs + and - in one rule
PREFIX_OPERATORS = frozenset(
    {"discontiguous", "dynamic", "initialization", "meta_predicate", "module_transparent", "multifile", "public"}
    | {"table", "thread_initialization", "thread_local", "tnot", "volatile"}
)
"""Constants that SWI-Prolog reads as operators where they stand alone: ``X = public, q`` is a syntax error there."""

_NORM = re.compile(r'"(a\d+\.p\d+\.n\d+)"')
_OPERAND = re.compile(r'"(?:[^"\\]|\\.)*"|-?\w+')


def _is_variable(term: str) -> bool:
    return term == "_" or term[:1].isupper()


def _kind(constant: str) -> str:
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
    def comparisons(self) -> tuple[str, ...]:
        """The comparisons of the body, as text."""
        return tuple(str(goal) for goal in self.goals if isinstance(goal, Comparison))

    @property
    def is_fact(self) -> bool:
        """Whether there is no body."""
        return not self.goals

    @property
    def norms(self) -> tuple[str, ...]:
        """The ids of norms in head and body, in order, each once, without quotes."""
        terms = (term for part in (self.head, *self.goals) for term in part.operands)
        return tuple(dict.fromkeys(found[1] for found in map(_NORM.fullmatch, terms) if found))


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """What is wrong at a place (lines and columns count from 1, in characters) and what to write instead."""

    file: str
    line: int
    column: int
    code: str
    message: Bilingual
    instead: Bilingual

    def say(self, lang: str) -> str:
        """One line in *lang* (``zh`` or ``en``)."""
        words = f"{self.message.say(lang)}{';' if lang == 'zh' else '; '}{self.instead.say(lang)}"
        return f"{self.file}:{self.line}:{self.column}: {words} [{self.code}]"


# code (a variant after the slash): English, Chinese, what to write instead in English, in Chinese
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "encoding": (
        "the file cannot be read as UTF-8 ({found})", "文件无法按 UTF-8 读取({found})",
        "save it as UTF-8", "请保存为 UTF-8",
    ),
    "byte-order-mark": (
        "the file starts with a byte-order mark", "文件以字节顺序标记(BOM)开头",
        "save it as UTF-8 without BOM", "请保存为不带 BOM 的 UTF-8",
    ),
    "control-character": (
        "control character U+{found}", "控制字符 U+{found}",
        "delete it; in a string write \\n for a new line", "请删除;字符串中换行请写 \\n",
    ),
    "non-ascii": (
        "{found!r} stands outside quotes and comments", "{found!r} 在引号和注释之外",
        'write an ASCII name, or a string "{found}"', '请用 ASCII 名称,或写成字符串 "{found}"',
    ),
    "unterminated-string": (
        "the string that begins here does not end in its line", "此处开始的字符串在本行没有结束",
        'close it with "; write \\n for a new line', '请用 " 结束;换行请写 \\n',
    ),
    "string-escape": (
        "{found} is no escape in a string", "字符串中不能用 {found}",
        'write \\n, \\" or \\\\', '请写 \\n、\\" 或 \\\\',
    ),
    "directive": (
        "{found} is a directive of clingo", "{found} 是 clingo 的指令",
        "put it into kb/reasoning/search, or count in the predicate that each engine defines",
        "请放入 kb/reasoning/search;计数请用两个引擎各自定义的谓词",
    ),
    "block-comment": (
        "%* *% is a comment for clingo only", "%* *% 只有 clingo 当作注释",
        "begin each line of the comment with %", "请在注释的每一行开头写 %",
    ),
    "integer": (
        "{found} is not an integer of the dialect", "{found} 不是本方言的整数",
        "write decimal digits without leading zeros, at most 2147483647; larger amounts are placed into cells",
        "请写不带前导零的十进制数,最大 2147483647;更大的数额应先归入分档",
    ),
    "full-stop": (
        "{found} follows a full stop at once", "句点之后紧接着 {found}",
        "put a space or a new line after the full stop that ends a rule",
        "请在结束规则的句点之后加空格或换行",
    ),
    "leading-underscore": (
        "{found} begins with _: a constant for clingo, a variable for SWI-Prolog",
        "{found} 以 _ 开头:clingo 视为常量,SWI-Prolog 视为变量",
        "write {better}", "请写 {better}",
    ),
    "prime": (
        "' is not allowed", "不能使用 '",
        'write a name like x_next, or a string in "', '请写 x_next 这样的名称,或用 " 的字符串',
    ),
    "upper-case-name": (
        "{found} is the name of a predicate with a capital", "谓词名 {found} 以大写字母开头",
        "write {better}(", "请写 {better}(",
    ),
    "parenthesis": (
        "'{found}' does not read alike in both engines", "“{found}”在两个引擎中读法不同",
        "write {better}", "请写 {better}",
    ),
    "unary-minus": (
        "a space after the minus sign: SWI-Prolog reads a compound term", "负号之后有空格:SWI-Prolog 会读成复合项",
        "write the sign against the number, -3", "请让负号紧靠数字:-3",
    ),
    "unequal": (
        "{found} is not of the dialect", "本方言没有 {found}",
        "write not X = Y", "请写 not X = Y",
    ),
    "comparison-sign": (
        "{found} is not of the dialect", "本方言没有 {found}",
        "write {better}", "请写 {better}",
    ),
    "interval": (
        "an interval (..)", "区间(..)",
        "write one fact for each value, or X >= 1, X <= 3", "请逐个写出事实,或写 X >= 1, X <= 3",
    ),
    "semicolon": (
        "{found} is not of the dialect", "本方言没有 {found}",
        "write , between literals; for alternatives write several rules or facts",
        "请用 , 分隔;几种可能请分写成几条规则或事实",
    ),
    "choice": (
        "a choice (braces)", "选择(花括号)",
        "write a fact or a rule; what may be chosen belongs to kb/reasoning/search",
        "请写事实或规则;需要选择的内容应放在 kb/reasoning/search",
    ),
    "disjunction": (
        "{found} is not of the dialect", "本方言没有 {found}",
        "write one rule for each head", "请为每个结论写一条规则",
    ),
    "external-function": (
        "a function of Python (@)", "Python 函数(@)",
        "let Python supply the value as an input fact", "请由 Python 以输入事实给出该值",
    ),
    "operator": (
        "the operator {found} is not of the dialect", "本方言没有运算符 {found}",
        "use + and - only; compute anything else before, as an input fact",
        "只能用 + 和 -;其他运算请事先算好,作为输入事实",
    ),
    "conditional": (
        "a conditional literal (:)", "条件文字(:)",
        "write a predicate of its own and `not` of it", "请另立一个谓词,再对它用 not",
    ),
    "symbol": (
        "{found} is not of the dialect", "本方言没有 {found}",
        "keep to names, variables, numbers, strings and ( ) , . :- not = < <= > >= + -, with spaces between signs",
        "只能用名称、变量、数字、字符串和 ( ) , . :- not = < <= > >= + -,符号之间加空格",
    ),
    "nesting": (
        "more than {limit} parentheses or signs in one rule", "一条规则中的括号或加减号超过 {limit} 个",
        "split it into several rules", "请拆成几条规则",
    ),
    "syntax": (
        "clingo reports: {found}", "clingo 报告:{found}",
        "write `head.` or `head :- literal, not literal, X < Y.`",
        "请写成 `head.` 或 `head :- literal, not literal, X < Y.`",
    ),
    "constraint": (
        "a rule without head", "没有结论的规则",
        "name what is wrong in a head: breach(C, ...) :- ...", "请在结论中写明违反了什么:breach(C, ...) :- ...",
    ),
    "head": (
        "the head {found} is not an atom", "结论 {found} 不是原子",
        "write name(...) to the left of :-", "请在 :- 左边写 name(...)",
    ),
    "strong-negation": (
        "strong negation, {found}", "强否定 {found}",
        "write a predicate of its own, not_{better}, or `not {better}`", "请另立谓词 not_{better},或写 `not {better}`",
    ),
    "double-negation": (
        "`not not` in {found}", "{found} 中有 `not not`",
        "write the literal without either `not`", "请去掉两个 not",
    ),
    "negated-comparison": (
        "`{found}`: only = stands under not", "`{found}`:not 之下只能用 =",
        "write {better}", "请写 {better}",
    ),
    "chained-comparison": (
        "{found} compares more than two terms", "{found} 连续比较两个以上的项",
        "write {better}", "请写 {better}",
    ),
    "arithmetic": (
        "the sum {found} stands where only a term may", "算式 {found} 不能写在这里",
        "write `Z = X + 1` (a variable to the left) and use Z here", "请先写 `Z = X + 1`(左边是变量),再在此处用 Z",
    ),
    "compound-term": (
        "{found} is a compound term", "{found} 是复合项",
        "give each part an argument of its own: p(x, y), not p(f(x, y))",
        "请让每个部分各占一个参数:p(x, y),而不是 p(f(x, y))",
    ),
    "unbound-variable": (
        "{found} in `{goal}` is not bound to its left", "`{goal}` 中的 {found} 在左边没有约束",
        "put a positive literal with {found}, or `{found} = ...`, to the left of `{goal}`",
        "请在 `{goal}` 左边写含 {found} 的肯定文字或 `{found} = ...`",
    ),
    "unbound-variable/anonymous": (
        "_ in the comparison `{goal}` has no value", "比较 `{goal}` 中的 _ 没有值",
        "name the variable and bind it to the left of `{goal}`", "请给变量命名,并在 `{goal}` 左边约束它",
    ),
    "unbound-head": (
        "{found} in the head `{goal}` is not bound by the body", "结论 `{goal}` 中的 {found} 在规则体中没有约束",
        "add a positive literal with {found} to the body, or write a constant",
        "请在规则体中加上含 {found} 的肯定文字,或写常量",
    ),
    "singleton-variable": (
        "{found} occurs only once in its rule", "{found} 在规则中只出现一次",
        "write _ if its value does not matter, else look for a misspelt variable",
        "如不需要它的值请写 _,否则请检查变量名是否写错",
    ),
    "undefined-predicate": (
        "{found} is not defined", "{found} 没有定义",
        "write a rule or fact for it, or declare input({name}, {arity}) or hook({name}, {arity})",
        "请为它写规则或事实,或声明 input({name}, {arity}) 或 hook({name}, {arity})",
    ),
    "undefined-predicate/nearest": (
        "{found} is not defined", "{found} 没有定义",
        "write {better}, if that is meant; else declare input({name}, {arity}) or hook({name}, {arity})",
        "如果指的是 {better},请改正;否则请声明 input({name}, {arity}) 或 hook({name}, {arity})",
    ),
    "undefined-predicate/arity": (
        "{found} is not defined; {better} is", "{found} 没有定义;有定义的是 {better}",
        "give {name} the arguments of {better}", "请按 {better} 的参数写 {name}",
    ),
    "declaration": (
        "`{found}` declares nothing", "`{found}` 没有声明任何谓词",
        "write {name}(a_name, 2). with a predicate's name and its number of arguments",
        "请写 {name}(a_name, 2).,即谓词名和参数个数",
    ),
    "stratification": (
        "a predicate depends on its own negation: {found}", "谓词依赖于自身的否定:{found}",
        "break the cycle: let the negated predicate use inputs and facts only, or state the exception as lifts(N, M)",
        "请断开循环:让被否定的谓词只用输入和事实,或用 lifts(N, M) 写明例外",
    ),
    "typed-alike/order": (
        "`{goal}`: {found} can be {value}, which is no integer", "`{goal}`:{found} 可能是 {value},不是整数",
        "compare integers only; put numeric and symbolic facts into different predicates",
        "只能比较整数;数值事实和符号事实请用不同的谓词",
    ),
    "typed-alike/equality": (
        "`{goal}` compares {found} with {value}: never equal", "`{goal}` 比较 {found} 与 {value}:永不相等",
        'compare what is typed alike: a constant, a "string" and an integer are three things',
        '只能比较同类的项:常量、"字符串"和整数互不相同',
    ),
    "system-predicate": (
        "{found} is a system predicate of SWI-Prolog", "{found} 是 SWI-Prolog 的系统谓词",
        "take another name, e.g. {name}_of", "请改名,例如 {name}_of",
    ),
    "system-operator": (
        "{found} is an operator of SWI-Prolog and cannot stand alone in `{goal}`",
        "{found} 是 SWI-Prolog 的运算符,不能在 `{goal}` 中单独出现",
        "take another name, e.g. {found}_value, or match it as an argument",
        "请改名,例如 {found}_value,或作为参数来匹配",
    ),
    "unknown-norm": (
        "no norm has the id {found}", "没有编号为 {found} 的规范",
        "look its id up in kb/norms", "请在 kb/norms 中查对编号",
    ),
    "unknown-norm/nearest": (
        "no norm has the id {found}", "没有编号为 {found} 的规范",
        "write {better}, if that is meant", "如果指的是 {better},请改正",
    ),
    "duplicate-rule": (
        "the same rule stands at {found}", "同样的规则已写在 {found}",
        "delete one of the two", "请删除其中一条",
    ),
    "case-variable": (
        "`{found}` is about a case, but its first argument is not C", "`{found}` 与案件有关,但第一个参数不是 C",
        "write the variable C first, in the head and in each literal about the case: {better}",
        "请把变量 C 写在首位,结论和每个涉案文字都一样:{better}",
    ),
}  # fmt: skip


def _diagnose(file: str, line: int, column: int, key: str, /, **words: object) -> Diagnostic:
    en, zh, instead_en, instead_zh = (text.format(**words) for text in _WORDS[key])
    return Diagnostic(file, line, column, key.split("/")[0], Bilingual(zh, en), Bilingual(instead_zh, instead_en))


# --- Reading: tokens ---------------------------------------------------------

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


# --- Reading: clingo's syntax tree -------------------------------------------


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
            found.append(_diagnose(str(path), 1, 1, "encoding", found=error))
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
            self.diagnostics.append(_diagnose(self.file, 1, 1, "byte-order-mark"))
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        for offset, code, words in _scan(text):
            line = bisect_right(starts, offset)
            if (line, code) not in said:
                said.add((line, code))
                self.diagnostics.append(_diagnose(self.file, line, offset - starts[line - 1] + 1, code, **words))
        return [] if self.diagnostics else self._statements()

    def _statements(self) -> list[Rule]:
        from clingo import ast

        rules: list[Rule] = []
        messages: list[str] = []

        def take(statement: ast.AST) -> None:
            if statement.ast_type == ast.ASTType.Rule:  # else a comment or the implicit `#program base.`
                rule = self._rule(statement, ast)
                if rule:
                    rules.append(rule)

        try:
            ast.parse_string(self.text, take, logger=lambda _, text: messages.append(text), message_limit=1000)
        except RuntimeError as error:
            if not messages:
                messages.append(str(error))
        for message in messages:
            place = re.match(r"<string>:(\d+):(\d+)\S* (?:error: )?(.*)", message, re.DOTALL)
            line, column, text = (int(place[1]), int(place[2]), place[3]) if place else (1, 1, message)
            at = line, self._column(line, column)
            self.diagnostics.append(_diagnose(self.file, *at, "syntax", found=" ".join(text.split())))
        return rules

    def _column(self, line: int, byte: int) -> int:
        """In characters; clingo counts bytes."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return len(text.encode()[: byte - 1].decode(errors="ignore")) + 1

    def _place(self, node: Any) -> tuple[int, int]:  # noqa: ANN401  (clingo's trees are untyped)
        begin = node.location.begin
        return begin.line, self._column(begin.line, begin.column)

    def _wrong(self, node: Any, code: str, **words: object) -> None:  # noqa: ANN401
        self.diagnostics.append(_diagnose(self.file, *self._place(node), code, **words))

    def _rule(self, statement: Any, ast: Any) -> Rule | None:  # noqa: ANN401
        before = len(self.diagnostics)
        head, kinds = statement.head, ast.ASTType
        if head.ast_type == kinds.Literal and head.atom.ast_type == kinds.BooleanConstant:
            self._wrong(statement, "constraint")
            return None
        if head.ast_type != kinds.Literal or head.sign or head.atom.ast_type != kinds.SymbolicAtom:
            self._wrong(statement, "head", found=head)
            return None
        conclusion = self._literal(head, ast)
        goals = [self._goal(node, ast) for node in statement.body]
        if conclusion is None or len(self.diagnostics) > before:
            return None
        body = tuple(goal for goal in goals if goal is not None)
        text = f"{conclusion} :- {', '.join(map(str, body))}." if body else f"{conclusion}."
        return Rule(self.file, self._place(statement)[0], text, conclusion, body)

    def _goal(self, node: Any, ast: Any) -> Goal | None:  # noqa: ANN401
        if node.sign == ast.Sign.DoubleNegation:
            self._wrong(node, "double-negation", found=node)
        elif node.atom.ast_type == ast.ASTType.Comparison:
            return self._comparison(node, ast)
        else:
            return self._literal(node, ast)
        return None

    def _literal(self, node: Any, ast: Any) -> Literal | None:  # noqa: ANN401
        atom = node.atom.symbol
        if atom.ast_type == ast.ASTType.UnaryOperation:
            self._wrong(node, "strong-negation", found=node, better=atom.argument)
            return None
        args = tuple(self._term(argument, ast) for argument in atom.arguments)
        return Literal(atom.name, args, bool(node.sign), *self._place(node))

    def _comparison(self, node: Any, ast: Any) -> Comparison | None:  # noqa: ANN401
        operators = {
            ast.ComparisonOperator.Equal: "=",
            ast.ComparisonOperator.LessThan: "<",
            ast.ComparisonOperator.LessEqual: "<=",
            ast.ComparisonOperator.GreaterThan: ">",
            ast.ComparisonOperator.GreaterEqual: ">=",
        }
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        left, guards, negated = node.atom.term, node.atom.guards, bool(node.sign)
        signs = [operators[guard.comparison] for guard in guards]
        if len(guards) > 1:
            terms = [left, *(guard.term for guard in guards)]
            pairs = [f"{a} {sign} {b}" for a, sign, b in zip(terms, signs, terms[1:], strict=False)]
            self._wrong(node, "chained-comparison", found=node, better=", ".join(pairs))
            return None
        right, sign = guards[0].term, signs[0]
        if negated and sign != "=":
            self._wrong(node, "negated-comparison", found=node, better=f"{left} {opposite[sign]} {right}")
            return None
        sums = sign == "=" and not negated and left.ast_type == ast.ASTType.Variable
        written = self._sum(right, ast) if sums else self._term(right, ast)
        return Comparison(self._term(left, ast), sign, written, negated, *self._place(node))

    def _sum(self, node: Any, ast: Any) -> str:  # noqa: ANN401
        if node.ast_type != ast.ASTType.BinaryOperation:
            return self._term(node, ast)
        left, right = self._sum(node.left, ast), self._sum(node.right, ast)
        if node.right.ast_type == ast.ASTType.BinaryOperation:
            right = f"({right})"
        return f"{left} {'+' if node.operator_type == ast.BinaryOperator.Plus else '-'} {right}"

    def _term(self, node: Any, ast: Any) -> str:  # noqa: ANN401
        match node.ast_type:
            case ast.ASTType.Variable | ast.ASTType.SymbolicTerm:
                return str(node)
            case ast.ASTType.UnaryOperation if _kind(str(node.argument)) == "integer":
                return str(int(str(node)))
            case ast.ASTType.UnaryOperation | ast.ASTType.BinaryOperation:
                self._wrong(node, "arithmetic", found=node)
            case _:
                self._wrong(node, "compound-term", found=node)
        return str(node)


# --- Linting -----------------------------------------------------------------


def lint(
    rules: Sequence[Rule],
    *,
    known_norms: Collection[str] | None = None,
    elsewhere: Mapping[Signature, Iterable[Signature]] | None = None,
) -> list[Diagnostic]:
    """What is wrong across *rules*, all those that are loaded together.

    Args:
        rules: what :func:`parse` returned without a diagnostic.
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


def signatures(rules: Iterable[Rule]) -> frozenset[Signature]:
    """The predicates that *rules* define."""
    return frozenset(rule.head.signature for rule in rules)


def program_text(rules: Iterable[Rule]) -> str:
    """*rules* as a program that both engines load, one a line."""
    return "".join(f"{rule.text}\n" for rule in rules)


def declared(rules: Iterable[Rule], word: str) -> frozenset[Signature]:
    """The predicates declared by ``input(Name, Arity)`` or ``hook(Name, Arity)``; *word* says which."""
    return frozenset(_declared(rule) for rule in rules if rule.head.signature == (word, 2) and _declares(rule))


def _declares(rule: Rule) -> bool:
    name, arity = rule.head.args
    return rule.is_fact and not _is_variable(name) and _kind(name) == "symbol" and arity.isdigit()


def _declared(rule: Rule) -> Signature:
    return rule.head.args[0], int(rule.head.args[1])


@cache
def _swi_system_predicates() -> frozenset[Signature]:
    text = Path(__file__).with_name("swi_system_predicates.txt").read_text("utf-8")
    entries = (word.split("/") for line in text.splitlines() if not line.startswith("#") for word in line.split())
    return frozenset((name, int(arity)) for name, arities in entries for arity in arities.split(","))


def _at(rule: Rule, goal: Goal, key: str, /, **words: object) -> Diagnostic:
    return _diagnose(rule.file, goal.line or rule.line, goal.column or 1, key, **words)


def _slashed(signature: Signature) -> str:
    return f"{signature[0]}/{signature[1]}"


def _declarations(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    for rule in rules:
        if rule.head.signature in {("input", 2), ("hook", 2)} and not _declares(rule):
            yield _at(rule, rule.head, "declaration", found=rule.text, name=rule.head.name)


def _system_names(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    system = _swi_system_predicates()
    for rule in rules:
        names = [(literal, literal.signature) for literal in (rule.head, *rule.body)]
        if rule.head.signature in {("input", 2), ("hook", 2)} and _declares(rule):
            names.append((rule.head, _declared(rule)))
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
            name, arity = literal.signature
            words = {"found": _slashed(literal.signature), "name": name, "arity": arity}
            if literal.signature in defined:
                continue
            if name in arities:
                better = ", ".join(_slashed((name, other)) for other in arities[name])
                yield _at(rule, literal, "undefined-predicate/arity", better=better, **words)
            elif better_name := nearest(name, (name for name, other in defined if other == arity)):
                better = _slashed((better_name, arity))
                yield _at(rule, literal, "undefined-predicate/nearest", better=better, **words)
            else:
                yield _at(rule, literal, "undefined-predicate", **words)


def _variables(rule: Rule) -> Iterator[Diagnostic]:
    """Safety in the order of the body, and variables that occur once."""
    bound: set[str] = set()
    for goal in rule.goals:
        needed = [term for term in goal.operands if _is_variable(term)]
        binds: list[str] = []
        if isinstance(goal, Literal):
            needed = [term for term in needed if term != "_"]
            if not goal.negated:
                binds, needed = needed, []
        elif goal.operator == "=" and not goal.negated and _is_variable(goal.left) and goal.left != "_":
            binds, needed = [goal.left], needed[1:]
        for variable in dict.fromkeys(needed):
            if variable == "_":
                yield _at(rule, goal, "unbound-variable/anonymous", goal=goal)
            elif variable not in bound:
                yield _at(rule, goal, "unbound-variable", found=variable, goal=goal)
        bound.update(binds, needed)
    for variable in dict.fromkeys(filter(_is_variable, rule.head.args)):
        if variable not in bound:
            yield _at(rule, rule.head, "unbound-head", found=variable, goal=rule.head)

    terms = [term for part in (rule.head, *rule.goals) for term in part.operands]
    for goal in rule.goals:
        offered = goal.operands if isinstance(goal, Literal) else goal.operands[:1]
        if not goal.negated:
            for term in offered:
                if _is_variable(term) and term != "_" and terms.count(term) == 1:
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


def _unknown_norms(rules: Sequence[Rule], known: Collection[str]) -> Iterator[Diagnostic]:
    for rule in rules:
        for goal in (rule.head, *rule.goals):
            for found in filter(None, map(_NORM.fullmatch, goal.operands)):
                if found[1] not in known:
                    better = nearest(found[1], known)
                    key = "unknown-norm/nearest" if better else "unknown-norm"
                    yield _at(rule, goal, key, found=found[0], better=f'"{better}"')


def _cycles(rules: Sequence[Rule], elsewhere: Mapping[Signature, Iterable[Signature]]) -> Iterator[Diagnostic]:
    """One diagnostic for each strongly connected component with a negative edge inside."""
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
    component = _components(needs)
    said = set()
    for (head, denied), (rule, literal) in negative.items():
        if component[head] == component[denied] and component[head] not in said:
            said.add(component[head])
            back = " → ".join(map(_slashed, _path(needs, denied, head)))
            yield _at(rule, literal, "stratification", found=f"{_slashed(head)} → not {back}")


def _components(needs: Mapping[Signature, Collection[Signature]]) -> dict[Signature, int]:
    """Tarjan's strongly connected components without recursion: each predicate's component."""
    order: dict[Signature, int] = {}
    low: dict[Signature, int] = {}
    component: dict[Signature, int] = {}
    stack: list[Signature] = []
    for root in list(needs):
        walk: list[tuple[Signature, Iterator[Signature]]] = []
        if root not in order:
            walk.append((root, iter(sorted(needs.get(root, ())))))
            order[root] = low[root] = len(order)
            stack.append(root)
        while walk:
            node, rest = walk[-1]
            for child in rest:
                if child not in order:
                    order[child] = low[child] = len(order)
                    stack.append(child)
                    walk.append((child, iter(sorted(needs.get(child, ())))))
                    break
                if child not in component:
                    low[node] = min(low[node], order[child])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == order[node]:
                    while node not in component:
                        component[stack.pop()] = order[node]
    return component


def _path(needs: Mapping[Signature, Collection[Signature]], start: Signature, end: Signature) -> list[Signature]:
    """A shortest way from *start* to *end*, which there is."""
    came: dict[Signature, Signature] = {}
    queue = deque([start])
    while queue and end != start and end not in came:
        node = queue.popleft()
        for child in sorted(needs.get(node, ())):
            if child not in came:
                came[child] = node
                queue.append(child)
    path = [end]
    while path[-1] != start:
        path.append(came[path[-1]])
    return path[::-1]


def _typed_unlike(rules: Sequence[Rule]) -> Iterator[Diagnostic]:
    literals = {literal.signature for rule in rules for literal in rule.body}
    unseen = declared(rules, "input") | literals - signatures(rules)
    flow = _Flow(rules, {signature: (ANY,) * signature[1] for signature in unseen}, equalities=False)
    for rule in rules:
        values = flow.narrow(rule, {}) if any(isinstance(goal, Comparison) for goal in rule.goals) else None
        if values is None:
            continue
        for goal in rule.goals:
            if not isinstance(goal, Comparison):
                continue
            sums = len(goal.summands) > 1
            for term in goal.operands if goal.operator != "=" else goal.summands if sums else ():
                wrong = sorted(value for value in _values(term, values) - ANY if _kind(value) != "integer")
                if wrong:
                    yield _at(rule, goal, "typed-alike/order", goal=goal, found=term, value=wrong[0])
            left, right = _values(goal.left, values), _values(goal.right, values)
            if goal.operator != "=" or sums or ANY & (left | right):
                continue
            if {_kind(value) for value in left}.isdisjoint(_kind(value) for value in right):
                yield _at(rule, goal, "typed-alike/equality", goal=goal, found=min(left), value=min(right))


# --- Slicing -----------------------------------------------------------------
# An abstract interpretation: for each argument, the constants that it can take. "*" among them says: and anything else
# (the constants beside it are then no bound, but tell lint of types).

Values: TypeAlias = frozenset[str]
ANY: Values = frozenset("*")
_Row: TypeAlias = tuple[int, tuple[Values, ...]]  # the number of a rule (-1: an input) and what its head can be


def _meet(one: Values, other: Values) -> Values:
    if "*" in one:
        return one | other if "*" in other else other
    return one if "*" in other else one & other


def _meets(one: tuple[Values, ...], other: tuple[Values, ...]) -> bool:
    return all(_meet(a, b) for a, b in zip(one, other, strict=True))


def _values(term: str, known: Mapping[str, Values]) -> Values:
    return known.get(term, ANY) if _is_variable(term) else frozenset([term])


class _Flow:
    """What the heads of rules can be, forward from facts and inputs to a fixpoint."""

    def __init__(
        self, rules: Sequence[Rule], inputs: Mapping[Signature, tuple[Values, ...]], *, equalities: bool = True
    ) -> None:
        self.inputs = inputs
        self.equalities = equalities
        self.facts: dict[Signature, list[_Row]] = defaultdict(list)
        self.facts_with: dict[tuple[Signature, int, str], list[_Row]] = defaultdict(list)
        self.derived: dict[Signature, list[int]] = defaultdict(list)
        self.reached: dict[int, tuple[Values, ...]] = {}
        users: dict[Signature, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            signature = rule.head.signature
            if rule.is_fact and not any(map(_is_variable, rule.head.args)):
                row = number, tuple(frozenset([term]) for term in rule.head.args)
                self.facts[signature].append(row)
                for position, term in enumerate(rule.head.args):
                    self.facts_with[signature, position, term].append(row)
            else:
                self.derived[signature].append(number)
                for literal in rule.body:
                    if not literal.negated:
                        users[literal.signature].append(number)
        queue = dict.fromkeys(number for numbers in self.derived.values() for number in numbers)
        while queue:
            number = next(iter(queue))
            del queue[number]
            known = self.narrow(rules[number], {})
            if known is not None:
                head = rules[number].head
                row_now = _joined(self.reached.get(number), tuple(_values(term, known) for term in head.args))
                if row_now != self.reached.get(number):
                    self.reached[number] = row_now
                    queue.update(dict.fromkeys(users[head.signature]))

    def matching(self, signature: Signature, wanted: tuple[Values, ...]) -> Iterator[_Row]:
        """The rules, facts and inputs that can give an atom with such arguments."""
        if signature in self.inputs and _meets(self.inputs[signature], wanted):
            yield -1, self.inputs[signature]
        for number in self.derived.get(signature, ()):
            row = self.reached.get(number)
            if row is not None and _meets(row, wanted):
                yield number, row
        facts = self.facts.get(signature, [])
        bounded = [(len(values), position) for position, values in enumerate(wanted) if "*" not in values]
        if bounded and min(bounded)[0] < len(facts):
            position = min(bounded)[1]
            facts = [row for value in wanted[position] for row in self.facts_with.get((signature, position, value), ())]
        yield from (row for row in facts if _meets(row[1], wanted))

    def narrow(self, rule: Rule, known: Mapping[str, Values]) -> dict[str, Values] | None:
        """What the variables of *rule* can be, given what is *known* of some; None if it cannot fire."""
        values = dict(known)
        before: dict[str, Values] | None = None
        while values != before:
            before = dict(values)
            for goal in rule.goals:
                if isinstance(goal, Literal):
                    changes = [] if goal.negated else self._narrow_literal(goal, values)
                else:
                    changes = self._narrow_equality(goal, values) if self.equalities else []
                if changes is None:
                    return None
                for term, found in changes:
                    now = _meet(_values(term, values), found)
                    if not now:
                        return None
                    if _is_variable(term) and term != "_":
                        values[term] = now
        return values

    def _narrow_literal(self, goal: Literal, values: Mapping[str, Values]) -> list[tuple[str, Values]] | None:
        rows = [row for _, row in self.matching(goal.signature, tuple(_values(term, values) for term in goal.args))]
        columns = [frozenset().union(*column) for column in zip(*rows, strict=True)]
        return list(zip(goal.args, columns, strict=True)) if rows else None

    @staticmethod
    def _narrow_equality(goal: Comparison, values: Mapping[str, Values]) -> list[tuple[str, Values]]:
        if goal.operator != "=" or len(goal.summands) > 1:
            return []
        left, right = _values(goal.left, values), _values(goal.right, values)
        if not goal.negated:
            return [(goal.left, right), (goal.right, left)]
        return [
            (term, own - other)
            for term, own, other in ((goal.left, left, right), (goal.right, right, left))
            if "*" not in own | other and len(other) == 1
        ]


def _joined(old: tuple[Values, ...] | None, new: tuple[Values, ...]) -> tuple[Values, ...]:
    return new if old is None else tuple(a | b for a, b in zip(old, new, strict=True))


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
    inputs = declared(rules, "input") | fixed.keys()
    allowed = {
        (name, arity): tuple(
            frozenset(fixed[name, arity][position]) if position in fixed.get((name, arity), {}) else ANY
            for position in range(arity)
        )
        for name, arity in inputs
    }
    kept = _sliced(rules, allowed, goals)
    while len(kept) < len(rules):  # what goes in one pass may bound the next more tightly
        rules, kept = kept, _sliced(kept, allowed, goals)
    return kept


def _sliced(
    rules: Sequence[Rule], inputs: Mapping[Signature, tuple[Values, ...]], goals: Container[Signature]
) -> list[Rule]:
    flow = _Flow(rules, inputs)
    wanted: dict[int, tuple[Values, ...]] = {}  # of a rule's head
    kept: set[int] = set()
    queue: list[int] = []

    def want(signature: Signature, args: tuple[Values, ...]) -> None:
        for number, row in flow.matching(signature, args):
            if number < 0:
                continue
            both = tuple(_meet(a, b) for a, b in zip(row, args, strict=True))
            joined = _joined(wanted.get(number), both)
            if joined != wanted.get(number):
                wanted[number] = joined
                queue.append(number)

    for signature in signatures(rules):
        if signature in goals:
            want(signature, (ANY,) * signature[1])
    while queue:
        number = queue.pop()
        rule = rules[number]
        known: dict[str, Values] = {}
        for term, found in zip(rule.head.args, wanted[number], strict=True):
            if _is_variable(term) and term != "_":
                known[term] = _meet(_values(term, known), found)
        values = flow.narrow(rule, known)
        if values is not None:
            kept.add(number)
            for literal in rule.body:
                want(literal.signature, tuple(_values(term, values) for term in literal.args))
    # declarations of the inputs still used, so that a slice can be sliced again
    used = {literal.signature for number in kept for literal in rules[number].body}
    return [
        rule
        for number, rule in enumerate(rules)
        if number in kept or (rule.head.signature == ("input", 2) and _declares(rule) and _declared(rule) in used)
    ]
