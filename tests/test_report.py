from __future__ import annotations

import datetime
import re
import shutil
import string
from html.parser import HTMLParser
from pathlib import Path

import pytest

from nj_logic import drawing
from nj_logic.case_report import case_view
from nj_logic.document import read_document
from nj_logic.errors import InputError
from nj_logic.knowledge import KnowledgeBase
from nj_logic.register_report import register_view
from nj_logic.report import case_report, decisive_proofs, register_report
from nj_logic.report_words import words

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TEMPLATES = ROOT / "report_templates"
MODULES = (
    "report", "report_words", "teller", "case_report", "procedures", "grounds", "register_report", "audit_report", "article_report", "figures", "word", "impact_report",
)  # fmt: skip
LANGS = ("zh", "en")
FORMATS = ("html", "md")

ROSTER = {
    "officials": [
        {"id": "h", "title": "县长", "office": "county_head"},
        {"id": "e", "title": "常务副县长", "office": "executive_deputy"},
    ]
}
CASES = {
    "determined": {"kind": "fund_use", "facts": {"source": "county", "amount": "50万元"}},
    "conflict": {"kind": "fund_use", "facts": {"county_amount": "15万元", "superior_amount": "150万元"}},
    "undefined": {"kind": "fund_use", "facts": {"source": "other", "amount": "5万元"}},
    "needs_facts": {"kind": "fund_use", "facts": {"amount": "50万元"}},
}
HOSTILE = "<script>alert(1)</script> {{7*7}} {% x %} \"q\" 'q' `c` a|b [l](http://x) *b* & &amp; \u202eevil\u2066 # x"


def make(kb: KnowledgeBase, case: object, lang: str = "zh", format: str = "html", **more: object) -> str:
    read = kb.case(case)  # type: ignore[arg-type]
    report = register_report if read.kind.register else case_report
    return report(kb, read, lang=lang, format=format, **more)  # type: ignore[arg-type]


