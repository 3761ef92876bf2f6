"""The searches behind an audit, each for one kind of matter or one set of people away, so that processes can share them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clingo

from . import conflicts
from .check import DEVIATED, VIOLATED
from .differences import FIRST_DAY
from .survey import Spot, Survey

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

Seen = tuple[str, str, str, str]
"""A kind, a use, a survey's module and an atom that it shows, as text of the knowledge base."""
Proof = tuple[str, str, str, str]
"""The same: what proves a finding."""
Power = tuple[str, str, str]
"""An office, an act, and the norm that asks for it."""
Questions = tuple[str, ...]
Asked = tuple[Proof, Questions]
"""A proof, and the questions of which it is to show one."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A case that proves a finding.

    Attributes:
        case: as in a case file.
        command: the command of ``nj`` that shows it.
        question: of ``nj answer``, which question; else None.
        status: what the command says: a status, a verdict, or the type of a clash.
        beside: the case with which it is to be compared (a smaller amount); None where there is none.
    """

    case: Mapping[str, Any]
    command: str
    question: str | None
    status: str
    beside: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        found = {"command": self.command, "question": self.question, "status": self.status}
        return {**found, "beside": dict(self.beside)} if self.beside else found


@dataclass(frozen=True, slots=True)
class Absence:
    """People away, and what nobody can then do: where they entrust nobody, and whomever they entrust; and the norms that say who should stand in
    or that they should not be away together.
    """

    persons: tuple[str, ...]
    unaided: tuple[Power, ...]
    stuck: tuple[Power, ...]
    norms: tuple[str, ...]


def roster(kb: KnowledgeBase) -> dict[str, Any]:
    """A roster for searching: each office with one holder held by one, each other by two who are AB partners."""
    officials, pairs = [], []
    for actor, entry in kb.actors.items():
        if entry.get("office") != "true":
            continue
        if entry.get("single") == "true":
            officials.append({"id": actor, "office": actor})
        else:
            pair = [f"{actor}_{i}" for i in (1, 2)]
            officials += [{"id": id_, "office": actor} for id_ in pair]
            pairs.append(pair)
    return {"officials": officials, "ab_pairs": pairs}


def register_case(
    kb: KnowledgeBase, register: str, away: Sequence[str], entrusted: str | None = None
) -> dict[str, Any]:
    """The register on which these people are away, all of them having entrusted the same one, if any."""
    given = {"delegated_to": entrusted, "long": True} if entrusted else {}
    return {"case": "+".join(away), "kind": register, **roster(kb), "absences": [{"who": who, **given} for who in away]}


_worker: dict[str, Any] = {}


def start_worker(root: str, reasoning: str | None) -> None:
    """Open the knowledge base once in each process."""
    from .knowledge import KnowledgeBase

    kb = KnowledgeBase(Path(root), Path(reasoning) if reasoning else None)
    _worker["kb"], _worker["folder"] = kb, (kb.reasoning or kb.root / "kb" / "reasoning") / "audit"


def in_worker(work: Callable[..., Any], job: Any) -> Any:  # noqa: ANN401
    """Do a job with the knowledge base of this process."""
    return work(_worker["kb"], _worker["folder"], job)


def absence_of(kb: KnowledgeBase, _folder: Path, job: tuple[tuple[str, ...], tuple[Power, ...]]) -> Absence:
    """What nobody can do while these people are away; *known*: what is so for some of them alone."""
    away, known = job
    people = roster(kb)
    second = {pair[1] for pair in people["ab_pairs"]}
    unaided, norms = _powers_stuck(kb, away, None)
    stuck = unaided.difference(known)
    for official in people["officials"]:
        if stuck and official["id"] not in away and official["id"] not in second:
            stuck &= _powers_stuck(kb, away, official["id"])[0]
    return Absence(away, tuple(sorted(unaided)), tuple(sorted(stuck)), tuple(sorted(norms)))


def _powers_stuck(kb: KnowledgeBase, away: Sequence[str], entrusted: str | None) -> tuple[set[Power], set[str]]:
    case = kb.case(register_case(kb, kb.registers[0], away, entrusted))
    found = kb.conflicts(case).findings
    stuck = {p for f in found if f.type == conflicts.STUCK and not f.readings for p in f.powers}
    return stuck, {n for f in found if f.type != conflicts.STUCK and not f.readings for n in f.norms}


