"""A case with some of what it states changed: ``amount=800000``, ``date=2026-03-05``, ``record[2].actor=county_head``; ``amount=`` takes a fact back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .document import Mapping as MappingNode
from .document import Sequence as SequenceNode
from .document import Text
from .errors import InputError, unknown_word
from .intake import ABSENCE, ENTRY, TOP, read_case

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

_PLACE = re.compile(r"(?P<list>[^.\[\]]+)\[(?P<number>\d{1,4})\]\.(?P<key>[^.\[\]]+)")
ITEMS = {"record": ENTRY, "absences": ABSENCE}


def split(change: str) -> tuple[str, str]:
    """The key and the value of ``key=value``.

    Raises:
        InputError: it is not of this form.
    """
    key, sign, value = change.partition("=")
    if not sign or not key.strip():
        raise InputError(f"{change[:80]!r} is not KEY=VALUE", f"“{change[:80]}”应写作 名称=值（KEY=VALUE）")
    return key.strip(), value.strip()


def changed(kb: KnowledgeBase, path: Path, changes: Sequence[str]) -> Case:
    """The case of the file *path* with *changes* made.

    Raises:
        InputError: the file is wrong, or a change names nothing that the case can state.
    """
    node = kb.document(path)
    if isinstance(node, MappingNode):
        kind = kb.case(path).kind
        for change in changes:
            apply_change(node, *split(change), kind.field_words)
    return read_case(kb, node, path.parent, path.stem, str(path))


def apply_change(node: MappingNode, key: str, value: str, fields: Mapping[str, str]) -> None:
    """Let a case as read state *value* for *key*; nothing for it where *value* is empty.

    Args:
        node: the case, which is changed in place.
        key: a fact of the case's kind, ``date``, ``complete``, or a field of an entry: ``record[2].actor``.
        value: as a case file writes it.
        fields: every word for a fact of the case's kind, and its id.

    Raises:
        InputError: *key* names nothing that the case can state.
    """
    place = _PLACE.fullmatch(key)
    if place is not None:
        names = {**{zh: name for name, zh in TOP.items()}, **{name: name for name in TOP}}
        name = names.get(place["list"], "")
        if name not in ITEMS:
            raise unknown_word("list of a case", "案件中的列表", place["list"], ITEMS)
        items = _held(node, name)
        number = int(place["number"])
        if not isinstance(items, SequenceNode) or not 1 <= number <= len(items):
            count = len(items) if isinstance(items, SequenceNode) else 0
            raise InputError(f"{key}: {name} has {count} entries", f"{key}：{TOP[name]}共有 {count} 项")
        item = items[number - 1]
        keys = {**{zh: k for k, zh in ITEMS[name].items()}, **{k: k for k in ITEMS[name]}}
        if place["key"] not in keys:
            raise unknown_word(f"field of {name}", f"{TOP[name]}的字段", place["key"], keys)
        if isinstance(item, MappingNode):
            _put(item, keys[place["key"]], ITEMS[name], value)
        return
    if key in fields:
        facts = _held(node, "facts")
        if not isinstance(facts, MappingNode):
            facts = MappingNode()
            node[Text("facts")] = facts
        same = [k for k in facts if fields.get(str(k)) == fields[key]]
        for one in same:
            del facts[one]
        if value:
            facts[Text(key)] = Text(value)
        return
    scalar = {n: zh for n, zh in TOP.items() if n in {"date", "complete"}}
    words = {**{zh: n for n, zh in scalar.items()}, **{n: n for n in scalar}}
    if key not in words:
        raise unknown_word("fact of this kind", "此类事项的事实", key, {**fields, **words})
    _put(node, words[key], TOP, value)


def _held(node: MappingNode, name: str) -> object:
    return next((v for k, v in node.items() if str(k) in {name, TOP[name]}), None)


def _put(node: MappingNode, name: str, names: Mapping[str, str], value: str) -> None:
    for key in [k for k in node if str(k) in {name, names[name]}]:
        del node[key]
    if value:
        node[Text(name)] = Text(value)