class Page(HTMLParser):
    """Checks that tags close in order; gathers the text, without what stands in another language."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.text = ""
        self.everything = ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.targets.add(str(given["href"]))
        if tag not in self.VOID:
            quoted = tag in {"style", "script"} or (tag != "html" and given.get("lang") == "zh-CN")
            self.open.append((tag, quoted))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1][0] == tag, (tag, self.open[-3:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(tag == "style" for tag, _ in self.open):
            self.everything += data
        if not any(quoted for _, quoted in self.open):
            self.text += data


# -- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", ["fund-1500000", "investment-6000000", "travel-register-2026-03"])
def test_an_example_gives_the_same_report_twice(kb: KnowledgeBase, name: str, lang: str, format: str) -> None:
    first = make(kb, EXAMPLES / f"{name}.yaml", lang, format)
    assert first == make(kb, EXAMPLES / f"{name}.yaml", lang, format)
    assert name in first.replace("\\", "")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["fund-1500000", "investment-6000000", "travel-register-2026-03"])
def test_a_page_needs_no_other_file_and_its_tags_and_links_are_right(kb: KnowledgeBase, name: str, lang: str) -> None:
    text = make(kb, EXAMPLES / f"{name}.yaml", lang)
    page = Page(text)
    assert not page.tags & {"script", "img", "link", "iframe", "object"}
    assert "url(" not in text and "@import" not in text
    assert set(re.findall(r"https?://[^\s\"<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert len(page.ids) == len(set(page.ids))
    assert {t.removeprefix("#") for t in page.targets} <= set(page.ids)
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text


def test_a_date_is_printed_only_when_it_is_given(kb: KnowledgeBase) -> None:
    day = datetime.date(2026, 3, 2)
    assert "打印日期" not in make(kb, CASES["determined"])
    assert "2026年3月2日" in make(kb, CASES["determined"], printed_on=day)
    assert "2 March 2026" in make(kb, CASES["determined"], "en", "md", printed_on=day)


@pytest.mark.parametrize(("lang", "format"), [("fr", "html"), ("zh", "odt")])
def test_an_unknown_language_or_format_is_an_input_error(kb: KnowledgeBase, lang: str, format: str) -> None:
    with pytest.raises(InputError):
        make(kb, CASES["determined"], lang, format)


def test_a_case_that_is_no_register_is_refused_as_one(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError):
        register_report(kb, kb.case(CASES["determined"]))


# -- what a case's report says ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("status", CASES)
def test_each_status_is_named_and_explained(kb: KnowledgeBase, status: str, lang: str) -> None:
    say = words(kb, lang)
    view = case_view(kb, kb.case(CASES[status]), lang=lang)
    assert view["verdict"]["status"] == status
    text = Page(make(kb, CASES[status], lang)).everything
    assert say(f"status.{status}") in text and view["verdict"]["meaning"] in text
    assert len(view["verdict"]["meaning"]) > 30


def test_every_step_has_its_norm_its_article_and_the_words_of_the_text(kb: KnowledgeBase) -> None:
    paths = kb.paths(kb.case(CASES["determined"]))
    for format in FORMATS:
        text = make(kb, CASES["determined"], "en", format)
        for step in paths.alternatives[0].paths[0].steps:
            for norm in step.norms:
                assert norm in text and kb.norms[norm].quote in text and kb.norms[norm].gist in text


def test_a_conflict_between_readings_names_topic_and_option_of_each_alternative(kb: KnowledgeBase) -> None:
    view = case_view(kb, kb.case(CASES["conflict"]))
    assert len(view["alternatives"]) > 1 and view["excluding"]
    topic = kb.readings["mixed_funds"]
    for alternative in view["alternatives"]:
        assert alternative["holds"] and topic["zh"] in alternative["holds"][0]
        assert any(o["zh"] in alternative["holds"][0] for o in topic["options"].values())


def test_an_adopted_reading_is_said_to_be_adopted(kb: KnowledgeBase) -> None:
    text = case_report(kb, kb.case(CASES["conflict"]), {"mixed_funds": "each_part"})
    assert "已采用" in text and kb.readings["mixed_funds"]["options"]["each_part"]["zh"] in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_case_older_than_the_rules_is_told_so_with_the_norm(kb: KnowledgeBase, lang: str) -> None:
    for stated in (CASES["determined"], {"kind": "travel_register", **ROSTER}):
        for format in FORMATS:
            old = make(kb, {**stated, "date": "1999-12-31"}, lang, format)
            told = {"zh": "早于本规则施行之日", "en": "before these rules were in force"}[lang]
            assert told in old and told not in make(kb, {**stated, "date": "2026-03-02"}, lang, format)
            assert kb.norms[str(kb.before_force(kb.case({**stated, "date": "1999-12-31"})))].quote in old


def test_an_adopted_interpretation_is_told_with_its_basis_and_not_weighed(tmp_path: Path) -> None:
    mine = KnowledgeBase()
    entry = "{topic: mixed_funds, option: each_part, basis: 关于混合资金的解释, since: 2020-01-01, by: 县政府办公室}"
    (tmp_path / "i.yaml").write_text(f"interpretations: [{entry}]\n", "utf-8")
    mine.adopt(tmp_path / "i.yaml")
    for format in FORMATS:
        text = make(mine, {**CASES["conflict"], "date": "2026-03-02"}, format=format)
        assert "关于混合资金的解释，县政府办公室，2020年1月1日起" in text and "已采用" in text
    view = case_view(mine, mine.case({**CASES["conflict"], "date": "2026-03-02"}))
    assert mine.readings["mixed_funds"]["zh"] in {r["topic"] for r in view["readings"]["rows"]}


def test_two_norms_that_clash_on_one_reading_are_not_promised_to_be_settled_by_a_reading(kb: KnowledgeBase) -> None:
    say = words(kb, "zh")
    project = case_view(kb, kb.case(EXAMPLES / "investment-6000000.yaml"))
    assert project["verdict"]["meaning"] == say("meaning.conflict_both")
    assert case_view(kb, kb.case(CASES["conflict"]))["verdict"]["meaning"] == say("meaning.conflict_readings")


def test_missing_facts_are_listed_in_order_with_what_they_can_be(kb: KnowledgeBase) -> None:
    case = kb.case(CASES["needs_facts"])
    view = case_view(kb, case)
    asked = [m.label.zh for m in kb.paths(case).missing]
    assert [m["label"] for m in view["missing"]][: len(asked)] == asked
    assert view["missing"][0]["options"]


def test_a_default_is_marked_and_so_is_what_bears_on_the_answer(kb: KnowledgeBase) -> None:
    view = case_view(kb, kb.case(EXAMPLES / "fund-1500000.yaml"))
    facts = {f["label"]: f for f in view["facts"]}
    amount, major = (
        facts[kb.kinds["fund_use"].fields["amount"].term.label.zh],
        facts[kb.kinds["fund_use"].fields["major"].term.label.zh],
    )
    assert amount["bears"] and not amount["default"] and "预算单位资金使用申请表" in amount["source"]
    assert major["default"]


def test_a_stated_fact_that_equals_its_default_is_not_called_a_default(kb: KnowledgeBase) -> None:
    label = kb.kinds["fund_use"].fields["major"].term.label.zh
    stated = {"kind": "fund_use", "facts": {"source": "county", "amount": "50万元", "major": False}}
    facts = {f["label"]: f for f in case_view(kb, kb.case(stated))["facts"]}
    assert not facts[label]["default"] and facts[label]["source"] == words(kb, "zh")("origin.stated")


def test_a_sum_is_neither_stated_nor_a_default(kb: KnowledgeBase) -> None:
    view = case_view(kb, kb.case(CASES["conflict"]))
    assert [f["default"] for f in view["facts"] if f["source"] == words(kb, "zh")("origin.sum")] == [False]


def test_a_silent_rule_is_reported_with_the_nearest_norms(kb: KnowledgeBase) -> None:
    view = case_view(kb, kb.case(CASES["undefined"]))
    assert view["undefined"] and view["undefined"][0]["nearest"]


def test_a_step_that_nobody_can_do_is_marked_in_the_drawing(kb: KnowledgeBase) -> None:
    case = {**CASES["determined"], "date": "2026-03-05", **ROSTER, "absences": [{"who": "h"}, {"who": "e"}]}
    view = case_view(kb, kb.case(case))
    assert view["verdict"]["status"] == "undefined" and len(view["blocked"]) == 1 and view["alternatives"] == []
    assert "无人可以办理" in view["blocked"][0]["svg"]


def test_a_record_is_listed_and_checked(kb: KnowledgeBase) -> None:
    case = {**CASES["determined"], "record": [{"actor": "finance_bureau", "action": "verify", "on": "2026-03-02"}]}
    for lang in LANGS:
        view = case_view(kb, kb.case(case), lang=lang)
        assert view["check"]["verdict"] == "non_compliant" and len(view["record"]) == 1
        assert words(kb, lang)("verdict.non_compliant") in make(kb, case, lang)
    assert case_view(kb, kb.case(CASES["determined"]))["check"] is None


def test_proofs_are_printed_where_they_are_given(kb: KnowledgeBase) -> None:
    proofs = [("为什么 <1>", ["根", "└─ 叶 <b>"])]
    assert "└─ 叶 &lt;b&gt;" in make(kb, CASES["determined"], proofs=proofs)
    assert "└─ 叶 &lt;b&gt;" in make(kb, CASES["determined"], format="md", proofs=proofs)


def test_a_report_without_the_engine_of_proofs_says_that_they_need_it(kb: KnowledgeBase) -> None:
    for lang in LANGS:
        for format in FORMATS:
            sentence = words(kb, lang)("proofs_need")
            assert sentence in make(kb, CASES["determined"], lang, format, proofs=None)
            assert sentence not in make(kb, CASES["determined"], lang, format)


@pytest.mark.skipif(shutil.which("swipl") is None, reason="proofs need SWI-Prolog")
def test_the_steps_of_the_first_path_and_the_answers_are_proved_with_each_quotation_once(
    kb: KnowledgeBase,
) -> None:
    case = kb.case(CASES["determined"])
    paths, answers = kb.paths(case), kb.answer(case)
    for lang in LANGS:
        proofs = decisive_proofs(kb, case, lang=lang)
        text = "\n".join(line for _, lines in proofs for line in lines)
        assert len(proofs) >= len(paths.alternatives[0].paths[0].steps) + sum(
            bool(a.alternatives) for a in answers.answers
        )
        for norm in {n for s in paths.alternatives[0].paths[0].steps for n in s.norms}:
            assert kb.norms[norm].quote in text
        quoted = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("- ")]
        assert quoted and len(quoted) == len(set(quoted))
        assert all(title in make(kb, CASES["determined"], lang, proofs=proofs) for title, _ in proofs)


def test_a_proof_keeps_the_shape_of_its_tree_in_markdown(kb: KnowledgeBase) -> None:
    text = make(kb, CASES["determined"], format="md", proofs=[("t", ["- a [x]", "    q", "  - *b*", "1. c"])])
    assert "- a \\[x\\]\n    q\n  - \\*b\\*\n1\\. c\n" in text


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_of_matter_has_a_report_even_if_nothing_is_stated(kb: KnowledgeBase, lang: str) -> None:
    for kind in kb.kinds:
        for format in FORMATS:
            text = make(kb, {"kind": kind}, lang, format)
            if format == "html":
                Page(text)


# -- registers -------------------------------------------------------------------------------------------------------


def test_a_register_shows_findings_who_acts_and_a_row_for_each_absent_official(kb: KnowledgeBase) -> None:
    register = kb.case(EXAMPLES / "travel-register-2026-03.yaml")
    found, view = kb.conflicts(register), register_view(kb, register)
    assert {"ab_pair_absent", "head_and_executive_absent", "nobody_acts"} <= {f.type for f in found.findings}
    assert [f["id"] for f in view["findings"]] == [f.id for f in found.findings]
    assert len(view["timelines"]) == 1 and view["acting"]
    for absence in register.absences:
        assert register.official(absence.who).title in view["timelines"][0]["svg"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_powers_that_nobody_can_exercise_are_listed_once_with_their_findings(kb: KnowledgeBase, lang: str) -> None:
    register = kb.case(EXAMPLES / "travel-register-2026-03.yaml")
    view = register_view(kb, register, lang=lang)
    stuck = {f.id: set(f.norms) for f in kb.conflicts(register).findings if f.type == "matter_stuck"}
    assert len({(p["office"], p["act"], *p["findings"]) for p in view["powers"]}) == len(view["powers"])
    for id_, norms in stuck.items():
        assert {n["id"] for p in view["powers"] if id_ in p["findings"] for n in p["norms"]} == norms


def test_every_quotation_of_a_register_stands_in_its_appendix(kb: KnowledgeBase) -> None:
    register = kb.case(EXAMPLES / "travel-register-2026-03.yaml")
    found = kb.conflicts(register)
    for format in FORMATS:
        text = make(kb, EXAMPLES / "travel-register-2026-03.yaml", "en", format)
        text = Page(text).everything if format == "html" else text
        for norm in {n for f in found.findings for n in f.norms} | {a.basis for a in found.acting}:
            assert kb.norms[norm].quote in text and kb.norms[norm].gist in text


def test_an_official_without_an_english_title_is_named_by_office_and_id(kb: KnowledgeBase) -> None:
    register = kb.case(EXAMPLES / "travel-register-2026-03.yaml")
    view = register_view(kb, register, lang="en")
    assert {"county head", "deputy county head (deputy_a)"} <= {a["person"] for a in view["absences"]}
    assert {"", "副县长（甲）"} <= {o["title"] for o in view["officials"]}


def test_a_register_over_a_year_is_drawn_only_for_months_in_which_something_changes(kb: KnowledgeBase) -> None:
    spells = [{"who": "h", "from": "2026-01-30", "to": "2026-02-02"}, {"who": "e", "from": "2026-11-02"}]
    view = register_view(kb, kb.case({"kind": "travel_register", **ROSTER, "absences": spells}), lang="en")
    assert [t["title"] for t in view["timelines"]] == ["January 2026", "February 2026", "November 2026"]
    assert view["months_left_out"]


@pytest.mark.parametrize("absences", [[], [{"who": "h"}]])
def test_a_register_without_days_has_a_report(kb: KnowledgeBase, absences: list[object]) -> None:
    for format in FORMATS:
        make(kb, {"kind": "travel_register", **ROSTER, "absences": absences}, format=format)


# -- what the user wrote ---------------------------------------------------------------------------------------------


def hostile(kind: str) -> dict[str, object]:
    officials = [
        {"id": "h", "title": HOSTILE, "office": "county_head", "portfolio": [HOSTILE]},
        {"id": HOSTILE, "title": "副" + HOSTILE, "office": "deputy_head"},
    ]
    case: dict[str, object] = {
        "case": HOSTILE,
        "kind": kind,
        "note": HOSTILE + "\n\n# h\n| a |\n1. x",
        "officials": officials,
    }
    if kind == "travel_register":
        return {
            **case,
            "ab_pairs": [["h", HOSTILE]],
            "absences": [
                {"who": "h", "from": "2026-03-02", "to": "2026-03-05"},
                {"who": HOSTILE, "from": "2026-03-04"},
            ],
        }
    evidence = {"amount": HOSTILE, "source": "- x\n- y"}
    record = [{"actor": "finance_bureau", "action": "verify"}]
    return {**case, "facts": {"source": "county", "amount": "50万元"}, "evidence": evidence, "record": record}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["fund_use", "travel_register"])
def test_what_a_user_wrote_comes_out_as_text_in_html(kb: KnowledgeBase, kind: str, lang: str) -> None:
    text = make(kb, hostile(kind), lang)
    page = Page(text)
    assert "script" not in page.tags and "<script" not in text
    assert "{{7*7}}" in page.everything and "49" not in re.findall(r"\d+", page.everything.split("{{7*7}}")[0][-3:])
    assert "<script>alert(1)</script>" in page.everything
    assert "\\u202e" in page.everything and not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert not re.search(r"""<[^>]*\bon\w+\s*=""", text)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["fund_use", "travel_register"])
def test_what_a_user_wrote_comes_out_as_text_in_markdown(kb: KnowledgeBase, kind: str, lang: str) -> None:
    text = make(kb, hostile(kind), lang, "md")
    assert "<script" not in text and "{{7\\*7}}" in text and "\\\\u202e" in text
    assert not re.search(r"(?<!\\)`", text) and not re.search(r"(?<!\\)\]\(", text)
    assert set(re.findall(r"<[^>]*>", text)) <= {"<br>"}
    ours = {
        words(kb, lang)(k)
        for k in words(kb, lang).table
        if k.startswith(("h.", "title_")) or k in {"officials", "readings"}
    }
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    assert "h" not in headings and {h for h in headings if h not in ours and "alert" not in h} == set()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["fund_use", "travel_register", *CASES])
def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(kb: KnowledgeBase, name: str, lang: str) -> None:
    text = make(kb, CASES.get(name) or hostile(name), lang, "md")
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1, block


# -- words -----------------------------------------------------------------------------------------------------------


def table() -> dict[str, dict[str, str]]:
    return read_document(TEMPLATES / "words.yaml")  # type: ignore[return-value]


def test_every_word_stands_in_both_languages_and_asks_for_known_values() -> None:
    for key, entry in table().items():
        assert set(entry) == {"zh", "en"}, key
        assert not re.search("[\u4e00-\u9fff]", entry["en"]), key
    differ = {
        key for key, entry in table().items()
        if len({frozenset(f for _, f, _, _ in string.Formatter().parse(text) if f) for text in entry.values()}) != 1
    }  # fmt: skip
    assert differ <= {"day", "month", "span_year", "span_month"}


def test_every_word_that_is_asked_for_is_there_and_every_word_is_asked_for() -> None:
    files = [
        *(ROOT / "nj_logic" / f"{name}.py" for name in MODULES),
        *TEMPLATES.glob("*.j2"),
        TEMPLATES / "word_templates.py",
    ]
    sources = "".join(f.read_text("utf-8") for f in files)
    quoted = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)?)["']""", sources))
    families = {f"{p}." for p in re.findall(r'f"([a-z]+)\.\{', sources)}
    known = set(table())
    assert set(re.findall(r"""say\("([a-z_.]+)\"""", sources)) <= known
    assert {k for k in known if k not in quoted and not k.startswith(tuple(families))} == set()


