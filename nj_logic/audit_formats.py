"""An audit for other programs: SARIF 2.1.0 (code scanners), JUnit XML (build servers), XLSX (spreadsheets)."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from .amounts import format_money
from .audit import EDITORIAL, SEVERITIES, VAGUE, Audit, Finding
from .versions import program_version

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

LEVELS = {EDITORIAL: "note", VAGUE: "warning"}
"""The levels of SARIF; what is graver is an error."""


def sarif(audit: Audit, lang: str) -> str:
    """The findings as a SARIF 2.1.0 log; each norm is a location in the text, by its line."""
    rules = [{"id": t, "shortDescription": {"text": t}} for t in sorted({f.type for f in audit.findings})]
    results = [
        {
            "ruleId": f.type, "level": LEVELS.get(f.severity, "error"), "message": {"text": f"{f.title.say(lang)}\n{f.message.say(lang)}"},
            "partialFingerprints": {"finding/v1": f.id}, "locations": [_location(audit.kb, n) for n in f.norms],
            **({"suppressions": [{"kind": "external", "justification": f.accepted.get("reason", "")}]} if f.accepted else {}),
        }
        for f in audit.findings
    ]  # fmt: skip
    driver = {"name": "nj_logic", "version": program_version(), "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }  # fmt: skip
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _location(kb: KnowledgeBase, norm: str) -> dict[str, Any]:
    entry = kb.norms[norm]
    file = next((kb.root / "kb" / "text").glob("*.txt"))
    lines = file.read_text(encoding="utf-8").splitlines()
    line = next((i for i, text in enumerate(lines, 1) if entry.quote[:12] in text), 1)
    place = {
        "artifactLocation": {"uri": f"kb/text/{file.name}"},
        "region": {"startLine": line, "snippet": {"text": entry.quote}},
    }
    return {"physicalLocation": place, "logicalLocations": [{"name": norm, "kind": "norm"}]}


def junit(audit: Audit, lang: str) -> str:
    """The findings as JUnit XML: a suite a type, a failed test a finding, a skipped one where it was accepted."""
    suites = ElementTree.Element("testsuites", name="nj audit", tests=str(len(audit.findings)))
    for type_ in sorted({f.type for f in audit.findings}):
        found = [f for f in audit.findings if f.type == type_]
        failed = str(sum(f.accepted is None for f in found))
        suite = ElementTree.SubElement(suites, "testsuite", name=type_, tests=str(len(found)), failures=failed)
        for f in found:
            test = ElementTree.SubElement(suite, "testcase", classname=type_, name=f"{f.id} {f.title.say(lang)}")
            if f.accepted:
                ElementTree.SubElement(test, "skipped", message=str(f.accepted.get("reason", "")))
            else:
                failure = ElementTree.SubElement(test, "failure", type=f.severity, message=f.title.say(lang))
                failure.text = "\n".join(
                    [f.message.say(lang), *(f"{n} {audit.kb.norms[n].quote}" for n in f.quoted(audit.kb))]
                )
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


HEADS = {
    "zh": ("编号", "类型", "程度", "条", "标题", "说明", "规范与引文", "修改建议", "见证案例", "已接受"),
    "en": (
        "id",
        "type",
        "severity",
        "articles",
        "title",
        "message",
        "norms and quotations",
        "remedy",
        "witness",
        "accepted",
    ),
}
WIDTHS = (26, 16, 14, 10, 48, 60, 70, 40, 50, 20)


def xlsx(audit: Audit, lang: str) -> bytes:
    """The findings as a spreadsheet: one row each, heads frozen, filters on; texts that begin like formulas stay texts."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = {"zh": "审查结果", "en": "audit"}[lang]
    sheet.append(HEADS[lang])
    for f in audit.findings:
        sheet.append(_row(audit.kb, f, lang))
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"
            if cell.row == 1:
                cell.font = Font(bold=True)
    for i, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(kb: KnowledgeBase, f: Finding, lang: str) -> list[str]:
    witness = json.dumps(f.witnesses[0].case, ensure_ascii=False) if f.witnesses else ""
    return [
        f.id, f.type, f.severity, ", ".join(map(str, f.articles(kb))), f.title.say(lang), f.message.say(lang),
        "\n".join(f"{n} {kb.norms[n].quote}" for n in f.quoted(kb)), f.remedy.say(lang), witness, str((f.accepted or {}).get("reason", "")),
    ]  # fmt: skip


def pretty(audit: Audit, lang: str, notes: Sequence[str] = ()) -> str:
    """The findings for people, the gravest first; those that were accepted are counted only."""
    from .terminal import clean

    names, colon = SEVERITY_WORDS[lang], {"zh": "：", "en": ": "}[lang]
    open_ = [f for f in audit.findings if f.accepted is None]
    lines: list[str] = []
    for severity in SEVERITIES:
        found = [f for f in open_ if f.severity == severity]
        if found:
            lines.append(f"{names[severity]} ({len(found)})")
        for f in found:
            lines += [f"  {f.id}  {clean(f.title.say(lang))}", f"      {clean(f.message.say(lang))}"]
            quoted = f.quoted(audit.kb)
            lines += [f"      {n}  {audit.kb.norms[n].quote}" for n in quoted[:MOST_QUOTED]]
            if len(quoted) > MOST_QUOTED:
                lines.append(f"      … +{len(quoted) - MOST_QUOTED}")
            for w in f.witnesses[:1]:
                asked = f" [{audit.kb.term(w.question).label.say(lang)}]" if w.question else ""
                lines.append(f"      {names['witness']}{colon}nj {w.command}{asked} → {w.status}")
                lines.append(f"        {clean(_circumstances(audit.kb, w.case, lang))}")
            lines.append(f"      {names['remedy']}{colon}{clean(f.remedy.say(lang))}")
    return "\n".join([*lines, *_judged(audit, lang), "", *notes, summary(audit, lang)])


