"""Repairs: the smallest changes that make a record compliant, a path exist or a clash vanish.

What can still be changed (:mod:`nj_logic.mendable`) becomes slots with choices; clingo (``kb/reasoning/search/repairs.lp``) finds the sets of
choices that mend the case in all its worlds, the lightest first, and each is checked by running the case again.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import clingo

from . import check, conflicts, paths
from .case import Case
from .errors import Bilingual
from .facts import case_atoms, worlds_of
from .mendable import Draft, Record, Target, target_of
from .worlds import Condition, symbol

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

MOST_REPAIRS, MOST_TRIED, MOST_WORLDS, SECONDS = 12, 60, 32, 20.0
"""How far the search goes: repairs listed, candidates tried, worlds looked at together, time."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that mend the case together."""

    changes: tuple[Bilingual, ...]
    result: str

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {"changes": [{"zh": c.zh, "en": c.en} for c in self.changes], "result": self.result}


@dataclass(frozen=True, slots=True)
class Repairs:
    """What mends a case.

    Attributes:
        wrong: what is to be mended; empty if nothing is.
        cut: whether the search ended before all was tried.
    """

    kb: KnowledgeBase
    case: Case
    wrong: tuple[Bilingual, ...]
    repairs: tuple[Repair, ...]
    cut: bool

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "wrong": [{"zh": w.zh, "en": w.en} for w in self.wrong],
            "repairs": [r.to_json() for r in self.repairs], "cut": self.cut, "fixed": sorted(self.case.fixed),
        }  # fmt: skip


def find_repairs(kb: KnowledgeBase, case: Case, readings: Mapping[str, str], finding: str | None = None) -> Repairs:
    """The minimal repairs of *case*; of a register those of the clash *finding*, or of all.

    Raises:
        InputError: no such finding.
    """
    target = target_of(kb, case, readings, finding)
    if not target.wrong:
        return Repairs(kb, case, (), (), False)
    repairs, cut = _search(target)
    if not repairs and isinstance(target, Record):  # what the findings name does not do: all that they rest on
        target = Record(kb, case, readings, wide=True)
        repairs, cut = _search(target)
    return Repairs(kb, case, target.wrong, repairs, cut)


def _readings(target: Target) -> tuple[list[Condition], bool]:
    """The worlds in which the case is to be mended: every option of the readings that matter; and whether that was cut."""
    kb = target.kb
    shown = {module.USE: module.SHOWN for module in (paths, check, conflicts)}[target.use]
    matter = worlds_of(kb, target.case, target.use, target.readings, shown).topics
    topics = [t.id for t in matter if not t.is_fact]
    options = [[(t, o) for o in kb.readings[t]["options"]] for t in topics]
    found = list(itertools.islice(itertools.product(*options), MOST_WORLDS + 1))
    return found[:MOST_WORLDS], len(found) > MOST_WORLDS


def _search(target: Target) -> tuple[tuple[Repair, ...], bool]:
    """The minimal repairs, the lightest first, each checked; and whether the search was cut."""
    kb, case = target.kb, target.case
    worlds, cut = _readings(target)
    control = clingo.Control(["--warn=none", "--opt-mode=opt"])
    control.add("base", [], kb.program(f"{case.kind.term.id}.{target.use}"))
    control.add("base", [], kb.program("repairs"))
    with control.backend() as backend:

        def hold(atom: clingo.Symbol, *body: int) -> None:
            backend.add_rule([backend.add_atom(atom)], body)

        for atom in target.given():
            hold(atom)
        chosen = {}
        for s, choices in enumerate(target.slots):
            hold(symbol("slot", s))
            for v, choice in enumerate(choices):
                hold(symbol("choice", s, v, choice.group, choice.weight))
                chosen[s, v] = backend.add_atom(symbol("chosen", s, v))
        for w, world in enumerate(worlds):
            name = clingo.String(f"w{w}")
            fixed = {**target.readings, **dict(world)}
            for atom in case_atoms(kb, case, fixed, name):
                if not _is_replaced(atom, target.replaced):
                    hold(atom)
            for atom in target.common(name):
                hold(atom)
            for s, choices in enumerate(target.slots):
                for v, choice in enumerate(choices):
                    for atom in choice.atoms(name):
                        hold(atom, chosen[s, v])
    control.ground([("base", [])])
    repairs: list[Repair] = []
    end = time.monotonic() + SECONDS
    for _ in range(MOST_TRIED):
        picked = _lightest(control, max(end - time.monotonic(), 0.1))
        if picked is None:
            return tuple(repairs), cut
        changes = sorted((s, v) for s, v in picked if target.slots[s][v].weight > 0)
        if not changes:
            return tuple(repairs), cut
        result = target.mended(_applied(target, changes))
        if result is not None:
            repairs.append(Repair(tuple(target.slots[s][v].words for s, v in changes), result))
        with control.backend() as backend:
            groups = [symbol("changed", s, target.slots[s][v].group) for s, v in changes]
            backend.add_rule([], [backend.add_atom(g) for g in groups])
        if len(repairs) >= MOST_REPAIRS or time.monotonic() > end:
            break
    return tuple(repairs), True


def _is_replaced(atom: clingo.Symbol, replaced: set[tuple[str, str | None]]) -> bool:
    if (atom.name, None) in replaced:
        return True
    return atom.name in {"fact", "quantity", "date", "cell"} and (atom.name, atom.arguments[1].name) in replaced


def _lightest(control: clingo.Control, seconds: float) -> list[tuple[int, int]] | None:
    found: list[tuple[int, int]] | None = None
    with control.solve(yield_=True, async_=True) as handle:
        end = time.monotonic() + seconds
        while True:
            handle.resume()
            if not handle.wait(max(end - time.monotonic(), 0)):
                handle.cancel()
                break
            model = handle.model()
            if model is None:
                break
            found = sorted(
                (a.arguments[0].number, a.arguments[1].number)
                for a in model.symbols(atoms=True)
                if a.match("chosen", 2)
            )
    return found


def _applied(target: Target, changes: Sequence[tuple[int, int]]) -> Case:
    draft = Draft(target.case, dict(target.entries))
    for s, v in changes:
        target.slots[s][v].apply(draft)
    return draft.finished()
