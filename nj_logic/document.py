"""Reading YAML and JSON into nodes that know their lines.

Everything is read as text: ``on``, ``no``, ``001``, ``1e400`` and ``2026-03-02`` stay as they stand in the file, and
the schema says what they are. What YAML offers beyond plain data (anchors, tags, several documents) is refused, because
it hides from a reader what a case says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from .errors import Bilingual, InputError
from .files import printable, read_text

DEEPEST = 50

_NULL = ("", "~", "null")


class Text(str):
    """A scalar as written. ``line`` is where it stands; ``quoted`` tells ``"no"`` from ``no``."""

    __slots__ = ("line", "quoted")

    line: int
    quoted: bool

    def __new__(cls, value: str, line: int = 0, quoted: bool = False) -> Text:  # noqa: D102
        text = super().__new__(cls, value)
        text.line = line
        text.quoted = quoted
        return text


class Mapping(dict[Text, "Node"]):
    """Fields in the order of the file; ``line`` is where they begin."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line


class Sequence(list["Node"]):
    """A list; ``line`` is where it begins."""

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line


Node: TypeAlias = Text | Mapping | Sequence | None
"""A value in a document; None is a plain empty value, ``~`` or ``null``."""


def read_document(path: Path | str) -> Mapping | Sequence:
    """The contents of a YAML file, or of a JSON file if its name ends in ``.json``.

    Raises :class:`~nj_logic.errors.InputError` for a file that cannot be read (see :func:`~nj_logic.files.read_text`)
    or is malformed, for nesting deeper than 50 levels, repeated keys, anchors, aliases, tags, several documents, and a
    document that is empty or a single text.
    """
    path = Path(path)
    text = read_text(path)
    name = printable(path)
    events = _json_events(text, name) if path.suffix.lower() == ".json" else _yaml_events(text, name)
    return _assemble(events, name)


class _Event(NamedTuple):
    """A scalar (``kind`` is ``=``), the beginning or end of a collection (``{``, ``[``), or another mark of JSON."""

    kind: str
    line: int
    column: int
    text: str = ""
    quoted: bool = False


def _assemble(events: Iterator[_Event], name: str) -> Mapping | Sequence:
    """The tree of a stream of events, which is read no further than the first error."""
    first = next(events, None)
    root = _node(first, events, name) if first else None
    for _ in events:  # what follows is an error, which the reader of its format raises
        pass
    if root is None:
        raise InputError("the document is empty", "文件没有内容", name)
    if isinstance(root, Text):
        raise InputError(
            f"one single text and no fields: {root[:40]!r}; "
            "write each field as name: value, with the half-width colon and a space",
            f"只有一段文字而没有字段：{root[:40]!r}；每个字段写作“名称: 值”，用半角冒号加空格",
            f"{name}:{root.line}",
        )
    return root


def _node(event: _Event, events: Iterator[_Event], name: str, depth: int = 0) -> Node:
    """The node that begins with *event*."""
    where = f"{name}:{event.line}"
    if event.kind == "=":
        text = scalar(event.text, event.line, event.quoted, where)
        return None if text in _NULL and not event.quoted else text
    if depth == DEEPEST:
        raise InputError(f"nested deeper than {DEEPEST} levels", f"嵌套超过 {DEEPEST} 层", where)
    if event.kind == "[":
        items = Sequence(event.line)
        while (inner := next(events)).kind != "]":
            items.append(_node(inner, events, name, depth + 1))
        return items
    fields = Mapping(event.line)
    while (inner := next(events)).kind != "}":
        key = _key(inner, fields, f"{name}:{inner.line}")
        fields[key] = _node(next(events), events, name, depth + 1)
    return fields


