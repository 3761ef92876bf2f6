"""An article as its report shows it: its text with the norms marked, and what the knowledge base makes of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .figures import ladders_drawn
from .ledger import article, readings
from .pages import place, source
from .report_words import words
from .results import sort_norms
from .teller import LawTeller, View
from .terminal import NORM_WORDS

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase


def article_view(kb: KnowledgeBase, number: int, *, lang: str = "zh") -> View:
    """All texts and drawings of an article's report.

    Args:
        kb: the knowledge base.
        number: the article's number; 0 is the notice.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: there is no such article; an unknown language.
    """
    tell = LawTeller(kb, words(kb, lang))
    say = tell.say
    entry = article(kb, number)
    own = [n for p in entry["paragraphs"] for n in p["norms"]]
    ids = {n["id"] for n in own}
    name = say("article", n=tell.ordinal(number)) if number else say("notice")
    chapter = say("chapter", n=tell.ordinal(entry["chapter"]), title=entry["chapter_title"]) if number else ""
    rules = sorted({rule for n in own for rule in n["rules"]}, key=place)
    return {
        "name": name, "head": [("of_chapter", chapter), ("basis", say("regulation", title=kb.title))],
        "question": [say("question.article", article=name)],
        "paragraphs": [
            {"segments": _segments(p["text"], p["norms"]), "uncovered": say("uncovered", texts=say.listed(p["uncovered"], "semicolon")) if p["uncovered"] else ""}
            for p in entry["paragraphs"]
        ],
        "norms": [_norm(tell, n) for n in own],
        "rules": [
            {"file": file, "lines": [{"no": place(rule)[1], "text": source(kb, rule).strip()} for rule in found]}
            for file, found in itertools.groupby(rules, key=lambda rule: place(rule)[0])
        ],
        "readings": [_reading(say.lang, tell, r) for r in readings(kb) if ids & {n["id"] for n in r["norms"]}],
        "scenarios": sorted({s for n in own for s in n["scenarios"]}),
        "ladders": ladders_drawn(tell, {ladder for ladder, _, norm in kb.leads if norm in ids}),
    }  # fmt: skip


def _segments(text: str, norms: Sequence[Mapping[str, Any]]) -> list[View]:
    """The text in pieces, each with whether a norm quotes it and the norms that end with it."""
    ends: dict[int, list[str]] = {}
    covered = [False] * len(text)
    cuts = {0, len(text)}
    for norm in norms:
        for start, end in norm["spans"]:
            ends.setdefault(end, []).append(norm["id"])
            cuts |= {start, end}
            covered[start:end] = [True] * (end - start)
    places = sorted(cuts)
    return [
        {"text": text[a:b], "quoted": covered[a], "ends": list(sort_norms(ends.get(b, ())))}
        for a, b in itertools.pairwise(places)
    ]


def _norm(tell: LawTeller, norm: Mapping[str, Any]) -> View:
    say = tell.say
    why = norm["why_not"]
    if why:
        treatment = say("not_testable", reason=say.both(NORM_WORDS[why["reason"]]), why=why[say.lang])
    else:
        treatment = say("has_rules", n=len(norm["rules"])) if norm["executable"] else say("no_rule")
    return {
        "id": norm["id"], "quote": norm["quote"], "gist": norm["gist"] if say.lang == "en" else "", "subject": norm["subject"][say.lang],
        "force": say.listed(say.both(NORM_WORDS[norm[k]]) for k in ("kind", "strength")), "treatment": treatment,
    }  # fmt: skip


def _reading(lang: str, tell: LawTeller, reading: Mapping[str, Any]) -> View:
    labels = {o["option"]: o[lang] for o in reading["options"]}
    return {
        "topic": reading[lang], "options": list(labels.values()),
        "convention": tell.say("convention", option=labels[reading["default"]]) if reading["convention"] else "",
        "norms": sort_norms(n["id"] for n in reading["norms"]),
    }  # fmt: skip
