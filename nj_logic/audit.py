"""Auditing the rules themselves: gaps, overlaps, contradictions, deadlocks, circles, unclear words, each with what proves it.

Three layers, none of which knows a regulation: surveys (see :mod:`nj_logic.survey`) search each kind of case over all its cells, classes,
absences and readings; passages (see :mod:`nj_logic.passages`) read the quotations; detectors, logic programs in ``kb/reasoning/audit/detect``,
conclude from both what is wrong. A finding about answers has a witness, a case that gives the status claimed when it is put to ``nj`` again;
a finding about words has its quotations.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import clingo

from . import conflicts
from .audit_search import (
    Absence,
    Asked,
    Proof,
    Seen,
    Witness,
    absence_of,
    in_worker,
    register_case,
    roster,
    start_worker,
    survey_kind,
    witness_kind,
)
from .declared import norm_order
from .errors import Bilingual, KnowledgeError
from .facts import constant
from .passages import Passages
from .remedy import ALL, Remedies, checked
from .worlds import symbol

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .judged import Judged
    from .knowledge import KnowledgeBase

TYPES = (
    "gap", "overlap", "contradiction", "tension", "deadlock", "circularity", "temporal", "ordering", "undefined_term", "synonym",
    "dangling_reference", "scope", "redundancy", "boundary",
)  # fmt: skip
BLOCKING, TWO_ANSWERS, VAGUE, EDITORIAL = "blocking", "two_answers", "vague", "editorial"
SEVERITIES = (BLOCKING, TWO_ANSWERS, VAGUE, EDITORIAL)
"""By what a defect blocks: a matter cannot be decided; two answers; an unclear word; the wording alone."""
SEVERITY = {
    "gap": BLOCKING, "deadlock": BLOCKING, "overlap": TWO_ANSWERS, "contradiction": TWO_ANSWERS, "circularity": TWO_ANSWERS, "temporal": TWO_ANSWERS,
    "tension": VAGUE, "ordering": VAGUE, "undefined_term": VAGUE, "scope": VAGUE, "boundary": VAGUE, "dangling_reference": VAGUE, "synonym": EDITORIAL,
    "redundancy": EDITORIAL,
}  # fmt: skip
FINER = {("circularity", key): VAGUE for key in ("own", "own_unit", "own_for", "twice", "acting", "roles")} | {
    ("temporal", "misses"): VAGUE, ("temporal", "rushed"): VAGUE, ("temporal", "untimed"): VAGUE, ("temporal", "whole"): VAGUE, ("boundary", "marks"): EDITORIAL,
    **{(type_, "reading"): TWO_ANSWERS for type_ in ("undefined_term", "scope", "boundary", "overlap")},
}  # fmt: skip
"""Where findings of one sort block less or more than their type."""
MOST_WITNESSES = 3
SLOTS = (
    "kind", "question", "fact", "actor", "act", "person", "term", "topic", "event", "first", "days", "every", "date", "public", "measure", "ladder", "band", "option", "answer",
    "forbids", "allows", "weight", "one", "other", "clause", "named", "options",
)  # fmt: skip
"""The places in a finding's words that a detector may fill."""
QUOTING = {"forbids", "allows", "one", "other", "clause"}
"""The places filled with quotations, which are cut short there."""
LONGEST_QUOTE = 48
"""In characters, in a title."""
ONE_OF_NORMS = {"term"}
"""The findings that are one wherever the norms are the same, whatever the words."""
SETTLED = {
    "step", "after", "leads_to", "presided_by", "weightier", "ahead_of", "held_every", "movable", "allowed", "takes_in", "prepares", "day_of", "set_day", "in_force_from", "published_on",
    "counts_from_set_day",
}  # fmt: skip
"""What a law states whatever the case, and the detectors read."""
REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect of the rules.

    Attributes:
        id: the same as long as type and norms are.
        witnesses: the cases that prove it, the first of which is the contract's witness; none where the finding is about words.
        amendment: the smallest amendment that removes it, as in an amendment's file; None where none can be written without choosing what the
            rules are to be.
        removed: whether an audit of the rules so amended no longer has it; None if that was not tried.
        changes: the parts of the amendment, as the detectors state them.
        keys: what the detectors call it; several where findings were merged.
        accepted: the entry of a register of accepted findings that keeps it quiet.
    """

    id: str
    type: str
    norms: tuple[str, ...]
    title: Bilingual
    message: Bilingual
    remedy: Bilingual
    severity: str
    witnesses: tuple[Witness, ...] = ()
    amendment: Mapping[str, Any] | None = None
    removed: bool | None = None
    keys: tuple[str, ...] = ()
    changes: tuple[clingo.Symbol, ...] = ()
    accepted: Mapping[str, str | None] | None = None

    def articles(self, kb: KnowledgeBase) -> list[int]:
        """The articles in which the norms stand."""
        return sorted({kb.norms[n].article for n in self.norms})

    def quoted(self, kb: KnowledgeBase) -> list[str]:
        """The norms whose words are to be read: without those whose quotation is a part of another's."""
        quotes = _outermost(kb.norms[n].quote for n in self.norms)
        first = {kb.norms[n].quote: n for n in reversed(self.norms)}
        return [first[q] for q in quotes]

    def to_json(self, kb: KnowledgeBase) -> dict[str, Any]:
        """As in the contract."""
        first = self.witnesses[0] if self.witnesses else None
        return {
            "id": self.id, "type": self.type, "severity": self.severity, "articles": self.articles(kb), "norms": list(self.norms),
            "quotes": [kb.norms[n].quote for n in self.quoted(kb)], "title": self.title._asdict(), "message": self.message._asdict(),
            "witness": dict(first.case) if first else None, "replay": first.to_json() if first else None,
            "further_witnesses": [{"case": dict(w.case), **w.to_json()} for w in self.witnesses[1:]],
            "remedy": self.remedy._asdict(), "amendment": dict(self.amendment) if self.amendment else None, "removed": self.removed, "accepted": dict(self.accepted) if self.accepted else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings, the gravest first, what was searched for them, and what people judged to be defects, which is not counted as found."""

    kb: KnowledgeBase
    findings: tuple[Finding, ...]
    searched: Mapping[str, Any] = field(default_factory=dict)
    judged: tuple[Judged, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the contract; what people judged stands apart."""
        judged = {"judged": [j.to_json(self.kb) for j in self.judged]} if self.judged else {}
        return {"findings": [f.to_json(self.kb) for f in self.findings], **judged, "searched": dict(self.searched)}


def audit(kb: KnowledgeBase, *, processes: int = 1, progress: Callable[[int, int], None] | None = None) -> Audit:
    """Search the rules for defects.

    Args:
        processes: over how many processes to spread the kinds; the result is the same.
        progress: told how many parts of how many are done.

    Raises:
        KnowledgeError: the detectors cannot be run.
    """
    return _Auditor(kb, processes, progress or (lambda _done, _of: None)).audit()


def audits(before: KnowledgeBase, after: KnowledgeBase, *, processes: int = 1) -> tuple[Audit, Audit]:
    """The audits of two versions; what is searched of a kind that is the same in both is searched once.

    Raises:
        KnowledgeError: the detectors cannot be run.
    """
    first = _Auditor(before, processes, lambda _done, _of: None)
    one = first.audit()
    return one, _Auditor(after, processes, lambda _done, _of: None, first).audit()


def remedied(audit_: Audit, *, processes: int = 1, progress: Callable[[int, int], None] | None = None) -> Audit:
    """The audit with its remedies tried: all are applied together, and the rules so amended are audited.

    Args:
        processes: as of :func:`audit`.
        progress: told how many parts of how many are done.
    """
    auditor = _Auditor(audit_.kb, processes, lambda _done, _of: None)

    def combined(findings: Sequence[Finding]) -> Mapping[str, Any] | None:
        parts = [(f.norms, f.changes) for f in findings]
        return auditor.remedies.amendment(ALL, Bilingual("全部修改建议", "all remedies"), parts)

    gone = checked(audit_, lambda kb: audit(kb, processes=processes, progress=progress), combined)
    findings = (replace(f, removed=f.id in gone) if f.amendment else f for f in audit_.findings)
    return replace(audit_, findings=tuple(findings))


class _Auditor:
    def __init__(
        self, kb: KnowledgeBase, processes: int, progress: Callable[[int, int], None], like: _Auditor | None = None
    ) -> None:
        self.kb, self.processes, self.progress, self.like = kb, processes, progress, like
        self.seen: dict[str, list[Seen]] = {}
        self.shown: dict[Asked, Witness | None] = {}
        self.folder = (kb.reasoning or kb.root / "kb" / "reasoning") / "audit"
        self._pool: Executor | None = None

    @cached_property
    def words(self) -> dict[str, Any]:
        return self._yaml("words.yaml")

    @cached_property
    def lexicon(self) -> dict[str, Any]:
        return self._yaml("lexicon.yaml")

    def _yaml(self, name: str) -> dict[str, Any]:
        import yaml

        return dict(yaml.safe_load((self.folder / name).read_text(encoding="utf-8")))

    def audit(self) -> Audit:
        if self.processes <= 1:
            return self._audited()
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        roots = (str(self.kb.root), str(self.kb.reasoning) if self.kb.reasoning else None)
        with ProcessPoolExecutor(self.processes, get_context("spawn"), start_worker, roots) as self._pool:
            return self._audited()

    def _audited(self) -> Audit:
        kinds = sorted(k for k, kind in self.kb.kinds.items() if not kind.register)
        total = 2 * len(kinds) + len(self.persons) + len(self.couples)
        like = self.like
        same = {k for k in kinds if like is not None and k in like.seen and _same(like.kb, self.kb, k)}
        self.seen = {k: like.seen[k] for k in sorted(same)} if like is not None else {}
        others = [k for k in kinds if k not in same]
        self.seen |= dict(zip(others, self._spread(survey_kind, others, 0, total), strict=True))
        seen = [one for k in kinds for one in self.seen[k]]
        away = self._absences(len(kinds), total)
        model = self._detect(seen, away)
        drafts = _drafts(model)
        proofs: dict[str, set[Asked]] = {}
        for draft in drafts:
            for proof, asked in draft.asked:
                proofs.setdefault(proof[0], set()).add((proof, asked))
        shown = self.shown
        if like is not None:
            shown |= {asked: witness for asked, witness in like.shown.items() if asked[0][0] in same}
        proofs = {k: found - shown.keys() for k, found in proofs.items()}
        jobs = [(k, tuple(sorted(found))) for k, found in sorted(proofs.items()) if k != REGISTER and found]
        for found in self._spread(witness_kind, jobs, total - len(kinds), total - len(kinds) + len(jobs)):
            shown |= found
        proved, unproved = [], 0
        for draft in drafts:
            draft.witnesses = [
                w for p in draft.asked if (w := self._stuck(p[0]) if p[0][0] == REGISTER else shown[p]) is not None
            ]  # fmt: skip
            if (
                draft.proofs and not draft.witnesses
            ):  # the case, put to the tool again, does not say what the survey did
                unproved += 1
                continue
            if not draft.norms:  # silence: the norms that come closest
                draft.norms = sorted({n for w in draft.witnesses for n in self._nearest(w)})
            proved.append(draft)
        findings = [self._finding(d) for d in _merged(proved)]
        order = {severity: i for i, severity in enumerate(SEVERITIES)}
        findings.sort(key=lambda f: (order[f.severity], TYPES.index(f.type), [norm_order(n) for n in f.norms], f.id))
        return Audit(self.kb, tuple(findings), self._searched(seen, kinds, away, unproved))

    def _spread(self, work: Callable[..., Any], jobs: Sequence[Any], done: int, total: int) -> list[Any]:
        found = []
        results = (
            (work(self.kb, self.folder, job) for job in jobs)
            if self._pool is None
            else self._pool.map(in_worker, [work] * len(jobs), jobs, chunksize=4)
        )
        for result in results:
            found.append(result)
            self.progress(done + len(found), total)
        return found

    # -- what the detectors read -------------------------------------------------------------------------------------------

    def _detect(self, seen: Sequence[Seen], away: Sequence[Absence]) -> list[clingo.Symbol]:
        messages: list[str] = []
        control = clingo.Control(["--warn=none"], logger=lambda _code, text: messages.append(text), message_limit=1000)
        for file in sorted((self.folder / "detect").glob("*.lp")):
            control.load(str(file))
        atoms = [*self.kb.settled(*SETTLED), *self._stated(), *Passages(self.kb, self.lexicon).atoms()]
        atoms += [symbol("seen", constant(k), constant(u), constant(m), clingo.parse_term(a)) for k, u, m, a in seen]
        for absence in away:
            name = clingo.Function("set", [clingo.String(p) for p in absence.persons])
            atoms += [symbol("away_set", name, clingo.String(p)) for p in absence.persons]
            atoms += [symbol("ruled_by", name, n) for n in absence.norms]
            atoms += [symbol("unaided", name, constant(o), constant(a), n) for o, a, n in absence.unaided]
            atoms += [symbol("stuck", name, constant(o), constant(a), n) for o, a, n in absence.stuck]
        with control.backend() as backend:
            for atom in dict.fromkeys(atoms):
                backend.add_rule([backend.add_atom(atom)])
        try:
            control.ground([("base", [])])
        except RuntimeError as error:
            raise KnowledgeError("\n".join(messages), "\n".join(messages)) from error
        with control.solve(yield_=True) as handle:
            model = handle.model()
            return sorted(model.symbols(shown=True)) if model is not None else []

    def _stated(self) -> Iterable[clingo.Symbol]:
        """What the knowledge base states of its norms, kinds and actors."""
        kb = self.kb
        for norm in kb.norms.values():
            kind, strength, subject = constant(norm.kind), constant(norm.strength), constant(norm.subject)
            yield symbol("norm", norm.id, norm.article, norm.paragraph, kind, strength, subject)
            if norm.executable:
                yield symbol("executable", norm.id)
            if norm.kind == "scope" and (group := kb.actors.get(norm.subject, {}).get("belongs")):
                yield symbol("covers", constant(group), norm.id)
        for actor, entry in kb.actors.items():
            if entry.get("office") == "true":
                yield symbol("office", constant(actor))
                if entry.get("single") != "true":
                    yield symbol("held_by_several", constant(actor))
            if "held_by" in entry or entry.get("by_case") == "true":
                yield symbol("by_case", constant(actor))
            if group := entry.get("belongs"):
                yield symbol("belongs", constant(actor), constant(group))
        yield from (symbol("by_case", constant(v)) for v in kb.values_by_case)
        for id_, declared_kind in kb.kinds.items():
            if declared_kind.overview:
                yield symbol("overview", constant(id_))
            if declared_kind.procedure:
                yield symbol("asks", constant(id_), constant("route"), constant("route"))
            for question in declared_kind.questions:
                yield symbol("asks", constant(id_), constant(question), constant(str(kb.question(question)["type"])))
            for f, declared in declared_kind.fields.items():
                if declared.type in {"term", "money"} and not declared.optional:
                    yield symbol("classes", constant(id_), constant(f))
                for option in declared.moot:
                    yield symbol("moot", constant(id_), constant(f), constant(option))
                for other in declared.when:
                    yield symbol("when", constant(id_), constant(f), constant(other))
        words = self.lexicon["bounds"]["words"]
        for topic, entry in kb.readings.items():
            yield from (symbol("reads", constant(topic), word) for word in words if word in entry["zh"])
            yield from (symbol("passage", constant(topic), n) for n in entry.get("norms", []))
            if entry.get("default"):
                yield symbol("convention", constant(topic))
        ordered = sorted(kb.norms, key=norm_order)
        yield from (symbol("order", norm, i) for i, norm in enumerate(ordered))
        yield from (symbol("chief", constant(actor)) for actor in kb.single_offices[:1])
        yield from (symbol("leads", constant(ladder), norm) for ladder, _, norm in kb.leads)

    # -- deadlocks ---------------------------------------------------------------------------------------------------------

    def _absences(self, done: int, total: int) -> list[Absence]:
        """For each small set of people away, what nobody can then do whatever reading is chosen, and whomever they entrust."""
        alone = self._spread(absence_of, [((person,), ()) for person in self.persons], done, total)
        stuck = {a.persons[0]: a.stuck for a in alone}
        pairs = [(away, tuple({p for who in away for p in stuck[who]})) for away in self.couples]
        return alone + self._spread(absence_of, pairs, done + len(alone), total)

    @cached_property
    def persons(self) -> list[str]:
        """One holder of each office, and his AB partner."""
        return [o["id"] for o in roster(self.kb)["officials"]] if self.kb.registers else []

    @cached_property
    def couples(self) -> list[tuple[str, ...]]:
        """Two people of different offices, one for each, and the two of each AB pair."""
        people = roster(self.kb)
        second = {pair[1] for pair in people["ab_pairs"]}
        first = [p for p in self.persons if p not in second]
        return [*combinations(first, 2), *(tuple(pair) for pair in people["ab_pairs"] if self.persons)]

    def _stuck(self, proof: Proof) -> Witness:
        away = tuple(a.string for a in clingo.parse_term(proof[3]).arguments)
        return Witness(register_case(self.kb, self.kb.registers[0], away), "conflicts", None, conflicts.STUCK)

    # -- words -------------------------------------------------------------------------------------------------------------

    def _finding(self, draft: _Draft) -> Finding:
        entry = self.words[draft.type][draft.key.name]
        say = {
            part: Bilingual(*(self._fill(entry[part][lang], draft, lang) for lang in ("zh", "en")))
            for part in ("title", "message", "remedy")
        }
        ordered = tuple(sorted(set(draft.norms), key=norm_order))
        severity = FINER.get((draft.type, draft.key.name), SEVERITY[draft.type])
        if draft.type == "gap" and not self._blocks(draft):
            severity = VAGUE
        return Finding(
            draft.id,
            draft.type,
            ordered,
            say["title"],
            say["message"],
            say["remedy"],
            severity,
            tuple(draft.witnesses),
            self.remedies.amendment(draft.id, say["title"], [(ordered, draft.changes)]),
            keys=tuple(sorted(draft.keys)),
            changes=tuple(sorted(set(draft.changes))),
        )

    def _blocks(self, draft: _Draft) -> bool:
        """Whether without an answer a matter cannot be decided: the procedure is open, or a question on which that hangs."""
        asked = [q.name for q in draft.words.get("question", ())]
        return not asked or any(q == "route" or self.kb.question(q).get("decides") for q in asked)

    @cached_property
    def remedies(self) -> Remedies:
        """Writes the amendments of findings."""
        return Remedies(self.kb, self.words["amendments"], self.lexicon, self._word)

    def _word(self, slot: str, value: clingo.Symbol, lang: str) -> str:
        """A value of an amendment in words."""
        if slot == "fact":
            head, said = self._say(slot, value, lang)
            return f"{head}{'为' if lang == 'zh' else ' is '}{said}"
        if slot == "value":
            if value.type == clingo.SymbolType.Number:  # a figure, and no amount
                return str(value.number)
            known = value.type != clingo.SymbolType.Function or value.name in {"yes", "no", *self.kb.labels}
            return self._option(value, lang) if known else str(self.words["amendments"]["answer"]["like"][lang])
        if slot == "bands":
            return self._listed("band", value.arguments, lang)
        return self._listed(slot, [value], lang)

    def _nearest(self, witness: Witness) -> set[str]:
        case = self.kb.case(witness.case)
        if witness.command == "paths":
            return {n for u in self.kb.paths(case).undefined for n in u.nearest}
        answers = [a for a in self.kb.answer(case).answers if a.question == witness.question]
        return {n for a in answers for u in a.undefined for n in u.nearest}

    def _fill(self, template: str, draft: _Draft, lang: str) -> str:
        slots = {slot: self._listed(slot, values, lang) for slot, values in draft.words.items()}
        empty = dict.fromkeys(SLOTS, "")
        return template.format_map({**empty, **slots})

    def _listed(self, slot: str, values: Sequence[clingo.Symbol], lang: str) -> str:
        """The values, each once; those of one fact under its name, those of one office under its name."""
        comma, colon, semicolon = {"zh": ("、", "：", "；"), "en": (", ", ": ", "; ")}[lang]
        groups: dict[str, dict[str, None]] = {}
        if slot == "band":
            return comma.join(self._bands(values, lang))
        if slot in QUOTING:
            quotes = _outermost(self.kb.norms[v.string].quote for v in values)
            return comma.join({"zh": "“{}”", "en": "‘{}’"}[lang].format(_shortened(q)) for q in quotes)
        if slot == "options":
            return semicolon.join(str(o[lang]) for v in values for o in self.kb.readings[v.name]["options"].values())
        if slot == "named":
            return comma.join({"zh": "“{}”", "en": "‘{}’"}[lang].format(v.string) for v in values)
        for value in values:
            head, said = self._say(slot, value, lang)
            groups.setdefault(head, {})[said] = None
        return semicolon.join(f"{head}{colon if head else ''}{comma.join(said)}" for head, said in groups.items())

    def _say(self, slot: str, value: clingo.Symbol, lang: str) -> tuple[str, str]:
        """What a value belongs to, and the value, in words."""
        kb = self.kb
        if value.type == clingo.SymbolType.Number:
            is_day = slot in {"date", "public"}
            return "", datetime.date.fromordinal(value.number).isoformat() if is_day else str(value.number)
        if value.type == clingo.SymbolType.String:
            text = value.string
            if text in kb.norms:
                return "", {"zh": "“{}”", "en": "‘{}’"}[lang].format(kb.norms[text].quote)
            official = next((o for o in roster(kb)["officials"] if o["id"] == text), None)
            return "", kb.term(official["office"]).label.say(lang) if official else text
        if value.name == "does":
            office, act = (kb.term(a.name).label.say(lang) for a in value.arguments)
            return office, act
        if value.name == "is":
            kind, fact, option = value.arguments
            declared = kb.kinds[kind.name].fields[fact.name]
            return "" if slot == "option" else declared.term.label.say(lang), self._option(option, lang)
        if value.name == "route":
            return "", {"zh": "办理程序", "en": "which procedure applies"}[lang]
        if slot == "measure":
            return "", str(self.lexicon["measures"][value.name][lang])
        if slot in {"ladder", "answer"}:
            label = kb.labels.get(value.name)
            return "", label.say(lang) if label else str(self.words["amendments"]["answer"]["like"][lang])
        if slot == "topic":
            return "", str(kb.readings[value.name][lang])
        term = kb.kind_terms[value.name] if slot == "kind" or value.name not in kb.terms else kb.term(value.name)
        return "", term.label.say(lang)

    def _bands(self, cells: Iterable[clingo.Symbol], lang: str) -> Iterable[str]:
        """The amounts of the cells, those of cells next to each other together."""
        from .phrasing import Phrasing

        ordered = sorted({c.number for c in cells})
        ends = [i for i, n in enumerate(ordered) if i + 1 == len(ordered) or ordered[i + 1] != n + 1]
        for start, end in zip([0, *(e + 1 for e in ends)], ends, strict=False):
            yield Phrasing(self.kb, lang).band(ordered[start], ordered[end])

    def _option(self, option: clingo.Symbol, lang: str) -> str:
        from .phrasing import Phrasing

        if option.type == clingo.SymbolType.Number:
            return Phrasing(self.kb, lang).band(option.number)
        if option.type == clingo.SymbolType.String:
            return option.string
        truth = {"yes": ("是", "yes"), "no": ("否", "no")}.get(option.name)
        return truth[lang == "en"] if truth else self.kb.labels[option.name].say(lang)

    def _searched(
        self, seen: Sequence[Seen], kinds: Sequence[str], away: Sequence[Absence], unproved: int
    ) -> dict[str, Any]:
        met = sum(a.startswith("met(") for _, _, _, a in seen)
        return {
            "complete": not unproved, "kinds": len(kinds), "cells": len(self.kb.cells.inhabited), "pairs_of_facts": met, "readings": len(self.kb.readings),
            "absences": len(away), "norms": len(self.kb.norms), "unproved": unproved,
        }  # fmt: skip


def _same(one: KnowledgeBase, other: KnowledgeBase, kind: str) -> bool:
    """Whether all that a survey of the kind reads is the same in both."""
    if kind not in one.kinds:
        return False
    declared = other.kinds[kind]
    money = any(field.type == "money" for field in declared.fields.values())
    return (
        declared == one.kinds[kind]
        and (one.actors, one.readings) == (other.actors, other.readings)
        and (one.cells.cuts == other.cells.cuts or not money)
        and all(one.question(q) == other.question(q) for q in declared.questions)
        and all(one.program(f"{kind}.{use}") == other.program(f"{kind}.{use}") for use in declared.topics)
    )


@dataclass(slots=True)
class _Draft:
    """A finding as the detectors state it."""

    type: str
    key: clingo.Symbol
    norms: list[str] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    words: dict[str, list[clingo.Symbol]] = field(default_factory=dict)
    witnesses: list[Witness] = field(default_factory=list)
    changes: list[clingo.Symbol] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """What the detectors call it, and what was merged with it."""
        return [f"{self.type} {self.key}", *self.merged]

    @property
    def asked(self) -> list[Asked]:
        """The proofs to be shown, each with the questions that it is asked."""
        questions = tuple(v.name for v in self.words.get("question", ()))
        return [(proof, questions) for proof in self.proofs[:MOST_WITNESSES]]

    @property
    def defect(self) -> tuple[str, ...]:
        """What is one defect, however often it was found: what is wrong, with which norms, of which word, topic, actor or kind of matter."""
        of_facts = self.words.keys() & {"fact", "question"}
        about = (
            () if self.key.name in ONE_OF_NORMS else map(str, sorted(self.words["kind"]) if of_facts else [self.key])
        )
        return self.type, self.key.name, "|".join(sorted(set(self.norms), key=norm_order)), *about

    @property
    def id(self) -> str:
        """The same as long as the defect is, whatever else is found."""
        return f"{self.type}-{hashlib.blake2b('/'.join(self.defect).encode(), digest_size=4).hexdigest()}"


def _outermost(quotes: Iterable[str]) -> list[str]:
    """The quotations, each once, without those that are a part of another."""
    found = list(dict.fromkeys(quotes))
    return [q for q in found if not any(q != other and q in other for other in found)]


def _shortened(quote: str) -> str:
    """A quotation as it fits into a title."""
    return quote if len(quote) <= LONGEST_QUOTE else f"{quote[: LONGEST_QUOTE - 1].rstrip(',，;；、')}…"


def _drafts(model: Iterable[clingo.Symbol]) -> list[_Draft]:
    drafts: dict[tuple[clingo.Symbol, clingo.Symbol], _Draft] = {}
    model = list(model)
    for atom in model:
        if atom.name == "finding":
            drafts[atom.arguments[0], atom.arguments[1]] = _Draft(atom.arguments[0].name, atom.arguments[1])
    for atom in model:
        if atom.name == "finding":
            continue
        draft = drafts[atom.arguments[0], atom.arguments[1]]
        rest = atom.arguments[2:]
        match atom.name:
            case "concerns":
                draft.norms.append(rest[0].string)
            case "proof":
                draft.proofs.append((rest[0].name, rest[1].name, rest[2].name, str(rest[3])))
            case "mend":
                draft.changes.append(rest[0])
            case "word":
                draft.words.setdefault(rest[0].name, []).append(rest[1])
    return list(drafts.values())


def _merged(drafts: Iterable[_Draft]) -> list[_Draft]:
    """One defect, one finding: what is found in the same way about the same norms of a kind of matter, with all its witnesses."""
    found: dict[tuple[str, ...], _Draft] = {}
    for draft in drafts:
        one = found.setdefault(draft.defect, draft)
        if one is draft:
            continue
        one.witnesses += draft.witnesses
        one.changes += draft.changes
        one.merged += draft.keys
        for slot, values in draft.words.items():
            one.words[slot] = list(dict.fromkeys([*one.words.get(slot, []), *values]))
    clashing = [
        frozenset(d.norms) for d in found.values() if d.type in {"overlap", "contradiction"} and d.key.name == "two"
    ]

    def told(draft: _Draft) -> bool:
        """Whether what hinges on a reading is told as a clash of much the same norms, of the same articles."""
        norms = frozenset(draft.norms)
        alike = (c for c in clashing if norms <= c and 2 * len(norms) >= len(c))
        return draft.key.name == "reading" and any(
            {norm_order(n)[0] for n in norms} == {norm_order(n)[0] for n in c} for c in alike
        )

    return [d for d in found.values() if not told(d)]
