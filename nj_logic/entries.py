"""Small registers that people keep: a YAML or JSON file with a list of entries, each a few fields of text."""

from __future__ import annotations

import datetime
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import NamedTuple

from .amounts import AmountError, parse_date
from .document import Mapping, Sequence, Text, read_document
from .errors import InputError, unknown_word


class Entry(NamedTuple):
    """What an entry states, by field, and where it stands."""

    stated: MappingType[str, str]
    where: str

    def date(self, field: str) -> datetime.date | None:
        """The date in a field; None where it is not stated.

        Raises:
            InputError: it is no date.
        """
        try:
            return parse_date(self.stated[field]) if field in self.stated else None
        except AmountError as error:
            raise InputError(error.message.en, error.message.zh, self.where) from error


def read_entries(path: Path, key: str, fields: MappingType[str, str], required: MappingType[str, str]) -> list[Entry]:
    """The entries of a file.

    Args:
        path: the file.
        key: above the list.
        fields: the fields of an entry with their names in Chinese; either name may be written.
        required: those that must be stated.

    Raises:
        InputError: there is no such list, an unknown field, or one that is required and not stated.
    """
    content = read_document(path)
    entries = content.get(Text(key)) if isinstance(content, Mapping) else None
    if not isinstance(entries, Sequence):
        raise InputError(f"a list under {key}: is expected", f"应有 {key}: 列表", str(path))
    names = {**{k: k for k in fields}, **{zh: k for k, zh in fields.items()}}
    found = []
    for entry in entries:
        where = f"{path}:{getattr(entry, 'line', 0)}"
        if not isinstance(entry, Mapping):
            raise InputError("each entry is a mapping", "每项应为映射", where)
        stated: dict[str, str] = {}
        for name, value in entry.items():
            if str(name) not in names or not isinstance(value, Text):
                raise unknown_word("field of an entry with text in it", "可用的文字字段", str(name), names, where)
            stated[names[str(name)]] = str(value).strip()
        for needed, zh in required.items():
            if not stated.get(needed):
                raise InputError(f"{needed} is not stated", f"没有写明{zh}", where)
        found.append(Entry(stated, where))
    return found
