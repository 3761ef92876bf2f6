"""A case as its report shows it: the answer, the facts, the questions, the record. :mod:`nj_logic.report` lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .figures import ladders_drawn
from .grounds import Selection, bearing, reached, selection
from .procedures import alternative_view, blocked_view, box_width, shrink, stages
from .report_words import words
from .results import CONFLICT, DETERMINED, NEEDS_FACTS, UNDEFINED
from .teller import Teller, View
from .terminal import STATUS

if TYPE_CHECKING:
    from .answer import Answer, Answers
    from .case import Case
    from .check import Check
    from .knowledge import KnowledgeBase
    from .paths import Paths


def case_view(kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh") -> View:
    """All texts and drawings of a case's report.

    Args:
        kb: the knowledge base.
        case: the case.
        readings: the readings that were adopted (topic to option); the others are weighed.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: an unknown language, topic or option.
    """
    chosen = readings or {}
    fixed = kb.fixed_readings(chosen, case)
    adopted = {**chosen, **{one.topic: one.option for one in kb.applied(case, fixed)}}
    tell = Teller(kb, case, words(kb, lang))
    say, kind = tell.say, case.kind
    paths = kb.paths(case, chosen) if kind.procedure else None
    answers = kb.answer(case, chosen) if kind.questions else None
    check = kb.check(case, chosen) if case.record is not None else None
    answered = answers.answers if answers else ()
    results: list[Paths | Answer] = [*([paths] if paths else []), *answered]
    bears = bearing(kb, case, chosen)
    alternatives = paths.alternatives if paths else ()
    blocked = paths.blocked if paths and paths.status == UNDEFINED else ()
    width = box_width(len(alternatives))
    selected = selection(kb, case, paths.readings) if paths and paths.status != NEEDS_FACTS else Selection()
    held = {rung for rung, _, _ in selected.rungs}
    view: View = {
        "question": _asked(tell, paths, answered),
        "verdict": _headline(tell, paths, answers, adopted),
        "circumstances": tell.circumstances(fixed),
        "facts": facts_view(tell, {**bears, **{m.id: True for r in results for m in r.missing}}),
        **tell.presence(),
        "record": None if case.record is None else [
            {"no": i, "who": tell.term(e.actor), "act": tell.term(e.action), "on": say.date(e.on) if e.on else ""}
            for i, e in enumerate(case.record, 1)
        ],
        "excluding": paths is not None and paths.status == CONFLICT,
        "alternatives": [alternative_view(tell, a, n, width) for n, a in enumerate(alternatives, 1)],
        "blocked": [blocked_view(tell, a, width) for a in blocked],
        "answers": [_answer(tell, a) for a in answered],
        "undefined": tell.silences(s for r in results for s in r.undefined),
        "missing": tell.missing(dict.fromkeys(m for r in results for m in r.missing)),
        "warnings": [
            {"text": say.both(w.message), "norms": tell.norms(w.norms)}
            for w in dict.fromkeys(w for r in results for w in r.warnings)
        ],
        "check": _check(tell, check) if check else None,
        "reached": reached(tell, bears, paths, blocked, selected),
        "ladders": ladders_drawn(tell, {rung.ladder for rung in held}, held),
    }  # fmt: skip
    view["has_defaults"] = any(f["default"] for f in view["facts"])
    view["fit"] = shrink(d["svg"] for a in view["alternatives"] for d in a["drawings"])
    matter = {t for r in results for a in r.alternatives for c in a.readings for t, _ in c}
    matter |= {t for f in (check.findings if check else ()) for c in f.readings for t, _ in c}
    uses = [use for use, used in (("paths", paths), ("answer", answers), ("check", check)) if used]
    decided = all(r.status != NEEDS_FACTS for r in results)
    view["readings"] = tell.readings(uses, fixed, adopted, matter, decided)
    view["norms"] = tell.all_cited()
    return view


# -- the question and the answer in short ----------------------------------------------------------------------------


def _asked(tell: Teller, paths: Paths | None, answers: Sequence[Answer]) -> list[str]:
    questions = [tell.term(a.question) for a in answers]
    if paths is None:
        return questions
    more = [tell.say("question.more", questions=tell.say.listed(questions, "semicolon"))] if questions else []
    return [tell.say("question.procedure", kind=tell.say.both(tell.case.kind.term.label)), *more]


def _headline(tell: Teller, paths: Paths | None, answers: Answers | None, chosen: Mapping[str, str]) -> View:
    """The status in words, and the answer in one line each."""
    say = tell.say
    listed = answers.answers if answers else ()
    lines = [say.pair(tell.term(a.question), answer_line(tell, a)) for a in listed]
    statuses = {a.status for a in listed}
    if paths is None and len(statuses) != 1:
        worst = next((s for s in (CONFLICT, UNDEFINED, NEEDS_FACTS) if s in statuses), DETERMINED)
        label = say.listed(dict.fromkeys(say(f"status.{a.status}") for a in listed), "semicolon")
        return {"status": worst, "label": label, "meaning": say("meaning.several"), "lines": lines}
    one = paths or listed[0]
    stuck = paths is not None and paths.status == UNDEFINED and paths.blocked
    return {
        "status": one.status, "label": say(f"status.{one.status}"), "lines": lines if paths is None else path_lines(tell, paths),
        "meaning": say("meaning.undefined_blocked") if stuck else _meaning(tell, one, chosen),
    }  # fmt: skip


def _meaning(tell: Teller, result: Paths | Answer, chosen: Mapping[str, str]) -> str:
    """A status explained to somebody who knows rules and not logic."""
    key = f"meaning.{result.status}"
    if result.status == DETERMINED and any(t in chosen for topics in tell.case.kind.topics.values() for t in topics):
        key = "meaning.determined_fixed"
    if result.status == CONFLICT:
        by_reading = any(a.readings for a in result.alternatives)
        key = (
            "meaning.conflict_norms"
            if not by_reading
            else "meaning.conflict_both"
            if _meet(result)
            else "meaning.conflict_readings"
        )
    return tell.say(key)


def _meet(result: Paths | Answer) -> bool:
    """Whether two alternatives hold on the same readings."""
    held = [[dict(c) for c in a.readings] or [{}] for a in result.alternatives]
    return any(
        all(one.get(topic, option) == option for topic, option in other.items())
        for a, b in combinations(held, 2) for one in a for other in b
    )  # fmt: skip


def path_lines(tell: Teller, paths: Paths) -> list[str]:
    """The procedures in a line each, or what is open."""
    say = tell.say
    if paths.status == NEEDS_FACTS:
        return [tell.asks_for(paths.missing)]
    if paths.status == UNDEFINED:
        return [say("open_question", question=say.both(s.question)) for s in paths.undefined]
    lines = []
    for n, alternative in enumerate(paths.alternatives, 1):
        steps = say("arrow").join(tell.does(s.actors, s.act) for s in stages(tell, alternative))
        if alternative.undefined_because is not None:
            steps = say("silent_on", question=say.both(alternative.undefined_because.question))
        lines.append(say.pair(say("alternative", n=tell.ordinal(n)), steps) if paths.status == CONFLICT else steps)
    return lines


# -- facts -----------------------------------------------------------------------------------------------------------


def facts_view(tell: Teller, bears: Mapping[str, bool]) -> list[View]:
    """The facts with their sources, and whether each makes a difference; those that are open as unknown."""
    say, case = tell.say, tell.case
    rows = []
    for id_, declared in case.kind.fields.items():
        if id_ not in case.facts and id_ not in case.opened:
            continue
        default = id_ in case.facts and tell.is_default(id_)
        if id_ in case.evidence and not default:
            source = say("origin.evidence", evidence=case.evidence[id_])
        elif id_ in case.opened:
            source = say("origin.none")
        else:
            source = say("origin.default" if default else "origin.stated" if id_ in case.stated else "origin.sum")
        rows.append({
            "label": say.both(declared.term.label), "source": source, "default": default, "bears": bears.get(id_, False),
            "value": tell.value(case.facts[id_], declared.type) if id_ in case.facts else say("unknown"),
            "bearing": say("bearing.decides" if bears[id_] else "bearing.none") if id_ in bears else "",
        })  # fmt: skip
    return rows


# -- answers, record -------------------------------------------------------------------------------------------------


def _answer(tell: Teller, answer: Answer) -> View:
    say = tell.say
    alternatives = [
        {
            "value": _values(tell, one.value, one.mode) if one.undefined_because is None else "",
            "because": say("silent_on", question=say.both(one.undefined_because.question)) if one.undefined_because else "",
            "performers": list(dict.fromkeys(d for p in one.performers if (d := tell.doer(p.person, p.acting_for)))),
            "holds": tell.conditions(one.readings), "always": not one.readings and len(answer.alternatives) > 1, "norms": tell.norms(one.norms),
        }
        for one in answer.alternatives
    ]  # fmt: skip
    return {
        "question": tell.term(answer.question), "status": answer.status, "label": say(f"status.{answer.status}"),
        "alternatives": alternatives, "missing": tell.asks_for(answer.missing),
        "undefined": [say("silent_on", question=say.both(s.question)) for s in answer.undefined],
    }  # fmt: skip


def _values(tell: Teller, values: Sequence[Any], mode: str | None) -> str:
    texts = [tell.value(v) for v in values]
    if mode == "any":
        return tell.say.choice(texts)
    listed = tell.say.listed(texts)
    return tell.say("all_of", values=listed) if mode == "all" and len(texts) > 1 else listed


def answer_line(tell: Teller, answer: Answer) -> str:
    """An answer in one line."""
    say = tell.say
    if answer.status == NEEDS_FACTS:
        return tell.asks_for(answer.missing)
    silent = say("status.undefined")
    texts = [silent if a.undefined_because else _values(tell, a.value, a.mode) for a in answer.alternatives]
    return say.listed(texts or [silent], "semicolon")


def _check(tell: Teller, check: Check) -> View:
    say = tell.say
    rows = []
    for f in check.findings:
        entry = tell.kb.norms[f.norm]
        message = say.both(f.message)
        if (entry.quote if say.lang == "zh" else entry.gist) in message:  # the norm is quoted beside it
            shown = f.witness.get("what")
            message = say("concerns", what=shown[say.lang]) if shown else ""
        rows.append({
            "id": f.id, "status": f.status, "label": say.both(STATUS[f.status]), "message": message, "norms": tell.norms([f.norm]),
            "holds": tell.conditions(f.readings), "missing": tell.asks_for(f.missing), "rivals": tell.norms(f.conflict_with),
        })  # fmt: skip
    return {
        "verdict": check.verdict, "label": say(f"verdict.{check.verdict}"), "findings": rows,
        "satisfied": tell.norms(f.norm for f in check.satisfied),
    }  # fmt: skip
