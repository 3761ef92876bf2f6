"""Reading tables, CSV and XLSX, into rows of text by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from .document import Mapping, Text, scalar
from .errors import InputError
from .files import decode, printable, read_bytes

MOST_UNPACKED_BYTES = 64 * 2**20


def read_table(path: Path | str) -> list[Mapping]:
    """The rows of a table, CSV (``.tsv``: with tabs) or XLSX, each by the names in its first row that is not empty.

    Cells are :class:`~nj_logic.document.Text` without white space around it, whose ``line`` is the number of the row (in CSV of the line);
    dates are in ISO form, formulas as written; an empty cell is None, an empty row is left out. Raises
    :class:`~nj_logic.errors.InputError` as :func:`~nj_logic.files.read_text` does, and for repeated names and cells
    outside the named columns.
    """
    path = Path(path)
    data = read_bytes(path)
    name = printable(path)
    if data.startswith(b"PK\x03\x04") or path.suffix.lower() in (".xlsx", ".xlsm"):
        return _table(_xlsx_rows(data, name), name)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "this is a spreadsheet in the old Excel format; save it as .xlsx or .csv",
            "这是旧版 Excel 表格，请另存为 .xlsx 或 .csv",
            name,
        )
    return _table(_csv_rows(decode(data, name), "\t" if path.suffix.lower() == ".tsv" else ",", name), name)


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
            row[Text(key, header[0].line)] = scalar(cell, line, False, f"{name}:{line}") if cell else None
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
