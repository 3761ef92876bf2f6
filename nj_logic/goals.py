"""Goals of one's own, in ASP or Prolog, against the knowledge base and a case; and the worlds in which queries are answered.

A goal runs in a child process (:mod:`nj_logic.fence`): in ASP after its syntax tree was checked (:mod:`nj_logic.asp_goal`), in Prolog if
``library(sandbox)`` finds it safe (``kb/prolog/ask.pl``). Where a case leaves a reading or a fact open, the goal is answered in every
world, and each answer says in which of them it holds.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import fence, places
from .atoms import Atom, from_clingo
from .errors import EngineMissing, InputError, nearest
from .worlds import Condition, Topic

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase

SECONDS = 10.0
MEGABYTES = 2048
MOST_ANSWERS = 1000
MOST_FOUND = 20_000
"""How many answers an engine looks for before it gives up counting."""
MOST_WORLDS = 128
STACK_MEGABYTES = 256
ENGINES = ("asp", "prolog")
USE = "ask"


@dataclass(frozen=True, slots=True)
class Share:
    """That an answer holds always or sometimes where an open topic takes an option.

    Attributes:
        is_fact: whether the topic is a fact that the case does not state, or a reading.
        holds: ``always`` or ``sometimes``.
    """

    topic: str
    is_fact: bool
    option: str
    holds: str

    def to_json(self) -> dict[str, str]:
        """As in JSON output."""
        return {"topic": self.topic, "option": self.option, "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Row:
    """An answer.

    Attributes:
        values: one a column: an integer, a constant (``str``), a string (``Text``) or any other term (``Text``).
        varies: whether it holds in some worlds only.
        under: on what that depends, where one topic by itself makes a difference.
    """

    values: tuple[Any, ...]
    varies: bool = False
    under: tuple[Share, ...] = ()


class Text(str):
    """A string, where a plain ``str`` is a constant."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a goal or a query gave: the names of its columns, its answers (sorted), and whether there are more."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool = False


class Ground:
    """What a goal is asked of: the knowledge base alone, or with a case.

    Args:
        kb: the knowledge base.
        case: the case, if any.
        readings: the readings that are fixed.
    """

    def __init__(self, kb: KnowledgeBase, case: Case | None = None, readings: Mapping[str, str] | None = None) -> None:
        self.kb = kb
        if case is not None:
            every = tuple(sorted({t for topics in case.kind.topics.values() for t in topics}))
            case = replace(case, kind=replace(case.kind, topics={**case.kind.topics, USE: every}))
        self.case = case
        self.readings = kb.fixed_readings(readings or {}, case)

    @cached_property
    def _opened(self) -> tuple[list[Topic], list[clingo.Symbol]]:
        from .facts import open_topics

        return ([], []) if self.case is None else open_topics(self.kb, self.case, USE, self.readings, None)

    @property
    def topics(self) -> list[Topic]:
        """What the case leaves open."""
        return self._opened[0]

    @cached_property
    def facts(self) -> list[clingo.Symbol]:
        """The case's atoms, with those that open what is open."""
        from .facts import case_atoms

        return [] if self.case is None else [*case_atoms(self.kb, self.case, self.readings), *self._opened[1]]

    def program(self, *, whole: bool = False) -> str:
        """The law and the knowledge base about itself; without a case and unless *whole*, as what holds whatever the case."""
        if self.case is None and not whole:
            return f"{self.kb.program('settled')}\n{common(self.kb)}"
        return f"{self.kb.program('whole')}\n{self.kb.program('catalogue')}\n{common(self.kb)}"

    @cached_property
    def known(self) -> list[tuple[str, int]]:
        """Every predicate that may be asked for."""
        from .dialect import parse

        listed = json.loads((self.kb.compiled / "predicates.json").read_text(encoding="utf-8"))
        shared = parse([_common_file(self.kb)])[0] if common(self.kb) else []
        return sorted({(name, arity) for name, arity in listed} | {rule.head.signature for rule in shared})

    def relevant(self, written: str) -> list[Topic]:
        """The open topics on which a predicate depends that *written*, a goal or a query in Prolog, may name."""
        if len(self.topics) < 2:
            return self.topics
        import re

        from .worlds import Worlds

        names = set(re.findall(r"\b[a-z][A-Za-z0-9_]*", written))
        shown = [(name, arity) for name, arity in self.known if name in names]
        return list(Worlds(self.program(), self.facts, self.topics, shown).topics)

    def worlds(self, topics: Sequence[Topic]) -> list[tuple[Condition, list[Atom]]]:
        """Every world that differs in *topics*: what it fixes, and the atoms of the case in it. What else is open takes its first option.

        Raises:
            InputError: there are too many.
        """
        if self.case is None:
            return [((), [])]
        from .facts import case_atoms

        number = 1
        for topic in topics:
            number *= len(topic.options)
        if number > MOST_WORLDS:
            open_ = ", ".join(t.id for t in topics)
            raise InputError(
                f"the case leaves too much open for Prolog ({number} worlds, {MOST_WORLDS} are allowed): {open_}. "
                "Fix readings with --reading, state facts, or ask in ASP",
                f"本案未定之处过多,无法逐一用 Prolog 求解(共 {number} 种情形,最多 {MOST_WORLDS} 种):{open_}。"
                "请用 --reading 固定解释,补充事实,或改用 ASP",
            )
        stated = [a for a in self._opened[1] if a.name == "absent_on"]
        stated += case_atoms(self.kb, self.case, self.readings)
        varied = {t.id for t in topics}
        rest = [t.options[0][1] for t in self.topics if t.id not in varied]
        found = []
        for choice in itertools.product(*(t.options for t in topics)):
            chosen = [atom for atom in (*(a for _, a in choice), *rest) if atom.name != "at_work"]
            condition = tuple((t.id, option) for t, (option, _) in zip(topics, choice, strict=True))
            found.append((condition, [from_clingo(a) for a in (*stated, *chosen)]))
        return found


