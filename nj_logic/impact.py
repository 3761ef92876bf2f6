"""What an amendment changes: answers and paths, situation by situation; scenarios; findings of the audit.

The programs of each kind are compared first: where no rule differs, no answer can. Where some do, both versions are grounded side by side
over all situations (:mod:`nj_logic.differences`), the situations in which they differ are cut into regions, and one case of each is put to
both versions by the same means that ``nj paths``, ``nj answer``, ``nj check`` and ``nj conflicts`` use.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clingo

from . import answer, check, conflicts, paths
from .amendment import Amendment, amended
from .cells import Cells
from .circumstances import AND, DAYS, DELEGATION, ENTRY, LENGTH, OFFICE, PAIR
from .differences import (
    FIRST_DAY,
    SHOWN,
    Box,
    Comparison,
    Region,
    common_cells,
    merged,
    representative,
)
from .errors import Bilingual, InputError
from .facts import PRESENCE
from .results import Reader, conditions_json

if TYPE_CHECKING:
    from .case import Case
    from .declared import Field
    from .knowledge import KnowledgeBase

Side = dict[str, Any]
"""What one version says of a situation, in the JSON of the contract."""
USES = (paths.USE, answer.USE, check.USE, conflicts.USE)
FEW_KINDS = 10
"""Fewer kinds than these are not worth processes of their own."""
STEPS = "steps"
"""Of a check, in place of a norm: the steps of a procedure."""
WORSE = frozenset({"undefined", "conflict"})


@dataclass(slots=True)
class Row:
    """Situations of a kind in which an answer changes, all in the same way.

    Attributes:
        use: ``paths``, ``answer``, ``check`` or ``conflicts``.
        question: the question asked (answers), or the norm breached (checks); else empty.
        boxes: the situations: any of these, each all of its topics.
        witness: one of them as a case that can be fed back to nj.
    """

    kind: str
    use: str
    question: str
    boxes: tuple[Box, ...]
    before: Side
    after: Side
    witness: dict[str, Any]

    @property
    def worse(self) -> bool:
        """Whether a clear answer becomes a conflict or none."""
        return self.before.get("status") == "determined" and self.after.get("status") in WORSE


@dataclass(frozen=True, slots=True)
class Route:
    """A path that is new or vanishes: its steps (actors, act), apart from who does them."""

    kind: str
    steps: tuple[tuple[tuple[str, ...], str], ...]


@dataclass(frozen=True, slots=True)
class ChangedScenario:
    """A scenario whose result changes: where it stands, its name, what was asked, and the statuses."""

    file: str
    name: str
    use: str
    before: str
    after: str


@dataclass(slots=True)
class Impact:
    """What an amendment changes.

    Attributes:
        compared: the kinds in whose programs a rule differs.
        touched: the kinds of which the versions differ in some situation.
        cut: kinds and uses that were not searched to the end.
        alike: how many situations in which the versions differ gave the same answer when a case of them was put to both.
        unvaried: for each kind compared, the facts that were left unstated.
        varied: for each kind compared, the sorts of circumstances that were varied.
        scenarios_run: how many scenarios there are of the kinds whose rules differ; those in which such a rule can fire were put to both
            versions. None where there are none at hand.
        new_findings, gone_findings: of the audit; None where it was not run.
    """

    base: KnowledgeBase
    amended: KnowledgeBase
    amendment: Amendment
    cells: Cells
    rows: list[Row] = field(default_factory=list)
    new_paths: list[Route] = field(default_factory=list)
    gone_paths: list[Route] = field(default_factory=list)
    new_kinds: list[str] = field(default_factory=list)
    compared: dict[str, list[str]] = field(default_factory=dict)
    touched: list[str] = field(default_factory=list)
    cut: list[tuple[str, str]] = field(default_factory=list)
    alike: int = 0
    unvaried: dict[str, list[str]] = field(default_factory=dict)
    varied: dict[str, dict[str, None]] = field(default_factory=dict)
    scenarios: list[ChangedScenario] = field(default_factory=list)
    scenarios_run: int | None = None
    new_findings: list[Any] | None = None
    gone_findings: list[Any] | None = None

    def add(self, part: Impact) -> None:
        """Take over what was found of a kind."""
        for name in ("rows", "new_paths", "gone_paths", "touched", "cut", "scenarios"):
            getattr(self, name).extend(getattr(part, name))
        for name in ("compared", "unvaried", "varied"):
            getattr(self, name).update(getattr(part, name))
        self.alike += part.alike
        if self.scenarios_run is not None:
            self.scenarios_run += part.scenarios_run or 0

    @property
    def worse(self) -> bool:
        """Whether the amendment does harm: a clear answer becomes a conflict or none, the audit finds more, or the search was cut."""
        return bool(any(r.worse for r in self.rows) or self.new_findings or self.cut)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "amendment": self.amendment.id, "title": self.amendment.title._asdict(),
            "changes": [
                {"what": c.what, "subject": c.subject._asdict(), "before": c.before._asdict() if c.before.zh else None, "after": c.after._asdict() if c.after.zh else None}
                for c in self.amendment.changes
            ],
            "answers": [self._row_json(r) for r in self.rows],
            "new_paths": [self._route_json(self.amended, r) for r in self.new_paths],
            "vanished_paths": [self._route_json(self.base, r) for r in self.gone_paths],
            "new_kinds": [self.amended.kind_terms[k].to_json() for k in self.new_kinds],
            "scenarios": [{"file": s.file, "name": s.name, "use": s.use, "before": s.before, "after": s.after} for s in self.scenarios],
            "findings": None if self.new_findings is None or self.gone_findings is None else {
                "appear": [_finding_json(f) for f in self.new_findings], "disappear": [_finding_json(f) for f in self.gone_findings],
            },
            "gists_to_amend": list(self.amendment.stale),
            "searched": {
                "kinds": len(self.amended.kind_terms), "compared": self.compared, "cut": [{"kind": k, "use": u} for k, u in self.cut], "alike": self.alike,
                "circumstances": {k: list(sorts) for k, sorts in self.varied.items()}, "left_unstated": self.unvaried, "scenarios": self.scenarios_run,
            },
        }  # fmt: skip

    def _row_json(self, row: Row) -> dict[str, Any]:
        kind = self.amended.kinds[row.kind]
        asked = self.amended.term(row.question).to_json() if row.use == answer.USE else row.question or None
        return {
            "kind": kind.term.to_json(), "use": row.use, "question": asked,
            "situations": [[self._topic_json(kind.fields, topic, options) for topic, options in box] for box in row.boxes],
            "before": row.before, "after": row.after, "worse": row.worse, "witness": row.witness,
        }  # fmt: skip

    def _topic_json(self, fields: Mapping[str, Field], topic: str, options: frozenset[str]) -> dict[str, Any]:
        declared = fields.get(topic)
        if declared is None:
            each = [self._circumstance_json(topic, option) for option in sorted(options)]
            return each[0] if len(each) == 1 else {"any_of": each}
        said: dict[str, Any] = {"fact": declared.term.to_json()}
        if declared.type == "money":
            said["ranges"] = [
                {
                    "from": None if low is None else str(low[0]), "from_included": low is not None and low[1] == 0,
                    "to": None if high is None else str(high[0]), "to_included": high is not None and high[1] == 1,
                }
                for low, high in ranges(self.cells, options)
            ]  # fmt: skip
        elif declared.type == "date":
            said["values"] = [datetime.date.fromordinal(v).isoformat() for v in sorted(map(int, options))]
        elif declared.type == "number":
            said["values"] = sorted(map(int, options))
        elif declared.type == "boolean":
            said["values"] = [o == "yes" for o in sorted(options)]
        else:
            said["values"] = [self.amended.term(o).to_json() for o in declared.options if o in options] or [
                self.person_json(o) for o in sorted(options)
            ]
        return said

    def _circumstance_json(self, topic: str, option: str) -> dict[str, Any]:
        sort = next(s for s in (PRESENCE, DELEGATION, LENGTH, DAYS, PAIR, ENTRY) if topic.startswith(s))
        who = topic.removeprefix(sort)
        if sort == PAIR:
            return {"ab_pair": [self.person_json(p) for p in who.split(AND)], "paired": option == "yes"}
        if sort == ENTRY:
            actor, act = option.split(AND)
            return {
                "record": int(who),
                "actor": self.person_json(actor.removeprefix(OFFICE)),
                "action": self.amended.term(act).to_json(),
            }
        said: dict[str, dict[str, Any]] = {
            PRESENCE: {"away": option == "yes"}, DELEGATION: {"delegated_to": self.person_json(option)},
            LENGTH: {"long": option == "yes"}, DAYS: {"days": option},
        }  # fmt: skip
        return {"official": self.person_json(who), **said[sort]}

    def person_label(self, id_: str) -> Bilingual:
        """An official of the search by the name of his office; the second of those who hold it as another one."""
        if id_ in self.amended.terms or id_[-2:] not in {"_1", "_2"}:
            return self.amended.term(id_).label
        label = self.amended.term(id_[:-2]).label
        return label if id_.endswith("_1") else Bilingual(f"另一位{label.zh}", f"another {label.en}")

    def person_json(self, id_: str) -> dict[str, str]:
        """The same, as in JSON output."""
        return {"id": id_, **self.person_label(id_)._asdict()}

    def _route_json(self, kb: KnowledgeBase, route: Route) -> dict[str, Any]:
        return {
            "kind": kb.kind_terms[route.kind].to_json(),
            "steps": [{"actors": [kb.term(a).to_json() for a in actors], "action": kb.term(act).to_json()} for actors, act in route.steps],
        }  # fmt: skip


Scenario = tuple[str, Mapping[str, Any]]
"""The file in which a scenario stands, and the scenario."""
Job = tuple[str, Sequence[Scenario]]
"""A kind and its scenarios."""
Bound = tuple[Decimal, int] | None


def ranges(cells: Cells, options: Iterable[str]) -> list[tuple[Bound, Bound]]:
    """The amounts in the cells, neighbours joined: the cut below and the cut above each range."""
    found: list[tuple[Bound, Bound]] = []
    last = None
    for index in sorted(map(int, options)):
        low, high = cells.bounds(index)
        if last == index - 1:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
        last = index
    return found


def _finding_json(finding: Any) -> dict[str, Any]:  # noqa: ANN401
    title = finding.title
    return {"id": finding.id, "type": finding.type, "title": title._asdict() if isinstance(title, Bilingual) else title}


def find_impact(kb: KnowledgeBase, amendment: Amendment, processes: int | None = None) -> Impact:
    """Apply *amendment* to *kb* and find what changes.

    Args:
        processes: over how many processes to spread the kinds, by default as many as there are processors, at most four; the result is
            the same.

    Raises:
        InputError: the amendment does not fit the base.
    """
    other = amended(kb, amendment)
    impact = Impact(kb, other, amendment, common_cells(kb, other))
    impact.new_kinds = [k for k in other.kind_terms if k not in kb.kind_terms]
    scenarios = _scenarios(kb)
    if scenarios is not None:
        impact.scenarios_run = 0
    jobs = [(k, (scenarios or {}).get(k, ())) for k in other.kind_terms if k in kb.kind_terms]
    for part in _spread(impact, jobs, processes if processes is not None else min(os.cpu_count() or 1, 4)):
        impact.add(part)
    _audit(impact)
    return impact


def _spread(impact: Impact, jobs: Sequence[Job], processes: int) -> Iterable[Impact]:
    """What changes of each kind, over several processes where there is enough to do."""
    if processes <= 1 or len(jobs) < FEW_KINDS:
        yield from (_of_kind(impact, job) for job in jobs)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    kb, other = impact.base, impact.amended
    reasoning = str(kb.reasoning) if kb.reasoning else None
    roots = (str(kb.root), str(other.root), reasoning, impact.amendment.id)
    with ProcessPoolExecutor(processes, get_context("spawn"), _start_worker, roots) as pool:
        for part in pool.map(_in_worker, jobs):
            part.base, part.amended, part.amendment = kb, other, impact.amendment
            yield part


_worker: dict[str, Impact] = {}


def _start_worker(base: str, other: str, reasoning: str | None, amendment: str) -> None:
    """Open both versions once in each process."""
    from .knowledge import KnowledgeBase

    before, after = (KnowledgeBase(Path(root), Path(reasoning) if reasoning else None) for root in (base, other))
    title = Bilingual("", "")
    _worker["impact"] = Impact(before, after, Amendment(amendment, Path(), title, "", {}), common_cells(before, after))


def _in_worker(job: Job) -> Impact:
    found = _of_kind(_worker["impact"], job)
    found.base = found.amended = found.amendment = None  # type: ignore[assignment]
    return found


def _of_kind(whole: Impact, job: Job) -> Impact:
    """What changes of one kind, and of its scenarios."""
    kind, scenarios = job
    kb, other = whole.base, whole.amended
    impact = Impact(kb, other, whole.amendment, whole.cells, scenarios_run=0)
    differing = [
        c
        for use in USES
        if _asked(other, kind, use)
        for c in [Comparison(kb, other, kind, use, impact.cells)]
        if c.differs
    ]
    compared = [c for c in differing if c.bearing]
    for comparison in compared:
        impact.compared.setdefault(kind, []).append(comparison.use)
        _compare(impact, comparison)
    if compared:
        varied = {f for c in compared for f in (*c.fields, *c.circumstances.usual)}
        left = [f for f in other.kinds[kind].fields if f not in varied]
        if left:
            impact.unvaried[kind] = left
    if kb.kinds[kind] != other.kinds[kind]:
        _run(impact, scenarios, None)
    elif differing:
        _run(impact, scenarios, {c.use: c for c in differing})
    return impact


def _asked(kb: KnowledgeBase, kind: str, use: str) -> bool:
    return use in kb.kinds[kind].topics


# -- answers and paths -----------------------------------------------------------------------------------------------

View = Callable[[list[clingo.Symbol]], frozenset[Hashable]]
Parts = Callable[[Any], Iterable[Hashable]]


def _views(comparison: Comparison) -> list[tuple[str, View, Parts]]:
    """What is asked of a kind in one use: the question, what answers it in a version's atoms, and what that is made of."""
    read = Reader()

    def routes(atoms: list[clingo.Symbol]) -> frozenset[Hashable]:
        return frozenset(r.key for r in paths.routes(read(atoms)))

    def tuples(atoms: list[clingo.Symbol]) -> frozenset[Hashable]:
        return frozenset((name, *args) for name, found in read(atoms).by_name.items() for args in found)

    if comparison.use == paths.USE:
        return [("", routes, lambda route: route.stages)]
    if comparison.use == conflicts.USE:
        return [("", tuples, lambda one: [one])]
    if comparison.use == check.USE:
        changed = [c.arguments[1] for c in comparison.changes if c.name == "change"]
        norms = sorted({atom.arguments[0].string for atom in changed if atom.name == "breach"})
        found: list[tuple[str, View, Parts]] = [(norm, _breached(read, norm), lambda one: [one]) for norm in norms]
        lacking = any(atom.name != "breach" for atom in changed)
        return [*found, *([(STEPS, _lacking(read), lambda one: [one])] if lacking else [])]
    return [(q, _valued(read, comparison.after, q), lambda group: group) for q in comparison.kind.questions]