def _judged(audit: Audit, lang: str) -> list[str]:
    """What people judged to be defects, under a heading of its own."""
    from .terminal import clean

    if not audit.judged:
        return []
    lines = [f"{SEVERITY_WORDS[lang]['judged']} ({len(audit.judged)})"]
    for one in audit.judged:
        who = " · ".join(str(part) for part in (one.by, one.on) if part)
        lines += [f"  {clean(one.id)}  {clean(one.title)}", f"      {clean(one.reason)} ({clean(who)})"]
        lines += [f"      {n}  {audit.kb.norms[n].quote}" for n in one.norms]
    return lines


MOST_QUOTED = 4
SEVERITY_WORDS = {
    "zh": {"blocking": "无法办理", "two_answers": "答案不一", "vague": "规定不明", "editorial": "文字", "witness": "见证案例", "remedy": "修改建议",
        "judged": "人工判断(不计入审查结果)"},
    "en": {"blocking": "Cannot be decided", "two_answers": "Two answers", "vague": "Unclear", "editorial": "Wording", "witness": "witness", "remedy": "remedy",
        "judged": "By human judgement (not counted as found)"},
}  # fmt: skip


def _circumstances(kb: KnowledgeBase, case: Mapping[str, Any], lang: str) -> str:
    """The kind of matter, the facts, and who is away, in words."""
    comma, colon, semicolon, away = {"zh": ("、", "：", "；", "外出"), "en": (", ", ": ", "; ", "away")}[lang]
    entrusting = {"zh": "{}（委托{}）", "en": "{} (has entrusted the {})"}[lang]
    kind = kb.kinds[case["kind"]]
    offices = {o["id"]: o["office"] for o in case.get("officials", ())}
    truth = {"yes": {"zh": "是", "en": "yes"}, "no": {"zh": "否", "en": "no"}}

    def who(person: str) -> str:
        return kb.term(offices.get(person, person)).label.say(lang)

    def said(fact: str, value: str | list[str]) -> str:
        if isinstance(value, list):
            return comma.join(map(who, value))
        match kind.fields[fact].type:
            case "money":
                return format_money(Decimal(value), lang)
            case "boolean":
                return truth[value][lang]
            case "date":
                return value
        return who(value)

    def absent_one(absence: Mapping[str, Any]) -> str:
        entrusted = absence.get("delegated_to")
        return entrusting.format(who(absence["who"]), who(entrusted)) if entrusted else who(absence["who"])

    parts = [f"{kind.fields[f].term.label.say(lang)}{colon}{said(f, v)}" for f, v in (case.get("facts") or {}).items()]
    if absent := [absent_one(a) for a in case.get("absences", ())]:
        parts.append(f"{away}{colon}{comma.join(dict.fromkeys(absent))}")
    return semicolon.join([kind.term.label.say(lang), *parts])


def compact(audit: Audit, lang: str, notes: Sequence[str] = ()) -> str:
    """A line a finding."""
    from .terminal import clean

    lines = [
        f"{f.severity}\t{f.type}\t{f.id}\t{','.join(map(str, f.articles(audit.kb)))}\t{clean(f.title.say(lang))}"
        for f in audit.findings if f.accepted is None
    ]  # fmt: skip
    return "\n".join([*lines, *notes, summary(audit, lang)])


def summary(audit: Audit, lang: str) -> str:
    """How many findings, and what was searched."""
    accepted = sum(f.accepted is not None for f in audit.findings)
    s = audit.searched
    if not s["complete"]:
        cut = {
            "zh": f"检索不完整：{s['unproved']}项未能证实。",
            "en": f"The search is not complete: {s['unproved']} could not be proved.",
        }
        return f"{cut[lang]}\n{summary(replace(audit, searched={**s, 'complete': True}), lang)}"
    if lang == "zh":
        return (
            f"共{len(audit.findings)}项（已接受{accepted}项）。已检索：{s['kinds']}类事项、{s['pairs_of_facts']}个事实组合、{s['cells']}个金额区间、"
            f"{s['readings']}项解释分歧、{s['absences']}种外出组合、{s['norms']}项规范。"
        )
    findings = f"{len(audit.findings)} finding{'s' if len(audit.findings) != 1 else ''}"
    return (
        f"{findings} ({accepted} accepted). Searched: {s['kinds']} kinds of matter, {s['pairs_of_facts']} combinations of facts, "
        f"{s['cells']} cells of amounts, {s['readings']} readings, {s['absences']} absences, {s['norms']} norms."
    )
