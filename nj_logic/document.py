"""Reading the files that users write and writing the files they get.

Everything is read as text: ``on``, ``no``, ``001``, ``1e400`` and ``2026-03-02`` stay as they stand in the file, and
the schema says what they are. A file is bounded before it is parsed, and what YAML offers beyond plain data (anchors,
tags, several documents) is refused, because it hides from a reader what a case says.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice, zip_longest
from pathlib import Path
from typing import NamedTuple, TypeAlias

from nj_logic.errors import Bilingual, InputError, nearest

MOST_BYTES = 10 * 2**20
MOST_UNPACKED_BYTES = 64 * 2**20
DEEPEST = 50

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NULL = ("", "~", "null")
_END = "the end of the file"
# Patterns are compiled when first used: this module is imported at every start of the command line.
_JSON_TOKEN = (
    r'[ \t\n\r]*([{}\[\]:,]|"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"|"[^\n]{0,20}|[^\s{}\[\]:,"]+|[^ \t\n\r]|)'
)
_JSON_WORD = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity"
_REASONS = {
    FileNotFoundError: Bilingual("没有这个文件夹", "there is no such folder"),
    PermissionError: Bilingual("没有权限", "permission denied"),
    NotADirectoryError: Bilingual("路径中的一段不是文件夹", "a part of the path is not a folder"),
    IsADirectoryError: Bilingual("这是文件夹，不是文件", "this is a folder, not a file"),
}
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

    Raises :class:`~nj_logic.errors.InputError` for a file that cannot be read (see :func:`read_text`) or is malformed,
    for nesting deeper than 50 levels, repeated keys, anchors, aliases, tags, several documents, and a document that is
    empty or a single text.
    """
    path = Path(path)
    text = read_text(path)
    name = _name(path)
    events = _json_events(text, name) if path.suffix.lower() == ".json" else _yaml_events(text, name)
    return _assemble(events, name)


def read_text(path: Path | str) -> str:
    """The text of a file of at most 10 MB in UTF-8, UTF-16 with a byte-order mark, or GB18030 (GBK, GB2312).

    Raises :class:`~nj_logic.errors.InputError` if it is missing, no regular file, too large, or not text.
    """
    return _decode(_read(Path(path)), _name(path))


def read_table(path: Path | str) -> list[Mapping]:
    """The rows of a table, CSV (``.tsv``: with tabs) or XLSX, each by the names in its first row that is not empty.

    Cells are :class:`Text` without white space around it, whose ``line`` is the number of the row (in CSV of the line);
    dates are in ISO form, formulas as written; an empty cell is None, an empty row is left out. Raises
    :class:`~nj_logic.errors.InputError` as :func:`read_text` does, and for repeated names and cells outside the named
    columns.
    """
    path = Path(path)
    data = _read(path)
    name = _name(path)
    if data.startswith(b"PK\x03\x04") or path.suffix.lower() in (".xlsx", ".xlsm"):
        return _table(_xlsx_rows(data, name), name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "this is a spreadsheet in the old Excel format; save it as .xlsx or .csv",
            "这是旧版 Excel 表格，请另存为 .xlsx 或 .csv",
            name,
        )
    return _table(_csv_rows(_decode(data, name), "\t" if path.suffix.lower() == ".tsv" else ",", name), name)


