"""Goals of one's own: what they answer, in both engines and over all worlds; and that nothing gets out of the fence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from nj_logic.errors import InputError, NjError
from nj_logic.fence import Unfinished
from nj_logic.goals import Found, Ground, ask_asp, ask_prolog
from nj_logic.knowledge import KnowledgeBase

from .command import Command

ROOT = Path(__file__).parent.parent
PROJECT = ROOT / "examples" / "investment-6000000.yaml"
needs_prolog = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
SIGNED = {"a48.p1.n1", "a48.p1.n2", "a48.p1.n3", "a48.p1.n12", "a58.p1.n7", "a58.p2.n5", "a58.p3.n3"}


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture(name="ground", scope="module")
def ground_of(kb: KnowledgeBase) -> Ground:
    return Ground(kb)


def column(found: Found, name: str) -> set[object]:
    return {row.values[found.columns.index(name)] for row in found.rows}


def test_literals_in_asp_give_a_column_for_each_variable(ground: Ground) -> None:
    found = ask_asp(ground, "step(_, _, county_head, sign, N), not points_to(N, _)")
    assert found.columns == ("N",) and column(found, "N") == SIGNED


def test_rules_in_asp_may_build_on_one_another(ground: Ground) -> None:
    found = ask_asp(
        ground, "signs(O, N) :- step(_, _, O, sign, N). answer(O, K) :- signs(O, _), K = #count{N : signs(O, N)}."
    )
    assert ("county_head", len(SIGNED)) in {row.values for row in found.rows}


@needs_prolog
def test_a_goal_in_prolog_gives_the_same_as_in_asp(ground: Ground) -> None:
    assert column(ask_prolog(ground, "step(_, _, county_head, sign, N), not points_to(N, _)."), "N") == SIGNED
    assert (
        ask_prolog(ground, "aggregate_all(count, norm(_, _, strict, _), K)").rows
        == ask_asp(ground, "K = #count{N : norm(N, _, strict, _)}").rows
    )


@needs_prolog
def test_both_engines_say_in_which_worlds_of_a_case_an_answer_holds(kb: KnowledgeBase) -> None:
    ground = Ground(kb, kb.case(PROJECT))
    found = [ask("stage(C, R, S, O, A, N)") for ask in (lambda g: ask_asp(ground, g), lambda g: ask_prolog(ground, g))]
    rows = [{(r.values, r.varies, r.under) for r in f.rows} for f in found]
    assert rows[0] == rows[1] and any(varies for _, varies, _ in rows[0])


def test_answers_beyond_the_limit_are_cut_off_and_said_to_be(ground: Ground) -> None:
    found = ask_asp(ground, "norm(N, _, _, _)", most=10)
    assert len(found.rows) == 10 and found.truncated


ESCAPES_ASP = [
    '#script (python) import os; os.system("touch {marker}") #end.',
    '#script (lua) os.execute("touch {marker}") #end.',
    '#include "/etc/passwd".',
    '# include "/etc/passwd" .',
    "#include <incmode>.",
    "norm(N, _, _, _), X = @system(N)",
    'p(@getenv("HOME")).',
    "#external p. answer(1).",
    "#const n = 3. answer(n).",
    "#show norm/4. answer(1).",
    "#program base. answer(1).",
    "#defined p/1. answer(1).",
    '#theory t { }. answer(1).',
    "&sum { 1 } = 1",
    "{ p(1) }. answer(1) :- p(1).",
    "p(1) ; q(1).",
    ":- norm(_, _, _, _).",
    "norm(1, strict, strict, county_head).",
    "-p(1). answer(1) :- -p(1).",
    "p :- not q. q :- not p. answer(1) :- p.",
    'answer(1). %*\n#include "/etc/passwd". *%',
    'answer("a\\"). #include \\"/etc/passwd\\". b").#include "/etc/passwd".',
    '"unfinished',
    "answer(1). 县长(1).",
    "answer(1).\0",
    "(" * 5000 + "1" + ")" * 5000,
    "1" + "+1" * 3000 + " = X",
    "input(X, Y)",
    "nothing_like_this(X)",
    "",
    "X",
    "norm(N, _",
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ESCAPES_ASP)))
def test_no_goal_in_asp_gets_out(ground: Ground, tmp_path: Path, number: int) -> None:
    marker = tmp_path / "marker"
    with pytest.raises(InputError):
        ask_asp(ground, ESCAPES_ASP[number].replace("{marker}", str(marker)), seconds=5)
    assert not marker.exists()


@pytest.mark.parametrize(
    "goal",
    [
        "p(0). p(X+1) :- p(X).",
        "norm(A,_,_,_), norm(B,_,_,_), norm(C,_,_,_), norm(D,_,_,_), norm(E,_,_,_)",
        "X = 0..2000000000",
        "p(1..100000). answer(X,Y,Z) :- p(X), p(Y), p(Z).",
    ],
)
def test_a_goal_in_asp_that_does_not_finish_says_so(ground: Ground, goal: str) -> None:
    with pytest.raises(Unfinished) as stopped:
        ask_asp(ground, goal, seconds=1)
    assert stopped.value.exit_status == 1


ESCAPES_PROLOG = [
    "shell('touch {marker}')",
    "open('{marker}', write, S)",
    "tell('{marker}')",
    "consult('/etc/passwd')",
    "load_files('/etc/passwd', [])",
    "use_module(library(process))",
    "process_create(path(touch), ['{marker}'], [])",
    "process:process_create(path(touch), ['{marker}'], [])",
    "tcp_socket(S)",
    "http_open('http://127.0.0.1/', S, [])",
    "getenv('HOME', X)",
    "setenv(a, b)",
    "halt",
    "G = shell('touch {marker}'), call(G)",
    "G =.. [shell, 'touch {marker}'], G",
    "term_to_atom(G, 'shell(\\'touch {marker}\\')'), call(G)",
    "findall(X, shell('touch {marker}', X), L)",
    "\\+ shell('touch {marker}')",
    "catch(shell('touch {marker}'), _, true)",
    "forall(member(X, [1]), shell('touch {marker}'))",
    "maplist([X]>>shell(X), ['touch {marker}'])",
    "setof(X, Y^shell('touch {marker}', X), L)",
    "dialect:rule(A, B, C, D, E, F)",
    "ask:truth(shell('touch {marker}'))",
    "user:shell('touch {marker}')",
    "assertz((go :- shell('touch {marker}'))), go",
    "thread_create(shell('touch {marker}'))",
    "open_shared_object('/lib/x.so', H)",
    "exists_file('/etc/passwd')",
    "directory_files('/', L)",
    "read(X)",
    "current_op(P, T, N), op(200, xfx, foo)",
    "prolog_load_context(directory, D)",
    "source_file(F)",
    "format(atom(A), '~@', [shell('touch {marker}')])",
    "string_code(1, X)",
    "nothing_like_this(X)",
    "X",
    "norm(N, _",
    "(a :- b)",
    "norm(N,_,_,_). shell('touch {marker}')",
    "",
]  # fmt: skip


@needs_prolog
@pytest.mark.parametrize("goal", ESCAPES_PROLOG[:3])
def test_no_goal_in_prolog_gets_out_of_the_command(nj: Command, tmp_path: Path, goal: str) -> None:
    marker = tmp_path / "marker"
    found = nj("ask", "--prolog", goal.replace("{marker}", str(marker)), "--lang", "en")
    assert (found.status, found.out) == (2, "") and "refused" in found.err
    assert not marker.exists()


@needs_prolog
def test_no_goal_in_prolog_gets_out(ground: Ground, tmp_path: Path) -> None:
    """All in one process, for it takes a second to start; each answer is looked at by itself."""
    from nj_logic import fence, goals

    marker = tmp_path / "marker"
    replies: list[dict[str, object]] = []
    asked = fence.asked

    def listening(*arguments: object, **options: object) -> dict[str, object]:
        reply = asked(*arguments, **options)  # type: ignore[arg-type]
        replies.append(reply)
        return {"answers": []}

    queries = [{"program": None, "goal": g.replace("{marker}", str(marker))} for g in ESCAPES_PROLOG]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(goals.fence, "asked", listening)
        assert goals.run_prolog(ground, queries, seconds=5) == []
    (reply,) = replies
    outcomes = dict(zip(ESCAPES_PROLOG, reply["answers"], strict=True))  # type: ignore[call-overload]
    assert [goal for goal, answer in outcomes.items() if "error" not in answer] == []
    assert not marker.exists()


@needs_prolog
@pytest.mark.parametrize(
    "goal", ["repeat, fail", "findall(X, between(1, 100000000, X), L)", "length(L, N), N > 100000000"]
)
def test_a_goal_in_prolog_that_does_not_finish_says_so(ground: Ground, goal: str) -> None:
    with pytest.raises(Unfinished):
        ask_prolog(ground, goal, seconds=1)


@needs_prolog
def test_what_a_goal_prints_is_not_an_answer(ground: Ground) -> None:
    found = ask_prolog(ground, 'format("{\\"answers\\": []}~n"), X = 1')
    assert [row.values for row in found.rows] == [(1,)]


def test_the_command_prints_answers_and_ends_as_the_contract_says(nj: Command) -> None:
    found = nj("ask", "--asp", "step(_, _, county_head, sign, N)", "--json")
    answered = json.loads(found.out)
    assert found.status == 0 and {r["N"] for r in answered["rows"]} == SIGNED
    assert answered["goal"] and {n["id"] for n in answered["norms"]} == SIGNED
    assert "引文" not in nj("ask", "--asp", "topic(T, convention)", "--lang", "zh").err
    slow = nj("ask", "--asp", "p(0). p(X+1) :- p(X).", "--seconds", "1", "--lang", "en")
    assert (slow.status, slow.out) == (1, "") and "did not finish within 1 seconds" in slow.err
    cut = nj("ask", "--asp", "norm(N, _, _, _)", "--limit", "3", "--lang", "zh")
    assert cut.status == 1 and "还有更多" in cut.out
    wrong = nj("ask", "--asp", "nrm(N, _, _, _)", "--lang", "en")
    assert (wrong.status, wrong.out) == (2, "") and "norm/4" in wrong.err
    assert "norm/4" in nj("ask", "--predicates").out


def test_a_missing_engine_is_named(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NjError, match="SWI-Prolog"):
        ask_prolog(ground, "norm(N,_,_,_)")
