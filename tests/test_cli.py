"""The command line: what it prints, in which language and shape, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from nj_logic import ledger
from nj_logic.case import Case
from nj_logic.cli import default_lang, nj
from nj_logic.knowledge import KnowledgeBase

from . import scenarios
from .command import Command
from .shapes import ANSWER, CHECK, CONFLICTS, COVERAGE, NORMS, PATHS, wrong

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
FUND, PROJECT, REGISTER = (
    EXAMPLES / name for name in ("fund-1500000.yaml", "investment-6000000.yaml", "travel-register-2026-03.yaml")
)
SHOWN = [
    ["paths", FUND], ["paths", PROJECT], ["answer", FUND], ["check", PROJECT, "--all"], ["conflicts", REGISTER], ["article", "10"],
    ["norms", "--article", "11"], ["coverage"], ["readings"], ["kinds"], ["schema", "fund_use"],
]  # fmt: skip
SCENARIOS = list(scenarios.load())


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "nj_logic", *map(str, arguments)], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False
    )  # fmt: skip


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


# --- exit status and streams ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "calls"),
    [
        ("kind: fund_use\nfacts: {source: county, amount: 15万元}", {"paths": 0, "answer": 0}),
        ("kind: fund_use\nfacts: {source: county}", {"paths": 1, "answer": 1, "check": 1}),
        ("kind: fund_use\nfacts: {source: other, amount: 15万元}", {"paths": 1}),
        ("kind: investment_project\nfacts: {total_investment: 600万元, budget_estimate: true}", {"paths": 1}),
        (
            "kind: fund_use\nfacts: {source: county, amount: 15万元}\n"
            "record: [{actor: 县财政, action: 核实}, {actor: 常务副县长, action: 审批}]",
            {"check": 0},
        ),
        ("kind: fund_use\nfacts: {source: county, amount: 15万元}\nrecord: []", {"check": 1}),
        ("kind: travel_register", {"conflicts": 0}),
        ("kind: travel_register\nabsences: [{who: 县长}, {who: 常务副县长}]", {"conflicts": 1}),
    ],
)
def test_the_exit_status_tells_findings_from_answers(
    nj: Command, tmp_path: Path, case: str, calls: dict[str, int]
) -> None:
    file = write(tmp_path, "case.yaml", case)
    for name, status in calls.items():
        for format_ in ("pretty", "json"):
            outcome = nj(name, file, "--format", format_)
            assert (outcome.status, bool(outcome.out), outcome.err) == (status, True, "")


def test_what_the_program_does_wrong_is_status_3(nj: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(KnowledgeBase, "paths", fails)
    for lang, words in (("en", "the program failed"), ("zh", "程序出错")):
        status, out, err = nj("paths", FUND, "--lang", lang)
        assert (status, out) == (3, "") and words in err and "ZeroDivisionError" in err


def test_an_interrupt_is_status_130(nj: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(KnowledgeBase, "paths", interrupted)
    assert nj("paths", FUND)[0] == 130
    assert nj("report", FUND, "-o", tmp_path / "report.html")[0] == 130
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_long_command_without_a_traceback(tmp_path: Path) -> None:
    trips = "".join(f"d{i % 500},2026-01-01,2026-12-31\n" for i in range(30_000))
    file = write(tmp_path, "trips.csv", "who,from,to\n" + trips)
    running = subprocess.Popen(
        [sys.executable, "-m", "nj_logic", "report", file, "-o", tmp_path / "out.html"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 240
    while (
        "libclingo" not in Path(f"/proc/{running.pid}/maps").read_text()
        and "_yaml" not in Path(f"/proc/{running.pid}/maps").read_text()
    ):
        assert running.poll() is None and time.monotonic() < deadline
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=240)
    assert running.returncode == 130 and b"Traceback" not in err
    assert [f.name for f in tmp_path.iterdir()] == ["trips.csv"]


def test_a_reader_that_stops_reading_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m nj_logic norms --json | head -1; echo ${{PIPESTATUS[0]}}",
        cwd=ROOT, shell=True, executable="/bin/bash", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("[\n0\n", "")


def test_a_full_disk_is_told_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "nj_logic", "kinds"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3 and "No space left" in done.stderr and done.stderr.count("\n") == 1


# --- calls ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "en", "zh"),
    [
        ("path x", "there is no command 'path'; did you mean paths?", "没有命令“path”；是否指 paths？"),
        ("zzz", "there is no command 'zzz'. Commands: answer,", "没有命令“zzz”。可用：answer、"),
        ("paths", "'CASE' is missing", "缺少参数 'CASE'"),
        ("why x.yaml", "'GOAL' is missing", "缺少参数 'GOAL'"),
        ("check", "'CASE...' is missing", "缺少参数 'CASE...'"),
        ("report x.yaml", "'--output' / '-o' is missing", "缺少参数 '--output' / '-o'"),
        ("paths x --jsn", "there is no option --jsn; did you mean --json?", "没有选项 --jsn；是否指 --json？"),
        ("kinds a b", "unexpected extra arguments (a b)", "多余的参数：a b"),
        ("norms --article", "requires an argument", "选项 --article 缺少值"),
        ("norms --article x", "'x' is not a valid integer", "'--article' 应为整数"),
        ("kinds --format xml", "'xml' is not one of 'pretty', 'json'", "'--format' 只能是：pretty、json"),
        ("article 96", "there is no article 96; the articles are 1 to 95", "没有第96条；条文为第1条至第95条"),
        ("article 1.5", "'1.5' is not a valid integer", "应为整数"),
        ("norms --article -1", "there is no article -1", "没有第-1条"),
        ("schema fund", "'fund' is no kind of matter; did you mean fund_use?", "“fund”不是事项类型；是否指“fund_use”？"),
        (f"paths {FUND} --reading x", "--reading 'x' is not TOPIC=OPTION", "应写作 主题=选项"),
        (f"paths {FUND} --reading mixed=x", "'mixed' is no reading; did you mean mixed_funds?", "是否指“mixed_funds”"),
        (f"paths {FUND} --reading mixed_funds=each", "'each' is no option of mixed_funds; did you mean", "不是mixed_funds 的选项"),
        (f"paths {FUND} --reading a=b --reading a=c", "--reading a is given twice", "--reading a 重复"),
        (f"why {FUND} p9.9", "'p9.9' is no step, answer or finding of this case", "“p9.9”不是本案的环节、答案或问题编号"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_right(nj: Command, call: str, en: str, zh: str) -> None:
    for lang, words in (("en", en), ("zh", zh)):
        status, out, err = nj("--lang", lang, *call.split())
        assert (status, out) == (2, "") and err.count("\n") == 1
        assert err.startswith("nj: ") and words in err, err


def test_nj_alone_lists_its_commands(nj: Command) -> None:
    status, out, err = nj()
    assert (status, out) == (2, "") and err.startswith("Usage: nj") and "conflicts" in err


@pytest.mark.parametrize("name", sorted(nj.commands))
def test_each_command_has_help(nj: Command, name: str) -> None:
    status, out, err = nj(name, "--help")
    assert (status, err) == (0, "") and out.startswith(f"Usage: nj {name}")


def test_the_options_may_stand_before_or_after_the_command(nj: Command) -> None:
    for options in (["--json"], ["--format", "json"]):
        assert nj(*options, "kinds") == nj("kinds", *options) and nj(*options, "kinds").out.startswith("[")
    assert nj("--lang", "en", "kinds") == nj("kinds", "--lang", "en") != nj("kinds", "--lang", "zh")
    assert nj("--json", "kinds", "--format", "pretty") == nj("kinds")


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "zh"), ({"LANG": "C"}, "zh"), ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "zh"), ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB"}, "en"), ({"LC_ALL": "", "LC_MESSAGES": "en", "LANG": "zh_CN.UTF-8"}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "de_DE.UTF-8"}, "zh"),
    ],
)  # fmt: skip
def test_the_language_is_the_locales(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], lang: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_lang() == lang


# --- output -----------------------------------------------------------------------------------


def test_the_bytes_are_the_same_in_every_run_and_locale() -> None:
    for call in (["conflicts", REGISTER, "--json"], ["paths", PROJECT, "--lang", "zh"]):
        first = process(*call, PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
        for seed, locale in (("1", "C"), ("4242", "POSIX")):
            other = process(*call, PYTHONHASHSEED=seed, LC_ALL=locale, PYTHONUTF8="0")
            assert (other.returncode, other.stdout, other.stderr) == (first.returncode, first.stdout, b"")


@pytest.mark.parametrize("call", SHOWN, ids=lambda call: " ".join(map(str, call[:1])))
def test_english_output_is_english_but_for_quotations(nj: Command, kb: KnowledgeBase, call: list[str]) -> None:
    out = nj(*call, "--lang", "en").out
    if call[0] in {"schema", "norms", "coverage", "kinds"}:
        return  # words of input in both languages; quotations folded in a table
    own = [o.title for o in kb.case(call[1]).officials] if call[0] == "conflicts" else []
    quoted = [n.quote for n in kb.norms.values()] + [c["title"] for c in kb.text["chapters"]] + own
    labels = [entry["en"] for r in kb.readings.values() for entry in (r, *r["options"].values())]
    quoted += [label for label in labels if not label.isascii()]
    lines = [line for line in out.splitlines() if not any(q and q in line for q in quoted)]
    passages = {p for a in kb.text["articles"] for p in a["paragraphs"]}
    for line in lines:
        marked = "".join(part.partition("]")[2] if i else part for i, part in enumerate(line.split("[")))
        assert marked in passages or not any("\u4e00" <= c <= "\u9fff" for c in line), line


@pytest.mark.parametrize("call", SHOWN[:6], ids=lambda call: " ".join(map(str, call[:1])))
def test_chinese_output_holds_no_english_words(nj: Command, call: list[str]) -> None:
    import re

    for line in nj(*call, "--lang", "zh").out.splitlines():
        bare = re.sub(
            r"\[[a-z_]+=[a-z0-9_]+\]|\[[a-z_, ]+\]|kb/\S+\.lp:[\d, ;]+|[\w-]+-\d+|AB角|\b[aspfn]\d+(\.[\dpn]+)*",
            "",
            line,
        )
        assert not re.search("[A-Za-z]{2,}", bare), line


def test_a_table_is_as_wide_as_it_looks(nj: Command) -> None:
    def width(line: str) -> int:
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)

    for lang in ("zh", "en"):
        header, rule, *rows = nj("kinds", "--lang", lang).out.strip("\n").splitlines()
        assert set(rule.strip()) == {"─"}
        assert max(map(width, [header, rule, *rows])) <= 120


def test_nothing_is_cut_from_a_finding(nj: Command, kb: KnowledgeBase) -> None:
    out = nj("conflicts", REGISTER).out
    for finding in kb.conflicts(kb.case(REGISTER)).findings:
        assert all(norm in out for norm in finding.norms)
    assert "…" not in out


# --- JSON -------------------------------------------------------------------------------------


def printed(nj: Command, *call: str | Path) -> Any:
    status, out, err = nj(*call, "--json")
    assert status in {0, 1} and err == ""
    return json.loads(out)


def test_the_commands_print_the_shapes_of_the_contract(nj: Command) -> None:
    for file in (FUND, PROJECT):
        assert wrong(printed(nj, "paths", file), PATHS) == []
        assert wrong(printed(nj, "answer", file), ANSWER) == []
        assert wrong(printed(nj, "check", file, "--all"), CHECK) == []
    assert wrong(printed(nj, "conflicts", REGISTER), CONFLICTS) == []
    assert wrong(printed(nj, "coverage"), COVERAGE) == []
    assert wrong(printed(nj, "norms"), NORMS) == []


@pytest.mark.parametrize("folder", sorted({s.file.parent.name for s in SCENARIOS}))
def test_results_on_scenarios_have_the_shapes_of_the_contract(kb: KnowledgeBase, folder: str) -> None:
    for scenario in SCENARIOS[::3]:
        if scenario.file.parent.name != folder:
            continue
        case: Case = kb.case(scenario.case)
        results = [(kb.answer(case).to_json(), ANSWER), (kb.check(case).to_json(True), CHECK)]
        if case.kind.procedure:
            results.append((kb.paths(case).to_json(), PATHS))
        if case.kind.register:
            results.append((kb.conflicts(case).to_json(), CONFLICTS))
        for result, shape in results:
            assert json.loads(json.dumps(result)) == result
            assert wrong(result, shape) == [], scenario.id
            consistent(result)


def consistent(result: dict[str, Any]) -> None:
    """What the contract says of a status and its alternatives."""
    for one in [result, *result.get("answers", [])]:
        if "status" not in one:
            continue
        count = len(one["alternatives"])
        assert {"determined": count == 1, "conflict": count > 1, "undefined": count == 0, "needs_facts": count == 0}[
            one["status"]
        ]
        assert bool(one["missing_facts"]) == (one["status"] == "needs_facts")
        if one["status"] == "undefined":
            assert one["undefined"]
        for alternative in one["alternatives"]:
            given = alternative.get("paths") or "value" in alternative
            assert bool(given) != ("undefined_because" in alternative)
    steps = [s["id"] for a in result.get("alternatives", []) for p in a["paths"] for s in p["steps"]]
    assert len(steps) == len(set(steps))


def test_several_cases_of_a_check_make_a_list(nj: Command) -> None:
    assert [c["case"] for c in printed(nj, "check", FUND, PROJECT)] == ["fund-1500000", "investment-6000000"]
    assert printed(nj, "check", FUND)["case"] == "fund-1500000"


def test_coverage_adds_up(nj: Command) -> None:
    found = printed(nj, "coverage")
    for key in ("norms", "operational", "executable", "exercised"):
        assert found[key] == sum(a[key] for a in found["by_article"])
    assert [a["article"] for a in found["by_article"]] == list(range(96))
    assert found["norms"] == len(printed(nj, "norms"))
    assert found["norms"] >= found["operational"] >= found["executable"] >= found["exercised"]


# --- schemas ----------------------------------------------------------------------------------


def typed(value: Any) -> Any:
    """A scenario's texts as YAML 1.2 would type them."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 15 else value


