"""The Prolog side: the same answers as clingo, proofs that can be checked, and a door that nothing gets through."""

from __future__ import annotations

import operator
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import clingo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nj_logic.atoms import Atom, Const, Var, from_clingo, parse_atom, text, to_clingo
from nj_logic.errors import InputError, KnowledgeError
from nj_logic.prolog import LawError, Place, PrologEngine, Proof

pytestmark = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")

ROOT = Path(__file__).parent.parent
SAMPLES = Path(__file__).parent / "prolog_samples"
LAWS = tempfile.TemporaryDirectory()
HOSTILE = [
    "'). halt. %",
    'a"b\\c',
    "line\nbreak\ttab\r",
    "nul\0nul",
    "𠮷 法\u2028",
    "~w %p {}",
    "",
    "</script>",
    "\\",
    "\x7f\ufeff",
]


@pytest.fixture(scope="module")
def engine() -> PrologEngine:
    return PrologEngine()


def law(source: str) -> Path:
    """The text as a file of the dialect."""
    handle, name = tempfile.mkstemp(suffix=".lp", dir=LAWS.name)
    with os.fdopen(handle, "w", encoding="utf8") as file:
        file.write(source)
    return Path(name)


def clingo_atoms(source: str) -> set[Atom]:
    control = clingo.Control(logger=lambda *_: None)
    control.add("base", [], source)
    control.ground()
    with control.solve(yield_=True) as models:
        (answer,) = ([from_clingo(symbol) for symbol in model.symbols(atoms=True)] for model in models)
    return set(answer)


# --- Atoms ----------------------------------------------------------------------------------------


def test_a_constant_and_a_string_of_the_same_letters_are_two_things() -> None:
    assert Const("x") != "x"
    assert len({("p", Const("x")), ("p", "x"), ("p", Var("x"))}) == 3


