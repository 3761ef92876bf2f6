"""Checking a saved proof against the knowledge base: each node an instance of a rule, each leaf a fact, each quotation in the text.

Prolog made the proof; the check is by other means: rules are matched here, and what does not hold is asked of clingo.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .atoms import Atom, arguments, parse_atom, parse_goal, text, to_clingo
from .errors import Bilingual, InputError
from .text import fold

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase
    from .rules import Goal, Rule

DEEPEST = 400
_COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}  # fmt: skip


class Refused(Exception):
    """A node does not check; *path* leads to it from the root, counted from 1."""

    def __init__(self, path: Sequence[int], atom: str, why: Bilingual) -> None:
        self.path, self.atom, self.why = tuple(path), atom, why
        super().__init__(why.en)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check.

    Attributes:
        refused: the node that fails, as ``1.3.2``, with its atom and why; None where all nodes check.
        made_with: the versions that the file names.
        checked_with: those of this check.
        case: the case whose facts the proof was compared with; None where the facts were taken from the file as they stand.
    """

    file: str
    goal: str
    nodes: int
    refused: tuple[str, str, Bilingual] | None
    made_with: Mapping[str, str]
    checked_with: Mapping[str, str]
    case: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        found: dict[str, Any] = {
            "file": self.file, "goal": self.goal, "verified": self.refused is None, "nodes": self.nodes, "refused": None,
            "facts_from": "file" if self.case is None else "case", "case": self.case,
            "made_with": dict(self.made_with), "checked_with": dict(self.checked_with),
        }  # fmt: skip
        if self.refused is not None:
            node, atom, why = self.refused
            found["refused"] = {"node": node, "atom": atom, "zh": why.zh, "en": why.en}
        return found


def verify(kb: KnowledgeBase, path: Path, case: Case | None = None) -> Verdict:
    """Check the proofs of *path*, as ``nj why --json`` wrote them.

    Args:
        case: if given, the facts that the proofs rest on must be those of this case, beside what a world chose.

    Raises:
        InputError: the file is no saved proof.
    """
    from importlib import metadata

    from .versions import knowledge_digest, program_version

    saved = _read(path)
    checked = {
        "regulation": kb.title, "nj_logic": program_version(), "knowledge": knowledge_digest(kb), "clingo": metadata.version("clingo"),
    }  # fmt: skip
    checker = _Checker(kb)
    refused = None
    try:
        for number, one in enumerate(saved["proofs"], 1):
            checker.proof(one, number, case)
    except Refused as found:
        refused = (".".join(map(str, found.path)), found.atom, found.why)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError, InputError) as error:
        raise _no_proof(path) from error
    return Verdict(
        str(path),
        str(saved["goal"]),
        checker.nodes,
        refused,
        dict(saved["versions"]),
        checked,
        None if case is None else case.id,
    )


def _read(path: Path) -> dict[str, Any]:
    from .files import read_text

    try:
        saved = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise _no_proof(path) from error
    shape = {"goal": str, "versions": dict, "proofs": list}
    if (
        not isinstance(saved, dict)
        or any(not isinstance(saved.get(k), t) for k, t in shape.items())
        or not saved["proofs"]
    ):
        raise _no_proof(path)
    return saved


def _no_proof(path: Path) -> InputError:
    return InputError(
        "is no saved proof; save one with: nj why CASE GOAL --json > FILE",
        "不是保存的证明;请用 nj why 案件 目标 --json > 文件 保存",
        str(path),
    )


@cache
def _parsed(file: Path) -> tuple[Rule, ...]:
    from .dialect import parse

    return tuple(parse([file])[0])