@pytest.mark.parametrize(
    "case", [*CASES.values(), {**CASES["determined"], "record": []}, {**CASES["conflict"], **ROSTER}]
)
def test_a_report_is_in_one_language_but_for_quotations(kb: KnowledgeBase, case: dict[str, object]) -> None:
    english = Page(make(kb, case, "en")).text
    english = english.replace(f"《{kb.title}》", "")
    stray = set(re.findall("[^\\s\u0000-\u2fff\uff00-\uffef]{2,}", english))
    labels = {o["en"] for t in kb.readings.values() for o in t["options"].values()} | {
        t["en"] for t in kb.readings.values()
    }
    assert not {s for s in stray if not any(s in label for label in labels)}
    chinese = Page(make(kb, case, "zh")).everything
    allowed = {"case", "clingo", "nj", "logic", "AB", "p", "a", "n"}
    latin = set(re.findall(r"(?<![\w.⟨+-])[A-Za-z]{2,}(?![\w.])", re.sub(r"\b[0-9a-f]{16}\b|nj_logic", "", chinese)))
    assert latin <= allowed


# -- drawings --------------------------------------------------------------------------------------------------------


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """Each text's left edge, its width, the place of its line, and itself."""
    found = []
    for x, y, size, rest, text in re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" font-size="([\d.]+)"([^>]*)>([^<]*)</text>', svg
    ):
        wide = drawing.text_width(text, float(size))
        found.append((float(x) - (wide / 2 if "middle" in rest else 0), wide, float(y), text))
    return found