def _breached(read: Reader, norm: str) -> View:
    return lambda atoms: frozenset(n for n, _ in read(atoms).get("breach") if n == norm)


def _lacking(read: Reader) -> View:
    """What the record lacks, whichever procedure asks for it."""
    return lambda atoms: frozenset(
        (name, *stages) for name in ("missing", "misordered") for _, *stages in read(atoms).get(name)
    )


def _valued(read: Reader, kb: KnowledgeBase, question: str) -> View:
    plural = kb.question(question)["type"] == "terms"
    return lambda atoms: frozenset(answer.groups(read(atoms), question, plural))


def _compare(impact: Impact, comparison: Comparison) -> None:
    found: dict[str, list[Region]] = {}
    settings = 0
    impact.varied.setdefault(comparison.kind_id, {}).update(comparison.circumstances.open)
    try:
        for setting in comparison.settings():
            settings += 1
            worlds = comparison.worlds_in(setting)
            for question, view, parts in _views(comparison):
                found.setdefault(question, []).extend(
                    comparison.regions(setting, worlds, view, parts, question != STEPS)
                )
    except InputError:
        impact.cut.append((comparison.kind_id, comparison.use))
    for question, regions in found.items():
        impact.rows += _rows(impact, comparison, question, regions)
    if not settings:
        return
    impact.touched.append(comparison.kind_id)
    if comparison.use == paths.USE:
        before, after = (_routes(kb, comparison) for kb in (impact.base, impact.amended))
        impact.new_paths += [Route(comparison.kind_id, steps) for steps in sorted(after - before)]
        impact.gone_paths += [Route(comparison.kind_id, steps) for steps in sorted(before - after)]


