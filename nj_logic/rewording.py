"""Rewording: words of the text that become others, as the edits of an amendment, each with just enough around it to stand alone in its paragraph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .text import Paragraph, find

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

CONTEXT = 40
"""How many characters of its surroundings an edit may quote."""


class Span(NamedTuple):
    """Where words stand in a text, and what they become; *gist*: what they are in a gist and become there, if they are."""

    start: int
    end: int
    becomes: str
    gist: tuple[str, str] | None = None


Change = Callable[[str], Iterable[Span]]
"""Finds the words of a text that become others, from left to right."""


def reworded(text: str, change: Change) -> str:
    """The text as it becomes."""
    for span in reversed(list(change(text))):
        text = text[: span.start] + span.becomes + text[span.end :]
    return text


def edits(kb: KnowledgeBase, changes: Iterable[tuple[int | None, Change]]) -> Iterator[dict[str, Any]]:
    """The entries under ``text`` of an amendment's file.

    Args:
        changes: each with the article in which it is made; None: in all of them. One is made after the other.
    """
    changes = list(changes)
    for article in kb.text["articles"]:
        for number, text in enumerate(article["paragraphs"], 1):
            place = f"a{article['number']}.p{number}"
            norms = [n for n in kb.norms.values() if n.id.startswith(f"{place}.")]
            quotes = [n.quote for n in norms]
            for where, change in changes:
                if where not in {None, article["number"]}:
                    continue
                for span in reversed(list(change(text))):
                    cut = _alone(text, span, quotes)
                    if cut is None:  # the audit that tries the amendment will say that the finding stays
                        continue
                    first, last = cut
                    old = text[first:last]
                    new = text[first : span.start] + span.becomes + text[span.end : last]
                    said = [span.gist for n in norms if span.gist and span.gist[0] in n.gist]
                    yield {"paragraph": place, "old": old, "new": new, "gists": dict(said)}
                    quotes = [_carried(text, quote, cut, new) for quote in quotes]
                    text = text[:first] + new + text[last:]


def _alone(text: str, span: Span, quotes: Iterable[str]) -> tuple[int, int] | None:
    """The shortest piece with the span in it that the paragraph has once and no quotation has in part."""
    quoted = [place for quote in quotes for place in _places(text, quote)[:1]]
    for width in range(CONTEXT):
        for left in range(width + 1):
            first, last = span.start - left, span.end + width - left
            piece = text[max(first, 0) : last]
            if first < 0 or last > len(text) or piece != piece.strip():
                continue
            if any(s < last and first < e and not (s <= first and last <= e) for s, e in quoted):
                continue
            if len(_places(text, piece)) == 1:
                return first, last
    return None


def _carried(text: str, quote: str, cut: tuple[int, int], new: str) -> str:
    first, last = cut
    places = _places(text, quote)
    if not places or not (places[0][0] <= first and last <= places[0][1]):
        return quote
    start, end = places[0]
    return text[start:first] + new + text[last:end]


def _places(text: str, words: str) -> list[tuple[int, int]]:
    return find(Paragraph(1, text, 0), words)
