"""Files that users hand in and get: bounded before they are read, of any usual encoding, written whole or not at all."""

from __future__ import annotations

import codecs
import os
import re
import stat
from contextlib import suppress
from itertools import islice
from pathlib import Path

from .errors import Bilingual, InputError, nearest
from .interruption import heed

MOST_BYTES = 10 * 2**20

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REASONS = {
    FileNotFoundError: Bilingual("没有这个文件夹", "there is no such folder"),
    PermissionError: Bilingual("没有权限", "permission denied"),
    NotADirectoryError: Bilingual("路径中的一段不是文件夹", "a part of the path is not a folder"),
    IsADirectoryError: Bilingual("这是文件夹，不是文件", "this is a folder, not a file"),
}


def read_text(path: Path | str) -> str:
    """The text of a file of at most 10 MB in UTF-8, UTF-16 with a byte-order mark, or GB18030 (GBK, GB2312).

    Raises :class:`~nj_logic.errors.InputError` if it is missing, no regular file, too large, or not text.
    """
    return decode(read_bytes(path), printable(path))


def read_bytes(path: Path | str) -> bytes:
    """The contents of a file of at most 10 MB.

    Raises :class:`~nj_logic.errors.InputError` if it is missing, no regular file, or too large.
    """
    path, name = Path(path), printable(path)
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


def decode(data: bytes, name: str) -> str:
    """The text of *data*, whose encoding is told by a byte-order mark or by what it holds.

    Raises :class:`~nj_logic.errors.InputError`, in which the file is called *name*, if it is not text.
    """
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


def write_document(path: Path | str, data: str | bytes) -> None:
    """Write the whole file or nothing: under a temporary name in the same folder, then moved into place.

    A file that is replaced keeps its permissions, a symbolic link keeps pointing. Raises
    :class:`~nj_logic.errors.InputError` if the folder is missing or not writable, or the path is no regular file.
    """
    name = printable(path)
    content = data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace")
    try:
        target = Path(path).resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            raise _not_a_file(mode, name)
        if not target.parent.is_dir():
            raise InputError(
                f"there is no folder {printable(target.parent)}; make it first",
                f"没有文件夹 {printable(target.parent)}，请先建立",
                name,
            )
        temporary = target.with_name(f".nj-{os.urandom(6).hex()}.tmp")
        try:
            with temporary.open("xb") as file:
                file.write(content)
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            heed()
            temporary.replace(target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
    except (OSError, ValueError, RuntimeError) as problem:  # RuntimeError: links in a circle
        raise InputError(
            f"cannot be written: {_reason(problem).en}", f"无法写入：{_reason(problem).zh}", name
        ) from None


def printable(path: Path | str) -> str:
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


def _nearest_file(path: Path) -> str | None:
    with suppress(OSError):
        files = {entry.stem: entry for entry in islice(path.parent.iterdir(), 1000) if entry.is_file()}
        likely = nearest(path.stem, files)
        return printable(files[likely]) if likely else None
    return None
