"""Makes the Word templates of ``nj report``: ``python report_templates/word_templates.py [FOLDER]`` writes case, register, audit,
impact and article.docx.

The page and the fonts follow GB/T 9704-2012, the format of Chinese official documents: A4, margins of 37 mm above, 35 below, 28 left and
26 right, 22 lines a page; the title in 小标宋 size 2, the body in 仿宋 size 3, headings in 黑体 and 楷体, page numbers between dashes on the
outer side. An office may change the styles in Word, or write templates of its own with the same tags (docxtpl: {{ … }}, {%p … %} on a
paragraph of its own, {%tr … %} on a row of its own).
"""

from __future__ import annotations

import datetime
import io
import sys
import zipfile
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLE, BODY, BLACK, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
OTHER_NAMES = {
    TITLE: "方正小标宋_GBK,华文中宋,STZhongsong,Noto Serif CJK SC,Source Han Serif SC,宋体,SimSun",
    BODY: "仿宋,FangSong,华文仿宋,STFangsong,Noto Serif CJK SC,Source Han Serif SC,SimSun",
    BLACK: "SimHei,Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC",
    KAI: "楷体,KaiTi,华文楷体,STKaiti,Noto Serif CJK SC,SimSun",
    SONG: "SimSun,Songti SC,Noto Serif CJK SC,Source Han Serif SC",
}
"""What else a font is called, or which stands in for it where it is not installed."""
LINE = 28.9
"""Points from line to line: 22 lines on 225 mm."""
TEXT_WIDTH = 156
SIZES = {"two": 22, "three": 16, "four": 14, "five": 10.5}
MADE = datetime.datetime(2026, 1, 1)


