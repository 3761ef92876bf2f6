"""Adopted interpretations: readings that an office with the power to interpret has settled, from a day on.

A file lists them; each names the topic and option of a reading, its basis, since when, and by whom. They fix the reading in every case from
their day on (a case without a day counts as one of today), and every result names those that were applied.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .amounts import AmountError, parse_date
from .document import Mapping, Sequence, Text, read_document
from .errors import InputError, nearest

if TYPE_CHECKING:
    from .case import Case

FIELDS = {"topic": "主题", "option": "选项", "basis": "依据", "since": "自", "by": "作出者"}


class Interpretation(NamedTuple):
    """A reading that an office has adopted, from the day *since* on."""

    topic: str
    option: str
    basis: str
    since: datetime.date
    by: str

    def to_json(self) -> dict[str, str]:
        """As in JSON output."""
        return {**self._asdict(), "since": self.since.isoformat()}


def read_interpretations(path: Path, readings: MappingType[str, Any]) -> tuple[Interpretation, ...]:
    """The interpretations of a file.

    Args:
        path: a YAML or JSON file with a list under ``interpretations:``.
        readings: the topics of the knowledge base with their options.

    Raises:
        InputError: the file is wrong, names no known topic or option, or settles a topic in two ways.
    """
    content = read_document(path)
    entries = content.get(Text("interpretations")) if isinstance(content, Mapping) else None
    if not isinstance(entries, Sequence):
        raise InputError("a list under interpretations: is expected", "应有 interpretations: 列表", str(path))
    names = {**{k: k for k in FIELDS}, **{zh: k for k, zh in FIELDS.items()}}
    found: dict[str, Interpretation] = {}
    for entry in entries:
        where = f"{path}:{getattr(entry, 'line', 0)}"
        if not isinstance(entry, Mapping):
            raise InputError("each interpretation is a mapping", "每项解释应为映射", where)
        stated: dict[str, str] = {}
        for key, value in entry.items():
            name = names.get(str(key))
            if name is None or not isinstance(value, Text):
                listed = ", ".join(FIELDS)
                raise InputError(
                    f"{key!s}: not a field of an interpretation: {listed}", f"{key!s}：可用的字段:{listed}", where
                )
            stated[name] = str(value)
        for name, zh in FIELDS.items():
            if not stated.get(name, "").strip():
                raise InputError(f"{name} is not stated", f"没有写明{zh}", where)
        _known(stated["topic"], readings, where)
        _known(stated["option"], readings[stated["topic"]]["options"], where)
        try:
            since = parse_date(stated["since"])
        except AmountError as error:
            raise InputError(error.message.en, error.message.zh, where) from error
        one = Interpretation(stated["topic"], stated["option"], stated["basis"], since, stated["by"])
        other = found.setdefault(one.topic, one)
        if other != one:
            raise InputError(
                f"{one.topic} is settled twice: {other.option} and {one.option}",
                f"{one.topic} 有两项解释:{other.option}、{one.option}",
                where,
            )
    return tuple(found[topic] for topic in sorted(found))


def _known(word: str, allowed: MappingType[str, Any], where: str) -> None:
    if word not in allowed:
        near = nearest(word, allowed)
        hint = (f"; did you mean {near}?", f"；是否指 {near}？") if near else (".", "。")
        listed = ", ".join(sorted(allowed))
        raise InputError(
            f"{word[:80]!r} is not known{hint[0]} Allowed: {listed}", f"没有“{word[:80]}”{hint[1]}可用：{listed}", where
        )


def in_force(interpretations: tuple[Interpretation, ...], case: Case) -> tuple[Interpretation, ...]:
    """Those that apply to *case*: adopted by its day; all of them where it has none."""
    day = case.asked_day
    return tuple(i for i in interpretations if day is None or i.since <= day)
