"""A child process for what a user wrote: limited in time and memory, without files, network, environment or children of its own.

The child says that it is ready (``{"ready": true}``) when all it needs is loaded. From then on it can open no file and no socket (on
Linux, where another process's limits can be set), and it gets the request: one line of JSON, answered by one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from .errors import InputError, KnowledgeError, NjError

MEGABYTE = 2**20
STARTING_SECONDS = 60.0
"""How long a child may take to load the law."""


class Unfinished(NjError):
    """A goal used up its time, its memory, or both; it has no answer."""

    exit_status = 1


def asked(command: Sequence[str], request: object, *, seconds: float, megabytes: int) -> dict[str, Any]:
    """What the child answers.

    Args:
        command: the program and its arguments.
        request: what it is asked, written as JSON.
        seconds: how long it may take to answer, once it is ready.
        megabytes: how much memory it may use.

    Raises:
        Unfinished: time or memory was used up.
        KnowledgeError: the child could not start.
    """
    with tempfile.TemporaryDirectory(prefix="nj-") as empty:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=empty, start_new_session=True,
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}, preexec_fn=_limits(megabytes, seconds),
        )  # fmt: skip
        try:
            return _conversation(child, json.dumps(request, ensure_ascii=True).encode() + b"\n", seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.communicate()


def _conversation(child: subprocess.Popen[bytes], request: bytes, seconds: float) -> dict[str, Any]:
    assert child.stdout is not None
    first = _first_line(child)
    if not first:
        raise KnowledgeError("the engine's process did not start", "推理进程未能启动")
    said: dict[str, Any] = json.loads(first)
    if "error" in said:
        raise KnowledgeError(said["error"]["en"], said["error"]["zh"], said["error"].get("where", ""))
    _shut(child.pid)
    try:
        answer, _ = child.communicate(request, timeout=seconds + 1)
    except subprocess.TimeoutExpired:
        raise out_of_time(seconds) from None
    try:
        return dict(json.loads(answer))
    except ValueError:
        raise out_of_memory() from None  # it was killed, or died for want of memory


def out_of_time(seconds: float) -> Unfinished:
    """The error of a goal that takes too long."""
    return Unfinished(
        f"the goal did not finish within {seconds:g} seconds; it was stopped without an answer. Make it narrower, or allow more with --seconds",
        f"目标在 {seconds:g} 秒内未能求解完毕,已中止,没有结果。请缩小目标,或用 --seconds 放宽时限",
    )


def out_of_memory() -> Unfinished:
    """The error of a goal that needs too much memory."""
    return Unfinished(
        "the goal needs more memory than it may use; it was stopped without an answer. Make it narrower",
        "目标所需内存超出限制,已中止,没有结果。请缩小目标",
    )


def refused(en: str, zh: str) -> InputError:
    """The error of a goal that may not run."""
    return InputError(f"the goal is refused: {en}", f"目标被拒绝:{zh}")


def _first_line(child: subprocess.Popen[bytes]) -> bytes:
    """The child's first line, or nothing if it says none in time. It is read unbuffered, so that no byte of the next is lost."""
    import select
    import time

    assert child.stdout is not None
    number, line, until = child.stdout.fileno(), b"", time.monotonic() + STARTING_SECONDS
    while not line.endswith(b"\n"):
        if not select.select([number], [], [], max(0.0, until - time.monotonic()))[0]:
            return b""
        byte = os.read(number, 1)
        if not byte:
            return b""
        line += byte
    return line


def _limits(megabytes: int, seconds: float) -> Any:  # noqa: ANN401
    """What a child does before it runs the engine: set its own limits, which it cannot raise again."""
    import resource

    def limit() -> None:
        spent = int(STARTING_SECONDS + seconds)
        wanted = {
            resource.RLIMIT_AS: megabytes * MEGABYTE,
            resource.RLIMIT_CPU: spent,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
        }
        for which, most in wanted.items():
            with suppress(ValueError, OSError):
                resource.setrlimit(which, (most, most))

    return limit


def _shut(child: int) -> None:
    """From now on the child can open nothing: no file, no socket, no pipe."""
    import resource

    if hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(child, resource.RLIMIT_NOFILE, (0, 0))
            resource.prlimit(child, resource.RLIMIT_NPROC, (0, 0))