def _common_file(kb: KnowledgeBase) -> Path:
    return kb.root / "queries" / "common.lp"


def common(kb: KnowledgeBase) -> str:
    """The definitions that queries and goals share, in the dialect; empty where a knowledge base has none."""
    file = _common_file(kb)
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def ask_asp(ground: Ground, goal: str, *, seconds: float = SECONDS, most: int = MOST_ANSWERS) -> Found:
    """The answers to a goal in ASP: literals (the columns are its variables), or rules that end with a full stop.

    Raises:
        InputError: the goal is no list of rules or literals, or asks for what does not exist.
        Unfinished: it used up its time or memory.
    """
    request = {
        "program": ground.program(), "facts": [str(a) for a in ground.facts], "known": ground.known, "goal": goal, "most": most,
        "topics": [{"id": t.id, "is_fact": t.is_fact, "options": [(o, str(a)) for o, a in t.options]} for t in ground.topics],
    }  # fmt: skip
    start = "import sys; sys.path.insert(0, sys.argv[1]); from nj_logic.asp_goal import main; main()"
    command = [sys.executable, "-I", "-X", "utf8", "-c", start, str(places.PACKAGE.parent)]
    answer = fence.asked(command, request, seconds=seconds, megabytes=MEGABYTES)
    if "error" in answer:
        raise _refusal(ground, answer["error"], seconds)
    rows = tuple(
        Row(tuple(map(_decoded, row["values"])), row["varies"], tuple(Share(**share) for share in row["under"]))
        for row in answer["rows"]
    )
    return Found(tuple(answer["columns"]), rows, answer["truncated"])


def ask_prolog(ground: Ground, goal: str, *, seconds: float = SECONDS, most: int = MOST_ANSWERS) -> Found:
    """The answers to a goal in Prolog; the columns are its variables, but those that begin with ``_``.

    Raises:
        InputError: the goal is no Prolog, is not safe, or asks for what does not exist.
        Unfinished: it used up its time or memory.
        EngineMissing: SWI-Prolog is not installed.
    """
    return run_prolog(ground, [{"program": None, "goal": goal.strip().removesuffix(".")}], seconds=seconds, most=most)[
        0
    ]


