"""What a user's field may hold: a text, a term, an amount, a date, a list or a mapping, each checked and typed, or refused in words.

The errors say what was found, where, what is allowed, and the nearest right word.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from .amounts import AmountError, parse_date, parse_money
from .document import DEEPEST, Text
from .document import Mapping as MappingNode
from .document import Sequence as SequenceNode
from .errors import InputError, nearest

YES = frozenset({"true", "yes", "是", "有", "True", "TRUE", "Yes", "YES"})
NO = frozenset({"false", "no", "否", "无", "没有", "False", "FALSE", "No", "NO"})
LONGEST_ID = 200
MOST_LISTED = 30
INTEGER_LIMIT = 2**31 - 1
LARGEST_EXPONENT = 100


def as_node(value: Any, depth: int = 0) -> Any:  # noqa: ANN401
    """A plain Python value as a document node: every scalar becomes text.

    Raises:
        InputError: it is nested too deeply, or holds a NUL, half a character or a number of hundreds of digits.
    """
    if value is None or isinstance(value, (Text, MappingNode, SequenceNode)):
        return value
    if depth > DEEPEST:
        raise InputError(f"nested deeper than {DEEPEST} levels", f"嵌套超过 {DEEPEST} 层")
    if isinstance(value, Mapping):
        mapping = MappingNode()
        mapping.update((as_node(k, depth + 1), as_node(v, depth + 1)) for k, v in value.items())
        return mapping
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        sequence = SequenceNode()
        sequence.extend(as_node(v, depth + 1) for v in value)
        return sequence
    return Text(_plain_text(value))


def _plain_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = Decimal(float.__repr__(value))
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < LARGEST_EXPONENT:
        return format(value, "f")
    if isinstance(value, int) and value.bit_length() > 4 * LARGEST_EXPONENT:
        raise InputError("a number has too many digits", "数字位数过多")
    text = str(value)
    if re.search("[\0\ud800-\udfff]", text):
        raise InputError(
            f"a NUL or half of a character in a text: {text[:40]!a}", f"文字中有 NUL 或半个字符：{text[:40]!a}"
        )
    return text


class Fields:
    """Reads the nodes of a document; *where* is its file, for messages."""

    def __init__(self, where: str) -> None:
        self.file = where

    # -- errors ------------------------------------------------------------------------------------------------------

    def fail(self, node: object, field_: str, en: str, zh: str) -> NoReturn:
        """Refuse *node*, which stands in *field_*."""
        place = ":".join(str(p) for p in (self.file, getattr(node, "line", None)) if p)
        raise InputError(f"{field_}: {en}" if field_ else en, f"{field_}：{zh}" if field_ else zh, place)

    def unknown(
        self, node: object, field_: str, what: tuple[str, str], word: str, allowed: Mapping[str, str]
    ) -> NoReturn:
        """Refuse *word*; *allowed*: every accepted word and the id it stands for."""
        near = nearest(word, allowed)
        hint = (f"; did you mean {near}?", f"；是否指“{near}”？") if near else (".", "。")
        chinese = {id_: w for w, id_ in reversed([*allowed.items()]) if not w.isascii()}
        ids = sorted(set(allowed.values()))
        more = len(ids) > MOST_LISTED
        listed = ", ".join(ids[:MOST_LISTED]) + (", …" if more else "")
        listed_zh = "、".join(chinese.get(id_, id_) for id_ in ids[:MOST_LISTED]) + (" 等" if more else "")
        self.fail(
            node, field_, f"{word[:80]!r} is no {what[0]}{hint[0]} Allowed: {listed}",
            f"“{word[:80]}”不是{what[1]}{hint[1]}可用：{listed_zh}",
        )  # fmt: skip

    # -- shapes ------------------------------------------------------------------------------------------------------

    def mapping(self, node: object, field_: str) -> MappingNode:
        """The node as a mapping."""
        if not isinstance(node, MappingNode):
            self.fail(node, field_, "a mapping (name: value) is expected here", "此处应为“名称: 值”的映射")
        return node

    def sequence(self, node: object, field_: str) -> SequenceNode:
        """The node as a list."""
        if not isinstance(node, SequenceNode):
            self.fail(node, field_, "a list is expected here", "此处应为列表")
        return node

    def one_or_more(self, node: object) -> Sequence[object]:
        """The items of a list, or the one value."""
        return node if isinstance(node, SequenceNode) else [node]

    def text(self, node: object, field_: str) -> Text:
        """The node as a text, as written."""
        if not isinstance(node, Text):
            self.fail(node, field_, "a single value is expected here", "此处应为单个值")
        return node

    def short(self, node: object, field_: str) -> Text:
        """A text of 1 to 200 characters, without the white space around it."""
        word = self.text(node, field_)
        if not word.strip() or len(word) > LONGEST_ID:
            self.fail(node, field_, f"1 to {LONGEST_ID} characters are expected", f"应为1至{LONGEST_ID}个字符")
        return Text(word.strip(), word.line, word.quoted)

    def keys(self, node: object, field_: str, allowed: Mapping[str, str]) -> dict[str, Any]:
        """The entries under their canonical names; *allowed* maps every accepted name."""
        found: dict[str, Any] = {}
        seen: set[str] = set()
        for key, value in self.mapping(node, field_).items():
            name = allowed.get(str(key))
            if name is None:
                self.unknown(key, field_, ("known field", "已知的字段"), str(key), allowed)
            if name in seen:
                self.fail(key, field_, f"{name} is stated twice, by two of its names", f"{name} 以两种名称重复填写")
            seen.add(name)
            if value is not None:
                found[name] = value
        return found

    # -- values ------------------------------------------------------------------------------------------------------

    def term(self, words: Mapping[str, str], node: object, field_: str) -> str:
        """The id of the term for which the text stands."""
        word = self.text(node, field_)
        found = words.get(word.strip())
        if found is None:
            self.unknown(node, field_, ("allowed value", "可用的值"), str(word), words)
        return found

    def terms(self, words: Mapping[str, str], node: object, field_: str) -> tuple[str, ...]:
        """The ids of one or several terms, each once."""
        return tuple(dict.fromkeys(self.term(words, item, field_) for item in self.one_or_more(node)))

    def boolean(self, node: object, field_: str) -> bool:
        """True or false."""
        word = self.text(node, field_).strip()
        if word not in YES and word not in NO:
            self.fail(
                node,
                field_,
                f"{word[:40]!r} is neither true nor false (是/否)",
                f"“{word[:40]}”应为 是 或 否（true/false）",
            )
        return word in YES

    def money(self, node: object, field_: str) -> Decimal:
        """Yuan, more than 0."""
        try:
            amount = parse_money(self.text(node, field_))
        except AmountError as error:
            self.fail(node, field_, error.message.en, error.message.zh)
        if amount <= 0:
            self.fail(node, field_, "an amount is more than 0 yuan", "金额应大于0元")
        return amount

    def number(self, node: object, field_: str) -> int:
        """An integer from 0."""
        word = self.text(node, field_).strip()
        if not re.fullmatch("0|[1-9][0-9]{0,9}", word) or int(word) > INTEGER_LIMIT:
            self.fail(
                node, field_, f"{word[:40]!r} is not a whole number from 0 to {INTEGER_LIMIT}",
                f"“{word[:40]}”不是0到{INTEGER_LIMIT}的整数",
            )  # fmt: skip
        return int(word)

    def date(self, node: object, field_: str) -> datetime.date:
        """A day."""
        try:
            return parse_date(self.text(node, field_))
        except AmountError as error:
            self.fail(node, field_, error.message.en, error.message.zh)
