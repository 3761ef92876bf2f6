"""The dialect: what it refuses and what to write instead, and that a slice answers as the whole program does."""

import re
import shutil
import subprocess
from pathlib import Path

import clingo
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nj_logic.diagnostics import wordings
from nj_logic.dialect import parse
from nj_logic.lint import lint
from nj_logic.rules import Comparison, Literal, program_text, signatures
from nj_logic.slices import slice_rules

SAMPLES = Path(__file__).parent / "dialect_samples"
PAGE = Path(__file__).parent.parent / "docs" / "dialect.md"
NORMS = {"a1.p1.n1", "a1.p1.n2"}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    place = tmp_path_factory.mktemp("law") / "law.lp"

    def read_text(text, **options):
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        rules, found = parse([place])
        return rules, found or lint(rules, **options)

    return read_text


def rules_of(read, text):
    rules, found = read(text)
    assert found == []
    return rules


# --- What is refused ---------------------------------------------------------

# key in the table of messages; the smallest program; line:column; words of "instead" in English and in Chinese
REFUSED = [
    ("encoding", b'p("\xff").', "1:1", "UTF-8", "UTF-8"),
    ("byte-order-mark", b"\xef\xbb\xbfp(1).", "1:1", "without BOM", "不带 BOM"),
    ("control-character", "p(1).\n \0", "2:2", "delete it", "请删除"),
    ("control-character", 'p("a\x07b").', "1:5", "delete it", "请删除"),
    ("control-character", "p(1).\rq(1).", "1:6", "delete it", "请删除"),
    ("non-ascii", "p(县长).", "1:3", 'a string "县长"', '"县长"'),
    ("unterminated-string", 'p("a).\nq(1).', "1:3", 'close it with "', '"'),
    ("string-escape", r'p("a\t").', "1:5", r"write \n", r"\n"),
    ("directive", "#show p.", "1:1", "kb/reasoning/search", "kb/reasoning/search"),
    ("directive", "p(#sup).", "1:3", "kb/reasoning/search", "kb/reasoning/search"),
    ("block-comment", "p(1). %* note *%", "1:7", "each line", "每一行"),
    ("block-comment", "p(1). %* note", "1:7", "each line", "每一行"),
    ("integer", "p(2147483648).", "1:3", "at most 2147483647", "2147483647"),
    ("integer", "p(007).", "1:3", "without leading zeros", "不带前导零"),
    ("integer", "p(0x1F).", "1:3", "decimal", "十进制"),
    ("integer", "p(" + "9" * 5000 + ").", "1:3", "decimal", "十进制"),
    ("full-stop", "p(1).q(2).", "1:6", "a space or a new line", "空格或换行"),
    ("leading-underscore", "_p(1).", "1:1", "write p", "请写 p"),
    ("prime", "p(X) :- q(X').", "1:12", "x_next", "x_next"),
    ("upper-case-name", "Signs(1).", "1:1", "write signs(", "请写 signs("),
    ("parenthesis", "p (1).", "1:3", "write p(", "请写 p("),
    ("parenthesis", "p().", "1:3", "the name alone", "the name alone"),
    ("parenthesis", "p(X) :- q(X), not(X) = 1.", "1:18", "not without parentheses", "not"),
    ("unary-minus", "p(- 3).", "1:3", "-3", "-3"),
    ("unequal", "p(X) :- q(X), X != 1.", "1:17", "write not X = Y", "请写 not X = Y"),
    ("comparison-sign", "p(X) :- q(X), X =< 1.", "1:17", "write <=", "请写 <="),
    ("comparison-sign", "p(X) :- q(X), X == 1.", "1:17", "write =", "请写 ="),
    ("interval", "p(1..3).", "1:4", "one fact for each", "逐个"),
    ("semicolon", "p(1; 2).", "1:4", "several rules or facts", "几条规则或事实"),
    ("choice", "{ p(1) }.", "1:1", "kb/reasoning/search", "kb/reasoning/search"),
    ("disjunction", "p(1) | q(1).", "1:6", "one rule for each head", "每个结论"),
    ("external-function", "p(@f).", "1:3", "input fact", "输入事实"),
    ("operator", "p(X) :- q(Y), X = Y * 2.", "1:21", "use + and - only", "+ 和 -"),
    ("operator", "p(X) :- q(Y), X = Y \\ 2.", "1:21", "use + and - only", "+ 和 -"),
    ("operator", "p(X) :- q(Y), X = Y ** 2.", "1:21", "use + and - only", "+ 和 -"),
    ("conditional", "p(1) :- q(X) : r(X).", "1:14", "predicate of its own", "另立一个谓词"),
    ("symbol", "p(1) :- q[1].", "1:10", "keep to names", "只能用"),
    ("symbol", "p(X) :- q(X), X =-1.", "1:17", "spaces between signs", "符号之间加空格"),
    ("symbol", ":~ p(1).", "1:1", "keep to names", "只能用"),
    ("nesting", "p(X) :- X = " + "(" * 30 + "1" + ")" * 30 + ".", "1:33", "several rules", "几条规则"),
    ("nesting", "p(X) :- X = 1" + " + 1" * 100_000 + ".", None, "several rules", "几条规则"),
    ("syntax", "p(1).\np(1) q(2).", "2:6", "head :- literal", "head :- literal"),
    ("constraint", "q(1). :- q(1).", "1:7", "breach(C, ...)", "breach(C, ...)"),
    ("head", "not p(1) :- q(1).", "1:1", "to the left of :-", ":- 左边"),
    ("head", "X = 1 :- q(X).", "1:1", "to the left of :-", ":- 左边"),
    ("strong-negation", "-p(1).", "1:1", "not_p(1)", "not_p(1)"),
    ("strong-negation", "p(1) :- q(1), not -r(1).", "1:15", "`not r(1)`", "`not r(1)`"),
    ("double-negation", "p(1) :- not not q(1).", "1:9", "without either", "去掉"),
    ("double-negation", "p(X) :- q(X), not not X = 1.", "1:15", "without either", "去掉"),
    ("negated-comparison", "p(X) :- q(X), not X < 3.", "1:15", "write X >= 3", "请写 X >= 3"),
    ("chained-comparison", "p(X) :- q(X), 1 < X <= 3.", "1:15", "write 1 < X, X <= 3", "请写 1 < X, X <= 3"),
    ("arithmetic", "p(X + 1) :- q(X).", "1:3", "`Z = X + 1`", "`Z = X + 1`"),
    ("arithmetic", "p(-X) :- q(X).", "1:3", "`Z = X + 1`", "`Z = X + 1`"),
    ("arithmetic", "p(X) :- q(X), X < 1 + 2.", "1:19", "`Z = X + 1`", "`Z = X + 1`"),
    ("arithmetic", "p(X) :- q(X), X + 1 = 2.", "1:15", "`Z = X + 1`", "`Z = X + 1`"),
    ("arithmetic", "p(X) :- q(X), not X = X + 1.", "1:23", "`Z = X + 1`", "`Z = X + 1`"),
    ("compound-term", "p(f(1)).", "1:3", "argument of its own", "各占一个参数"),
    ("compound-term", "p((1, 2)).", "1:4", "argument of its own", "各占一个参数"),
    ("compound-term", 'p("中", X) :- q("文", X, f(1)).', "1:24", "argument of its own", "各占一个参数"),
    ("unbound-variable", "q(1). r(1). p(X) :- not r(X), q(X).", "1:21", "to the left of `not r(X)`", "左边"),
    ("unbound-variable", "q(1). p(X) :- X < 3, q(X).", "1:15", "to the left of `X < 3`", "左边"),
    ("unbound-variable", "q(1). p(X, Y) :- q(X), X = Y.", "1:24", "literal with Y", "含 Y "),
    ("unbound-variable/anonymous", "q(1). p(X) :- q(X), X < _.", "1:21", "name the variable", "给变量命名"),
    ("unbound-head", "q(1). p(X, Y) :- q(X).", "1:7", "literal with Y to the body", "含 Y "),
    ("unbound-head", "p(X).", "1:1", "or write a constant", "写常量"),
    ("singleton-variable", "q(1, 2). p(X) :-\n  q(X, Y).", "2:3", "write _", "请写 _"),
    ("singleton-variable", "q(1). p(X) :- q(X), Y = X + 1.", "1:21", "write _", "请写 _"),
    ("undefined-predicate", "p(X) :- zzz(X).", "1:9", "declare input(zzz, 1) or hook(zzz, 1)", "input(zzz, 1)"),
    ("undefined-predicate/nearest", "step(1). p(X) :- stepp(X).", "1:18", "write step/1", "step/1"),
    ("undefined-predicate/arity", "step(1, 2). p(X) :- step(X).", "1:21", "arguments of step/2", "step/2"),
    ("declaration", 'input("kind", 2).', "1:1", "write input(a_name, 2).", "input(a_name, 2)."),
    ("declaration", "hook(kind, two).", "1:1", "write hook(a_name, 2).", "hook(a_name, 2)."),
    ("stratification", "q(1). p(X) :- q(X), not r(X). r(X) :- q(X), p(X).", "1:21", "break the cycle", "断开循环"),
    ("stratification", "q(1). p(X) :- q(X), not p(X).", "1:21", "break the cycle", "断开循环"),
    ("typed-alike/order", "q(1). q(none). p(X) :- q(X), X < 3.", "1:30", "integers only", "只能比较整数"),
    ("typed-alike/order", 'q(1). p(X) :- q(X), X < "3".', "1:21", "integers only", "只能比较整数"),
    ("typed-alike/order", "q(a). p(X) :- q(Y), X = Y + 1.", "1:21", "integers only", "只能比较整数"),
    ("typed-alike/equality", 'q(1). p(X) :- q(X), X = "1".', "1:21", "three things", "互不相同"),
    ("system-predicate", "number(1).", "1:1", "number_of", "number_of"),
    ("system-predicate", "input(length, 2).", "1:1", "length_of", "length_of"),
    ("system-operator", "q(1). p(X) :- X = public, q(_).", "1:15", "public_value", "public_value"),
    ("unknown-norm", 'p("a900000.p555555.n777777").', "1:1", "kb/norms", "kb/norms"),
    ("unknown-norm/nearest", 'p("a1.p1.n3").', "1:1", 'write "a1.p1.n', '"a1.p1.n'),
    ("duplicate-rule", "q(1).\nq( 1 ).", "2:1", "delete one", "删除其中一条"),
    ("case-variable", "input(kind, 2). p(K) :- kind(_, K).", "1:17", "p(C, K)", "p(C, K)"),
    (
        "case-variable",
        "input(kind, 2). p(C, K) :- kind(C, K), kind(D, K), kind(D, _).",
        "1:40",
        "kind(C, K)",
        "kind(C, K)",
    ),
    ("case-variable", "input(k, 1). p(C, 1) :- k(C). q(N) :- p(_, N).", "1:31", "q(C, N)", "q(C, N)"),
]


