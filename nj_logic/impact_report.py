"""What an amendment changes, as its report shows it. :mod:`nj_logic.report` lays it out."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import answer, check, conflicts
from .circumstances import AND, DAYS, DELEGATION, ENTRY, LENGTH, OFFICE, PAIR
from .differences import Box
from .errors import Bilingual
from .facts import PRESENCE
from .figures import ladders_drawn
from .impact import STEPS, ranges
from .report_words import Words, words
from .teller import LawTeller, View
from .terminal import STATUS

if TYPE_CHECKING:
    from .amendment import Change
    from .declared import Field
    from .impact import Bound, Impact, Route, Row
    from .knowledge import KnowledgeBase

_PLACE = re.compile(r"a(\d+)\.p(\d+)(\.n\d+)?")
MOST_SITUATIONS = 6
"""Of more situations that change alike than these, the others are counted; JSON has them all."""
MOST_NAMED = 3
"""Of more values than these, the others are named if they are fewer."""


def impact_view(impact: Impact, *, lang: str = "zh") -> View:
    """All texts of the report on an amendment's impact.

    Args:
        impact: as found by :func:`nj_logic.impact.find_impact`.
        lang: ``zh`` or ``en``.

    Raises:
        InputError: an unknown language.
    """
    return _Teller(impact, words(impact.base, lang)).view()


class _Teller:
    def __init__(self, impact: Impact, say: Words) -> None:
        self.impact, self.say, self.lang = impact, say, say.lang
        self._before, self._after = LawTeller(impact.base, say), LawTeller(impact.amended, say)

    def view(self) -> View:
        """All of it; the norms cited are gathered last."""
        view = self._told()
        return {**view, "norms": self._cited()}

    def _told(self) -> View:
        impact, say = self.impact, self.say
        title = say.both(impact.amendment.title)
        return {
            "subject": title, "question": [say("question.impact", amendment=title)], "label": self._in_short(), "ladders": self._ladders(),
            "premise": self._box({}, tuple(self._premise)), "summary": self._summary(), "worse": impact.worse, "changes": self._changes(), "kinds": self._kinds(),
            "paths": [
                *({"state": say("new_path"), **self._route(impact.amended, r)} for r in impact.new_paths),
                *({"state": say("gone_path"), **self._route(impact.base, r)} for r in impact.gone_paths),
            ],
            "scenarios": [
                {
                    "file": s.file, "name": s.name, "before": self._status(s.before),
                    "after": self._status(s.after) if s.after != s.before else say("otherwise_said", status=self._status(s.after)),
                }
                for s in impact.scenarios
            ],
            "findings": [
                {"state": say(key), "id": f.id, "type": say(f"defect.{f.type}"), "title": self._both(f.title)}
                for key, found in (("appears", impact.new_findings), ("disappears", impact.gone_findings)) for f in found or ()
            ],
            "audited": impact.new_findings is not None, "searched": self._searched(),
        }  # fmt: skip

    def _both(self, text: Any) -> str:  # noqa: ANN401
        return self.say.both(text) if isinstance(text, Bilingual) else str(text)

    def _label(self, term: Mapping[str, str]) -> str:
        return term[self.lang]

    def _in_short(self) -> str:
        rows = self.impact.rows
        return self.say("impact.worse" if any(r.worse for r in rows) else "impact.changes" if rows else "impact.same")

    def _summary(self) -> list[str]:
        impact, say, rows = self.impact, self.say, self.impact.rows
        lines = (
            [say("impact_none")]
            if not rows
            else [
                say(
                    "impact_count_one" if len(rows) == 1 else "impact_count", n=len(rows), k=len({r.kind for r in rows})
                )
            ]
        )
        better = [
            r
            for r in rows
            if r.before.get("status") in {"conflict", "undefined"} and r.after.get("status") == "determined"
        ]
        lines += [
            say(key, n=len(found))
            for key, found in (("impact_worse", [r for r in rows if r.worse]), ("impact_better", better))
            if found
        ]
        if impact.new_paths or impact.gone_paths:
            lines.append(say("impact_paths", new=len(impact.new_paths), gone=len(impact.gone_paths)))
        if impact.scenarios_run:
            lines.append(say("impact_scenarios", n=impact.scenarios_run, k=len(impact.scenarios)))
        if impact.cut:
            lines.append(
                say(
                    "searched_cut",
                    kinds=say.listed(
                        dict.fromkeys(say.both(impact.amended.kind_terms[k].label) for k, _ in impact.cut)
                    ),
                )
            )
        if impact.amendment.stale:
            lines.append(say("impact_stale", norms=say.listed(impact.amendment.stale)))
        return lines

    def _changes(self) -> list[View]:
        """What is amended; the rules, which few can read, come last."""
        return [
            {
                "what": self.say(f"what.{c.what}"), "subject": self._subject(c), "code": c.what == "rule",
                "before": self.say.both(c.before).splitlines(), "after": self.say.both(c.after).splitlines(),
            }
            for c in sorted(self.impact.amendment.changes, key=lambda c: c.what == "rule")
        ]  # fmt: skip

    def _subject(self, change: Change) -> str:
        """What a change is about: a provision by its place, a ladder by its name; of a word the words tell it."""
        if change.what in {"word", "renamed"}:
            return ""
        subject, labels = self.say.both(change.subject), self.impact.base.labels
        found = _PLACE.fullmatch(subject)
        if found:
            place = self._after.place(int(found[1]), int(found[2]))
            return self.say("brackets", a=place, b=subject) if found[3] else place
        return self.say.both(labels[subject]) if subject in labels else subject

    def _ladders(self) -> list[View]:
        """The ladders of which a bound moves, before and after."""
        names = {c.subject.zh for c in self.impact.amendment.changes if c.what == "parameter"}
        found = []
        for name in sorted(names & {r.ladder for r in self.impact.base.cells.rungs}):
            for key, tell in (("before", self._before), ("after", self._after)):
                found += [
                    {**one, "title": self.say("brackets", a=one["title"], b=self.say(key))}
                    for one in ladders_drawn(tell, {name})
                ]
        return found

    def _cited(self) -> list[View]:
        """The norms cited, as amended; those that were repealed as they were."""
        cited = self._after.cited | self._before.cited
        gone = self._before.norms(cited - self.impact.amended.norms.keys())
        return [*self._after.norms(cited), *({**n, "strength": self.say("what.repealed")} for n in gone)]

    def _searched(self) -> list[str]:
        impact, say = self.impact, self.say
        kinds = impact.amended.kind_terms
        lines = [say("searched_kinds", n=len(kinds), k=len(impact.compared))]
        sorts = dict.fromkeys(sort for found in impact.varied.values() for sort in found)
        if sorts:
            lines.append(say("searched_circumstances", sorts=say.listed(say(f"varied.{sort}") for sort in sorts)))
        if impact.cut:
            cut = dict.fromkeys(say.both(kinds[k].label) for k, _ in impact.cut)
            lines.append(say("searched_cut", kinds=say.listed(cut)))
        left = [
            say.pair(say.both(kinds[k].label), say.listed(say.both(impact.amended.kinds[k].fields[f].term.label) for f in fields))
            for k, fields in impact.unvaried.items() if k in impact.touched
        ]  # fmt: skip
        if left:
            lines.append(say("searched_unstated", facts=say.listed(left, "semicolon")))
        if impact.scenarios_run:
            lines.append(say("searched_scenarios", n=impact.scenarios_run))
        return lines

    # -- rows --------------------------------------------------------------------------------------------------------

    def _kinds(self) -> list[View]:
        kinds: dict[str, View] = {}
        for row in self.impact.rows:
            kind = kinds.setdefault(
                row.kind, {"label": self.say.both(self.impact.amended.kind_terms[row.kind].label), "questions": {}}
            )
            before, after = self._sides(row)
            folded = kind["questions"].setdefault(self._question(row), {})
            key = json.dumps([before, after], ensure_ascii=False, sort_keys=True, default=str)
            told = folded.setdefault(key, {"before": before, "after": after, "worse": row.worse, "boxes": []})
            told["boxes"] += row.boxes
        for kind_id, kind in kinds.items():
            for question, folded in kind["questions"].items():
                kind["questions"][question] = [
                    {**self._situations(kind_id, row.pop("boxes")), **row} for row in folded.values()
                ]
        return [
            {**k, "questions": [{"label": label, "rows": rows} for label, rows in k["questions"].items()]}
            for k in kinds.values()
        ]

    def _question(self, row: Row) -> str:
        if row.use == answer.USE:
            return self.say.both(self.impact.amended.term(row.question).label)
        if row.use == check.USE and row.question == STEPS:
            return self.say("use.steps")
        if row.use == check.USE:
            tell = self._after if row.question in self.impact.amended.norms else self._before
            (norm,) = tell.norms([row.question])
            return self.say("use.check", norm=self.say("brackets", a=norm["article"], b=norm["id"]))
        return self.say(f"use.{row.use}")

    def _situations(self, kind: str, found: Sequence[Box]) -> View:
        """What all the boxes have in common, and, where there are several, what sets each apart; of many the first, the rest counted."""
        fields = self.impact.amended.kinds[kind].fields
        boxes = list(dict.fromkeys(found))
        shared = set.intersection(*map(set, boxes))
        apart = list(dict.fromkeys(tuple(t for t in box if t not in shared) for box in boxes))
        shared -= self._premise
        common = self._box(fields, tuple(shared))
        either = list(dict.fromkeys(self._box(fields, box) for box in apart)) if len(apart) > 1 else []
        more = len(either) - MOST_SITUATIONS
        if more > 1:
            either = [*either[:MOST_SITUATIONS], self.say("more_situations", n=more)]
        return {"shared": common or ("" if either else self.say("always")), "either": either}

    def _box(self, fields: Mapping[str, Field], box: Box) -> str:
        order = {topic: i for i, topic in enumerate(fields)}
        ordered = sorted(box, key=lambda item: (order.get(item[0], -1), item[0]))
        return self.say.listed((self._topic(fields, topic, options) for topic, options in ordered), "semicolon")

    @cached_property
    def _premise(self) -> set[tuple[str, frozenset[str]]]:
        """The circumstances of every situation in which an answer changes; they are said once."""
        boxes = [set(box) for row in self.impact.rows for box in row.boxes]
        shared = set.intersection(*boxes) if len(boxes) > 1 else set()
        return {(t, o) for t, o in shared if t.startswith((PRESENCE, DELEGATION, LENGTH, DAYS, PAIR))}

    def _topic(self, fields: Mapping[str, Field], topic: str, options: frozenset[str]) -> str:
        declared = fields.get(topic)
        if declared is not None:
            return self.say.pair(self.say.both(declared.term.label), self._values(declared, options))
        return self.say.choice([self._circumstance(topic, option) for option in sorted(options)])

    def _circumstance(self, topic: str, option: str) -> str:
        say = self.say
        sort = next(s for s in (PRESENCE, DELEGATION, LENGTH, DAYS, PAIR, ENTRY) if topic.startswith(s))
        who = topic.removeprefix(sort)
        if sort == PAIR:
            one, other = map(self._office, who.split(AND))
            return say("are_partners", one=one, other=other)
        if sort == ENTRY:
            actor, act = option.split(AND)
            done = say("does", actor=self._office(actor.removeprefix(OFFICE)), act=self._office(act))
            return say("recorded", n=who, done=done)
        name = self._office(who)
        if sort == PRESENCE:
            return say("is_away", who=name)
        if sort == DELEGATION:
            return say("entrusts", who=name, whom=self._office(option))
        return (
            say("away_days", who=name, n=option)
            if sort == DAYS
            else say("away_long" if option == "yes" else "away_short", who=name)
        )

    def _office(self, id_: str) -> str:
        return self.say.both(self.impact.person_label(id_))

    def _values(self, declared: Field, options: frozenset[str]) -> str:
        say = self.say
        if declared.type == "money":
            return say.choice([self._range(*r) for r in ranges(self.impact.cells, options)])
        if declared.type in {"number", "date"}:
            numbers = sorted(map(int, options))
            return say.choice(
                [say.date(datetime.date.fromordinal(n)) if declared.type == "date" else str(n) for n in numbers]
            )
        if declared.type == "boolean":
            return say.choice([say("true_value" if o == "yes" else "false_value") for o in sorted(options)])
        if not declared.options:
            return say.choice([self._office(o) for o in sorted(options)])
        others = [o for o in declared.options if o not in options]
        if len(options) > max(MOST_NAMED, len(others)):
            return say("any_but", others=say.listed(map(self._office, others)))
        return say.choice([self._office(o) for o in declared.options if o in options])

    def _range(self, low: Bound, high: Bound) -> str:
        return self.say.amounts(
            (low[0], low[1] == 0) if low and low[0] else None, (high[0], high[1] == 1) if high else None
        )

    # -- sides -------------------------------------------------------------------------------------------------------

    def _sides(self, row: Row) -> tuple[View, View]:
        """What each version says; of several alternatives, those that go and those that come."""
        if row.use == conflicts.USE:
            return self._clashes(row.before, row.after), self._clashes(row.after, row.before)
        if row.use == check.USE:
            before, after = (
                {
                    "status": self.say(f"side.{side['status']}"),
                    "class": side["status"],
                    "norms": [],
                    "lines": list(dict.fromkeys(s["message"][self.lang] for s in side.get("steps", ()))),
                }
                for side in (row.before, row.after)
            )
            return before, after
        told = [[self._alternative(a) for a in side["alternatives"]] for side in (row.before, row.after)]
        return (
            self._side(self._before, row.before, told[0], told[1]),
            self._side(self._after, row.after, told[1], told[0]),
        )

    def _side(self, tell: LawTeller, side: Mapping[str, Any], told: Sequence[str], other: Sequence[str]) -> View:
        say = self.say
        same = set(told) == set(other)
        lines = list(dict.fromkeys(t for t in told if same or t not in other))
        norms = {
            n
            for a, t in zip(side["alternatives"], told, strict=True)
            if not lines or t in lines
            for n in a.get("norms", ())
        }
        if lines and len(lines) < len(set(told)):
            lines.append(say("others_stay"))
        if told and same:
            lines.append(say("other_grounds"))
        if not told:
            lines = [u["question"][self.lang] for u in side["undefined"]] or [
                self._label(m) for m in side["missing_facts"]
            ]
        return {
            "status": say(f"status.{side['status']}"),
            "lines": lines or list(dict.fromkeys(told)),
            "class": side["status"],
            "norms": tell.norms(norms),
        }

    def _alternative(self, one: Mapping[str, Any]) -> str:
        say = self.say
        if "undefined_because" in one:
            return say.pair(say("status.undefined"), one["undefined_because"]["question"][self.lang])
        if "paths" in one:
            return f" {say('or_else')} ".join(
                dict.fromkeys(say("arrow").join(map(self._step, p["steps"])) for p in one["paths"])
            )
        value = one["value"]
        if isinstance(value, list):
            shown = (
                say.choice([self._value(v) for v in value])
                if one["mode"] == "any"
                else say.listed(map(self._value, value))
            )
        else:
            shown = self._value(value)
        acting = [
            say("acting_for", person=self._person(p["person"]), absent=self._person(p["acting_for"]))
            for p in one.get("performers", ())
            if p["acting_for"]
        ]
        return say("brackets", a=shown, b=say.listed(acting)) if acting else shown

    def _step(self, step: Mapping[str, Any]) -> str:
        say = self.say
        shown = say("does", actor=self._label(step["actor"]), act=self._label(step["action"]))
        if not step["acting_for"]:
            return shown
        return say(
            "brackets",
            a=shown,
            b=say("acting_for", person=self._person(step["person"]), absent=self._person(step["acting_for"])),
        )

    def _person(self, person: Mapping[str, str]) -> str:
        return self._office(person["id"])

    def _value(self, value: Any) -> str:  # noqa: ANN401
        if isinstance(value, bool):
            return self.say("true_value" if value else "false_value")
        return self._label(value) if isinstance(value, dict) else str(value)

    def _clashes(self, side: Mapping[str, Any], other: Mapping[str, Any]) -> View:
        say = self.say
        lines = [f["message"][self.lang] for f in side["findings"] if f not in other["findings"]]
        lines += [
            say("acting_for", person=self._office(a["person"]), absent=self._office(a["acting_for"]))
            for a in side["acting"]
            if a not in other["acting"]
        ]
        return {
            "status": say("clashes", n=len(side["findings"])),
            "lines": list(dict.fromkeys(lines)),
            "class": "",
            "norms": [],
        }

    def _route(self, kb: KnowledgeBase, route: Route) -> View:
        say = self.say
        steps = (
            say(
                "does", actor=say.choice([say.both(kb.term(a).label) for a in actors]), act=say.both(kb.term(act).label)
            )
            for actors, act in route.steps
        )
        return {"kind": say.both(kb.kind_terms[route.kind].label), "steps": say("arrow").join(steps)}

    def _status(self, statuses: str) -> str:
        return self.say.listed(self._one_status(s) for s in statuses.split(", "))

    def _one_status(self, status: str) -> str:
        if status.isdigit():
            return self.say("clashes", n=status)
        return STATUS[status].say(self.lang) if status in STATUS else self.say(f"side.{status}")