class _Checker:
    def __init__(self, kb: KnowledgeBase) -> None:
        from .explain import place
        from .prolog import Place

        self.kb = kb
        self.nodes = 0
        self.files = {place(kb, Place(str(f), 0)).rpartition(":")[0]: f for f in kb.law_files}
        self.paragraphs = {(a["number"], n): p for a in kb.text["articles"] for n, p in enumerate(a["paragraphs"], 1)}

    def rules_at(self, place: str) -> list[Rule]:
        """The rules that begin at ``kb/…:line``."""
        name, _, line = place.rpartition(":")
        file = self.files.get(name)
        return [] if file is None else [r for r in _parsed(file) if str(r.line) == line]

    def proof(self, saved: Mapping[str, Any], number: int, case: Case | None) -> None:
        """Check one proof.

        Raises:
            Refused: at the first node that fails.
        """
        self.facts = {parse_atom(a) for a in saved["facts"]}
        if case is not None:
            self._of_case(case, saved, number)
        self.holding = self._model()
        self.proved: set[Atom] = set()
        root = saved["proof"]
        goal, atom = parse_goal(saved["atom"]), parse_atom(root["atom"])
        if not _matches(goal, atom):
            raise Refused(
                [number], root["atom"], Bilingual("证明的不是所问的目标", "this is not what was to be proved")
            )
        self._node(root, [number])

    def _of_case(self, case: Case, saved: Mapping[str, Any], number: int) -> None:
        from .atoms import from_clingo
        from .facts import world_atoms

        fixed = {str(t): str(o) for a in self.facts if a[0] == "reading" for _, t, o in [arguments(a)]}
        world = tuple((str(t), str(o)) for t, o in saved["world"].items())
        uses = [u for u in ("paths", "answer", "check", "conflicts") if u in case.kind.topics]
        own = {from_clingo(a) for use in uses for a in world_atoms(self.kb, case, use, fixed, world)}
        for fact in sorted(self.facts - own, key=text):
            raise Refused([number], text(fact), Bilingual("不是该案件的事实", "is no fact of the case"))

    def _model(self) -> set[Atom]:
        """All atoms that hold under the facts, by clingo."""
        import clingo

        from .atoms import from_clingo

        control = clingo.Control(["--warn=none"])
        control.add("base", [], self.kb.program("whole"))
        with control.backend() as backend:
            for fact in sorted(self.facts, key=text):
                backend.add_rule([backend.add_atom(to_clingo(fact))])
        control.ground([("base", [])])
        found: set[Atom] = set()
        with control.solve(yield_=True) as handle:
            for model in handle:
                found = {from_clingo(s) for s in model.symbols(atoms=True)}
                break
        return found

    def _node(self, node: Mapping[str, Any], path: list[int]) -> None:
        self.nodes += 1
        if len(path) > DEEPEST:
            raise RecursionError
        by, written, children = node["by"], node["atom"], node["children"]

        def refuse(zh: str, en: str) -> Refused:
            return Refused(path, written, Bilingual(zh, en))

        for quoted in node["norms"]:
            self._quotation(quoted, refuse)
        if by == "comparison":
            if not self._compares(written):
                raise refuse("比较不成立", "the comparison is false")
            return
        atom = parse_goal(written) if by == "not" else parse_atom(written)
        if by == "input":
            if atom not in self.facts:
                raise refuse("不是本案的事实", "is no fact of the case")
        elif by == "fact":
            if not any(r.is_fact and _head(r) == atom for r in self.rules_at(node["rule"])):
                raise refuse("规则没有这样的事实", "the rules state no such fact there")
        elif by == "not":
            if any(_matches(atom, other) for other in self.holding):
                raise refuse("实际上成立", "it does hold")
        elif by == "rule":
            if node.get("repeat"):
                if atom not in self.proved:
                    raise refuse("称见上文,上文却没有证明", "said to be proved above, and is not")
                return
            body = [_premise(child) for child in children]
            if not any(_instance(r, atom, body) for r in self.rules_at(node["rule"])):
                raise refuse("不是该规则的实例", "is no instance of that rule")
        else:
            raise ValueError(by)
        for number, child in enumerate(children, 1):
            self._node(child, [*path, number])
        if by == "rule":
            self.proved.add(atom)

    def _quotation(self, quoted: Mapping[str, Any], refuse: Any) -> None:  # noqa: ANN401
        norm = self.kb.norms.get(quoted["id"])
        paragraph = None if norm is None else self.paragraphs.get((norm.article, norm.paragraph))
        if (
            norm is None
            or paragraph is None
            or quoted["quote"] != norm.quote
            or fold(norm.quote) not in fold(paragraph)
        ):
            raise refuse(f"{quoted['id']} 的引文不是原文", f"the quotation of {quoted['id']} is not in the text")

    @staticmethod
    def _compares(written: str) -> bool:
        left, sign, right = _comparison(written)
        if sign in {"=", "!="}:
            return bool(_COMPARE[sign](left, right))
        return left.lstrip("-").isdigit() and right.lstrip("-").isdigit() and _COMPARE[sign](int(left), int(right))


