"""Explanations: why, why not, what mends a case, what if, what to ask; and saved proofs that are checked again."""

from __future__ import annotations

import json
import re
import shutil
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from nj_logic.atoms import Const, Var, parse_goal
from nj_logic.dialect import parse
from nj_logic.errors import Bilingual
from nj_logic.knowledge import KnowledgeBase
from nj_logic.phrasing import Phrasing
from nj_logic.repair import find_repairs
from nj_logic.verify import verify

from .command import Command

EXAMPLES = Path(__file__).parent.parent / "examples"
FUND, PROJECT, REGISTER = (
    EXAMPLES / name for name in ("fund-1500000.yaml", "investment-6000000.yaml", "travel-register-2026-03.yaml")
)
needs_prolog = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def written(folder: Path, **content: Any) -> Path:
    file = folder / "case.yaml"
    file.write_text(yaml.safe_dump({"case": "c", "kind": "fund_use", **content}, allow_unicode=True), "utf-8")
    return file


def county(amount: str, **more: Any) -> dict[str, Any]:
    return {"facts": {"source": "county", "amount": amount, **more}}


# --- words ------------------------------------------------------------------------------------


def predicates(kb: KnowledgeBase) -> set[tuple[str, int]]:
    """Every predicate that may stand in an explanation."""
    rules, _ = parse(kb.law_files)
    stated = {(r.head.args[0], int(r.head.args[1])) for r in rules if r.head.name in {"input", "hook"}}
    return stated | {part.signature for r in rules for part in (r.head, *r.body)}


def test_every_predicate_that_may_be_explained_has_words(kb: KnowledgeBase) -> None:
    assert sorted(f"{name}_{arity}" for name, arity in predicates(kb) if f"{name}_{arity}" not in kb.phrases) == []


def test_phrases_use_the_arguments_that_there_are_and_the_language_that_they_say(kb: KnowledgeBase) -> None:
    wrong = []
    for key, phrase in kb.phrases.items():
        arity = int(key.rsplit("_", 1)[1])
        for lang in ("zh", "en"):
            places = {name for _, name, _, _ in string.Formatter().parse(phrase[lang]) if name}
            if not all(p == "compared" or (p.isdigit() and int(p) < arity) for p in places):
                wrong.append((key, lang, "places"))
            words = re.sub(r"\{[^}]*\}", "", phrase[lang])
            if lang == "en" and re.search("[\u4e00-\u9fff]", words):
                wrong.append((key, lang, "language"))
            if lang == "zh" and not re.search("[\u4e00-\u9fff]", words) and re.search("[A-Za-z]", words):
                wrong.append((key, lang, "language"))
    assert wrong == []


def test_constants_of_the_law_have_labels(kb: KnowledgeBase) -> None:
    rules, _ = parse(kb.law_files)
    constants = {
        a
        for r in rules
        if r.head.name not in {"input", "hook"}
        for part in (r.head, *r.body)
        for a in part.args
        if re.fullmatch("[a-z][a-z0-9_]*", a)
    }
    assert sorted(constants - kb.labels.keys()) == []


def shown_ids(kb: KnowledgeBase) -> Iterator[tuple[str, Bilingual | None]]:
    """Every id that a user may meet, with its words: terms, kinds, facts and their options, questions, readings, ladders and rungs."""
    for id_, term in [*kb.terms.items(), *kb.kind_terms.items()]:
        yield id_, term.label
    for name, kind in kb.kinds.items():
        for field, declared in kind.fields.items():
            yield f"{name}.{field}", declared.term.label
            yield from ((f"{name}.{field}={o}", kb.labels.get(o)) for o in declared.options)
        yield from ((f"{name}: {q}", kb.labels.get(q)) for q in kind.questions)
    for topic, reading in kb.readings.items():
        yield topic, Bilingual(reading.get("zh", ""), reading.get("en", ""))
        for option, words in reading["options"].items():
            yield f"{topic}={option}", Bilingual(words.get("zh", ""), words.get("en", ""))
    for rung in kb.cells.rungs:
        yield rung.ladder, kb.labels.get(rung.ladder)
        yield f"{rung.ladder}: {rung.name}", kb.labels.get(rung.name)


