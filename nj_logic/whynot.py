"""Why something does not hold: the attempts that came closest, down to what is not stated, not met or forbidden.

What the case leaves open is not stated; an open reading takes its first option, and the answer says whether another option, or a value of
an open fact, would do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .atoms import Atom, arguments, from_clingo, text
from .errors import InputError
from .explain import place, prolog_engine
from .facts import case_atoms, open_topics
from .phrasing import Phrasing
from .prolog import Failure
from .proof_goals import Goal, described
from .telling import leaf_text
from .worlds import Condition

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

MOST_TRIED = 60
"""How many options of what is open are tried, one at a time."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why *goal* does not hold.

    Attributes:
        world: the readings taken.
        holds_with: options of what is open with which it would hold, each by itself.
    """

    kb: KnowledgeBase
    case: Case
    goal: Goal
    failure: Failure
    world: Condition
    holds_with: Condition

    def to_json(self) -> dict[str, Any]:
        """The closest attempts as a tree, and what they lack."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "goal": text(self.goal.atom), "world": dict(self.world),
            "missing": [_leaf(self.kb, self.case, leaf) for leaf in self.failure.leaves],
            "failure": _node(self.kb, self.case, self.failure),
            "holds_with": [{"topic": t, "option": o} for t, o in self.holds_with],
        }  # fmt: skip


def _leaf(kb: KnowledgeBase, case: Case, leaf: Failure) -> dict[str, Any]:
    return {
        "by": leaf.by,
        "atom": text(leaf.atom),
        "stated": [text(a) for a in leaf.stated],
        "words": {lang: leaf_text(Phrasing(kb, lang, case), leaf) for lang in ("zh", "en")},
    }


def _node(kb: KnowledgeBase, case: Case, failure: Failure) -> dict[str, Any]:
    found = _leaf(kb, case, failure)
    if failure.by == "failed":
        found["attempts"] = [
            {"rule": place(kb, a.rule), "lacks": [_node(kb, case, lack) for lack in a.lacks]} for a in failure.attempts
        ]
    return found


def why_not(kb: KnowledgeBase, case: Case, goal: str, readings: Mapping[str, str]) -> WhyNot:
    """Why *goal* (see :func:`goals.described`) does not hold.

    Raises:
        InputError: no such goal, or it holds.
        EngineMissing: SWI-Prolog is not installed.
    """
    wanted = described(kb, case, goal)
    if not wanted:
        raise InputError(
            f"{goal[:80]!r} is no act (OFFICE:ACT), answer (QUESTION=VALUE), norm's id or atom",
            f"“{goal[:80]}”不是 机关:行为、问题=答案、规范编号或原子",
        )
    engine = prolog_engine(kb)
    topics, opening = open_topics(kb, case, "check", readings)
    stated = [from_clingo(a) for a in [*case_atoms(kb, case, readings), *(a for a in opening if a.name == "absent_on")]]
    facts = [t for t in topics if t.is_fact]
    read = [t for t in topics if not t.is_fact]
    world = tuple((t.id, t.options[0][0]) for t in read)
    taken = {t.id: from_clingo(t.options[0][1]) for t in read}
    engine.set_facts([*stated, *taken.values()])
    failures: list[tuple[Goal, Failure]] = []
    for one in wanted:
        failure = engine.why_not(one.atom, case.kind.fields)
        if failure is None:
            raise InputError(
                f"{goal[:200]} holds in this case; nj why proves it", f"{goal[:200]} 在本案中成立;证明见 nj why"
            )
        failures.append((one, failure))
    goal_, failure = min(failures, key=lambda found: (not found[1].attempts, _reach(found[1])))
    holds_with = []
    options = [
        (t.id, o, from_clingo(a)) for t in [*read, *facts] for o, a in t.options if from_clingo(a) != taken.get(t.id)
    ]
    for topic, option, atom in options[:MOST_TRIED]:
        others = [a for t, a in taken.items() if t != topic]
        engine.set_facts([*stated, *others, atom])
        if any(engine.solve(one.atom, 1) for one, _ in failures):
            holds_with.append((topic, option))
    relevant = {str(arguments(a)[1]) for a in _atoms(failure) if a[0] == "reading"}
    shown = tuple(c for c in world if c[0] in relevant | {t for t, _ in holds_with})
    return WhyNot(kb, case, goal_, failure, shown, tuple(holds_with))


def _reach(failure: Failure) -> int:
    """How far away a goal is: its missing conditions, those that the law would have to state far behind."""
    return sum(
        20 if leaf.by == "failed" or (leaf.by == "not_met" and not leaf.stated) else 1 for leaf in failure.leaves
    )


def _atoms(failure: Failure) -> list[Atom]:
    return [failure.atom, *(a for attempt in failure.attempts for lack in attempt.lacks for a in _atoms(lack))]
