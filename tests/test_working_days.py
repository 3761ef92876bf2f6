"""Working days: the State Council's calendar with its make-up days, and years that a file adds."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from nj_logic.errors import InputError
from nj_logic.working_days import WorkingDays


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("date", "working"),
    [("2025-09-28", True), ("2025-10-01", False), ("2025-06-14", False), ("2025-06-16", True), ("2026-10-10", True)],
)
def test_make_up_days_are_working_days_and_holidays_are_not(date: str, working: bool) -> None:
    assert WorkingDays(Path("none")).is_working(day(date)) is working


def test_working_days_are_counted_from_the_first_date() -> None:
    counted = {d.isoformat(): (n, w) for d, n, w in WorkingDays(Path("none")).numbered([day("2025-09-25")])}
    assert counted["2025-09-25"] == (1, True) and counted["2025-09-27"] == (2, False)
    assert counted["2025-09-28"] == (3, True)  # a Sunday that makes up for the holiday
    assert counted["2025-10-08"] == (5, False) and counted["2025-10-09"] == (6, True)


def test_a_year_that_nobody_knows_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"kb/calendar/2031\.yaml"):
        WorkingDays(tmp_path).numbered([day("2031-03-03")])


def test_a_file_adds_a_year(tmp_path: Path) -> None:
    (tmp_path / "2031.yaml").write_text("holidays: [2031-03-03]\nworkdays: [2031-03-08]\n", "utf-8")
    calendar = WorkingDays(tmp_path)
    assert [calendar.is_working(day(d)) for d in ("2031-03-03", "2031-03-04", "2031-03-08", "2031-03-09")] == [
        False,
        True,
        True,
        False,
    ]


def test_the_end_of_the_last_known_year_needs_the_next_one() -> None:
    with pytest.raises(InputError, match="2027"):
        WorkingDays(Path("none")).numbered([day("2026-12-30")])