def test_every_id_that_users_see_has_words_in_both_languages(kb: KnowledgeBase) -> None:
    """An English label may hold words of the text in brackets only, after what they mean."""
    wrong = []
    for id_, label in shown_ids(kb):
        if label is None:
            wrong.append((id_, "no words"))
            continue
        en = re.sub(r"\([^()]*\)", "", label.en).strip()
        if not en or re.search("[\u4e00-\u9fff]|[a-z]_[a-z]", en):
            wrong.append((id_, label.en))
        if not re.search("[\u4e00-\u9fff]", label.zh) or re.search("[a-z]{2}|_", label.zh):
            wrong.append((id_, label.zh))
    assert wrong == []


def test_a_goal_may_hold_variables() -> None:
    assert parse_goal('stage(C, _, "x", county_head)') == ("stage", Var("C"), Var("_"), "x", Const("county_head"))


# --- why --------------------------------------------------------------------------------------


@needs_prolog
def test_a_proof_names_article_paragraph_quotation_facts_and_the_values_compared(nj: Command) -> None:
    shown = nj("why", FUND, "p1.1", "--lang", "zh").out
    assert "a29.p1.n30  第二十九条第一款：“县本级\xa0100" in shown
    assert "1,000,000 ≤ 1,500,000 < 2,000,000" in shown and "金额:1,500,000元（150万元） [本案事实]" in shown
    assert "article 29, paragraph 1: 县本级\xa0100" in nj("why", FUND, "p1.1", "--lang", "en").out
    assert "county_funds" not in shown and "kb/" not in shown


@needs_prolog
def test_a_cent_below_a_bound_is_below_it(nj: Command, tmp_path: Path) -> None:
    file = written(tmp_path, **county("999999.99"))
    assert "200,000 ≤ 999,999.99 < 1,000,000" in nj("why", file, "approver=county_head").out
    assert nj("whynot", file, "approver=party_finance_committee", "--lang", "en").out.splitlines()[0] == (
        "What is missing: not met: the amount lies on the third rung of the county money (999,999.99 < 1,000,000)"
    )


@needs_prolog
def test_a_negation_says_what_it_rests_on(nj: Command) -> None:
    shown = nj("why", REGISTER, "f8", "--lang", "en").out
    assert "not so: somebody acts for 县长 on 2026-03-11" in shown or "not so: somebody acts for county head" in shown
    assert re.search("because: forbidden by: .* is away on 2026-03-11", shown)


@needs_prolog
def test_the_whole_tree_holds_more_than_the_decisive_chain(nj: Command) -> None:
    chain, whole = (nj("why", FUND, "p1.1", *more).out.splitlines() for more in ((), ("--whole",)))
    assert len(chain) < len(whole) and any("kb/reasoning/derive/routes.lp:" in line for line in whole)


@needs_prolog
def test_a_reading_enters_a_proof_as_a_choice(nj: Command) -> None:
    shown = nj("why", PROJECT, "p2.1", "--lang", "en").out
    assert "[reading]" in shown and "estimate_and_ladder=before_the_ladder" in shown


# --- why not ----------------------------------------------------------------------------------


@needs_prolog
def test_what_is_missing_comes_first(nj: Command, tmp_path: Path) -> None:
    first = nj("whynot", FUND, "county_head:approve").out.splitlines()[0]
    assert first == "缺少的条件：不满足：金额落在县本级资金的第二档 (1,500,000 ≥ 1,000,000)"
    unstated = written(tmp_path, facts={"source": "county"})
    assert "没有写明：金额" in nj("whynot", unstated, "county_head:approve").out.splitlines()[0]
    assert "forbidden by: " in nj("whynot", REGISTER, 'acted_for(C, "county_head", 739686)', "--lang", "en").out


@needs_prolog
def test_a_leaf_is_not_stated_not_met_or_forbidden(nj: Command) -> None:
    for file, goal in ((FUND, "executive_meeting:study_and_decide"), (PROJECT, "a29.p1.n13"), (FUND, "a7.p1.n3")):
        found = json.loads(nj("whynot", file, goal, "--json").out)
        assert {leaf["by"] for leaf in found["missing"]} <= {"not_stated", "not_met", "forbidden", "comparison"}
        assert found["missing"]


