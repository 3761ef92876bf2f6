"""Scenarios: cases with the answers that the text gives, written by people; and how a result is compared with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nj_logic.knowledge import KnowledgeBase

FOLDER = Path(__file__).parent / "scenarios"
KEYS = {"name", "source", "articles", "case", "readings", "expect", "note"}


@dataclass(frozen=True)
class Scenario:
    file: Path
    number: int
    content: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.file.relative_to(FOLDER).with_suffix('')}: {self.content['name']}"

    @property
    def system(self) -> str:
        return self.file.parent.name

    @property
    def case(self) -> dict[str, Any]:
        return {"case": f"{self.file.stem}-{self.number}", **self.content["case"]}

    @property
    def readings(self) -> dict[str, str]:
        return dict(self.content.get("readings", {}))


def load(folder: Path = FOLDER) -> Iterator[Scenario]:
    for file in sorted(folder.rglob("*.yaml")):
        for number, content in enumerate(yaml.load(file.read_text("utf-8"), Loader=yaml.CBaseLoader) or [], 1):
            assert content.keys() <= KEYS, f"{file}: {content.get('name')}: {content.keys() - KEYS}"
            yield Scenario(file, number, content)


def compare(kb: KnowledgeBase, scenario: Scenario) -> list[str]:
    """The differences between what the scenario expects and what the tool gives."""
    case = kb.case(scenario.case)
    expect = scenario.content["expect"]
    differences: list[str] = []
    if "paths" in expect:
        differences += _paths(expect["paths"], kb.paths(case, scenario.readings).to_json())
    for question, wanted in expect.get("answer", {}).items():
        answers = {a["question"]["id"]: a for a in kb.answer(case, scenario.readings).to_json()["answers"]}
        if question not in answers:
            differences.append(f"answer: no question {question}; there are {sorted(answers)}")
        else:
            differences += _answer(question, wanted, answers[question])
    if "check" in expect:
        differences += _check(expect["check"], kb.check(case, scenario.readings).to_json(True))
    if "conflicts" in expect:
        differences += _conflicts(expect["conflicts"], kb.conflicts(case, scenario.readings).to_json())
    unknown = expect.keys() - {"paths", "answer", "check", "conflicts"}
    return differences + [f"expect: unknown {u}" for u in unknown]


def _inapplicable(what: str, wanted: dict[str, Any], norms: set[str]) -> list[str]:
    """The norms that the scenario calls inapplicable must carry nothing of the result."""
    return [f"{what}.inapplicable: {n} applies" for n in wanted.get("inapplicable", []) if n in norms]


def _differ(what: str, wanted: object, got: object) -> list[str]:
    return [] if wanted == got else [f"{what}: expected {wanted}, got {got}"]


def _alternatives(wanted: dict[str, Any]) -> list[list[list[str]]]:
    return wanted.get("alternatives") or ([wanted["steps"]] if "steps" in wanted else [])


def _paths(wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    found = _differ("paths.status", wanted["status"], got["status"])
    if "missing" in wanted:
        found += _differ("paths.missing", wanted["missing"], [m["id"] for m in got["missing_facts"]])
    if "steps" in wanted or "alternatives" in wanted:
        expected = sorted(repr(_expected_paths(steps)) for steps in _alternatives(wanted))
        actual = sorted(repr(_actual_paths(a["paths"])) for a in got["alternatives"])
        found += _differ("paths.steps", expected, actual)
    for act, person in wanted.get("persons", {}).items():
        persons = {
            s["person"]["id"] if s["person"] else None
            for a in got["alternatives"] for p in a["paths"] for s in p["steps"] if s["action"]["id"] == act
        }  # fmt: skip
        expected_persons = {None if x == "null" else x for x in (person if isinstance(person, list) else [person])}
        found += _differ(f"paths.persons.{act}", expected_persons, persons)
    return found + _norms("paths", wanted, got)


def _expected_paths(steps: list[Any]) -> set[tuple[tuple[str, str], ...]]:
    paths: list[tuple[tuple[str, str], ...]] = [()]
    for actor, act in steps:
        actors = actor if isinstance(actor, list) else [actor]
        paths = [(*p, (a, act)) for p in paths for a in actors]
    return _sorted_set(set(paths)) if steps else _sorted_set(set())


def _actual_paths(paths: list[dict[str, Any]]) -> Any:
    return _sorted_set({tuple((s["actor"]["id"], s["action"]["id"]) for s in p["steps"]) for p in paths})


def _sorted_set(items: set[Any]) -> Any:
    return tuple(sorted(items))


def _answer(question: str, wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    found = _differ(f"answer.{question}.status", wanted["status"], got["status"])
    if "missing" in wanted:
        found += _differ(f"answer.{question}.missing", wanted["missing"], [m["id"] for m in got["missing_facts"]])
    if "value" in wanted or "alternatives" in wanted:
        expected = wanted.get("alternatives") or [wanted["value"]]
        found += _differ(
            f"answer.{question}", sorted(map(_plain, expected)), sorted(_plain(_value(a)) for a in got["alternatives"])
        )
    found += _norms(f"answer.{question}", wanted, got)
    if "mode" in wanted:
        found += _differ(f"answer.{question}.mode", [wanted["mode"]], [a.get("mode") for a in got["alternatives"]])
    if "person" in wanted:
        people = [p["person"]["id"] for a in got["alternatives"] for p in a.get("performers", [])]
        found += _differ(f"answer.{question}.person", [wanted["person"]], people)
    return found


def _norms(what: str, wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """The norms that the scenario names must carry some alternative, or come closest where the rules are silent."""
    norms = {n for a in got["alternatives"] for n in a["norms"]} | {n for u in got["undefined"] for n in u["nearest"]}
    absent = [f"{what}.norms: {n} is not among {sorted(norms)}" for n in wanted.get("norms", []) if n not in norms]
    steps = {n for a in got["alternatives"] for p in a.get("paths", []) for s in p["steps"] for n in s["norms"]}
    warned = {n for w in got["warnings"] for n in w["norms"]}
    absent += [f"{what}.warnings: {n} is not warned of" for n in wanted.get("warnings", []) if n not in warned]
    return absent + _inapplicable(what, wanted, norms | steps)


def _value(alternative: dict[str, Any]) -> Any:
    value = alternative.get("value", [])
    if isinstance(value, list):
        return [v["id"] if isinstance(v, dict) else v for v in value]
    return value["id"] if isinstance(value, dict) else value


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(sorted(map(_plain, value))) + "]"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _check(wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    found = _differ("check.verdict", wanted["verdict"], got["verdict"]) if "verdict" in wanted else []
    by_status: dict[str, set[str]] = {}
    for finding in got["findings"]:
        by_status.setdefault(finding["status"], set()).add(finding["norm"])
    for status in ("violated", "deviated", "open"):
        if status in wanted:
            found += _differ(f"check.{status}", set(wanted[status]), by_status.get(status, set()))
    if "satisfied" in wanted:
        found += [
            f"check.satisfied: {n} is not" for n in wanted["satisfied"] if n not in by_status.get("satisfied", set())
        ]
    if "missing" in wanted:
        steps = {
            (f["witness"]["actor"]["id"], f["witness"]["action"]["id"])
            for f in got["findings"]
            if f["status"] == "missing"
        }
        found += _differ("check.missing", {tuple(m) for m in wanted["missing"]}, steps)
    if "missing_facts" in wanted:
        facts = {m["id"] for f in got["findings"] for m in f["missing_facts"]}
        found += _differ("check.missing_facts", set(wanted["missing_facts"]), facts)
    if "conflict_with" in wanted:
        norms = {n for f in got["findings"] for n in f["conflict_with"]}
        found += [f"check.conflict_with: {n} is not" for n in wanted["conflict_with"] if n not in norms]
    return found + _inapplicable("check", wanted, {f["norm"] for f in got["findings"]})


def _conflicts(wanted: dict[str, Any], got: dict[str, Any]) -> list[str]:
    found = []
    if "findings" in wanted:
        keys = ("type", "from", "to")
        expected = sorted((*(f[k] for k in keys), tuple(sorted(f["persons"]))) for f in wanted["findings"])
        types = set(wanted.get("types", {f["type"] for f in got["findings"]}))
        actual = sorted(
            (*(str(f[k]) for k in keys), tuple(f["persons"])) for f in got["findings"] if f["type"] in types
        )
        found += _differ("conflicts.findings", expected, actual)
    if "acting" in wanted:
        expected_acting = sorted((a["office"], a["person"], a["from"], a["to"]) for a in wanted["acting"])
        actual_acting = sorted({(a["office"]["id"], a["person"], str(a["from"]), str(a["to"])) for a in got["acting"]})
        found += _differ("conflicts.acting", expected_acting, actual_acting)
    norms = {f["norm"] for f in got["findings"]} | {a["basis"] for a in got["acting"]}
    found += [f"conflicts.norms: {n} is not among {sorted(norms)}" for n in wanted.get("norms", []) if n not in norms]
    return found + _inapplicable("conflicts", wanted, norms)
