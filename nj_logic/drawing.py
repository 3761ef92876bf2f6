"""Drawings as self-contained SVG: the steps of a procedure, and a register of absences on its days.

Nothing here knows a case or a regulation: what comes in are texts in the reader's language, what goes out is one ``<svg>`` element
with every style on it, so that it can stand in a page, a file of its own or a printed document. Texts are escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markupsafe import escape

FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans SC',SimHei,Arial,sans-serif"
INK, GREY, LINE, PAPER, SHADE = "#1f2328", "#5b6470", "#3d5573", "#ffffff", "#f3f5f8"
RED, RED_PAPER, AMBER, AMBER_PAPER, BLUE_PAPER = "#a61b1b", "#fdf0ef", "#8a5a00", "#fff6e0", "#c9d8ea"

# No line begins with one of the first, none ends with one of the second.
_CLOSING = frozenset("，。、；：？！）》〉」』】”’％…,.;:?!)]}")
_OPENING = frozenset("（《〈「『【“‘([{")
_BLANKS = re.compile(r"[ \t\r\n]+")
_PIECE = re.compile(r"[!-~\u00a0-\u024f]+| +|.", re.DOTALL)


def character_width(character: str) -> float:
    """The width of a character in em: 1 for full-width ones, a cautious estimate for the others, 0 for combining marks."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if character in "iljtfrI.,;:'|!()[]{} ":
        return 0.4
    if character in "mwMW@%":
        return 0.95
    if character.isascii():
        return 0.72 if character.isupper() else 0.6
    return 0.75


def text_width(text: str, size: float) -> float:
    """The width of *text* in pixels at a font size of *size* pixels."""
    return size * sum(map(character_width, text))


