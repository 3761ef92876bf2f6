"""What of a regulation and of a proof can be drawn: a ladder of amounts, the chapters with their norms, a derivation."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from markupsafe import Markup

from . import charts, telling
from .cells import Rung
from .ledger import coverage
from .report_words import Words
from .teller import LawTeller, View
from .terminal import clean

STATES = ("exercised", "executable", "operational", "norms")
"""How far a norm is formalised; each holds those before it."""
_TREE_LINE = re.compile(r"( *)- (.*)")


def bounds(tell: LawTeller, rung: Rung) -> str:
    """The amounts of a rung in words."""
    low = (rung.low, rung.low_included) if rung.low else None
    return tell.say.amounts(low, None if rung.high is None else (rung.high, rung.high_included))


def ladders_drawn(tell: LawTeller, names: Collection[str], held: Collection[Rung] = ()) -> list[View]:
    """These ladders, each rung with what the norms that lead from it say.

    Args:
        tell: the reader's language.
        names: the ladders.
        held: the rungs on which the matter falls.
    """
    kb, say = tell.kb, tell.say
    drawn = []
    for name in sorted(names):
        rungs = sorted((r for r in kb.cells.rungs if r.ladder == name), key=lambda r: (kb.cells.spans(r).start, r.name))
        title = say("ladder", name=say.both(kb.term(name).label if name not in kb.labels else kb.labels[name]))
        bands = [charts.Band(bounds(tell, r), _said(tell, r), r in held) for r in rungs]
        drawn.append({"title": title, "svg": Markup(charts.ladder(bands, say("ladder.here"), title))})
    return drawn


def _said(tell: LawTeller, rung: Rung) -> str:
    norms = tell.norms(n for ladder, name, n in tell.kb.leads if (ladder, name) == (rung.ladder, rung.name))
    texts = [tell.say("brackets", a=n["gist"] or n["quote"], b=tell.say.pair(n["article"], n["id"])) for n in norms]
    return tell.say.listed(texts, "semicolon") or tell.say("none")


def chapters_drawn(tell: LawTeller) -> View:
    """How many norms each chapter has, and how far they are formalised."""
    kb, say = tell.kb, tell.say
    chapter_of = {a["number"]: a["chapter"] or 0 for a in kb.text["articles"]}
    titles = {c["number"]: c["title"] for c in kb.text["chapters"]}
    counts: dict[int, list[int]] = {}
    for row in coverage(kb)["by_article"]:
        total = counts.setdefault(chapter_of[row["article"]], [0] * len(STATES))
        for i, state in enumerate(STATES):
            total[i] += row[state]
    rows = [charts.Bar(_chapter(tell, n, titles), _parts(held)) for n, held in sorted(counts.items()) if held[-1]]
    title = say("chapters")
    legend = [say(f"state.{state}") for state in STATES]
    return {"title": title, "svg": Markup(charts.bars(rows, legend, title))}


def _chapter(tell: LawTeller, number: int, titles: dict[int, str]) -> str:
    if number not in titles:
        return tell.say("notice")
    return tell.say("chapter", n=tell.ordinal(number), title=titles[number]).strip()


def _parts(held: Sequence[int]) -> tuple[int, ...]:
    return tuple(count - before for count, before in zip(held, [0, *held], strict=False))


def proof_drawn(say: Words, title: str, lines: Sequence[str]) -> list[Markup]:
    """A derivation, given by the lines in which it is told, as a tree; the quotations stand below the nodes."""
    facts, denied = (
        (f"[{telling.word('case', say.lang)}]", f"[{telling.word('law', say.lang)}"),
        telling.word("not", say.lang),
    )
    told: list[tuple[int, str, list[str]]] = []
    for line in lines:
        found = _TREE_LINE.fullmatch(line)
        if found:
            told.append((len(found[1]) // 2, clean(found[2]), []))
        elif told:
            told[-1][2].append(clean(line.strip()))
    nodes = [
        charts.Node(depth, text, tuple(notes), any(fact in text for fact in facts), text.startswith(denied))
        for depth, text, notes in told
    ]
    return [Markup(svg) for svg in charts.tree(nodes, clean(title))] if nodes else []
