"""Adopted interpretations: readings that an office with the power to interpret has settled, from a day on.

A file lists them; each names the topic and option of a reading, its basis, since when, and by whom. They fix the reading in every case from
their day on (a case without a day counts as one of today), and every result names those that were applied.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .entries import read_entries
from .errors import InputError, unknown_word

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
    found: dict[str, Interpretation] = {}
    for entry in read_entries(path, "interpretations", FIELDS, FIELDS):
        stated, where = entry
        topic, option = stated["topic"], stated["option"]
        if topic not in readings:
            raise unknown_word("reading", "解释分歧", topic, readings, where)
        if option not in readings[topic]["options"]:
            raise unknown_word(f"option of {topic}", f"{topic} 的选项", option, readings[topic]["options"], where)
        since = entry.date("since")
        assert since is not None, "required"
        one = Interpretation(topic, option, stated["basis"], since, stated["by"])
        other = found.setdefault(one.topic, one)
        if other != one:
            raise InputError(
                f"{one.topic} is settled twice: {other.option} and {one.option}",
                f"{one.topic} 有两项解释:{other.option}、{one.option}",
                where,
            )
    return tuple(found[topic] for topic in sorted(found))


def in_force(interpretations: tuple[Interpretation, ...], case: Case) -> tuple[Interpretation, ...]:
    """Those that apply to *case*: adopted by its day; all of them where it has none."""
    day = case.asked_day
    return tuple(i for i in interpretations if day is None or i.since <= day)
