"""Reports for people who know rules and not logic: a case with its answers, a register of absences, an audit of the rules, an
article, an amendment's impact.

A view is made first (:mod:`nj_logic.case_report` and its siblings): plain texts in the reader's language, in the order in which they are
read. The templates beside the knowledge base (``report_templates/``) lay it out as HTML, Markdown or a Word file; a PDF is the HTML,
printed. Every word that is not the user's or the knowledge base's stands in ``report_templates/words.yaml``. What the user wrote is
escaped where it is put out, and signs that cannot be seen, or turn the direction of writing, are shown by their code.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from .case_report import case_view
from .errors import InputError
from .figures import proof_drawn
from .register_report import register_view
from .report_words import templates, words
from .terminal import clean, proof_lines
from .versions import knowledge_digest, program_version

if TYPE_CHECKING:
    from jinja2 import Environment

    from .audit import Audit
    from .case import Case
    from .impact import Impact
    from .knowledge import KnowledgeBase
    from .prolog import Proof
    from .teller import View

Proofs = Sequence[tuple[str, Sequence[str]]]
"""Derivations to print: a title and the lines of the tree, as rendered in the report's language."""
Document = str | bytes
"""A report: text as HTML or Markdown, bytes as a Word file or PDF."""

TEXTS = ("html", "md")
PAGES = ("docx", "pdf")
FORMATS = (*TEXTS, *PAGES)


def case_report(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs | None = (), engines: Mapping[str, str] | None = None,
) -> Document:  # fmt: skip
    """A case, its answers and what they rest on.

    Args:
        kb: the knowledge base.
        case: the case; a register is reported by :func:`register_report`.
        readings: the readings that were adopted (topic to option); the others are weighed.
        lang: ``zh`` or ``en``.
        format: ``html`` (one file that needs no other), ``md``, ``docx`` or ``pdf``.
        printed_on: the date to print; none is printed without it.
        proofs: derivations to add, as of :func:`decisive_proofs`; None: the engine that gives them is not there, and the report says so.
        engines: the engines that took part and their versions, if others than clingo.

    Raises:
        InputError: an unknown language, format, topic or option; of ``docx`` and ``pdf``: no font here shows the text.
    """
    known_format(format)
    frame = _frame(kb, lang, "title_case", case.id, _case_head(kb, case, lang), printed_on, proofs, engines)
    return render(kb, "case", {**frame, **case_view(kb, case, readings, lang=lang)}, format)


def register_report(
    kb: KnowledgeBase, register: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs | None = (), engines: Mapping[str, str] | None = None,
) -> Document:  # fmt: skip
    """A register of absences: the clashes in it, and who acts when. Arguments as for :func:`case_report`.

    Raises:
        InputError: the case is no register; otherwise as for :func:`case_report`.
    """
    known_format(format)
    frame = _frame(kb, lang, "title_register", register.id, _case_head(kb, register, lang), printed_on, proofs, engines)
    return render(kb, "register", {**frame, **register_view(kb, register, readings, lang=lang)}, format)


def audit_report(
    kb: KnowledgeBase, audit: Audit, notes: Sequence[str] = (), *, articles: Collection[int] = (), severity: str | None = None,
    lang: str = "zh", format: str = "html", printed_on: datetime.date | None = None,
) -> Document:  # fmt: skip
    """An audit of the rules: how many findings of which type, and each with what proves it.

    Args:
        kb: the knowledge base.
        audit: its audit (:func:`nj_logic.audit.audit`).
        notes: what is to be said of a register of accepted findings.
        articles: if given, the findings are those about these articles only; the report says so.
        severity: if given, the findings are those as grave as this.
        lang: ``zh`` or ``en``.
        format: ``html``, ``md``, ``docx`` or ``pdf``.
        printed_on: the date to print; none is printed without it.

    Raises:
        InputError: an unknown language or format; of ``docx`` and ``pdf``: no font here shows the text.
    """
    from .audit_report import audit_view

    known_format(format)
    regulation = words(kb, lang)("regulation", title=kb.title)
    frame = _frame(kb, lang, "title_audit", kb.title, [("basis", regulation)], printed_on)
    return render(
        kb, "audit", {**frame, **audit_view(kb, audit, notes, articles=articles, severity=severity, lang=lang)}, format
    )


