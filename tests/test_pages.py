"""The chapters' pages in docs/ are what the knowledge base gives now: ``make docs`` writes them anew."""

from __future__ import annotations

from pathlib import Path

from nj_logic.knowledge import KnowledgeBase
from nj_logic.pages import pages

FOLDER = Path(__file__).parent.parent / "docs" / "chapters"


def test_the_pages_are_in_step_with_the_knowledge_base(kb: KnowledgeBase) -> None:
    made = pages(kb)
    assert sorted(made) == sorted(f.name for f in FOLDER.glob("*.md"))
    assert [name for name, page in made.items() if (FOLDER / name).read_text("utf-8") != page] == []


def test_every_norm_has_a_row_on_some_page(kb: KnowledgeBase) -> None:
    text = "\n".join(pages(kb).values())
    assert [n for n in kb.norms if f"| {n} |" not in text] == []