def _rows(impact: Impact, comparison: Comparison, question: str, regions: Sequence[Region]) -> list[Row]:
    """A row for each way in which the answer changes; regions that turn out to look alike are joined."""
    found: dict[str, Row] = {}
    boxes: dict[str, list[Mapping[str, frozenset[str]]]] = {}
    for region in regions:
        witness = _witness(impact, comparison, dict(region.witness))
        try:
            before, after = (_said(kb, witness, comparison.use, question) for kb in (impact.base, impact.amended))
        except InputError:  # the search had something that no case can state
            impact.cut.append((comparison.kind_id, comparison.use))
            continue
        if before == after:
            impact.alike += 1
            continue
        key = json.dumps([before, after], sort_keys=True)
        found.setdefault(key, Row(comparison.kind_id, comparison.use, question, (), before, after, witness))
        boxes.setdefault(key, []).extend(dict(b) for b in region.boxes)
    options = {t.id: frozenset(o for o, _ in t.options) for t in comparison.facts}
    anchored = {t: o for t, o in comparison.anchored.items() if t in comparison.fields}
    for key, row in found.items():
        row.boxes = tuple((*box, *anchored.items()) for box in merged(boxes[key], options))
    return list(found.values())


def _witness(impact: Impact, comparison: Comparison, chosen: Mapping[str, str]) -> dict[str, Any]:
    """A case in the region: the facts and circumstances that make the difference as chosen, the others as if nothing were special."""
    facts: dict[str, Any] = {}
    for id_, declared in comparison.kind.fields.items():
        if id_ in comparison.fields:
            met = all(
                chosen.get(f, facts.get(f)) is None or _option(chosen.get(f, facts.get(f))) in values
                for f, values in declared.when.items()
            )
            if any(part in chosen for part in declared.sum_of):
                continue  # it is the sum of its parts
            if id_ in chosen:
                facts[id_] = _value(impact.cells, declared, chosen[id_])
            elif met and declared.can_be_open:
                facts[id_] = (
                    declared.default
                    if declared.default is not None
                    else _value(impact.cells, declared, _first(declared))
                )
            elif declared.type == "date":
                facts[id_] = FIRST_DAY.isoformat()
            elif declared.type == "number":
                facts[id_] = 0
        elif id_ in chosen and declared.can_be_open:
            facts[id_] = _value(impact.cells, declared, chosen[id_])
    facts |= comparison.circumstances.facts(chosen)
    return {
        "case": f"{impact.amendment.id}-{comparison.kind_id}",
        "kind": comparison.kind_id,
        "facts": facts,
        **comparison.circumstances.stated(chosen),
    }