def article_report(
    kb: KnowledgeBase, number: int, *, lang: str = "zh", format: str = "html", printed_on: datetime.date | None = None
) -> Document:
    """An article: its text with the norms marked, the rules that state them, the readings, the scenarios.

    Args:
        kb: the knowledge base.
        number: the article's number; 0 is the notice.
        lang: ``zh`` or ``en``.
        format: ``html``, ``md``, ``docx`` or ``pdf``.
        printed_on: the date to print; none is printed without it.

    Raises:
        InputError: there is no such article; an unknown language or format; of ``docx`` and ``pdf``: no font here shows the text.
    """
    from .article_report import article_view

    known_format(format)
    view = article_view(kb, number, lang=lang)
    frame = _frame(kb, lang, "title_article", view["name"], [("of_article", view["name"]), *view["head"]], printed_on)
    return render(kb, "article", {**view, **frame}, format)


def impact_report(
    impact: Impact, *, lang: str = "zh", format: str = "html", printed_on: datetime.date | None = None
) -> Document:
    """What an amendment changes: what is amended, and each situation in which an answer changes.

    Args:
        impact: as found by :func:`nj_logic.impact.find_impact`.
        lang: ``zh`` or ``en``.
        format: ``html``, ``md``, ``docx``, ``pdf``, or ``txt`` for a terminal.
        printed_on: the date to print; none is printed without it.

    Raises:
        InputError: an unknown language or format; of ``docx`` and ``pdf``: no font here shows the text.
    """
    from .impact_report import impact_view

    known_format(format, (*FORMATS, "txt"))
    kb, amendment = impact.base, impact.amendment
    say = words(kb, lang)
    title = amendment.title.say(lang)
    head = [
        ("amendment", say("brackets", a=title, b=amendment.id)), ("basis", say("regulation", title=kb.title)), ("note", amendment.note),
    ]  # fmt: skip
    frame = _frame(kb, lang, "title_impact", title, head, printed_on, amended=impact.amended)
    return render(kb, "impact", {**frame, **impact_view(impact, lang=lang)}, format)


def decisive_proofs(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh"
) -> list[tuple[str, list[str]]]:
    """The derivations of the first path's steps and of the answers; a derivation or quotation that was shown is not shown again.

    Raises:
        EngineMissing: SWI-Prolog is not installed.
    """
    paths = [p for a in kb.paths(case, readings).alternatives for p in a.paths] if case.kind.procedure else []
    answers = [a for answer in kb.answer(case, readings).answers for a in answer.alternatives if a.value]
    found: dict[str, list[str]] = {}
    shown: set[Proof] = set()
    quoted: set[str] = set()
    ids = [*(p.id for p in paths[:1]), *(a.id for a in answers)]
    for one in (one for id_ in ids for one in kb.why(case, id_, readings).proved):
        lines = found.setdefault(one.goal.title.say(lang), [])
        for line in proof_lines(kb, _once(one.proof, shown), lang, case, reasons=one.reasons):
            words = line.lstrip()
            if words.startswith("- ") or words not in quoted:
                lines.append(line)
                quoted.add(words)
    return list(found.items())


def _once(proof: Proof, shown: set[Proof]) -> Proof:
    """The proof without the derivations that are in *shown*, which takes up the others."""
    if proof.by != "rule" or proof.repeat:
        return proof
    if proof in shown:
        return replace(proof, repeat=True, children=())
    shown.add(proof)
    return replace(proof, children=tuple(_once(child, shown) for child in proof.children))


# -- what every report has -------------------------------------------------------------------------------------------


