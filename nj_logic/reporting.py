"""The command ``nj report``: on a case, a register, the audit or an article, in one of the formats."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
    known_format,
    register_report,
)  # fmt: skip
from .versions import engine_versions

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

AUDIT = "audit"
_ARTICLE = re.compile(r"article:(\d{1,4})")


def report_on(
    kb: KnowledgeBase, target: str, format: str, readings: Mapping[str, str], *, roster: Path | None, accepted: Path | None,
    processes: int, lang: str,
) -> Document:  # fmt: skip
    """The report on *target*: a case's or register's file, or, where there is no such file, ``audit`` or ``article:N``.

    Raises:
        InputError: the file or an option is wrong; there is no such article; the format cannot be had here.
    """
    file = Path(target)
    article = None if file.exists() else _ARTICLE.fullmatch(target)
    audited = target == AUDIT and not file.exists()
    if (audited or article) and (readings or roster):
        raise InputError(
            f"--reading and --roster go with a case or a register, not with {target}",
            f"--reading 和 --roster 用于案件或登记，不用于 {target}",
        )
    if accepted is not None and not audited:
        raise InputError("--accepted goes with nj report audit", "--accepted 用于 nj report audit")
    if audited:
        return _audited(kb, format, accepted, processes, lang)
    if article:
        return article_report(kb, int(article[1]), lang=lang, format=format)
    if not file.exists() and not file.suffix:
        _near(target)
    case = kb.register(file, roster)
    if case.kind.register:
        return register_report(kb, case, readings, lang=lang, format=format)
    try:
        proofs, used = decisive_proofs(kb, case, readings, lang=lang), engine_versions(kb)
    except EngineMissing:
        proofs, used = None, None
    return case_report(kb, case, readings, lang=lang, format=format, proofs=proofs, engines=used)


def _near(target: str) -> None:
    """Raise an error if *target*, which is no file, is nearly one of the words."""
    meant = "article:N" if target.startswith("article") else nearest(target, (AUDIT,))
    if meant:
        raise InputError(
            f"there is no such file; did you mean {meant}?", f"没有这个文件；是否指 {meant}？", printable(target)
        )


def _audited(kb: KnowledgeBase, format: str, accepted: Path | None, processes: int, lang: str) -> Document:
    from .accepted import accept, read_accepted
    from .audit import audit
    from .auditing import progress_bar

    entries = read_accepted(accepted) if accepted else ()
    with progress_bar(lang) as told:
        whole = audit(kb, processes=processes, progress=told)
    findings, notes = accept(whole.findings, entries, datetime.date.today())
    return audit_report(kb, replace(whole, findings=findings), [n.say(lang) for n in notes], lang=lang, format=format)


def written_as(format: str | None, output: Path) -> str:
    """The format asked for, or the one that the file's name tells; html if it tells none.

    Raises:
        InputError: there is no such format.
    """
    told = output.suffix.lower().removeprefix(".")
    chosen = format or (told if told in (*TEXTS, *PAGES) else "html")
    known_format(chosen)
    return chosen