def _comparison(written: str) -> tuple[str, str, str]:
    for sign in ("!=", "<=", ">=", "<", ">", "="):
        left, found, right = written.partition(f" {sign} ")
        if found:
            return left, sign, right
    raise ValueError(written)


def _head(rule: Rule) -> Atom:
    return parse_goal(f"{rule.head.name}({','.join(rule.head.args)})" if rule.head.args else rule.head.name)


def _matches(pattern: Atom, atom: Atom) -> bool:
    """Whether the ground *atom* is an instance of *pattern*."""
    from .atoms import Var

    if pattern[0] != atom[0] or len(pattern) != len(atom):
        return False
    bound: dict[str, object] = {}
    for wanted, given in zip(pattern[1:], atom[1:], strict=True):
        if not isinstance(wanted, Var):
            if wanted != given or type(wanted) is not type(given):
                return False
        elif str(wanted) != "_" and bound.setdefault(str(wanted), given) != given:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Premise:
    """What a child says: its parts as written in the dialect, a comparison's with its sign."""

    name: str
    args: tuple[str, ...]
    negated: bool


def _premise(child: Mapping[str, Any]) -> _Premise:
    if child["by"] == "comparison":
        left, sign, right = _comparison(child["atom"])
        return _Premise(sign, (left, right), False)
    atom = parse_goal(child["atom"])
    return _Premise(atom[0], tuple(text(("x", t))[2:-1] for t in atom[1:]), child["by"] == "not")


def _instance(rule: Rule, atom: Atom, body: Sequence[_Premise]) -> bool:
    """Whether *atom* from *body*, in its order, is an instance of *rule*."""
    from .rules import Literal

    head = tuple(text(("x", t))[2:-1] for t in atom[1:])
    bound: dict[str, str] = {}
    if rule.head.name != atom[0] or len(body) != len(rule.goals) or not _bind(rule.head.args, head, bound):
        return False
    for goal, premise in zip(rule.goals, body, strict=True):
        if isinstance(goal, Literal):
            if (goal.name, goal.negated) != (premise.name, premise.negated) or not _bind(
                goal.args, premise.args, bound, premise.negated
            ):
                return False
        elif not _compared(goal, premise, bound):
            return False
    return True


def _bind(pattern: Sequence[str], given: Sequence[str], bound: dict[str, str], negated: bool = False) -> bool:
    from .rules import is_variable

    if len(pattern) != len(given):
        return False
    for wanted, value in zip(pattern, given, strict=True):
        if wanted == "_":
            if negated and value != "_":
                return False
        elif not is_variable(wanted):
            if wanted != value:
                return False
        elif bound.setdefault(wanted, value) != value:
            return False
    return True


def _compared(goal: Goal, premise: _Premise, bound: dict[str, str]) -> bool:
    """Whether the comparison of a rule has these values: a sum on its right is worked out."""
    import re

    from .rules import Comparison, is_variable

    assert isinstance(goal, Comparison)
    sign = "!=" if goal.negated else goal.operator
    parts = (
        [p for p in re.split(r"\s*([+-])\s*", goal.right) if p]
        if not goal.right.startswith(('"', "-"))
        else [goal.right]
    )
    values = [bound.get(p, p) if is_variable(p) else p for p in parts]
    if len(values) > 1:
        total, plus = 0, 1
        for value in values:
            if value in {"+", "-"}:
                plus = 1 if value == "+" else -1
            elif value.lstrip("-").isdigit():
                total += plus * int(value)
            else:
                return False
        right = str(total)
    else:
        right = values[0]
        if is_variable(right) and sign == "=":
            right = bound.setdefault(right, premise.args[1])
    return sign == premise.name and right == premise.args[1] and _bind([goal.left], [premise.args[0]], bound)
