"""Reports for people who know rules and not logic: a case with its answers, and a register of absences.

A view is made first: plain texts in the reader's language, in the order in which they are read. The templates beside the knowledge base
(``report_templates/``) lay it out as HTML or Markdown. Every word that is not the user's or the knowledge base's stands in
``report_templates/words.yaml``. What the user wrote is escaped where it is put out, and signs that turn the direction of writing are
shown by their code.
"""

from __future__ import annotations

import calendar
import datetime
import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import metadata
from itertools import groupby, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from markupsafe import Markup

from . import drawing
from .amounts import chinese_numeral, format_money
from .errors import Bilingual, InputError
from .results import CONFLICT, DETERMINED, NEEDS_FACTS, UNDEFINED, MissingFact, Silence, sort_norms

if TYPE_CHECKING:
    from jinja2 import Environment

    from .answer import Answer, Answers
    from .case import Case, Value
    from .cells import Rung
    from .check import Check
    from .conflicts import Acting, Conflicts
    from .knowledge import KnowledgeBase
    from .paths import Alternative, Paths, Step
    from .paths import Path as Route
    from .paths import Route as Procedure
    from .worlds import Condition

Lang = Literal["zh", "en"]
Format = Literal["html", "md"]
Proofs = Sequence[tuple[str, Sequence[str]]]
"""Derivations to print: a title and the lines of the tree, as rendered in the report's language."""
View = dict[str, Any]

MOST_DRAWN = 6
"""So many paths of one alternative are drawn; all of them stand in the tables."""
TALLEST = 610.0
"""So many pixels of a printed page a drawing takes; a taller one is made smaller."""
MOST_MONTHS = 24
"""So many months of a register are drawn."""


