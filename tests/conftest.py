from __future__ import annotations

import pytest

from nj_logic.knowledge import KnowledgeBase


@pytest.fixture(scope="session")
def kb() -> KnowledgeBase:
    return KnowledgeBase()
