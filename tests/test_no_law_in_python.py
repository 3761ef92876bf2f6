"""No law sits in the program: nj_logic/ and kb/reasoning/ know no office, threshold, deadline, article or norm of the regulation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from nj_logic.knowledge import KnowledgeBase

ROOT = Path(__file__).parent.parent
PYTHON = sorted((ROOT / "nj_logic").glob("*.py"))
REASONING = sorted((ROOT / "kb" / "reasoning").rglob("*.lp"))
NORM = re.compile(r"\ba\d{1,2}[._][pn]\d")
CHINESE = re.compile(r"常务|财政|县长|县政府|县府办|纪要|签发|第(?!一条)[一二三四五六七八九十百]+条")


def strings(file: Path) -> list[str]:
    """The string constants of a module, its docstrings left out."""
    tree = ast.parse(file.read_text("utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
    ]


@pytest.mark.parametrize("file", PYTHON, ids=lambda f: f.name)
def test_no_module_names_an_office_a_value_or_a_norm(kb: KnowledgeBase, file: Path) -> None:
    offices = {t for t in kb.actor_words if len(t) > 3} - {"unit", "chair"}
    kinds = kb.kinds.keys() - {"acting"}  # a word of the JSON contract too
    found = [s for s in strings(file) if s in offices or s in kinds or NORM.search(s) or CHINESE.search(s)]
    assert found == []


@pytest.mark.parametrize("file", PYTHON, ids=lambda f: f.name)
def test_no_module_has_a_bound_of_a_ladder(kb: KnowledgeBase, file: Path) -> None:
    bounds = {int(cut) for cut, _ in kb.cells.cuts}
    numbers = {
        n.value
        for n in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(n, ast.Constant) and type(n.value) is int
    }
    assert numbers & (bounds - {0}) == set()


@pytest.mark.parametrize("file", REASONING, ids=lambda f: f.name)
def test_no_reasoning_module_names_an_office_or_a_norm(kb: KnowledgeBase, file: Path) -> None:
    code = "\n".join(line.split("%")[0] for line in file.read_text("utf-8").splitlines())
    words = set(re.findall(r"\b[a-z][a-z0-9_]*\b", code))
    assert (
        words & (set(kb.actor_words.values()) - {"chair"}) == set()
        and not NORM.search(code)
        and not CHINESE.search(code)
    )