class Template:
    """A Word template that grows from top to bottom."""

    def __init__(self) -> None:
        self.document = Document()
        self._page()
        self._styles()
        self._footers()
        properties = self.document.core_properties
        properties.title, properties.author, properties.comments = "{{ title }}", "nj_logic", ""
        properties.created = properties.modified = MADE
        properties.last_modified_by = "nj_logic"

    # -- page and styles ---------------------------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
            Mm(37),
            Mm(35),
            Mm(28),
            Mm(26),
        )
        section.footer_distance = Mm(25)
        for old in section._sectPr.findall(qn("w:docGrid")):
            section._sectPr.remove(old)
        section._sectPr.append(_element("w:docGrid", type="lines", linePitch="579"))
        self.document.settings.odd_and_even_pages_header_footer = True

    def _styles(self) -> None:
        defaults = self.document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
        for old in defaults.findall(qn("w:lang")):
            defaults.remove(old)
        defaults.append(_element("w:lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
        self._style("Normal", BODY, SIZES["three"])
        body = self._style("Body Text", BODY, SIZES["three"])
        body.paragraph_format.element.get_or_add_pPr().append(_element("w:ind", firstLineChars="200", firstLine="640"))
        title = self._style("Title", TITLE, SIZES["two"], line=36)
        title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.paragraph_format.space_after = Pt(LINE)
        for border in title.element.get_or_add_pPr().findall(qn("w:pBdr")):
            title.element.pPr.remove(border)
        for name, font in (("Heading 1", BLACK), ("Heading 2", KAI), ("Heading 3", BODY)):
            style = self._style(name, font, SIZES["three"], bold=name == "Heading 3")
            style.paragraph_format.space_before = Pt(LINE / 2 if name == "Heading 1" else 6)
            style.paragraph_format.keep_with_next = True
        self._style("List Bullet", BODY, SIZES["three"])
        self._style("Verdict", BLACK, SIZES["three"], new=True)
        head = self._style("Table Head", BLACK, SIZES["five"], bold=True, new=True, line=0)
        cell = self._style("Table Text", BODY, SIZES["five"], new=True, line=0)
        small = self._style("Small", BODY, SIZES["five"], new=True, line=0)
        small.paragraph_format.space_after = Pt(6)
        tree = self._style("Derivation", BODY, SIZES["five"], new=True, line=0)
        quote = self._style("Provision", KAI, 12, new=True, line=0)
        quote.paragraph_format.left_indent = Mm(8)
        quote.paragraph_format.space_after = Pt(4)
        figure = self._style("Figure", BODY, SIZES["five"], new=True, line=0)
        figure.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        figure.paragraph_format.space_after = Pt(8)
        for style in (head, cell, small, tree, figure, quote):
            style.element.get_or_add_pPr().append(_element("w:snapToGrid", val="0"))
        footer = self._style("Footer", SONG, SIZES["four"], line=0)
        footer.element.pPr.append(_element("w:snapToGrid", val="0"))

    def _style(
        self, name: str, font: str, size: float, *, bold: bool = False, new: bool = False, line: float = LINE
    ) -> Any:  # noqa: ANN401
        styles = self.document.styles
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if new else styles[name]
        if new:
            style.base_style = styles["Normal"]
            style.quick_style = True
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        properties = style.element.get_or_add_rPr()
        for old in properties.findall(qn("w:rFonts")):
            properties.remove(old)
        properties.insert(0, _element("w:rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=font, cs=LATIN))
        for old in (e for tag in ("w:spacing", "w:kern") for e in properties.findall(qn(tag))):
            properties.remove(old)
        shape = style.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.widow_control = True
        if line:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        else:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.15
        return style

    def _footers(self) -> None:
        section = self.document.sections[0]
        for footer, side in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
        ):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.style, paragraph.alignment = self.document.styles["Footer"], side
            paragraph.add_run("— ")
            for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
                run = paragraph.add_run()
                if kind:
                    run._r.append(_element("w:fldChar", fldCharType=kind))
                else:
                    code = OxmlElement("w:instrText")
                    code.set(qn("xml:space"), "preserve")
                    code.text = text
                    run._r.append(code)
            paragraph.add_run(" —")

    # -- content -----------------------------------------------------------------------------------------------------

    def put(self, text: str, style: str = "Body Text") -> None:
        """A paragraph; what stands between asterisks is bold."""
        _fill(self.document.add_paragraph(style=style), text)

    @contextmanager
    def block(self, tag: str) -> Iterator[None]:
        """Paragraphs between ``{%p tag %}`` and its end."""
        self.put(f"{{%p {tag} %}}", "Normal")
        yield
        self.put(f"{{%p end{tag.split()[0]} %}}", "Normal")

    def heading(self, key: str) -> None:
        """A numbered heading of the first level."""
        self.put(f'{{{{ heading(say("{key}")) }}}}', "Heading 1")

    def table(self, heads: Sequence[str], widths: Sequence[int], loop: str, cells: Sequence[Sequence[str]]) -> None:
        """A table whose head repeats on each page, with a row for each turn of *loop*; a cell is a list of paragraphs."""
        table = self.document.add_table(rows=0, cols=len(heads))
        table.style = self.document.styles["Table Grid"]
        table.autofit = False
        scale = TEXT_WIDTH / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width * scale)
        rows = [
            ([[h] for h in heads], "Table Head"),
            ([[f"{{%tr for {loop} %}}"]], "Table Text"),
            (cells, "Table Text"),
            ([["{%tr endfor %}"]], "Table Text"),
        ]
        for number, (texts, style) in enumerate(rows):
            row = table.add_row()
            row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
            if number == 0:
                row._tr.get_or_add_trPr().append(_element("w:tblHeader"))
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Mm(width * scale)
                if number == 0:
                    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill="EEF0F3"))
            for cell, paragraphs in zip(row.cells, texts, strict=False):
                for i, text in enumerate(paragraphs):
                    paragraph = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
                    paragraph.style = self.document.styles[style]
                    _fill(paragraph, text)
        self.put("", "Small")

    def written(self) -> bytes:
        """The template as a file, the same each time."""
        made = io.BytesIO()
        self.document.save(made)
        out = io.BytesIO()
        with zipfile.ZipFile(made) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as dated:
            for name in parts.namelist():
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                dated.writestr(entry, _font_table() if name == "word/fontTable.xml" else parts.read(name))
        return out.getvalue()


def _element(tag: str, **values: str) -> Any:  # noqa: ANN401
    made = OxmlElement(tag)
    for name, value in values.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _fill(paragraph: Any, text: str) -> None:  # noqa: ANN401
    for i, piece in enumerate(text.split("*")):
        if piece:
            paragraph.add_run(piece).bold = True if i % 2 else None


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="default"/></w:font>'
        for name, others in OTHER_NAMES.items()
        for family in ["swiss" if name == BLACK else "roman"]
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()


def say(key: str) -> str:
    """The tag for a fixed word."""
    return f'{{{{ say("{key}") }}}}'