@pytest.mark.parametrize(
    "actor",
    [
        "县财政局",
        "负责常务工作的副县长或者受委托的其他县政府领导同志",
        "deputy county head in charge of the portfolio",
        "W" * 120,
        "长" * 200,
        "a" + "，" * 50,
    ],
)
@pytest.mark.parametrize("width", [drawing.NARROW, drawing.WIDE])
def test_no_text_leaves_its_box(actor: str, width: float) -> None:
    boxes = [
        drawing.Box("1", "1", actor, ("核实提出意见", actor)),
        drawing.Box("2", "2", actor, (actor,), ("1",), actor, True),
    ]
    svg = drawing.flow(boxes, "x", width)
    rects = [
        tuple(map(float, r))
        for r in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg)
    ]
    assert len(rects) == 2
    for left, wide, y, text in texts(svg):
        assert any(x <= left and left + wide <= x + w and top < y < top + h for x, top, w, h in rects), text


def test_wrapping_keeps_every_character_and_begins_no_line_with_a_full_stop() -> None:
    text = "县级政府性预算投资概算项目，需经行业主管部门会商、投资主管部门审核、分管副县长把关、县长审定。"
    for width in range(40, 400, 7):
        lines = drawing.wrap(text, width, 12)
        assert "".join(lines) == text
        assert all(drawing.text_width(line, 12) <= width for line in lines)
        assert not any(line[0] in "，、。" for line in lines)