@pytest.mark.parametrize(("key", "program", "place", "english", "chinese"), REFUSED)
def test_what_the_dialect_refuses_is_told_with_its_place_and_what_to_write_instead(
    read, key, program, place, english, chinese
):
    _, found = read(program, known_norms=NORMS)
    mine = [diagnostic for diagnostic in found if diagnostic.code == key.split("/")[0]]
    assert mine, found
    assert place is None or f"{mine[0].line}:{mine[0].column}" == place
    assert english in mine[0].instead.en
    assert chinese in mine[0].instead.zh
    assert mine[0].say("en").endswith(f"{mine[0].instead.en} [{mine[0].code}]")
    assert re.search(r"law\.lp:\d+:\d+: ", mine[0].say("zh"))


def test_each_message_has_a_program_that_provokes_it():
    assert {key for key, *_ in REFUSED} == wordings().keys()


def test_the_page_about_the_dialect_lists_each_code():
    table = PAGE.read_text("utf-8").partition("## What is refused")[2]
    listed = [code for row in table.splitlines() for code in re.findall("`([a-z-]+)`", row.rpartition(" | ")[2])]
    assert sorted(listed) == sorted({key.split("/")[0] for key in wordings()})


def test_one_mistake_gives_one_diagnostic(read):
    for key, program, *_ in REFUSED:
        _, found = read(program, known_norms=NORMS)
        codes = {diagnostic.code for diagnostic in found}
        assert codes - {"undefined-predicate"} == {key.split("/")[0]} - {"undefined-predicate"}, (
            program,
            [diagnostic.say("en") for diagnostic in found],
        )