terms = st.one_of(
    st.sampled_from(["a", "county_head", "x1_Y"]).map(Const),
    st.integers(-(2**31), 2**31 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
)
atoms = st.builds(lambda name, args: (name, *args), st.sampled_from(["p", "holder"]), st.lists(terms, max_size=3))


@given(atoms)
def test_an_atom_survives_clingo_and_its_own_text(atom: Atom) -> None:
    assert from_clingo(to_clingo(atom)) == atom
    assert parse_atom(text(atom)) == atom
    assert text(atom) == str(to_clingo(atom))
    assert clingo.parse_term(text(atom)) == to_clingo(atom)


def test_spaces_and_a_full_stop_do_not_matter() -> None:
    assert parse_atom(' p( county_head , "法" , -3 ) . ') == ("p", Const("county_head"), "法", -3)


NO_ATOMS = [
    "",
    "p(",
    "p()",
    "p(X)",
    "p(f(a))",
    "p(1+1)",
    "p(1..2)",
    "p(2147483648)",
    "法(a)",
    "p(法)",
    'p("a)',
    "p(a) q",
]
NO_ATOMS += [
    "-p(a)",
    "p(a\0)",
    'p("\ud800")',
    "p(a,)",
    "p((a))",
    "not",
    "not p",
    "p(not)",
    'p("\\t")',
    "p(a). q(b)",
    "#inf",
]
NO_ATOMS += ["p(a) q", "#inf", "p(" * 900, f"p({'1' * 3000})", f'p("{"x" * 1996}")']


@pytest.mark.parametrize("written", NO_ATOMS)
def test_text_that_is_no_ground_atom_is_refused(written: str) -> None:
    with pytest.raises(InputError):
        parse_atom(written)


@pytest.mark.parametrize("atom", [("p", Var("X")), ("p", 2**31), ("p", "nul\0"), ("p", "\ud800")])
def test_what_clingo_would_change_silently_is_refused(atom: Atom) -> None:
    with pytest.raises(InputError):
        to_clingo(atom)


# --- Loading --------------------------------------------------------------------------------------


def test_each_mistake_is_told_with_its_line(engine: PrologEngine, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(LawError) as caught:
        engine.load([SAMPLES / "wrong.lp"])
    assert [found.place.line for found in caught.value.diagnostics] == [2, *range(4, 17), 18, 19]
    assert {found.place.file for found in caught.value.diagnostics} == {str(SAMPLES / "wrong.lp")}
    assert all(found.en and found.zh for found in caught.value.diagnostics)
    assert engine.atoms() == set(), "half a law gives wrong answers"
    assert capfd.readouterr() == ("", "")


def test_a_predicate_that_nothing_declares_is_told(engine: PrologEngine) -> None:
    with pytest.raises(LawError, match="nothing defines q/1") as caught:
        engine.load([SAMPLES / "undeclared.lp"])
    assert caught.value.where == f"{SAMPLES / 'undeclared.lp'}:3"


def test_a_missing_file_and_a_folder_are_told(engine: PrologEngine) -> None:
    with pytest.raises(LawError) as caught:
        engine.load(["/no/such.lp", SAMPLES])
    assert len(caught.value.diagnostics) == 2


def test_reloading_forgets_the_old_law_and_the_case(engine: PrologEngine) -> None:
    engine.load([law("p(1). q(X) :- p(X).")])
    engine.set_facts([("p", 2)])
    assert ("q", 2) in engine.atoms()
    engine.load([law("q(3).")])
    assert engine.atoms() == {("q", 3)}


def test_negation_through_recursion_names_the_atom_and_the_engine_goes_on(engine: PrologEngine) -> None:
    engine.load([SAMPLES / "loop.lp"])
    with pytest.raises(KnowledgeError, match=r"`p\(a\)` is neither true nor false"):
        engine.solve(("p", Var("X")))
    assert engine.solve(("q", Var("X"))) == [("q", Const("a"))]


def test_an_endless_goal_is_stopped_and_the_engine_goes_on(engine: PrologEngine) -> None:
    engine.load([SAMPLES / "endless.lp"])
    start = time.monotonic()
    with pytest.raises(KnowledgeError, match=r"no answer within 0\.5 seconds"):
        PrologEngine(seconds=0.5).solve(("n", Var("X")))
    assert time.monotonic() - start < 10
    engine.load([law("p(1).")])
    assert engine.atoms() == {("p", 1)}


# --- The same answers as clingo -------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts", ["", "absent(c1, county_head).", "absent(c1, county_head). absent(c1, executive_deputy)."]
)
@pytest.mark.parametrize("amount", ["", "amount(c1, 500).", "amount(c1, 501)."])
def test_the_sample_law_gives_what_clingo_gives(engine: PrologEngine, facts: str, amount: str) -> None:
    engine.load([SAMPLES / "acting.lp"])
    case = [parse_atom(fact + ")") for fact in (facts + amount).replace(" ", "").split(").") if fact]
    engine.set_facts(case)
    assert engine.atoms() == clingo_atoms((SAMPLES / "acting.lp").read_text("utf8") + facts + amount)


SYMBOLS = ["a", "b", '"a"', '"b\\n\\"法"', "1"]
Rules = list[tuple[str, list[str]]]


@st.composite
def programs(draw: st.DrawFn) -> Rules:
    """Stratified programs: s and d are about symbols, n about integers; d1 may use d1 and all of level 0."""
    rules: Rules = []
    for level in range(4):
        for _ in range(draw(st.integers(1, 4))):
            one, two = draw(st.sampled_from(SYMBOLS)), draw(st.sampled_from(SYMBOLS))
            fact = [f"s{level}({one})", f"n{level}({draw(st.integers(-2, 4))})", f"d{level}({one},{two})"]
            rules.append((draw(st.sampled_from(fact)), []))
        for _ in range(draw(st.integers(0, 4)) if level else 0):
            rules.append(draw(rule_of(level)))
    return rules


@st.composite
def rule_of(draw: st.DrawFn, level: int) -> tuple[str, list[str]]:
    body, symbols, numbers = [], set(), set()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, level))
        one, two = draw(st.sampled_from("XY")), draw(st.sampled_from("XYZ_"))
        number = draw(st.sampled_from("NM"))
        kind = draw(st.sampled_from("snd"))
        body.append({"s": f"s{at}({one})", "n": f"n{at}({number})", "d": f"d{at}({one},{two})"}[kind])
        numbers |= {number} if kind == "n" else set()
        symbols |= {"s": {one}, "n": set(), "d": {one, two} - {"_"}}[kind]
    heads = []
    if numbers:
        some = st.sampled_from(sorted(numbers))
        for _ in range(draw(st.integers(0, 2))):
            comparison = draw(st.sampled_from(["{} < {}", "{} <= {}", "{} > {}", "{} >= {}", "{} = {}", "not {} = {}"]))
            body.append(comparison.format(draw(some), draw(st.one_of(some, st.integers(-1, 4)))))
        body += draw(st.sampled_from([[], [f"not n{draw(st.integers(0, level - 1))}({draw(some)})"]]))
        heads.append(f"n{level}({draw(some)})")
        if draw(st.booleans()):
            number = draw(some)
            body += [
                f"{number} < 5",
                f"{number} > -5",
                f"K = {number}{draw(st.sampled_from(['+1', '-1', '+2-1', ' - 2']))}",
            ]
            heads.append(f"n{level}(K)")
    if symbols:
        some = st.sampled_from(sorted(symbols))
        below = draw(st.integers(0, level - 1))
        denied = [
            f"s{below}({draw(some)})",
            f"d{below}({draw(some)},_)",
            f"d{below}(_,{draw(some)})",
            f"{draw(some)} = a",
        ]
        body += draw(st.sampled_from([[], *([f"not {atom}"] for atom in denied)]))
        heads += [f"s{level}({draw(some)})", f"d{level}({draw(some)},{draw(some)})", f"d{level}(a,{draw(some)})"]
    return draw(st.sampled_from(heads)), body


