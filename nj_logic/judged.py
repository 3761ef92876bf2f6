"""A register of findings by human judgement: defects that somebody saw and no detector can. They are shown beside an audit, marked as such,
and never counted as found by it.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .entries import read_entries
from .errors import InputError, unknown_word

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

FIELDS = {
    "id": "编号",
    "type": "类型",
    "norms": "规范",
    "title": "标题",
    "reason": "理由",
    "by": "判断者",
    "on": "日期",
}


class Judged(NamedTuple):
    """One judgement: of which type, about which norms, what is wrong and why, who says so, and when."""

    id: str
    type: str
    norms: tuple[str, ...]
    title: str
    reason: str
    by: str
    on: datetime.date | None

    def to_json(self, kb: KnowledgeBase) -> dict[str, Any]:
        """As in JSON output; the quotations beside it."""
        quotes = [kb.norms[n].quote for n in self.norms]
        return {
            **self._asdict(),
            "norms": list(self.norms),
            "quotes": quotes,
            "on": self.on.isoformat() if self.on else None,
        }


def read_judged(path: Path, kb: KnowledgeBase, types: tuple[str, ...]) -> tuple[Judged, ...]:
    """The entries of a file with a list under ``judged:``; norms stand in one text, with commas or spaces between.

    Args:
        types: the types of findings that there are.

    Raises:
        InputError: the file is wrong, names an unknown type or norm, or an id twice.
    """
    found: dict[str, Judged] = {}
    for entry in read_entries(
        path, "judged", FIELDS, {name: FIELDS[name] for name in ("id", "type", "norms", "title", "reason", "by")}
    ):
        stated = entry.stated
        if stated["type"] not in types:
            raise unknown_word("type of finding", "问题类型", stated["type"], types, entry.where)
        norms = tuple(dict.fromkeys(re.split(r"[\s,，、]+", stated["norms"])))
        for norm in norms:
            if norm not in kb.norms:
                raise unknown_word("norm", "规范", norm, kb.norms, entry.where)
        one = Judged(
            stated["id"], stated["type"], norms, stated["title"], stated["reason"], stated["by"], entry.date("on")
        )
        if found.setdefault(one.id, one) is not one:
            raise InputError(f"{one.id} is there twice", f"{one.id} 重复", entry.where)
    return tuple(found[id_] for id_ in sorted(found))