def write_document(path: Path | str, data: str | bytes) -> None:
    """Write the whole file or nothing: under a temporary name in the same folder, then moved into place.

    A file that is replaced keeps its permissions, a symbolic link keeps pointing. Raises
    :class:`~nj_logic.errors.InputError` if the folder is missing or not writable, or the path is no regular file.
    """
    name = _name(path)
    content = data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace")
    try:
        target = Path(path).resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            raise _not_a_file(mode, name)
        if not target.parent.is_dir():
            raise InputError(
                f"there is no folder {_name(target.parent)}; make it first",
                f"没有文件夹 {_name(target.parent)}，请先建立",
                name,
            )
        temporary = target.with_name(f".nj-{os.urandom(6).hex()}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(content)
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except (OSError, ValueError, RuntimeError) as problem:  # RuntimeError: links in a circle
        raise InputError(
            f"cannot be written: {_reason(problem).en}", f"无法写入：{_reason(problem).zh}", name
        ) from None


# --- files and their encodings ----------------------------------------------------------------


def _name(path: Path | str) -> str:
    """The path as messages print it; control characters and broken encodings are escaped."""
    return str(path) if str(path).isprintable() else ascii(str(path))


def _reason(problem: Exception) -> Bilingual:
    for kind, words in _REASONS.items():
        if isinstance(problem, kind):
            return words
    reason = str(getattr(problem, "strerror", None) or problem)
    return Bilingual(reason, reason)


def _not_a_file(mode: int, name: str) -> InputError:
    if stat.S_ISDIR(mode):
        return InputError("this is a folder, not a file", "这是文件夹，不是文件", name)
    return InputError("this is a device or a pipe, not a file", "这是设备或管道，不是文件", name)


def _read(path: Path) -> bytes:
    name = _name(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _not_a_file(status.st_mode, name)
        if status.st_size <= MOST_BYTES:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return data
    except FileNotFoundError:
        likely = _nearest_file(path)
        raise InputError(
            "there is no such file" + (f"; did you mean {likely}?" if likely else ""),
            "没有这个文件" + (f"；是否指 {likely}？" if likely else ""),
            name,
        ) from None
    except (OSError, ValueError) as problem:
        raise InputError(f"cannot be read: {_reason(problem).en}", f"无法读取：{_reason(problem).zh}", name) from None
    most = f"{MOST_BYTES // 2**20} MB"
    raise InputError(f"the file is larger than {most}", f"文件超过 {most}", name)


def _nearest_file(path: Path) -> str | None:
    with suppress(OSError):
        files = {entry.stem: entry for entry in islice(path.parent.iterdir(), 1000) if entry.is_file()}
        likely = nearest(path.stem, files)
        return _name(files[likely]) if likely else None
    return None


def _decode(data: bytes, name: str) -> str:
    text = _decoded(data, name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(
            "a NUL character: this is no text file (UTF-16 needs a byte-order mark)",
            "含有 NUL 字符：不是文本文件（UTF-16 须有字节序标记）",
            f"{name}:{line}",
        )
    return text


def _decoded(data: bytes, name: str) -> str:
    mark, encoding = next((known for known in _MARKS if data.startswith(known[0])), (b"", "utf-8"))
    try:
        return data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as problem:
        if not mark and not _is_damaged_utf8(data):
            with suppress(UnicodeDecodeError):
                return data.decode("gb18030")
        line = data.count(b"\n", 0, len(mark) + problem.start) + 1
        raise InputError(
            f"the file is not text in UTF-8 or GB18030 (byte {len(mark) + problem.start + 1}); save it as UTF-8",
            f"文件不是 UTF-8 或 GB18030 编码的文本（第 {len(mark) + problem.start + 1} 字节），请存为 UTF-8",
            f"{name}:{line}",
        ) from None


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of it is good UTF-8, which GB18030 would turn into nonsense (its own text hardly fits UTF-8)."""
    text = data.decode("utf-8", "replace")
    return len(re.findall(r"[\u2e80-\ufffc]", text)) > text.count("\ufffd")


# --- documents --------------------------------------------------------------------------------


class _Event(NamedTuple):
    """A scalar (``kind`` is ``=``), the beginning or end of a collection (``{``, ``[``), or another mark of JSON."""

    kind: str
    line: int
    column: int
    text: str = ""
    quoted: bool = False


def _assemble(events: Iterable[_Event], name: str) -> Mapping | Sequence:
    """The tree of a stream of events, which is read no further than the first error."""
    root: Node = None
    open_nodes: list[Mapping | Sequence] = []
    keys: list[Text | None] = []  # for each of them, the key that waits for its value
    for kind, line, _, text, quoted in events:
        where = f"{name}:{line}"
        if kind in "}]":
            open_nodes.pop()
            keys.pop()
            continue
        inside = open_nodes[-1] if open_nodes else None
        scalar = _scalar(text, line, quoted, where) if kind == "=" else None
        if isinstance(inside, Mapping) and keys[-1] is None:
            if scalar is None:
                raise InputError("a key must be a word, not a list or fields", "键必须是文字，不能是列表或字段", where)
            if scalar in inside:
                first = next(key.line for key in inside if key == scalar)
                raise InputError(
                    f"the key {scalar[:40]!r} is repeated (first in line {first}); keep one",
                    f"键 {scalar[:40]!r} 重复（首次在第{first}行），请只留一个",
                    where,
                )
            keys[-1] = scalar
            continue
        node: Node
        if scalar is not None:
            node = None if scalar in _NULL and not quoted else scalar
        else:
            node = Mapping(line) if kind == "{" else Sequence(line)
        key = keys[-1] if keys else None
        if isinstance(inside, Mapping) and key is not None:
            inside[key] = node
            keys[-1] = None
        elif isinstance(inside, Sequence):
            inside.append(node)
        else:
            root = node
        if isinstance(node, (Mapping, Sequence)):
            open_nodes.append(node)
            keys.append(None)
            if len(open_nodes) > DEEPEST:
                raise InputError(f"nested deeper than {DEEPEST} levels", f"嵌套超过 {DEEPEST} 层", where)
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


def _scalar(text: str, line: int, quoted: bool, where: str) -> Text:
    if "\0" in text or not _is_whole(text):
        raise InputError(
            "an escape for a NUL or for half of a character; write the character itself",
            "转义写出了 NUL 或半个字符，请直接写字符",
            where,
        )
    return Text(text, line, quoted)


def _is_whole(text: str) -> bool:
    """Whether no half of a surrogate pair is in the text."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


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
        raise InputError(
            f"malformed YAML in column {mark.column + 1}: {what}{_hint(text, mark.line).en}",
            f"YAML 格式有误（第{mark.column + 1}列）：{chinese}{_hint(text, mark.line).zh}",
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


# --- tables -----------------------------------------------------------------------------------


def _table(rows: Iterable[tuple[int, list[str]]], name: str) -> list[Mapping]:
    header: list[Text] | None = None
    table: list[Mapping] = []
    for line, cells in rows:
        cells = [cell.strip() for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if header is None:
            header = _header(cells, line, name)
            continue
        if len(cells) > len(header):
            raise InputError(
                f"a cell in column {len(cells)}, but only {len(header)} columns have a name: {cells[-1][:40]!r}",
                f"第{len(cells)}列有内容，但只有{len(header)}列有列名：{cells[-1][:40]!r}",
                f"{name}:{line}",
            )
        row = Mapping(line)
        for key, cell in zip_longest(header, cells, fillvalue=""):
            row[Text(key, header[0].line)] = _scalar(cell, line, False, f"{name}:{line}") if cell else None
        table.append(row)
    if header is None:
        raise InputError("the table is empty; its first row names the columns", "表格没有内容，第一行应为列名", name)
    return table


def _header(cells: list[str], line: int, name: str) -> list[Text]:
    where = f"{name}:{line}"
    for at, cell in enumerate(cells):
        if not cell:
            raise InputError(f"column {at + 1} has no name", f"第{at + 1}列没有列名", where)
        if cell in cells[:at]:
            raise InputError(
                f"columns {cells.index(cell) + 1} and {at + 1} have the same name {cell[:40]!r}",
                f"第{cells.index(cell) + 1}列与第{at + 1}列同名：{cell[:40]!r}",
                where,
            )
    return [Text(cell, line) for cell in cells]


def _csv_rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    import csv
    import io

    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as problem:
            raise InputError(f"malformed CSV: {problem}", f"CSV 格式有误：{problem}", f"{name}:{line}") from None
        if row is None:
            return
        yield line, row


def _xlsx_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the one visible sheet that holds anything."""
    import io
    import warnings
    import zipfile

    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            most = f"{MOST_UNPACKED_BYTES // 2**20} MB"
            raise InputError(f"the spreadsheet unpacks to more than {most}", f"表格解压后超过 {most}", name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import openpyxl

            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            filled = []
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its size may be wrong
                if sheet.sheet_state == "visible" and any(cell is not None for row in sheet.values for cell in row):
                    filled.append(sheet)
            if len(filled) > 1:
                titles = [sheet.title[:40] for sheet in filled]
                raise InputError(
                    f"several sheets hold something: {titles}; leave one, or hide the others",
                    f"有内容的工作表不止一个：{titles}；请只留一个，或隐藏其余",
                    name,
                )
            for sheet in filled:
                for line, row in enumerate(sheet.values, 1):
                    yield line, [_cell(value) for value in row]
    except InputError:
        raise
    except Exception as problem:  # openpyxl raises many kinds for a damaged file
        raise InputError(
            f"not a readable spreadsheet (.xlsx): {problem}; save it anew or as .csv",
            f"无法读取此表格（.xlsx）：{problem}；请重新保存或另存为 .csv",
            name,
        ) from None


def _cell(value: object) -> str:
    """A cell of a spreadsheet as text: numbers without exponent, dates in ISO form."""
    import datetime
    from decimal import Decimal

    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)