def written(rules: Rules) -> str:
    return "".join(f"{head}{' :- ' if body else ''}{', '.join(body)}.\n" for head, body in rules)


many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(programs())
def test_random_laws_give_what_clingo_gives(engine: PrologEngine, rules: Rules) -> None:
    source = written(rules)
    file = law(source)
    try:
        assert engine.load([file]) == len(rules)
    finally:
        file.unlink()
    expected = clingo_atoms(source)
    assert engine.atoms() == expected
    given_ = clingo_atoms(written([rule for rule in rules if not rule[1]]))
    assert expected - given_ <= engine.atoms(derived=True) <= expected


# --- Proofs ---------------------------------------------------------------------------------------

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def unifies(pairs: list[tuple[str, str]]) -> bool:
    """Whether each pair of written atoms or terms becomes equal, all under one substitution."""
    value: dict[str, str] = {}

    def final(term: str) -> str:
        return final(value[term]) if term in value else term

    for pair in pairs:
        left, right = (side.removesuffix(")").replace("(", ",", 1).split(",") for side in pair)
        if len(left) != len(right):
            return False
        for one, two in zip(left, right, strict=True):
            if "_" not in (one, two) and final(one) != final(two):
                variable, term = sorted((final(one), final(two)), key=lambda side: not side[0].isupper())
                if not variable[0].isupper():
                    return False
                value[variable] = term
    return True


def check(proof: Proof, rules: Rules, true: set[Atom], above: frozenset[Atom], proved: set[Atom]) -> None:
    """Each node is an instance of its rule, nothing rests on itself, and repeats have been proved."""
    assert proof.atom not in above, "an atom rests on itself"
    if proof.by == "comparison":
        op, left, right = proof.atom
        assert COMPARE[op](left, right)
        assert not proof.expression or eval(proof.expression) == right
        return
    if proof.by == "not":
        assert not any(matches(proof.atom, atom) for atom in true)
        could = [place for place, (head, body) in enumerate(rules, 1) if body and unifies([(head, text(proof.atom))])]
        assert [attempt.rule.line for attempt in proof.attempts] == could
        return
    assert proof.atom in true
    assert proof.rule is not None
    head, body = rules[proof.rule.line - 1]
    if proof.repeat:
        assert proof.atom in proved
        return
    pairs = [(head, text(proof.atom))]
    if proof.by == "rule":
        proved.add(proof.atom)
        assert len(proof.children) == len(body)
        for literal, child in zip(body, proof.children, strict=True):
            check(child, rules, true, above | {proof.atom}, proved)
            if child.by == "comparison":
                left, _, right = literal.removeprefix("not ").split(maxsplit=2)
                values = text(child.atom).split(f" {child.atom[0]} ", 1)
                pairs.append((left, values[0]))
                pairs += [] if child.expression else [(right, values[1])]
            else:
                pairs.append((literal.removeprefix("not "), text(child.atom)))
    else:
        assert proof.by == "fact" and not body
    assert unifies(pairs)