def validator(kb: KnowledgeBase, kind: str) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    schema = ledger.schema(kb, kind, "en")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schemas_accept_every_case_of_the_scenarios(kb: KnowledgeBase) -> None:
    validators = {kind: validator(kb, kind) for kind in kb.kinds}
    for scenario in SCENARIOS:
        for case in (scenario.case, typed(scenario.case)):
            assert [e.message for e in validators[kb.kind_words[case["kind"]]].iter_errors(case)] == [], scenario.id


def test_the_schemas_accept_the_examples(kb: KnowledgeBase) -> None:
    for file in (FUND, PROJECT, REGISTER):
        case = yaml.load(file.read_text("utf-8"), Loader=yaml.CBaseLoader)
        assert validator(kb, case["kind"]).is_valid(case)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "investment_project"}, {"kind": None}, {"facts": []}, {"facts": {"sourse": "county"}}, {"facts": {"source": "country"}},
        {"facts": {"amount": -1}}, {"facts": {"amount": True}}, {"extra": 1}, {"case": ""}, {"case": "x" * 201}, {"date": "2026/3/2"},
        {"record": [{"actor": "county_head"}]}, {"record": [{"actor": "county_head", "action": "dance"}]}, {"absences": [{}]},
        {"absences": [{"who": "a", "reason": "fishing"}]}, {"ab_pairs": [["a"]]}, {"officials": [{"office": "county_head"}]},
        {"officials": [{"id": "a", "office": "king"}]}, {"roster": {"absences": []}}, {"evidence": {"paper": "x"}}, {"complete": "maybe"},
    ],
    ids=str,
)  # fmt: skip
def test_a_schema_rejects_what_the_tool_rejects(kb: KnowledgeBase, change: dict[str, Any]) -> None:
    case = {"case": "x", "kind": "fund_use", "facts": {"source": "county", "amount": 150000}, **change}
    case = {key: value for key, value in case.items() if value is not None}
    assert not validator(kb, "fund_use").is_valid(case)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_schema_is_found_by_every_word_for_the_kind(nj: Command, lang: str) -> None:
    assert nj("schema", "fund_use", "--lang", lang) == nj("schema", "资金使用", "--lang", lang)
    assert (
        json.loads(nj("schema", "fund_use", "--lang", lang).out)["title"]
        == {"zh": "资金使用", "en": "use of public funds"}[lang]
    )


