"""Approval paths: which whole procedures the rules give a case, and who walks them.

The status is decided over the worlds; the paths of each alternative are then enumerated by clingo in one world that has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .errors import Bilingual
from .facts import ANY_CASE, worlds_of
from .results import (
    CONFLICT,
    DETERMINED,
    NEEDS_FACTS,
    UNDEFINED,
    Atoms,
    MissingFact,
    Performer,
    Reader,
    Silence,
    Warning,
    actor_json,
    conditions_json,
    context_json,
    day_taken,
    missing_facts,
    nobody,
    official_label,
    outside_of,
    person_json,
    shown_person,
    sort_norms,
    tensions,
)
from .worlds import Condition, Decision, Node, Raw, Worlds, symbol

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

USE = "paths"
SHOWN = (
    ("route", 3),
    ("stage", 6),
    ("follows", 4),
    ("blocked", 4),
    ("acts", 6),
    ("tension", 3),
    ("bears_on", 3),
    ("nearest", 3),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path.

    Attributes:
        person: who does it; None where the roster does not say.
        acting_for: for whom, if he stands in.
        after: the ids of the steps that come immediately before.
    """

    id: str
    no: int
    actor: str
    action: str
    person: str | None
    acting_for: str | None
    after: tuple[str, ...]
    norms: tuple[str, ...]

    def to_json(self, kb: KnowledgeBase, case: Case) -> dict[str, Any]:
        """As in the contract."""
        return {
            "id": self.id, "no": self.no, "actor": actor_json(kb, self.actor), "action": actor_json(kb, self.action),
            "person": shown_person(case, self.person, self.acting_for), "acting_for": person_json(case, self.acting_for),
            "after": list(self.after), "norms": list(self.norms),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Path:
    """One way to go through a procedure."""

    id: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One procedure that the rules give, under the readings named (empty: under all).

    Attributes:
        undefined_because: why no path goes through: the rules give nothing under these readings, or nobody can do a step.
        route: the procedure as that world has it, also where nobody can walk it; None where the rules give none.
        world: topics and options of one world that has this procedure.
    """

    readings: tuple[Condition, ...]
    norms: tuple[str, ...]
    paths: tuple[Path, ...]
    undefined_because: Silence | None = None
    route: Route | None = None
    world: Condition = ()

    @property
    def stages(self) -> tuple[tuple[str, str], ...]:
        """What the procedure asks for, as (actors, act)."""
        return tuple((" / ".join(offices), act) for act, offices, _, _ in self.route.key.stages) if self.route else ()

    def to_json(self, kb: KnowledgeBase, case: Case) -> dict[str, Any]:
        """As in the contract."""
        found: dict[str, Any] = {
            "readings": conditions_json(self.readings),
            "norms": list(self.norms),
            "paths": [{"id": p.id, "steps": [s.to_json(kb, case) for s in p.steps]} for p in self.paths],
        }
        if self.undefined_because is not None:
            found["undefined_because"] = self.undefined_because.to_json()
        return found


@dataclass(frozen=True, slots=True)
class Paths:
    """The answer to: how is this matter to be approved?

    Attributes:
        blocked: the procedures that the rules give and nobody can finish; not in the JSON, where an undefined answer has no alternatives.
    """

    kb: KnowledgeBase
    case: Case
    status: str
    alternatives: tuple[Alternative, ...]
    missing: tuple[MissingFact, ...]
    undefined: tuple[Silence, ...]
    warnings: tuple[Warning, ...]
    readings: Mapping[str, str]
    blocked: tuple[Alternative, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in the contract."""
        return {
            "case": self.case.id, "kind": self.case.kind.term.id, "status": self.status,
            "alternatives": [a.to_json(self.kb, self.case) for a in self.alternatives],
            "missing_facts": [m.to_json() for m in self.missing], "undefined": [u.to_json() for u in self.undefined],
            "warnings": [w.to_json() for w in self.warnings], **context_json(self.kb, self.case, self.readings),
        }  # fmt: skip


StageKey = tuple[str, tuple[str, ...], tuple[Performer, ...], bool]
"""An act, the actors of whom any may do it, who can, and whether nobody can."""


@dataclass(frozen=True, slots=True)
class RouteKey:
    """A route apart from its name and norms: what is done by whom, in which order."""

    stages: tuple[StageKey, ...]
    order: frozenset[tuple[int, int]]

    @property
    def blocked(self) -> tuple[StageKey, ...]:
        """The stages that nobody can do."""
        return tuple(s for s in self.stages if s[3])

    @property
    def direct(self) -> set[tuple[int, int]]:
        """The order without the edges that follow from others."""
        order = self.order
        return {
            (a, b) for a, b in order if not any((a, c) in order and (c, b) in order for c in range(len(self.stages)))
        }


@dataclass(frozen=True, slots=True)
class Route:
    """A route of one world, with the names that its atoms have there."""

    name: str
    key: RouteKey
    norms: tuple[str, ...]
    positions: Mapping[str, int]
    stage_norms: Mapping[tuple[str, str], tuple[str, ...]]


def routes(atoms: Atoms) -> list[Route]:
    """The routes of a world."""
    performers: dict[tuple[str, str], list[Performer]] = {}
    for _, office, act, person, holder in atoms.get("acts"):
        performers.setdefault((office, act), []).append(Performer(office, person, None if person == holder else holder))
    blocked = {(office, act) for _, office, act in atoms.get("blocked")}
    stages: dict[str, dict[str, tuple[set[str], set[str], dict[str, set[str]]]]] = {}
    for route, stage, office, act, norm in atoms.get("stage"):
        offices, acts, by_office = stages.setdefault(route, {}).setdefault(stage, (set(), set(), {}))
        offices.add(office)
        acts.add(act)
        by_office.setdefault(office, set()).add(norm)
    found = []
    for name in sorted({r for r, _ in atoms.get("route")}):
        keys: dict[str, StageKey] = {}
        for stage, (offices, acts, _) in stages.get(name, {}).items():
            act = min(acts)
            able = tuple(sorted((p for o in offices for p in performers.get((o, act), ())), key=repr))
            keys[stage] = (act, tuple(sorted(offices)), able, all((o, act) in blocked for o in offices))
        edges = {
            (late, early) for r, late, early in atoms.get("follows") if r == name and late in keys and early in keys
        }
        order = _topological(sorted(keys, key=lambda s: (keys[s], s)), edges)
        positions = {stage: i for i, stage in enumerate(order)}
        key = RouteKey(tuple(keys[s] for s in order), frozenset((positions[a], positions[b]) for a, b in edges))
        norms = sort_norms(
            [n for r, n in atoms.get("route") if r == name] + [s[4] for s in atoms.get("stage") if s[0] == name]
        )
        stage_norms = {(s, o): sort_norms(n) for s, (_, _, by) in stages.get(name, {}).items() for o, n in by.items()}
        found.append(Route(name, key, norms, positions, stage_norms))
    return found


def _topological(stages: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[str]:
    """The stages, earlier before later; among those that are free, in the order given. A ring is kept in that order."""
    before: dict[str, set[str]] = {s: set() for s in stages}
    for late, early in edges:
        before[late].add(early)
    order: list[str] = []
    while len(order) < len(stages):
        free = next((s for s in stages if s not in order and before[s] <= set(order)), None)
        order.append(free or next(s for s in stages if s not in order))
    return order


def find_paths(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> Paths:
    """Every valid approval path of *case*, each once, by alternative.

    Raises:
        InputError: the kind has no procedure.
    """
    from .errors import InputError

    if not case.kind.procedure:
        listed = ", ".join(i for i, k in kb.kinds.items() if k.procedure)
        label = case.kind.term.label
        raise InputError(
            f"{label.en} has no procedure; kinds that have one: {listed}",
            f"“{label.zh}”没有审批程序;有程序的类型:{listed}",
        )
    worlds, read, decision = _decided(kb, case, readings)
    if decision.missing:
        return Paths(kb, case, NEEDS_FACTS, (), missing_facts(kb, case, decision.missing), (), (), readings)

    silent = _silence(kb, case, read.together(worlds.outcomes()))
    drafts: list[tuple[RouteKey | None, tuple[Condition, ...], tuple[Raw, ...], Condition]] = []
    by_route: dict[RouteKey, tuple[list[Condition], list[Raw], Condition]] = {}
    for outcome, conditions in decision.outcomes.items():
        raws, fixed = decision.samples[outcome]
        if not outcome:
            drafts.append((None, conditions, raws, fixed))
        for key in outcome:
            held, seen, _ = by_route.setdefault(key, ([], [], fixed))
            held.extend(conditions)
            seen.extend(raws)
    drafts += [(key, tuple(held), tuple(raws), fixed) for key, (held, raws, fixed) in by_route.items()]

    alternatives = []
    for route_key, conditions, raws, fixed in drafts:
        conditions = worlds.merged(conditions)
        if route_key is None:
            alternatives.append(Alternative(conditions, (), (), silent))
            continue
        named = [r for raw in raws for r in routes(read(raw)) if r.key == route_key]
        one = min(named, key=lambda r: (r.name, r.norms))
        norms = sort_norms(n for r in named for n in r.norms)
        if route_key.blocked:
            act, offices, _, _ = route_key.blocked[0]
            closest = sort_norms(n for r in named for (_, o), ns in r.stage_norms.items() if o in offices for n in ns)
            because = Silence(nobody(kb, case, offices[0], act), closest)
            alternatives.append(Alternative(conditions, norms, (), because, one, fixed))
        else:
            alternatives.append(Alternative(conditions, norms, _walk(worlds, named, fixed, read), None, one, fixed))
    alternatives.sort(key=lambda a: (not a.paths, a.stages, a.norms, a.readings))
    alternatives = [_numbered(a, start) for a, start in zip(alternatives, _starts(alternatives), strict=True)]

    keys = set(by_route)
    if not keys:
        status = UNDEFINED
    elif len(alternatives) > 1:
        status = CONFLICT
    else:
        status = DETERMINED if alternatives[0].paths else UNDEFINED
    undefined = tuple(dict.fromkeys(a.undefined_because for a in alternatives if a.undefined_because is not None))
    shown = () if status == UNDEFINED else tuple(alternatives)
    return Paths(
        kb,
        case,
        status,
        shown,
        (),
        undefined,
        _warnings(kb, case, alternatives, read.together(worlds.outcomes())),
        readings,
        tuple(a for a in alternatives if a.route is not None and not a.paths),
    )


def _decided(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str]
) -> tuple[Worlds, Reader, Decision[frozenset[RouteKey]]]:
    worlds = worlds_of(kb, case, USE, readings, SHOWN)
    read = Reader()
    return worlds, read, worlds.decide(lambda raw: frozenset(r.key for r in routes(read(raw))))


def decide_paths(
    kb: KnowledgeBase, case: Case, readings: Mapping[str, str]
) -> tuple[tuple[str, ...], Node[frozenset[RouteKey]]]:
    """The facts that make a difference to the paths of *case*, and the tree over them."""
    _, _, decision = _decided(kb, case, kb.fixed_readings(readings, case))
    return decision.missing, decision.tree


def _starts(alternatives: Sequence[Alternative]) -> list[int]:
    starts, count = [], 1
    for alternative in alternatives:
        starts.append(count)
        count += len(alternative.paths)
    return starts


def _numbered(alternative: Alternative, start: int) -> Alternative:
    """The alternative with the ids of its paths and steps filled in."""
    paths = []
    for n, path in enumerate(alternative.paths, start):
        ids = {s.id: f"p{n}.{s.no}" for s in path.steps}
        steps = tuple(
            Step(ids[s.id], s.no, s.actor, s.action, s.person, s.acting_for, tuple(ids[a] for a in s.after), s.norms)
            for s in path.steps
        )
        paths.append(Path(f"p{n}", steps))
    return replace(alternative, paths=tuple(paths))


def _walk(worlds: Worlds, named: Sequence[Route], fixed: Condition, read: Reader) -> tuple[Path, ...]:
    """The paths along a route in one world, each once."""
    import clingo

    in_world = {r.name: r for raw in worlds.outcomes(frozenset(fixed)) for r in routes(read(raw))}
    norms: dict[tuple[int, str], set[str]] = {}
    for route in named:
        for (stage, office), found in route.stage_norms.items():
            norms.setdefault((route.positions[stage], office), set()).update(found)
    route = next(in_world[r.name] for r in named if r.name in in_world and in_world[r.name].key == r.key)
    acts = {i: s[0] for i, s in enumerate(route.key.stages)}
    direct = route.key.direct
    paths = set()
    for shown in worlds.walks(fixed, symbol("walks", ANY_CASE, clingo.Function(route.name, []))):
        atoms = read(shown)
        persons = {
            stage: (person, None if person == holder else holder) for stage, person, holder in atoms.get("by_person")
        }
        steps = []
        for stage, office in sorted(atoms.get("by_office"), key=lambda so: route.positions[so[0]]):
            i = route.positions[stage]
            person, acting_for = persons.get(stage, (None, None))
            after = tuple(str(early) for late, early in sorted(direct) if late == i)
            steps.append(Step(str(i), i + 1, office, acts[i], person, acting_for, after, sort_norms(norms[i, office])))
        paths.add(tuple(steps))
    ordered = sorted(paths, key=lambda steps: [(s.actor, s.person or "", s.acting_for or "") for s in steps])
    return tuple(Path("", steps) for steps in ordered)


def _silence(kb: KnowledgeBase, case: Case, atoms: Atoms) -> Silence:
    closest = sort_norms(n for _, n in atoms.get("nearest")) or sort_norms(case.kind.asked_norms[USE])[:5]
    label = case.kind.term.label
    return Silence(
        Bilingual(f"{label.zh}按什么程序办理", f"which procedure applies to this {label.en}"),
        closest,
        outside_of(kb, closest),
    )


def _warnings(kb: KnowledgeBase, case: Case, alternatives: Sequence[Alternative], atoms: Atoms) -> tuple[Warning, ...]:
    """Principles in tension with a route, one person on two steps, a person who decides his own matter, defaults that decide."""
    found: dict[Warning, None] = {}
    found.update(dict.fromkeys([*tensions(kb, atoms), *day_taken(case)]))
    applicants = {case.facts[f] for f, d in case.kind.fields.items() if d.type == "actor" and f in case.facts}
    for path in (p for a in alternatives for p in a.paths):
        seen: dict[str, Step] = {}
        for step in path.steps:
            if step.action in kb.own_acts:
                continue
            who = step.person or step.actor
            if who in applicants or step.actor in applicants:
                zh, en = kb.term(step.actor).label
                found[Warning(
                    Bilingual(f"{zh}{kb.term(step.action).label.zh}的是本人提出的事项,规则未作规定",
                              f"the {en} is to {kb.term(step.action).label.en} a matter of his own; the rules say nothing of this"),
                    step.norms,
                )] = None  # fmt: skip
            if step.person is None:
                continue
            first = seen.setdefault(step.person, step)
            if first is not step:
                one, two = kb.term(first.action).label, kb.term(step.action).label
                title = official_label(kb, case, step.person)
                found[Warning(
                    Bilingual(f"{title.zh}一人承担两个环节({one.zh}、{two.zh}),规则未作规定",
                              f"one person, {title.en}, does two steps ({one.en}, {two.en}); the rules say nothing of this"),
                    sort_norms([*first.norms, *step.norms]),
                )] = None  # fmt: skip
    if any(a.undefined_because and a.stages for a in alternatives) and case.complete:
        found[Warning(Bilingual("外出、委托和AB角记录按完整处理;如有遗漏,答案可能改变",
                                "absences, delegations and AB pairs are taken to be complete; if one is left out, the answer may change"))] = None  # fmt: skip
    return tuple(found)