@needs_prolog
def test_a_reading_that_would_do_is_named(nj: Command) -> None:
    found = json.loads(nj("whynot", PROJECT, "a29.p1.n13", "--json").out)
    assert found["holds_with"] == []
    goal = "gives_route(C, estimate_procedure, N)"
    found = json.loads(nj("whynot", PROJECT, goal, "--json").out)
    assert found["holds_with"] == [{"topic": "estimate_and_ladder", "option": "own_procedure"}]


@needs_prolog
@pytest.mark.parametrize(
    ("call", "named"),
    [
        (["whynot", FUND, "party_finance_committee:study"], "nj why"),
        (["whynot", FUND, "county_haed:approve"], "county_head"),
        (["whynot", FUND, "nothing"], "OFFICE:ACT"),
        (["why", FUND, "county_head:approve"], "nj whynot"),
        (["what-if", FUND, "amont=3"], "amount"),
        (["what-if", FUND, "amount"], "KEY=VALUE"),
        (["what-if", FUND], "KEY=VALUE"),
        (["what-if", REGISTER, "absences[9].to=2026-03-09"], "6 entries"),
        (["fix", REGISTER, "f99"], "f11"),
        (["fix", FUND, "f1"], "register"),
        (["verify", FUND], "no saved proof"),
    ],
    ids=lambda v: " ".join(map(str, v[:1])) if isinstance(v, list) else v,
)
def test_a_call_that_is_wrong_is_refused_in_words(nj: Command, call: list[str | Path], named: str) -> None:
    done = nj(*call, "--lang", "en")
    assert done.status == 2 and named in done.err and done.out == ""


# --- fix --------------------------------------------------------------------------------------

RECORD = [
    {"actor": "executive_deputy", "action": "review", "on": "2026-03-03"},
    {"actor": "finance_bureau", "action": "verify", "on": "2026-03-05"},
]


def changes(kb: KnowledgeBase, content: dict[str, Any], finding: str | None = None) -> list[list[str]]:
    case = kb.case({"kind": "fund_use", **content})
    found = find_repairs(kb, case, kb.fixed_readings({}, case), finding)
    assert not found.cut and found.wrong
    return [[c.en for c in r.changes] for r in found.repairs]


def test_a_record_is_mended_by_an_act_added_and_one_moved(kb: KnowledgeBase) -> None:
    found = changes(kb, {**county("50万元"), "record": RECORD})
    assert found == [
        ["move entry 1 (executive deputy county head: review) after entry 2 (2026-03-05)", "add after entry 2: county head, approve"],
        ["move entry 2 (county finance bureau: verify and give an opinion) to the front (2026-03-03)", "add after entry 2: county head, approve"],
    ]  # fmt: skip


def test_what_is_fixed_is_never_touched(kb: KnowledgeBase) -> None:
    content = {**county("50万元"), "record": RECORD}
    assert [r[0][:12] for r in changes(kb, {**content, "fixed": ["record[1]"]})] == ["move entry 2"]
    assert changes(kb, {**content, "fixed": "经过"}) == []


def test_a_fact_that_a_finding_points_to_is_changed_and_a_fixed_one_is_not(kb: KnowledgeBase) -> None:
    length = {
        "kind": "document_length",
        "facts": {"issuer": "county_government", "form": "other_document", "characters": 3001},
    }
    assert changes(kb, length) == [["number of characters: 3000, not 3001"]] or shutil.which("swipl") is None
    assert changes(kb, {**length, "fixed": ["characters", "form", "issuer"]}) == []


def test_a_path_is_opened_by_moving_the_trip_the_day_or_by_a_delegation(kb: KnowledgeBase) -> None:
    away = {"absences": [{"who": "county_head", "from": "2026-03-04", "to": "2026-03-06"}], "date": "2026-03-05"}
    found = [c for r in changes(kb, {**county("50万元"), **away}) for c in r]
    assert "do it on 2026-03-03" in found and "do it on 2026-03-07" in found
    assert "move the trip of the county head 2 days later (2026-03-06 to 2026-03-08)" in found
    left = [c for r in changes(kb, {**county("50万元"), **away, "fixed": ["date", "absences"]}) for c in r]
    assert left == []


