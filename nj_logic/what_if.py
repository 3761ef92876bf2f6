"""What if: the same case under changed facts or readings, side by side; what changed, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .atoms import arguments
from .errors import Bilingual, EngineMissing
from .phrasing import Phrasing, decisive

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase
    from .prolog import Proof

LANGS = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a case: its question, status and outcome in words, the ids that prove each outcome, and its norms."""

    question: Bilingual
    status: str
    outcome: tuple[Bilingual, ...]
    goals: tuple[str, ...]
    norms: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {
            "status": self.status,
            "outcome": [{"zh": o.zh, "en": o.en} for o in self.outcome],
            "norms": list(self.norms),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """One question before and after.

    Attributes:
        why: what the proofs after rest on and those before do not (and the other way round, where nothing holds after).
    """

    before: Result
    after: Result
    why: tuple[Bilingual, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the answer is another."""
        return (self.before.status, self.before.outcome) != (self.after.status, self.after.outcome)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A case, and the same with changes."""

    kb: KnowledgeBase
    case: Case
    changes: tuple[str, ...]
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """Each question with both results."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "changes": list(self.changes),
            "questions": [
                {
                    "question": {"zh": d.before.question.zh, "en": d.before.question.en}, "changed": d.changed,
                    "before": d.before.to_json(), "after": d.after.to_json(), "why": [{"zh": w.zh, "en": w.en} for w in d.why],
                }
                for d in self.differences
            ],
        }  # fmt: skip


def compare(
    kb: KnowledgeBase, before: tuple[Case, Mapping[str, str]], after: tuple[Case, Mapping[str, str]], changes: tuple[str, ...]
) -> WhatIf:  # fmt: skip
    """Both cases, each under its readings, question by question."""
    found = []
    for one, other in zip(results(kb, *before), results(kb, *after), strict=True):
        difference = Difference(one, other)
        if difference.changed:
            difference = Difference(one, other, _why(kb, before, after, one, other))
        found.append(difference)
    return WhatIf(kb, before[0], changes, tuple(found))


def results(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> list[Result]:
    """What the rules say of a case: its paths, its answers, its findings."""
    found = []
    if case.kind.procedure:
        found.append(path_result(kb, case, readings))
    if case.kind.questions:
        found += answer_results(kb, case, readings)
    if case.kind.register:
        clashes = kb.conflicts(case, readings).findings
        messages = tuple(f.message for f in clashes)
        found.append(
            Result(CLASHES, "", messages, tuple(f.id for f in clashes), tuple(n for f in clashes for n in f.norms))
        )
    else:
        check = kb.check(case, readings)
        messages = tuple(f.message for f in check.findings)
        found.append(
            Result(
                CHECK,
                check.verdict,
                messages,
                tuple(f.id for f in check.findings),
                tuple(f.norm for f in check.findings),
            )
        )
    return found


PATHS = Bilingual("审批路径", "approval path")
CHECK = Bilingual("检查", "check of the record")
CLASHES = Bilingual("外出冲突", "clashes")


def path_result(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> Result:
    """The approval paths of a case as a result."""
    paths = kb.paths(case, readings)
    outcome: dict[Bilingual, str] = {}
    for path in (p for a in paths.alternatives for p in a.paths):
        steps = [(kb.term(s.actor).label, kb.term(s.action).label) for s in path.steps]
        words = Bilingual(*(" → ".join(f"{o.say(lang)} {a.say(lang)}" for o, a in steps) for lang in LANGS))
        outcome.setdefault(words, path.id)
    missing = tuple(m.label for m in paths.missing)
    silent = tuple(s.question for s in paths.undefined)
    return Result(
        PATHS,
        paths.status,
        tuple(outcome) or missing or silent,
        tuple(outcome.values()),
        tuple(n for a in paths.alternatives for n in a.norms),
    )


def answer_results(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> list[Result]:
    """The answers of a case as results."""
    from .terminal import value_text

    answers = kb.answer(case, readings)
    found = []
    for answer in answers.answers:
        outcome = tuple(
            Bilingual(
                *(
                    {"zh": "、", "en": ", "}[lang].join(value_text(kb, answers, v, lang) for v in a.value)
                    for lang in LANGS
                )
            )
            for a in answer.alternatives
            if a.value
        )
        missing = tuple(m.label for m in answer.missing)
        found.append(
            Result(
                kb.term(answer.question).label, answer.status, outcome or missing, tuple(a.id for a in answer.alternatives if a.value),
                tuple(n for a in answer.alternatives for n in a.norms),
            )
        )  # fmt: skip
    return found


def _why(
    kb: KnowledgeBase, before: tuple[Case, Mapping[str, str]], after: tuple[Case, Mapping[str, str]], one: Result, other: Result
) -> tuple[Bilingual, ...]:  # fmt: skip
    """What the new result rests on and the old does not; of a result that is gone, what it rested on."""
    gone = [g for o, g in zip(one.outcome, one.goals, strict=False) if o not in other.outcome]
    come = [g for o, g in zip(other.outcome, other.goals, strict=False) if o not in one.outcome]
    try:
        old, new = _grounds(kb, *before, gone or one.goals), _grounds(kb, *after, come or other.goals)
    except EngineMissing:
        return ()
    gained = [words for key, words in new.items() if key not in old]
    if gained and come:
        return tuple(dict.fromkeys(gained))
    lost = dict.fromkeys(words for key, words in old.items() if key not in new)
    return tuple(Bilingual(f"不再成立:{w.zh}", f"no longer: {w.en}") for w in lost)


def _grounds(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str], goals: Sequence[str]
) -> dict[object, Bilingual]:
    """The facts, rungs and readings at the ends of the decisive chains of *goals*, in words."""
    found: dict[object, Bilingual] = {}
    say = [Phrasing(kb, lang, case) for lang in LANGS]
    for goal in goals[:6]:
        for _, proof in kb.why(case, goal, readings).proofs:
            for leaf in _ends(say[0], proof):
                if leaf.atom[0] == "holds" and case.official(str(arguments(leaf.atom)[1])).implied:
                    continue
                words = Bilingual(say[0].atom(leaf.atom), say[1].atom(leaf.atom))
                found[words] = words
    return found


def _ends(say: Phrasing, proof: Proof) -> list[Proof]:
    own = [proof] if proof.by == "input" or (proof.by == "fact" and proof.atom[0] == "spans") else []
    return [*own, *(e for node in proof.children for c in decisive(say, node) for e in _ends(say, c))]
