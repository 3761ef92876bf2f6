"""What a user asks to be explained: the id of a step, answer or finding as printed, an act, an answer, a norm, or an atom.

An id is computed anew from the case, never remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .atoms import Atom, Const, Var, from_clingo, parse_goal
from .declared import NORM_ID
from .errors import Bilingual, InputError, unknown_word
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


def goals(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> Iterable[Goal]:
    """What *goal* stands for: an id as printed, or what :func:`described` understands.

    Raises:
        InputError: it stands for nothing.
    """
    if goal.startswith("p") and goal[1:2].isdigit():
        found = list(_step_goals(kb, case, goal, readings)) if case.kind.procedure else []
    elif goal.startswith("a") and goal[1:2].isdigit() and not NORM_ID.fullmatch(goal):
        found = list(_answer_goals(kb, case, goal, readings))
    elif goal.startswith("f") and goal[1:2].isdigit():
        found = list(_finding_goals(kb, case, goal, readings))
    else:
        found = described(kb, case, goal)
    if not found:
        raise InputError(
            f"{goal[:80]!r} is no step, answer or finding of this case; nor an act (OFFICE:ACT), an answer (QUESTION=VALUE), a norm's id or an atom",
            f"“{goal[:80]}”不是本案的环节、答案或问题编号,也不是 机关:行为、问题=答案、规范编号或原子",
        )
    return found


def described(kb: KnowledgeBase, case: Case, goal: str) -> list[Goal]:
    """The goals that ``OFFICE:ACT``, ``QUESTION=VALUE``, a norm's id or an atom (``stage(C, R, S, county_head, A, N)``) describes.

    Raises:
        InputError: a word is unknown, or the atom is none.
    """
    title = Bilingual(goal, goal)
    if "(" in goal:
        return [Goal(title, parse_goal(goal), "check", ())]
    if NORM_ID.fullmatch(goal):
        if goal not in kb.norms:
            raise unknown_word("norm", "规范编号", goal, [n for n in kb.norms if n.split(".")[0] == goal.split(".")[0]])
        any_ = Var("_")
        shapes: list[Atom] = [
            ("route", case.id, any_, goal),
            ("stage", case.id, any_, any_, any_, any_, goal),
            ("value", case.id, any_, any_, any_, any_, goal),
            ("speaks", case.id, goal),
        ]
        return [Goal(title, atom, "check", ()) for atom in shapes]
    for sign in (":", "：", "="):
        one, found, other = (part.strip() for part in goal.partition(sign))
        if not found:
            continue
        if sign == "=":
            questions = {w: i for i in case.kind.questions for w in kb.term(i).words}
            if one not in questions:
                raise unknown_word("question of this kind", "此类事项的问题", one, questions)
            value = {**kb.value_words, **kb.actor_words}.get(other)
            yes_no = {"true": "yes", "是": "yes", "yes": "yes", "false": "no", "否": "no", "no": "no"}.get(other)
            term = value or yes_no
            if term is None:
                raise unknown_word("value", "可用的值", other, {**kb.value_words, **kb.actor_words})
            asked: Atom = ("value", case.id, Const(questions[one]), Var("G"), Const(term), Var("A"), Var("N"))
            return [Goal(title, asked, "check", ())]
        if one not in kb.actor_words:
            raise unknown_word("office or body", "职务或机构", one, kb.actor_words)
        if other not in kb.action_words:
            raise unknown_word("act", "行为", other, kb.action_words)
        office, act = kb.actor_words[one], kb.action_words[other]
        label = Bilingual(
            f"{kb.term(office).label.zh}{kb.term(act).label.zh}", f"{kb.term(office).label.en}: {kb.term(act).label.en}"
        )
        return [Goal(label, ("stage", case.id, Var("R"), Var("S"), Const(office), Const(act), Var("N")), "check", ())]
    return []


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
