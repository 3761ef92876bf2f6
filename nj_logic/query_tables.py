"""Queries and their answers for people and for spreadsheets: pretty, CSV, XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .errors import Bilingual
from .phrasing import Phrasing
from .queries import Answered, Query, words
from .terminal import clean, columns_and_rows

if TYPE_CHECKING:
    from .goals import Row
    from .knowledge import KnowledgeBase

WORDS = {
    "no_answers": Bilingual("没有结果", "no answers"),
    "yes": Bilingual("成立", "yes"),
    "answers": Bilingual("共{}项", "{} answers"),
    "answer": Bilingual("共1项", "1 answer"),
    "truncated": Bilingual(
        "只列出前{}项,还有更多(--limit 可放宽)", "only the first {} are listed; there are more (--limit)"
    ),
    "holds": Bilingual("何时成立", "holds"),
    "always": Bilingual("时", "if"),
    "sometimes": Bilingual("时可能", "perhaps if"),
    "varies": Bilingual("视解释或未定事实而定", "depends on readings or open facts together"),
    "quotation": Bilingual("引文", "quotation"),
    "query": Bilingual("查询", "query"),
    "title": Bilingual("问题", "question"),
    "articles": Bilingual("条", "articles"),
    "engine": Bilingual("引擎", "engines"),
    "parameters": Bilingual("参数", "Parameters"),
    "returns": Bilingual("返回", "Returns"),
    "example": Bilingual("示例", "Example"),
    "default": Bilingual("默认", "default"),
    "required": Bilingual("必填", "required"),
    "any": Bilingual("可省略", "may be left out"),
    "case": Bilingual("针对案件(--case 文件)", "asks about a case (--case FILE)"),
    "predicate": Bilingual("谓词", "predicate"),
    "none_found": Bilingual("没有找到", "nothing found"),
}
EPOCH = (1980, 1, 1, 0, 0, 0)


def word(key: str, lang: str) -> str:
    """One of the fixed words."""
    return WORDS[key].say(lang)


def listing(queries: Sequence[Query], lang: str) -> str:
    """The queries as a table."""
    if not queries:
        return word("none_found", lang)
    heads = [word(k, lang) for k in ("query", "title", "articles", "engine")]
    rows = [
        [q.id, q.title.say(lang), ", ".join(str(a) for a in q.articles if a), ", ".join(q.programs)] for q in queries
    ]
    return columns_and_rows(heads, rows)


def described(query: Query, lang: str) -> str:
    """A query's description."""
    lines = [f"{query.id}  {query.title.say(lang)}"]
    if query.about.say(lang):
        lines.append(f"  {query.about.say(lang)}")
    if query.ground == "case":
        lines.append(f"  {word('case', lang)}")
    if query.parameters:
        lines += ["", word("parameters", lang)]
        for p in query.parameters.values():
            state = (
                f"{word('default', lang)} {p.default}" if p.default else word("required" if p.required else "any", lang)
            )
            lines.append(f"  {p.id}  {p.label.say(lang)} ({p.type}; {state})")
    lines += ["", word("returns", lang)]
    lines += [f"  {c.id}  {c.label.say(lang)} ({c.type})" for c in query.columns]
    given = " ".join(f"{k}={v}" for k, v in query.example.get("arguments", {}).items())
    case = query.example.get("case")
    shown = f"nj ask {query.id} {given}".rstrip() + (
        f" --case {case}" if isinstance(case, str) else " --case FILE" if case else ""
    )
    lines += ["", word("example", lang), f"  {shown}", *(f"  {f}" for f in query.files)]
    return "\n".join(lines)


def table(answered: Answered, lang: str) -> str:
    """The answers as a table, and below it each norm with its quotation (in English its gist)."""
    title = answered.query.title.say(lang) if answered.query is not None else answered.goal
    lines = [clean(title)]
    if not answered.rows:
        return "\n".join([*lines, f"  {word('no_answers', lang)}"])
    if not answered.columns:
        return "\n".join([*lines, f"  {word('yes', lang)}", *_varying(answered, lang)])
    heads, rows = _cells(answered, lang, quoted=False)
    count = len(answered.rows)
    lines += [columns_and_rows(heads, rows), word("answer" if count == 1 else "answers", lang).format(count)]
    if answered.truncated:
        lines.append(word("truncated", lang).format(count))
    lines += _legend(answered, lang)
    if answered.norms:
        widest = max(map(len, answered.norms))
        lines += ["", *(f"  {n:<{widest}}  {_quote(answered.kb, n, lang)}" for n in answered.norms)]
    return "\n".join(lines)