def case_report(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs = (), engines: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A case, its answers and what they rest on.

    Args:
        kb: the knowledge base.
        case: the case; a register is reported by :func:`register_report`.
        readings: the readings that were adopted (topic to option); the others are weighed.
        lang: ``zh`` or ``en``.
        format: ``html`` (one file that needs no other) or ``md``.
        printed_on: the date to print; none is printed without it.
        proofs: derivations to add.
        engines: the engines that took part and their versions, if others than clingo.

    Raises:
        InputError: an unknown language, format, topic or option.
    """
    return _render(
        kb,
        "case",
        case_view(kb, case, readings, lang=lang, printed_on=printed_on, proofs=proofs, engines=engines),
        format,
    )


def register_report(
    kb: KnowledgeBase, register: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs = (), engines: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A register of absences: the clashes in it, and who acts when. Arguments as for :func:`case_report`.

    Raises:
        InputError: the case is no register; an unknown language, format, topic or option.
    """
    return _render(
        kb,
        "register",
        register_view(kb, register, readings, lang=lang, printed_on=printed_on, proofs=proofs, engines=engines),
        format,
    )


# -- words -----------------------------------------------------------------------------------------------------------


class Words:
    """The reports' words in one language."""

    def __init__(self, table: Mapping[str, Bilingual], lang: Lang) -> None:
        self.table, self.lang = table, lang

    def __call__(self, key: str, **values: object) -> str:
        """The words for *key*, with *values* filled in.

        Raises:
            KeyError: there are none.
        """
        return self.table[key].say(self.lang).format(**values)

    def both(self, text: Bilingual) -> str:
        """A text that comes in both languages."""
        return text.say(self.lang)

    def listed(self, items: Iterable[str], word: str = "comma") -> str:
        """The items in a row."""
        return self(word).join(items)

    def pair(self, a: str, b: str) -> str:
        """``a: b``."""
        return self("colon", a=a, b=b)

    def choice(self, items: Sequence[str]) -> str:
        """``a, b or c``."""
        word = self("or") if self.lang == "zh" else f" {self('or')} "
        return word.join(items)

    def date(self, day: datetime.date) -> str:
        """``2026年3月2日`` or ``2 March 2026``."""
        return self("day", y=day.year, m=day.month, d=day.day, month=self("months").split()[day.month - 1])

    def month(self, day: datetime.date) -> str:
        """``2026年3月`` or ``March 2026``."""
        return self("month", y=day.year, m=day.month, month=self("months").split()[day.month - 1])

    def span(self, start: datetime.date | None, end: datetime.date | None) -> str:
        """From one day to another, both included; None is open."""
        if start is None and end is None:
            return self("throughout")
        if start is None or end is None:
            return self("since", a=self.date(start)) if start else self("until", b=self.date(cast(datetime.date, end)))
        if start == end:
            return self.date(start)
        key = (
            "span_month"
            if (start.year, start.month) == (end.year, end.month)
            else "span_year"
            if start.year == end.year
            else "span"
        )
        months = self("months").split()
        names = {"month": months[start.month - 1], "end_month": months[end.month - 1]}
        days = {"y": start.year, "m": start.month, "d": start.day, "m2": end.month, "d2": end.day}
        return self(key, a=self.date(start), b=self.date(end), **names, **days)


def words(kb: KnowledgeBase, lang: str) -> Words:
    """The words of the reports in *lang*.

    Raises:
        InputError: another language than zh and en.
    """
    if lang not in {"zh", "en"}:
        raise InputError(
            f"{lang[:40]!r} is no language of the reports. Allowed: zh, en",
            f"报告没有“{lang[:40]}”这种语言。可用:zh、en",
        )
    return Words(_table(_templates(kb) / "words.yaml"), cast(Lang, lang))


def _templates(kb: KnowledgeBase) -> Path:
    """The folder of the templates: the regulation's own, or those that come with the program."""
    from .places import data_root

    own = kb.root / "report_templates"
    return own if own.is_dir() else data_root() / "report_templates"


@lru_cache(maxsize=8)
def _table(file: Path) -> Mapping[str, Bilingual]:
    from .document import read_document

    entries = cast(Mapping[str, Mapping[str, str]], read_document(file))
    return {str(key): Bilingual(str(entry["zh"]), str(entry["en"])) for key, entry in entries.items()}


# -- what case and register have in common ---------------------------------------------------------------------------


class _Teller:
    """Puts what the knowledge base and a case hold into a reader's words; notes which norms were cited."""

    def __init__(self, kb: KnowledgeBase, case: Case, say: Words) -> None:
        self.kb, self.case, self.say = kb, case, say
        self.cited: set[str] = set()

    def term(self, id_: str) -> str:
        """A term's label; an official's title where the id is a person's."""
        if id_ not in self.kb.terms and any(o.id == id_ for o in self.case.officials):
            return self.person(id_)
        return self.say.both(self.kb.term(id_).label)

    def person(self, id_: str) -> str:
        """An official's title as the roster writes it; the office's label where the title is the office's name."""
        official = self.case.official(id_)
        office = self.kb.office_words.get(official.title)
        return self.term(office) if office and (official.implied or self.say.lang == "en") else official.title

    def article(self, norm: str) -> str:
        """Where a norm stands: its article, and its paragraph if the article has several."""
        entry = self.kb.norms[norm]
        if entry.article == 0:
            return self.say("notice")
        number, paragraph = (
            chinese_numeral(n) if self.say.lang == "zh" else str(n) for n in (entry.article, entry.paragraph)
        )
        key = "article_paragraph" if self._paragraphs.get(entry.article, 1) > 1 else "article"
        return self.say(key, n=number, p=paragraph)

    @cached_property
    def _paragraphs(self) -> dict[int, int]:
        return {a["number"]: len(a["paragraphs"]) for a in self.kb.text["articles"]}

    def norms(self, ids: Iterable[str]) -> list[View]:
        """Norms with all that is printed of them, in the order of the text."""
        found = [n for n in sort_norms(ids) if n in self.kb.norms]
        self.cited.update(found)
        return [self._norm(n) for n in found]

    def _norm(self, id_: str) -> View:
        entry = self.kb.norms[id_]
        return {
            "id": id_, "article": self.article(id_), "quote": entry.quote, "gist": entry.gist if self.say.lang == "en" else "",
            "strength": self.say(f"strength.{entry.strength}"),
        }  # fmt: skip

    def all_cited(self) -> list[View]:
        """Every norm that the report names."""
        return self.norms(self.cited)

    def conditions(self, conditions: Sequence[Condition]) -> list[str]:
        """Under which readings something holds, one text each; empty: under all."""
        if any(not c for c in conditions):
            return []
        return [self.say("and").join(self._reading(topic, option) for topic, option in c) for c in conditions]

    def _reading(self, topic: str, option: str) -> str:
        return self.say("condition", topic=self.topic(topic), option=self.option(topic, option))

    def topic(self, topic: str) -> str:
        """What can be read in several ways."""
        return str(self.kb.readings[topic][self.say.lang])

    def option(self, topic: str, option: str) -> str:
        """One way to read it."""
        return str(self.kb.readings[topic]["options"][option][self.say.lang])

    def holds(self, conditions: Sequence[Condition]) -> str:
        """The sentence on the readings under which something holds; empty if under all."""
        found = self.conditions(conditions)
        return self.say("holds_under", conditions=self.say("semicolon").join(found)) if found else ""

    def silence(self, silence: Silence) -> View:
        """An open question, the norms that come closest, and the outside rules."""
        outside = [
            self.say("outside_rule", rule=rule, article=self.article(n))
            for n, rule in silence.outside
            if n in self.kb.norms
        ]
        return {
            "question": self.say.both(silence.question),
            "nearest": self.norms(silence.nearest),
            "outside": list(dict.fromkeys(outside)),
        }

    def missing(self, facts: Iterable[MissingFact]) -> list[View]:
        """Facts to ask for, with the values that they can take."""
        return [{"label": self.say.both(m.label), "options": [self.say.both(o) for o in m.options]} for m in facts]

    def value(self, value: Any) -> str:  # noqa: ANN401
        """A fact's or an answer's value."""
        if isinstance(value, bool):
            return self.say("true_value" if value else "false_value")
        if isinstance(value, Decimal):
            return format_money(value, self.say.lang)
        if isinstance(value, datetime.date):
            return self.say.date(value)
        if isinstance(value, tuple):
            return self.say.listed(self.value(v) for v in value) or self.say("none")
        return str(value) if isinstance(value, int) else self.term(str(value))

    def absences(self) -> list[View]:
        """The absences as registered."""
        return [
            {
                "person": self.person(a.who), "when": self.say.span(a.start, a.end), "length": self._length(a.start, a.end),
                "reason": self.term(a.reason) if a.reason else "", "delegated": self.person(a.delegated_to) if a.delegated_to else "",
            }
            for a in self.case.absences
        ]  # fmt: skip

    def _length(self, start: datetime.date | None, end: datetime.date | None) -> str:
        if start is None or end is None:
            return ""
        days = (end - start).days + 1
        return self.say("day_count_one") if days == 1 else self.say("days_count", n=days)

    def officials(self) -> list[View]:
        """The roster as stated."""
        return [
            {"title": self.person(o.id), "office": self.say.listed(self.term(x) for x in o.offices), "portfolio": self.say.listed(o.portfolios)}
            for o in self.case.officials if not o.implied
        ]  # fmt: skip

    def pairs(self) -> list[str]:
        """The AB pairs."""
        return [f"{self.person(a)} — {self.person(b)}" for a, b in self.case.ab_pairs]

    def readings(
        self, uses: Iterable[str], fixed: Mapping[str, str], chosen: Mapping[str, str], matter: set[str], decided: bool
    ) -> View:
        """How the topics that concern the kind were treated: those that matter or were adopted in full, the others in a row."""
        found: View = {"rows": [], "same": [], "conventions": [], "decided": decided}
        for topic in dict.fromkeys(t for use in uses for t in self.case.kind.topics.get(use, ())):
            if topic in fixed and topic not in chosen:
                found["conventions"].append(
                    self.say("brackets", a=self.topic(topic), b=self.option(topic, fixed[topic]))
                )
            elif topic not in fixed and topic not in matter:
                found["same"].append(self.topic(topic))
            else:
                entry = self.kb.readings[topic]
                adopted = self.option(topic, fixed[topic]) if topic in fixed else ""
                effect = self.say("effect.adopted", option=adopted) if adopted else self.say("effect.matters")
                options = [self.option(topic, o) for o in entry["options"]]
                found["rows"].append(
                    {
                        "topic": self.topic(topic),
                        "options": options,
                        "norms": self.norms(entry.get("norms", ())),
                        "effect": effect,
                    }
                )
        return found

    def frame(
        self, title: str, printed_on: datetime.date | None, proofs: Proofs, engines: Mapping[str, str] | None
    ) -> View:
        """What every report has."""
        say, case = self.say, self.case
        head = [
            (say("kind"), self.say.both(case.kind.term.label)),
            (say("register" if case.kind.register else "case"), case.id),
        ]
        head.append((say("basis"), say("regulation", title=self.kb.title)))
        if case.asked_day is not None:
            head.append((say("asked_day"), say.date(case.asked_day)))
        if printed_on is not None:
            head.append((say("printed_on"), say.date(printed_on)))
        if case.note:
            head.append((say("note"), case.note))
        used = engines or {"clingo": metadata.version("clingo")}
        return {
            "lang": say.lang, "say": say, "title": title, "head": head, "proofs": [{"title": t, "lines": list(lines)} for t, lines in proofs],
            "versions": [
                (say("version.regulation"), say("regulation", title=self.kb.title)),
                (say("version.program"), f"nj_logic {_version()}"),
                (say("version.engines"), say.listed(f"{name} {version}" for name, version in used.items())),
                (say("version.knowledge"), _digest(self.kb)),
            ],
        }  # fmt: skip


def _version() -> str:
    try:
        return metadata.version("nj_logic")
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        from .places import PACKAGE

        return str(tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _digest(kb: KnowledgeBase) -> str:
    """A short digest of text, norms and rules: the same knowledge base has the same one wherever it lies."""
    digest = hashlib.sha256()
    for name in ("norms.json", "text.json"):
        digest.update((kb.compiled / name).read_bytes())
    digest.update(kb.program("whole").encode())
    return digest.hexdigest()[:16]


# -- a case ----------------------------------------------------------------------------------------------------------


def case_view(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh",
    printed_on: datetime.date | None = None, proofs: Proofs = (), engines: Mapping[str, str] | None = None,
) -> View:  # fmt: skip
    """All texts and drawings of a case's report, for any renderer. Arguments as for :func:`case_report`."""
    chosen = readings or {}
    tell = _Teller(kb, case, words(kb, lang))
    say, kind = tell.say, case.kind
    paths = kb.paths(case, chosen) if kind.procedure else None
    answers = kb.answer(case, chosen) if kind.questions else None
    check = kb.check(case, chosen) if case.record is not None else None
    results: list[Paths | Answer] = [*([paths] if paths else []), *(answers.answers if answers else ())]
    questions = [say.both(kb.term(a.question).label) for a in (answers.answers if answers else ())]

    view = tell.frame(say("title_case"), printed_on, proofs, engines)
    view["question"] = _asked(tell, paths, questions)
    view["verdict"] = _headline(tell, paths, answers, chosen)
    bearing = _bearing(kb, case, chosen)
    view["facts"] = _facts(tell, bearing)
    view["has_defaults"] = any(f["default"] for f in view["facts"])
    view["officials"], view["pairs"], view["absences"] = tell.officials(), tell.pairs(), tell.absences()
    view["complete"] = case.complete
    view["record"] = [
        {"no": i, "who": tell.term(e.actor), "act": tell.term(e.action), "on": say.date(e.on) if e.on else ""}
        for i, e in enumerate(case.record or (), 1)
    ]
    view["has_record"] = case.record is not None
    procedures = _procedures(kb, case, paths.readings) if paths and paths.undefined else []
    width = drawing.WIDE if paths is None or len(paths.alternatives) <= 2 else drawing.NARROW
    view["alternatives"] = (
        [_alternative(tell, a, n, procedures, width) for n, a in enumerate(paths.alternatives, 1)] if paths else []
    )
    blocked = procedures if paths and paths.status == UNDEFINED else []
    view["blocked"] = [{"svg": _blocked_drawing(tell, r, width), "norms": tell.norms(r.norms)} for r in blocked]
    view["fit"] = _fit(d["svg"] for a in view["alternatives"] for d in a["drawings"])
    view["excluding"] = paths is not None and paths.status == CONFLICT
    view["answers"] = [_answer(tell, a) for a in (answers.answers if answers else ())]
    silences = dict.fromkeys(s for r in results for s in r.undefined)
    view["undefined"] = [tell.silence(s) for s in silences]
    view["missing"] = tell.missing(dict.fromkeys(m for r in results for m in r.missing))
    if view["blocked"]:
        view["verdict"]["meaning"] = say("meaning.undefined_blocked")
    warnings = dict.fromkeys(w for r in results for w in r.warnings)
    view["warnings"] = [{"text": say.both(w.message), "norms": tell.norms(w.norms)} for w in warnings]
    view["check"] = _check(tell, check) if check else None
    view["reached"] = _reached(tell, bearing, paths, blocked)
    matter = {t for r in results for a in r.alternatives for c in a.readings for t, _ in c}
    decided = all(r.status != NEEDS_FACTS for r in results)
    uses = [*(["paths"] if paths else []), *(["answer"] if answers else []), *(["check"] if check else [])]
    matter |= {t for f in (check.findings if check else ()) for c in f.readings for t, _ in c}
    view["readings"] = tell.readings(uses, kb.fixed_readings(chosen), chosen, matter, decided)
    view["norms"] = tell.all_cited()
    return view


def _asked(tell: _Teller, paths: Paths | None, questions: Sequence[str]) -> list[str]:
    if paths is None:
        return list(questions)
    asked = [tell.say("question.procedure", kind=tell.say.both(tell.case.kind.term.label))]
    return [
        *asked,
        *([tell.say("question.more", questions=tell.say("semicolon").join(questions))] if questions else []),
    ]


def _headline(tell: _Teller, paths: Paths | None, answers: Answers | None, chosen: Mapping[str, str]) -> View:
    """The status in words, and the answer in one line each."""
    say = tell.say
    if paths is not None:
        lines = _path_lines(tell, paths)
        return {
            "status": paths.status,
            "label": say(f"status.{paths.status}"),
            "meaning": _meaning(tell, paths, chosen),
            "lines": lines,
        }
    listed = answers.answers if answers else ()
    lines = [say.pair(say.both(tell.kb.term(a.question).label), _answer_line(tell, a)) for a in listed]
    statuses = {a.status for a in listed}
    if len(statuses) == 1:
        status = statuses.pop()
        return {
            "status": status,
            "label": say(f"status.{status}"),
            "meaning": _meaning(tell, listed[0], chosen),
            "lines": lines,
        }
    worst = next((s for s in (CONFLICT, UNDEFINED, NEEDS_FACTS) if s in statuses), DETERMINED)
    label = say("semicolon").join(dict.fromkeys(say(f"status.{a.status}") for a in listed))
    return {"status": worst, "label": label, "meaning": say("meaning.several"), "lines": lines}


def _meaning(tell: _Teller, result: Paths | Answer, chosen: Mapping[str, str]) -> str:
    """A status explained to somebody who knows rules and not logic."""
    key = f"meaning.{result.status}"
    if result.status == DETERMINED and any(t in chosen for topics in tell.case.kind.topics.values() for t in topics):
        key = "meaning.determined_fixed"
    if result.status == CONFLICT:
        key = "meaning.conflict_readings" if any(a.readings for a in result.alternatives) else "meaning.conflict_norms"
    return tell.say(key)


def _path_lines(tell: _Teller, paths: Paths) -> list[str]:
    say = tell.say
    if paths.status == NEEDS_FACTS:
        return [say("asks_for", facts=say.listed(say.both(m.label) for m in paths.missing))]
    if paths.status == UNDEFINED:
        return [say("open_question", question=say.both(s.question)) for s in paths.undefined]
    lines = []
    for n, alternative in enumerate(paths.alternatives, 1):
        steps = say("arrow").join(_does(tell, s["actors"], s["act"]) for s in _stages(tell, alternative))
        if alternative.undefined_because is not None:
            steps = say("silent_on", question=say.both(alternative.undefined_because.question))
        lines.append(say.pair(say("alternative", n=_ordinal(say, n)), steps) if paths.status == CONFLICT else steps)
    return lines


def _ordinal(say: Words, n: int) -> str:
    return chinese_numeral(n) if say.lang == "zh" else str(n)


def _does(tell: _Teller, actors: Sequence[str], act: str) -> str:
    return tell.say("does", actor=tell.say.choice(actors), act=act)


# -- facts -----------------------------------------------------------------------------------------------------------


def _bearing(kb: KnowledgeBase, case: Case, chosen: Mapping[str, str]) -> dict[str, bool]:
    """For each fact that could be open: whether the answer could be another if it were otherwise.

    The fact is opened and the question put again: it bears on the answer if it must then be asked for.
    """
    found = {}
    for id_, declared in case.kind.fields.items():
        if id_ not in case.facts or not declared.can_be_open:
            continue
        facts = {f: v for f, v in case.facts.items() if f != id_}
        opened = replace(case, facts=facts, opened=case.opened | {id_})
        missing = list(kb.paths(opened, chosen).missing) if case.kind.procedure else []
        if case.kind.questions:
            missing += [m for a in kb.answer(opened, chosen).answers for m in a.missing]
        found[id_] = any(m.id == id_ for m in missing)
    return found


def _facts(tell: _Teller, bearing: Mapping[str, bool]) -> list[View]:
    say, case = tell.say, tell.case
    rows = []
    for id_, declared in case.kind.fields.items():
        if id_ not in case.facts:
            if id_ in case.opened:
                rows.append(_fact(tell, id_, say("unknown"), [say("origin.none")], None))
            continue
        value = case.facts[id_]
        default = declared.default is not None and value == declared.default and id_ not in case.evidence
        summed = any(p in case.facts for p in declared.sum_of)
        origin = say("origin.default") if default else say("origin.sum") if summed else say("origin.stated")
        sources = [origin]
        if id_ in case.evidence:
            sources = [say("origin.evidence", evidence=case.evidence[id_])]
        rows.append(_fact(tell, id_, _fact_value(tell, declared.type, value), sources, bearing.get(id_), default))
    return rows


def _fact(tell: _Teller, id_: str, value: str, sources: list[str], bears: bool | None, default: bool = False) -> View:
    effect = "" if bears is None else tell.say("bearing.decides" if bears else "bearing.none")
    label = tell.say.both(tell.case.kind.fields[id_].term.label)
    return {
        "label": label,
        "value": value,
        "sources": sources,
        "bearing": effect,
        "bears": bool(bears),
        "default": default,
    }


def _fact_value(tell: _Teller, type_: str, value: Value) -> str:
    return str(value) if type_ == "text" else tell.value(value)


# -- paths -----------------------------------------------------------------------------------------------------------


def _stages(tell: _Teller, alternative: Alternative) -> list[View]:
    """The stages of a procedure, each with all who may do it; a procedure that nobody can finish has its stages too."""
    if not alternative.paths:
        offices = [(actors.split(" / "), act) for actors, act in alternative.stages]
        return [{"actors": [tell.term(a) for a in actors], "act": tell.term(act)} for actors, act in offices]
    by_number: dict[int, list[Step]] = {}
    for path in alternative.paths:
        for step in path.steps:
            by_number.setdefault(step.no, []).append(step)
    return [
        {"actors": list(dict.fromkeys(tell.term(s.actor) for s in steps)), "act": tell.term(steps[0].action)}
        for _, steps in sorted(by_number.items())
    ]


def _alternative(tell: _Teller, alternative: Alternative, n: int, routes: Sequence[Procedure], width: float) -> View:
    say = tell.say
    found: View = {
        "title": say("alternative", n=_ordinal(say, n)), "holds": tell.conditions(alternative.readings), "norms": tell.norms(alternative.norms),
        "drawings": [], "tables": [], "intro": "", "more": "", "because": "",
    }  # fmt: skip
    if not alternative.paths:
        if alternative.undefined_because is not None:
            key = "blocked_because" if alternative.stages else "silent_here"
            found["because"] = say(key, question=say.both(alternative.undefined_because.question))
        route = next((r for r in routes if _stage_names(r) == alternative.stages), None)
        if route is not None:
            found["drawings"] = [{"title": "", "svg": _blocked_drawing(tell, route, width)}]
        return found
    merged = _merged(alternative.paths)
    if merged is not None:
        found["drawings"] = [{"title": "", "svg": _drawn(tell, merged, width)}]
        found["tables"] = [{"title": "", "steps": [_row(tell, steps) for steps in merged]}]
        return found
    found["intro"] = say("paths_any", n=len(alternative.paths))
    for i, path in enumerate(alternative.paths, 1):
        title, single = say("path", n=_ordinal(say, i)), [[s] for s in path.steps]
        found["tables"].append({"title": title, "steps": [_row(tell, steps) for steps in single]})
        if i <= MOST_DRAWN:
            found["drawings"].append({"title": title, "svg": _drawn(tell, single, drawing.NARROW)})
    if len(alternative.paths) > MOST_DRAWN:
        found["more"] = say("paths_more", n=len(alternative.paths) - MOST_DRAWN)
    return found


def _merged(paths: Sequence[Route]) -> list[list[Step]] | None:
    """The paths as one, where they are all the ways to choose who does each step; None where they are not."""
    if len({tuple((s.no, s.action, len(s.after)) for s in p.steps) for p in paths}) != 1:
        return None
    choices: list[dict[tuple[str, str | None, str | None], Step]] = [{} for _ in paths[0].steps]
    ways = set()
    for path in paths:
        ways.add(tuple((s.actor, s.person, s.acting_for) for s in path.steps))
        for choice, step in zip(choices, path.steps, strict=True):
            choice.setdefault((step.actor, step.person, step.acting_for), step)
    if ways != set(product(*choices)):
        return None
    return [list(choice.values()) for choice in choices]


def _names(tell: _Teller, step: Step) -> str:
    """Who does a step in person; empty where the roster does not say."""
    if step.person is None or (step.acting_for is None and tell.case.official(step.person).implied):
        return ""
    person = tell.person(step.person)
    return tell.say("acting_for", person=person, absent=tell.person(step.acting_for)) if step.acting_for else person


def _row(tell: _Teller, steps: Sequence[Step]) -> View:
    """A step of a table; *steps*: those who may do it."""
    say = tell.say
    first = steps[0]
    actors = list(dict.fromkeys(tell.term(s.actor) for s in steps))
    persons = list(dict.fromkeys(n for s in steps if (n := _names(tell, s))))
    return {
        "id": first.id, "no": first.no, "actor": say.choice(actors), "any": len(steps) > 1, "act": tell.term(first.action),
        "persons": persons, "norms": tell.norms(n for s in steps for n in s.norms),
    }  # fmt: skip


def _drawn(tell: _Teller, stages: Sequence[Sequence[Step]], width: float) -> Markup:
    say = tell.say
    numbers = {s.id: s.no for steps in stages for s in steps}
    boxes = []
    for steps in stages:
        row = _row(tell, steps)
        lines = [_act_line(tell, row["act"], row["norms"])]
        if row["persons"]:
            lines.append(say("by_person", person=say.choice(row["persons"])))
        head = row["actor"] + (say("any_of") if row["any"] else "")
        after = tuple(str(numbers[a]) for a in steps[0].after if a in numbers)
        boxes.append(
            drawing.Box(
                str(steps[0].no), str(steps[0].no), head, tuple(lines), after, "", any(s.acting_for for s in steps)
            )
        )
    label = say("drawing", steps=say("arrow").join(_does(tell, [b.head], b.lines[0]) for b in boxes))
    return Markup(drawing.flow([_shown(b) for b in boxes], _visible(label), width))


def _act_line(tell: _Teller, act: str, norms: Sequence[View]) -> str:
    return (
        tell.say("act_article", act=act, article=tell.say.listed(dict.fromkeys(n["article"] for n in norms)))
        if norms
        else act
    )


def _shown(box: drawing.Box) -> drawing.Box:
    """The box with what cannot be seen in its texts made visible."""
    return replace(box, head=_visible(box.head), lines=tuple(map(_visible, box.lines)))


def _blocked_drawing(tell: _Teller, route: Procedure, width: float) -> Markup:
    """A procedure that nobody can finish; the stages that nobody can do are marked."""
    say = tell.say
    after: dict[int, set[int]] = {}
    for late, early in route.key.order:
        after.setdefault(late, set()).add(early)
    boxes = []
    for i, (act, offices, _, stuck) in enumerate(route.key.stages):
        direct = [e for e in after.get(i, ()) if not any(e in after.get(x, ()) for x in after[i])]
        norms = tell.norms(n for (stage, _), ns in route.stage_norms.items() if route.positions[stage] == i for n in ns)
        lines = (_act_line(tell, tell.term(act), norms),)
        head = say.choice([tell.term(o) for o in offices])
        boxes.append(
            drawing.Box(
                str(i), str(i + 1), head, lines, tuple(map(str, sorted(direct))), say("blocked") if stuck else ""
            )
        )
    label = say("drawing", steps=say("arrow").join(_does(tell, [b.head], b.lines[0]) for b in boxes))
    return Markup(drawing.flow(boxes, label, width))


def _fit(drawings: Iterable[str]) -> float:
    """By how much drawings that stand side by side shrink on paper, all alike, so that the tallest leaves room for its heading."""
    heights = [float(found[1]) for svg in drawings if (found := re.search(r' height="([\d.]+)" font', svg))]
    return round(max(min(1.0, TALLEST / max(heights, default=TALLEST)), 0.6), 2)


def _stage_names(route: Procedure) -> tuple[tuple[str, str], ...]:
    """The stages as an alternative without a path lists them."""
    return tuple((" / ".join(offices), act) for act, offices, _, _ in route.key.stages)


def _procedures(kb: KnowledgeBase, case: Case, fixed: Mapping[str, str]) -> list[Procedure]:
    """The procedures that the rules give the case and nobody can finish, each once."""
    from .facts import case_atoms, open_topics
    from .paths import SHOWN, routes
    from .results import read
    from .worlds import Worlds

    topics, opening = open_topics(kb, case, "paths", fixed)
    worlds = Worlds(kb.program(f"{case.kind.term.id}.paths"), [*case_atoms(kb, case, fixed), *opening], topics, SHOWN)
    found = {
        (_stage_names(r), r.norms, not r.key.blocked): r for raw in worlds.outcomes() for r in routes(read(raw, {}))
    }
    return [found[k] for k in sorted(found) if found[k].key.blocked]


# -- answers, record -------------------------------------------------------------------------------------------------


def _answer(tell: _Teller, answer: Answer) -> View:
    say = tell.say
    alternatives = []
    for one in answer.alternatives:
        persons = dict.fromkeys(_performer(tell, p.person, p.acting_for) for p in one.performers)
        alternatives.append({
            "value": _values(tell, one.value, one.mode) if one.undefined_because is None else "",
            "because": say("silent_on", question=say.both(one.undefined_because.question)) if one.undefined_because else "",
            "performers": [p for p in persons if p], "holds": tell.conditions(one.readings), "norms": tell.norms(one.norms),
        })  # fmt: skip
    return {
        "question": say.both(tell.kb.term(answer.question).label), "status": answer.status, "label": say(f"status.{answer.status}"),
        "alternatives": alternatives, "missing": [say.both(m.label) for m in answer.missing],
        "undefined": [say("silent_on", question=say.both(s.question)) for s in answer.undefined],
        "nearest": tell.norms(n for s in answer.undefined for n in s.nearest) if not alternatives else [],
    }  # fmt: skip


def _performer(tell: _Teller, person: str, acting_for: str | None) -> str:
    if acting_for is not None:
        return tell.say("acting_for", person=tell.person(person), absent=tell.person(acting_for))
    return "" if tell.case.official(person).implied else tell.person(person)


def _values(tell: _Teller, values: Sequence[Any], mode: str | None) -> str:
    texts = [tell.value(v) for v in values]
    if mode == "any":
        return tell.say.choice(texts)
    return (
        tell.say("all_of", values=tell.say.listed(texts))
        if mode == "all" and len(texts) > 1
        else tell.say.listed(texts)
    )


def _answer_line(tell: _Teller, answer: Answer) -> str:
    say = tell.say
    if answer.status == NEEDS_FACTS:
        return say("asks_for", facts=say.listed(say.both(m.label) for m in answer.missing))
    if answer.status == UNDEFINED:
        return say("status.undefined")
    texts = [
        _values(tell, a.value, a.mode) if a.undefined_because is None else say("status.undefined")
        for a in answer.alternatives
    ]
    return say("semicolon").join(texts)


def _check(tell: _Teller, check: Check) -> View:
    say = tell.say
    rows = []
    for f in check.findings:
        entry = tell.kb.norms[f.norm]
        message = say.both(f.message)
        if (entry.quote if say.lang == "zh" else entry.gist) in message:  # the norm is quoted beside it
            shown = f.witness.get("what")
            message = say("concerns", what=shown[say.lang]) if shown else ""
        rows.append({
            "id": f.id, "status": f.status, "label": say(f"finding.{f.status}"), "message": message, "norms": tell.norms([f.norm]),
            "holds": tell.conditions(f.readings), "missing": say("asks_for", facts=say.listed(say.both(m.label) for m in f.missing)) if f.missing else "",
            "rivals": tell.norms(f.conflict_with),
        })  # fmt: skip
    return {
        "verdict": check.verdict, "label": say(f"verdict.{check.verdict}"), "findings": rows, "satisfied": tell.norms(f.norm for f in check.satisfied),
    }  # fmt: skip


# -- how the answer was reached --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Selection:
    """Which rungs and exceptions the rules put the case on; *always*: in every world that the case leaves open."""

    rungs: tuple[tuple[Rung, tuple[str, ...], bool], ...] = ()
    lifts: tuple[tuple[str, str, bool], ...] = ()


def _selection(kb: KnowledgeBase, case: Case, fixed: Mapping[str, str]) -> _Selection:
    from .facts import case_atoms, open_topics
    from .results import read
    from .worlds import Worlds

    topics, opening = open_topics(kb, case, "paths", fixed)
    shown = (("on_rung", 3), ("lifts", 3), ("route", 3))
    worlds = Worlds(kb.program(f"{case.kind.term.id}.paths"), [*case_atoms(kb, case, fixed), *opening], topics, shown)
    outcomes = [read(raw, {}) for raw in worlds.outcomes()]
    routes = {n for o in outcomes for _, n in o.get("route")}
    leads: dict[tuple[str, str], set[str]] = {}
    for atom in worlds.control.symbolic_atoms.by_signature("leads_to", 4):
        ladder, name, _, norm = atom.symbol.arguments
        leads.setdefault((ladder.name, name.name), set()).add(norm.string)
    rungs = []
    for rung in kb.cells.rungs:
        held = [(rung.ladder, rung.name) in o.get("on_rung") for o in outcomes]
        norms = leads.get((rung.ladder, rung.name), set()) & routes
        if any(held) and norms:
            rungs.append((rung, sort_norms(norms), all(held)))
    pairs = sorted({pair for o in outcomes for pair in o.get("lifts")})
    return _Selection(tuple(rungs), tuple((n, m, all((n, m) in o.get("lifts") for o in outcomes)) for n, m in pairs))


def _bounds(tell: _Teller, rung: Rung) -> str:
    say = tell.say
    low = None if not rung.low else format_money(rung.low, say.lang)
    high = None if rung.high is None else format_money(rung.high, say.lang)
    low = low and say("included" if rung.low_included else "excluded", a=low)
    high = high and say("included" if rung.high_included else "excluded", a=high)
    if low and high:
        return say("between", a=low, b=high)
    return say("above", a=low) if low else say("below", b=high) if high else say("throughout")


def _reached(
    tell: _Teller, bearing: Mapping[str, bool], paths: Paths | None, blocked: Sequence[Procedure]
) -> list[View]:
    """In words: the facts that decide, the rungs they select, the exceptions, and the procedures that the norms give."""
    say, case = tell.say, tell.case
    steps: list[View] = []
    deciding = [f for f, bears in bearing.items() if bears]
    defaults = [f for f in deciding if case.kind.fields[f].default == case.facts[f] and f not in case.evidence]
    for key, ids in (("reached.facts", [f for f in deciding if f not in defaults]), ("reached.defaults", defaults)):
        if ids:
            named = [
                say(
                    "brackets",
                    a=say.both(case.kind.fields[f].term.label),
                    b=_fact_value(tell, case.kind.fields[f].type, case.facts[f]),
                )
                for f in ids
            ]
            steps.append({"text": say(key, facts=say.listed(named)), "norms": [], "holds": []})
    if paths is None:
        return steps
    if paths.status != NEEDS_FACTS:
        selection = _selection(tell.kb, case, paths.readings)
        for rung, norms, always in selection.rungs:
            steps.append(
                {
                    "text": say("reached.rung" if always else "reached.rung_some", bounds=_bounds(tell, rung)),
                    "norms": tell.norms(norms),
                    "holds": [],
                }
            )
        for norm, other, always in selection.lifts:
            steps.append(
                {
                    "text": say("reached.lifts" if always else "reached.lifts_some"),
                    "norms": [*tell.norms([norm]), *tell.norms([other])],
                    "holds": [],
                }
            )
    for alternative in paths.alternatives:
        if alternative.paths or alternative.stages:
            chain = say("arrow").join(_does(tell, s["actors"], s["act"]) for s in _stages(tell, alternative))
            steps.append(
                {
                    "text": say("reached.route", steps=chain),
                    "norms": tell.norms(alternative.norms),
                    "holds": tell.conditions(alternative.readings),
                }
            )
    for route in blocked:
        chain = say("arrow").join(
            _does(tell, [tell.term(o) for o in offices], tell.term(act)) for act, offices, _, _ in route.key.stages
        )
        steps.append({"text": say("reached.blocked", steps=chain), "norms": tell.norms(route.norms), "holds": []})
    if paths.status == UNDEFINED and not blocked:
        steps.append({"text": say("reached.nothing"), "norms": [], "holds": []})
    return steps


# -- a register ------------------------------------------------------------------------------------------------------


def register_view(
    kb: KnowledgeBase, register: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh",
    printed_on: datetime.date | None = None, proofs: Proofs = (), engines: Mapping[str, str] | None = None,
) -> View:  # fmt: skip
    """All texts and drawings of a register's report, for any renderer. Arguments as for :func:`case_report`."""
    chosen = readings or {}
    tell = _Teller(kb, register, words(kb, lang))
    say = tell.say
    conflicts = kb.conflicts(register, chosen)
    acting = _acting(tell, conflicts.acting)
    view = tell.frame(say("title_register"), printed_on, proofs, engines)
    view["question"] = [say("question.register")]
    n = len(conflicts.findings)
    view["clean"] = n == 0
    view["label"] = (
        say("register.none") if n == 0 else say("register.found_one") if n == 1 else say("register.found", n=n)
    )
    view["plain"] = _plainly(tell, conflicts) or [say("register.clean")]
    view["findings"] = [
        {
            "id": f.id, "type": tell.term(f.type), "persons": [tell.person(p) for p in f.persons], "when": say.span(f.start, f.end),
            "norms": tell.norms(f.norms) if _few(f.norms) else [], "many": [] if _few(f.norms) else _by_article(tell, f.norms),
            "holds": tell.conditions(f.readings), "many_label": say("many_norms", n=len(f.norms)),
        }
        for f in conflicts.findings
    ]  # fmt: skip
    view["acting"] = acting
    view["doubtful"] = any(f["holds"] for f in view["findings"]) or any(a["doubtful"] for a in acting)
    view["absences"] = tell.absences()
    view["officials"], view["pairs"] = tell.officials(), tell.pairs()
    view["complete"] = register.complete
    view["timelines"], view["others"], view["months_left_out"] = _timelines(tell, conflicts, acting)
    matter = {t for found in (conflicts.findings, conflicts.acting) for f in found for c in f.readings for t, _ in c}
    view["readings"] = tell.readings(["conflicts"], conflicts.readings, chosen, matter, True)
    view["norms"] = tell.all_cited()
    return view


def _few(norms: Sequence[str]) -> bool:
    return len(norms) <= 3


def _by_article(tell: _Teller, norms: Sequence[str]) -> list[View]:
    """Many norms, by article."""
    listed = tell.norms(norms)
    return [
        {"article": article, "norms": list(found)}
        for article, found in groupby(listed, key=lambda n: cast(str, n["article"]))
    ]


def _plainly(tell: _Teller, conflicts: Conflicts) -> list[str]:
    say = tell.say
    lines = []
    for f in conflicts.findings:
        persons = say.listed(tell.person(p) for p in f.persons)
        key = "finding_sentence" if persons else "finding_sentence_bare"
        line = say(key, span=say.span(f.start, f.end), type=tell.term(f.type), persons=persons)
        under = tell.conditions(f.readings)
        lines.append(line + say("only_under", id=f.id) if under else line)
    return lines


def _acting(tell: _Teller, acting: Iterable[Acting]) -> list[View]:
    """Who acts for whom when, each once, with every norm that says so."""
    rows: dict[tuple[Any, ...], View] = {}
    for one in acting:
        row = rows.setdefault((one.absent, one.person, one.start, one.end), {
            "no": len(rows) + 1, "absent": tell.person(one.absent), "person": tell.person(one.person), "when": tell.say.span(one.start, one.end),
            "bases": [], "absent_id": one.absent, "start": one.start, "end": one.end,
        })  # fmt: skip
        row["bases"].append({"norms": tell.norms([one.basis]), "holds": tell.conditions(one.readings)})
    for row in rows.values():
        row["doubtful"] = all(basis["holds"] for basis in row["bases"])
    return list(rows.values())


def _timelines(tell: _Teller, conflicts: Conflicts, acting: Sequence[View]) -> tuple[list[View], list[str], bool]:
    """A drawing a month in which something changes; the officials who are never away; whether months were left out."""
    say, case = tell.say, tell.case
    days = sorted({d for a in case.absences for d in (a.start, a.end) if d is not None})
    involved = {a.who for a in case.absences} | {p for f in conflicts.findings for p in f.persons}
    shown = [o.id for o in case.officials if o.id in involved]
    others = [tell.person(o.id) for o in case.officials if o.id not in involved and not o.implied]
    if not shown:
        return [], others, False
    if not days:
        window = drawing.Column(say("throughout")), None, None
        return [{"title": "", "svg": _panel(tell, conflicts, acting, shown, [window[0]], None, None)}], others, False
    months = sorted({d.replace(day=1) for d in days})
    span = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month + 1
    panels = []
    for first in months[:MOST_MONTHS]:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        columns = [
            drawing.Column(str(d), first.replace(day=d).weekday() >= calendar.SATURDAY) for d in range(1, last.day + 1)
        ]
        panels.append({"title": say.month(first), "svg": _panel(tell, conflicts, acting, shown, columns, first, last)})
    return panels, others, span > len(panels)


def _panel(
    tell: _Teller, conflicts: Conflicts, acting: Sequence[View], shown: Sequence[str], columns: Sequence[drawing.Column],
    first: datetime.date | None, last: datetime.date | None,
) -> Markup:  # fmt: skip
    say = tell.say

    def cut(
        start: datetime.date | None, end: datetime.date | None, text: str = "", short: str = "", doubtful: bool = False
    ) -> list[drawing.Span]:
        """The part of a spell that lies on this drawing, if any does."""
        if first is None or last is None:
            return [drawing.Span(0, len(columns) - 1, _visible(text), _visible(short), doubtful=doubtful)]
        if (start is not None and start > last) or (end is not None and end < first):
            return []
        begin, stop = max(start or first, first), min(end or last, last)
        goes_on = start is None or start < first, end is None or end > last
        return [drawing.Span(begin.day - 1, stop.day - 1, _visible(text), _visible(short), *goes_on, doubtful)]

    rows = []
    for id_ in shown:
        away = [
            s for a in tell.case.absences if a.who == id_
            for s in cut(a.start, a.end, tell.term(a.reason) if a.reason else say("legend.away"))
        ]  # fmt: skip
        strips = [
            s for a in acting if a["absent_id"] == id_
            for s in cut(a["start"], a["end"], f"{a['no']} {say('acting_short', person=a['person'])}", str(a["no"]), a["doubtful"])
        ]  # fmt: skip
        clashes = [
            s for f in conflicts.findings if id_ in f.persons for s in cut(f.start, f.end, f.id, f.id, bool(f.readings))
        ]
        away.sort(key=lambda s: (s.first, s.last))
        rows.append(drawing.Row(_visible(tell.person(id_)), tuple(away), tuple(strips), tuple(clashes)))
    found = [s for f in conflicts.findings for s in cut(f.start, f.end, f.id, f.id, bool(f.readings))]
    label = say("timeline", month=say.month(first) if first else say("throughout"))
    return Markup(drawing.timeline(columns, rows, found, say("findings_row"), label))


# -- rendering -------------------------------------------------------------------------------------------------------

# Signs that turn the direction of writing, controls, and what no XML may hold: shown by their code.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_MARKDOWN = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK = re.compile(r"^ ?(?:[-+#=]|\d+(?=[.)]))")


def _visible(text: str) -> str:
    """*text* with what cannot be seen, or turns what is seen, written as its code point."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def _for_html(value: object) -> object:
    return _visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _for_markdown(value: object) -> object:
    """A value as Markdown text on one line: nothing in it is markup."""
    if hasattr(value, "__html__"):
        return value
    text = re.sub(r"\s+", " ", _visible(str(value)))
    text = _MARKDOWN.sub(lambda found: "\\" + found[0], text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    opened = _BLOCK.match(text)
    if opened is not None:
        at = opened.end() if opened[0][-1].isdigit() else opened.end() - 1
        text = f"{text[:at]}\\{text[at:]}"
    return Markup(text)  # a macro's output passes here again, and stays as it is


@lru_cache(maxsize=8)
def _environment(folder: Path, format_: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, finalize=_for_html if format_ == "html" else _for_markdown,
    )  # fmt: skip


def _render(kb: KnowledgeBase, template: str, view: View, format_: str) -> str:
    if format_ not in {"html", "md"}:
        raise InputError(
            f"{format_[:40]!r} is no format of this report. Allowed: html, md",
            f"报告没有“{format_[:40]}”这种格式。可用:html、md",
        )
    text = _environment(_templates(kb), format_).get_template(f"{template}.{format_}.j2").render(view)
    if format_ == "md":
        text = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
    return text