def test_a_cycle_through_not_is_spelt_out(read):
    _, found = read("e(1). a(X) :- e(X), not b(X). b(X) :- c(X). c(X) :- e(X), a(X).")
    assert found[0].message.en.endswith("a/1 → not b/1 → c/1 → a/1")


def test_an_arity_slip_is_recognised(read):
    _, found = read("step(1, 2, 3, 4, 5). p(X) :- step(X, _, _, _).")
    assert found[0].message.en == "step/4 is not defined; step/5 is"
    assert found[0].message.zh == "step/4 没有定义;有定义的是 step/5"


def test_findings_of_several_files_name_their_files():
    file = SAMPLES / "bad" / "across_rules.lp"
    rules, found = parse([file])
    assert found == []
    told = [(d.line, d.code) for d in lint(rules)]
    assert told == [
        (3, "undefined-predicate"),
        (4, "undefined-predicate"),
        (5, "case-variable"),
        (5, "unbound-variable"),
        (5, "undefined-predicate"),
    ]
    assert {d.file for d in lint(rules)} == {str(file)}


def test_all_syntax_errors_of_a_file_are_reported_at_once(read):
    _, found = read('p("中" "文").\nq(1) r(1).\n')
    assert [(d.line, d.code) for d in found] == [(1, "syntax"), (2, "syntax")]