def matches(pattern: Atom, atom: Atom) -> bool:
    return len(pattern) == len(atom) and all(isinstance(p, Var) or p == a for p, a in zip(pattern, atom, strict=True))


@many
@given(programs())
def test_proofs_of_random_laws_can_be_checked(engine: PrologEngine, rules: Rules) -> None:
    file = law(written(rules))
    try:
        engine.load([file])
    finally:
        file.unlink()
    true = engine.atoms()
    for atom in sorted(true, key=text)[:12]:
        proof = engine.prove(atom)
        assert proof is not None and proof.atom == atom
        check(proof, rules, true, frozenset(), set())
        assert engine.prove_not(atom) is None
    for name in {head[:2] for head, _ in rules if head[0] == "s"}:
        denial = engine.prove_not((name, Const("nobody")))
        assert engine.prove((name, Const("nobody"))) is None
        assert denial is not None
        check(denial, rules, true, frozenset(), set())


def nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for child in proof.children:
        yield from nodes(child)


def test_the_deputy_signs_because_the_head_is_away(engine: PrologEngine) -> None:
    engine.load([SAMPLES / "acting.lp"])
    engine.set_facts([("absent", Const("c1"), Const("county_head"))])
    proof = engine.prove(("signs", Const("c1"), Var("Who"), Var("N")))
    assert proof is not None
    assert proof.atom == ("signs", Const("c1"), Const("deputy"), "a29.p1.n7")
    assert ("absent", Const("c1"), Const("county_head")) in [node.atom for node in nodes(proof) if node.by == "input"]
    away = next(node for node in nodes(proof) if node.by == "not" and node.atom[0] == "away")
    (attempt,) = away.attempts
    assert attempt.failed == ("absent", Const("c1"), Var("P")) or text(attempt.failed) == "county_head = deputy"
    assert proof.rule == Place(str(SAMPLES / "acting.lp"), 14)


def test_why_the_head_does_not_sign_leads_to_the_absence(engine: PrologEngine) -> None:
    engine.load([SAMPLES / "acting.lp"])
    engine.set_facts([("absent", Const("c1"), Const("county_head"))])
    denial = engine.prove_not(("signs", Const("c1"), Const("county_head"), Var("N")))
    assert denial is not None
    attempt = denial.attempts[0]
    assert attempt.negated and text(attempt.failed) == "away(c1,county_head)"
    assert attempt.because is not None and attempt.because.by == "rule"
    assert engine.prove(("signs", Const("c1"), Const("county_head"), Var("N"))) is None


def test_a_chain_of_two_hundred_steps_is_proved(engine: PrologEngine) -> None:
    engine.load([law("n(0).\nn(Y) :- n(X), X < 200, Y = X+1.\n")])
    proof = engine.prove(("n", 200))
    assert proof is not None and len(list(nodes(proof))) == 601


def test_a_proof_too_deep_for_python_is_an_error(engine: PrologEngine) -> None:
    engine.load([law("n(0).\nn(Y) :- n(X), X < 600, Y = X+1.\n")])
    for depth in (450, 600):
        try:
            proof = engine.prove(("n", depth))
        except KnowledgeError as error:
            assert "too deep" in str(error)
        else:
            assert proof is not None


# --- The door -------------------------------------------------------------------------------------


@pytest.mark.parametrize("string", HOSTILE)
def test_no_string_is_changed_or_run(engine: PrologEngine, string: str) -> None:
    engine.load([law("input(said, 1). heard(X) :- said(X).")])
    engine.set_facts([("said", string)])
    assert engine.solve(("heard", Var("X"))) == [("heard", string)]
    assert engine.solve(("heard", string)) == [("heard", string)]
    proof = engine.prove(("heard", string))
    assert proof is not None and proof.children[0].atom == ("said", string)


@given(st.text(max_size=20))
@many
def test_no_text_is_changed_or_run(engine: PrologEngine, string: str) -> None:
    fact = ("said", string, Const("null"), -1)
    if any("\ud800" <= character <= "\udfff" for character in string):
        with pytest.raises(InputError):
            engine.set_facts([fact])
    else:
        engine.set_facts([fact])
        assert engine.solve(("said", Var("X"), Var("_"), Var("Y"))) == [fact]