def wrap(text: str, width: float, size: float) -> list[str]:
    """*text* in lines of at most *width* pixels, broken between words and between Chinese characters; at least one line."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width, size):
        if line and text_width(line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, width: float, size: float) -> Iterator[str]:
    """What is never broken: words that fit on a line, characters with the punctuation that belongs to them."""
    held = ""
    for piece in _PIECE.findall(_BLANKS.sub(" ", text).strip()):
        if held and (piece in _CLOSING or held[-1] in _OPENING) and text_width(held + piece, size) <= width:
            held += piece
            continue
        if held:
            yield held
        held = piece
        if text_width(piece, size) > width:
            yield from piece[:-1]
            held = piece[-1]
    if held:
        yield held


# -- procedures ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Box:
    """A step as drawn.

    Attributes:
        number: shown on the box.
        head: the actor.
        lines: what is done, by whom, by which provision; each is wrapped.
        after: the ids of the boxes that come before it.
        mark: what is wrong with it (then it is drawn in red), or "".
        acting: whether somebody acts for somebody else here.
    """

    id: str
    number: str
    head: str
    lines: tuple[str, ...]
    after: tuple[str, ...] = ()
    mark: str = ""
    acting: bool = False


@dataclass(slots=True)
class _Placed:
    """A box, or (box None) a place that an arrow passes on its way to a later level."""

    box: Box | None
    height: float = 0.0
    x: float = 0.0
    top: float = 0.0
    width: float = 0.0

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


NARROW, WIDE = 200.0, 252.0
PAD, GAP_X, GAP_Y, PASSAGE, BADGE = 11.0, 22.0, 28.0, 26.0, 21.0
HEAD, BODY = 13.5, 12.0
HEAD_LINE, BODY_LINE = 19.0, 17.0


def flow(boxes: Sequence[Box], label: str, box_width: float = WIDE) -> str:
    """A procedure from top to bottom: boxes on the level of their place in the order, with arrows.

    Args:
        boxes: the steps; those named in ``after`` and not there are ignored, and so is what would close a circle.
        label: what the drawing shows, for readers who do not see it.
        box_width: how wide a box is, in pixels; three of :data:`NARROW` stand side by side on A4.
    """
    rows, links = _rows(boxes, _levels(boxes), box_width)
    width = max(sum(p.width for p in row) + GAP_X * (len(row) - 1) for row in rows) + 4
    top = 2.0
    for row in rows:
        x = (width - sum(p.width for p in row) - GAP_X * (len(row) - 1)) / 2
        for placed in row:
            placed.x, placed.top = x, top
            x += placed.width + GAP_X
        tallest = max(p.height for p in row)
        for placed in row:
            if placed.box is None:
                placed.height = tallest
        top += tallest + GAP_Y
    body = [*(_arrow(a, b) for a, b in links), *(_box(p, p.box) for row in rows for p in row if p.box is not None)]
    return svg_element(width, top - GAP_Y + 2, label, body)


def _levels(boxes: Sequence[Box]) -> dict[str, int]:
    known = {b.id for b in boxes}
    levels: dict[str, int] = {}
    todo = list(boxes)
    while todo:
        ready = [b for b in todo if all(a in levels for a in b.after if a in known)] or todo[:1]
        for box in ready:
            levels[box.id] = 1 + max((levels[a] for a in box.after if a in levels), default=-1)
        todo = [b for b in todo if b.id not in levels]
    return levels


def _rows(
    boxes: Sequence[Box], levels: Mapping[str, int], box_width: float
) -> tuple[list[list[_Placed]], list[tuple[_Placed, _Placed]]]:
    """The places on each level, from left to right, and the arrows between places of neighbouring levels."""
    rows: list[list[_Placed]] = [[] for _ in range(1 + max(levels.values()))]
    placed: dict[str, _Placed] = {}
    links: list[tuple[_Placed, _Placed]] = []
    for box in sorted(boxes, key=lambda b: levels[b.id]):
        here = placed[box.id] = _Placed(box, _height(box, box_width), width=box_width)
        rows[levels[box.id]].append(here)
        for early in box.after:
            if early not in placed or levels[early] >= levels[box.id]:
                continue
            last = placed[early]
            for level in range(levels[early] + 1, levels[box.id]):
                passage = _Placed(None, width=PASSAGE)
                rows[level].append(passage)
                links.append((last, passage))
                last = passage
            links.append((last, here))
    for row, above in zip(rows[1:], rows, strict=False):
        position = {id(p): i for i, p in enumerate(above)}
        centre = {id(p): [position[id(a)] for a, b in links if b is p] for p in row}
        row.sort(key=lambda p: sum(centre[id(p)]) / len(centre[id(p)]) if centre[id(p)] else len(above))
    return rows, links


def _head_room(box_width: float) -> float:
    return box_width - 2 * PAD - BADGE - 6


def _height(box: Box, box_width: float) -> float:
    texts = [*box.lines, *([box.mark] if box.mark else [])]
    body = sum(len(wrap(t, box_width - 2 * PAD, BODY)) for t in texts)
    return 2 * PAD - 2 + HEAD_LINE * len(wrap(box.head, _head_room(box_width), HEAD)) + BODY_LINE * body


def _box(placed: _Placed, box: Box) -> str:
    x, y = placed.x, placed.top
    stroke, fill = (RED, RED_PAPER) if box.mark else (AMBER, AMBER_PAPER) if box.acting else (LINE, PAPER)
    dashes = ' stroke-dasharray="5 3"' if box.mark else ""
    parts = [
        f'<rect x="{px(x)}" y="{px(y)}" width="{px(placed.width)}" height="{px(placed.height)}" rx="4" fill="{fill}" stroke="{stroke}"'
        f' stroke-width="1.4"{dashes}/>',
        f'<circle cx="{px(x + PAD + BADGE / 2 - 2)}" cy="{px(y + PAD + 8)}" r="{px(BADGE / 2)}" fill="{stroke}"/>',
        svg_text(x + PAD + BADGE / 2 - 2, y + PAD + 12, box.number, 11, PAPER, bold=True, anchor="middle"),
    ]
    at = y + PAD + 13
    for line in wrap(box.head, _head_room(placed.width), HEAD):
        parts.append(svg_text(x + PAD + BADGE + 6, at, line, HEAD, INK, bold=True))
        at += HEAD_LINE
    for i, text in enumerate(box.lines):
        for line in wrap(text, placed.width - 2 * PAD, BODY):
            parts.append(svg_text(x + PAD, at, line, BODY, INK if i == 0 else GREY))
            at += BODY_LINE
    for line in wrap(box.mark, placed.width - 2 * PAD, BODY) if box.mark else ():
        parts.append(svg_text(x + PAD, at, line, BODY, RED, bold=True))
        at += BODY_LINE
    return "".join(parts)


def _arrow(early: _Placed, late: _Placed) -> str:
    x1, y1, x2, y2 = early.middle, early.top + early.height, late.middle, late.top
    into_box = late.box is not None
    end = y2 - 6 if into_box else y2
    turn = y2 - GAP_Y / 2
    route = f"M{px(x1)} {px(y1)}V{px(end)}" if x1 == x2 else f"M{px(x1)} {px(y1)}V{px(turn)}H{px(x2)}V{px(end)}"
    if not into_box:
        route += f"V{px(late.top + late.height)}"
    line = f'<path d="{route}" fill="none" stroke="{LINE}" stroke-width="1.4"/>'
    if not into_box:
        return line
    return (
        f'{line}<path d="M{px(x2 - 5)} {px(y2 - 9)}L{px(x2)} {px(y2 - 1)}L{px(x2 + 5)} {px(y2 - 9)}Z" fill="{LINE}"/>'
    )


# -- registers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasts from the first to the last column (both included).

    Attributes:
        text: shown where it fits; *short* where only that fits.
        open_left, open_right: whether it goes on beyond what is drawn.
        doubtful: whether it holds on some readings only (then it is drawn with a broken line).
    """

    first: int
    last: int
    text: str = ""
    short: str = ""
    open_left: bool = False
    open_right: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An official: when he is away, who acts for him then, and where he is part of a clash."""

    title: str
    away: tuple[Span, ...] = ()
    acting: tuple[Span, ...] = ()
    clashes: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the axis."""

    label: str
    shaded: bool = False