def test_a_file_that_is_missing_is_a_diagnostic(tmp_path):
    rules, found = parse([tmp_path / "none.lp"])
    assert rules == []
    assert found[0].code == "encoding"


def test_counting_defined_elsewhere_must_read_a_lower_stratum(read):
    law = "e(1). two(X) :- e(X), at_least_two(X)."
    elsewhere = {("at_least_two", 1): [("two", 1)]}
    assert [d.code for d in read(law)[1]] == ["undefined-predicate"]
    assert read(law, elsewhere={("at_least_two", 1): [("e", 1)]})[1] == []
    assert [d.code for d in read(law, elsewhere=elsewhere)[1]] == ["stratification"]


# --- What is allowed ---------------------------------------------------------


def test_the_good_samples_are_clean():
    for file in sorted((SAMPLES / "good").glob("*.lp")):
        rules, found = parse([file])
        assert found == []
        assert lint(rules, known_norms=NORMS) == []


def test_an_unused_hook_or_input_is_fine_and_a_hook_may_stay_empty(read):
    rules_of(read, "input(kind, 2). hook(extra, 1). hook(unused, 3). q(1). p(X) :- q(X), not extra(X).")


@pytest.mark.parametrize(
    "program",
    [
        "p(1). % 注释 with 'anything' {at} all: #show.",
        'p("中文 %* \\"quoted\\" \\\\ \\n {;}").',
        "p(-3). q(0). r(2147483647).",
        "p(1).% at once\n",
        "q(1). r(1). p(X) :- q(X), not r(_).",
        "q(1). p(X) :- q(Y), X = Y - -1 + (Y - 2).",
        "p(table, mod, public).",
        "p(1).\r\nq(2).\r\n",
        "",
    ],
)
def test_the_dialect_allows(read, program):
    rules_of(read, program)


def test_a_rule_is_read_into_its_parts(read):
    law = 'p(C, "a1.p1.n1") :- q(C,_,-3), % why\n  not r(C), X=Y+1, s(X,"a9.p2.n3"), t(Y), not X = 2.'
    rules, _ = read(law)
    rule = rules[0]
    assert rule.line == 1
    assert rule.text == ('p(C, "a1.p1.n1") :- q(C, _, -3), not r(C), X = Y + 1, s(X, "a9.p2.n3"), t(Y), not X = 2.')
    assert rule.head == Literal("p", ("C", '"a1.p1.n1"'), False)
    assert rule.body[:2] == (Literal("q", ("C", "_", "-3"), False), Literal("r", ("C",), True))
    assert rule.body[0].signature == ("q", 3)
    assert list(map(str, rule.comparisons)) == ["X = Y + 1", "not X = 2"]
    assert rule.goals[2] == Comparison("X", "=", "Y + 1")
    assert rule.norms == ("a1.p1.n1", "a9.p2.n3")
    assert not rule.is_fact
    assert (rule.body[2].line, rule.body[2].column) == (2, 20)
    assert signatures(rules) == {("p", 2)}


