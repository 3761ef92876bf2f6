"""Hostile strings come out as text: in clingo, in SWI-Prolog, on the terminal and in JSON. HTML is tested with the reports."""

from __future__ import annotations

import copy
import json
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clingo
import pytest

from nj_logic.atoms import Atom, from_clingo
from nj_logic.errors import InputError
from nj_logic.explain import prolog_engine
from nj_logic.facts import case_atoms
from nj_logic.knowledge import KnowledgeBase
from nj_logic.terminal import clean

from .command import Command

STRINGS = {
    "quotes": "\"'`“”",
    "backslashes": "a\\\\b\\n\\",
    "newlines": "a\nb\r\nc\u2028d\x85e",
    "prolog": "x). halt. %",
    "prolog quoted": "\"). :- halt. %\n",
    "prolog format": "~w ~a ~q %p",
    "clingo": '"). #script (python) import os #end. %',
    "clingo comment": "%* *% #include \"x\".",
    "jinja": "{{7*7}}{% raw %}",
    "html": "<script>alert(1)</script>&amp;",
    "ansi": "\x1b[2J\x1b]0;title\x07\x9b31m",
    "direction": "\u202etxet\u2066\u200f\ufeff",
    "formats": "%s {0} {} %(x)s $(id) `id`",
    "astral": "𠮷野家",
    "combining": "e\u0301\u200d👨‍👩‍👧",
    "constant": "county_head_",
    "number": "2147483648",
    "yaml": "- *a: &b !!x | >",
    "long": "很" * 200,
}  # fmt: skip
NEVER = {"a NUL": "a\0b", "half a character": "\ud800", "the other half": "\udfff"}


@pytest.fixture
def nj(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def matter(text: str) -> dict[str, Any]:
    """A case with *text* wherever a user may write what he likes."""
    return {
        "case": text,
        "kind": "document_signing",
        "note": text,
        "facts": {"portfolio": text},
        "evidence": {"portfolio": text},
        "officials": [
            {"id": text, "title": text, "office": "deputy_head", "portfolio": [text]},
            {"id": "b", "title": "partner", "office": "deputy_head"},
            {"id": "county_head", "office": "county_head"},
        ],
        "ab_pairs": [[text, "b"]],
        "absences": [{"who": "b", "from": "2026-03-02", "to": "2026-03-05", "delegated_to": text}],
        "record": [{"actor": text, "action": "verify", "on": "2026-03-03"}],
        "date": "2026-03-03",
    }


def register(text: str) -> dict[str, Any]:
    """A register with *text* wherever a user may write what he likes: the pair is away together."""
    found = matter(text)
    away = [{"who": who, "from": "2026-03-02", "to": "2026-03-05"} for who in (text, "b")]
    return {k: found[k] for k in ("case", "note", "officials", "ab_pairs")} | {
        "kind": "travel_register",
        "absences": away,
    }


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def renamed(value: Any, text: str, other: str) -> Any:
    """The result with *text* replaced, wherever it stands as or in a string."""
    return json.loads(json.dumps(value).replace(json.dumps(text.strip())[1:-1], other))


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
def test_it_reaches_clingo_as_one_string(kb: KnowledgeBase, text: str) -> None:
    case = kb.case(matter(text))
    atoms = case_atoms(kb, case, {})
    text = text.strip()
    assert clingo.Function("in_charge", [clingo.String(text)] * 3) in atoms
    assert clingo.Function("fact", [clingo.String(text), clingo.Function("portfolio"), clingo.String(text)]) in atoms
    assert all(clingo.parse_term(str(atom)) == atom for atom in atoms)


@pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
def test_it_reaches_prolog_as_one_string(kb: KnowledgeBase, text: str) -> None:
    atoms: list[Atom] = [from_clingo(a) for a in case_atoms(kb, kb.case(matter(text)), {})]
    engine = prolog_engine(kb)
    engine.set_facts(atoms)
    assert set(atoms) <= engine.atoms()


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
@pytest.mark.parametrize("use", ["paths", "answer", "check", "conflicts"])
def test_it_changes_no_answer(kb: KnowledgeBase, use: str, text: str) -> None:
    def result(word: str) -> Any:
        case = kb.case((register if use == "conflicts" else matter)(word))
        return getattr(kb, use)(case).to_json()

    if use == "paths":
        pytest.skip("the kind has no procedure") if not kb.kinds["document_signing"].procedure else None
    first, last = ("00name", "zzname")  # an id before and one after that of his partner: results are sorted by ids
    assert renamed(result(text), text, "NAME") in [renamed(result(other), other, "NAME") for other in (first, last)]


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_comes_out_of_the_command_line_as_text(nj: Command, tmp_path: Path, lang: str, text: str) -> None:
    for name, content in (("case", matter(text)), ("register", register(text))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content), "utf-8")
    calls = [("answer", "case"), ("check", "case"), ("conflicts", "register")]
    for command, name in calls:
        status, out, err = nj(command, tmp_path / f"{name}.json", "--lang", lang)
        assert status in {0, 1} and err == ""
        assert hidden(out) == [] and clean(text.strip()) in out
        status, out, err = nj(command, tmp_path / f"{name}.json", "--json")
        assert status in {0, 1} and err == ""
        assert hidden(out) == [] and json.loads(out)["case"] == text.strip()


