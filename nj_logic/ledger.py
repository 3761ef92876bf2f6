"""The knowledge base about itself: articles, norms, coverage, readings, kinds and their schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .declared import Field, Norm
from .errors import InputError, nearest, unknown_word
from .fields import INTEGER_LIMIT, LONGEST_ID, NO, YES
from .intake import ABSENCE, ENTRY, OFFICIAL, ROSTER, TOP, UNKNOWN
from .knowledge import KnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def norms(kb: KnowledgeBase, article: int | None = None, ids: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Every norm with all that the knowledge base holds of it; *article* keeps one article's, *ids* those named.

    Raises:
        InputError: no such article or norm.
    """
    if article is not None:
        _article_text(kb, article)
    for id_ in ids:
        if id_ not in kb.norms:
            near = nearest(id_, kb.norms)
            raise InputError(
                f"there is no norm {id_[:40]!r}{f'; did you mean {near}?' if near else ''} (nj norms lists them)",
                f"没有规范“{id_[:40]}”{f'；是否指“{near}”？' if near else ''}（nj norms 列出全部规范）",
            )
    return [norm_json(kb, n) for n in kb.norms.values() if article in (None, n.article) and (not ids or n.id in ids)]


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
        f"没有第{number}条；条文为第1条至第{last}条（0为通知）",
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
        "exercised": sum(n.executable and kb.exercised(n.id) for n in norms),
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


TEXT = {"type": "string"}
SHORT, DATE, BOOLEAN = ({"$ref": f"#/$defs/{name}"} for name in ("short", "date", "boolean"))
SHAPES: dict[str, Any] = {
    "short": {**TEXT, "minLength": 1, "maxLength": LONGEST_ID},
    "date": {
        **TEXT, "description": "2026-03-02 / 2026年3月2日",
        "pattern": r"^\s*(\d{4}-\d{2}-\d{2}|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*$",
    },
    "boolean": {"enum": [True, False, *sorted(YES), *sorted(NO)]},
}  # fmt: skip


def schema(kb: KnowledgeBase, kind: str, lang: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a case of *kind* (its id or label): every name and word that an input may use.

    Raises:
        InputError: no such kind.
    """
    id_ = kb.kind_words.get(kind)
    if id_ is None:
        raise unknown_word("kind of matter", "事项类型", kind, kb.kind_words)
    declared = kb.kinds[id_]
    absence = _object(
        "#/$defs/absence", ABSENCE, ["who"],
        {"who": SHORT, "from": DATE, "to": DATE, "reason": _words(kb.value_words), "delegated_to": SHORT, "long": BOOLEAN, "note": TEXT},
    )  # fmt: skip
    entry = _object(
        "#/$defs/entry", ENTRY, ["actor", "action"],
        {"actor": SHORT, "action": _words(kb.action_words), "on": DATE, "note": TEXT},
    )  # fmt: skip
    official = _object(
        "#/$defs/official", OFFICIAL, ["id"],
        {"id": SHORT, "title": SHORT, "office": _one_or_more(_words(kb.office_words)), "portfolio": _one_or_more(SHORT),
         "attributes": _one_or_more(_words(w for term in kb.terms.values() for w in term.words))},
    )  # fmt: skip
    people = {
        "officials": {"type": "array", "items": {"$ref": "#/$defs/official"}},
        "ab_pairs": {"type": "array", "items": {"type": "array", "items": SHORT, "minItems": 2, "maxItems": 2}},
    }
    roster = _object("#/$defs/roster", ROSTER, [], {**people, "kind": TEXT, "note": TEXT})
    fields = {f: d.term.words[1:] for f, d in declared.fields.items()}
    facts = {f: _field_schema(kb, d, lang) for f, d in declared.fields.items()}
    whole = _object(
        "#", TOP, ["kind"],
        {
            "case": SHORT, "kind": _words(declared.term.words), "date": {"anyOf": [DATE, _words(sorted(UNKNOWN))]}, "note": TEXT,
            "complete": {**BOOLEAN, "default": True}, "facts": _object("#/properties/facts", fields, [], facts),
            "record": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
            "absences": {"type": "array", "items": {"$ref": "#/$defs/absence"}},
            "roster": {"anyOf": [TEXT, {"$ref": "#/$defs/roster"}]}, **people,
            "fixed": _one_or_more(SHORT),
            "evidence": {"type": "object", "propertyNames": _words(declared.field_words), "additionalProperties": TEXT},
        },
    )  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": declared.term.label.say(lang), **whole,
        "$defs": {**SHAPES, "absence": absence, "entry": entry, "official": official, "roster": roster},
    }  # fmt: skip


def _words(words: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(dict.fromkeys(words))}


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _object(
    at: str, names: Mapping[str, str | Iterable[str]], required: Iterable[str], properties: dict[str, Any]
) -> dict[str, Any]:
    """An object whose fields may go by their other names too; *at* is where its schema stands."""
    others = {n: [o] if isinstance(o, str) else list(o) for n, o in names.items()}
    named = {o: {"$ref": f"{at}/properties/{n}"} for n in properties for o in others[n]}
    found: dict[str, Any] = {"type": "object", "properties": {**properties, **named}, "additionalProperties": False}
    needed = [{"anyOf": [{"required": [name]} for name in (n, *others[n])]} for n in required]
    return {**found, "allOf": needed} if needed else found


def _field_schema(kb: KnowledgeBase, declared: Field, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {"title": declared.term.label.say(lang)}
    match declared.type:
        case "boolean":
            found |= BOOLEAN
        case "term":
            found |= _words(declared.words)
        case "terms":
            found |= _one_or_more(_words(declared.words))
        case "officials":
            found |= _one_or_more(SHORT)
        case "number":
            found |= {
                "type": ["integer", "string"],
                "minimum": 0,
                "maximum": INTEGER_LIMIT,
                "pattern": "^(0|[1-9][0-9]{0,9})$",
            }
        case "money":
            found |= {"type": ["number", "string"], "exclusiveMinimum": 0, "description": "yuan; 1500000 / 150万元"}
        case "date":
            found |= DATE
        case "text":
            found |= TEXT
        case _:
            found |= SHORT
    if declared.options:
        found["x-labels"] = {o: kb.term(o).label.say(lang) for o in declared.options}
    if declared.can_be_open:
        found = {"title": found.pop("title"), "anyOf": [found, _words(sorted(UNKNOWN))]}
    if declared.default is not None:
        found["default"] = declared.default if not isinstance(declared.default, tuple) else list(declared.default)
        found["x-when-not-stated"] = "default"
    else:
        found["x-when-not-stated"] = "not considered" if declared.optional or not declared.can_be_open else "open"
    return found
