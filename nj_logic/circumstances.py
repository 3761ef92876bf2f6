"""Circumstances: what a case need not state and what can yet change its answer, each of them open.

Facts that are optional, who is named for a role, who is away, for how long, whom he has entrusted, who are AB partners, what the record
has. Each is a topic whose first option is that of a case which says nothing of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import clingo

from .facts import ANY_CASE, PRESENCE, constant
from .worlds import Topic, symbol

if TYPE_CHECKING:
    from .declared import Field, Kind
    from .knowledge import KnowledgeBase

DELEGATION, LENGTH, DAYS, PAIR, ENTRY = (
    "delegation of ",
    "length of absence of ",
    "days away of ",
    "AB pair ",
    "record ",
)
NOBODY, UNSTATED = "nobody", "unstated"
AND = " + "
"""Between the two persons of a pair, and between actor and act of an entry of the record."""
OFFICE = "the "
"""Before an actor of the record who is named by his office, not as a person."""
ENTRIES = 2
"""How many entries a record has at most."""
FACTS, PERSONS, ABSENCES, DELEGATIONS, LENGTHS, PAIRS, RECORDS = (
    "optional_facts", "persons_named", "absences", "delegations", "lengths_of_absence", "ab_pairs", "records",
)  # fmt: skip
_PERSONAL = frozenset({"absence", "absent_on", "delegated", "long_absence", "partners", "in_charge", "role", "done"})


class Circumstances:
    """What is open of a kind beside the facts that a case is asked for.

    Args:
        kb: the knowledge base as amended.
        kind: the kind.
        reads: the predicates that are read on the way to an answer that may change.
        words: the constants of the rules.
        cells: how many cells the amounts have.
        lengths: for how many days somebody may be away.
        first_day: the day asked about where somebody is away for a number of days.
    """

    def __init__(
        self, kb: KnowledgeBase, kind: Kind, reads: Collection[str], words: Collection[str], cells: int, lengths: Sequence[int], first_day: datetime.date
    ) -> None:  # fmt: skip
        self.kb, self.kind, self._reads, self._words, self._cells = kb, kind, reads, words, cells
        self._lengths, self._first_day = lengths if "day" in reads else (), first_day
        self.atoms: list[clingo.Symbol] = []
        self.open: dict[str, None] = {}
        self.topics = tuple(self._topics())

    @property
    def usual(self) -> dict[str, str]:
        """Each topic's option in a case that says nothing of it."""
        return {t.id: t.options[0][0] for t in self.topics}

    @cached_property
    def officials(self) -> list[dict[str, str]]:
        """Who there is: a holder of each office that the rules name or that one person holds; of those that several hold, two."""
        if _PERSONAL.isdisjoint(self._reads):
            return []
        found = []
        for office in dict.fromkeys(self.kb.office_words.values()):
            single = office in self.kb.single_offices
            if single or office in self._words:
                title = self.kb.term(office).label.zh
                ids = [office] if single else [f"{office}_{n}" for n in (1, 2)]
                found += [
                    {"id": id_, "title": title if single else f"{title}（{n}）", "office": office}
                    for n, id_ in enumerate(ids, 1)
                ]
        return found

    @cached_property
    def _persons(self) -> list[str]:
        return [o["id"] for o in self.officials]

    # -- what is open --------------------------------------------------------------------------------------------------

    def _topics(self) -> Iterable[Topic]:
        for id_, declared in self.kind.fields.items():
            yield from self._fact(id_, declared)
        if "absence" in self._reads:
            yield from self._absences()
        if "partners" in self._reads:
            yield from self._pairs()
        if "done" in self._reads:
            yield from self._record()

    def _fact(self, id_: str, declared: Field) -> Iterable[Topic]:
        c, f = ANY_CASE, constant(id_)
        unstated = (UNSTATED, symbol("unstated", c, f))
        match declared.type:
            case "money" if declared.optional:
                self.open[FACTS] = None
                self.atoms += [symbol("optional_cell", c, f), *(symbol("cells", i) for i in range(self._cells))]
                yield Topic(id_, True, (unstated, *((str(i), symbol("cell", c, f, i)) for i in range(self._cells))))
                return
            case "term" | "boolean" if declared.optional:
                self.open[FACTS] = None
                values = [constant(v) for v in (["yes", "no"] if declared.type == "boolean" else declared.options)]
            case "official" | "officials":
                self.open[PERSONS] = None
                held_by = self.kb.actors.get(declared.fills or "", {}).get("held_by")
                values = [clingo.String(o["id"]) for o in self.officials if not held_by or o["office"] in held_by]
                if declared.fills is not None:
                    self.atoms.append(symbol("fills_role", f, constant(declared.fills)))
            case "actor":
                self.open[PERSONS] = None
                offices = {o["office"] for o in self.officials}
                values = [
                    constant(a)
                    for a, e in self.kb.actors.items()
                    if a in offices or (a in self._words and "one_of" in e)
                ]
            case "portfolio" if "in_charge" in self._reads:
                self.open[PERSONS] = None
                self.atoms += [symbol("portfolio", c, f, id_), *(symbol("may_oversee", p) for p in self._persons)]
                yield Topic(id_, True, (unstated, *((p, symbol("oversees", c, f, p)) for p in self._persons)))
                return
            case _:
                return
        self.atoms += [symbol("optional_fact", c, f), *(symbol("possible", c, f, v) for v in values)]
        yield Topic(id_, True, (unstated, *((_plain(v), symbol("fact", c, f, v)) for v in values)))

    def _absences(self) -> Iterable[Topic]:
        c = ANY_CASE
        self.open[ABSENCES] = None
        self.atoms += [symbol("length", days) for days in self._lengths]
        for x, id_ in enumerate(self._persons, 1):
            self.atoms.append(symbol("open_presence", c, x, id_))
            yield Topic(
                PRESENCE + id_, True, (("no", symbol("at_work", c, id_)), ("yes", symbol("absence", c, x, id_)))
            )
            if "delegated" in self._reads:
                self.open[DELEGATIONS] = None
                others = [other for other in self._persons if other != id_]
                self.atoms += [symbol("open_delegation", c, x), *(symbol("may_stand_in", x, other) for other in others)]
                entrusted = ((other, symbol("delegated", c, x, other)) for other in others)
                yield Topic(DELEGATION + id_, True, ((NOBODY, symbol("entrusts_nobody", c, x)), *entrusted))
            if "long_absence" in self._reads:
                self.open[LENGTHS] = None
                self.atoms.append(symbol("open_length", c, x))
                said = ((v, symbol("long_absence", c, x, constant(v))) for v in ("yes", "no"))
                yield Topic(LENGTH + id_, True, ((UNSTATED, symbol("length_unstated", c, x)), *said))
            if self._lengths:
                self.open[LENGTHS] = None
                days = ((str(n), symbol("lasts", c, x, n)) for n in self._lengths)
                yield Topic(DAYS + id_, True, ((UNSTATED, symbol("lasts_on", c, x)), *days))

    def _pairs(self) -> Iterable[Topic]:
        c = ANY_CASE
        self.open[PAIRS] = None
        for i, one in enumerate(self._persons):
            for other in self._persons[i + 1 :]:
                self.atoms.append(symbol("may_pair", one, other))
                options = (("no", symbol("apart", c, one, other)), ("yes", symbol("joined", c, one, other)))
                yield Topic(f"{PAIR}{one}{AND}{other}", True, options)

    def _record(self) -> Iterable[Topic]:
        c = ANY_CASE
        self.open[RECORDS] = None
        actors = {id_: clingo.String(id_) for id_ in self._persons}
        actors |= {OFFICE + a: constant(a) for a in self.kb.actors if a in self._words}
        acts = [a for a in dict.fromkeys(self.kb.action_words.values()) if a in self._words]
        self.atoms += [symbol("actor", a) for a in actors.values()] + [symbol("act", constant(a)) for a in acts]
        for i in range(1, ENTRIES + 1):
            self.atoms.append(symbol("open_entry", c, i))
            entries = (
                (f"{p}{AND}{a}", symbol("done", c, i, who, constant(a))) for p, who in actors.items() for a in acts
            )
            yield Topic(f"{ENTRY}{i}", True, ((UNSTATED, symbol("unrecorded", c, i)), *entries))

    # -- as a case -----------------------------------------------------------------------------------------------------

    def stated(self, chosen: Mapping[str, str]) -> dict[str, Any]:
        """The parts of a case that state the circumstances in *chosen* which are not as usual, facts apart."""
        found: dict[str, Any] = {}
        concerned: set[str] = set()
        away = [p for p in self._persons if chosen.get(PRESENCE + p) == "yes"]
        dated = any(chosen.get(DAYS + p, UNSTATED) != UNSTATED for p in away)
        absences = []
        for person in away:
            absence: dict[str, Any] = {"who": person}
            if dated:
                absence["from"] = self._first_day.isoformat()
            if (days := chosen.get(DAYS + person, UNSTATED)) != UNSTATED:
                absence["to"] = (self._first_day + datetime.timedelta(days=int(days) - 1)).isoformat()
            if (other := chosen.get(DELEGATION + person, NOBODY)) != NOBODY:
                absence["delegated_to"] = other
                concerned.add(other)
            if (said := chosen.get(LENGTH + person, UNSTATED)) != UNSTATED:
                absence["long"] = said == "yes"
            absences.append(absence)
        pairs = [t.removeprefix(PAIR).split(AND) for t, o in chosen.items() if t.startswith(PAIR) and o == "yes"]
        record = [
            chosen[t].split(AND) for i in range(1, ENTRIES + 1) if chosen.get(t := f"{ENTRY}{i}", UNSTATED) != UNSTATED
        ]
        named = {
            chosen[f]
            for f, d in self.kind.fields.items()
            if d.type in {"official", "officials", "portfolio"} and f in chosen
        }
        concerned |= {*away, *(p for pair in pairs for p in pair), *(who for who, _ in record), *named}
        officials = (
            [dict(o) for o in self.officials if self._listed(o, concerned)]
            if concerned & {*self._persons} or self.kind.register
            else []
        )
        for id_, declared in self.kind.fields.items():
            if declared.type == "portfolio" and chosen.get(id_, UNSTATED) != UNSTATED:
                next(o for o in officials if o["id"] == chosen[id_])["portfolio"] = id_
        if dated and not self.kind.register:
            found["date"] = self._first_day.isoformat()
        if officials:
            found["officials"] = officials
        if pairs:
            found["ab_pairs"] = pairs
        if absences:
            found["absences"] = absences
        if record:
            found["record"] = [{"actor": who.removeprefix(OFFICE), "action": act} for who, act in record]
        return found

    def _listed(self, official: Mapping[str, str], concerned: Collection[str]) -> bool:
        """Whether a case has to name him: the holder of an office that has one holder is there unnamed."""
        return self.kind.register or official["id"] in concerned or official["office"] not in self.kb.single_offices

    def facts(self, chosen: Mapping[str, str]) -> dict[str, Any]:
        """The facts in *chosen* that name somebody: a person, an office, a portfolio."""
        found: dict[str, Any] = {}
        for id_, declared in self.kind.fields.items():
            if (option := chosen.get(id_, UNSTATED)) != UNSTATED and declared.type in {
                "official",
                "officials",
                "actor",
                "portfolio",
            }:
                found[id_] = {"officials": [option], "portfolio": id_}.get(declared.type, option)
        return found


def _plain(value: clingo.Symbol) -> str:
    return value.string if value.type == clingo.SymbolType.String else value.name