def _frame(
    kb: KnowledgeBase, lang: str, title: str, about: str, head: Sequence[tuple[str, str]], printed_on: datetime.date | None,
    proofs: Proofs | None = (), engines: Mapping[str, str] | None = None, amended: KnowledgeBase | None = None,
) -> View:  # fmt: skip
    """Title, head, derivations and versions; *title* and the names in *head* are keys of the words, *about* is a name."""
    say = words(kb, lang)
    regulation = say("regulation", title=kb.title)
    rows = [
        *((say(key), value) for key, value in head),
        (say("printed_on"), say.date(printed_on) if printed_on else ""),
    ]
    used = engines or {"clingo": metadata.version("clingo")}
    return {
        "lang": lang, "say": say, "title": say(title), "about": about, "head": [(name, value) for name, value in rows if value],
        "proofs": [
            {"title": title, "lines": list(lines), "drawings": proof_drawn(say, title, lines)} for title, lines in proofs or ()
        ],
        "proofs_need": say("proofs_need") if proofs is None else "",
        "versions": [
            (say("version.regulation"), regulation),
            (say("version.program"), f"nj_logic {program_version()}"),
            (say("version.engines"), say.listed(f"{name} {version}" for name, version in used.items())),
            (say("version.knowledge"), say("arrow").join(map(knowledge_digest, (kb, amended) if amended else (kb,)))),
        ],
    }  # fmt: skip


def _case_head(kb: KnowledgeBase, case: Case, lang: str) -> list[tuple[str, str]]:
    say = words(kb, lang)
    return [
        ("kind", say.both(case.kind.term.label)), ("register" if case.kind.register else "case", case.id), ("basis", say("regulation", title=kb.title)),
        ("asked_day", say.date(case.asked_day) if case.asked_day else ""), ("note", case.note),
    ]  # fmt: skip


# -- rendering -------------------------------------------------------------------------------------------------------

_MARKDOWN = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK = re.compile(r"^ ?(?:[-+#=]|\d+(?=[.)]))")
_BULLET = re.compile(r"^ *(?:- )?")


def _for_html(value: object) -> object:
    """A value with what cannot be seen made visible; the template escapes it."""
    return (
        clean(value.replace("\t", " "), keep_lines=True)
        if isinstance(value, str) and not hasattr(value, "__html__")
        else value
    )


def _for_markdown(value: object) -> object:
    """A value as Markdown text on one line: nothing in it is markup."""
    if hasattr(value, "__html__"):
        return value  # a macro's output passes here again, and stays as it is
    text = clean(re.sub(r"\s+", " ", str(value)))
    text = _MARKDOWN.sub(lambda found: "\\" + found[0], text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    opened = _BLOCK.match(text)
    if opened is not None:
        at = opened.end() if opened[0][-1].isdigit() else opened.end() - 1
        text = f"{text[:at]}\\{text[at:]}"
    return Markup(text)


def _for_terminal(value: object) -> object:
    """A value with what cannot be seen made visible."""
    return clean(value, keep_lines=True) if isinstance(value, str) else value  # a macro puts out lines


def _tree_line(line: str) -> Markup:
    """A line of a proof as Markdown: its place in the tree is kept, the rest is text."""
    lead = _BULLET.match(line)
    at = lead.end() if lead else 0
    return Markup(f"{line[:at]}{_for_markdown(line[at:])}")


@lru_cache(maxsize=8)
def _environment(folder: Path, format_: str) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=format_ != "txt", undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, finalize={"html": _for_html, "md": _for_markdown, "txt": _for_terminal}[format_],
    )  # fmt: skip
    environment.filters["tree_line"] = _tree_line
    return environment


def known_format(format_: str, allowed: Sequence[str] = FORMATS) -> None:
    """Do nothing if a report can be had in this format.

    Raises:
        InputError: it cannot.
    """
    if format_ not in allowed:
        raise InputError(
            f"{format_[:40]!r} is no format of this report. Allowed: {', '.join(allowed)}",
            f"报告没有“{format_[:40]}”这种格式。可用：{'、'.join(allowed)}",
        )


def render(kb: KnowledgeBase, template: str, view: Mapping[str, Any], format_: str) -> Document:
    """A view laid out by the template of that name and format."""
    if format_ == "docx":
        from .word import word_document

        return word_document(templates(kb) / f"{template}.docx", view)
    kind = "html" if format_ in {"html", "pdf"} else format_
    text = _environment(templates(kb), kind).get_template(f"{template}.{kind}.j2").render(view)
    if format_ == "pdf":
        from .printing import pdf

        return pdf(text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" if kind != "html" else text
