"""Procedures as a report shows them: the steps as the rows of a table and the boxes of a drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from markupsafe import Markup

from . import drawing
from .teller import Teller, View
from .terminal import clean

if TYPE_CHECKING:
    from .paths import Alternative, Path, Step

MOST_DRAWN = 6
"""So many paths of one alternative are drawn; all of them stand in the tables."""
TALLEST = 610.0
"""So many pixels of a printed page a drawing takes; a taller one is made smaller."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done at one place of a procedure.

    Attributes:
        actors: who may do it, any of them.
        persons: who they are, where the roster says.
        after: the numbers of the stages that come immediately before.
        any: whether there is a choice of actor or person.
        blocked: whether nobody can do it.
        acting: whether somebody does it for somebody else.
    """

    no: int
    id: str
    actors: tuple[str, ...]
    act: str
    norms: tuple[View, ...]
    persons: tuple[str, ...] = ()
    after: tuple[int, ...] = ()
    any: bool = False
    blocked: bool = False
    acting: bool = False


def stages(tell: Teller, alternative: Alternative) -> list[Stage]:
    """The stages of a procedure, each with all who may do it; a procedure that nobody can finish has its stages too."""
    if not alternative.paths:
        return _asked_for(tell, alternative)
    by_number: dict[int, list[Step]] = {}
    for step in (s for p in alternative.paths for s in p.steps):
        by_number.setdefault(step.no, []).append(step)
    return [_stage(tell, steps) for _, steps in sorted(by_number.items())]


def _stage(tell: Teller, steps: Sequence[Step]) -> Stage:
    """A stage of paths; *steps*: the ways to do it."""
    first = steps[0]
    ways = {(s.actor, s.person, s.acting_for) for s in steps}
    return Stage(
        first.no,
        first.id,
        tuple(dict.fromkeys(tell.term(s.actor) for s in steps)),
        tell.term(first.action),
        tuple(tell.norms(n for s in steps for n in s.norms)),
        tuple(dict.fromkeys(d for s in steps if (d := tell.doer(s.person, s.acting_for)))),
        tuple(int(a.rpartition(".")[2]) for a in first.after),
        len(ways) > 1,
        acting=any(s.acting_for for s in steps),
    )


def _asked_for(tell: Teller, alternative: Alternative) -> list[Stage]:
    """The stages of a procedure that nobody has walked."""
    route = alternative.route
    if route is None:
        return []
    norms: dict[int, set[str]] = {}
    for (name, _), found in route.stage_norms.items():
        norms.setdefault(route.positions[name], set()).update(found)
    return [
        Stage(
            i + 1,
            "",
            tuple(tell.term(o) for o in offices),
            tell.term(act),
            tuple(tell.norms(norms.get(i, ()))),
            after=tuple(sorted(early + 1 for late, early in route.key.direct if late == i)),
            blocked=stuck,
        )
        for i, (act, offices, _, stuck) in enumerate(route.key.stages)
    ]


def alternative_view(tell: Teller, alternative: Alternative, n: int, width: float) -> View:
    """The *n*-th alternative with its tables and drawings; *width*: of a box."""
    say, because = tell.say, alternative.undefined_because
    found: View = {
        "title": say("alternative", n=tell.ordinal(n)), "holds": tell.conditions(alternative.readings),
        "norms": tell.norms(alternative.norms), "drawings": [], "tables": [], "intro": "", "more": "", "because": "",
    }  # fmt: skip
    if because is not None:
        found["because"] = say(
            "blocked_because" if alternative.route else "silent_here", question=say.both(because.question)
        )
    if not alternative.paths:
        found["drawings"] = [blocked_view(tell, alternative, width)] if alternative.route else []
        return found
    if _free_choice(alternative.paths):
        ways = [("", stages(tell, alternative))]
    else:
        found["intro"] = say("paths_any", n=len(alternative.paths))
        width = drawing.NARROW
        ways = [
            (say("path", n=tell.ordinal(i)), [_stage(tell, [s]) for s in path.steps])
            for i, path in enumerate(alternative.paths, 1)
        ]
    found["tables"] = [{"title": title, "steps": way, "named": any(s.persons for s in way)} for title, way in ways]
    found["drawings"] = [{"title": title, "svg": _drawn(tell, way, width)} for title, way in ways[:MOST_DRAWN]]
    if len(ways) > MOST_DRAWN:
        found["more"] = say("paths_more", n=len(ways) - MOST_DRAWN)
    return found


def blocked_view(tell: Teller, alternative: Alternative, width: float) -> View:
    """A procedure that nobody can finish; the stages that nobody can do are marked in its drawing."""
    drawn = _drawn(tell, stages(tell, alternative), width)
    return {"title": "", "svg": drawn, "norms": tell.norms(alternative.norms)}


def _free_choice(paths: Sequence[Path]) -> bool:
    """Whether the paths are all the ways to choose who does each step, so that one table can show them."""
    if len({tuple((s.no, s.action, len(s.after)) for s in p.steps) for p in paths}) != 1:
        return False
    ways = {tuple((s.actor, s.person or "", s.acting_for or "") for s in p.steps) for p in paths}
    return ways == set(product(*(dict.fromkeys(choice) for choice in zip(*ways, strict=True))))


def _drawn(tell: Teller, way: Sequence[Stage], width: float) -> Markup:
    say = tell.say
    boxes = []
    for stage in way:
        articles = say.listed(dict.fromkeys(n["article"] for n in stage.norms))
        lines = [say("act_article", act=stage.act, article=articles) if articles else stage.act]
        lines += [say("by_person", person=say.choice(stage.persons))] if stage.persons else []
        head = say.choice(stage.actors) + (say("any_of") if stage.any else "")
        mark = say("blocked") if stage.blocked else ""
        after = tuple(map(str, stage.after))
        no = str(stage.no)
        boxes.append(drawing.Box(no, no, clean(head), tuple(map(clean, lines)), after, mark, stage.acting))
    label = say("drawing", steps=say("arrow").join(tell.does(s.actors, s.act) for s in way))
    return Markup(drawing.flow(boxes, clean(label), width))


def box_width(alternatives: int) -> float:
    """How wide the boxes are when so many procedures stand side by side."""
    return drawing.WIDE if alternatives <= 2 else drawing.NARROW


def shrink(drawings: Iterable[str]) -> float:
    """By how much drawings that stand side by side shrink on paper, all alike, so that the tallest leaves room for its heading."""
    heights = [float(found[1]) for svg in drawings if (found := re.search(r' height="([\d.]+)" font', svg))]
    return round(max(min(1.0, TALLEST / max(heights, default=TALLEST)), 0.6), 2)
