"""Circular delegation: A entrusts B, B entrusts C, and C entrusts A, all away on one day."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

from .case import Absence

EARLIEST, LATEST = datetime.date.min, datetime.date.max


def find_ring(absences: Iterable[Absence]) -> tuple[Absence, list[str]] | None:
    """The first ring of delegations that exists on one day, and the absence that closes it; None if there is none.

    Only the days on which an absence begins are looked at, each from the persons whose absence begins there: a ring that
    exists on some day exists on the day on which the last of its absences begins.

    Returns:
        an absence of the ring that begins on that day, and the persons in order, the first of them again at the end.
    """
    delegated = sorted((a for a in absences if a.delegated_to is not None), key=_begin)
    until: dict[str, dict[str, datetime.date]] = {}  # whom a person has entrusted so far, and the last day of that
    for day, group in groupby(delegated, key=_begin):
        begun = list(group)
        for absence in begun:
            entrusted = until.setdefault(absence.who, {})
            whom = str(absence.delegated_to)
            entrusted[whom] = max(entrusted.get(whom, EARLIEST), absence.end or LATEST)
        ring = _ring([a.who for a in begun], until, day)
        if ring is not None:
            return next(a for a in begun if a.who in ring and a.delegated_to in ring), ring
    return None


def _begin(absence: Absence) -> datetime.date:
    return absence.start or EARLIEST


def _ring(
    persons: Collection[str], until: Mapping[str, Mapping[str, datetime.date]], day: datetime.date
) -> list[str] | None:
    """A ring that is reached from one of *persons* on *day*, in a search that visits each person once."""

    def entrusted(person: str) -> Iterator[str]:
        return (whom for whom, last in until.get(person, {}).items() if last >= day)

    left: set[str] = set()
    for start in persons:
        path, choices = {start: None}, [entrusted(start)]  # the path is a dict for its order and its look-up
        while choices and start not in left:
            whom = next(choices[-1], None)
            if whom is None:
                choices.pop()
                left.add(path.popitem()[0])
            elif whom in path:
                order = list(path)
                return [*order[order.index(whom) :], whom]
            elif whom not in left:
                path[whom] = None
                choices.append(entrusted(whom))
    return None