def _legend(answered: Answered, lang: str) -> list[str]:
    """What the topics and options mean on which an answer depends."""
    named = dict.fromkeys((s.topic, s.option, s.is_fact) for row in answered.rows for s in row.under)
    lines = []
    for topic, option, is_fact in named:
        entry = answered.kb.readings.get(topic)
        if entry is not None and not is_fact:
            lines.append(f"  {topic}={option}  {entry[lang]} — {entry['options'][option][lang]}")
        elif topic in answered.kb.labels:
            label = answered.kb.labels[topic].say(lang)
            value = (
                Phrasing(answered.kb, lang).band(int(option))
                if option.isdecimal()
                else _option(answered.kb, option, lang)
            )
            lines.append(f"  {topic}={option}  {label} — {value}")
    return ["", *lines] if lines else []


def _option(kb: KnowledgeBase, option: str, lang: str) -> str:
    truth = {"yes": Bilingual("是", "yes"), "no": Bilingual("否", "no")}
    found = truth.get(option) or kb.labels.get(option)
    return found.say(lang) if found else option


def _varying(answered: Answered, lang: str) -> list[str]:
    return [f"  {holds(row, lang)}" for row in answered.rows if row.varies]


def holds(row: Row, lang: str) -> str:
    """When an answer that does not always hold does hold."""
    if not row.varies:
        return ""
    sure = [f"{s.topic}={s.option}" for s in row.under if s.holds == "always"]
    perhaps = [f"{s.topic}={s.option}" for s in row.under if s.holds == "sometimes"]
    parts = []
    for listed, key in ((sure, "always"), (perhaps, "sometimes")):
        if listed:
            joined = (" 或 " if lang == "zh" else " or ").join(listed)
            parts.append(f"{joined} {word(key, lang)}" if lang == "zh" else f"{word(key, lang)} {joined}")
    return "; ".join(parts) or word("varies", lang)


def _cells(answered: Answered, lang: str, *, quoted: bool) -> tuple[list[str], list[list[str]]]:
    """Heads and cells; where *quoted*, each norm's quotation has a column of its own."""
    kb = answered.kb
    heads: list[str] = []
    for column in answered.columns:
        heads.append(column.label.say(lang))
        if quoted and column.type == "norm":
            heads.append(word("quotation", lang))
    varying = any(row.varies for row in answered.rows)
    rows = []
    for row in answered.rows:
        cells: list[str] = []
        for column, value in zip(answered.columns, row.values, strict=True):
            said = words(answered, column, value, row, lang)
            cells.append(said)
            if quoted and column.type == "norm":
                cells.append(_quote(kb, said, lang))
        rows.append([*cells, holds(row, lang)] if varying else cells)
    return ([*heads, word("holds", lang)] if varying else heads), rows


def _quote(kb: KnowledgeBase, norm: str, lang: str) -> str:
    found = kb.norms[norm]
    return found.quote if lang == "zh" else found.gist


def as_csv(answered: Answered, lang: str) -> str:
    """The answers as CSV, with a column for each norm's quotation. A text that a spreadsheet would take for a formula gets a quote before it."""
    heads, rows = _cells(answered, lang, quoted=True)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([[_harmless(c) for c in row] for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def as_xlsx(answered: Answered, lang: str) -> bytes:
    """The answers as a spreadsheet: the same bytes for the same answers."""
    import datetime

    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    heads, rows = _cells(answered, lang, quoted=True)
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime.datetime(*EPOCH)
    sheet = book.active
    sheet.title = (answered.query.id if answered.query is not None else "nj ask")[:31]
    for line, cells in enumerate([heads, *rows], 1):
        for at, text in enumerate(cells, 1):
            cell = sheet.cell(line, at)
            cell.value = _storable(text)
            cell.data_type = "s"  # openpyxl takes what begins with = for a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if line == 1:
                cell.font = Font(bold=True)
    for at in range(1, len(heads) + 1):
        longest = max(_width(row[at - 1]) for row in [heads, *rows])
        sheet.column_dimensions[get_column_letter(at)].width = min(60, longest + 2)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return _dated_alike(out.getvalue())


def _storable(text: str) -> str:
    return clean(text, keep_lines=True)[:32_000]


def _width(text: str) -> int:
    return sum(1 if c.isascii() else 2 for c in text)


def _dated_alike(packed: bytes) -> bytes:
    """A spreadsheet without the times at which its parts were packed."""
    import re

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(info.filename, EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def predicates(known: Sequence[tuple[str, int]], phrases: Mapping[str, Mapping[str, str]], lang: str) -> str:
    """The predicates that goals may ask for, with the words that the knowledge base has for them."""
    rows = [[f"{name}/{arity}", phrases.get(f"{name}_{arity}", {}).get(lang, "")] for name, arity in known]
    return columns_and_rows([word("predicate", lang), word("title", lang)], rows)