def _key(event: _Event, fields: Mapping, where: str) -> Text:
    if event.kind != "=":
        raise InputError("a key must be a word, not a list or fields", "键必须是文字，不能是列表或字段", where)
    key = scalar(event.text, event.line, event.quoted, where)
    if key in fields:
        first = next(known.line for known in fields if known == key)
        raise InputError(
            f"the key {key[:40]!r} is repeated (first in line {first}); keep one",
            f"键 {key[:40]!r} 重复（首次在第{first}行），请只留一个",
            where,
        )
    return key


def scalar(text: str, line: int, quoted: bool, where: str) -> Text:
    """A scalar; raises :class:`~nj_logic.errors.InputError` for a NUL and for half of a surrogate pair."""
    if re.search("[\0\ud800-\udfff]", text):
        raise InputError(
            "an escape for a NUL or for half of a character; write the character itself",
            "转义写出了 NUL 或半个字符，请直接写字符",
            where,
        )
    return Text(text, line, quoted)


# --- YAML ---------------------------------------------------------------------------------------

_YAML_PROBLEMS = {
    "mapping values are not allowed": "此处不能有“名称: 值”",
    "could not find expected ':'": "名称后缺少冒号",
    "cannot start any token": "值不能以此字符开头，请加引号",
    "unexpected end of stream": "到文件末尾引号或括号仍未闭合",
    "unexpected end of line": "到行末引号仍未闭合",
    "did not find expected ',' or": "缺少逗号或闭合的括号",
    "did not find expected key": "此处应为名称，请检查缩进和引号",
    "did not find expected '-' indicator": "此处应为列表的下一项“-”，请检查缩进",
    "unknown escape character": "双引号中有不认识的转义",
}


def _yaml_events(text: str, name: str) -> Iterator[_Event]:
    import yaml

    strange = re.search("\ufeff", text) or yaml.reader.Reader.NON_PRINTABLE.search(text)
    if strange:
        raise InputError(
            f"a control character, U+{ord(strange[0]):04X}; remove it",
            f"含有控制字符 U+{ord(strange[0]):04X}，请删去",
            f"{name}:{text.count(chr(10), 0, strange.start()) + 1}",
        )
    documents = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            start = event.start_mark
            assert start is not None
            line, column = start.line + 1, start.column + 1
            where = f"{name}:{line}"
            anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
            if anchor:
                raise InputError(
                    f"anchors and aliases are not allowed: &{anchor[:40]}, *{anchor[:40]}; write the value out",
                    f"不允许锚点和别名：&{anchor[:40]}、*{anchor[:40]}；请把值写全",
                    where,
                )
            if tag:
                raise InputError(
                    f"tags are not allowed: {tag[:60]!r}; a text that begins with ! stands in quotes",
                    f"不允许标签：{tag[:60]!r}；以 ! 开头的文字须加引号",
                    where,
                )
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise InputError(
                        "a second document begins (---); one file holds one document",
                        "此处开始第二个文档（---），一个文件只能有一个文档",
                        where,
                    )
            elif isinstance(event, yaml.ScalarEvent):
                yield _Event("=", line, column, event.value, bool(event.style))
            elif isinstance(event, yaml.CollectionStartEvent):
                yield _Event("{" if isinstance(event, yaml.MappingStartEvent) else "[", line, column)
            elif isinstance(event, yaml.CollectionEndEvent):
                yield _Event("}" if isinstance(event, yaml.MappingEndEvent) else "]", line, column)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        assert mark is not None
        what = ", ".join(part for part in (problem.context, problem.problem) if part)
        chinese = next((words for words_en, words in _YAML_PROBLEMS.items() if words_en in what), what)
        hint = _hint(text, mark.line)
        raise InputError(
            f"malformed YAML in column {mark.column + 1}: {what}{hint.en}",
            f"YAML 格式有误（第{mark.column + 1}列）：{chinese}{hint.zh}",
            f"{name}:{mark.line + 1}",
        ) from None