# --- cases ------------------------------------------------------------------------------------


def test_a_case_without_facts_is_asked_for_them(nj: Command, tmp_path: Path) -> None:
    file = write(tmp_path, "case.yaml", "kind: fund_use\n")
    found = printed(nj, "paths", file)
    assert (found["case"], found["status"]) == ("case", "needs_facts")
    assert {m["id"] for m in found["missing_facts"]} == {"source", "amount"}


def test_where_nothing_is_complete_an_absence_may_be_missing(kb: KnowledgeBase) -> None:
    content = {"kind": "fund_use", "facts": {"source": "county", "amount": "50万元"}, "complete": "false"}
    found = kb.paths(kb.case(content))
    assert found.status == "needs_facts" and found.missing[0].id.startswith("absence of ")


@pytest.mark.parametrize(
    ("record", "order"),
    [
        ([("verify", "2026-03-05"), ("review", "2026-03-02")], ["review", "verify"]),
        ([("verify", None), ("review", None)], ["verify", "review"]),
        ([("verify", "2026-03-02"), ("review", None), ("approve", "2026-03-02")], ["verify", "review", "approve"]),
        ([("verify", "2026-03-02"), ("review", "2026-03-02")], ["verify", "review"]),
    ],
)
def test_a_record_is_in_the_order_of_its_days_or_else_of_the_file(
    kb: KnowledgeBase, record: list[tuple[str, str | None]], order: list[str]
) -> None:
    entries = [{"actor": "county_head", "action": action, **({"on": on} if on else {})} for action, on in record]
    case = kb.case({"kind": "fund_use", "record": entries})
    assert [e.action for e in case.record or ()] == order


