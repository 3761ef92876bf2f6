"""Reports on the audit and on articles, and reports as Word files and PDF."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nj_logic import charts, printing
from nj_logic.audit import Audit, Finding
from nj_logic.audit_search import Witness
from nj_logic.errors import Bilingual, InputError
from nj_logic.knowledge import KnowledgeBase
from nj_logic.report import article_report, audit_report, case_report, register_report

from .test_report import CASES, EXAMPLES, HOSTILE, LANGS, ROOT, TEMPLATES, Page, hostile, texts

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def shows_chinese() -> bool:
    try:
        return printing._shows_chinese()
    except ImportError:
        return False


def has_pango() -> bool:
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


chinese_font = pytest.mark.skipif(not shows_chinese(), reason="no Chinese font is installed")
pango = pytest.mark.skipif(
    not has_pango() or not shows_chinese(), reason="WeasyPrint's Pango or a Chinese font is not installed"
)


def finding(**more: object) -> Finding:
    say = {part: Bilingual(f"{part}一", f"{part} one") for part in ("title", "message", "remedy")}
    given = {"id": "gap-1", "type": "gap", "norms": ("a29.p1.n21",), "severity": "blocking", **say, **more}
    return Finding(**given)  # type: ignore[arg-type]


def small_audit(kb: KnowledgeBase) -> Audit:
    """Three findings: one about answers, one about words, one accepted."""
    case = {"case": "w", "kind": "fund_use", "facts": {"source": "other", "amount": "5万元"}}
    beside = {**case, "facts": {"source": "county", "amount": "5万元"}}
    accepted = {"reason": HOSTILE, "by": "办公室", "until": None}
    found = (
        finding(
            witnesses=(
                Witness(case, "paths", None, "undefined", beside),
                Witness(case, "answer", "approver", "undefined"),
            )
        ),
        finding(id="undefined_term-1", type="undefined_term", severity="vague", norms=("a29.p1.n1", "a29.p1.n2")),
        finding(id="gap-2", title=Bilingual("已接受的", "an accepted one"), accepted=accepted),
    )
    return Audit(kb, found, {"complete": False, "unproved": 2, "kinds": 104, "cells": 7})


def document_of(kb: KnowledgeBase, name: str, lang: str, format: str) -> bytes:
    if name == "audit":
        made = audit_report(kb, small_audit(kb), ["留意"], lang=lang, format=format)
    elif name == "register":
        made = register_report(kb, kb.register(EXAMPLES / "travel-register-2026-03.yaml"), lang=lang, format=format)
    else:
        proofs = [("证明", ["- 甲", "    a1 引文", "  - 乙"])]
        made = case_report(kb, kb.case(EXAMPLES / "investment-6000000.yaml"), lang=lang, format=format, proofs=proofs)
    return made if isinstance(made, bytes) else made.encode()


def words_of(part: ElementTree.Element) -> str:
    return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in part.iter(f"{W}p"))


def main_part(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return ElementTree.fromstring(parts.read("word/document.xml"))


# -- the audit -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("format", ["html", "md"])
def test_an_audits_report_is_the_same_twice_and_says_what_each_finding_says(
    kb: KnowledgeBase, lang: str, format: str
) -> None:
    text = document_of(kb, "audit", lang, format).decode()
    assert text == document_of(kb, "audit", lang, format).decode()
    for norm in ("a29.p1.n21", "a29.p1.n1", "a29.p1.n2"):
        assert norm in text
        assert kb.norms[norm].quote in text
    for part in ("title", "message", "remedy"):
        assert (f"{part}一" if lang == "zh" else f"{part} one") in text
    assert {"zh": "规则未作规定", "en": "The rules are silent"}[lang] in text
    assert {"zh": "资金来源：其他", "en": "source of the money: other"}[lang] in text
    assert {"zh": "检索不完整：2项", "en": "2 suspected findings"}[lang] in text


def test_a_witness_is_told_with_the_answer_and_the_case_beside_it_with_its_own(kb: KnowledgeBase) -> None:
    text = document_of(kb, "audit", "zh", "md").decode()
    there = text.index("对照情形：资金来源：县本级")
    answer = text.index("程序的回答：县财政局核实提出意见 → ", there)
    assert text.index("悬而未决") < there < answer


def test_an_audit_of_some_findings_only_says_so_and_calls_nothing_not_found(kb: KnowledgeBase) -> None:
    text = str(audit_report(kb, small_audit(kb), articles=[29], severity="two_answers", lang="en", format="md"))
    assert (
        "This report lists some findings only — those about Article 29; severity: Cannot be decided, Two answers."
        in text
    )
    assert "not found" not in text and "not found" in str(audit_report(kb, small_audit(kb), lang="en", format="md"))


def test_accepted_findings_are_counted_apart(kb: KnowledgeBase) -> None:
    page = Page(document_of(kb, "audit", "zh", "html").decode())
    assert "发现2项" in page.everything
    assert "已决定接受的问题" in page.everything
    assert page.everything.index("已接受的") > page.everything.index("已决定接受的问题")
    assert not page.tags & {"script", "b"}
    rows = re.search(r"<table class=\"counts\">.*?</table>", document_of(kb, "audit", "zh", "html").decode(), re.DOTALL)
    assert rows is not None and "缺漏" in rows[0] and "僵局" not in rows[0]


def test_every_type_and_severity_of_a_finding_has_words(kb: KnowledgeBase) -> None:
    from nj_logic.audit import SEVERITIES, TYPES
    from nj_logic.report_words import words

    table = words(kb, "zh").table
    assert {f"defect.{t}" for t in TYPES} | {f"severity.{s}" for s in SEVERITIES} | {
        f"blocks.{s}" for s in SEVERITIES
    } <= set(table)


# -- articles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_an_articles_report_marks_every_norm_in_the_whole_text(kb: KnowledgeBase, lang: str) -> None:
    text = article_report(kb, 29, lang=lang)
    assert text == article_report(kb, 29, lang=lang)
    assert isinstance(text, str)
    page = Page(text)
    shown = re.search(r'<div class="article-text".*?</div>', text, re.DOTALL)
    assert shown is not None
    plain = re.sub(r"<sup>.*?</sup>|<[^>]+>|\n", "", shown[0])
    entry = next(a for a in kb.text["articles"] if a["number"] == 29)
    assert plain == "".join(entry["paragraphs"])
    own = {n for n, norm in kb.norms.items() if norm.article == 29}
    assert own <= set(re.findall(r'<sup><a class="cite" href="#([^"]+)"', shown[0]))
    assert {t.removeprefix("#") for t in page.targets} <= set(page.ids)
    assert text.count("<svg") == len({ladder for ladder, _, norm in kb.leads if norm in own})


@pytest.mark.parametrize("lang", LANGS)
def test_every_article_has_a_report(kb: KnowledgeBase, lang: str) -> None:
    for entry in kb.text["articles"]:
        for format in ("html", "md"):
            text = article_report(kb, entry["number"], lang=lang, format=format)
            assert isinstance(text, str)
            if format == "html":
                Page(text)


def test_an_article_that_is_not_there_and_a_format_it_has_not_are_input_errors(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="999"):
        article_report(kb, 999)
    with pytest.raises(InputError, match="html, md, docx, pdf"):
        article_report(kb, 29, format="odt")


# -- Word files ------------------------------------------------------------------------------------------------------


def templates() -> object:
    spec = importlib.util.spec_from_file_location("word_templates", TEMPLATES / "word_templates.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_word_templates_are_those_that_their_script_makes() -> None:
    for name, make in templates().TEMPLATES.items():  # type: ignore[attr-defined]
        assert (TEMPLATES / f"{name}.docx").read_bytes() == make().written(), (
            f"run python {TEMPLATES.name}/word_templates.py"
        )


@pytest.mark.parametrize("name", ["case", "register", "audit", "impact", "article"])
def test_a_template_has_the_page_of_an_official_document(name: str) -> None:
    root = main_part((TEMPLATES / f"{name}.docx").read_bytes())
    margins = root.find(f".//{W}pgMar")
    assert margins is not None
    millimetres = {
        side: round(int(margins.get(f"{W}{side}", 0)) * 25.4 / 1440) for side in ("top", "bottom", "left", "right")
    }
    assert millimetres == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    for table in root.iter(f"{W}tbl"):
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
    with zipfile.ZipFile(TEMPLATES / f"{name}.docx") as parts:
        styles = parts.read("word/styles.xml").decode()
    assert "方正小标宋简体" in styles and "仿宋_GB2312" in styles


@chinese_font
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["case", "register", "audit", "article"])
def test_a_word_file_is_the_same_twice_and_holds_pictures(kb: KnowledgeBase, name: str, lang: str) -> None:
    data = document_of(kb, name, lang, "docx")
    assert data == document_of(kb, name, lang, "docx")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        pictures = [n for n in parts.namelist() if n.startswith("word/media/")]
        assert pictures and all(parts.read(n).startswith(b"\x89PNG") for n in pictures)
        for part in parts.namelist():
            if part.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(part))
    shown = words_of(main_part(data))
    assert not re.search(r"\{\{|\{%|%\}|\}\}", shown.replace("{{7*7}} {% x %}", ""))
    assert {"zh": "一、所问的问题", "en": "1. The question"}[lang] in shown


@chinese_font
@pytest.mark.parametrize("status", CASES)
def test_a_word_file_says_what_the_page_says(kb: KnowledgeBase, status: str) -> None:
    from nj_logic.case_report import case_view

    case = kb.case(CASES[status])
    view = case_view(kb, case)
    data = case_report(kb, case, format="docx")
    assert isinstance(data, bytes)
    shown = words_of(main_part(data))
    told = [
        *view["verdict"]["lines"],
        view["verdict"]["label"],
        *(f["label"] for f in view["facts"]),
        *(n["quote"] for n in view["norms"]),
    ]
    assert [t for t in told if t not in shown] == []


@chinese_font
@pytest.mark.parametrize("kind", ["fund_use", "travel_register"])
def test_what_a_user_wrote_comes_out_as_text_in_a_word_file(kb: KnowledgeBase, kind: str) -> None:
    stated = hostile(kind)
    stated["note"] = f"{HOSTILE}\uffff{{{{ 7*7 }}}}{{% for x in y %}}<w:p/>]]>"
    case = kb.case(stated)
    make: Callable[..., str | bytes] = register_report if case.kind.register else case_report
    data = make(kb, case, format="docx")
    assert isinstance(data, bytes)
    shown = words_of(main_part(data))
    assert "<script>alert(1)</script> {{7*7}} {% x %} \"q\" 'q'" in shown
    assert "\\uffff{{ 7*7 }}{% for x in y %}<w:p/>]]>" in shown
    assert "\\u202eevil\\u2066" in shown and "\u202e" not in shown


def test_a_word_file_with_drawings_needs_a_font(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    blank = printing._painted
    monkeypatch.setattr(printing, "_painted", lambda svg: blank(svg, fonts=False))
    printing._shows_chinese.cache_clear()
    try:
        with pytest.raises(InputError, match="no font on this machine shows"):
            document_of(kb, "case", "zh", "docx")
    finally:
        printing._shows_chinese.cache_clear()


def test_a_template_that_asks_for_what_is_not_there_is_named(kb: KnowledgeBase, tmp_path: Path) -> None:
    from docx import Document

    from nj_logic.errors import KnowledgeError
    from nj_logic.report_words import words
    from nj_logic.word import word_document

    mine = Document()
    mine.add_paragraph("{{ nothing }}")
    mine.save(str(tmp_path / "mine.docx"))
    with pytest.raises(KnowledgeError, match=r"mine\.docx.*nothing"):
        word_document(tmp_path / "mine.docx", {"say": words(kb, "zh")})


# -- PDF -------------------------------------------------------------------------------------------------------------


@pango
@pytest.mark.parametrize(("name", "lang"), [("case", "zh"), ("register", "en"), ("audit", "zh")])
def test_a_pdf_is_the_same_twice_and_its_text_can_be_read(
    kb: KnowledgeBase, name: str, lang: str, tmp_path: Path
) -> None:
    data = document_of(kb, name, lang, "pdf")
    assert data.startswith(b"%PDF") and data == document_of(kb, name, lang, "pdf")
    if shutil.which("pdftotext") is not None:
        (tmp_path / "x.pdf").write_bytes(data)
        shown = subprocess.run(
            ["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        pages = shown.split("\f")[:-1]
        assert all(len(p.split()) > 3 for p in pages), "an empty page"
        assert {"zh": "所问的问题", "en": "The question"}[lang] in shown


@pango
def test_what_a_user_wrote_is_printed_as_text(kb: KnowledgeBase) -> None:
    made = case_report(kb, kb.case(hostile("fund_use")), format="pdf")
    assert isinstance(made, bytes) and made.startswith(b"%PDF")


@pango
def test_a_machine_without_a_font_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir>'
        f"<cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    target = tmp_path / "report.pdf"
    command = [sys.executable, "-m", "nj_logic", "--lang", "en", "report", "article:1", "-o", str(target)]
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 2, run.stderr
    assert "no font on this machine shows" in run.stderr and "fonts-noto-cjk" in run.stderr
    assert "Traceback" not in run.stderr and not target.exists()


def test_a_page_that_is_printed_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="needs no other file"):
        printing._nothing("file:///etc/passwd")


# -- the command -----------------------------------------------------------------------------------------------------


def report(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nj_logic", "--lang", "en", "report", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_the_command_reports_on_an_article_in_the_format_of_the_files_name(tmp_path: Path) -> None:
    run = report("article:29", "-o", str(tmp_path / "a.md"))
    assert run.returncode == 0 and (tmp_path / "a.md").read_text("utf-8").startswith("# Report on an article")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["article:999"], "there is no article 999"),
        (["audit", "--reading", "x=y"], "--reading and --roster go with a case"),
        (["examples/fund-1500000.yaml", "--accepted", "x"], "--accepted goes with nj report audit"),
        (["article:29", "--article", "29"], "--article goes with nj report audit"),
        (["audti"], "did you mean audit?"),
        (["article:x"], "article:N"),
        (["nothing.yaml"], "no such file"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(tmp_path: Path, arguments: list[str], told: str) -> None:
    run = report(*arguments, "-o", str(tmp_path / "a.html"))
    assert run.returncode == 2 and told in run.stderr and not (tmp_path / "a.html").exists()


def test_a_file_called_audit_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("kind: fund_use\nfacts: {source: county, amount: 5万元}\n", "utf-8")
    run = report("audit", "-o", "a.md", cwd=tmp_path)
    assert run.returncode == 0 and "Report on a matter" in (tmp_path / "a.md").read_text("utf-8")


# -- charts ----------------------------------------------------------------------------------------------------------

LONG = "县人民政府常务会议研究审议后报县委常委会议审定，" * 6 + "and a rather long sentence in English " * 4


def fits(svg: str) -> None:
    """No text leaves the drawing."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert size is not None
    for x, width, y, _ in texts(svg):
        assert x >= -0.5 and x + width <= float(size[1]) + 0.5
        assert y <= float(size[2])


