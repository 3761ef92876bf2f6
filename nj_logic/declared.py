"""What a knowledge base declares: its words, its kinds of matter with their facts, and its norms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import Bilingual

if TYPE_CHECKING:
    from .case import Value

NORM_ID = re.compile(r"a(\d+)\.p(\d+)\.n(\d+)")
"""A norm's id: article, paragraph, number."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the knowledge base: its id, its label, and the other words that stand for it."""

    id: str
    label: Bilingual
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything an input may write for the term."""
        return (self.id, self.label.zh, *self.aliases)

    def to_json(self) -> dict[str, str]:
        """As in JSON output: id, zh, en."""
        return {"id": self.id, "zh": self.label.zh, "en": self.label.en}


@dataclass(frozen=True, slots=True)
class Field:
    """A declared fact of a kind; see docs/formalising.md for what each attribute means."""

    term: Term
    type: str
    words: Mapping[str, str]
    options: tuple[str, ...]
    default: Value | None
    optional: bool
    unless: tuple[str, ...]
    computed_from: tuple[str, ...]
    when: Mapping[str, tuple[str, ...]]
    sum_of: tuple[str, ...]
    fills: str | None
    moot: tuple[str, ...]
    party: bool

    @property
    def can_be_open(self) -> bool:
        """Whether the fact may be unknown: it has finitely many values that make a difference."""
        return self.type in {"term", "boolean", "money"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter: its facts and questions."""

    term: Term
    system: str
    articles: tuple[int, ...]
    procedure: bool
    register: bool
    working_days: bool
    overview: bool
    questions: tuple[str, ...]
    fields: Mapping[str, Field]
    field_words: Mapping[str, str]
    topics: Mapping[str, tuple[str, ...]]
    asked_norms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm of the ledger, with its verbatim quotation."""

    id: str
    article: int
    paragraph: int
    quote: str
    gist: str
    kind: str
    strength: str
    subject: str
    executable: bool
    why_not: Mapping[str, str] | None
    points_to: tuple[str, ...]
    rules: tuple[str, ...]


def norm_order(id_: str) -> tuple[int, ...]:
    """The key that sorts norms as they stand in the text."""
    return tuple(int(part[1:]) for part in id_.split(".")) if id_.startswith("a") else (0,)
