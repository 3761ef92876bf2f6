"""The command ``nj report``: on a case, a register, the audit, an article or an amendment, in one of the formats."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .amendment import is_amendment
from .errors import EngineMissing, InputError, nearest
from .files import printable
from .report import (
    PAGES,
    TEXTS,
    Document,
    article_report,
    audit_report,
    case_report,
    decisive_proofs,
    impact_report,
    known_format,
    register_report,
)  # fmt: skip
from .versions import engine_versions

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

Writer = Callable[[str, str], Document]
"""Gives what was found out in a language and a format."""
AUDIT = "audit"
_ARTICLE = re.compile(r"article:(\d{1,4})")


def report_on(
    kb: KnowledgeBase, target: str, format: str, readings: Mapping[str, str], *, roster: Path | None = None, accepted: Path | None = None,
    articles: Collection[int] = (), severity: str | None = None, processes: int = 1, lang: str = "zh",
) -> Document:  # fmt: skip
    """The report on *target*; arguments and errors as for :func:`writer`."""
    made = writer(
        kb, target, readings, roster=roster, accepted=accepted, articles=articles, severity=severity, processes=processes, lang=lang
    )  # fmt: skip
    return made(lang, format)


def writer(
    kb: KnowledgeBase, target: str, readings: Mapping[str, str], *, roster: Path | None = None, accepted: Path | None = None,
    articles: Collection[int] = (), severity: str | None = None, processes: int = 1, lang: str = "zh",
) -> Writer:  # fmt: skip
    """Find out what the report on *target* says; what comes back writes it down.

    Args:
        kb: the knowledge base.
        target: the file of a case, a register or an amendment, or, where there is no such file, ``audit`` or ``article:N``.
        readings: the readings that were adopted, for a case or a register.
        roster: the roster of a table of absences.
        accepted: for the audit: a register of accepted findings.
        articles: for the audit: only findings about these.
        severity: for the audit: only findings as grave as this.
        processes: for the audit: how many work at once.
        lang: in which language to show progress.

    Raises:
        InputError: the file or an option is wrong; there is no such article; the format cannot be had here.
    """
    file = Path(target)
    article = None if file.exists() else _ARTICLE.fullmatch(target)
    audited = target == AUDIT and not file.exists()
    amends = not audited and not article and file.exists() and is_amendment(file)
    if (audited or article or amends) and (readings or roster):
        raise InputError(
            f"--reading and --roster go with a case or a register, not with {printable(target)}",
            f"--reading 和 --roster 用于案件或登记，不用于 {printable(target)}",
        )
    if not audited and (accepted is not None or articles or severity):
        option = "--accepted" if accepted is not None else "--article" if articles else "--severity"
        raise InputError(f"{option} goes with nj report audit", f"{option} 用于 nj report audit")
    if audited:
        return _audit(kb, accepted, articles, severity, processes, lang)
    if article:
        return lambda lang, format: article_report(kb, int(article[1]), lang=lang, format=format)
    if amends:
        from .impact import read_impact

        impact = read_impact(kb, file)
        return lambda lang, format: impact_report(impact, lang=lang, format=format)
    if not file.exists() and not file.suffix:
        _near(target)
    case = kb.register(file, roster)
    if case.kind.register:
        return lambda lang, format: register_report(kb, case, readings, lang=lang, format=format)

    def on_case(lang: str, format: str) -> Document:
        try:
            proofs, used = decisive_proofs(kb, case, readings, lang=lang), engine_versions(kb)
        except EngineMissing:
            proofs, used = None, None
        return case_report(kb, case, readings, lang=lang, format=format, proofs=proofs, engines=used)

    return on_case


def _near(target: str) -> None:
    """Raise an error if *target*, which is no file, is nearly one of the words."""
    meant = "article:N" if target.startswith("article") else nearest(target, (AUDIT,))
    if meant:
        raise InputError(
            f"there is no such file; did you mean {meant}?", f"没有这个文件；是否指 {meant}？", printable(target)
        )


def _audit(
    kb: KnowledgeBase, accepted: Path | None, articles: Collection[int], severity: str | None, processes: int, lang: str
) -> Writer:
    from .accepted import accept, read_accepted
    from .audit import audit
    from .auditing import progress_bar, wanted
    from .ledger import article

    for number in articles:
        article(kb, number)
    entries = read_accepted(accepted) if accepted else ()
    with progress_bar(lang) as told:
        whole = audit(kb, processes=processes, progress=told)
    findings, notes = accept(whole.findings, entries, datetime.date.today())
    chosen = tuple(f for f in findings if wanted(kb, f, (), articles, severity))
    result = replace(whole, findings=chosen)

    def on_audit(lang: str, format: str) -> Document:
        said = [n.say(lang) for n in notes]
        return audit_report(kb, result, said, articles=articles, severity=severity, lang=lang, format=format)

    return on_audit


def written_as(format: str | None, output: Path) -> str:
    """The format asked for, or the one that the file's name tells; html if it tells none.

    Raises:
        InputError: there is no such format.
    """
    told = output.suffix.lower().removeprefix(".")
    chosen = format or (told if told in (*TEXTS, *PAGES) else "html")
    known_format(chosen)
    return chosen