@pytest.mark.parametrize(
    "fact",
    [("halt",), ("length", 1, 2), ("P", 1), ("p", 2**31), ("p", Var("X")), ("p", True), ("said x", 1), ("not", 1)],
)
def test_facts_outside_the_dialect_are_refused_and_the_old_ones_stay(engine: PrologEngine, fact: Atom) -> None:
    engine.load([law("input(p, 1).")])
    engine.set_facts([("p", 1)])
    with pytest.raises(InputError):
        engine.set_facts([("p", 2), fact])
    assert engine.solve(("p", Var("X"))) == [("p", 1)]


def test_a_goal_that_nothing_defines_is_refused_and_a_declared_one_is_empty(engine: PrologEngine) -> None:
    engine.load([law("input(p, 1). hook(h, 2).")])
    for goal in [("halt",), ("shell", "id"), ("q", Var("X")), ("p", 1, 2)]:
        with pytest.raises(InputError):
            engine.solve(goal)
    assert engine.solve(("p", Var("X"))) == [] == engine.solve(("h", 1, 2))


def test_one_variable_twice_asks_for_equal_values_and_limits_count(engine: PrologEngine) -> None:
    engine.load([law("p(1,1). p(1,2). p(2,2).")])
    assert engine.solve(("p", Var("X"), Var("X"))) == [("p", 1, 1), ("p", 2, 2)]
    assert len(engine.solve(("p", Var("_"), Var("_")), limit=2)) == 2
    assert engine.solve(("p", Var("_"), Var("_")), limit=0) == []


def test_threads_ask_one_engine(engine: PrologEngine) -> None:
    engine.load([law("p(1). q(X) :- p(X).")])
    answers: list[list[Atom]] = []
    threads = [Thread(target=lambda: answers.append(PrologEngine().solve(("q", Var("X"))))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[("q", 1)]] * 5


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_it_works_under_the_c_locale_and_ends_in_silence() -> None:
    code = (
        "from nj_logic.prolog import *; from nj_logic.atoms import *; e = PrologEngine();"
        f"e.load([{str(SAMPLES / 'acting.lp')!r}]); e.set_facts([('said', {'法𠮷'!a})]);"
        "print(ascii(e.solve(('said', Var('X')))))"
    )
    done = run(code, LC_ALL="C", PYTHONUTF8="0")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, ascii([("said", "法𠮷")]), "")


def test_a_missing_prolog_is_said_in_one_sentence() -> None:
    code = (
        "import sys; sys.modules['pyswip'] = None\n"
        "from nj_logic.prolog import PrologEngine; from nj_logic.errors import EngineMissing\n"
        "try: PrologEngine()\n"
        "except EngineMissing as error: print(error)\n"
    )
    assert "swi-prolog-nox" in run(code).stdout


def test_a_forked_child_is_told_and_does_not_hang() -> None:
    code = (
        "import os; from nj_logic.prolog import PrologEngine; from nj_logic.errors import KnowledgeError\n"
        "engine = PrologEngine()\n"
        "if os.fork() == 0:\n"
        "    try: engine.version()\n"
        "    except KnowledgeError: os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.wait()[1]))\n"
    )
    assert run(code).stdout == "7\n"


@pytest.mark.parametrize("file", ["dialect.plt", "proof.plt", "whynot.plt", "door.plt"])
def test_the_tests_in_prolog_pass(file: str) -> None:
    command = ["swipl", "--on-error=status", "--on-warning=status", "-g", "run_tests", "-t", "halt"]
    done = subprocess.run([*command, ROOT / "kb/prolog" / file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_door_loads_without_a_warning() -> None:
    command = ["swipl", "--on-error=status", "--on-warning=status", "-g", "halt", ROOT / "kb/prolog/door.pl"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_law_of_a_hundred_rules_answers_in_milliseconds(engine: PrologEngine) -> None:
    rules = ["b0(C,1) :- case(C).", "input(case, 1). input(flag, 2)."]
    rules += [f"b{i}(C,X) :- b{i // 2}(C,X), not flag(C,{i}), X < 3." for i in range(1, 99)]
    engine.load([law("\n".join(rules).replace("b0(C,X) :- b0", "b1(C,X) :- b0"))])
    times = []
    for number in range(5):
        engine.set_facts([("case", Const(f"c{number}")), ("flag", Const(f"c{number}"), 50)])
        start = time.perf_counter()
        assert len(engine.atoms()) > 90
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1, "5 ms on the machine where it was written"
