"""The knowledge base about itself: articles, norms, coverage, readings, kinds and their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import InputError
from .knowledge import Field, KnowledgeBase, Norm
from .knowledge import _unknown as unknown_word

if TYPE_CHECKING:
    from collections.abc import Iterable


def norms(kb: KnowledgeBase, article: int | None = None) -> list[dict[str, Any]]:
    """Every norm with all that the knowledge base holds of it; *article* keeps one article's."""
    if article is not None:
        _article_text(kb, article)
    return [norm_json(kb, n) for n in kb.norms.values() if article in (None, n.article)]


def norm_json(kb: KnowledgeBase, norm: Norm) -> dict[str, Any]:
    """A norm as in the contract."""
    return {
        "id": norm.id, "article": norm.article, "paragraph": norm.paragraph, "quote": norm.quote, "gist": norm.gist, "kind": norm.kind,
        "strength": norm.strength, "subject": kb.term(norm.subject).to_json(), "executable": norm.executable, "operational": norm.why_not is None,
        "why_not": dict(norm.why_not) if norm.why_not else None, "points_to": list(norm.points_to), "rules": list(norm.rules),
        "scenarios": list(kb.scenarios_of(norm.id)),
    }  # fmt: skip


def _article_text(kb: KnowledgeBase, number: int) -> dict[str, Any]:
    for entry in kb.text["articles"]:
        if entry["number"] == number:
            return dict(entry)
    last = kb.text["articles"][-1]["number"]
    raise InputError(
        f"there is no article {number}; the articles are 1 to {last} (0 is the notice)",
        f"没有第{number}条;条文为1至{last}(0为通知)",
    )


def article(kb: KnowledgeBase, number: int) -> dict[str, Any]:
    """An article: its paragraphs, and its norms with the places where each stands.

    Raises:
        InputError: no such article.
    """
    from .text import Paragraph, find, uncovered

    entry = _article_text(kb, number)
    own = [n for n in kb.norms.values() if n.article == number]
    paragraphs = []
    for i, text in enumerate(entry["paragraphs"], 1):
        paragraph = Paragraph(i, text, 0)
        here = [n for n in own if n.paragraph == i]
        paragraphs.append(
            {
                "number": i, "text": text,
                "norms": [{**norm_json(kb, n), "spans": [list(span) for span in find(paragraph, n.quote)]} for n in here],
                "uncovered": uncovered(paragraph, [n.quote for n in here]),
            }
        )  # fmt: skip
    chapter = next((c["title"] for c in kb.text["chapters"] if c["number"] == entry["chapter"]), "")
    return {"article": number, "chapter": entry["chapter"], "chapter_title": chapter, "paragraphs": paragraphs}


def coverage(kb: KnowledgeBase) -> dict[str, Any]:
    """How much of the text is in norms, how many of them could be tested by facts, and how many are stated by rules."""
    from .text import Paragraph, uncovered

    quotes: dict[tuple[int, int], list[str]] = {}
    for norm in kb.norms.values():
        quotes.setdefault((norm.article, norm.paragraph), []).append(norm.quote)
    by_article, unaccounted = [], []
    for entry in kb.text["articles"]:
        number = entry["number"]
        own = [n for n in kb.norms.values() if n.article == number]
        by_article.append({"article": number, **_counts(kb, own)})
        for i, text in enumerate(entry["paragraphs"], 1):
            left = uncovered(Paragraph(i, text, 0), quotes.get((number, i), []))
            unaccounted += [{"article": number, "paragraph": i, "text": stretch} for stretch in left]
    articles = sum(1 for entry in kb.text["articles"] if entry["number"])
    return {
        "articles": articles,
        **_counts(kb, kb.norms.values()),
        "unaccounted_text": unaccounted,
        "by_article": by_article,
    }


def _counts(kb: KnowledgeBase, norms: Iterable[Norm]) -> dict[str, int]:
    norms = list(norms)
    return {
        "norms": len(norms),
        "operational": sum(n.why_not is None for n in norms),
        "executable": sum(n.executable for n in norms),
        "exercised": sum(n.executable and bool(kb.scenarios_of(n.id)) for n in norms),
    }


