"""What the uses of a case have in common: conditions of readings, silence, missing facts, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import Bilingual
from .facts import DAY, PRESENCE

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase
    from .worlds import Condition, Raw

DETERMINED, CONFLICT, UNDEFINED, NEEDS_FACTS = "determined", "conflict", "undefined", "needs_facts"


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that the case does not state and on which the answer depends."""

    id: str
    label: Bilingual
    options: tuple[Bilingual, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {"id": self.id, "zh": self.label.zh, "en": self.label.en}


@dataclass(frozen=True, slots=True)
class Silence:
    """A question on which the rules give nothing.

    Attributes:
        question: the open question.
        nearest: the norms that come closest.
        outside: the outside rules to which those norms point.
    """

    question: Bilingual
    nearest: tuple[str, ...] = ()
    outside: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {
            "question": {"zh": self.question.zh, "en": self.question.en},
            "nearest": list(self.nearest),
            "outside": [{"norm": n, "rule": rule} for n, rule in self.outside],
        }


@dataclass(frozen=True, slots=True)
class Warning:
    """Something to know that does not change the answer."""

    message: Bilingual
    norms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {"zh": self.message.zh, "en": self.message.en, "norms": list(self.norms)}


def conditions_json(conditions: Sequence[Condition]) -> list[list[dict[str, str]]]:
    """Readings as in JSON output: any of these conditions, each all of its topics."""
    if any(not c for c in conditions):
        return []
    return [[{"topic": topic, "option": option} for topic, option in c] for c in conditions]


def sort_norms(norms: Iterable[str]) -> tuple[str, ...]:
    """The norms, each once, as they stand in the text."""
    from .declared import norm_order

    return tuple(sorted(set(norms), key=norm_order))


def missing_facts(kb: KnowledgeBase, case: Case, ids: Iterable[str]) -> tuple[MissingFact, ...]:
    """The facts to ask for, in the order given."""
    found = []
    for id_ in ids:
        if id_ == DAY:
            found.append(MissingFact(DAY, Bilingual("日期", "the day")))
        elif id_.startswith(PRESENCE):
            who = id_.removeprefix(PRESENCE)
            found.append(
                MissingFact(id_, Bilingual(f"{case.official(who).title}当日是否外出", f"whether {who} is away"))
            )
        else:
            declared = case.kind.fields[id_]
            options = tuple(kb.term(o).label for o in declared.options)
            found.append(MissingFact(id_, declared.term.label, options))
    return tuple(found)


def actor_json(kb: KnowledgeBase, actor: str) -> dict[str, str]:
    """A term as in JSON output."""
    return kb.term(actor).to_json()


def person_json(case: Case, person: str | None) -> dict[str, str] | None:
    """An official as in JSON output."""
    if person is None:
        return None
    title = case.official(person).title
    return {"id": person, "zh": title, "en": person if title == person else title}


def outside_of(kb: KnowledgeBase, norms: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The outside rules to which the norms point."""
    return tuple((n, rule) for n in norms if n in kb.norms for rule in kb.norms[n].points_to)


@dataclass(slots=True)
class Atoms:
    """The atoms of one or several worlds, by predicate, with plain arguments."""

    by_name: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def get(self, name: str) -> list[tuple[Any, ...]]:
        """The argument tuples of a predicate, sorted; the case is left out."""
        return self.by_name.get(name, [])


Plain = tuple[str, tuple[Any, ...]]
"""An atom's predicate and its plain arguments, without the case."""


class Reader:
    """Reads the atoms of worlds; constants, strings and integers become plain values. Each symbol is read once."""

    def __init__(self) -> None:
        self._plain: dict[clingo.Symbol, Plain] = {}
        self._symbols: dict[Plain, list[clingo.Symbol]] = {}

    def __call__(self, raw: Iterable[clingo.Symbol]) -> Atoms:
        """The atoms of a world."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for one in raw:
            plain = self._plain.get(one)
            if plain is None:
                plain = self._plain[one] = (one.name, tuple(_plain(a) for a in one.arguments[1:]))
                self._symbols.setdefault(plain, []).append(one)
            found.setdefault(plain[0], []).append(plain[1])
        for tuples in found.values():
            tuples.sort(key=repr)
        return Atoms(found)

    def together(self, raws: Iterable[Raw]) -> Atoms:
        """The atoms of several worlds together."""
        return self({one for raw in raws for one in raw})

    def symbol(self, name: str, arguments: tuple[Any, ...], among: Iterable[Raw] | None = None) -> clingo.Symbol:
        """The atom that was read as *name* and *arguments*, in one of the worlds *among* if they are given."""
        worlds = None if among is None else list(among)
        return min(s for s in self._symbols[name, arguments] if worlds is None or any(s in raw for raw in worlds))


def _plain(argument: clingo.Symbol) -> Any:  # noqa: ANN401
    from clingo import SymbolType

    if argument.type == SymbolType.Number:
        return argument.number
    return argument.string if argument.type == SymbolType.String else argument.name


@dataclass(frozen=True, slots=True)
class Performer:
    """Who does an act of an office: the person, and for whom he acts if not for himself."""

    office: str
    person: str
    acting_for: str | None

    def to_json(self, kb: KnowledgeBase, case: Case) -> dict[str, Any]:
        """As in JSON output."""
        return {
            "office": actor_json(kb, self.office),
            "person": person_json(case, self.person),
            "acting_for": person_json(case, self.acting_for),
        }


def term_or_person(kb: KnowledgeBase, case: Case, id_: str) -> dict[str, str]:
    """A term, or an official's id and title."""
    if id_ not in kb.terms and any(o.id == id_ for o in case.officials):
        return person_json(case, id_) or {}
    return kb.term(id_).to_json()


def shown_person(case: Case, person: str | None, acting_for: str | None) -> dict[str, str] | None:
    """The person of a step; null where only the tool supplied him, and he acts in his own office."""
    if person is not None and acting_for is None and case.official(person).implied:
        return None
    return person_json(case, person)


def official_label(kb: KnowledgeBase, case: Case, id_: str) -> Bilingual:
    """An official's title as the roster writes it; in English, where the title is not, the office and, if others can hold it too, the id."""
    official = case.official(id_)
    if not official.offices or (official.title.isascii() and official.title != id_):
        return Bilingual(official.title, official.title)
    office = next((o for o in official.offices if o in kb.single_offices), official.offices[0])
    label = kb.term(office).label.en
    return Bilingual(official.title, label if office in kb.single_offices else f"{label} ({id_})")


def tensions(kb: KnowledgeBase, atoms: Atoms, norms: Iterable[str] | None = None) -> tuple[Warning, ...]:
    """A warning for each norm that stands in tension with one of *norms* (None: with any norm), and for each that may bear on it too."""
    wanted = None if norms is None else set(norms)
    found = []
    for hook, (zh, en) in TENSIONS.items():
        beside: dict[str, set[str]] = {}
        for other, norm in atoms.get(hook):
            if wanted is None or norm in wanted:
                beside.setdefault(other, set()).add(norm)
        for other, theirs in sorted(beside.items()):
            said = kb.norms[other]
            found.append(Warning(Bilingual(f"{zh}:{said.quote}", f"{en}: {said.gist}"), (other, *sort_norms(theirs))))
    return tuple(found)


TENSIONS = {
    "tension": ("与一般要求存在张力", "in tension with a general demand"),
    "bears_on": ("可能也适用", "may apply as well"),
}


def nobody(kb: KnowledgeBase, case: Case, office: str, act: str) -> Bilingual:
    """The question that stays open when nobody can do the act of an office."""
    who, what = kb.term(office).label, kb.term(act).label
    asked = case.asked_day
    day = f"{asked.isoformat()} " if asked else ""
    on = f" on {asked.isoformat()}" if asked else ""
    return Bilingual(f"{day}由谁代{who.zh}{what.zh}", f"who is to {what.en} for the {who.en}{on}")


def context_json(kb: KnowledgeBase, case: Case, readings: Mapping[str, str]) -> dict[str, Any]:
    """For the JSON of a result: the adopted interpretations that were applied, and the papers that state facts, where there are any."""
    found: dict[str, Any] = {}
    if (norm := kb.before_force(case)) is not None:
        found["before_force"] = {
            "date": case.date.isoformat() if case.date else None,
            "norm": norm,
            "quote": kb.norms[norm].quote,
        }
    if applied := kb.applied(case, readings):
        found["interpretations"] = [i.to_json() for i in applied]
    if case.evidence:
        found["evidence"] = [
            {**case.kind.fields[f].term.to_json(), "paper": paper} for f, paper in case.evidence.items()
        ]
    return found


def day_taken(case: Case) -> tuple[Warning, ...]:
    """That no day was stated, and which was taken."""
    if case.date is not None or case.asked_day is None:
        return ()
    day = case.asked_day.isoformat()
    return (
        Warning(
            Bilingual(
                f"没有写明日期,按所列外出同时进行的日期({day})回答",
                f"no date is stated; answered for a day on which all the absences stated overlap ({day})",
            )
        ),
    )
