"""What to ask next: the shortest set of questions for a case that needs facts, and what each answer would lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .errors import Bilingual
from .results import NEEDS_FACTS, MissingFact, missing_facts
from .what_if import LANGS, Result, answer_results, path_result
from .worlds import Node

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

MOST_LEAVES = 200
"""How many outcomes of one question are worked out."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Answers to a question that lead to the same: *then* asks further, or *result* is what the rules say."""

    answers: tuple[Bilingual, ...]
    then: Asked | None
    result: Result | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the tree and where its answers lead."""

    fact: MissingFact
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The questions for one of the results that need facts; *tree* is None where it is too large to be worked out."""

    question: Bilingual
    missing: tuple[MissingFact, ...]
    tree: Asked | None


@dataclass(frozen=True, slots=True)
class AskNext:
    """What to ask next in a case."""

    kb: KnowledgeBase
    case: Case
    inquiries: tuple[Inquiry, ...]

    def to_json(self) -> dict[str, Any]:
        """The trees of questions."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id,
            "inquiries": [
                {
                    "question": {"zh": i.question.zh, "en": i.question.en}, "missing_facts": [m.to_json() for m in i.missing],
                    "tree": None if i.tree is None else _tree_json(i.tree),
                }
                for i in self.inquiries
            ],
        }  # fmt: skip


def _tree_json(asked: Asked) -> dict[str, Any]:
    return {
        "ask": asked.fact.to_json(),
        "answers": [
            {
                "if": [{"zh": a.zh, "en": a.en} for a in b.answers],
                **({"then": _tree_json(b.then)} if b.then else {"result": b.result.to_json() if b.result else None}),
            }
            for b in asked.branches
        ],
    }


def ask_next(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> AskNext:
    """The questions to put for each result of *case* that needs facts."""
    from .answer import decide_answer
    from .paths import decide_paths

    found = []
    if case.kind.procedure and path_result(kb, case, readings).status == NEEDS_FACTS:
        tree = decide_paths(kb, case, readings)
        found.append(_inquiry(kb, case, tree, lambda c: path_result(kb, c, readings)))
    asked: tuple[tuple[str, ...], Node[Any]]
    for number, answer in enumerate(kb.answer(case, readings).answers if case.kind.questions else ()):
        if answer.status == NEEDS_FACTS:
            asked = decide_answer(kb, case, readings, answer.question)
            found.append(_inquiry(kb, case, asked, lambda c, n=number: answer_results(kb, c, readings)[n]))
    return AskNext(kb, case, tuple(found))


def _inquiry(kb: KnowledgeBase, case: Case, decided: tuple[tuple[str, ...], Node[Any]], result: Any) -> Inquiry:  # noqa: ANN401
    missing, tree = decided
    small = sum(1 for _ in tree.leaves()) <= MOST_LEAVES
    asked = _asked(kb, case, tree, result) if small else None
    return Inquiry(result(case).question, missing_facts(kb, case, missing), asked)


def _asked(kb: KnowledgeBase, case: Case, node: Node[Any], result: Any) -> Asked:  # noqa: ANN401
    assert node.topic is not None
    branches: dict[object, tuple[list[str], Branch]] = {}
    for option, child in node.children.items():
        stated = _stating(kb, case, node.topic.id, option)
        if child.topic is not None:
            then = _asked(kb, stated, child, result)
            key: object = then
            branch = Branch((), then, None)
        else:
            reached = result(stated)
            key = (reached.status, reached.outcome)
            branch = Branch((), None, reached)
        branches.setdefault(key, ([], branch))[0].append(option)
    (fact,) = missing_facts(kb, case, [node.topic.id])
    listed = [replace(b, answers=_answers(kb, case, node.topic.id, options)) for options, b in branches.values()]
    return Asked(fact, tuple(listed))


def _stating(kb: KnowledgeBase, case: Case, topic: str, option: str) -> Case:
    """The case with the fact stated; unchanged for what is no fact of its kind (a day, who is away)."""
    declared = case.kind.fields.get(topic)
    if declared is None:
        return _present(case, topic, option)
    value: Any = option
    if declared.type == "money":
        value = sample(kb, int(option))
    elif declared.type == "boolean":
        value = option == "yes"
    return replace(case, facts={**case.facts, topic: value}, opened=case.opened - {topic}, stated=case.stated | {topic})


def _present(case: Case, topic: str, option: str) -> Case:
    import datetime

    from .case import Absence
    from .facts import DAY, PRESENCE

    if topic == DAY:
        return replace(case, date=datetime.date.fromisoformat(option))
    who = topic.removeprefix(PRESENCE)
    start = None if option == "yes" else datetime.date.max
    return replace(case, absences=(*case.absences, Absence(who, start, start, None, None, None)))


def sample(kb: KnowledgeBase, cell: int) -> Decimal:
    """An amount of the cell, in yuan."""
    low, high = kb.cells.bounds(cell)
    if low is None:
        return high[0] if high is not None and high[1] else (high[0] / 2 if high is not None else Decimal(1))
    if not low[1]:
        return low[0]
    return low[0] + 1 if high is None else (low[0] + high[0]) / 2


def _answers(kb: KnowledgeBase, case: Case, topic: str, options: list[str]) -> tuple[Bilingual, ...]:
    """The options in words: neighbouring cells as one band."""
    from .phrasing import Phrasing

    declared = case.kind.fields.get(topic)
    if declared is not None and declared.type == "money":
        runs: list[list[int]] = []
        for cell in map(int, options):
            if runs and runs[-1][-1] == cell - 1:
                runs[-1].append(cell)
            else:
                runs.append([cell])
        return tuple(Bilingual(*(Phrasing(kb, lang).band(r[0], r[-1]) for lang in LANGS)) for r in runs)
    return tuple(kb.labels.get(o, Bilingual(o, o)) for o in options)