def _surveys(kb: KnowledgeBase, folder: Path, kind_id: str) -> Iterable[Survey]:
    """The surveys of a kind; those of answers about officials, with a roster too."""
    kind, modules = kb.kinds[kind_id], folder / "survey"
    people = roster(kb)
    of_people = not kind.procedure and any(field.type == "official" for field in kind.fields.values())
    for use in (["paths"] if kind.procedure else []) + (["answer"] if kind.questions else []):
        yield Survey(kb, kind, use, modules / "answers.lp")
        yield Survey(kb, kind, use, modules / "clashes.lp")
        yield Survey(kb, kind, use, modules / "twins.lp", pairs=True)
        if of_people:
            yield Survey(kb, kind, use, modules / "clashes.lp", roster=people)
            yield Survey(kb, kind, use, modules / "twins.lp", pairs=True, roster=people)
        if kind.procedure or any(field.party for field in kind.fields.values()):
            yield Survey(kb, kind, use, modules / "people.lp", roster=people)
    yield Survey(kb, kind, "check", modules / "checks.lp")
    yield Survey(kb, kind, "check", modules / "twins.lp", pairs=True)


def survey_kind(kb: KnowledgeBase, folder: Path, kind_id: str) -> list[Seen]:
    """What the surveys of a kind show."""
    return [(kind_id, s.use, s.name, str(atom)) for s in _surveys(kb, folder, kind_id) for atom in s.found()]


def witness_kind(kb: KnowledgeBase, folder: Path, job: tuple[str, tuple[Asked, ...]]) -> dict[Asked, Witness | None]:
    """For each proof of a kind a case that shows it; None where the case, put to the tool again, does not say what it should."""
    kind_id, proofs = job
    surveys = {(s.use, s.name): s for s in _surveys(kb, folder, kind_id)}
    found: dict[Asked, Witness | None] = {}
    for proof, asked in proofs:
        _, use, module, text = proof
        atom = clingo.parse_term(text)
        if module == CHRONOLOGY:
            found[proof, asked] = _dated_witness(kb, folder, kind_id, use, atom)
            continue
        survey = surveys[use, module]
        second = atom.name in COMPARED
        spot = survey.spot(atom, second)
        beside = survey.spot(atom).case(f"{kind_id}-beside") if second else None
        found[proof, asked] = _witness(kb, use, atom, asked, spot, beside)
    return found


COMPARED = {"vanishes", "flips", "turns", "dropped", "descends", "falls_away"}
"""What shows in two cases side by side."""
CHRONOLOGY = "chronology"
"""The module of surveys whose days are fixed; its atoms carry them."""


def _dated_witness(kb: KnowledgeBase, folder: Path, kind_id: str, use: str, atom: clingo.Symbol) -> Witness | None:
    what, days = atom.arguments
    fixed = {day.arguments[0].name: FIRST_DAY.toordinal() + day.arguments[1].number for day in days.arguments}
    survey = Survey(kb, kb.kinds[kind_id], use, folder / "survey" / f"{CHRONOLOGY}.lp", days=fixed)
    shown = clingo.Function(atom.name, [what])
    asked = (what.name,) if use == "answer" else ()
    return _witness(kb, use, shown, asked, survey.spot(shown), None) if shown in survey.found() else None


CLAIMS = {"met": {"undefined"}, "off_ladder": {"undefined"}, "clash": {"conflict"}, "hinges": {"conflict"}, "allowed": {"conflict", "non_compliant"},
    "late": {"deviated", "non_compliant", "needs_facts"}, "silent": {"undefined"}, "both_away": {"undefined"}}  # fmt: skip
"""The status that a witness must have to prove what a survey found; the others only show where it is found."""


def _witness(
    kb: KnowledgeBase, use: str, atom: clingo.Symbol, asked: Questions, spot: Spot, beside: Mapping[str, Any] | None
) -> Witness | None:
    digest = hashlib.blake2b(str(atom).encode(), digest_size=3).hexdigest()
    stated = spot.case(f"{spot.kind}-{digest}")
    case = kb.case(stated)
    claims = CLAIMS.get(atom.name)
    statuses: list[tuple[str, str | None, str]]
    if use == "check":
        result = kb.check(case)
        breached = {f.norm for f in result.findings if f.status in {VIOLATED, DEVIATED}}
        shown = atom.name != "late" or atom.arguments[0].string in breached
        statuses = [("check", None, result.verdict)] if shown else []
    elif use == "paths":
        statuses = [("paths", None, kb.paths(case).status)]
    else:
        named = {"hinges": atom.arguments[-1], "clash": atom.arguments[0]}.get(atom.name) if atom.arguments else None
        wanted = {named.name} if named is not None else set(asked)
        statuses = [
            ("answer", a.question, a.status) for a in kb.answer(case).answers if not wanted or a.question in wanted
        ]
    proved = [s for s in statuses if claims is None or s[2] in claims]
    return Witness(stated, *proved[0], beside) if proved else None