def readings(kb: KnowledgeBase) -> list[dict[str, Any]]:
    """The topics of readings and conventions with their passages."""
    return [
        {
            "topic": topic, "zh": entry["zh"], "en": entry["en"], "convention": "default" in entry, "default": entry.get("default"),
            "norms": [{"id": n, "quote": kb.norms[n].quote} for n in entry.get("norms", [])],
            "options": [{"option": o, "zh": label["zh"], "en": label["en"]} for o, label in entry["options"].items()],
            "kinds": [k for k, kind in kb.kinds.items() if any(topic in topics for topics in kind.topics.values())],
        }
        for topic, entry in sorted(kb.readings.items())
    ]  # fmt: skip


def kinds(kb: KnowledgeBase) -> list[dict[str, Any]]:
    """The kinds of matter, with their facts and questions."""
    return [
        {
            **kind.term.to_json(), "system": kind.system, "articles": list(kind.articles), "procedure": kind.procedure, "register": kind.register,
            "questions": [kb.term(q).to_json() for q in kind.questions], "facts": list(kind.fields),
        }
        for kind in sorted(kb.kinds.values(), key=lambda k: (k.system, k.term.id))
    ]  # fmt: skip


def schema(kb: KnowledgeBase, kind: str, lang: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a case of *kind* (its id or label).

    Raises:
        InputError: no such kind.
    """
    id_ = kb.kind_words.get(kind)
    if id_ is None:
        raise unknown_word("kind of matter", "事项类型", kind, kb.kind_words)
    declared = kb.kinds[id_]
    person = {"type": "string", "minLength": 1, "maxLength": 200}
    date = {"type": "string", "description": "2026-03-02 / 2026年3月2日"}
    absence = {
        "type": "object", "required": ["who"], "additionalProperties": False,
        "properties": {"who": person, "from": date, "to": date, "reason": {"enum": sorted(kb.value_words)}, "delegated_to": person,
                       "long": {"type": "boolean"}, "note": {"type": "string"}},
    }  # fmt: skip
    entry = {
        "type": "object", "required": ["actor", "action"], "additionalProperties": False,
        "properties": {"actor": person, "action": {"enum": sorted(kb.action_words)}, "on": date, "note": {"type": "string"}},
    }  # fmt: skip
    official = {
        "type": "object", "required": ["id"],
        "properties": {"id": person, "title": {"type": "string"}, "office": _one_or_more({"enum": sorted(kb.office_words)}), "portfolio": _one_or_more(person)},
    }  # fmt: skip
    people = {
        "officials": {"type": "array", "items": official},
        "ab_pairs": {"type": "array", "items": {"type": "array", "items": person, "minItems": 2, "maxItems": 2}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": declared.term.label.say(lang), "type": "object",
        "required": ["kind"], "additionalProperties": False,
        "properties": {
            "case": person, "kind": {"const": id_}, "date": date, "note": {"type": "string"}, "complete": {"type": "boolean", "default": True},
            "facts": {
                "type": "object", "additionalProperties": False,
                "properties": {f: _field_schema(kb, d, lang) for f, d in declared.fields.items()},
            },
            "record": {"type": "array", "items": entry}, "absences": {"type": "array", "items": absence},
            "roster": {"anyOf": [{"type": "string"}, {"type": "object", "properties": people}]}, **people,
            "evidence": {"type": "object", "propertyNames": {"enum": sorted(declared.fields)}, "additionalProperties": {"type": "string"}},
        },
    }  # fmt: skip


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _field_schema(kb: KnowledgeBase, declared: Field, lang: str) -> dict[str, Any]:
    label = declared.term.label
    found: dict[str, Any] = {"title": label.say(lang)}
    match declared.type:
        case "boolean":
            found["type"] = "boolean"
        case "term":
            found["enum"] = list(declared.options)
        case "terms":
            found |= {"type": "array", "items": {"enum": list(declared.options)}}
        case "officials":
            found |= {"type": "array", "items": {"type": "string"}}
        case "number":
            found |= {"type": "integer", "minimum": 0}
        case "money":
            found |= {"type": ["number", "string"], "description": "yuan; 1500000 / 150万元"}
        case _:
            found["type"] = "string"
    if declared.options:
        found["x-labels"] = {o: kb.term(o).label.say(lang) for o in declared.options}
    if declared.default is not None:
        found["default"] = declared.default if not isinstance(declared.default, tuple) else list(declared.default)
    found["x-when-not-stated"] = (
        "default"
        if declared.default is not None
        else "not considered"
        if declared.optional or not declared.can_be_open
        else "open"
    )
    if declared.can_be_open:
        found = {
            "title": found.pop("title"),
            "anyOf": [found, {"const": "unknown"}],
            **({"default": found["default"]} if "default" in found else {}),
        }
    return found