def test_the_canonical_text_reads_as_itself(read):
    rules, _ = parse([SAMPLES / "good" / "signing.lp"])
    again = rules_of(read, program_text(rules))
    assert program_text(again) == program_text(rules)


@pytest.mark.skipif(not shutil.which("swipl"), reason="needs SWI-Prolog")
def test_swi_prolog_reads_the_same_rules_in_a_file_and_in_its_canonical_text(tmp_path):
    (tmp_path / "read.pl").write_text(
        ":- op(900, fy, not). :- op(700, xfx, <=).\n"
        "terms(F, Ts) :- read_file_to_terms(F, Ts, [encoding(utf8), double_quotes(string), module(user)]).\n"
        "same([A, B]) :- terms(A, As), terms(B, Bs), As =@= Bs, length(As, N), print(N).\n"
        ":- initialization((current_prolog_flag(argv, As), same(As), halt), main).\n"
    )
    for file in sorted((SAMPLES / "good").glob("*.lp")):
        rules, _ = parse([file])
        canonical = tmp_path / "canonical.lp"
        canonical.write_text(program_text(rules), "utf-8")
        told = subprocess.run(["swipl", tmp_path / "read.pl", file, canonical], capture_output=True, text=True)
        assert (told.stdout, told.stderr) == (str(len(rules)), "")


WORDS = [
    "not ",
    "q(",
    "a.",
    "..",
    ":-",
    "%*",
    "*%",
    "2147483648",
    *"pX_), .1\n\r\0\"\\'中𠮷\ufeff\u2028-+=<#{};:%@|/$&![",
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("p(Xä).")
@example('p("𠮷" "中").')
@example("p(" * 100_000)
@example("p :- not " + "not " * 100_000 + "q.")
@example("p(X) :- X = " + "- " * 100_000 + "1.")
@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=40))
def test_no_text_kills_the_process(read, text):
    _, found = read(text.encode("utf-8", "surrogatepass"))
    for diagnostic in found:
        assert diagnostic.say("en") and diagnostic.say("zh")


# --- Slices ------------------------------------------------------------------

LAW = """
input(kind, 2). input(amount, 2). input(marked, 1).
route(fund_use, by_head). route(decree, by_meeting). route(leave, by_office).
step(by_head, 1, county_head). step(by_meeting, 1, meeting). step(by_office, 1, office).
goes(C, R) :- kind(C, K), route(K, R).
goes(C, urgent) :- kind(C, decree), marked(C).
steps(C, I, O) :- goes(C, R), step(R, I, O).
late(C) :- kind(C, leave), not marked(C).
note(C) :- marked(C).
breach(C) :- goes(C, by_head), not agreed(C).
agreed(C) :- marked(C), steps(C, _, county_head).
agreed(C) :- goes(C, urgent).
"""


def heads(rules):
    return {str(rule.head) for rule in rules if rule.head.name not in {"input", "hook"}}


def test_a_slice_keeps_what_its_kind_can_reach_and_its_goals_need(read):
    rules = rules_of(read, LAW)
    slice_ = slice_rules(rules, {("kind", 2): {1: {"fund_use"}}}, {("steps", 3)})
    assert heads(slice_) == {
        "route(fund_use, by_head)", "step(by_head, 1, county_head)", "goes(C, R)", "steps(C, I, O)",
    }  # fmt: skip


def test_a_slice_keeps_what_a_negated_literal_asks_for(read):
    rules = rules_of(read, LAW)
    kept = [rule.text for rule in slice_rules(rules, {("kind", 2): {1: {"fund_use"}}}, {("breach", 1)})]
    assert "agreed(C) :- marked(C), steps(C, _, county_head)." in kept
    assert "agreed(C) :- goes(C, urgent)." not in kept  # no remaining rule gives goes(_, urgent)
    assert "note(C) :- marked(C)." not in kept


def test_a_constant_asked_for_is_carried_back_through_variables(read):
    rules = rules_of(read, LAW + "meets(C) :- goes(C, by_meeting).")
    kept = slice_rules(rules, {}, {("meets", 1)})
    assert heads(kept) == {"route(decree, by_meeting)", "goes(C, R)", "meets(C)"}


