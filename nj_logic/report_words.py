"""The words of the reports in the reader's language: ``report_templates/words.yaml``, days, spans of days, lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from .amounts import format_money
from .errors import Bilingual, InputError

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

Lang = Literal["zh", "en"]
Bound = tuple[Decimal, bool] | None
"""An amount and whether it is included; None is no bound."""


class Words:
    """The reports' words in one language."""

    def __init__(self, table: Mapping[str, Bilingual], lang: Lang) -> None:
        self.table, self.lang = table, lang

    def __call__(self, key: str, **values: object) -> str:
        """The words for *key*, with *values* filled in.

        Raises:
            KeyError: there are none.
        """
        return self.table[key].say(self.lang).format(**values)

    def both(self, text: Bilingual) -> str:
        """A text that comes in both languages."""
        return text.say(self.lang)

    def listed(self, items: Iterable[str], word: str = "comma") -> str:
        """The items in a row."""
        return self(word).join(items)

    def pair(self, a: str, b: str) -> str:
        """``a: b``."""
        return self("colon", a=a, b=b)

    def choice(self, items: Sequence[str]) -> str:
        """``a, b or c``."""
        word = self("or") if self.lang == "zh" else f" {self('or')} "
        return word.join(items)

    def amounts(self, low: Bound, high: Bound) -> str:
        """Amounts of yuan from one to another, each with whether it is included; None is open."""
        a, b = self._end(low, "from.included", "from.excluded"), self._end(high, "to.included", "to.excluded")
        if a and b:
            return self("between", a=a, b=b)
        return self("above", a=a) if a else self("below", b=b) if b else self("throughout")

    def _end(self, bound: Bound, included: str, excluded: str) -> str:
        if bound is None:
            return ""
        return self(included if bound[1] else excluded, a=format_money(bound[0], self.lang, short=True))

    def date(self, day: datetime.date) -> str:
        """``2026年3月2日`` or ``2 March 2026``."""
        return self("day", y=day.year, m=day.month, d=day.day, month=self("months").split()[day.month - 1])

    def month(self, day: datetime.date) -> str:
        """``2026年3月`` or ``March 2026``."""
        return self("month", y=day.year, m=day.month, month=self("months").split()[day.month - 1])

    def span(self, start: datetime.date | None, end: datetime.date | None) -> str:
        """From one day to another, both included; None is open."""
        if start is None and end is None:
            return self("throughout")
        if start is None or end is None:
            return self("since", a=self.date(start)) if start else self("until", b=self.date(cast(datetime.date, end)))
        if start == end:
            return self.date(start)
        key = (
            "span_month"
            if (start.year, start.month) == (end.year, end.month)
            else "span_year"
            if start.year == end.year
            else "span"
        )
        months = self("months").split()
        names = {"month": months[start.month - 1], "end_month": months[end.month - 1]}
        days = {"y": start.year, "m": start.month, "d": start.day, "m2": end.month, "d2": end.day}
        return self(key, a=self.date(start), b=self.date(end), **names, **days)


def words(kb: KnowledgeBase, lang: str) -> Words:
    """The words of the reports in *lang*.

    Raises:
        InputError: another language than zh and en.
    """
    if lang not in {"zh", "en"}:
        raise InputError(
            f"{lang[:40]!r} is no language of the reports. Allowed: zh, en",
            f"报告没有“{lang[:40]}”这种语言。可用：zh、en",
        )
    return Words(_table(templates(kb) / "words.yaml"), cast(Lang, lang))


def templates(kb: KnowledgeBase) -> Path:
    """The folder of the templates: the regulation's own, or those that come with the program."""
    from .places import data_root

    own = kb.root / "report_templates"
    return own if own.is_dir() else data_root() / "report_templates"


@lru_cache(maxsize=8)
def _table(file: Path) -> Mapping[str, Bilingual]:
    from .document import read_document

    entries = cast(Mapping[str, Mapping[str, str]], read_document(file))
    return {str(key): Bilingual(str(entry["zh"]), str(entry["en"])) for key, entry in entries.items()}
