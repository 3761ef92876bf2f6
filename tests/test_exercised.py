"""Executable means exercised: every norm with rules is breached, decides or sets the date in one scenario, and is met or does not apply in another."""

from __future__ import annotations

import pytest

from nj_logic.build import scenarios_by_norm
from nj_logic.knowledge import KnowledgeBase

from .scenarios import FOLDER


@pytest.mark.parametrize("side", ["applied", "spared"])
def test_every_executable_norm_has_a_scenario_on_either_side(kb: KnowledgeBase, side: str) -> None:
    sides = scenarios_by_norm(FOLDER)
    assert [n.id for n in kb.norms.values() if n.executable and not sides.get(n.id, {}).get(side)] == []