# -- what the reports share ------------------------------------------------------------------------------------------


def begin(t: Template) -> None:
    """Title, head and question."""
    t.put("{{ title }}", "Title")
    with t.block("for name, value in head"):
        t.put("{{ say.pair(name, value) }}")
    t.heading("h.question")
    with t.block("for q in question"):
        t.put("{{ q }}")


def known(t: Template) -> None:
    """What is to be known of every answer."""
    with t.block("for c in circumstances"):
        t.put("{{ c.text }}{% if c.norms %} {{ c.norms | cites }}{% endif %}")


def people(t: Template) -> None:
    """Officials, AB pairs and absences."""
    with t.block("if officials"):
        t.put(say("officials"), "Heading 2")
        t.table(
            [say("person"), say("office"), say("portfolio")],
            [50, 50, 56],
            "o in officials",
            [["{{ o.person }}", *optional("o.title")], ["{{ o.office }}"], ["{{ o.portfolio }}"]],
        )
    with t.block("if pairs"):
        t.put('{{ say.pair(say("h.pairs"), say.listed(pairs, "semicolon")) }}', "Small")
    with t.block("if absences"):
        t.put(say("h.absences"), "Heading 2")
        heads = [say(k) for k in ("absent", "when", "length", "reason", "delegated_to")]
        t.table(
            heads,
            [40, 50, 18, 24, 24],
            "a in absences",
            [["{{ a.person }}"], ["{{ a.when }}"], ["{{ a.length }}"], ["{{ a.reason }}"], ["{{ a.delegated }}"]],
        )
        t.put(say("both_days"), "Small")
    with t.block("if not complete"):
        t.put(say("incomplete"), "Small")


def weighed(t: Template) -> None:
    """The readings."""
    t.put(say("readings"), "Heading 2")
    with t.block("if readings.rows"):
        t.table(
            [say("topic"), say("option"), say("effect")], [56, 60, 40], "r in readings.rows",
            [["{{ r.topic }}", *optional("r.norms | cites")], ["{%p for o in r.options %}", "{{ o }}", "{%p endfor %}"], ["{{ r.effect }}"]],
        )  # fmt: skip
    with t.block("if readings.same"):
        t.put(
            '{{ say("readings_same" if readings.decided else "readings_open", n=readings.same | length, topics=say.listed(readings.same, "semicolon")) }}',
            "Small",
        )
    with t.block("if readings.conventions"):
        t.put('{{ say("conventions", topics=say.listed(readings.conventions, "semicolon")) }}', "Small")
    with t.block("if not readings.rows and not readings.same and not readings.conventions"):
        t.put(say("no_readings"))


def derivations(t: Template) -> None:
    """The proofs, as trees."""
    with t.block("if proofs_need"):
        t.put("{{ proofs_need }}", "Small")
    with t.block("if proofs"):
        t.put(say("h.proofs"), "Heading 2")
        with t.block("for p in proofs"):
            t.put("{{ p.title }}", "Heading 3")
            with t.block("for d in p.drawings"):
                t.put("{{ d | picture }}", "Figure")


def ending(t: Template, norms: bool = True, title: str = "h.norms") -> None:
    """The provisions cited, and the versions."""
    if norms:
        with t.block("if norms"):
            t.heading(title)
            t.table(
                [say("norm_and_strength"), say("quote")], [46, 110], "n in norms",
                [["{{ n.article }}", "{{ n.id }} · {{ n.strength }}"], ["{{ n.quote }}", *optional("n.gist")]],
            )  # fmt: skip
    t.heading("h.versions")
    with t.block("for name, value in versions"):
        t.put("{{ say.pair(name, value) }}", "Small")
    t.put(say("disclaimer"), "Small")


def holds(conditions: str) -> list[str]:
    """The readings under which something holds, a paragraph each."""
    return [f"{{%p for c in {conditions} %}}", '{{ say("holds_under", conditions=c) }}', "{%p endfor %}"]


def optional(value: str) -> list[str]:
    """A paragraph that is there only if it says something."""
    return [f"{{%p if {value} %}}", f"{{{{ {value} }}}}", "{%p endif %}"]


# -- the reports -----------------------------------------------------------------------------------------------------