LABEL, AXIS, LANE_AWAY, LANE_ACTING, LANE_CLASH, WHOLE = 136.0, 24.0, 20.0, 17.0, 17.0, 540.0
SMALL, TINY = 10.5, 8.5


@dataclass(slots=True)
class _Grid:
    columns: int
    day: float = field(init=False)

    def __post_init__(self) -> None:
        self.day = WHOLE / self.columns

    def x(self, column: int) -> float:
        return LABEL + self.day * column


def timeline(
    columns: Sequence[Column], rows: Sequence[Row], clashes: Sequence[Span], clash_title: str, label: str
) -> str:
    """A register on its days: a row an official, bars for absences, strips for who acts, frames where there is a clash.

    Args:
        columns: the days, from left to right.
        rows: the officials, from top to bottom.
        clashes: the findings, drawn in a row of their own above the officials (none if there are none).
        clash_title: that row's title.
        label: what the drawing shows, for readers who do not see it.
    """
    grid = _Grid(len(columns))
    bands: list[str] = []
    bars: list[str] = []
    top = AXIS
    if clashes:
        lanes = _lanes(clashes)
        height = max(28.0, LANE_CLASH * (1 + max(lanes)) + 10)
        bands.append(_band(grid, top, height, RED_PAPER, clash_title, RED))
        for span, lane in zip(clashes, lanes, strict=True):
            fill, ink = (PAPER, RED) if span.doubtful else (RED, PAPER)
            bars.append(_bar(grid, span, top + 6 + lane * LANE_CLASH, 14, fill, RED, ink))
        top += height
    for i, row in enumerate(rows):
        away, acting = _lanes(row.away), _lanes(row.acting)
        tall = LANE_AWAY * (1 + max(away, default=-1)) + LANE_ACTING * (1 + max(acting, default=-1))
        height = max(30.0, tall + 10, 15.0 * len(wrap(row.title, LABEL - 14, BODY)) + 12)
        bands.append(_band(grid, top, height, PAPER if i % 2 else SHADE, row.title, INK))
        at = top + 5
        for span, lane in zip(row.away, away, strict=True):
            bars.append(_bar(grid, span, at + lane * LANE_AWAY, 17, BLUE_PAPER, LINE, INK, _widest(span, row.clashes)))
        for span in row.clashes:
            x, wide = grid.x(span.first), grid.day * (span.last - span.first + 1)
            dashes = ' stroke-dasharray="3 3"' if span.doubtful else ""
            size = f'width="{px(wide - 2)}" height="21"'
            bars.append(
                f'<rect x="{px(x + 1)}" y="{px(at - 2)}" {size} fill="none" stroke="{RED}" stroke-width="2"{dashes}/>'
            )
        at += LANE_AWAY * (1 + max(away, default=-1))
        for span, lane in zip(row.acting, acting, strict=True):
            bars.append(_bar(grid, span, at + lane * LANE_ACTING + 1, 14, AMBER_PAPER, AMBER, AMBER))
        top += height
    shades = [
        f'<rect x="{px(grid.x(i))}" y="0" width="{px(grid.day)}" height="{px(top)}" fill="#000000" fill-opacity="0.055"/>'
        for i, c in enumerate(columns) if c.shaded
    ]  # fmt: skip
    lines = [
        f'<line x1="{px(grid.x(i))}" y1="{px(AXIS)}" x2="{px(grid.x(i))}" y2="{px(top)}" stroke="#d5dae1" stroke-width="0.6"/>'
        for i in range(len(columns) + 1)
    ]
    names = [
        svg_text(grid.x(i) + grid.day / 2, AXIS - 8, c.label, SMALL, GREY, anchor="middle")
        for i, c in enumerate(columns)
    ]
    frame = f'<rect x="0.5" y="{px(AXIS)}" width="{px(LABEL + WHOLE)}" height="{px(top - AXIS)}" fill="none" stroke="#aab2bd" stroke-width="1"/>'
    return svg_element(LABEL + WHOLE + 1, top + 1, label, [*bands, *shades, *lines, frame, *names, *bars])


