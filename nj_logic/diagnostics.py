"""What the checks of the dialect say: a place, a code, what was found and what to write instead.

The words stand in ``diagnostics.toml``, in both languages.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import Bilingual


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """What is wrong at a place (lines and columns count from 1, in characters) and what to write instead."""

    file: str
    line: int
    column: int
    code: str
    message: Bilingual
    instead: Bilingual

    def say(self, lang: str) -> str:
        """One line in *lang* (``zh`` or ``en``)."""
        words = f"{self.message.say(lang)}{';' if lang == 'zh' else '; '}{self.instead.say(lang)}"
        return f"{self.file}:{self.line}:{self.column}: {words} [{self.code}]"


@cache
def wordings() -> dict[str, tuple[Bilingual, Bilingual]]:
    """For each code (``code/variant`` where its words vary): the message and what to write instead, to be filled in."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        key: (Bilingual(words["zh"], words["en"]), Bilingual(words["instead_zh"], words["instead_en"]))
        for key, words in tables.items()
    }


def diagnose(file: str, line: int, column: int, key: str, /, **words: object) -> Diagnostic:
    """The diagnostic whose wording is *key*, filled in with *words*."""
    message, instead = (Bilingual(*(text.format(**words) for text in wording)) for wording in wordings()[key])
    return Diagnostic(file, line, column, key.split("/")[0], message, instead)