def test_a_clash_vanishes_when_a_trip_is_moved_and_no_other_comes(kb: KnowledgeBase) -> None:
    register = kb.register(REGISTER)
    found = find_repairs(kb, register, kb.fixed_readings({}, register), "f2")
    assert [c.en for r in found.repairs[:1] for c in r.changes] == [
        "move the trip of the deputy county head (deputy_a) 1 day earlier (2026-03-03 to 2026-03-05)"
    ]
    assert len(found.repairs) == 4 and {len(r.changes) for r in found.repairs} == {1}


def test_where_nothing_is_wrong_nothing_is_mended(nj: Command) -> None:
    done = nj("fix", FUND, "--lang", "en")
    assert done.status == 0 and "Nothing is to be mended" in done.out


# --- what if, what to ask ---------------------------------------------------------------------


@needs_prolog
def test_a_changed_fact_shows_what_changes_and_why(nj: Command) -> None:
    found = json.loads(nj("what-if", FUND, "金额=80万元", "--json").out)
    approver = next(q for q in found["questions"] if q["question"]["en"] == "who has the last word")
    assert approver["changed"] and approver["after"]["outcome"][0]["en"] == "county head"
    assert any("200,000 ≤ 800,000 < 1,000,000" in w["en"] for w in approver["why"])
    shown = nj("what-if", FUND, "amount=80万元").out
    assert "原来" in shown and "改后" in shown and "a29.p1.n26" in shown


@needs_prolog
def test_a_reading_and_a_trip_can_be_changed(nj: Command) -> None:
    found = json.loads(nj("what-if", PROJECT, "--reading", "estimate_and_ladder=own_procedure", "--json").out)
    assert found["questions"][0]["changed"] and len(found["questions"][0]["after"]["outcome"]) == 2
    moved = nj("what-if", REGISTER, "absences[2].from=2026-03-14", "absences[2].to=2026-03-15", "--lang", "en").out
    assert "- county head and executive deputy away at the same time" in moved
    assert "no difference" in nj("what-if", FUND, "amount=151万元", "--lang", "en").out


def test_each_answer_to_a_question_leads_somewhere(nj: Command, tmp_path: Path) -> None:
    done = nj("ask-next", written(tmp_path, facts={"source": "county"}), "--json")
    assert done.status == 1
    tree = json.loads(done.out)["inquiries"][0]["tree"]
    assert tree["ask"]["id"] == "amount" and len(tree["answers"]) == 4
    assert [a["result"]["status"] for a in tree["answers"]] == ["determined"] * 4
    assert "below 200,000 yuan" in tree["answers"][0]["if"][0]["en"]
    nested = nj("ask-next", written(tmp_path, facts={}), "--lang", "en").out
    assert nested.count("ask: ") > 2 and "→" in nested


# --- verify -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def proof(kb: KnowledgeBase) -> dict[str, Any]:
    if shutil.which("swipl") is None:
        pytest.skip("SWI-Prolog is not installed")
    return kb.why(kb.case(FUND), "p1.1").to_json()


def test_a_check_says_whether_the_facts_are_those_of_the_file_or_of_a_case(
    nj: Command, tmp_path: Path, proof: dict[str, Any]
) -> None:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")
    for lang, taken in (("zh", "事实取自该文件"), ("en", "the facts were taken from the file")):
        alone, compared = nj("verify", file, "--lang", lang), nj("verify", file, "--case", FUND, "--lang", lang)
        assert (alone.status, compared.status) == (0, 0)
        assert taken in alone.out and taken not in compared.out and "fund-1500000" in compared.out.splitlines()[1]
    assert json.loads(nj("verify", file, "--json").out)["facts_from"] == "file"


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(n for child in node["children"] for n in nodes(child))]


def refused(kb: KnowledgeBase, folder: Path, saved: dict[str, Any]) -> tuple[str, str] | None:
    file = folder / "proof.json"
    file.write_text(json.dumps(saved, ensure_ascii=False), "utf-8")
    found = verify(kb, file, kb.case(FUND)).refused
    return None if found is None else (found[0], found[2].en)


def test_a_saved_proof_holds_and_names_its_versions(kb: KnowledgeBase, tmp_path: Path, proof: dict[str, Any]) -> None:
    assert refused(kb, tmp_path, proof) is None
    assert proof["versions"].keys() == {"regulation", "nj_logic", "knowledge", "clingo", "SWI-Prolog"}


