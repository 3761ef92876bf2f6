"""Why something holds: the proof of a step, an answer, a finding or an atom, from the law's own rules, by SWI-Prolog.

What a world chose (a reading, an open fact) stands in the proof as a fact of the case. A proof saved as JSON carries all that is needed to
check it again: see :mod:`nj_logic.verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .atoms import Atom, from_clingo, text
from .errors import InputError
from .facts import world_atoms
from .phrasing import Phrasing, decisive, norms_of
from .prolog import Failure, Place, PrologEngine, Proof
from .proof_goals import Goal, goals
from .versions import versions

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

MOST_REASONS = 20
"""Of how many negations of a proof it is told what they rest on."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A goal with its proof.

    Attributes:
        facts: what the case states in the world of the goal.
        reasons: for what does not hold, the attempts that came closest.
    """

    goal: Goal
    proof: Proof
    facts: tuple[Atom, ...]
    reasons: Mapping[Atom, Failure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The proofs of a goal."""

    kb: KnowledgeBase
    case: Case
    goal: str
    proved: tuple[Proved, ...]

    @property
    def proofs(self) -> tuple[tuple[Goal, Proof], ...]:
        """Each goal and its proof."""
        return tuple((p.goal, p.proof) for p in self.proved)

    def to_json(self) -> dict[str, Any]:
        """The proofs as trees, the facts they rest on, and the versions they were made with."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "goal": self.goal, "versions": versions(self.kb),
            "proofs": [
                {
                    "title": {"zh": p.goal.title.zh, "en": p.goal.title.en}, "atom": text(p.goal.atom), "world": dict(p.goal.world),
                    "facts": [text(a) for a in p.facts], "proof": node_json(self.kb, self.case, p.proof),
                }
                for p in self.proved
            ],
        }  # fmt: skip


def node_json(kb: KnowledgeBase, case: Case, proof: Proof) -> dict[str, Any]:
    """A node of a proof with its rule, norms and quotations."""
    node: dict[str, Any] = {
        "atom": text(proof.atom),
        "by": proof.by,
        "words": {lang: said(Phrasing(kb, lang, case), proof) for lang in ("zh", "en")},
    }
    if proof.expression:
        node["expression"] = proof.expression
    if proof.rule is not None:
        node["rule"] = place(kb, proof.rule)
    node["norms"] = [
        {"id": n, "article": kb.norms[n].article, "paragraph": kb.norms[n].paragraph, "quote": kb.norms[n].quote}
        for n in norms_of(kb, proof.atom)
    ]
    if proof.attempts:
        node["attempts"] = [
            {"rule": place(kb, a.rule), "failed": text(a.failed), "negated": a.negated} for a in proof.attempts
        ]
    if proof.repeat:
        node["repeat"] = True
    node["children"] = [node_json(kb, case, child) for child in proof.children]
    return node


def said(say: Phrasing, proof: Proof) -> str:
    """What a node says, without a mark for its negation."""
    if proof.by == "comparison":
        return say.comparison(proof.atom, (), proof.expression)
    return say.atom(proof.atom)


def place(kb: KnowledgeBase, rule: Place) -> str:
    """Where a rule stands, as ``kb/…:line``; what the compiler computed, as ``computed.lp:line``."""
    for root in (kb.compiled, kb.root):
        if Path(rule.file).is_relative_to(root):
            return f"{Path(rule.file).relative_to(root).as_posix()}:{rule.line}"
    return f"{rule.file}:{rule.line}"


def explain(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Explanation:
    """The proof of *goal*: the id of a step, answer or finding as printed, or what :func:`goals.described` understands.

    Raises:
        InputError: no such goal, or it does not hold.
        EngineMissing: SWI-Prolog is not installed.
    """
    engine = prolog_engine(kb)
    proved = []
    for wanted in goals(kb, case, goal, readings):
        facts = tuple(from_clingo(a) for a in world_atoms(kb, case, wanted.use, readings, wanted.world))
        engine.set_facts(facts)
        proof = engine.prove(wanted.atom)
        if proof is not None:
            denied = list(dict.fromkeys(_denied(Phrasing(kb, "en", case), proof)))[:MOST_REASONS]
            reasons = {a: f for a in denied if (f := engine.why_not(a, case.kind.fields)) is not None}
            proved.append(Proved(wanted, proof, facts, reasons))
    if not proved:
        raise InputError(
            f"{goal[:200]} does not hold in this case; nj whynot says what is missing",
            f"{goal[:200]} 在本案中不成立;缺少什么,见 nj whynot",
        )
    return Explanation(kb, case, goal, tuple(proved))


def _denied(say: Phrasing, proof: Proof) -> Iterator[Atom]:
    """The atoms of which the decisive chain says that they do not hold."""
    for node in decisive(say, proof):
        if node.by == "not":
            yield node.atom
        for child in node.children:
            yield from _denied(say, child)


@cache
def _engine() -> PrologEngine:
    return PrologEngine()


def prolog_engine(kb: KnowledgeBase) -> PrologEngine:
    """The process's Prolog with the law of *kb* loaded; a process has one Prolog, and it holds one law."""
    engine = _engine()
    files = tuple(map(str, kb.law_files))
    if engine.law != files:
        engine.load(files)
    return engine
