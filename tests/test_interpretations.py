"""Adopted interpretations fix a reading from their day on, are named in every result, and are refused where they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nj_logic.errors import InputError
from nj_logic.knowledge import KnowledgeBase

EXAMPLE = Path(__file__).parent.parent / "examples" / "interpretations.yaml"
ENTRY = {"topic": "quorum_half", "option": "half_or_more", "basis": "解释", "since": "2026-01-01", "by": "县政府办公室"}


def quorum(kb: KnowledgeBase, **more: Any) -> tuple[str, dict[str, Any]]:
    case = kb.case({"kind": "executive_meeting", "facts": {"members": 10, "present": 5}, **more})
    result = kb.answer(case).to_json()
    return next(a["status"] for a in result["answers"] if a["question"]["id"] == "quorum"), result


@pytest.fixture
def own() -> KnowledgeBase:
    return KnowledgeBase()


def test_an_adopted_interpretation_settles_the_reading_and_is_named(own: KnowledgeBase) -> None:
    assert quorum(own)[0] == "conflict"
    own.adopt(EXAMPLE)
    status, result = quorum(own, date="2026-03-01")
    assert status == "determined"
    assert [i["topic"] for i in result["interpretations"]] == ["quorum_half"]


def test_it_does_not_reach_cases_before_its_day(own: KnowledgeBase) -> None:
    own.adopt(EXAMPLE)
    status, result = quorum(own, date="2025-12-31")
    assert status == "conflict" and "interpretations" not in result


def written(folder: Path, *entries: dict[str, str]) -> Path:
    lines = ["interpretations:"]
    for entry in entries:
        lines += [f"  {'-' if n == 0 else ' '} {k}: {v}" for n, (k, v) in enumerate(entry.items())]
    file = folder / "adopted.yaml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([{**ENTRY, "topic": "quorum_hal"}], "did you mean quorum_half?"),
        ([{**ENTRY, "option": "half"}], "'half' is no option of quorum_half"),
        ([{**ENTRY, "since": "2026-02-30"}], "2026-02-30"),
        ([{k: v for k, v in ENTRY.items() if k != "basis"}], "basis is not stated"),
        ([{**ENTRY, "why": "x"}], "no field of an entry"),
        ([ENTRY, {**ENTRY, "option": "more_than_half"}], "settled twice"),
    ],
)
def test_a_wrong_entry_is_refused(own: KnowledgeBase, tmp_path: Path, entries: list[dict[str, str]], said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        own.adopt(written(tmp_path, *entries))
