"""A register of accepted findings: defects that somebody has decided to live with, for a reason and until a day.

An entry keeps its finding quiet; one that has run out no longer does, and one whose finding is gone is stale. Both are told.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .entries import read_entries
from .errors import Bilingual, InputError

if TYPE_CHECKING:
    from .audit import Finding

FIELDS = {"id": "编号", "reason": "理由", "by": "决定者", "until": "至"}


class Accepted(NamedTuple):
    """One accepted finding: until *until*, that day included; without end if it is None."""

    id: str
    reason: str
    by: str
    until: datetime.date | None

    def to_json(self) -> dict[str, str | None]:
        """As in JSON output."""
        return {**self._asdict(), "until": self.until.isoformat() if self.until else None}


def read_accepted(path: Path) -> tuple[Accepted, ...]:
    """The entries of a file with a list under ``accepted:``.

    Raises:
        InputError: the file is wrong, or accepts a finding twice.
    """
    found: dict[str, Accepted] = {}
    for entry in read_entries(path, "accepted", FIELDS, {name: FIELDS[name] for name in ("id", "reason", "by")}):
        one = Accepted(entry.stated["id"], entry.stated["reason"], entry.stated["by"], entry.date("until"))
        if found.setdefault(one.id, one) != one:
            raise InputError(f"{one.id} is accepted twice", f"{one.id} 重复", entry.where)
    return tuple(found[id_] for id_ in sorted(found))


def accept(
    findings: Iterable[Finding], entries: Iterable[Accepted], today: datetime.date
) -> tuple[tuple[Finding, ...], tuple[Bilingual, ...]]:
    """The findings with what was accepted marked, and what is to be said of entries that no longer serve."""
    findings = tuple(findings)
    known = {f.id for f in findings}
    notes, valid = [], {}
    for entry in entries:
        if entry.id not in known:
            notes.append(
                Bilingual(
                    f"登记的 {entry.id} 已不存在，可以删去",
                    f"the entry {entry.id} is stale: there is no such finding any more",
                )
            )
        elif entry.until is not None and entry.until < today:
            day = entry.until.isoformat()
            notes.append(Bilingual(f"登记的 {entry.id} 已于 {day} 到期", f"the entry {entry.id} expired on {day}"))
        else:
            valid[entry.id] = entry.to_json()
    return tuple(replace(f, accepted=valid.get(f.id)) for f in findings), tuple(notes)