def _lanes(spans: Iterable[Span]) -> list[int]:
    """For each span the first lane in which it overlaps none before it."""
    ends: list[int] = []
    lanes = []
    for span in spans:
        lane = next((i for i, end in enumerate(ends) if end < span.first), len(ends))
        ends[lane : lane + 1] = [span.last]
        lanes.append(lane)
    return lanes


def _band(grid: _Grid, top: float, height: float, fill: str, title: str, ink: str) -> str:
    lines = wrap(title, LABEL - 14, BODY)
    first = top + height / 2 + 4.5 - 7.5 * (len(lines) - 1)
    texts = "".join(svg_text(8, first + 15 * i, line, BODY, ink, bold=True) for i, line in enumerate(lines))
    wide = grid.x(grid.columns)
    rule = f'<line x1="0" y1="{px(top + height)}" x2="{px(wide)}" y2="{px(top + height)}" stroke="#d5dae1" stroke-width="0.8"/>'
    return f'<g><rect x="0" y="{px(top)}" width="{px(wide)}" height="{px(height)}" fill="{fill}"/>{rule}{texts}</g>'


def _widest(span: Span, frames: Iterable[Span]) -> tuple[int, int]:
    """The widest run of columns of *span* that no frame's side crosses."""
    cuts = {span.first, span.last + 1} | {
        c for f in frames for c in (f.first, f.last + 1) if span.first < c <= span.last
    }
    ordered = sorted(cuts)
    first, end = max(pairwise(ordered), key=lambda run: run[1] - run[0])
    return first, end - 1


def _bar(
    grid: _Grid,
    span: Span,
    top: float,
    height: float,
    fill: str,
    stroke: str,
    ink: str,
    room: tuple[int, int] | None = None,
) -> str:
    """A bar, with its text in the columns *room* (default: all of it) if it fits there."""
    x, wide = grid.x(span.first) + 1.5, grid.day * (span.last - span.first + 1) - 3
    y, middle = top, top + height / 2
    left = f"M{px(x)} {px(y)}" if not span.open_left else f"M{px(x + 5)} {px(y)}"
    right = f"H{px(x + wide)}V{px(y + height)}"
    if span.open_right:
        right = f"H{px(x + wide - 5)}L{px(x + wide)} {px(middle)}L{px(x + wide - 5)} {px(y + height)}"
    back = f"H{px(x)}Z" if not span.open_left else f"H{px(x + 5)}L{px(x)} {px(middle)}Z"
    dashes = ' stroke-dasharray="3 2"' if span.doubtful else ""
    bar = f'<path d="{left}{right}{back}" fill="{fill}" stroke="{stroke}" stroke-width="1"{dashes}/>'
    begin, end = room or (span.first, span.last)
    space = grid.day * (end - begin + 1) - 3
    sizes = [
        (t, size)
        for t in (span.text, span.short)
        if t
        for size in (SMALL, TINY)
        if text_width(t, size) <= space - (size - TINY)
    ]
    name = f"<title>{escape(span.text)}</title>" if span.text else ""
    word = ""
    if sizes:
        shown, size = sizes[0]
        word = svg_text(grid.x(begin) + 1.5 + space / 2, middle + size * 0.36, shown, size, ink, anchor="middle")
    return f"<g>{name}{bar}{word}</g>"


# -- svg -------------------------------------------------------------------------------------------------------------


def svg_element(width: float, height: float, label: str, body: Collection[str]) -> str:
    """The drawing: *body* on a sheet of *width* by *height* pixels; *label* is for readers who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(label)}" viewBox="0 0 {px(width)} {px(height)}"'
        f' width="{px(width)}" height="{px(height)}" font-family="{FONTS}">{"".join(body)}</svg>'
    )


def svg_text(x: float, y: float, text: str, size: float, ink: str, *, bold: bool = False, anchor: str = "") -> str:
    """A line of text; *x* and *y* are where it stands on its line."""
    weight = ' font-weight="700"' if bold else ""
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{px(x)}" y="{px(y)}" font-size="{px(size)}" fill="{ink}"{weight}{where}>{escape(text)}</text>'


def px(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
