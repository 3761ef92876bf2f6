"""More drawings as self-contained SVG: a ladder as bands of amounts, shares as bars, a proof as a tree of boxes.

Like :mod:`nj_logic.drawing`, nothing here knows a case or a regulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .drawing import (
    AMBER,
    AMBER_PAPER,
    BLUE_PAPER,
    BODY,
    BODY_LINE,
    GREY,
    INK,
    LINE,
    PAPER,
    SHADE,
    SMALL,
    px,
    svg_element,
    svg_text,
    text_width,
    wrap,
)  # fmt: skip

SHEET = 690.0
"""How wide a chart is, in pixels: the width of a printed page's text."""
INSET = 10.0


@dataclass(frozen=True, slots=True)
class Band:
    """A rung of a ladder: its bounds, what holds on it, and whether the matter falls on it."""

    bounds: str
    text: str
    here: bool = False


def ladder(bands: Sequence[Band], here: str, label: str) -> str:
    """The rungs of a ladder, the lowest first, each a step further in than the one before it.

    Args:
        bands: the rungs.
        here: said on the band on which the matter falls.
        label: what the drawing shows, for readers who do not see it.
    """
    head, stair = 200.0, 14.0
    parts = []
    top = 1.0
    for i, band in enumerate(bands):
        room = head - 2 * INSET
        mark = wrap(here, room, SMALL) if band.here else []
        bounds = wrap(band.bounds, room, BODY)
        left = head + stair * i
        lines = wrap(band.text, SHEET - left - 2 * INSET, BODY)
        tall = max(BODY_LINE * len(bounds) + NOTE_LINE * len(mark), BODY_LINE * len(lines)) + 2 * INSET
        stroke, fill = (AMBER, AMBER_PAPER) if band.here else (LINE, SHADE if i % 2 else PAPER)
        parts.append(_rect(1, top, left, tall, BLUE_PAPER if not band.here else AMBER_PAPER, stroke))
        parts.append(_rect(1 + left, top, SHEET - left, tall, fill, stroke))
        parts += _lines(1 + INSET, top + INSET + 12, bounds, bold=True)
        parts += [
            svg_text(
                1 + INSET, top + INSET + 12 + BODY_LINE * len(bounds) + NOTE_LINE * n, line, SMALL, AMBER, bold=True
            )
            for n, line in enumerate(mark)
        ]
        parts += _lines(1 + left + INSET, top + INSET + 12, lines)
        top += tall
    return svg_element(SHEET + 2, top + 1, label, parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of parts that add up to a whole; the last of *counts* is not shaded."""

    title: str
    counts: tuple[int, ...]


SHADES = (("#1d6b3a", "#ffffff"), ("#7fb08f", INK), ("#f0c36d", INK), ("#e6e8eb", INK))
"""The fill and ink of a bar's parts, from the first."""


def bars(rows: Sequence[Bar], legend: Sequence[str], label: str) -> str:
    """Bars below each other, each as long as the share of its whole in the longest, in at most four parts.

    Args:
        rows: the bars, with as many counts as *legend* has names.
        legend: what the parts are.
        label: what the drawing shows, for readers who do not see it.
    """
    head, tall = 190.0, 22.0
    most = max((sum(row.counts) for row in rows), default=1) or 1
    scale = (SHEET - head - 50) / most
    parts, at, top = [], 1.0, 14.0
    for i, name in enumerate(legend):
        wide = 40 + text_width(name, BODY)
        if at + wide > SHEET:
            at, top = 1.0, top + 20
        parts.append(_rect(at, top - 10, 14, 12, SHADES[i][0], LINE))
        parts.append(svg_text(at + 19, top, name, BODY, INK))
        at += wide
    top += 14
    for row in rows:
        lines = wrap(row.title, head - INSET, BODY)
        high = max(tall, BODY_LINE * len(lines) + 5)
        parts += _lines(1, top + high / 2 + 4.5 - BODY_LINE / 2 * (len(lines) - 1), lines)
        x = head
        for count, (fill, ink) in zip(row.counts, SHADES, strict=False):
            wide = count * scale
            if count:
                parts.append(_rect(x, top + high / 2 - 8, wide, 16, fill, "#8a939e"))
            if wide > 8 * len(str(count)) + 4:
                parts.append(svg_text(x + wide / 2, top + high / 2 + 4, str(count), SMALL, ink, anchor="middle"))
            x += wide
        parts.append(svg_text(x + 6, top + high / 2 + 4.5, str(sum(row.counts)), BODY, GREY))
        top += high
    return svg_element(SHEET + 2, top + 2, label, parts)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tree, *depth* levels below the root; a *leaf* is drawn as a fact, a *denied* one with a broken line.

    *notes* stand below its text, each on a line of its own.
    """

    depth: int
    text: str
    notes: tuple[str, ...] = ()
    leaf: bool = False
    denied: bool = False


NOTE_LINE = 15.0
TALLEST_TREE = 880.0
"""So many pixels high a tree is at most; what is longer is drawn on several sheets."""


def tree(nodes: Sequence[Node], label: str) -> list[str]:
    """A tree, each node below its parent and a level further in, as one drawing or as several that go on from each other.

    Args:
        nodes: the nodes, each after its parent.
        label: what the drawings show, for readers who do not see them.
    """
    sheets: list[str] = []
    for sheet in _sheets(nodes):
        parts: list[str] = []
        bottoms: dict[int, float] = {}
        top = 1.0
        for node, lines, notes, open_above in sheet:
            x = _indent(node.depth)
            tall = BODY_LINE * len(lines) + NOTE_LINE * len(notes) + 10
            if node.depth:
                spine = _indent(node.depth - 1) + 9
                start = 0.0 if open_above else bottoms.get(node.depth - 1, 0.0)
                middle = top + tall / 2
                parts.append(f'<path d="M{px(spine)} {px(start)}V{px(middle)}H{px(x)}" fill="none" stroke="{LINE}"/>')
            stroke, fill = (AMBER, PAPER) if node.denied else (GREY, SHADE) if node.leaf else (LINE, BLUE_PAPER)
            parts.append(_rect(x, top, SHEET - x, tall, fill, stroke, dashed=node.denied))
            parts += _lines(x + 8, top + 17, lines)
            below = top + 16 + BODY_LINE * len(lines)
            parts += [svg_text(x + 8, below + NOTE_LINE * i, line, SMALL, GREY) for i, line in enumerate(notes)]
            top += tall
            bottoms = {d: b for d, b in bottoms.items() if d < node.depth} | {node.depth: top}
            top += 6
        sheets.append(svg_element(SHEET + 2, top, label, parts))
    return sheets


def _indent(depth: int) -> float:
    return 1 + 18.0 * min(depth, 16)


_Placed = tuple[Node, list[str], list[str], bool]
"""A node, its lines, those of its notes, and whether its parent stands on an earlier sheet."""


def _sheets(nodes: Sequence[Node]) -> Iterator[list[_Placed]]:
    """The nodes by sheet."""
    sheet: list[_Placed] = []
    here: set[int] = set()
    height = 0.0
    for node in nodes:
        room = SHEET - _indent(node.depth) - 16
        lines = wrap(node.text, room, BODY)
        notes = [line for note in node.notes for line in wrap(note, room, SMALL)]
        tall = BODY_LINE * len(lines) + NOTE_LINE * len(notes) + 16
        if sheet and height + tall > TALLEST_TREE:
            yield sheet
            sheet, here, height = [], set(), 0.0
        sheet.append((node, lines, notes, node.depth - 1 not in here))
        here = {d for d in here if d < node.depth} | {node.depth}
        height += tall
    if sheet:
        yield sheet


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="5 3"' if dashed else ""
    size = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"'
    return f'<rect {size} fill="{fill}" stroke="{stroke}"{dashes}/>'


def _lines(x: float, y: float, lines: Sequence[str], *, bold: bool = False) -> list[str]:
    return [svg_text(x, y + BODY_LINE * i, line, BODY, INK, bold=bold) for i, line in enumerate(lines)]
