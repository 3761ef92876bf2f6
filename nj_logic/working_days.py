"""Working days: the calendar of the State Council with its make-up days, and years that an office adds by a file.

The calendar is that of the package ``chinesecalendar`` for the years that it knows; ``kb/calendar/YEAR.yaml`` (``holidays:`` and
``workdays:``, lists of dates that differ from the plain week) adds or replaces a year.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from .errors import InputError

DAY = datetime.timedelta(days=1)
AHEAD = 45
"""How many days after the last date of a case are counted: more than any time limit in working days needs."""
NEEDED_AHEAD = 14
"""How many of them must be known."""


class WorkingDays:
    """Which days are working days.

    Args:
        folder: holds a file a year, ``2027.yaml``; may be missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._years: dict[int, dict[datetime.date, bool] | None] = {}

    def is_working(self, day: datetime.date) -> bool | None:
        """Whether *day* is a working day; None if nothing is known of its year."""
        if day.year not in self._years:
            self._years[day.year] = self._year(day.year)
        special = self._years[day.year]
        if special is not None:
            return special.get(day, day.weekday() < 5)
        import chinese_calendar

        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return None

    def _year(self, year: int) -> dict[datetime.date, bool] | None:
        file = self._folder / f"{year}.yaml"
        if not file.is_file():
            return None
        from .amounts import parse_date
        from .document import Mapping, Sequence, Text, read_document

        content = read_document(file)
        found: dict[datetime.date, bool] = {}
        for key, working in (("holidays", False), ("workdays", True)):
            days = content.get(Text(key)) if isinstance(content, Mapping) else None
            for entry in days if isinstance(days, Sequence) else ():
                found[parse_date(str(entry))] = working
        return found

    def numbered(self, dates: Iterable[datetime.date]) -> list[tuple[datetime.date, int, bool]]:
        """Each day from the first of *dates* to some weeks after the last, the number of working days up to it (it included),
        and whether it is one itself.

        Raises:
            InputError: the calendar of a year that is needed is not known.
        """
        dates = list(dates)
        if not dates:
            return []
        day, last, needed = min(dates), max(dates) + AHEAD * DAY, max(dates) + NEEDED_AHEAD * DAY
        count, found = 0, []
        while day <= last:
            working = self.is_working(day)
            if working is None:
                if day > needed:
                    break
                raise InputError(
                    f"the working days of {day.year} are not known; add kb/calendar/{day.year}.yaml with holidays: and workdays:",
                    f"没有{day.year}年的工作日历;请添加 kb/calendar/{day.year}.yaml(holidays: 与 workdays:)",
                )
            count += working
            found.append((day, count, working))
            day += DAY
        return found
