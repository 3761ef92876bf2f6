"""SWI-Prolog behind a JSON door: goals and proofs over the law that clingo loads too.

Requests and answers pass through SWI-Prolog's foreign interface as JSON texts, never as program text: no string can
become a goal.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple, TypeAlias

from nj_logic.atoms import Atom, Const, Term, Var
from nj_logic.errors import EngineMissing, InputError, KnowledgeError

Json: TypeAlias = Any  # what json.loads gives
_HERE = Path(__file__).resolve().parent
_DOORS = (_HERE / "data/kb/prolog/door.pl", _HERE.parent / "kb/prolog/door.pl")  # as installed, as checked out


class Place(NamedTuple):
    """Where a rule or fact of the law begins."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong with a file of the law."""

    place: Place
    en: str
    zh: str


class LawError(KnowledgeError):
    """Files of the law are wrong; no rule of them is loaded. The message tells of the first finding."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        first = self.diagnostics[0]
        super().__init__(first.en, first.zh, str(first.place))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rule that could have given an atom, and the furthest literal of its body that fails.

    ``failed`` may hold variables; ``negated`` says that its negation stands in the rule; ``because`` proves why it
    fails, if asked for.
    """

    rule: Place
    failed: Atom
    negated: bool
    because: Proof | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A node of a proof.

    ``by`` is ``rule`` (the children prove its body), ``fact`` (of the law), ``input`` (a fact of the case), ``not``
    (the atom does not hold, see ``attempts``) or ``comparison`` (the atom is ``("<", 2, 3)``; ``expression`` is a sum
    on the right as written, ``1+2``). ``repeat`` marks an atom that is proved further up or to the left, and not
    proved again. ``rule`` is where the rule or fact stands.
    """

    atom: Atom
    by: Literal["rule", "fact", "input", "not", "comparison"]
    rule: Place | None = None
    children: tuple[Proof, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    repeat: bool = False
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an atom does not hold.

    ``by`` is ``failed`` (rules could have given it; see ``attempts``), ``not_stated`` (the case says nothing of it),
    ``not_met`` (the case or the law says ``stated`` instead), ``comparison`` (the atom is ``("<", 3, 2)``) or
    ``forbidden`` (the atom must not hold; ``proof`` shows that it does).
    """

    atom: Atom
    by: Literal["failed", "not_stated", "not_met", "comparison", "forbidden"]
    attempts: tuple[FailedAttempt, ...] = ()
    stated: tuple[Atom, ...] = ()
    proof: Proof | None = None

    @property
    def leaves(self) -> tuple[Failure, ...]:
        """What is lacking at the ends of the first of the closest attempts."""
        if not self.attempts:
            return (self,)
        return tuple(leaf for lack in self.attempts[0].lacks for leaf in lack.leaves)

    @property
    def of_reach(self) -> bool:
        """Whether facts of the case could make the atom hold; otherwise the rules provide no such thing for its kind."""
        return all(leaf.by != "failed" for leaf in self.leaves)


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An instance of a rule and what it lacks."""

    rule: Place
    lacks: tuple[Failure, ...]


class PrologEngine:
    """The law in SWI-Prolog. A process has one Prolog: all engines share one law, and one thread serves them.

    Args:
        seconds: after which a question is given up.

    Raises:
        EngineMissing: by the constructor, if SWI-Prolog or pyswip is not installed.
    """

    def __init__(self, seconds: float = 10) -> None:
        self._seconds = seconds
        with _OPENING:
            self._door = _door()

    def load(self, files: Iterable[str | os.PathLike[str]]) -> int:
        """Replace the law by the rules of these files, and forget the case.

        Returns:
            the number of rules and facts.

        Raises:
            LawError: with every finding; no law is loaded then.
        """
        global _law  # the process's Prolog holds one law
        named = tuple(os.fspath(file) for file in files)
        _law = ()
        reply = self._ask(op="load", files=list(named))
        if not reply["ok"]:
            raise LawError([Diagnostic(_place(found), found["message"], found["zh"]) for found in reply["diagnostics"]])
        _law = named
        return int(reply["rules"])

    @property
    def law(self) -> tuple[str, ...]:
        """The files of the law that this process's Prolog holds now, whoever loaded it."""
        return _law

    def set_facts(self, atoms: Iterable[Atom]) -> None:
        """Replace the facts of the case.

        Raises:
            InputError: if one is no ground atom of the dialect; the old facts stay.
        """
        self._ask(op="facts", facts=[_encoded(atom) for atom in atoms])

    def atoms(self, *, derived: bool = False) -> set[Atom]:
        """Every atom that holds; with *derived*, only those that a rule with a body gives."""
        return {_decoded(found["atom"]) for found in self._ask(op="atoms")["atoms"] if found["derived"] or not derived}

    def solve(self, goal: Atom, limit: int | None = None) -> list[Atom]:
        """The true ground instances of *goal*, in Prolog's standard order, at most *limit*.

        Raises:
            InputError: if nothing defines or declares the goal's predicate.
            KnowledgeError: if the goal is neither true nor false, compares what is no number, or takes too long.
        """
        reply = self._ask(op="solve", goal=_encoded(goal), **({} if limit is None else {"limit": limit}))
        return [_decoded(answer) for answer in reply["answers"]]

    def prove(self, goal: Atom) -> Proof | None:
        """A proof of the first true instance of *goal*, or None. Raises as :meth:`solve`."""
        return self._proof("prove", goal)

    def prove_not(self, goal: Atom) -> Proof | None:
        """Why no instance of *goal* holds, two levels deep, or None if one does. Raises as :meth:`solve`."""
        return self._proof("prove_not", goal)

    def why_not(self, goal: Atom, fields: Iterable[str] = ()) -> Failure | None:
        """What keeps *goal* from holding, by the attempts that came closest, or None if an instance of it holds.

        *fields* are the facts that a case of this kind can state; others count as far away. Raises as :meth:`solve`.
        """
        node = self._ask(op="why_not", goal=_encoded(goal), fields=list(fields))["failure"]
        return None if node is None else _failure(node)

    def version(self) -> str:
        """The version of SWI-Prolog, e.g. ``9.0.4``."""
        return str(self._ask(op="version")["version"])

    def _proof(self, op: str, goal: Atom) -> Proof | None:
        try:
            return _optional_proof(self._ask(op=op, goal=_encoded(goal))["proof"])
        except RecursionError as error:
            raise KnowledgeError("the proof is too deep to be shown", "证明过深,无法显示") from error

    def _ask(self, **request: Json) -> Json:
        try:
            asked = json.dumps(request | {"seconds": self._seconds}, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError(
                "a string holds half a character (a lone surrogate)", "字符串中有半个字符(孤立的代理码元)"
            ) from error
        reply: Json = json.loads(self._door(asked))
        if "error" in reply:
            raise _KINDS.get(reply["kind"], KnowledgeError)(reply["error"], reply["zh"])
        return reply


_KINDS = dict.fromkeys(("request", "unknown_predicate", "outside", "too_big", "unsafe", "system_predicate"), InputError)
_OPENING = Lock()
_law: tuple[str, ...] = ()


@cache
def _door() -> Callable[[bytes], bytes]:
    """The door of this process's Prolog: JSON in, JSON out."""
    from multiprocessing.pool import ThreadPool

    try:
        from pyswip import core
        from pyswip.prolog import Prolog
    except Exception as error:  # pyswip raises its own error, ImportError or OSError, by platform
        raise EngineMissing(
            "goals and proofs need SWI-Prolog; run: apt install swi-prolog-nox (macOS: brew install swi-prolog)",
            "求解目标和证明需要 SWI-Prolog;请运行:apt install swi-prolog-nox(macOS:brew install swi-prolog)",
        ) from error
    path = next((door for door in _DOORS if door.exists()), None)
    if path is None:
        raise KnowledgeError(f"the knowledge base lacks {_DOORS[1]}", f"知识库缺少 {_DOORS[1]}")
    owner = os.getpid()
    # Tables belong to a thread of Prolog, so one thread asks everything; it detaches before pyswip's own exit hook.
    thread = ThreadPool(1, core.PL_thread_attach_engine, (None,))
    thread.apply(_consult, (Prolog, path))
    predicate = core.PL_predicate("door", 2, "door")

    def ask(request: bytes) -> bytes:
        if os.getpid() != owner:
            raise KnowledgeError(
                "SWI-Prolog does not survive a fork; start worker processes with spawn",
                "SWI-Prolog 无法在 fork 之后使用;请用 spawn 启动工作进程",
            )
        return thread.apply(_call, (core, predicate, request))

    def leave() -> None:
        if os.getpid() == owner:
            thread.apply(core._lib.PL_thread_destroy_engine)
            thread.terminate()

    atexit.register(leave)
    return ask


def _consult(prolog: Json, door: Path) -> None:
    quoted = door.as_posix().replace("\\", "\\\\").replace("'", "\\'")
    # Under pyswip Prolog takes no signals: its garbage collector, were it a thread, could not be stopped at exit.
    list(prolog.query(f"set_prolog_flag(gc_thread, false), use_module('{quoted}')", maxresult=1, catcherrors=True))


def _call(core: Json, predicate: Json, request: bytes) -> bytes:
    """Call door(Request, Answer), which neither fails nor raises."""
    frame = core.PL_open_foreign_frame()
    try:
        terms = core.PL_new_term_refs(2)
        answer = core.c_char_p()
        core.PL_put_chars(terms, core.PL_STRING | core.REP_UTF8, len(request), request)
        answered = core.PL_call_predicate(None, core.PL_Q_NODEBUG | core.PL_Q_CATCH_EXCEPTION, predicate, terms)
        if not (answered and core.PL_get_chars(terms + 1, core.byref(answer), core.CVT_STRING | core.REP_UTF8)):
            raise KnowledgeError("SWI-Prolog failed to answer", "SWI-Prolog 未能给出回答")
        return answer.value or b""
    finally:
        core.PL_discard_foreign_frame(frame)


def _encoded(atom: Atom) -> Json:
    return {"p": atom[0], "a": [_term_encoded(term) for term in atom[1:]]}


def _term_encoded(term: Term) -> Json:
    if isinstance(term, Var):
        return {"v": str(term)}
    return term if isinstance(term, int | Const) else {"s": term}


def _decoded(node: Json) -> Atom:
    return (node["p"], *map(_term_decoded, node["a"]))


def _term_decoded(node: Json) -> Term:
    if isinstance(node, dict):
        return str(node["s"]) if "s" in node else Var(node["v"])
    return Const(node) if isinstance(node, str) else int(node)


def _literal(node: Json) -> Atom:
    if "op" in node:
        return (node["op"], _term_decoded(node["left"]), _term_decoded(node["right"]))
    return _decoded(node.get("atom") or node.get("not") or node)


def _optional_proof(node: Json) -> Proof | None:
    return None if node is None else _proof(node)


def _proof(node: Json) -> Proof:
    return Proof(
        atom=_literal(node),
        by=node["by"],
        rule=_place(node["rule"]) if "rule" in node else None,
        children=tuple(map(_proof, node["children"])),
        attempts=tuple(map(_attempt, node.get("attempts", ()))),
        repeat=node.get("repeat", False),
        expression=node.get("expression", ""),
    )


def _failure(node: Json) -> Failure:
    atom = _literal(node) if "op" in node else _decoded(node["atom"])
    return Failure(
        atom,
        node["by"],
        tuple(FailedAttempt(_place(a["rule"]), tuple(map(_failure, a["lacks"]))) for a in node.get("attempts", ())),
        tuple(map(_decoded, node.get("stated", ()))),
        _proof(node["proof"]) if "proof" in node else None,
    )


def _attempt(node: Json) -> Attempt:
    failed = node["failed"]
    return Attempt(_place(node["rule"]), _literal(failed), "not" in failed, _optional_proof(node.get("because")))


def _place(node: Json) -> Place:
    return Place(node["file"], node["line"])
