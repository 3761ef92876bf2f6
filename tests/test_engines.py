"""One law, two engines: on everything derived in the dialect they agree; and the worlds decide as brute force over both does."""

from __future__ import annotations

import itertools
import os
import shutil
from decimal import Decimal

import clingo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nj_logic.atoms import to_clingo
from nj_logic.declared import Field, Kind
from nj_logic.knowledge import KnowledgeBase
from nj_logic.paths import USE, routes
from nj_logic.results import DETERMINED, NEEDS_FACTS, UNDEFINED, Reader

from . import engines
from .scenarios import Scenario, load

pytestmark = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")
SCENARIOS = list(load())
BY_SYSTEM = {s: [x for x in SCENARIOS if x.system == s] for s in {x.system for x in SCENARIOS}}
EXAMPLES = int(os.environ.get("NJ_EXAMPLES", "60"))
MOST_WORLDS = 64
BATCH = 30


@pytest.mark.parametrize("system", sorted(BY_SYSTEM))
def test_both_engines_derive_the_same_atoms_in_every_scenario(kb: KnowledgeBase, system: str) -> None:
    atoms = []
    for number, scenario in enumerate(BY_SYSTEM[system]):
        readings = kb.fixed_readings(scenario.readings)
        case = kb.case({**scenario.case, "case": f"{number}"})
        atoms += next(engines.worlds(kb, case, "check", readings))[2]
    agree(kb, atoms)


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if "paths" in s.content["expect"]], ids=lambda s: s.id)
def test_prolog_in_every_world_gives_the_status_of_the_paths(kb: KnowledgeBase, scenario: Scenario) -> None:
    case = kb.case(scenario.case)
    fixed = kb.fixed_readings(scenario.readings)
    listed = list(itertools.islice(engines.worlds(kb, case, USE, fixed), MOST_WORLDS + 1))
    if len(listed) > MOST_WORLDS:
        pytest.skip("too many worlds for brute force")
    by_facts: dict[tuple[tuple[str, str], ...], set[frozenset[object]]] = {}
    for facts, _, atoms in listed:
        derived = (
            to_clingo(a)
            for a in engines.prolog_atoms(kb, atoms)
            if a[0] in {"route", "stage", "follows", "blocked", "acts"}
        )
        outcome = frozenset(r.key for r in routes(Reader()(derived)))
        by_facts.setdefault(tuple(sorted(facts.items())), set()).add(outcome)
    status = kb.paths(case, scenario.readings).status
    sets = {frozenset(outcomes) for outcomes in by_facts.values()}
    if len(sets) > 1:
        assert status == NEEDS_FACTS
        return
    alternatives = {key for outcome in next(iter(sets)) for key in outcome or {None}}
    if alternatives == {None}:
        assert status == UNDEFINED
    elif len(alternatives) > 1:
        assert status == "conflict"
    else:
        (only,) = alternatives
        assert status == (UNDEFINED if only.blocked else DETERMINED)


def _value(kb: KnowledgeBase, declared: Field) -> st.SearchStrategy[object]:
    match declared.type:
        case "boolean":
            return st.booleans()
        case "term":
            return st.sampled_from(declared.options)
        case "terms":
            return st.lists(st.sampled_from(declared.options), unique=True, max_size=3)
        case "money":
            bounds = [cut for cut, _ in kb.cells.cuts if cut > 0]
            return st.sampled_from([b + d for b in bounds for d in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))])
        case "number":
            return st.integers(0, 20)
        case "date":
            return st.dates(__import__("datetime").date(2026, 3, 1), __import__("datetime").date(2026, 3, 20))
        case "official":
            return st.sampled_from(["x", "y", "county_head", "executive_deputy"])
        case "officials":
            return st.lists(st.sampled_from(["x", "y", "county_head"]), unique=True, max_size=2)
        case "actor":
            return st.sampled_from(["county_head", "finance_bureau", "x"])
        case _:
            return st.sampled_from(["财政", "x"])


