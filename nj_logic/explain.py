"""Why something holds: the proof of a step, an answer, a finding or an atom, from the law's own rules, by SWI-Prolog.

A goal's id is computed anew from the case, never remembered. What a world chose (a reading, an open fact) stands in the proof as a
fact of the case.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .amounts import format_money
from .atoms import Atom, Const, Var, from_clingo, parse_atom, text
from .declared import NORM_ID
from .errors import Bilingual, InputError
from .facts import world_atoms
from .prolog import Place, PrologEngine, Proof
from .worlds import Condition

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be proved, in which world."""

    title: Bilingual
    atom: Atom
    use: str
    world: Condition


@dataclass(frozen=True, slots=True)
class Explanation:
    """The proofs of a goal."""

    kb: KnowledgeBase
    case: Case
    goal: str
    proofs: tuple[tuple[Goal, Proof], ...]

    def to_json(self) -> dict[str, Any]:
        """The proofs as trees."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "goal": self.goal,
            "proofs": [{"atom": text(goal.atom), "world": dict(goal.world), "proof": node_json(self.kb, proof)} for goal, proof in self.proofs],
        }  # fmt: skip


def norms_of(kb: KnowledgeBase, atom: Atom) -> list[str]:
    """The norms whose ids ride in an atom."""
    return [a for a in atom[1:] if type(a) is str and NORM_ID.fullmatch(a) and a in kb.norms]


def node_json(kb: KnowledgeBase, proof: Proof) -> dict[str, Any]:
    """A node of a proof with its norms and quotations."""
    node: dict[str, Any] = {
        "atom": text(proof.atom),
        "by": proof.by,
        "words": {lang: words(kb, proof.atom, lang) for lang in ("zh", "en")},
    }
    if proof.rule is not None:
        node["rule"] = place(kb, proof.rule)
    node["norms"] = [{"id": n, "quote": kb.norms[n].quote} for n in norms_of(kb, proof.atom)]
    if proof.attempts:
        node["attempts"] = [
            {"rule": place(kb, a.rule), "failed": text(a.failed), "negated": a.negated} for a in proof.attempts
        ]
    if proof.repeat:
        node["repeat"] = True
    node["children"] = [node_json(kb, child) for child in proof.children]
    return node


def place(kb: KnowledgeBase, rule: Place) -> str:
    """Where a rule stands, as ``kb/…:line``."""
    for root in (kb.root, kb.compiled):
        if Path(rule.file).is_relative_to(root):
            return f"{Path(rule.file).relative_to(root).as_posix()}:{rule.line}"
    return f"{rule.file}:{rule.line}"


def words(kb: KnowledgeBase, atom: Atom, lang: str) -> str:
    """An atom in words, by the phrase of its predicate; the atom itself where there is none."""
    name, *arguments = atom
    phrase = kb.phrases.get(f"{name}_{len(arguments)}")
    if phrase is None:
        return text(atom)
    return str(phrase[lang]).format(*(_argument(kb, a, lang) for a in arguments))


class _Number(int):
    """An integer of an atom, which a phrase may show as what it stands for: ``{2:day}``, ``{2:cell}``."""

    shown: Mapping[str, str]

    def __format__(self, spec: str) -> str:
        return self.shown[spec] if spec in self.shown else super().__format__(spec)


def _argument(kb: KnowledgeBase, argument: object, lang: str) -> object:
    if isinstance(argument, Const):
        label = kb.labels.get(str(argument))
        return label.say(lang) if label else str(argument)
    if isinstance(argument, int):
        number = _Number(argument)
        number.shown = {"day": _day(argument), "cell": band(kb, argument, lang)}
        return number
    return str(argument)


def _day(ordinal: int) -> str:
    return datetime.date.fromordinal(ordinal).isoformat() if ordinal > 0 else "—"


def band(kb: KnowledgeBase, index: int, lang: str) -> str:
    """The amounts of a cell in words."""
    if not 0 <= index < len(kb.cells):
        return str(index)
    low, high = kb.cells.bounds(index)
    parts = []
    if low is not None:
        amount = format_money(low[0], lang)
        parts.append(
            {
                "zh": f"{amount}{'(不含)以上' if low[1] else '及以上'}",
                "en": f"{'above' if low[1] else 'from'} {amount}",
            }[lang]
        )
    if high is not None:
        amount = format_money(high[0], lang)
        parts.append(
            {
                "zh": f"{amount}{'及以下' if high[1] else '(不含)以下'}",
                "en": f"{'up to' if high[1] else 'below'} {amount}",
            }[lang]
        )
    return {"zh": "、", "en": ", "}[lang].join(parts)


def explain(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Explanation:
    """The proof of *goal*: the id of a step, answer or finding as printed, or an atom.

    Raises:
        InputError: no such goal, or it does not hold.
        EngineMissing: SWI-Prolog is not installed.
    """
    engine = prolog_engine(kb)
    proofs = []
    for wanted in goals(kb, case, goal, readings):
        engine.set_facts([from_clingo(a) for a in world_atoms(kb, case, wanted.use, readings, wanted.world)])
        proof = engine.prove(wanted.atom)
        if proof is not None:
            proofs.append((wanted, proof))
    if not proofs:
        raise InputError(f"{goal[:200]} does not hold in this case", f"{goal[:200]} 在本案中不成立")
    return Explanation(kb, case, goal, tuple(proofs))


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


def goals(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Iterable[Goal]:
    """What the id or atom *goal* stands for."""
    if "(" in goal:
        world: Condition = ()
        return [Goal(Bilingual(goal, goal), parse_atom(goal), "check", world)]
    if goal.startswith("p"):
        found = list(_step_goals(kb, case, goal, readings)) if case.kind.procedure else []
    elif goal.startswith("a"):
        found = list(_answer_goals(kb, case, goal, readings))
    elif goal.startswith("f"):
        found = list(_finding_goals(kb, case, goal, readings))
    else:
        found = []
    if not found:
        raise InputError(
            f"{goal[:80]!r} is no step, answer or finding of this case, nor an atom such as route(…)",
            f"“{goal[:80]}”不是本案的环节、答案或问题编号,也不是 route(…) 这样的原子",
        )
    return found


def _step_goals(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Iterator[Goal]:
    for alternative in kb.paths(case, readings).alternatives:
        for path in alternative.paths:
            for step in path.steps:
                if goal not in (step.id, path.id):
                    continue
                label = Bilingual(
                    f"{kb.term(step.actor).label.zh}{kb.term(step.action).label.zh}",
                    f"{kb.term(step.actor).label.en}: {kb.term(step.action).label.en}",
                )
                world = alternative.world
                stage: Atom = (
                    "stage",
                    case.id,
                    Var("R"),
                    Var("S"),
                    Const(step.actor),
                    Const(step.action),
                    step.norms[0],
                )
                yield Goal(label, stage, "paths", world)
                if step.person is not None:
                    holder = step.acting_for or step.person
                    yield Goal(
                        label,
                        ("acts", case.id, Var("D"), Const(step.actor), Const(step.action), step.person, holder),
                        "paths",
                        world,
                    )


def _answer_goals(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Iterator[Goal]:
    for answer in kb.answer(case, readings).answers:
        for alternative in answer.alternatives:
            if goal not in (alternative.id, alternative.id.split(".")[0]):
                continue
            for norm in alternative.norms:
                atom: Atom = ("value", case.id, Const(answer.question), Var("G"), Var("V"), Var("A"), norm)
                yield Goal(kb.term(answer.question).label, atom, "answer", alternative.world)


def _finding_goals(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Iterator[Goal]:
    if case.kind.register:
        for clash in kb.conflicts(case, readings).findings:
            if clash.id == goal and clash.goal:
                yield Goal(clash.message, _named(case, clash.goal), "conflicts", clash.world)
        return
    for finding in kb.check(case, readings).findings:
        if finding.id == goal and finding.goal:
            yield Goal(finding.message, _named(case, finding.goal), "check", finding.world)


def _named(case: Case, goal: clingo.Symbol) -> Atom:
    """The goal as an atom about *case*: worlds are shared by cases that state the same, and leave the name out."""
    name, *arguments = from_clingo(goal)
    arguments[0] = case.id
    return (name, *arguments)