def run_prolog(
    ground: Ground, queries: Sequence[Mapping[str, Any]], *, seconds: float = SECONDS, most: int = MOST_ANSWERS
) -> list[Found]:
    """The answers to several queries, each with a ``goal`` (a user's) or a ``program`` (of the library); one process answers all.

    Raises:
        InputError, Unfinished, EngineMissing: as :func:`ask_prolog`.
    """
    swipl = shutil.which("swipl")
    if swipl is None:
        raise EngineMissing(
            "goals in Prolog need SWI-Prolog; run: apt install swi-prolog-nox (macOS: brew install swi-prolog)",
            "用 Prolog 求解需要 SWI-Prolog;请运行:apt install swi-prolog-nox(macOS:brew install swi-prolog)",
        )
    kb = ground.kb
    topics = ground.relevant(" ".join(q["program"] if q["goal"] is None else q["goal"] for q in queries))
    worlds = ground.worlds(topics)
    files = [*kb.law_files, kb.compiled / "catalogue.lp", *([_common_file(kb)] if common(kb) else [])]
    runner = str(kb.root / "kb" / "prolog" / "ask.pl")
    if not Path(runner).is_file():
        runner = str(places.data_root() / "kb" / "prolog" / "ask.pl")
    command = [
        swipl, "-q", "--no-tty", f"--stack-limit={STACK_MEGABYTES}m", "-g", "main", "-t", "halt", runner, "--",
        *(str(f.absolute()) for f in files),
    ]  # fmt: skip
    request = {
        "worlds": [[_atom_encoded(a) for a in atoms] for _, atoms in worlds],
        "queries": [{**q, "seconds": seconds, "most": MOST_FOUND} for q in queries],
    }
    whole = seconds * len(worlds) if any(q.get("program") for q in queries) else seconds
    answer = fence.asked(command, request, seconds=whole * len(queries), megabytes=MEGABYTES)
    found = []
    for given in answer["answers"]:
        if "error" in given:
            raise _refusal(ground, given["error"], seconds)
        found.append(_over_worlds(topics, [c for c, _ in worlds], given, most))
    return found


def _over_worlds(
    topics: Sequence[Topic], conditions: Sequence[Condition], given: Mapping[str, Any], most: int
) -> Found:
    """One table from the answers of each world."""
    by_world = [{tuple(map(_decoded, row)) for row in rows} for rows in given["worlds"]]
    everything = sorted(set().union(*by_world), key=order)
    kept = []
    for values in everything[:most]:
        holds = [values in rows for rows in by_world]
        if all(holds):
            kept.append(Row(values))
            continue
        under: list[Share] = []
        for topic in topics:
            shares = {}
            for option, _ in topic.options:
                here = [h for h, c in zip(holds, conditions, strict=True) if (topic.id, option) in c]
                shares[option] = "always" if all(here) else "sometimes" if any(here) else "never"
            if len(set(shares.values())) > 1:
                under += [Share(topic.id, topic.is_fact, o, s) for o, s in shares.items() if s != "never"]
        kept.append(Row(values, True, tuple(under)))
    truncated = len(everything) > most or any(len(rows) > MOST_FOUND for rows in given["worlds"])
    found = Found(tuple(map(str, given["columns"])), tuple(kept), truncated)
    return _without_unbound(found)


def _without_unbound(found: Found) -> Found:
    """Without the columns that no answer binds: variables inside an aggregate or a negation."""
    bound = [i for i in range(len(found.columns)) if not found.rows or any(r.values[i] != "_" for r in found.rows)]
    rows = tuple(replace(r, values=tuple(r.values[i] for i in bound)) for r in found.rows)
    return replace(found, columns=tuple(found.columns[i] for i in bound), rows=rows)