def case() -> Template:
    """The report on a case."""
    t = Template()
    begin(t)
    t.heading("h.answer")
    t.put("{{ verdict.label }}", "Verdict")
    with t.block("for line in verdict.lines"):
        t.put("*{{ line }}*")
    t.put("{{ verdict.meaning }}")
    known(t)
    with t.block("if check"):
        t.put('{{ say.pair(say("h.check"), check.label) }}')
    with t.block("if missing"):
        t.heading("h.missing")
        t.put(say("missing_intro"))
        with t.block("for m in missing"):
            t.put(
                '{{ loop.index }}. *{{ m.label }}* {% if m.options %}{{ say("options", options=say.listed(m.options)) }}{% endif %}'
            )
    t.heading("h.facts")
    with t.block("if facts"):
        heads = [say(k) for k in ("fact", "value", "origin", "bearing")]
        t.table(
            heads,
            [46, 50, 36, 24],
            "f in facts",
            [["{{ f.label }}"], ["{{ f.value }}"], ["{{ f.source }}"], ["{{ f.bearing }}"]],
        )
        t.put('{% if has_defaults %}{{ say("defaults_note") }} {% endif %}{{ say("bearing_note") }}', "Small")
    with t.block("if not facts"):
        t.put(say("no_facts"))
    people(t)
    with t.block("if record is not none"):
        t.put(say("h.record"), "Heading 2")
        with t.block("if record"):
            t.table(
                [say(k) for k in ("no", "who", "act", "on")],
                [14, 60, 46, 36],
                "e in record",
                [["{{ e.no }}"], ["{{ e.who }}"], ["{{ e.act }}"], ["{{ e.on }}"]],
            )
        with t.block("if not record"):
            t.put(say("empty_record"))
    with t.block("if alternatives or blocked"):
        t.put('{{ heading(say("h.alternatives") if excluding else say("h.path")) }}', "Heading 1")
        with t.block("for b in blocked"):
            t.put("{{ b.svg | picture }}", "Figure")
            with t.block("for n in b.norms"):
                t.put("{{ n | provision }}", "Provision")
        with t.block("for a in alternatives"):
            with t.block("if excluding"):
                t.put("{{ a.title }}", "Heading 2")
                with t.block("for c in a.holds"):
                    t.put('{{ say("holds_under", conditions=c) }}')
                with t.block("if not a.holds"):
                    t.put(say("holds_under_all"))
            with t.block("if a.because"):
                t.put("*{{ a.because }}*")
                with t.block("for n in a.norms"):
                    t.put("{{ n | provision }}", "Provision")
            with t.block("if a.intro"):
                t.put("{{ a.intro }}")
            with t.block("for d in a.drawings"):
                with t.block("if d.title"):
                    t.put("{{ d.title }}", "Heading 3")
                t.put("{{ d.svg | picture }}", "Figure")
            with t.block("if a.more"):
                t.put("{{ a.more }}", "Small")
            with t.block("for table in a.tables"):
                with t.block("if table.title"):
                    t.put("{{ table.title }}", "Heading 3")
                t.table(
                    [say("no"), say("who"), say("act"), say("norm_and_quote")], [16, 38, 24, 78], "s in table.steps",
                    [["{{ s.no }}", *optional("s.id")], ["{{ say.choice(s.actors) }}{% if s.any %}{{ say(\"any_of\") }}{% endif %}", "{%p for p in s.persons %}", "{{ p }}", "{%p endfor %}"],
                     ["{{ s.act }}"], ["{%p for n in s.norms %}", "{{ n | provision }}", "{%p endfor %}"]],
                )  # fmt: skip
    with t.block("if undefined"):
        t.heading("h.undefined")
        with t.block("for u in undefined"):
            t.put('{{ say.listed(u.questions, "semicolon") }}', "Heading 2")
            t.put(say("nearest"))
            with t.block("for n in u.nearest"):
                t.put("{{ n | provision }}", "Provision")
            with t.block("if not u.nearest"):
                t.put(say("no_nearest"))
            with t.block("if u.outside"):
                t.put(say("outside"))
                with t.block("for o in u.outside"):
                    t.put("{{ o }}")
            with t.block("if u.nearest and not u.outside"):
                t.put(say("no_outside"), "Small")
    with t.block("if warnings"):
        t.heading("h.warnings")
        with t.block("for w in warnings"):
            t.put("{{ w.text }} {{ w.norms | cites }}")
    with t.block("if answers"):
        t.heading("h.questions")
        with t.block("for a in answers"):
            t.put('{{ say("brackets", a=a.question, b=a.label) }}', "Heading 2")
            with t.block("for o in a.alternatives"):
                t.put("*{{ o.value }}{{ o.because }}* {{ o.norms | cites }}")
                with t.block("if o.performers"):
                    t.put('{{ say("performers", persons=say.choice(o.performers)) }}', "Small")
                with t.block("for c in o.holds"):
                    t.put('{{ say("holds_under", conditions=c) }}', "Small")
                with t.block("if o.always"):
                    t.put(say("holds_under_all"), "Small")
            with t.block("if not a.alternatives"):
                t.put("{{ a.missing }}{{ say.listed(a.undefined, 'semicolon') }}")
    with t.block("if check"):
        t.heading("h.check")
        t.put("{{ check.label }}", "Verdict")
        with t.block("if check.findings"):
            t.table(
                [say("finding"), say("what"), say("norm_and_quote")], [14, 62, 80], "f in check.findings",
                [["{{ f.id }}"], ["*{{ f.label }}*", *optional("f.message"), *optional("f.missing"), *holds("f.holds"), "{%p if f.rivals %}",
                  '{{ say("conflicts_with", norms=say.listed(f.rivals | map(attribute="id"))) }}', "{%p endif %}"],
                 ["{%p for n in f.norms %}", "{{ n | provision }}", "{%p endfor %}"]],
            )  # fmt: skip
        with t.block("if not check.findings"):
            t.put(say("no_findings"))
        with t.block("if check.satisfied"):
            t.put('{{ say("satisfied", norms=check.satisfied | cites) }}', "Small")
    t.heading("h.reached")
    with t.block("for r in reached"):
        t.put("{{ loop.index }}. {{ r.text }} {{ r.norms | cites }}")
        with t.block("for c in r.holds"):
            t.put('{{ say("holds_under", conditions=c) }}', "Small")
    with t.block("for l in ladders"):
        t.put("{{ l.title }}", "Heading 3")
        t.put("{{ l.svg | picture }}", "Figure")
    weighed(t)
    derivations(t)
    ending(t)
    return t