def test_steps_without_an_order_between_them_stand_side_by_side_and_a_circle_is_drawn_too() -> None:
    boxes = [
        drawing.Box(i, i, i, ("x",), after)
        for i, after in [("1", ()), ("2", ("1",)), ("3", ("1",)), ("4", ("2", "3", "1"))]
    ]
    tops = [float(y) for y in re.findall(r'<rect x="[\d.]+" y="([\d.]+)"', drawing.flow(boxes, "x"))]
    assert tops[0] < tops[1] == tops[2] < tops[3]
    assert (
        drawing.flow([drawing.Box("1", "1", "a", (), ("2",)), drawing.Box("2", "2", "b", (), ("1", "9"))], "x").count(
            "<rect"
        )
        == 2
    )


def test_a_drawing_escapes_its_texts() -> None:
    svg = drawing.flow([drawing.Box("1", "1", "<b>&\"'", ("<script>",))], '"><script>')
    assert "<script>" not in svg and "<b>" not in svg


def test_bars_that_overlap_stand_in_lanes_of_their_own() -> None:
    row = drawing.Row("县长", (drawing.Span(0, 3, "出差"), drawing.Span(2, 5, "休假"), drawing.Span(4, 6, "学习")))
    svg = drawing.timeline([drawing.Column(str(i)) for i in range(1, 8)], [row], [], "", "x")
    heights = {text: y for _, _, y, text in texts(svg)}
    assert heights["出差"] == heights["学习"] != heights["休假"]