def test_no_text_leaves_a_ladder_and_the_rung_of_the_matter_is_marked() -> None:
    svg = charts.ladder([charts.Band(LONG[:40], LONG), charts.Band("x", "y", True)], "本案在此", "l")
    fits(svg)
    assert svg.count("本案在此") == 1
    ElementTree.fromstring(svg)


def test_bars_are_as_long_as_their_share() -> None:
    svg = charts.bars([charts.Bar("甲", (10, 0, 5, 5)), charts.Bar(LONG[:30], (5, 5, 0, 0))], ["a", "b", "c", "d"], "l")
    fits(svg)
    wide = [float(w) for w in re.findall(r'width="([\d.]+)" height="16"', svg)]
    assert len(wide) == 5 and abs(wide[0] - sum(wide[1:3])) < 0.2 and abs(sum(wide[3:]) - wide[0]) < 0.2


def test_a_long_tree_goes_on_on_another_sheet_and_loses_no_node() -> None:
    nodes = [charts.Node(i % 7, f"节点{i}", (LONG,) if i % 9 == 0 else (), i % 2 == 0, i % 5 == 0) for i in range(120)]
    sheets = charts.tree(nodes, "l")
    assert len(sheets) > 1
    for svg in sheets:
        fits(svg)
        height = re.search(r' height="([\d.]+)" font', svg)
        assert height is not None and float(height[1]) <= charts.TALLEST_TREE + 2
    shown = [t for svg in sheets for *_, t in texts(svg) if t.startswith("节点")]
    assert shown == [f"节点{i}" for i in range(120)]


def test_a_chart_escapes_its_texts() -> None:
    for svg in (
        *charts.tree([charts.Node(0, HOSTILE)], HOSTILE),
        charts.ladder([charts.Band(HOSTILE, HOSTILE)], "", HOSTILE),
    ):
        assert "<script" not in svg
        ElementTree.fromstring(svg)