def register() -> Template:
    """The report on a register of absences."""
    t = Template()
    begin(t)
    t.heading("h.plain")
    t.put("{{ label }}", "Verdict")
    with t.block("for line in plain"):
        t.put("{{ line }}")
    known(t)
    grounds = '{{ say("only_on", grounds=say.listed(%s | map(attribute="label"))) }}'
    with t.block("if timelines"):
        t.heading("h.timeline")
        with t.block("for m in timelines"):
            with t.block("if m.title"):
                t.put("{{ m.title }}", "Heading 3")
            t.put("{{ m.svg | picture }}", "Figure")
        legend = '{{ say.listed([say("drawn_blue"), say("drawn_amber"), say("drawn_red"), say("drawn_grey")], "semicolon") }}'
        t.put(legend + '{% if doubtful %}{{ say("semicolon") }}{{ say("legend.doubtful") }}{% endif %}', "Small")
        with t.block("if others"):
            t.put('{{ say("others_present", persons=say.listed(others)) }}', "Small")
        with t.block("if months_left_out"):
            t.put(say("other_months"), "Small")
    with t.block("if findings"):
        t.heading("h.findings")
        t.table(
            [say(k) for k in ("finding", "type", "when", "persons", "basis")], [12, 36, 34, 38, 36], "f in findings",
            [["{{ f.id }}"], ["{{ f.type }}", "{%p if f.holds %}", grounds % "f.holds", "{%p endif %}"], ["{{ f.when }}"], ["{{ say.listed(f.persons) }}"],
             ["{{ f.powers }}{{ f.norms | cites }}"]],
        )  # fmt: skip
    with t.block("if powers"):
        t.heading("h.powers")
        t.table(
            [say("power"), say("basis"), say("in_findings")], [52, 78, 26], "p in powers",
            [["{{ say.pair(p.office, p.act) }}"], ["{{ p.norms | cites }}"], ["{{ say.listed(p.findings) }}"]],
        )  # fmt: skip
    t.heading("h.acting")
    with t.block("if acting"):
        t.table(
            [say(k) for k in ("no", "when", "absent", "acts", "basis")], [12, 34, 36, 36, 38], "a in acting",
            [["{{ a.no }}"], ["{{ a.when }}"], ["{{ a.absent }}"], ["{{ a.person }}"],
             ["{%p for b in a.bases %}", "{{ b.norms | cites }}{% if b.holds %} " + grounds % "b.holds" + "{% endif %}", "{%p endfor %}"]],
        )  # fmt: skip
    with t.block("if not acting"):
        t.put(say("no_acting"))
    t.heading("h.facts")
    people(t)
    with t.block("if not absences"):
        t.put(say("no_absences"))
    t.heading("h.reached")
    with t.block("for g in grounds"):
        t.put("*{{ g.label }}* {{ g.text }}")
    weighed(t)
    derivations(t)
    ending(t)
    return t


