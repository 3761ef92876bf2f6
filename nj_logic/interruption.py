"""Ctrl-C is heeded even if it came while an engine's callback was running, where an exception is lost."""

from __future__ import annotations

import signal
from types import FrameType

_noted: list[int] = []


def listen() -> None:
    """Note an interrupt when it comes, beside raising it; what was noted before is forgotten."""
    _noted.clear()
    signal.signal(signal.SIGINT, _interrupted)


def heed() -> None:
    """Raise what was noted and lost.

    Raises:
        KeyboardInterrupt: an interrupt came.
    """
    if _noted:
        raise KeyboardInterrupt


def _interrupted(number: int, _frame: FrameType | None) -> None:
    _noted.append(number)
    raise KeyboardInterrupt