def hidden(out: str) -> list[str]:
    """Characters that a terminal obeys instead of showing."""
    return [c for c in out if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_error_shows_it_on_one_line(nj: Command, tmp_path: Path, lang: str, text: str) -> None:
    good = {"kind": "fund_use", "facts": {"source": "county"}}
    places = [
        {**good, "kind": text}, {**good, text: 1}, {**good, "facts": {"source": text}}, {**good, "facts": {text: 1}},
        {**good, "date": text}, {**good, "record": [{"actor": text, "action": "verify"}]}, {**good, "evidence": {text: "x"}},
        {**good, "officials": [{"id": text, "office": "deputy_head"}] * 2}, {**good, "ab_pairs": [[text, text]]},
        {**good, "roster": text},
    ]  # fmt: skip
    file = tmp_path / "case.json"
    for content in places:
        file.write_text(json.dumps(content), "utf-8")
        status, out, err = nj("paths", file, "--lang", lang)
        assert (status, out) == (2, "")
        assert err.startswith("nj: ") and err.count("\n") == 1 and hidden(err) == [] and len(err) < 3000


@pytest.mark.parametrize("text", [*STRINGS.values(), *NEVER.values()], ids=[*STRINGS, *NEVER])
def test_arguments_are_text_too(nj: Command, tmp_path: Path, text: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("kind: fund_use\nfacts: {source: county, amount: 15万元}\n", "utf-8")
    calls = [
        ["paths", file, "--reading", text], ["paths", file, "--reading", f"mixed_funds={text}"], ["paths", file, "--reading", f"{text}=x"],
        ["paths", tmp_path / "no" / "such" / "file" if "\0" in text else text], ["schema", text], ["x" + text], ["article", text],
        ["kinds", "--lang", text], ["kinds", "--" + text],
    ]  # fmt: skip
    for call in calls:
        status, out, err = nj(*call)
        assert (status, out) == (2, ""), call
        assert err.startswith("nj: ") and err.count("\n") == 1 and hidden(err) == []


@pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
@pytest.mark.parametrize("text", [*STRINGS.values(), *NEVER.values(), "a" * 5000], ids=[*STRINGS, *NEVER, "very long"])
def test_a_goal_is_never_a_program(nj: Command, tmp_path: Path, text: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("kind: fund_use\nfacts: {source: county, amount: 15万元}\n", "utf-8")
    goals = [text, f"p{text}", f"route({text})", f'route("{text}", X, Y)', f"halt, {text}(1)", f"route(1), {text}"]
    for goal in [
        *goals,
        "halt(0)",
        'shell("touch x")',
        "route(X, Y, Z) :- halt",
        "(halt)",
        "'halt'()",
        "system:halt(1)",
    ]:
        status, out, err = nj("why", file, "--", goal)
        assert (status, out) == (2, ""), goal
        assert err.startswith("nj: ") and err.count("\n") == 1 and hidden(err) == []


@pytest.mark.parametrize("text", NEVER.values(), ids=NEVER)
def test_half_characters_and_nuls_are_refused(kb: KnowledgeBase, nj: Command, tmp_path: Path, text: str) -> None:
    file = tmp_path / "case.json"
    for path in (
        ["case"],
        ["note"],
        ["facts", "portfolio"],
        ["officials", 0, "title"],
        ["ab_pairs", 0, 0],
        ["record", 0, "actor"],
    ):
        content: Any = copy.deepcopy(matter("a"))
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = text
        with pytest.raises(InputError, match="half of a character"):
            kb.case(content)
        file.write_text(json.dumps(content), "utf-8")
        assert nj("answer", file)[:2] == (2, "")


def test_texts_of_any_length_are_kept_whole(kb: KnowledgeBase) -> None:
    case = kb.case({"kind": "fund_use", "note": "很" * 100_000, "evidence": {"amount": "长" * 100_000}})
    assert (len(case.note), len(case.evidence["amount"])) == (100_000, 100_000)


def test_chinese_and_astral_characters_are_not_escaped(nj: Command, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case: 𠮷 资金\nkind: fund_use\n", "utf-8")
    for arguments in ([], ["--json"]):
        assert "𠮷 资金" in nj("paths", file, *arguments).out
