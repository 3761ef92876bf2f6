"""The query library: every query answers its example, in each of its engines; what the text says comes out; the command line around it."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from clingo import ast

from nj_logic import asp_goal
from nj_logic.errors import InputError
from nj_logic.goals import Ground, common, run_prolog
from nj_logic.knowledge import KnowledgeBase
from nj_logic.queries import TYPES, Answered, Library, Query, prolog_program

from .command import Command

ROOT = Path(__file__).parent.parent
FUND, PROJECT = ROOT / "examples" / "fund-1500000.yaml", ROOT / "examples" / "investment-6000000.yaml"
QUERIES = Library(KnowledgeBase()).queries
needs_prolog = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture(name="library", scope="module")
def library_of(kb: KnowledgeBase) -> Library:
    return Library(kb)


def asked(library: Library, query: Query, engine: str | None = None) -> Answered:
    case = query.example.get("case")
    opened = None if case is None else library.kb.case(ROOT / case if isinstance(case, str) else case)
    return library.ask(query.id, query.example.get("arguments", {}), case=opened, engine=engine, most=10**6)


def written(answered: Answered) -> list[list[str]]:
    """The rows as an example writes them: ids, numbers, ISO dates."""
    return [
        [
            datetime.date.fromordinal(v).isoformat() if c.type == "day" else str(v)
            for c, v in zip(answered.columns, row.values, strict=True)
        ]
        for row in answered.rows
    ]


def expect_example(query: Query, rows: list[list[str]]) -> None:
    example = query.example
    if "includes" in example:
        assert len(rows) == int(example["count"])
        assert [row for row in example["includes"] if row not in rows] == []
    else:
        assert rows == example["answers"]
    assert rows, "an example has answers"


# --- the library ------------------------------------------------------------------------------


def test_there_are_sixty_queries_over_all_chapters_and_ten_in_both_engines(kb: KnowledgeBase) -> None:
    chapter = {a["number"]: a["chapter"] for a in kb.text["articles"]}
    assert len(QUERIES) >= 60
    assert sum(len(q.programs) == 2 for q in QUERIES.values()) >= 10
    assert {"asp", "prolog"} == {engine for q in QUERIES.values() for engine in q.programs}
    assert {c["number"] for c in kb.text["chapters"]} <= {chapter[a] for q in QUERIES.values() for a in q.articles}


@pytest.mark.parametrize("id_", [q for q in QUERIES if "asp" in QUERIES[q].programs])
def test_a_query_answers_its_example(library: Library, id_: str) -> None:
    expect_example(QUERIES[id_], written(asked(library, QUERIES[id_], "asp")))


@needs_prolog
def test_a_query_in_prolog_answers_as_its_example_and_as_the_one_in_asp_do(library: Library) -> None:
    """Queries without a case share one process."""
    ground = Ground(library.kb)
    without_case = [q for q in QUERIES.values() if "prolog" in q.programs and q.ground != "case"]
    programs = []
    for query in without_case:
        values = library.arguments(query, query.example.get("arguments", {}))
        given = [(p, v) for p, vs in values.items() if p not in {c.id for c in query.columns} for v in vs]
        programs.append({"program": prolog_program(query, given), "goal": None})
    for query, found in zip(without_case, run_prolog(ground, programs, most=10**6), strict=True):
        values = library.arguments(query, query.example.get("arguments", {}))
        at = {c.id: i for i, c in enumerate(query.columns)}
        kept = [r.values for r in found.rows if all(r.values[at[p]] in vs for p, vs in values.items() if p in at)]
        if "asp" in query.programs:
            assert set(kept) == {r.values for r in asked(library, query, "asp").rows}, query.id
        else:
            rows = sorted([str(v) for v in values] for values in kept)
            wanted = query.example.get("answers") or query.example["includes"]
            assert [row for row in wanted if row not in rows] == [], query.id
            assert len(rows) == int(query.example.get("count", len(wanted))), query.id


@needs_prolog
@pytest.mark.parametrize("id_", [q.id for q in QUERIES.values() if q.ground == "case" and len(q.programs) == 2])
def test_both_engines_agree_on_a_case_in_every_world(library: Library, id_: str) -> None:
    of_asp, of_prolog = (asked(library, QUERIES[id_], engine) for engine in ("asp", "prolog"))
    assert [(r.values, r.varies, r.under) for r in of_prolog.rows] == [
        (r.values, r.varies, r.under) for r in of_asp.rows
    ]


@pytest.mark.parametrize("id_", QUERIES)
def test_a_query_describes_itself(kb: KnowledgeBase, id_: str) -> None:
    query = QUERIES[id_]
    assert all(query.title) and query.articles and query.columns
    assert {c.type for c in query.columns} <= TYPES
    assert all(a in {e["number"] for e in kb.text["articles"]} for a in query.articles)
    assert all(all(c.label) for c in (*query.columns, *query.parameters.values()))


@pytest.mark.parametrize("id_", [q for q in QUERIES if "asp" in QUERIES[q].programs])
def test_a_query_asks_only_for_predicates_that_exist(kb: KnowledgeBase, id_: str) -> None:
    """clingo takes a misspelt predicate for one that nothing makes true."""
    rules: list[ast.AST] = []
    ast.parse_string(QUERIES[id_].programs["asp"], rules.append)
    heads, bodies = asp_goal.predicates(r for r in rules if r.ast_type is ast.ASTType.Rule)
    assert set(bodies) - set(heads) - set(Ground(kb).known) - {("given", 2)} == set()


def test_the_shared_definitions_are_in_the_dialect(kb: KnowledgeBase) -> None:
    from nj_logic.dialect import parse

    assert common(kb) and parse([kb.root / "queries" / "common.lp"])[1] == []


def test_every_constant_of_an_answer_has_a_label(library: Library) -> None:
    from nj_logic.queries import label

    bare = set()
    for query in QUERIES.values():
        if "asp" not in query.programs:
            continue
        answered = asked(library, query, "asp")
        for row in answered.rows:
            for column, value in zip(answered.columns, row.values, strict=True):
                if type(value) is str and label(answered, column, value, row) is None:
                    bare.add((query.id, column.id, value))
    assert bare == set()


# --- what the text says -------------------------------------------------------------------------


def pairs(library: Library, id_: str, given: dict[str, str], *columns: str) -> set[tuple[object, ...]]:
    answered = library.ask(id_, given)
    at = [next(i for i, c in enumerate(answered.columns) if c.id == name) for name in columns]
    return {tuple(row.values[i] for i in at) for row in answered.rows}


def test_article_48_says_who_signs_minutes(library: Library) -> None:
    assert pairs(library, "minutes", {"act": "签发"}, "meeting", "major", "convened", "office") == {
        ("plenary_meeting", "none", "", "county_head"),
        ("executive_meeting", "none", "", "county_head"),
        ("planning_review_meeting", "none", "", "county_head"),
        ("special_meeting", "no", "一人召集 / one convener", "convener"),
        ("special_meeting", "no", "两位以上领导共同召集 / several conveners", "chair"),
        ("special_meeting", "yes", "一人召集 / one convener", "county_head"),
        ("special_meeting", "yes", "两位以上领导共同召集 / several conveners", "county_head"),
    }


def test_article_58_says_which_documents_the_county_head_signs(library: Library) -> None:
    signed = pairs(library, "document_signers", {"office": "县长", "act": "签发"}, "document", "reading")
    assert signed == {
        ("order", "none"), ("upward", "none"), ("support_request", "none"), ("deployment", "none"), ("bill", "none"), ("vital_document", "none"),
        ("other_important", "gives_examples"),
    }  # fmt: skip


def test_article_29_puts_a_bound_on_the_upper_rung(library: Library) -> None:
    exactly = pairs(library, "steps_for_amount", {"amount": "20万元", "ladder": "county_funds"}, "office", "act")
    below = pairs(library, "steps_for_amount", {"amount": "199999.99", "ladder": "county_funds"}, "office", "act")
    assert exactly == {("finance_bureau", "verify"), ("executive_deputy", "review"), ("county_head", "approve")}
    assert below == {("finance_bureau", "verify"), ("executive_deputy", "approve")}


def test_article_86_names_whom_a_department_head_asks(library: Library) -> None:
    said = pairs(library, "leave_of_offices", {"applicant": "department_head"}, "question", "office", "topic")
    assert said == {
        ("leave_addressee", "portfolio_deputy", "none"), ("approver", "county_head", "none"), ("leave_informed", "county_office", "none"),
        ("leave_informed", "duty_room", "none"),
    }  # fmt: skip


def test_article_59_limits_characters(library: Library) -> None:
    assert {(n, norm) for n, norm in pairs(library, "length_limits", {}, "characters", "norm")} == {
        (3000, "a59.p1.n16"), (3000, "a59.p1.n17"), (1500, "a59.p1.n18"), (1500, "a59.p1.n19"), (1000, "a59.p1.n20"), (5000, "a59.p1.n21"),
        (5000, "a59.p1.n22"),
    }  # fmt: skip


def test_strict_norms_bind_a_department_head_by_himself_and_as_a_member(library: Library) -> None:
    bound = pairs(library, "norms_binding", {"office": "department_head", "strength": "strict"}, "norm", "through")
    assert ("a86.p2.n6", "department_head") in bound and ("a82.p1.n1", "members") in bound
    assert all(norm.startswith(("a47", "a53", "a56", "a82", "a84", "a86", "a91", "a92")) for norm, _ in bound)


# --- the command line ---------------------------------------------------------------------------


def test_listing_searching_and_describing(nj: Command) -> None:
    listed = json.loads(nj("ask", "--json").out)
    assert [q["query"] for q in listed] == list(QUERIES)
    found = json.loads(nj("ask", "--search", "纪要", "--json").out)
    assert "minutes" in [q["query"] for q in found] and len(found) < 5
    assert "leave_of_offices" in nj("ask", "--search", "请假", "--lang", "zh").out
    described = nj("ask", "minutes", "--describe", "--lang", "en")
    assert described.status == 0 and "Parameters" in described.out and "nj ask minutes act=签发" in described.out


def test_a_query_runs_by_its_name_or_title_with_chinese_parameters(nj: Command) -> None:
    by_id = nj("ask", "minutes", "act=签发", "meeting=专题会议", "--json")
    by_title = nj("ask", QUERIES["minutes"].title.zh, "行为=签发", "会议=专题会议", "--json")
    assert by_id.out == by_title.out and by_id.status == 0
    rows = json.loads(by_id.out)["rows"]
    assert len(rows) == 4
    assert rows[0]["meeting"] == {
        "id": "special_meeting",
        "zh": "县政府专题会议",
        "en": "special meeting of the county government",
    }
    assert rows[0]["norm"] == "a48.p1.n8"


def test_a_case_with_open_readings_says_under_which_an_answer_holds(nj: Command) -> None:
    open_ = nj("ask", "case_steps", "--case", PROJECT, "--json")
    assert open_.status == 1
    rows = json.loads(open_.out)["rows"]
    assert {s["option"] for r in rows for s in r.get("_under", [])} == {"own_procedure", "before_the_ladder"}
    closed = nj("ask", "case_steps", "--case", PROJECT, "--reading", "estimate_and_ladder=before_the_ladder", "--json")
    assert closed.status == 0 and not any("_under" in r for r in json.loads(closed.out)["rows"])


def test_csv_and_xlsx_hold_the_answers_and_are_the_same_each_time(nj: Command, tmp_path: Path) -> None:
    out = nj("ask", "length_limits", "--format", "csv", "--lang", "zh").out
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[0] == ["公文", "字数上限", "规范", "引文"] and len(rows) == 8
    files = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for file in files:
        assert nj("ask", "length_limits", "--format", "xlsx", "-o", file, "--lang", "zh").status == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    sheet = openpyxl.load_workbook(files[0]).active
    assert [[c or "" for c in row] for row in sheet.iter_rows(values_only=True)] == rows


def test_a_text_of_the_case_is_no_formula_in_a_spreadsheet(nj: Command, tmp_path: Path) -> None:
    case = tmp_path / "register.yaml"
    case.write_text(
        "kind: travel_register\nofficials: [{id: a, title: '=1+1', office: deputy_head}]\n"
        "absences: [{who: a, from: 2026-03-02, to: 2026-03-03}]\n", "utf-8"
    )  # fmt: skip
    assert "'=1+1" in nj("ask", "register_away", "--case", case, "--format", "csv").out
    out = tmp_path / "out.xlsx"
    assert nj("ask", "register_away", "--case", case, "--format", "xlsx", "-o", out).status == 0
    assert {c.data_type for row in openpyxl.load_workbook(out).active.iter_rows() for c in row} <= {"s", "inlineStr"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["minuts"], "minutes"),
        (["minutes", "akt=签发"], "act"),
        (["minutes", "act"], "KEY=VALUE"),
        (["minutes", "act=签发", "act=审核"], "twice"),
        (["minutes", "meeting=专题会"], "专题会议"),
        (["norms_binding"], "office"),
        (["steps_for_amount", "amount=many"], "amount"),
        (["readings_of_article", "article=x"], "integer"),
        (["case_steps"], "--case"),
        (["minutes", "--case", str(FUND)], "--case"),
        (["minutes", "--engine", "prolog"], "prolog"),
        (["minutes", "--asp", "norm(N,_,_,_)"], "together"),
        (["minutes", "--format", "xlsx"], "-o"),
        (["--format", "csv"], "only answers"),
        (["--describe"], "name"),
        (["minutes", "-o", "/nowhere/at/all.txt"], "folder"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_wrong_and_ends_with_2(nj: Command, arguments: list[str], said: str) -> None:
    found = nj("ask", *arguments, "--lang", "en")
    assert (found.status, found.out) == (2, "") and said in found.err
    assert nj("ask", *arguments, "--lang", "zh").err != found.err


def test_a_query_of_a_broken_file_names_the_file(tmp_path: Path, kb: KnowledgeBase) -> None:
    from nj_logic.errors import KnowledgeError

    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "broken.lp").write_text("%: title: {zh: 一, en: one}\n\nanswer(1).\n", "utf-8")
    library = Library(kb)
    library.folder = folder
    with pytest.raises(KnowledgeError, match=r"broken\.lp"):
        _ = library.queries


def test_an_unknown_word_names_the_nearest(library: Library) -> None:
    with pytest.raises(InputError, match="department_head"):
        library.ask("norms_binding", {"office": "departmenthead"})