def audit() -> Template:
    """The report on an audit of the rules."""
    t = Template()
    begin(t)
    t.heading("h.answer")
    t.put("{{ label }}", "Verdict")
    with t.block("for line in plain"):
        t.put("{{ line }}")
    with t.block("for note in notes"):
        t.put("{{ note }}", "Small")
    t.heading("h.summary")
    with t.block("if summary"):
        heads = [say("defect"), *(f"{{{{ severities[{i}] }}}}" for i in range(4)), say("total")]
        t.table(
            heads,
            [46, 24, 24, 22, 20, 20],
            "row in summary + [totals_row]",
            [["{{ row.type }}"], *([f'{{{{ row.counts[{i}] or "" }}}}'] for i in range(4)), ["{{ row.total }}"]],
        )
    with t.block("if not_found"):
        t.put('{{ say("not_found", types=say.listed(not_found)) }}', "Small")
    with t.block("for g in groups"):
        t.put("{{ heading(g.title) }}", "Heading 1")
        with t.block("for f in g.findings"):
            t.put("{{ f.title }}", "Heading 3")
            t.put("{{ f.type }} · {{ f.id }}", "Small")
            t.put("{{ f.message }}")
            with t.block("for n in f.norms"):
                t.put("{{ n | provision }}", "Provision")
            with t.block("if f.witness"):
                t.put(
                    '*{{ say("witness") }}* {{ say.pair(f.witness.kind, say.listed(f.witness.lines, "semicolon")) }}',
                    "Small",
                )
                t.put('{{ say("witness.asked", question=f.witness.asked) }}', "Small")
                t.put('*{{ say.pair(say("witness.answered"), f.witness.status.label) }}*', "Small")
                with t.block("for line in f.witness.answer"):
                    t.put("{{ line }}", "Small")
                with t.block("for line in f.witness.beside"):
                    t.put("{{ line }}", "Small")
                with t.block("if f.more"):
                    t.put("{{ f.more }}", "Small")
            with t.block("if not f.witness"):
                t.put(say("about_words"), "Small")
            t.put('{{ say.pair(say("remedy"), f.remedy) }}')
    with t.block("if accepted"):
        t.heading("h.accepted")
        heads = [say(k) for k in ("what", "accepted_why", "accepted_by", "accepted_until")]
        t.table(
            heads,
            [60, 44, 28, 24],
            "f in accepted",
            [["{{ f.title }}", "{{ f.id }}"], ["{{ f.reason }}"], ["{{ f.by }}"], ["{{ f.until }}"]],
        )
    t.heading("h.searched")
    with t.block("for name, n in searched"):
        t.put("{{ say.pair(name, n) }}")
    with t.block("if cut"):
        t.put("{{ cut }}")
    t.put("{{ chapters.title }}", "Heading 3")
    t.put("{{ chapters.svg | picture }}", "Figure")
    ending(t, norms=False)
    return t


