"""An audit of the rules as its report shows it: how many findings of which type, each with its quotations and the case that proves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .audit import SEVERITIES, TYPES
from .case_report import answer_line, path_lines
from .figures import chapters_drawn
from .report_words import words
from .teller import LawTeller, Teller, View

if TYPE_CHECKING:
    from .audit import Audit, Finding
    from .audit_search import Witness
    from .knowledge import KnowledgeBase

SEARCHED = ("kinds", "pairs_of_facts", "cells", "readings", "absences", "norms")
"""What an audit says it searched, in the order in which it is printed."""


def audit_view(
    kb: KnowledgeBase, audit: Audit, notes: Sequence[str] = (), *, articles: Collection[int] = (), severity: str | None = None, lang: str = "zh"
) -> View:  # fmt: skip
    """All texts and drawings of an audit's report.

    Each finding's first witness is put to the tool again, so that the report says what the tool answers.

    Args:
        kb: the knowledge base.
        audit: its audit, as a whole or as much of it as is to be reported.
        notes: what is to be said of a register of accepted findings.
        articles: if given, the findings are those about these articles only.
        severity: if given, the findings are those as grave as this.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: an unknown language.
    """
    tell = LawTeller(kb, words(kb, lang))
    say = tell.say
    open_ = [f for f in audit.findings if f.accepted is None]
    groups = [(severity, [f for f in open_ if f.severity == severity]) for severity in SEVERITIES]
    found = {f.type for f in open_}
    some = _chosen(tell, articles, severity)
    return {
        "question": [say("question.audit")],
        "label": say("audit.found_one" if len(open_) == 1 else "audit.found", n=len(open_)) if open_ else say("register.none"),
        "clean": not open_,
        "plain": [say.pair(say(f"severity.{severity}"), say(f"blocks.{severity}", n=len(group))) for severity, group in groups if group],
        "severities": [say(f"severity.{severity}") for severity in SEVERITIES],
        "summary": [
            {"type": say(f"defect.{type_}"), "counts": [sum(f.type == type_ for f in group) for _, group in groups], "total": sum(f.type == type_ for f in open_)}
            for type_ in TYPES if type_ in found
        ],
        "totals_row": {"type": say("total"), "counts": [len(group) for _, group in groups], "total": len(open_)},
        "not_found": [say(f"defect.{type_}") for type_ in TYPES if type_ not in found and not some],
        "groups": [
            {"title": say(f"severity.{severity}"), "severity": severity, "findings": [_finding(tell, f) for f in group]}
            for severity, group in groups if group
        ],
        "accepted": [{"id": f.id, "title": say.both(f.title), **_acceptance(tell, f.accepted)} for f in audit.findings if f.accepted],
        "notes": [*some, *notes],
        "searched": [(say(f"searched.{key}"), f"{audit.searched[key]:,}") for key in SEARCHED if key in audit.searched],
        "cut": "" if audit.searched.get("complete", True) else say("searched.cut", n=audit.searched.get("unproved", 0)),
        "chapters": chapters_drawn(tell),
    }  # fmt: skip


def _chosen(tell: LawTeller, articles: Collection[int], severity: str | None) -> list[str]:
    """That only some findings are reported, and which; empty where all are."""
    say = tell.say
    which = [say("article", n=tell.ordinal(n)) if n else say("notice") for n in sorted(set(articles))]
    graver = [say(f"severity.{s}") for s in SEVERITIES[: SEVERITIES.index(severity) + 1]] if severity else []
    parts = ([say("audit.articles", articles=say.listed(which))] if which else []) + (
        [say("audit.severities", severities=say.listed(graver))] if graver else []
    )
    return [say("audit.only", which=say.listed(parts, "semicolon"))] if parts else []


def _finding(tell: LawTeller, finding: Finding) -> View:
    say = tell.say
    first, *more = finding.witnesses or (None,)
    return {
        "id": finding.id, "type": say(f"defect.{finding.type}"), "title": say.both(finding.title), "message": say.both(finding.message),
        "remedy": say.both(finding.remedy), "norms": tell.norms(finding.quoted(tell.kb)),
        "witness": _witness(tell.kb, tell, first) if first else None, "more": say("witness.more", n=len(more)) if more else "",
    }  # fmt: skip


def _acceptance(tell: LawTeller, entry: Mapping[str, str | None]) -> View:
    say = tell.say
    return {"reason": entry["reason"] or "", "by": entry["by"] or "", "until": entry["until"] or say("none")}


def _witness(kb: KnowledgeBase, law: LawTeller, witness: Witness) -> View:
    """The case in words, what was asked of it, and what the tool answers; the smaller one beside it, if there is one."""
    say = law.say
    tell = Teller(kb, kb.case(witness.case), say)
    status = _status(law, witness.status)
    beside = []
    if witness.beside:
        other = Teller(kb, kb.case(witness.beside), say)
        beside = [say.pair(say("witness.beside"), say.listed(_stated(other), "semicolon"))]
        beside += [say.pair(say("witness.answered"), line) for line in _answer(other, witness)]
    return {
        "kind": say.both(tell.case.kind.term.label), "lines": _stated(tell), "asked": _asked(tell, witness), "status": status,
        "answer": [line for line in _answer(tell, witness) if line != status["label"]], "beside": beside,
    }  # fmt: skip


def _stated(tell: Teller) -> list[str]:
    """What the case states, a line each: facts, absences, what was done."""
    say, case = tell.say, tell.case
    lines = [
        say.pair(say.both(declared.term.label), tell.value(case.facts[id_], declared.type))
        for id_, declared in case.kind.fields.items() if id_ in case.facts and not tell.is_default(id_)
    ]  # fmt: skip
    lines += [say.pair(say.both(case.kind.fields[id_].term.label), say("unknown")) for id_ in sorted(case.opened)]
    away = [
        say("witness.delegated", person=_called(tell, a.who), delegated=_called(tell, a.delegated_to)) if a.delegated_to else _called(tell, a.who)
        for a in case.absences
    ]  # fmt: skip
    if away:
        lines.append(say.pair(say("witness.away"), say.listed(away)))
    if case.record:
        done = say("arrow").join(tell.does([tell.term(e.actor)], tell.term(e.action)) for e in case.record)
        lines.append(say.pair(say("h.record"), done))
    return lines


def _called(tell: Teller, person: str) -> str:
    """The office of somebody in a witness: its people are made up."""
    offices = next((o.offices for o in tell.case.officials if o.id == person), ())
    return tell.say.listed(tell.term(o) for o in offices) or person


def _asked(tell: Teller, witness: Witness) -> str:
    if witness.question:
        return tell.term(witness.question)
    return tell.say(f"witness.{witness.command}")


def _status(tell: LawTeller, status: str) -> View:
    """What the tool says of the case: a status, a verdict, or the type of a clash."""
    table = tell.say.table
    key = next((k for k in (f"status.{status}", f"verdict.{status}") if k in table), "")
    return {"id": status, "label": tell.say(key) if key else tell.term(status)}


def _answer(tell: Teller, witness: Witness) -> list[str]:
    """The tool's answer to the witness, as it gives it now."""
    kb, case, say = tell.kb, tell.case, tell.say
    lines: list[Any] = []
    if witness.command == "paths":
        lines = path_lines(tell, kb.paths(case))
    elif witness.command == "answer":
        lines = [answer_line(tell, a) for a in kb.answer(case).answers if a.question == witness.question]
    elif witness.command == "check":
        lines = [say.pair(tell.article(f.norm), say.both(f.message)) for f in kb.check(case).findings]
    return list(dict.fromkeys(lines))