def test_a_tampered_proof_is_refused_at_the_node_that_fails(
    kb: KnowledgeBase, tmp_path: Path, proof: dict[str, Any]
) -> None:
    def tampered(change: Any) -> tuple[str, str] | None:
        saved = json.loads(json.dumps(proof))
        change(saved["proofs"][0])
        return refused(kb, tmp_path, saved)

    def of(saved: dict[str, Any], by: str) -> dict[str, Any]:
        return next(n for n in nodes(saved["proof"]) if n["by"] == by)

    def another_amount(saved: dict[str, Any]) -> None:
        fact = next(f for f in saved["facts"] if f.startswith("cell("))
        saved["facts"].remove(fact)
        saved["facts"].append(fact.replace(",3)", ",4)"))

    assert tampered(lambda p: of(p, "rule").update(atom=proof["proofs"][0]["proof"]["atom"].replace("study", "decide"))) == (
        "1", "this is not what was to be proved",
    )  # fmt: skip
    assert tampered(lambda p: nodes(p["proof"])[1].update(atom='route("fund-1500000",county_funds_second,"a29.p1.n30")')) == (
        "1", "is no instance of that rule",
    )  # fmt: skip
    assert tampered(lambda p: of(p, "input").update(atom='fact("fund-1500000",source,superior)')) is not None
    assert (
        tampered(lambda p: of(p, "not").update(atom='route("fund-1500000",county_funds_third,"a29.p1.n30")'))
        is not None
    )
    assert tampered(lambda p: p["proof"]["norms"][0].update(quote="县长审批")) == (
        "1", "the quotation of a29.p1.n30 is not in the text",
    )  # fmt: skip
    assert tampered(lambda p: p["proof"]["children"].pop()) == ("1", "is no instance of that rule")
    assert tampered(lambda p: p["proof"].update(repeat=True)) == ("1", "said to be proved above, and is not")
    assert tampered(lambda p: of(p, "fact").update(rule="kb/law/c05_decisions.lp:1")) is not None
    assert tampered(another_amount) == ("1", "is no fact of the case")


@needs_prolog
def test_proofs_of_comparisons_sums_readings_and_clashes_hold(kb: KnowledgeBase, tmp_path: Path) -> None:
    reply = {"kind": "opinion_reply", "facts": {"received_on": "2025-06-09", "replied_on": "2025-06-13"}}
    register = kb.register(REGISTER)
    explained = [kb.why(kb.case(PROJECT), f"p{n}") for n in (1, 2, 3)]
    explained += [kb.why(register, f.id) for f in kb.conflicts(register).findings]
    explained += [kb.why(kb.case(reply), f.id) for f in kb.check(kb.case(reply)).findings if f.goal is not None]
    file = tmp_path / "proof.json"
    for one in explained:
        file.write_text(json.dumps(one.to_json(), ensure_ascii=False), "utf-8")
        assert verify(kb, file).refused is None, one.goal


def test_a_file_that_is_no_proof_is_refused(nj: Command, tmp_path: Path) -> None:
    for number, content in enumerate(
        ["{", "[]", '{"goal": "x", "versions": {}, "proofs": [1]}', '{"goal": "x", "versions": {}, "proofs": [{}]}']
    ):
        file = tmp_path / f"{number}.json"
        file.write_text(content, "utf-8")
        assert nj("verify", file, "--lang", "en").status == 2


def test_a_fact_is_called_as_its_kind_calls_it_and_an_option_as_its_reading_does(kb: KnowledgeBase) -> None:
    matter, effect = Const("matter"), Const("effect_only")
    for kind in ("major_matter", "submitted_document"):
        say = Phrasing(kb, "zh", kb.case({"kind": kind}))
        own = kb.kinds[kind].fields["matter"].term.label.zh
        assert say.atom(("fact", "c", matter, Const("x"))).startswith(own)
    topic = next(t for t, e in kb.readings.items() if "effect_only" in e["options"])
    read = Phrasing(kb, "zh").atom(("reading", "c", Const(topic), effect))
    assert kb.readings[topic]["options"]["effect_only"]["zh"] in read