def impact() -> Template:
    """The report on what an amendment changes."""
    t = Template()
    begin(t)
    t.heading("h.answer")
    t.put("{{ label }}", "Verdict")
    with t.block("for line in summary"):
        t.put("{{ line }}")
    t.heading("h.changes")
    lines = ["{%p for line in c[side] %}", "{{ line }}", "{%p endfor %}"]
    t.table(
        [say("amended_what"), say("before"), say("after")], [40, 58, 58], "c in changes",
        [["{{ c.what }}", *optional("c.subject")], *([line.replace("[side]", f".{side}") for line in lines] for side in ("before", "after"))],
    )  # fmt: skip
    with t.block("if ladders"):
        t.heading("h.amended_ladders")
        with t.block("for l in ladders"):
            t.put("{{ l.title }}", "Heading 3")
            t.put("{{ l.svg | picture }}", "Figure")
    t.heading("h.impact")
    with t.block("if not kinds"):
        t.put(say("impact_none"))
    with t.block("if premise"):
        t.put('{{ say("premise", premise=premise) }}')
    with t.block("for k in kinds"):
        t.put("{{ k.label }}", "Heading 2")
        with t.block("for q in k.questions"):
            t.put("{{ q.label }}", "Heading 3")
            t.table(
                [say("situation"), say("before"), say("after")], [46, 52, 58], "r in q.rows",
                [[*optional("r.shared"), "{%p for s in r.either %}", '{{ say("either" if loop.first else "or_else") }} {{ s }}', "{%p endfor %}",
                  "{%p if r.worse %}", say("worse"), "{%p endif %}"], *(one_side(f"r.{side}") for side in ("before", "after"))],
            )  # fmt: skip
    with t.block("if paths"):
        t.heading("h.paths")
        with t.block("for p in paths"):
            t.put("*{{ p.state }}* {{ say.pair(p.kind, p.steps) }}")
    with t.block("if audited"):
        t.heading("h.audit")
        with t.block("if not findings"):
            t.put(say("audit_none"))
        with t.block("for f in findings"):
            t.put('*{{ f.state }}* {{ f.title }} {{ say("brackets", a=f.type, b=f.id) }}')
    with t.block("if scenarios"):
        t.heading("h.impact_scenarios")
        t.table(
            [say("scenario"), say("before"), say("after")], [76, 40, 40], "s in scenarios",
            [["{{ s.name }}", "{{ s.file }}"], ["{{ s.before }}"], ["{{ s.after }}"]],
        )  # fmt: skip
    t.heading("h.impact_searched")
    with t.block("for line in searched"):
        t.put("{{ line }}", "Small")
    ending(t, title="h.norms_amended")
    return t


def one_side(side: str) -> list[str]:
    """What the rules say before or after an amendment."""
    return [
        f"*{{{{ {side}.status }}}}*",
        f"{{%p for line in {side}.lines %}}",
        "{{ line }}",
        "{%p endfor %}",
        *optional(f"{side}.norms | cites"),
    ]


def article() -> Template:
    """The report on an article."""
    t = Template()
    begin(t)
    t.heading("h.text")
    with t.block("for p in paragraphs"):
        t.put(
            "{% for s in p.segments %}{{ s.text }}{% for n in s.ends %} [{{ n }}]{% endfor %}{% endfor %}", "Provision"
        )
        with t.block("if p.uncovered"):
            t.put("{{ p.uncovered }}", "Small")
    with t.block("for l in ladders"):
        t.put("{{ l.title }}", "Heading 3")
        t.put("{{ l.svg | picture }}", "Figure")
    t.heading("h.own_norms")
    t.table(
        [say(k) for k in ("norm", "quote", "subject", "force", "treatment")], [22, 60, 24, 27, 23], "n in norms",
        [["{{ n.id }}"], ["{{ n.quote }}", *optional("n.gist")], ["{{ n.subject }}"], ["{{ n.force }}"], ["{{ n.treatment }}"]],
    )  # fmt: skip
    with t.block("if readings"):
        t.heading("h.readings")
        t.table(
            [say(k) for k in ("topic", "option", "norm")], [56, 66, 34], "r in readings",
            [["{{ r.topic }}", *optional("r.convention")], ["{%p for o in r.options %}", "{{ o }}", "{%p endfor %}"], ["{%p for n in r.norms %}", "{{ n }}", "{%p endfor %}"]],
        )  # fmt: skip
    with t.block("if rules"):
        t.heading("h.rules")
        with t.block("for f in rules"):
            t.put("{{ f.file }}", "Heading 3")
            with t.block("for r in f.lines"):
                t.put("{{ r.no }}: {{ r.text }}", "Small")
    t.heading("h.scenarios")
    with t.block("for s in scenarios"):
        t.put("{{ s }}", "Small")
    with t.block("if not scenarios"):
        t.put(say("no_scenarios"))
    ending(t, norms=False)
    return t


TEMPLATES = {"case": case, "register": register, "audit": audit, "impact": impact, "article": article}

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, make in TEMPLATES.items():
        (folder / f"{name}.docx").write_bytes(make().written())
