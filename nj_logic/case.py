"""Cases: what a user states of a matter, typed by the declaration of its kind. :mod:`nj_logic.intake` reads them."""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .declared import Kind

Value = str | bool | Decimal | int | datetime.date | tuple[str, ...]
"""A stated fact: a term's id, a person's id or a text; a boolean; yuan; an integer; a date; several terms."""
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody on the roster, named by his office.

    Attributes:
        implied: whether the tool supplied him because an office with one holder had none on the roster.
    """

    id: str
    title: str
    offices: tuple[str, ...]
    portfolios: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from *start* to *end*, both days included; None is open-ended."""

    who: str
    start: datetime.date | None
    end: datetime.date | None
    reason: str | None
    delegated_to: str | None
    long: bool | None

    def covers(self, day: datetime.date) -> bool:
        """Whether he is away on *day*."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def among(self, days: Sequence[datetime.date]) -> Sequence[datetime.date]:
        """Those of *days*, which are sorted, on which he is away."""
        first = 0 if self.start is None else bisect_left(days, self.start)
        return days[first : len(days) if self.end is None else bisect_right(days, self.end)]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the record: who (an actor's id, or an official's where *person*) did what, and when."""

    actor: str
    person: bool
    action: str
    on: datetime.date | None


@dataclass(slots=True)
class Case:
    """A matter as stated. All terms are ids; all persons are on the roster.

    Attributes:
        stated: the facts that the user wrote; the others of ``facts`` are sums or defaults.
        fixed: what no repair may change: ids of facts, ``date``, ``record``, ``absences``, or one entry, ``record[2]``.
    """

    id: str
    kind: Kind
    facts: dict[str, Value]
    opened: frozenset[str]
    date: datetime.date | None = None
    record: tuple[Entry, ...] | None = None
    absences: tuple[Absence, ...] = ()
    officials: tuple[Official, ...] = ()
    ab_pairs: tuple[tuple[str, str], ...] = ()
    complete: bool = True
    evidence: dict[str, str] = field(default_factory=dict)
    note: str = ""
    stated: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()

    def official(self, id_: str) -> Official:
        """The official with this id."""
        return next(o for o in self.officials if o.id == id_)

    @property
    def critical_days(self) -> list[datetime.date]:
        """The days on which something begins or has just ended, sorted; between two of them nothing changes.

        Where the time before them matters (somebody has been away since nobody knows when, or the day asked about is not
        stated), the day before the first of them stands for it.
        """
        days = {d for d in [self.asked_day, *(e.on for e in self.record or ())] if d is not None}
        for absence in self.absences:
            if absence.start is not None:
                days.add(absence.start)
            if absence.end is not None:
                days.add(absence.end + DAY)
        if days and (self.since_ever if self.kind.register else self.day_is_open):
            days.add(min(days) - DAY)
        return sorted(days)

    @property
    def since_ever(self) -> bool:
        """Whether an absence has no beginning."""
        return any(a.start is None for a in self.absences)

    @property
    def asked_day(self) -> datetime.date | None:
        """The day asked about: as stated, else the first day on which all the absences stated overlap; None if there is none."""
        if self.date is not None or self.kind.register:
            return self.date
        starts = [a.start for a in self.absences if a.start is not None]
        ends = [a.end for a in self.absences if a.end is not None]
        first = max(starts) if starts else min(ends, default=None)
        return first if first is not None and all(first <= end for end in ends) else None

    @property
    def day_is_open(self) -> bool:
        """Whether the day matters and cannot be told: it is not stated, and the absences do not overlap."""
        return self.asked_day is None and not self.kind.register and any(a.start or a.end for a in self.absences)
