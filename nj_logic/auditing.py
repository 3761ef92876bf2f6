"""The command ``nj audit``: which findings, in which form, and with which exit status."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import audit_formats
from .accepted import accept, read_accepted
from .audit import SEVERITIES, TYPES, Audit, Finding, audit, remedied
from .errors import InputError, unknown_word
from .files import write_document
from .judged import read_judged
from .remedy import text_of

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase


def run_audit(
    kb: KnowledgeBase, *, types: Collection[str], articles: Collection[int], severity: str | None, fail_level: str, accepted: Path | None,
    judged: Path | None, witnesses: Path | None, remedies: Path | None, processes: int, format: str, output: Path | None, lang: str,
) -> int:  # fmt: skip
    """Audit, choose, print or write; the exit status.

    Raises:
        InputError: an unknown type or article, a wrong register, a file that cannot be written.
    """
    for type_ in types:
        if type_ not in TYPES:
            raise unknown_word("type of finding", "问题类型", type_, TYPES)
    known = {n.article for n in kb.norms.values()}
    for article in articles:
        if article not in known:
            raise InputError(
                f"there is no article {article}; the articles are {min(known)} to {max(known)}",
                f"没有第{article}条；条文为第{min(known)}条至第{max(known)}条",
            )
    if format == "xlsx" and output is None:
        raise InputError("xlsx needs a file: -o FILE", "xlsx 格式需要写入文件：-o 文件")
    entries = read_accepted(accepted) if accepted else ()
    judgements = read_judged(judged, kb, TYPES) if judged else ()
    for folder in (witnesses, remedies):
        if folder is not None and not folder.is_dir():
            raise InputError("there is no such folder; make it first", "没有这个文件夹，请先建立", str(folder))

    with progress_bar(lang) as told:
        whole = audit(kb, processes=processes, progress=told)
    findings, notes = accept(whole.findings, entries, datetime.date.today())
    chosen = [f for f in findings if wanted(kb, f, types, articles, severity)]
    result = replace(whole, findings=tuple(chosen), judged=judgements)
    if witnesses is not None:
        _write_witnesses(result, witnesses)
    if remedies is not None:
        with progress_bar(lang) as told:
            result = remedied(result, processes=processes, progress=told)
        _write_remedies(result, remedies)
    _put(result, format, output, lang, [n.say(lang) for n in notes])
    if fail_level == "never":
        return 0
    grave = SEVERITIES[: SEVERITIES.index(fail_level) + 1]
    cut = not whole.searched["complete"]
    return int(cut or bool(notes) or any(f.accepted is None and f.severity in grave for f in chosen))


def wanted(
    kb: KnowledgeBase, f: Finding, types: Collection[str], articles: Collection[int], severity: str | None
) -> bool:
    """Whether a finding is of these types and articles (none: of any) and no less grave than *severity*."""
    return (
        (not types or f.type in types)
        and (not articles or bool(set(articles) & set(f.articles(kb))))
        and (severity is None or SEVERITIES.index(f.severity) <= SEVERITIES.index(severity))
    )


def _put(result: Audit, format: str, output: Path | None, lang: str, notes: list[str]) -> None:
    from .cli import put, show

    if format == "xlsx":
        assert output is not None
        write_document(output, audit_formats.xlsx(result, lang))
        put(str(output))
        return
    if format == "json" and output is None:
        show(result.to_json())
    else:
        text = _text(result, format, lang, notes)
        if output is None:
            put(text)
        else:
            write_document(output, text if text.endswith("\n") else text + "\n")
            put(str(output))
    if format in {"json", "sarif", "junit"}:
        for note in notes:
            print(note, file=sys.stderr)


def _text(result: Audit, format: str, lang: str, notes: list[str]) -> str:
    import json

    match format:
        case "json":
            return json.dumps(result.to_json(), ensure_ascii=False, indent=1)
        case "sarif":
            return audit_formats.sarif(result, lang)
        case "junit":
            return audit_formats.junit(result, lang)
        case "compact":
            return audit_formats.compact(result, lang, notes)
    return audit_formats.pretty(result, lang, notes)


def _write_witnesses(result: Audit, folder: Path) -> None:
    import yaml

    for finding in result.findings:
        for i, witness in enumerate(finding.witnesses, 1):
            asked = f" ({witness.question})" if witness.question else ""
            head = f"# {finding.title.zh}\n# {finding.title.en}\n# nj {witness.command}{asked}: {witness.status}\n"
            text = yaml.safe_dump(dict(witness.case), allow_unicode=True, sort_keys=False)
            write_document(folder / f"{finding.id}{'' if i == 1 else f'.{i}'}.yaml", head + text)


def _write_remedies(result: Audit, folder: Path) -> None:
    told = {
        True: "checked with other remedies together: the finding is gone 与其他建议一并复核，问题消除",
        False: "does not remove the finding 未能消除",
    }
    for finding in result.findings:
        if finding.amendment is not None and finding.removed is not None:
            write_document(folder / f"{finding.id}.yaml", f"# {told[finding.removed]}\n{text_of(finding.amendment)}")


def progress_bar(lang: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """A bar on a terminal's standard error; nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext(lambda _done, _of: None)
    return _Bar(lang)


class _Bar:
    def __init__(self, lang: str) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task({"zh": "审查", "en": "auditing"}[lang], total=None)

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar.start()
        return lambda done, of: self._bar.update(self._task, completed=done, total=of)

    def __exit__(self, *_wrong: Any) -> None:  # noqa: ANN401
        self._bar.stop()