# --- registers --------------------------------------------------------------------------------

ROSTER = """officials:
  - {id: county_head, title: 县长, office: 县长}
  - {id: executive, title: 常务, office: 常务副县长}
  - {id: deputy_a, title: 副县长（甲）, office: deputy_head}
  - {id: deputy_b, title: 副县长（乙）, office: deputy_head}
ab_pairs: [[deputy_a, deputy_b]]
"""
TRIPS = [
    ["谁", "起", "止", "事由", "备注"],
    ["副县长（甲）", "2026-03-04", "2026-03-06", "出差", "赴省城"],
    ["deputy_b", "2026年3月6日", "2026-03-10", "", ""],
]


def clashes(nj: Command, *call: str | Path) -> list[tuple[str, str, str]]:
    return [(f["type"], f["from"], f["to"]) for f in printed(nj, "conflicts", *call)["findings"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_register_may_be_a_table_of_text_beside_a_roster(nj: Command, tmp_path: Path, encoding: str) -> None:
    roster, table = write(tmp_path, "roster.yaml", ROSTER), tmp_path / "trips.csv"
    table.write_bytes("\r\n".join(",".join(row) for row in TRIPS).encode(encoding))
    assert ("ab_pair_absent", "2026-03-06", "2026-03-06") in clashes(nj, table, "--roster", roster)


def test_a_register_may_be_a_spreadsheet_beside_a_roster(nj: Command, tmp_path: Path) -> None:
    import datetime

    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in TRIPS:
        book.active.append([datetime.date(2026, 3, 4) if cell == "2026-03-04" else cell or None for cell in row])
    book.save(tmp_path / "trips.xlsx")
    roster = write(tmp_path, "roster.yaml", ROSTER)
    assert ("ab_pair_absent", "2026-03-06", "2026-03-06") in clashes(nj, tmp_path / "trips.xlsx", "--roster", roster)


def test_a_register_may_name_its_roster_or_be_one(nj: Command, tmp_path: Path) -> None:
    write(tmp_path, "roster.yaml", ROSTER)
    trips = "\nabsences:\n  - {who: deputy_a, from: 2026-03-04, to: 2026-03-06}\n  - {who: deputy_b, from: 2026-03-06, to: 2026-03-10}\n"
    named = write(tmp_path, "named.yaml", "roster: roster.yaml" + trips)
    own = write(tmp_path, "own.yaml", ROSTER + trips)
    assert clashes(nj, named) == clashes(nj, own) != []


def test_an_absence_without_a_beginning_or_an_end_is_open(nj: Command, tmp_path: Path) -> None:
    file = write(
        tmp_path, "trips.yaml",
        ROSTER + "absences: [{who: deputy_a, to: 2026-03-09}, {who: deputy_b, to: 2026-03-05}, {who: county_head, from: 2026-04-01}, "
        "{who: executive, from: 2026-04-03}]",
    )  # fmt: skip
    found = clashes(nj, file)
    assert ("ab_pair_absent", None, "2026-03-05") in found
    assert ("head_and_executive_absent", "2026-04-03", None) in found


def test_an_absence_of_all_time_is_open_at_both_ends(nj: Command, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "trips.yaml",
        ROSTER + "absences: [{who: deputy_a}, {who: deputy_b}, {who: executive, from: 2026-03-05}]",
    )
    assert ("ab_pair_absent", None, None) in clashes(nj, file)


def test_a_register_of_many_trips_takes_seconds(kb: KnowledgeBase, tmp_path: Path) -> None:
    """8,000 here; 100,000 trips of 200 officials in ten years take about half a minute."""
    import datetime

    people = [f"d{i}" for i in range(100)]
    officials = "".join(f"  - {{id: {p}, office: department_head}}\n" for p in people)
    pairs = ", ".join(f"[{a}, {b}]" for a, b in zip(people[::2], people[1::2], strict=True))
    roster = write(tmp_path, "roster.yaml", f"officials:\n{officials}ab_pairs: [{pairs}]\n")
    first = datetime.date(2020, 1, 1)
    days = [first + datetime.timedelta(i * 7 % 1825) for i in range(8_000)]
    rows = [f"{people[i // 3 % 100]},{day},{day + datetime.timedelta(i % 4)}\n" for i, day in enumerate(days)]
    table = write(tmp_path, "trips.csv", "who,from,to\n" + "".join(rows))
    begun = time.process_time()
    found = kb.conflicts(kb.register(table, roster))
    assert time.process_time() - begun < 30
    assert {f.type for f in found.findings} >= {"ab_pair_absent", "nobody_acts"}


@pytest.mark.parametrize(("date", "told"), [("2020-05-18", True), ("2020-05-19", False)])
def test_a_case_older_than_the_rules_is_told_so(nj: Command, date: str, told: bool, tmp_path: Path) -> None:
    file = write(
        tmp_path, "case.yaml", f"kind: fund_use\ndate: {date}\nfacts: {{source: county, amount: 600000}}\nrecord: []\n"
    )
    for use in ("paths", "answer", "check"):
        assert ("a95.p1.n1" in nj("--lang", "en", use, file).out) is told
        assert ("before_force" in json.loads(nj(use, file, "--json").out)) is told
