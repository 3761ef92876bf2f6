"""Every scenario: what the text gives is what the tool gives."""

from __future__ import annotations

import pytest

from nj_logic.knowledge import KnowledgeBase

from .scenarios import Scenario, compare, load


@pytest.mark.parametrize("scenario", list(load()), ids=lambda s: s.id)
def test_the_tool_answers_as_the_text_does(kb: KnowledgeBase, scenario: Scenario) -> None:
    assert compare(kb, scenario) == []
