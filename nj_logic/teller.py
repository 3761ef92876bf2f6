"""Puts what the knowledge base and a case hold into the reader's words, and keeps account of the norms that a report cites."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .amounts import chinese_numeral, format_money
from .results import MissingFact, Silence, conditions_json, official_label, shown_person, sort_norms
from .terminal import NORM_WORDS

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase
    from .report_words import Words
    from .worlds import Condition

View = dict[str, Any]
"""What a template lays out: plain texts, drawings, and lists and mappings of them."""


class LawTeller:
    """Tells of a regulation in one language."""

    def __init__(self, kb: KnowledgeBase, say: Words) -> None:
        self.kb, self.say = kb, say
        self.cited: set[str] = set()

    # -- terms, values -----------------------------------------------------------------------------------------------

    def term(self, id_: str) -> str:
        """A term's label."""
        return self.say.both(self.kb.term(id_).label)

    def does(self, actors: Sequence[str], act: str) -> str:
        """A step in a row of steps."""
        return self.say("does", actor=self.say.choice(actors), act=act)

    def ordinal(self, n: int) -> str:
        """A number in a title."""
        return chinese_numeral(n) if self.say.lang == "zh" else str(n)

    def value(self, value: Any, type_: str = "") -> str:  # noqa: ANN401
        """A fact's or an answer's value; *type_* is the declared type of a fact."""
        if isinstance(value, bool):
            return self.say("true_value" if value else "false_value")
        if isinstance(value, Decimal):
            return format_money(value, self.say.lang)
        if isinstance(value, datetime.date):
            return self.say.date(value)
        if isinstance(value, tuple):
            return self.say.listed(self.value(v) for v in value) or self.say("none")
        return str(value) if isinstance(value, int) or type_ == "text" else self.term(str(value))

    # -- norms -------------------------------------------------------------------------------------------------------

    def article(self, norm: str) -> str:
        """Where a norm stands: its article, and its paragraph if the article has several."""
        return self.place(self.kb.norms[norm].article, self.kb.norms[norm].paragraph)

    def place(self, article: int, paragraph: int) -> str:
        """An article, and a paragraph of it if it has several; article 0 is the notice."""
        if article == 0:
            return self.say("notice")
        key = "article_paragraph" if self._paragraphs.get(article, 1) > 1 else "article"
        return self.say(key, n=self.ordinal(article), p=self.ordinal(paragraph))

    @cached_property
    def _paragraphs(self) -> dict[int, int]:
        return {a["number"]: len(a["paragraphs"]) for a in self.kb.text["articles"]}

    def norms(self, ids: Iterable[str]) -> list[View]:
        """Norms with all that is printed of them, in the order of the text."""
        found = [n for n in sort_norms(ids) if n in self.kb.norms]
        self.cited.update(found)
        return [self._norm(n) for n in found]

    def _norm(self, id_: str) -> View:
        entry = self.kb.norms[id_]
        return {
            "id": id_, "article": self.article(id_), "quote": entry.quote, "gist": entry.gist if self.say.lang == "en" else "",
            "strength": self.say.both(NORM_WORDS[entry.strength]),
        }  # fmt: skip

    def all_cited(self) -> list[View]:
        """Every norm that the report names."""
        return self.norms(self.cited)

    # -- readings, silence, missing facts ----------------------------------------------------------------------------

    def topic(self, topic: str) -> str:
        """What can be read in several ways."""
        return str(self.kb.readings[topic][self.say.lang])

    def option(self, topic: str, option: str) -> str:
        """One way to read it."""
        return str(self.kb.readings[topic]["options"][option][self.say.lang])

    def conditions(self, conditions: Sequence[Condition]) -> list[str]:
        """Under which readings something holds, one text each; empty: under all."""
        return [
            self.say("and").join(
                self.say("condition", topic=self.topic(r["topic"]), option=self.option(r["topic"], r["option"]))
                for r in condition
            )
            for condition in conditions_json(conditions)
        ]

    def silences(self, silences: Iterable[Silence]) -> list[View]:
        """Open questions with the norms that come closest and the outside rules; those with the same norms together."""
        found: dict[object, View] = {}
        for one in silences:
            outside = [
                self.say("outside_rule", rule=rule, article=self.article(n))
                for n, rule in one.outside
                if n in self.kb.norms
            ]
            entry = {"questions": [], "nearest": self.norms(one.nearest), "outside": list(dict.fromkeys(outside))}
            asked = found.setdefault((one.nearest, one.outside), entry)["questions"]
            question = self.say.both(one.question)
            asked.extend([question] if question not in asked else [])
        return list(found.values())

    def missing(self, facts: Iterable[MissingFact]) -> list[View]:
        """Facts to ask for, with the values that they can take."""
        return [{"label": self.say.both(m.label), "options": [self.say.both(o) for o in m.options]} for m in facts]

    def asks_for(self, facts: Iterable[MissingFact]) -> str:
        """The same in a sentence; empty where there are none."""
        labels = [self.say.both(m.label) for m in facts]
        return self.say("asks_for", facts=self.say.listed(labels)) if labels else ""


