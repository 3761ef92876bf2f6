"""Reports for people who know rules and not logic: a case with its answers, and a register of absences.

A view is made first (:mod:`nj_logic.case_report`, :mod:`nj_logic.register_report`): plain texts in the reader's language, in the order in
which they are read. The templates beside the knowledge base (``report_templates/``) lay it out as HTML or Markdown. Every word that is
not the user's or the knowledge base's stands in ``report_templates/words.yaml``. What the user wrote is escaped where it is put out, and
signs that cannot be seen, or turn the direction of writing, are shown by their code.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from .case_report import case_view
from .errors import InputError
from .register_report import register_view
from .report_words import templates, words
from .terminal import clean, proof_lines
from .versions import knowledge_digest, program_version

if TYPE_CHECKING:
    from jinja2 import Environment

    from .case import Case
    from .knowledge import KnowledgeBase
    from .prolog import Proof
    from .teller import View

Format = Literal["html", "md"]
Proofs = Sequence[tuple[str, Sequence[str]]]
"""Derivations to print: a title and the lines of the tree, as rendered in the report's language."""


def case_report(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs | None = (), engines: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A case, its answers and what they rest on.

    Args:
        kb: the knowledge base.
        case: the case; a register is reported by :func:`register_report`.
        readings: the readings that were adopted (topic to option); the others are weighed.
        lang: ``zh`` or ``en``.
        format: ``html`` (one file that needs no other) or ``md``.
        printed_on: the date to print; none is printed without it.
        proofs: derivations to add, as of :func:`decisive_proofs`; None: the engine that gives them is not there, and the report says so.
        engines: the engines that took part and their versions, if others than clingo.

    Raises:
        InputError: an unknown language, format, topic or option.
    """
    known(format)
    view = case_view(kb, case, readings, lang=lang)
    return render(kb, "case", {**_frame(kb, case, lang, printed_on, proofs, engines), **view}, format)


def register_report(
    kb: KnowledgeBase, register: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh", format: str = "html",
    printed_on: datetime.date | None = None, proofs: Proofs | None = (), engines: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A register of absences: the clashes in it, and who acts when. Arguments as for :func:`case_report`.

    Raises:
        InputError: the case is no register; an unknown language, format, topic or option.
    """
    known(format)
    view = register_view(kb, register, readings, lang=lang)
    return render(kb, "register", {**_frame(kb, register, lang, printed_on, proofs, engines), **view}, format)


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
    for goal, proof in (one for id_ in ids for one in kb.why(case, id_, readings).proofs):
        lines = found.setdefault(goal.title.say(lang), [])
        for line in proof_lines(kb, _once(proof, shown), lang):
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
    kb: KnowledgeBase, case: Case, lang: str, printed_on: datetime.date | None, proofs: Proofs | None, engines: Mapping[str, str] | None
) -> View:  # fmt: skip
    say = words(kb, lang)
    register = case.kind.register
    regulation = say("regulation", title=kb.title)
    head = [
        (say("kind"), say.both(case.kind.term.label)), (say("register" if register else "case"), case.id), (say("basis"), regulation),
        (say("asked_day"), say.date(case.asked_day) if case.asked_day else ""), (say("printed_on"), say.date(printed_on) if printed_on else ""),
        (say("note"), case.note),
    ]  # fmt: skip
    used = engines or {"clingo": metadata.version("clingo")}
    return {
        "lang": lang, "say": say, "title": say("title_register" if register else "title_case"), "head": [(name, value) for name, value in head if value],
        "proofs": [{"title": title, "lines": list(lines)} for title, lines in proofs or ()], "proofs_need": say("proofs_need") if proofs is None else "",
        "versions": [
            (say("version.regulation"), regulation),
            (say("version.program"), f"nj_logic {program_version()}"),
            (say("version.engines"), say.listed(f"{name} {version}" for name, version in used.items())),
            (say("version.knowledge"), knowledge_digest(kb)),
        ],
    }  # fmt: skip


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


def known(format_: str, formats: Sequence[str] = ("html", "md")) -> None:
    """Refuse a format that is none of *formats*."""
    if format_ not in formats:
        raise InputError(
            f"{format_[:40]!r} is no format of this report. Allowed: {', '.join(formats)}",
            f"报告没有“{format_[:40]}”这种格式。可用：{'、'.join(formats)}",
        )


def render(kb: KnowledgeBase, template: str, view: Mapping[str, Any], format_: str) -> str:
    """A view laid out by the template of that name and format."""
    text = _environment(templates(kb), format_).get_template(f"{template}.{format_}.j2").render(view)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" if format_ != "html" else text
