"""What bad input gets: exit status 2, words that say what and where and what is allowed, and nothing written.

Each file in ``tests/bad`` is wrong in one way; its first lines say what the message holds in each language.
"""

from __future__ import annotations

import datetime
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nj_logic.case import Absence
from nj_logic.delegation import find_ring
from nj_logic.errors import InputError
from nj_logic.knowledge import KnowledgeBase

from .command import Command

BAD = sorted((Path(__file__).parent / "bad").iterdir())
GOOD = {"case": "x", "kind": "fund_use", "facts": {"source": "county", "amount": "15万元"}}


@pytest.fixture
def nj(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def expected(file: Path, lang: str) -> list[str]:
    mark = f"# {lang}: "
    return [line.removeprefix(mark) for line in file.read_text("utf-8").splitlines() if line.startswith(mark)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("file", BAD, ids=lambda f: f.stem)
def test_a_wrong_case_is_refused_in_words(nj: Command, file: Path, lang: str) -> None:
    status, out, err = nj("paths", file, "--lang", lang)
    assert (status, out) == (2, "")
    assert err.startswith("nj: ") and err.count("\n") == 1
    assert str(file.name) in err or "nowhere.yaml" in err
    assert [part for part in expected(file, lang) if part not in err] == []


def test_every_bad_file_says_what_is_expected() -> None:
    assert all(expected(file, lang) for file in BAD for lang in ("en", "zh"))


@pytest.mark.parametrize("command", ["paths", "answer", "check", "conflicts"])
def test_every_command_refuses_it(nj: Command, command: str) -> None:
    status, out, err = nj(command, BAD[0], "--json")
    assert (status, out) == (2, "") and err


def test_why_refuses_it_too(nj: Command) -> None:
    assert nj("why", BAD[0], "p1.1")[:2] == (2, "")


def test_a_report_on_bad_input_writes_nothing(nj: Command, tmp_path: Path) -> None:
    for file in BAD[:5]:
        assert nj("report", file, "-o", tmp_path / "report.html")[:2] == (2, "")
    assert list(tmp_path.iterdir()) == []


# --- files ------------------------------------------------------------------------------------


def refused(nj: Command, file: Path, en: str, zh: str, command: str = "paths") -> None:
    for lang, words in (("en", en), ("zh", zh)):
        status, out, err = nj(command, file, "--lang", lang)
        assert (status, out) == (2, "") and words in err, err


def test_a_file_that_is_missing(nj: Command, tmp_path: Path) -> None:
    (tmp_path / "fund-1.yaml").write_text("", "utf-8")
    refused(nj, tmp_path / "fund-2.yaml", "did you mean", "没有这个文件；是否指")


def test_a_folder(nj: Command, tmp_path: Path) -> None:
    refused(nj, tmp_path, "this is a folder", "这是文件夹")


def test_a_device(nj: Command) -> None:
    refused(nj, Path("/dev/zero"), "this is a device or a pipe", "这是设备或管道")


def test_a_file_of_a_hundred_megabytes(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    with file.open("wb") as sparse:
        sparse.truncate(100 * 2**20)
    begun = time.perf_counter()
    refused(nj, file, "larger than 10 MB", "文件超过 10 MB")
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("ending", ["yaml", "json"])
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_a_hundred_thousand_levels(nj: Command, tmp_path: Path, ending: str, bracket: str) -> None:
    file = tmp_path / f"deep.{ending}"
    file.write_text(bracket * 100_000, "utf-8")
    refused(nj, file, "nested deeper than 50 levels", "嵌套超过 50 层")


def test_aliases_that_multiply(nj: Command, tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    file = tmp_path / "bomb.yaml"
    file.write_text("\n".join(lines), "utf-8")
    refused(nj, file, "anchors and aliases are not allowed", "不允许锚点和别名")


def test_bytes_that_are_no_text(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "binary.yaml"
    file.write_bytes(b"case: \xff\xfe\xfd\x80\x81\n")
    status, out, err = nj("paths", file)
    assert (status, out) == (2, "") and "UTF-8" in err


def test_gb18030_is_recognised_and_read(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "gb.yaml"
    file.write_bytes("案号: 资金一\n类型: 资金使用\n事实: {资金来源: 县本级, 金额: 15万元}\n".encode("gb18030"))
    status, out, _ = nj("paths", file, "--lang", "zh")
    assert status == 0 and out.startswith("资金一  资金使用  —  确定")


def test_a_case_that_is_no_register(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "fund.yaml"
    file.write_text("kind: fund_use\n", "utf-8")
    refused(nj, file, "is no register of absences", "不是外出登记", "conflicts")


def test_a_register_has_no_path(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "register.yaml"
    file.write_text("kind: travel_register\n", "utf-8")
    refused(nj, file, "has no procedure", "没有审批程序")


def test_what_is_wrong_in_a_roster_is_told_of_the_roster(nj: Command, tmp_path: Path) -> None:
    (tmp_path / "roster.yaml").write_text("officials:\n  - {id: a, offize: deputy_head}\n", "utf-8")
    (tmp_path / "case.yaml").write_text("kind: fund_use\n\n\nroster: roster.yaml\n", "utf-8")
    (tmp_path / "trips.csv").write_text("who\na\n", "utf-8")
    for call in (
        ["paths", tmp_path / "case.yaml"],
        ["conflicts", tmp_path / "trips.csv", "--roster", tmp_path / "roster.yaml"],
    ):
        status, out, err = nj(*call, "--lang", "en")
        assert (status, out) == (
            2,
            "",
        ) and "roster.yaml:2: officials[1]: 'offize' is no known field; did you mean office?" in err


def test_what_is_wrong_in_a_table_is_told_of_its_line(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "trips.csv"
    file.write_text("谁,起,止\n县长,2026-03-02,2026-03-05\n县长,2026-03-09,2026-03-08\n", "utf-8")
    refused(nj, file, "trips.csv:3: absences[2]: ends (2026-03-08) before it begins", "trips.csv:3", "conflicts")


def test_all_cases_of_a_check_are_read_before_one_is_computed(nj: Command, tmp_path: Path) -> None:
    good = tmp_path / "good.yaml"
    good.write_text("kind: fund_use\nfacts: {source: county, amount: 15万元}\nrecord: []\n", "utf-8")
    status, out, err = nj("check", good, BAD[0], tmp_path / "missing.yaml", "--lang", "en")
    assert (status, out) == (2, "")
    assert [line.startswith("nj: ") for line in err.splitlines()] == [True, True]
    assert BAD[0].name in err and "missing.yaml" in err


# --- written as it is meant -------------------------------------------------------------------


def test_words_that_yaml_would_turn_into_something_else_stay_words(kb: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case: no\nkind: fund_use\nnote: on\nevidence: {amount: 001}\n", "utf-8")
    case = kb.case(file)
    assert (case.id, case.note, case.evidence) == ("no", "on", {"amount": "001"})


def test_a_date_is_not_read_as_a_date_where_a_text_stands(kb: KnowledgeBase, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case: 2026-03-02\nkind: fund_use\non: x\n", "utf-8")
    with pytest.raises(InputError, match="'on' is no known field"):
        kb.case(file)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (150000, "150000"), (150000.0, "150000"), (0.1, "0.1"), (1e22, "1" + "0" * 22), (1e-7, "0.0000001"),
        (Decimal("1E+6"), "1000000"), (Decimal("99.9999999999999999"), "99.9999999999999999"), ("15万元", "150000"),
    ],
)  # fmt: skip
def test_numbers_of_python_are_read_as_they_are(kb: KnowledgeBase, value: object, amount: str) -> None:
    case = kb.case({"kind": "fund_use", "facts": {"amount": value}})
    assert case.facts["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), -1.0, 0.0, -0.0, 1e300, Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"),
     Decimal("1E+999999999"), Decimal("1E-999999999"), 10**5000, True, b"15", [150000], {"a": 1}, object()],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_of_python_that_are_no_amount_are_refused(kb: KnowledgeBase, value: object) -> None:
    with pytest.raises(InputError):
        kb.case({"kind": "fund_use", "facts": {"amount": value}})


def test_a_mapping_that_holds_itself_is_refused(kb: KnowledgeBase) -> None:
    ring: dict[str, Any] = {"kind": "fund_use"}
    ring["facts"] = ring
    with pytest.raises(InputError, match="nested deeper"):
        kb.case(ring)


@pytest.mark.parametrize(
    ("amount", "wanted"),
    [
        ("20万元", "200000"), ("20.000000 万元", "200000"), ("２０万元", "200000"), ("二十万元", "200000"), ("¥200,000.00", "200000"),
        ("人民币20万元整", "200000"), ("0.002亿元", "200000"), ("19.9999999999万元", "199999.999999"), ("200000.000000000001", "200000.000000000001"),
    ],
)  # fmt: skip
def test_an_amount_at_a_bound_is_exact_in_every_notation(kb: KnowledgeBase, amount: str, wanted: str) -> None:
    def given(value: str) -> list[tuple[str, str]]:
        case = kb.case({"kind": "fund_use", "facts": {"source": "county", "amount": value}})
        return [(s.actor, s.action) for a in kb.paths(case).alternatives for p in a.paths for s in p.steps]

    assert given(amount) == given(wanted)
    assert (given(amount) == given("200000")) == (Decimal(wanted) >= 200000)


# --- people -----------------------------------------------------------------------------------


def register(kb: KnowledgeBase, **parts: Any) -> Any:
    return kb.case({"kind": "travel_register", **parts})


def test_one_person_may_hold_several_offices(kb: KnowledgeBase) -> None:
    case = register(kb, officials=[{"id": "a", "office": ["deputy_head", "县政府各部门主要负责人"]}])
    assert case.official("a").offices == ("deputy_head", "department_head")


def test_one_person_may_hold_two_offices_of_one_holder(kb: KnowledgeBase) -> None:
    case = register(kb, officials=[{"id": "a", "office": ["county_head", "executive_deputy"]}])
    assert [o.id for o in case.officials if "executive_deputy" in o.offices] == ["a"]


def test_an_office_may_be_written_in_every_word_for_it(kb: KnowledgeBase) -> None:
    for word in ("executive_deputy", "负责常务工作的副县长", "常务副县长"):
        case = register(kb, officials=[{"id": "a", "office": word}], absences=[{"who": "常务副县长"}])
        assert (case.official("a").offices, case.absences[0].who) == (("executive_deputy",), "a")


def test_an_official_named_by_his_office_holds_it(kb: KnowledgeBase) -> None:
    case = register(
        kb, officials=[{"id": "county_head"}, {"id": "b", "title": "常务副县长"}, {"id": "c", "title": "秘书"}]
    )
    assert [o.offices for o in case.officials[:3]] == [("county_head",), ("executive_deputy",), ()]


def test_an_office_of_one_holder_that_the_roster_leaves_out_is_held_by_an_implied_official(kb: KnowledgeBase) -> None:
    case = register(kb, officials=[{"id": "a", "office": "deputy_head"}], absences=[{"who": "县长"}])
    assert case.official("county_head").implied and case.absences[0].who == "county_head"


def test_without_a_roster_one_office_is_one_person_whatever_the_word(kb: KnowledgeBase) -> None:
    case = register(kb, absences=[{"who": "副县长"}, {"who": "deputy_head"}, {"who": "县政府副县长"}])
    assert {a.who for a in case.absences} == {"deputy_head"}


def test_a_pair_counts_once_whichever_way_round(kb: KnowledgeBase) -> None:
    assert register(kb, ab_pairs=[["a", "b"], ["b", "a"]]).ab_pairs == (("a", "b"),)


def absence(who: str, whom: str | None, start: int | None = 1, end: int | None = 31) -> Absence:
    def day(number: int | None) -> datetime.date | None:
        return None if number is None else datetime.date(2026, 1, 1) + datetime.timedelta(number)

    return Absence(who, day(start), day(end), None, whom, None)


@pytest.mark.parametrize(
    ("absences", "ring"),
    [
        ([absence("a", "b"), absence("b", "a")], ["a", "b", "a"]),
        ([absence("a", "b", 1, 5), absence("b", "a", 6, 9)], None),
        ([absence("a", "b", 1, 5), absence("b", "a", 5, 9)], ["b", "a", "b"]),
        ([absence("a", "b", None, None), absence("b", "c", None, 3), absence("c", "a", 3, None)], ["c", "a", "b", "c"]),
        ([absence("a", "b", None, 2), absence("b", "c", None, 3), absence("c", "a", 3, None)], None),
        ([absence("a", "b"), absence("a", "c"), absence("c", "a")], ["a", "c", "a"]),
        ([absence("a", "b", 1, 2), absence("b", "a", 4, 8), absence("a", "b", 7, 9)], ["a", "b", "a"]),
        ([absence("z", "a"), absence("a", "b"), absence("b", "c"), absence("c", "b")], ["b", "c", "b"]),
        ([absence("a", "b"), absence("b", None), absence("c", "b")], None),
    ],
)
def test_a_circle_of_delegations_is_one_on_some_day(absences: list[Absence], ring: list[str] | None) -> None:
    found = find_ring(absences)
    assert (found and found[1]) == ring
    if found is not None:
        assert found[0] in absences and found[0].who in found[1]


@pytest.mark.parametrize(
    "absences",
    [
        [absence(f"p{i}", f"p{i + 1}") for i in range(100_000)],
        [absence(f"p{i}", f"p{i + 1}") for i in reversed(range(100_000))],
        [absence(f"p{i % 200}", f"p{(i + 1) % 200}", 5 * (i % 200), 5 * (i % 200) + 3) for i in range(100_000)],
        [absence(f"p{i % 300}", f"p{i % 300 + 1 + i % 7}", i % 3650, i % 3650 + 9) for i in range(100_000)],
    ],
    ids=["chain", "chain backwards", "a circle but never on one day", "many chains"],
)
def test_a_hundred_thousand_delegations_are_looked_through_at_once(absences: list[Absence]) -> None:
    begun = time.process_time()
    assert find_ring(absences) is None
    assert time.process_time() - begun < 10


def test_a_circle_of_a_hundred_thousand_is_found_and_shortened(kb: KnowledgeBase) -> None:
    count = 10_000
    with pytest.raises(InputError) as refusal:
        register(kb, absences=[{"who": f"p{i}", "delegated_to": f"p{(i + 1) % count}"} for i in range(count)])
    assert "p0 → p1 → p2" in str(refusal.value) and "…" in str(refusal.value) and len(str(refusal.value)) < 1000