@st.composite
def cases(draw: st.DrawFn, kb: KnowledgeBase, kind: Kind) -> dict[str, object]:
    """A case of *kind*: facts, a roster, absences, a record, all drawn."""
    facts = {f: draw(_value(kb, d)) for f, d in kind.fields.items() if draw(st.integers(0, 3))}
    for whole in (d for d in kind.fields.values() if d.sum_of):
        if any(part in facts for part in whole.sum_of):
            facts.pop(whole.term.id, None)
    offices = ["deputy_head", "department_head", "party_group_member", "office_deputy_director"]
    officials = [
        {"id": "county_head", "office": "county_head"},
        {"id": "executive_deputy", "office": "executive_deputy"},
        *(
            {
                "id": i,
                "office": draw(st.lists(st.sampled_from(offices), unique=True, max_size=2)),
                "portfolio": draw(st.sampled_from(["财政", "x"])),
            }
            for i in ("x", "y")
        ),
        {"id": "office_director", "office": "office_director"},
    ]
    people = st.sampled_from([o["id"] for o in officials])
    pairs = draw(st.lists(st.lists(people, min_size=2, max_size=2, unique=True), max_size=2))
    absences = []
    for _ in range(draw(st.integers(0, 3))):
        start, length = draw(st.integers(1, 20)), draw(st.integers(0, 6))
        absence: dict[str, object] = {
            "who": draw(people),
            "from": f"2026-03-{start:02}",
            "to": f"2026-03-{start + length:02}",
        }
        if draw(st.booleans()):
            absence["long"] = draw(st.booleans())
        absences.append(absence)
    if absences and draw(st.booleans()):
        other = draw(people)
        if other != absences[0]["who"]:
            absences[0]["delegated_to"] = other
    actors, actions = sorted({*kb.actor_words.values()}), sorted({*kb.action_words.values()})
    steps = [(a.args[2], a.args[3]) for a in _STEPS.get(id(kb), [])] or [(actors[0], actions[0])]
    record = [
        dict(zip(("actor", "action"), draw(st.sampled_from(steps)), strict=True))
        | {"on": f"2026-03-{draw(st.integers(1, 25)):02}"}
        for _ in range(draw(st.integers(0, 4)))
    ]
    found: dict[str, object] = {
        "kind": kind.term.id,
        "facts": facts,
        "officials": officials,
        "ab_pairs": pairs,
        "absences": absences,
    }
    if not kind.register:
        found |= {"record": record}
        if draw(st.booleans()):
            found["date"] = f"2026-03-{draw(st.integers(1, 25)):02}"
    return found


_STEPS: dict[int, list[object]] = {}


@pytest.fixture(scope="session", autouse=True)
def _steps(kb: KnowledgeBase) -> None:
    from nj_logic import dialect

    rules, _ = dialect.parse([f for f in kb.law_files if "/law/" in str(f)])
    _STEPS[id(kb)] = [r.head for r in rules if r.head.signature == ("step", 5) and r.is_fact]


@pytest.mark.parametrize("kind", sorted(KnowledgeBase().kinds))
def test_both_engines_derive_the_same_atoms_in_random_cases(kb: KnowledgeBase, kind: str) -> None:
    """The cases are drawn one by one and compared together: each has a name of its own in one grounding."""
    atoms = []

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        content = data.draw(cases(kb, kb.kinds[kind]))
        case = kb.case({**content, "case": f"{kind}-{len(atoms)}"})
        use = "conflicts" if case.kind.register else "check"
        listed = list(itertools.islice(engines.worlds(kb, case, use, kb.fixed_readings({})), 200))
        atoms.append(listed[data.draw(st.integers(0, len(listed) - 1))][2])

    draw()
    for start in range(0, len(atoms), BATCH):
        agree(kb, [atom for case in atoms[start : start + BATCH] for atom in case])


def agree(kb: KnowledgeBase, atoms: list[clingo.Symbol]) -> None:
    """Both engines derive the same from these atoms."""
    of_clingo, of_prolog = engines.clingo_atoms(kb.program("whole"), atoms), engines.prolog_atoms(kb, atoms)
    assert of_clingo == of_prolog, (
        f"only clingo: {list(of_clingo - of_prolog)[:5]}, only Prolog: {list(of_prolog - of_clingo)[:5]}"
    )


@pytest.mark.parametrize("system", sorted(BY_SYSTEM))
def test_a_slice_gives_the_same_atoms_as_the_whole_law(kb: KnowledgeBase, system: str) -> None:
    from nj_logic import build

    for use, shown in build.USES.items():
        by_kind: dict[str, list[clingo.Symbol]] = {}
        for number, scenario in enumerate(BY_SYSTEM[system]):
            case = kb.case({**scenario.case, "case": f"{number}"})
            if use in case.kind.topics and (use == "conflicts") == case.kind.register:
                world = next(engines.worlds(kb, case, use, kb.fixed_readings(scenario.readings)))
                by_kind.setdefault(case.kind.term.id, []).extend(world[2])
        for kind, atoms in by_kind.items():
            program = "\n".join(
                line
                for line in kb.program(f"{kind}.{use}").splitlines()
                if not line.startswith(("1 {", "#show", "#project"))
            )
            wanted = set(shown)
            whole, sliced = (
                {a for a in engines.clingo_atoms(p, atoms) if (a[0], len(a) - 1) in wanted}
                for p in (kb.program("whole"), program)
            )
            assert sliced == whole