class Teller(LawTeller):
    """Tells of a case in one language."""

    def __init__(self, kb: KnowledgeBase, case: Case, say: Words) -> None:
        super().__init__(kb, say)
        self.case = case

    # -- terms and people ---------------------------------------------------------------------------------------

    def term(self, id_: str) -> str:
        """A term's label; an official's title where the id is a person's."""
        if id_ not in self.kb.terms and any(o.id == id_ for o in self.case.officials):
            return self.person(id_)
        return super().term(id_)

    def person(self, id_: str) -> str:
        """What an official is called."""
        return self.say.both(official_label(self.kb, self.case, id_))

    def doer(self, person: str | None, acting_for: str | None) -> str:
        """Who does a step, and for whom; empty where the roster does not say."""
        if person is None or shown_person(self.case, person, acting_for) is None:
            return ""
        one = self.person(person)
        return self.say("acting_for", person=one, absent=self.person(acting_for)) if acting_for else one

    def is_default(self, fact: str) -> bool:
        """Whether a fact is neither stated nor the sum of parts that are."""
        parts = self.case.kind.fields[fact].sum_of
        return fact not in self.case.stated and not any(p in self.case.facts for p in parts)

    def readings(
        self, uses: Iterable[str], fixed: Mapping[str, str], chosen: Mapping[str, str], matter: set[str], decided: bool
    ) -> View:
        """How the topics that concern the kind were treated: those that matter or were adopted in full, the others in a row."""
        say = self.say
        found: View = {"rows": [], "same": [], "conventions": [], "decided": decided}
        for topic in dict.fromkeys(t for use in uses for t in self.case.kind.topics.get(use, ())):
            if topic in fixed and topic not in chosen:
                found["conventions"].append(say("brackets", a=self.topic(topic), b=self.option(topic, fixed[topic])))
            elif topic not in fixed and topic not in matter:
                found["same"].append(self.topic(topic))
            else:
                entry, adopted = self.kb.readings[topic], fixed.get(topic)
                found["rows"].append({
                    "topic": self.topic(topic), "options": [self.option(topic, o) for o in entry["options"]],
                    "norms": self.norms(entry.get("norms", ())),
                    "effect": say("effect.adopted", option=self.option(topic, adopted)) if adopted else say("effect.matters"),
                })  # fmt: skip
        return found

    def circumstances(self, readings: Mapping[str, str]) -> list[View]:
        """What is to be known of every answer: that the case is older than the rules; the adopted interpretations that were applied.

        Args:
            readings: the readings with which the case was answered.
        """
        say, found = self.say, []
        older = self.kb.before_force(self.case)
        if older is not None and self.case.date is not None:
            found.append({"text": say("before_force", day=say.date(self.case.date)), "norms": self.norms([older])})
        for one in self.kb.applied(self.case, readings):
            words = {
                "topic": self.topic(one.topic),
                "option": self.option(one.topic, one.option),
                "since": say.date(one.since),
            }
            found.append({"text": say("interpreted", **words, basis=one.basis, by=one.by), "norms": []})
        return found

    # -- who is there ------------------------------------------------------------------------------------------------

    def presence(self) -> View:
        """The roster, the AB pairs and the absences as stated, and whether they are complete."""
        return {
            "officials": self._officials(),
            "pairs": [f"{self.person(a)} — {self.person(b)}" for a, b in self.case.ab_pairs],
            "absences": self._absences(),
            "complete": self.case.complete,
        }

    def _officials(self) -> list[View]:
        rows = []
        for o in self.case.officials:
            if o.implied:
                continue
            called = self.person(o.id)
            own = called == o.title or self.kb.office_words.get(o.title) in o.offices
            rows.append({
                "person": called, "title": "" if own else o.title,
                "office": self.say.listed(self.term(x) for x in o.offices), "portfolio": self.say.listed(o.portfolios),
            })  # fmt: skip
        return rows

    def _absences(self) -> list[View]:
        return [
            {
                "person": self.person(a.who), "when": self.say.span(a.start, a.end), "length": self._length(a.start, a.end),
                "reason": self.term(a.reason) if a.reason else "", "delegated": self.person(a.delegated_to) if a.delegated_to else "",
            }
            for a in self.case.absences
        ]  # fmt: skip

    def _length(self, start: datetime.date | None, end: datetime.date | None) -> str:
        if start is None or end is None:
            return ""
        days = (end - start).days + 1
        return self.say("day_count_one") if days == 1 else self.say("days_count", n=days)