def _hint(text: str, line: int) -> Bilingual:
    """What is often wrong on the line, or on the one before it."""
    suspects = text.split("\n")[max(line - 1, 0) : line + 1]
    if any(re.match(r"[ ]*\t", suspect) for suspect in suspects):
        return Bilingual("；缩进用空格，不用制表符", "; indent with spaces, not tabs")
    if any(re.match(r"[^:\"'#]*：", suspect) for suspect in suspects):
        return Bilingual("；冒号须用半角“:”加空格", "; the colon after a name is the half-width ':' and a space")
    return Bilingual("", "")


# --- JSON ---------------------------------------------------------------------------------------

_END = "the end of the file"
# Patterns are compiled when first used: this module is imported at every start of the command line.
_JSON_TOKEN = (
    r'[ \t\n\r]*([{}\[\]:,]|"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"|"[^\n]{0,20}|[^\s{}\[\]:,"]+|[^ \t\n\r]|)'
)
_JSON_WORD = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity"


def _json_events(text: str, name: str) -> Iterator[_Event]:
    tokens = _json_tokens(text, name)

    def wrong(token: _Event, expected_en: str, expected_zh: str) -> InputError:
        shown = repr(token.text[:40] if token.kind == "=" else token.kind)
        found = Bilingual("文件末尾", _END) if token.kind == _END else Bilingual(shown, shown)
        return InputError(
            f"malformed JSON in column {token.column}: {found.en} where {expected_en} should stand",
            f"JSON 格式有误（第{token.column}列）：{found.zh} 处应为{expected_zh}",
            f"{name}:{token.line}",
        )

    def value(token: _Event) -> Iterator[_Event]:
        if token.kind not in ("=", "{", "["):
            raise wrong(token, "a value", "一个值")
        yield token
        if token.kind == "=":
            return
        is_object, end = token.kind == "{", {"{": "}", "[": "]"}[token.kind]
        token = next(tokens)
        while token.kind != end:
            if is_object:
                if token.kind != "=" or not token.quoted:
                    raise wrong(token, "a key in double quotes", "双引号中的键")
                yield token
                colon = next(tokens)
                if colon.kind != ":":
                    raise wrong(colon, "':'", "“:”")
                token = next(tokens)
            yield from value(token)
            token = next(tokens)
            if token.kind == ",":
                token = next(tokens)
                if token.kind == end:
                    raise wrong(token, "another item after the comma", "逗号后的下一项")
            elif token.kind != end:
                raise wrong(token, f"',' or {end!r}", f"“,”或“{end}”")
        yield token

    first = next(tokens)
    if first.kind != _END:
        yield from value(first)
        extra = next(tokens)
        if extra.kind != _END:
            raise wrong(extra, _END, "文件末尾")


def _json_tokens(text: str, name: str) -> Iterator[_Event]:
    pattern, word = re.compile(_JSON_TOKEN), re.compile(_JSON_WORD)
    line, line_start, at = 1, 0, 0
    while True:
        found = pattern.match(text, at)
        assert found is not None  # its last alternative matches everywhere
        token, start = found[1], found.start(1)
        breaks = text.count("\n", at, start)  # a token holds none
        if breaks:
            line, line_start = line + breaks, text.rindex("\n", at, start) + 1
        column, at = start - line_start + 1, found.end()
        if token and token in "{}[]:,":
            yield _Event(token, line, column)
        elif word.fullmatch(token):
            yield _Event("=", line, column, token)
        elif not token and at == len(text):
            yield _Event(_END, line, column)
        else:
            yield _Event("=", line, column, _unescaped(token, column, f"{name}:{line}"), quoted=True)


def _unescaped(token: str, column: int, where: str) -> str:
    """The text that a string in JSON stands for."""
    import json

    try:
        value = json.loads(token)
    except ValueError:
        value = None
    if isinstance(value, str):
        return value
    raise InputError(
        f"malformed JSON in column {column}: {token[:40]!r} is no number, true, false, null or text in double quotes",
        f"JSON 格式有误（第{column}列）：{token[:40]!r} 不是数字、true、false、null，也不是双引号中的文字",
        where,
    )