def test_a_slice_of_a_slice_is_the_slice_of_both(read):
    rules = rules_of(read, LAW)
    goals, fixed = {("steps", 3), ("breach", 1)}, {("kind", 2): {1: ["decree"]}}
    assert slice_rules(slice_rules(rules, {}, goals), fixed, goals) == slice_rules(rules, fixed, goals)


def test_a_slice_keeps_the_order_of_the_rules(read):
    rules = rules_of(read, LAW)
    kept = slice_rules(rules, {}, {("breach", 1)})
    assert kept == [rule for rule in rules if rule in kept]


def atoms(program, facts, goals):
    control = clingo.Control(logger=lambda *_: None)
    control.add("base", [], program + facts)
    control.ground([("base", [])])
    found = set()
    control.solve(
        on_model=lambda model: found.update(
            str(s) for s in model.symbols(atoms=True) if (s.name, len(s.arguments)) in goals
        )
    )
    return found


CONSTANTS = ["a", "b", "1", '"s"']
LEVELS = [("f0", 2), ("f1", 2), ("i0", 2), ("i1", 2), ("p0", 2), ("p1", 2), ("p2", 3), ("p3", 2), ("p4", 1)]
INPUTS = {("i0", 2), ("i1", 2)}


@st.composite
def programs(draw):
    """Stratified programs: negation looks at predicates further left in LEVELS only."""
    lines = ["input(i0, 2).", "input(i1, 2)."]
    constant = st.sampled_from(CONSTANTS)
    for name in ("f0", "f1"):
        lines += [f"{name}({a}, {b})." for a, b in draw(st.sets(st.tuples(constant, constant), min_size=1, max_size=4))]
    for _ in range(draw(st.integers(2, 9))):
        level = draw(st.integers(4, len(LEVELS) - 1))
        body, bound = [], []
        for _ in range(draw(st.integers(1, 3))):
            name, arity = LEVELS[draw(st.integers(0, level))]
            args = [draw(st.sampled_from(["X", "Y", "Z", "_"]) | constant) for _ in range(arity)]
            body.append(f"{name}({', '.join(args)})")
            bound += [arg for arg in args if arg in "XYZ"]
        bound = sorted(set(bound))
        term = st.sampled_from(bound) | constant if bound else constant
        if draw(st.booleans()):
            body.append(f"{draw(term)} = {draw(term)}")
        if draw(st.booleans()):
            body.append(f"not {draw(term)} = {draw(term)}")
        if draw(st.booleans()) and level > 4:
            name, arity = LEVELS[draw(st.integers(0, level - 1))]
            body.append(f"not {name}({', '.join(draw(term | st.just('_')) for _ in range(arity))})")
        if bound and draw(st.integers(0, 4)) == 0:
            body += [f"W = {bound[0]}"]
            bound.append("W")
            term = st.sampled_from(bound) | constant
        name, arity = LEVELS[level]
        lines.append(f"{name}({', '.join(draw(term) for _ in range(arity))}) :- {', '.join(body)}.")
    return "\n".join(lines)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_slice_gives_the_atoms_of_the_whole_program_for_any_case_that_obeys_it(read, data):
    text = data.draw(programs())
    rules, found = read(text)
    assert {d.code for d in found} <= {
        "undefined-predicate", "singleton-variable", "case-variable", "typed-alike", "duplicate-rule",
    }  # fmt: skip
    allowed = st.sets(st.sampled_from(CONSTANTS), max_size=2)
    fixed = data.draw(
        st.dictionaries(st.sampled_from(sorted(INPUTS)), st.dictionaries(st.sampled_from([0, 1]), allowed), max_size=2)
    )
    goals = data.draw(st.sets(st.sampled_from(LEVELS), min_size=1, max_size=2))
    facts = ""
    for name, _ in sorted(INPUTS):
        for args in data.draw(st.sets(st.tuples(st.sampled_from(CONSTANTS), st.sampled_from(CONSTANTS)), max_size=5)):
            limits = fixed.get((name, 2), {})
            if all(args[position] in values for position, values in limits.items()):
                facts += f"{name}({', '.join(args)})."
    kept = slice_rules(rules, fixed, goals)
    assert atoms(program_text(kept), facts, goals) == atoms(program_text(rules), facts, goals)
    assert slice_rules(kept, fixed, goals) == kept
