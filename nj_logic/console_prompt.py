"""The prompt of ``nj console``: history, completion and the keys of a terminal, by prompt_toolkit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.completion import Completion as Shown
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from .console import INTERRUPTED, Session
from .console_completion import Completion
from .interruption import listen
from .terminal import clean

LONGEST_LABEL = 60


class LineCompleter(Completer):
    """Offers what :class:`~nj_logic.console_completion.Completion` finds."""

    def __init__(self, session: Session) -> None:
        self._completion = Completion(session)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Shown]:
        """The candidates at the cursor, each with its label."""
        del complete_event
        for text, replaced, label in self._completion.candidates(document.text_before_cursor):
            short = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
            yield Shown(text, -replaced, display_meta=clean(short))


class KeptHistory(FileHistory):
    """The lines of earlier sessions. One that cannot be written is not kept, and is no error."""

    def store_string(self, string: str) -> None:
        """Add a line to the file."""
        with suppress(OSError, UnicodeError):
            super().store_string(string)


def history_file() -> Path:
    """Where the history is kept: below ``XDG_STATE_HOME``, or ``~/.local/state``.

    Raises:
        RuntimeError: the user has no home.
    """
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local" / "state") / "nj_logic" / "console-history"


def history() -> History:
    """The history in the user's folder, which only he can read; where there is none to be written, one for this session alone."""
    try:
        file = history_file()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600))
    except (OSError, RuntimeError, ValueError):
        return InMemoryHistory()
    return KeptHistory(str(file))


def invitation(session: Session) -> str:
    """What stands before the cursor: the case, ``*`` where it is changed, and the engine of goals if it is not Prolog."""
    case = clean(session.case.id) if session.case else "nj"
    changed = "*" if session.desk.changes or session.desk.chosen else ""
    return f"{case}{changed}{' asp' if session.engine == 'asp' else ''}> "


def converse(session: Session) -> None:
    """Ask for lines and carry them out, until the user leaves. Ctrl-C drops the line, or stops what it does; Ctrl-D leaves."""
    prompt: PromptSession[str] = PromptSession(
        history=history(), completer=LineCompleter(session), complete_while_typing=False
    )
    click.echo(session.say("welcome"))
    while not session.ended:
        try:
            line = prompt.prompt(lambda: invitation(session))
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if session.run(line) == INTERRUPTED:
            click.echo(session.say("interrupted"), err=True)
        listen()  # what was interrupted is told; the console goes on, and ends well