def order(values: Iterable[Any]) -> tuple[tuple[int, tuple[int, ...], int, str], ...]:
    """The key that sorts answers: integers by size, norms as they stand in the text, everything else by its characters."""
    from .declared import NORM_ID, norm_order

    return tuple(
        (0, (), v, "") if isinstance(v, int) else (1, norm_order(v) if NORM_ID.fullmatch(v) else (), 0, str(v))
        for v in values
    )


def _decoded(value: Any) -> Any:  # noqa: ANN401
    return Text(next(iter(value.values()))) if isinstance(value, dict) else value


def _atom_encoded(atom: Atom) -> dict[str, Any]:
    from .atoms import Const

    return {"p": atom[0], "a": [t if isinstance(t, int | Const) else {"s": t} for t in atom[1:]]}


WHY_REFUSED = {
    "rule": ("a goal is a list of literals, not a rule", "目标应为若干文字,而不是规则"),
    "variable": ("a goal is no variable", "目标不能是一个变量"),
    "directive": ("directives are not allowed ({}); write rules and literals", "不允许使用指令({});请写规则和文字"),
    "external": ("external functions (@name) are not allowed ({})", "不允许使用外部函数(@name)({})"),
    "comment": ("comments (%) are not allowed", "不允许使用注释(%)"),
    "theory": ("theory atoms (&) are not allowed", "不允许使用理论原子(&)"),
    "prime": ("names with a prime (') are not allowed", "名称中不允许使用撇号(')"),
    "string": ("a string does not end", "字符串没有结束"),
    "ascii": ("outside double quotes only ASCII is allowed, found {}", "双引号之外只能使用 ASCII 字符,发现 {}"),
    "deep": ("it is nested too deeply, or has too many signs (at most {})", "嵌套过深或符号过多(最多 {})"),
    "long": ("it is longer than {} characters, or an answer is", "目标或结果过长(最多 {} 个字符)"),
    "statement": ("only rules and literals are allowed, not {}", "只允许规则和文字,不允许 {}"),
    "head": ("the head of a rule is one atom, not {}", "规则的头部应为一个原子,不能是 {}"),
    "negation": ("strong negation (-p) is not in the knowledge base: {}", "知识库没有强否定(-p):{}"),
    "full_stop": ("rules end with a full stop", "规则须以句点结束"),
    "several": ("write one goal, or rules that end with a full stop", "请写一个目标,或以句点结束的若干规则"),
    "empty": ("it is empty", "目标为空"),
    "syntax": ("it cannot be read: {}", "无法识别:{}"),
    "taken": ("{} belongs to the knowledge base; give your predicate another name", "{} 是知识库的谓词,请另取名称"),
    "loop": ("{} depends on its own negation", "{} 依赖于自身的否定"),
    "module": ("modules (name:goal) are not allowed", "不允许使用模块(name:goal)"),
    "unsafe": ("it is not safe to run: {}", "运行不安全:{}"),
    "unbound": ("a variable is not bound by a positive literal: {}", "有变量没有被正文字约束:{}"),
    "error": ("it raised an error: {}", "运行出错:{}"),
    "law": ("{}", "{}"),
}  # fmt: skip


def _refusal(ground: Ground, error: Mapping[str, str], seconds: float) -> Exception:
    """The error of a goal that was refused, or did not finish."""
    kind, what = error["kind"], error["what"]
    if kind == "time":
        return fence.out_of_time(seconds)
    if kind == "memory":
        return fence.out_of_memory()
    if kind == "unknown":
        written = [f"{name}/{arity}" for name, arity in ground.known]
        name = what.rpartition("/")[0]
        near = next((w for w in written if w.rpartition("/")[0] == name), None) or nearest(what, written)
        hint = (f"; did you mean {near}?", f";是否指 {near}?") if near else ("", "")
        return InputError(
            f"the knowledge base has no predicate {what}{hint[0]} (nj ask --predicates lists them)",
            f"知识库没有谓词 {what}{hint[1]}(nj ask --predicates 列出全部谓词)",
        )
    en, zh = WHY_REFUSED.get(kind, WHY_REFUSED["error"])
    return fence.refused(en.format(what), zh.format(what))