def _option(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _first(declared: Field) -> str:
    return {"boolean": "no", "money": "0"}.get(declared.type) or declared.options[0]


def _value(cells: Cells, declared: Field, option: str) -> Any:  # noqa: ANN401
    match declared.type:
        case "money":
            return f"{representative(cells, int(option)):f}"
        case "number":
            return int(option)
        case "date":
            return datetime.date.fromordinal(int(option)).isoformat()
        case "boolean":
            return option == "yes"
        case _:
            return option


def _said(kb: KnowledgeBase, witness: Mapping[str, Any], use: str, question: str) -> Side:
    """What one version says of the case."""
    known = kb.kinds[str(witness["kind"])].fields
    case = kb.case({**witness, "facts": {f: v for f, v in witness["facts"].items() if f in known}})
    if use == paths.USE:
        found = kb.paths(case).to_json()
        return {k: found[k] for k in ("status", "alternatives", "undefined", "missing_facts")}
    if use == answer.USE:
        for one in kb.answer(case).answers:
            if one.question == question:
                found = one.to_json(kb, case)
                return {k: found[k] for k in ("status", "alternatives", "undefined", "missing_facts")}
        return {"status": "undefined", "alternatives": [], "undefined": [], "missing_facts": []}
    if use == check.USE and question == STEPS:
        lacking = [
            {"status": f.status, "message": f.message._asdict(), "readings": conditions_json(f.readings)}
            for f in kb.check(case).findings
            if f.goal is not None and f.goal.name in {"missing", "misordered"}
        ]
        return {"status": "lacking" if lacking else "compliant", "steps": lacking}
    if use == check.USE:
        breaches = [
            f
            for f in kb.check(case).findings
            if f.norm == question and f.status in {check.VIOLATED, check.DEVIATED, check.OPEN}
        ]
        return (
            {"status": breaches[0].status, "readings": conditions_json(breaches[0].readings)}
            if breaches
            else {"status": "compliant"}
        )
    result = kb.conflicts(case).to_json()
    return {k: [{n: v for n, v in one.items() if n != "id"} for one in result[k]] for k in ("findings", "acting")}


def _routes(kb: KnowledgeBase, comparison: Comparison) -> set[tuple[tuple[tuple[str, ...], str], ...]]:
    """The paths of the kind, whoever is there to walk them, over all facts and readings, with everybody at work."""
    from .facts import case_atoms, open_topics
    from .worlds import Worlds

    kind = kb.kinds[comparison.kind_id]
    case = kb.case({"kind": comparison.kind_id})
    case.facts.clear()
    case.opened = frozenset(f for f, d in kind.fields.items() if f in comparison.fields and d.can_be_open)
    fixed = kb.fixed_readings({})
    topics, opening = open_topics(kb, case, paths.USE, fixed)
    worlds = Worlds(
        kb.program(f"{comparison.kind_id}.{paths.USE}"),
        [*case_atoms(kb, case, fixed), *opening],
        topics,
        SHOWN[paths.USE][:3],
    )
    read = Reader()
    return {
        tuple((offices, act) for act, offices, _, _ in r.key.stages) for raw in worlds.outcomes() for r in paths.routes(read(raw))
    }  # fmt: skip


# -- scenarios ---------------------------------------------------------------------------------------------------------


def _scenarios(kb: KnowledgeBase) -> dict[str, tuple[Scenario, ...]] | None:
    """The scenarios of each kind with the files in which they stand; None where they are not at hand."""
    import yaml

    folder = kb.root / "tests" / "scenarios"
    if not folder.is_dir():
        return None
    found: dict[str, list[Scenario]] = {}
    for file in sorted(folder.rglob("*.yaml")):
        place = file.relative_to(folder).as_posix()
        for content in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or []:
            found.setdefault(kb.kind_words.get(str(content["case"].get("kind")), ""), []).append((place, content))
    return {kind: tuple(of_kind) for kind, of_kind in found.items()}


def _run(impact: Impact, scenarios: Sequence[Scenario], differing: Mapping[str, Comparison] | None) -> None:
    """Put the scenarios to both versions in which a rule that differs can fire; all of them where *differing* is None."""
    impact.scenarios_run = len(scenarios)
    for use in USES:
        asked = {str(i): content for i, (_, content) in enumerate(scenarios) if use in content.get("expect", {})}
        if differing is not None:
            if use not in differing or not asked:
                continue
            concerned = differing[use].concerned(dict(_cases(impact.base, asked)))
            asked = {i: content for i, content in asked.items() if i in concerned}
        for i, content in asked.items():
            before, after = (_result(kb, content, use) for kb in (impact.base, impact.amended))
            if before != after:
                place = scenarios[int(i)][0]
                impact.scenarios.append(ChangedScenario(place, str(content["name"]), use, before[0], after[0]))


def _cases(kb: KnowledgeBase, scenarios: Mapping[str, Any]) -> Iterable[tuple[str, tuple[Case, Mapping[str, str]]]]:
    for i, content in scenarios.items():
        try:
            case = kb.case(content["case"])
            yield i, (case, kb.fixed_readings(content.get("readings", {}), case))
        except InputError:  # it is refused by both versions
            continue


def _result(kb: KnowledgeBase, scenario: Mapping[str, Any], use: str) -> tuple[str, str]:
    """The status of a scenario's result, and all of it but the words of the norms."""
    readings = scenario.get("readings", {})
    ask: Mapping[str, Callable[..., Any]] = {
        paths.USE: kb.paths, answer.USE: kb.answer, check.USE: kb.check, conflicts.USE: kb.conflicts,
    }  # fmt: skip
    try:
        found = ask[use](kb.case(scenario["case"]), readings).to_json()
    except InputError as error:
        return "refused", error.say("en")
    if use == answer.USE:
        asked = scenario["expect"][use]
        found["answers"] = [a for a in found["answers"] if a["question"]["id"] in asked]
        status = ", ".join(dict.fromkeys(a["status"] for a in found["answers"]))
    elif use == check.USE:
        found["findings"] = [[f["status"], f["norm"], f["readings"], f["conflict_with"]] for f in found["findings"]]
        status = found["verdict"]
    elif use == conflicts.USE:
        found["findings"] = [
            [f["type"], f["norms"], f["persons"], str(f["from"]), str(f["to"])] for f in found["findings"]
        ]
        status = str(len(found["findings"]))
    else:
        status = found["status"]
    for one in (found, *found.get("answers", [])):
        one.pop("warnings", None)
    return str(status), json.dumps(found, sort_keys=True)


# -- the audit ---------------------------------------------------------------------------------------------------------


def _audit(impact: Impact) -> None:
    """The findings of the audit that appear and disappear; the one place where it is called."""
    from .audit import audits

    both = audits(impact.base, impact.amended, processes=min(os.cpu_count() or 1, 4))
    before, after = ({(f.type, f.title): f for f in found.findings} for found in both)
    impact.new_findings = [f for defect, f in after.items() if defect not in before]
    impact.gone_findings = [f for defect, f in before.items() if defect not in after]


def read_impact(kb: KnowledgeBase, path: Path | str) -> Impact:
    """What the amendment in a file changes.

    Raises:
        InputError: the file is wrong, or the amendment does not fit the base.
    """
    from .amendment import read_amendment

    return find_impact(kb, read_amendment(path))
