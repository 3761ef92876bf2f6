"""Amendments of the tiny club's rules: what they change, and which are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nj_logic.amendment import amended, is_amendment, read_amendment
from nj_logic.errors import InputError
from nj_logic.impact import Impact, read_impact
from nj_logic.impact_report import impact_view
from nj_logic.knowledge import KnowledgeBase
from nj_logic.report import impact_report
from nj_logic.reporting import report_on

from .test_documents import chinese_font, main_part, pango, words_of

HERE = Path(__file__).parent

TIER = """
amendment: tier
title: {zh: 会长批准的界限, en: the president's bound}
text:
  - {paragraph: a2.p1, old: 购船不满三百元的, new: 购船不满五百元的, gists: {less than 300 yuan: less than 500 yuan}}
parameters:
  - {ladder: boats, bound: 300元, becomes: 500元}
"""
STAND_IN = """
amendment: stand-in
title: {zh: 二人都不在, en: both away}
text:
  - {paragraph: a3.p1, append: "会长、舵手都不在时,由司库代行会长职责。"}
added:
  - {norm: a3.p1.n3, quotation: "会长、舵手都不在时,由司库代行会长职责", gist: The treasurer stands in., kind: power, strength: plain, subject: 司库}
rules:
  added: |
    stands_in(C, D, P, A, Q, "a3.p1.n3") :- holds(C, P, president), holds(C, E, cox), away(C, E, D), holds(C, Q, treasurer), duty(C, president, A), away(C, P, D).
"""
MAJORITY = """
amendment: majority
title: {zh: 恰好一半算过半, en: one half is enough}
rules:
  replaced:
    - old: says(C, quorate, no, "a3.p1.n1") :- kind(C, assembly), double(C, T), quantity(C, members, T), reading(C, half, short).
      new: says(C, quorate, yes, "a3.p1.n1") :- kind(C, assembly), double(C, T), quantity(C, members, T), reading(C, half, short).
"""

SETTLED = """
amendment: settled
title: {zh: 恰好一半算过半, en: one half is enough}
readings: [{reading: half, option: enough}]
"""


@pytest.fixture(scope="module")
def club() -> KnowledgeBase:
    return KnowledgeBase(HERE / "tiny", HERE.parent / "kb" / "reasoning")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("amendments")


def impact_of(club: KnowledgeBase, cache: Path, text: str) -> Impact:
    file = cache / "amendment.yaml"
    file.write_text(text, "utf-8")
    return read_impact(club, file)


@pytest.fixture(scope="module")
def tier(club: KnowledgeBase, cache: Path) -> Impact:
    return impact_of(club, cache, TIER)


def steps(side: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [
        (s["actor"]["id"], s["action"]["id"], s["acting_for"] and s["person"]["id"])
        for a in side["alternatives"] for p in a["paths"] for s in p["steps"]
    ]  # fmt: skip


def test_a_moved_bound_changes_the_amounts_between_and_no_others(tier: Impact) -> None:
    (row,) = tier.to_json()["answers"]
    assert row["kind"]["id"] == "boat" and row["use"] == "paths"
    (((situation,),),) = [row["situations"]]
    assert situation["ranges"] == [{"from": "300", "from_included": True, "to": "500", "to_included": False}]
    assert (row["before"]["status"], row["after"]["status"]) == ("determined", "determined")
    assert steps(row["before"]) == [("treasurer", "opine", None), ("president", "bless", None)]
    assert steps(row["after"]) == [("treasurer", "bless", None)]


def test_the_witness_fed_back_gives_what_the_row_says(tier: Impact) -> None:
    (row,) = tier.rows
    for kb, side in ((tier.base, row.before), (tier.amended, row.after)):
        assert kb.paths(kb.case(row.witness)).to_json()["alternatives"] == side["alternatives"]


@pytest.mark.parametrize("price", ["0.01", "299.99", "300", "499.99", "500", "1000000"])
def test_outside_of_the_rows_the_answers_are_the_same(tier: Impact, price: str) -> None:
    before, after = (
        kb.paths(kb.case({"kind": "boat", "facts": {"price": price}})).to_json() for kb in (tier.base, tier.amended)
    )
    assert (before != after) == (300 <= float(price) < 500)


def test_norms_that_quote_changed_words_quote_the_new_ones(tier: Impact) -> None:
    norm = tier.amended.norms["a2.p1.n1"]
    assert (norm.quote, norm.gist) == (
        "购船不满五百元的,由司库批准", "Buying a boat for less than 500 yuan: the treasurer approves."
    )  # fmt: skip
    assert tier.base.norms["a2.p1.n1"].quote == "购船不满三百元的,由司库批准"


def test_gists_that_stay_true_are_said_to(club: KnowledgeBase, cache: Path) -> None:
    told = {}
    for gists in ("", ", gists: {}"):
        file = cache / "words.yaml"
        file.write_text(
            f"amendment: x\ntitle: {{zh: 标题, en: title}}\ntext: [{{paragraph: a2.p1, old: 购船不满, new: 买船不满{gists}}}]\n",
            "utf-8",
        )
        amendment = read_amendment(file)
        amended(club, amendment)
        told[gists] = amendment.stale
    assert told == {"": ["a2.p1.n1"], ", gists: {}": []}


def test_no_kind_is_searched_whose_rules_are_the_same(tier: Impact) -> None:
    assert set(tier.compared) == {"boat"}


def test_a_stand_in_makes_blocked_paths_walkable_and_says_when(club: KnowledgeBase, cache: Path) -> None:
    impact = impact_of(club, cache, STAND_IN)
    rows = {r["kind"]["id"]: r for r in impact.to_json()["answers"] if r["use"] == "paths"}
    assert rows.keys() == {"boat", "repair"}
    (situation,) = rows["repair"]["situations"]
    assert {s["official"]["id"]: s["away"] for s in situation if "away" in s} == {"president": True, "cox": True}
    assert rows["repair"]["before"]["status"] == "undefined"
    assert steps(rows["repair"]["after"]) == [("president", "settle", "treasurer")]
    assert not any(row.worse for row in impact.rows) and not impact.new_paths
    assert [f.type for f in impact.new_findings or ()] == ["circularity"]  # the stand-in comes to do both steps


def test_an_amendment_that_settles_a_reading_is_seen_in_the_numbers(club: KnowledgeBase, cache: Path) -> None:
    rows = impact_of(club, cache, MAJORITY).to_json()["answers"]
    assert rows and all((r["before"]["status"], r["after"]["status"]) == ("conflict", "determined") for r in rows)
    facts = [r["witness"]["facts"] for r in rows]
    assert all(2 * f["present"] == f["members"] for f in facts)


def test_a_reading_that_is_settled_is_no_longer_asked_and_its_answers_are_compared(
    club: KnowledgeBase, cache: Path
) -> None:
    impact = impact_of(club, cache, SETTLED)
    rows = impact.to_json()["answers"]
    assert rows and all((r["before"]["status"], r["after"]["status"]) == ("conflict", "determined") for r in rows)
    assert all(2 * r["witness"]["facts"]["present"] == r["witness"]["facts"]["members"] for r in rows)
    (change,) = impact.to_json()["changes"]
    assert (change["what"], change["before"]["zh"], change["after"]["zh"]) == ("reading", "算；或者：不算", "算")
    assert not impact.new_findings
    case = impact.amended.case({"kind": "assembly", "facts": {"members": 10, "present": 5}})
    (answer,) = [a for a in impact.amended.answer(case, {"half": "short"}).answers if a.question == "quorate"]
    assert (answer.status, answer.alternatives[0].value) == ("determined", (True,))


def test_a_lost_answer_is_called_worse(club: KnowledgeBase, cache: Path) -> None:
    impact = impact_of(club, cache, "amendment: x\ntitle: {zh: 废止, en: repealed}\nrepealed: [a2.p1.n4]\n")
    (row,) = impact.to_json()["answers"]
    assert (row["before"]["status"], row["after"]["status"], row["worse"]) == ("determined", "undefined", True)
    assert impact.worse
    (vanished,) = impact.to_json()["vanished_paths"]
    assert [s["action"]["id"] for s in vanished["steps"]] == ["settle"]


def test_a_renamed_office_keeps_its_old_word_for_cases(club: KnowledgeBase, cache: Path) -> None:
    impact = impact_of(
        club,
        cache,
        "amendment: x\ntitle: {zh: 更名, en: renamed}\nrenamed: [{term: 舵手, zh: 副会长, en: vice-president}]\n",
    )
    assert not impact.rows and impact.amended.term("cox").label.zh == "副会长"
    assert {impact.amended.actor_words[w] for w in ("舵手", "副会长")} == {"cox"}


WRONG = {
    "repealed: [a2.p1.n9]": "did you mean a2.p1.n",
    "repealed: [a2.p1.n1, a2.p1.n1]": "repealed by the same",
    "replaced: [{norm: a2.p1.n1, quotation: 购船由会长批准}]": "not in the amended words of a2.p1",
    "added: [{norm: a3.p1.n2, quotation: 过半, gist: g, kind: power, strength: plain, subject: cox}]": "The next free one is a3.p1.n3",
    "added: [{norm: a3.p1.n5, quotation: 过半, gist: g, kind: power, strength: plain, subject: cox}]": "the next is a3.p1.n3",
    "added: [{norm: a3.p1.n3, quotation: 过半数, gist: g, kind: power, strength: plain, subject: cox}]": "not in the amended words",
    "added: [{norm: a3.p1.n3, quotation: 过半, gist: g, kind: powers, strength: plain, subject: cox}]": "did you mean power?",
    "parameters: [{ladder: boats, bound: 301, becomes: 400}]": "did you mean 300 yuan?",
    "parameters: [{ladder: boat, bound: 300, becomes: 400}]": "did you mean boats?",
    "parameters: [{number: leads, becomes: 4}]": "is no allowed value",
    "text: [{paragraph: a2.p1, old: 不满三百块, new: 不满四百元}]": "did you mean",
    "text: [{paragraph: a9.p1, append: 好。}]": "a1 … a3",
    "text: [{paragraph: a2.p1, old: 的, new: 者}]": "times; quote more",
    "text: [{paragraph: a2.p1, old: '三百元的,由', new: '四百元的,由'}, {paragraph: a2.p1, old: '批准;三', new: '批准;四'}]": "restate it",
    "rules: {added: 'step(boats_low, x, cox, bless, \"a2.p1.n1\")'}": "amendment.yaml:3",
    "rules: {added: 'nearest(C, quorate, \"a9.p1.n1\") :- kind(C, assembly).'}": "a9.p1.n1",
    "rules: {added: 'nearest(C, quorate, \"a3.p1.n1\") :- assembled(C).'}": "assembled/1",
    "rules: {removed: ['after(boats_high, opine, bless).']}": "did you mean",
    "renamed: [{term: coxs, zh: 副会长}]": "did you mean cox?",
    "words: {actors: {cox: {zh: a, en: b}}}": "goes under renamed",
    "readings: [{reading: hal, option: enough}]": "did you mean half?",
    "readings: [{reading: half, option: shrt}]": "did you mean short?",
    "readings: [{reading: half}]": "option is not stated",
    "readings: [{reading: half, option: short}, {reading: half, option: enough}]": "settled by the same amendment already",
    "repeal: [a2.p1.n1]": "did you mean repealed?",
    "note: nothing": "nothing is amended",
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_amendment_is_refused_in_words(club: KnowledgeBase, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text(f"amendment: x\ntitle: {{zh: 标题, en: title}}\n{wrong}\n", "utf-8")
    with pytest.raises(InputError) as refused:
        amended(club, read_amendment(file))
    assert WRONG[wrong] in str(refused.value) and refused.value.exit_status == 2
    assert any("\u4e00" <= c <= "\u9fff" for c in refused.value.message.zh)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("format_", ["html", "md", "txt"])
def test_the_report_names_the_bounds_and_both_answers(tier: Impact, lang: str, format_: str) -> None:
    text = str(impact_report(tier, lang=lang, format=format_))
    assert text == impact_report(tier, lang=lang, format=format_)
    words = {
        "zh": ("300元（含）", "500元（不含）", "司库", "批准"),
        "en": ("300 yuan", "500 yuan", "treasurer", "president"),
    }
    assert all(w in text for w in words[lang])
    plain = text.split("</style>")[-1].replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http://" not in plain and "https://" not in plain and "{" not in plain


def test_the_json_is_plain_data(tier: Impact) -> None:
    assert json.loads(json.dumps(tier.to_json())) == tier.to_json()


def test_the_report_cites_the_norms_and_draws_the_ladder_before_and_after(tier: Impact) -> None:
    text = str(impact_report(tier, lang="zh"))
    assert text.count("<svg") == 2 and "（修改前）" in text and "（修改后）" in text
    assert 'id="a2.p1.n1"' in text and tier.amended.norms["a2.p1.n1"].quote in text
    cited = set(re.findall(r'href="#([^"]+)"', text))
    assert cited and cited <= set(re.findall(r'id="([^"]+)"', text))


@chinese_font
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_word_file_says_what_the_page_says_the_same_twice(tier: Impact, lang: str) -> None:
    data = impact_report(tier, lang=lang, format="docx")
    assert isinstance(data, bytes) and data == impact_report(tier, lang=lang, format="docx")
    shown = words_of(main_part(data))
    view = impact_view(tier, lang=lang)
    told = [view["label"], *view["summary"], *(n["quote"] for n in view["norms"]), *view["searched"]]
    told += [
        line
        for k in view["kinds"]
        for q in k["questions"]
        for r in q["rows"]
        for s in ("before", "after")
        for line in r[s]["lines"]
    ]
    assert [t for t in told if t not in shown] == [] and "{{" not in shown and "{%" not in shown


@pango
def test_the_pdf_is_the_same_twice(tier: Impact) -> None:
    data = impact_report(tier, format="pdf")
    assert isinstance(data, bytes) and data.startswith(b"%PDF") and data == impact_report(tier, format="pdf")


def test_nj_report_takes_an_amendment_for_one(club: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("修正案: x\n标题: {zh: 废止, en: repealed}\n废止: [a2.p1.n4]\n", "utf-8")
    assert is_amendment(file)
    text = report_on(club, str(file), "md", {}, lang="en")
    assert (
        isinstance(text, str)
        and text.startswith("# What an amendment changes")
        and "**Clear answers are lost**" in text
    )
    with pytest.raises(InputError, match="--reading and --roster go with"):
        report_on(club, str(file), "md", {"half": "short"})
    with pytest.raises(InputError, match="--severity goes with nj report audit"):
        report_on(club, str(file), "md", {}, severity="vague")


def only(rule: str, words: str = "") -> str:
    """An amendment that adds a norm, and one rule that rests on it."""
    text = "另有规定的,从其规定。"
    norm = f'{{norm: a3.p1.n3, quotation: "{text[:-1]}", gist: Something else is laid down., kind: power, strength: plain, subject: 司库}}'
    return (
        f'amendment: x\ntitle: {{zh: 另有规定, en: something else}}\ntext: [{{paragraph: a3.p1, append: "{text}"}}]\n'
        f"added:\n  - {norm}\n{words}rules:\n  added: |\n    {rule}\n"
    )


STANDS_IN = 'stands_in(C, D, P, A, Q, "a3.p1.n3") :- holds(C, P, treasurer), duty(C, treasurer, A), away(C, P, D), '
HIDDEN = {
    "AB partners": (STANDS_IN + "partners(C, P, Q).", "ab_pair"),
    "a long absence": (STANDS_IN + "absence(C, X, P), long_absence(C, X, yes), holds(C, Q, cox).", "long"),
    "an absence of three days": (
        STANDS_IN + "absence(C, X, P), E = D + 3, day(C, E), not absent_on(C, X, E), holds(C, Q, cox).", "days",
    ),
    "whom he has entrusted": (STANDS_IN + "absence(C, X, P), delegated(C, X, Q).", "delegated_to"),
    "the record": ('breaks(C, "a3.p1.n3", opine) :- kind(C, boat), done(C, _, P, opine), holds(C, P, president).', "record"),
    "what counts as done": ("amounts_to(opine, bless).", "record"),
    "an optional fact": ('breaks(C, "a3.p1.n3", used) :- kind(C, boat), fact(C, used, yes).', "fact"),
}  # fmt: skip
USED = "words: {kinds: {boat: {facts: {used: {zh: 旧船, en: second hand, type: boolean, optional: true}}}}}\n"


@pytest.fixture(scope="module", params=HIDDEN)
def hidden(request: pytest.FixtureRequest, club: KnowledgeBase, cache: Path) -> tuple[Impact, str]:
    """An amendment that changes something in unusual circumstances only, and how they are told; last in the file, for few are kept."""
    rule, shown = HIDDEN[request.param]
    return impact_of(club, cache, only(rule, USED if "used" in rule else "")), shown


def test_a_change_is_found_that_shows_only_in_what_a_case_need_not_state(hidden: tuple[Impact, str]) -> None:
    impact, shown = hidden
    rows = impact.to_json()["answers"]
    assert rows and all(r["before"] != r["after"] for r in rows)
    assert any(shown in said for r in rows for box in r["situations"] for said in box)
    for lang in ("zh", "en"):
        text = str(impact_report(impact, lang=lang, format="txt"))
        assert "{" not in text and impact.to_json()["searched"]["circumstances"]


def test_what_changes_only_in_some_circumstances_is_as_it_was_in_the_usual_ones(hidden: tuple[Impact, str]) -> None:
    impact, _ = hidden
    for row in impact.rows:
        usual = {"kind": row.kind, "facts": {k: v for k, v in row.witness["facts"].items() if k != "used"}}
        for ask in ("paths", "check"):
            before, after = (getattr(kb, ask)(kb.case(usual)).to_json() for kb in (impact.base, impact.amended))
            assert before == after
