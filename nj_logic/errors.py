"""What can go wrong, in words that say what was found, where, what is allowed and what to do.

Every error carries its message in English and Chinese; the command line prints one of them and exits with :attr:`NjError.exit_status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Bilingual(NamedTuple):
    """A piece of text for users, in both languages."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The text in *lang* (``zh`` or ``en``)."""
        return self.zh if lang == "zh" else self.en


class NjError(Exception):
    """The base of all errors of this project.

    Args:
        en: the message in English.
        zh: the same in Chinese.
        where: the place it is about, e.g. ``case.yaml:3``; printed before the message.
    """

    exit_status = 3

    def __init__(self, en: str, zh: str, where: str = "") -> None:
        self.message = Bilingual(zh, en)
        self.where = where
        super().__init__(en, zh, where)  # all of them, so that the error can pass from a process to another

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message.en, self.message.zh, self.where)

    def say(self, lang: str) -> str:
        """The message in *lang*, with the place it is about before it."""
        text = self.message.say(lang)
        return f"{self.where}: {text}" if self.where else text

    def __str__(self) -> str:
        return self.say("en")


class InputError(NjError):
    """The input or the call is wrong; nothing was computed."""

    exit_status = 2


class InputErrors(InputError):
    """Several inputs are wrong; :attr:`errors` says what is wrong with each."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(e.say("en") for e in errors), "；".join(e.say("zh") for e in errors))
        self.args = (self.errors,)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.errors,)


class KnowledgeError(NjError):
    """The knowledge base itself is wrong: a rule, a quotation, a term."""

    exit_status = 3


class EngineMissing(NjError):
    """An engine that the request needs is not installed."""

    exit_status = 3


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word most like *word*, or None if none is near (difflib's ratio of 0.5 or more)."""
    import difflib

    found = difflib.get_close_matches(word[:100], sorted(set(allowed)), n=1, cutoff=0.5)
    return found[0] if found else None


def unknown_word(en: str, zh: str, word: str, allowed: Iterable[str], where: str = "") -> InputError:
    """The error for a word that is none of those allowed; *en* and *zh* say what it should be, *where* the place."""
    near = nearest(word, allowed)
    hint_en, hint_zh = (f"; did you mean {near}?", f"；是否指“{near}”？") if near else (".", "。")
    listed = sorted(allowed)
    return InputError(
        f"{word[:80]!r} is no {en}{hint_en} Allowed: {', '.join(listed)}",
        f"“{word[:80]}”不是{zh}{hint_zh}可用：{'、'.join(listed)}",
        where,
    )
