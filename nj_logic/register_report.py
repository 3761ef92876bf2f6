"""A register of absences as its report shows it: the findings, the powers that nobody can exercise, who acts when, the drawing."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from . import drawing
from .conflicts import STUCK, USE
from .report_words import words
from .teller import Teller, View
from .terminal import clean

if TYPE_CHECKING:
    from .case import Case
    from .conflicts import Acting, Conflicts, Finding
    from .knowledge import KnowledgeBase
    from .worlds import Condition

MOST_MONTHS = 24
"""So many months of a register are drawn."""


def register_view(
    kb: KnowledgeBase, register: Case, readings: Mapping[str, str] | None = None, *, lang: str = "zh"
) -> View:
    """All texts and drawings of a register's report. Arguments as for :func:`nj_logic.case_report.case_view`.

    Raises:
        InputError: the case is no register; an unknown language, topic or option.
    """
    chosen = readings or {}
    tell = Teller(kb, register, words(kb, lang))
    say = tell.say
    conflicts = kb.conflicts(register, chosen)
    grounds = _Grounds(tell)
    acting = _acting(tell, conflicts.acting, grounds)
    n = len(conflicts.findings)
    view: View = {
        "question": [say("question.register")],
        "clean": n == 0,
        "label": say("register.none" if n == 0 else "register.found_one" if n == 1 else "register.found", n=n),
        "circumstances": tell.circumstances(conflicts.readings),
        "plain": _by_type(tell, conflicts.findings) or [say("register.clean")],
        "findings": [
            {
                "id": f.id, "type": tell.term(f.type), "when": say.span(f.start, f.end), "persons": [tell.person(p) for p in f.persons],
                "holds": grounds.numbers(f.readings), "norms": [] if f.type == STUCK else tell.norms(f.norms),
                "powers": say("powers_one" if len(f.norms) == 1 else "powers", n=len(f.norms)) if f.type == STUCK else "",
            }
            for f in conflicts.findings
        ],
        "powers": _powers(tell, conflicts),
        "acting": acting,
        "grounds": grounds.listed,
        "doubtful": bool(grounds.listed),
        **tell.presence(),
    }  # fmt: skip
    view["timelines"], view["others"], view["months_left_out"] = _timelines(tell, conflicts, acting)
    matter = {t for found in (conflicts.findings, conflicts.acting) for f in found for c in f.readings for t, _ in c}
    adopted = {**chosen, **{one.topic: one.option for one in kb.applied(register, conflicts.readings)}}
    view["readings"] = tell.readings([USE], conflicts.readings, adopted, matter, True)
    view["norms"] = tell.all_cited()
    return view


class _Grounds:
    """The combinations of readings under which something in a register holds, each said once and then cited by its number."""

    def __init__(self, tell: Teller) -> None:
        self._tell = tell
        self.listed: list[View] = []

    def numbers(self, conditions: Sequence[Condition]) -> list[View]:
        """The entries for these conditions; none where something holds under all readings."""
        found = []
        for text in self._tell.conditions(conditions):
            entry = next((e for e in self.listed if e["text"] == text), None)
            if entry is None:
                n = len(self.listed) + 1
                entry = {"id": f"r{n}", "label": self._tell.say("ground", n=self._tell.ordinal(n)), "text": text}
                self.listed.append(entry)
            found.append(entry)
        return found


def _by_type(tell: Teller, findings: Iterable[Finding]) -> list[str]:
    """A line for each type of finding: when, and who."""
    say = tell.say
    spells: dict[str, list[str]] = {}
    for f in findings:
        persons = say.listed(tell.person(p) for p in f.persons)
        spell = say.span(f.start, f.end)
        spell = say("spell", span=spell, persons=persons) if persons else spell
        spells.setdefault(tell.term(f.type), []).append(spell + say("only_under", id=f.id) if f.readings else spell)
    return [say.pair(type_, say.listed(found, "semicolon")) for type_, found in spells.items()]


def _powers(tell: Teller, conflicts: Conflicts) -> list[View]:
    """The powers that nobody can exercise, by office and act, with the norms that give them and the findings in which they are."""
    findings: dict[tuple[str, str, str], dict[str, None]] = {}
    for f in conflicts.findings:
        for power in f.powers:
            findings.setdefault(power, {})[f.id] = None
    norms: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (office, act, norm), ids in findings.items():
        norms.setdefault((office, act, tuple(ids)), []).append(norm)
    offices = dict.fromkeys(o for one in tell.case.officials for o in one.offices)
    rank = {office: i for i, office in enumerate(offices)}
    return [
        {
            "office": tell.term(office),
            "act": tell.term(act),
            "norms": tell.norms(norms[office, act, ids]),
            "findings": ids,
        }
        for office, act, ids in sorted(norms, key=lambda row: (rank.get(row[0], len(rank)), row))
    ]


def _acting(tell: Teller, acting: Iterable[Acting], grounds: _Grounds) -> list[View]:
    """Who acts for whom when, each once, with every norm that says so."""
    rows: dict[tuple[Any, ...], View] = {}
    for one in acting:
        row = rows.setdefault((one.absent, one.person, one.start, one.end), {
            "no": len(rows) + 1, "absent": tell.person(one.absent), "person": tell.person(one.person), "when": tell.say.span(one.start, one.end),
            "bases": [], "absent_id": one.absent, "start": one.start, "end": one.end,
        })  # fmt: skip
        row["bases"].append({"norms": tell.norms([one.basis]), "holds": grounds.numbers(one.readings)})
    for row in rows.values():
        row["doubtful"] = all(basis["holds"] for basis in row["bases"])
    return list(rows.values())


# -- the drawing -----------------------------------------------------------------------------------------------------


def _timelines(tell: Teller, conflicts: Conflicts, acting: Sequence[View]) -> tuple[list[View], list[str], bool]:
    """A drawing a month in which something changes; the officials who are never away; whether months were left out."""
    say, case = tell.say, tell.case
    days = sorted({d for a in case.absences for d in (a.start, a.end) if d is not None})
    involved = {a.who for a in case.absences} | {p for f in conflicts.findings for p in f.persons}
    shown = [o.id for o in case.officials if o.id in involved]
    others = [tell.person(o.id) for o in case.officials if o.id not in involved and not o.implied]
    if not shown:
        return [], others, False
    if not days:
        whole = _Panel(tell, (drawing.Column(say("throughout")),), None, None)
        return [{"title": "", "svg": whole.drawn(conflicts, acting, shown)}], others, False
    months = sorted({d.replace(day=1) for d in days})
    span = (days[-1].year - days[0].year) * 12 + days[-1].month - days[0].month + 1
    panels = []
    for first in months[:MOST_MONTHS]:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        columns = tuple(
            drawing.Column(str(d), first.replace(day=d).weekday() >= calendar.SATURDAY) for d in range(1, last.day + 1)
        )
        panel = _Panel(tell, columns, first, last)
        panels.append({"title": say.month(first), "svg": panel.drawn(conflicts, acting, shown)})
    return panels, others, span > len(panels)


@dataclass(frozen=True, slots=True)
class _Panel:
    """A month of the register (first and last day None: all time, in one column)."""

    tell: Teller
    columns: tuple[drawing.Column, ...]
    first: datetime.date | None
    last: datetime.date | None

    def cut(
        self, start: datetime.date | None, end: datetime.date | None, text: str, short: str = "", doubtful: bool = False
    ) -> list[drawing.Span]:
        """The part of a spell that lies on this drawing, if any does."""
        text, short = clean(text), clean(short)
        if self.first is None or self.last is None:
            return [drawing.Span(0, len(self.columns) - 1, text, short, doubtful=doubtful)]
        if (start is not None and start > self.last) or (end is not None and end < self.first):
            return []
        begin, stop = max(start or self.first, self.first), min(end or self.last, self.last)
        goes_on = start is None or start < self.first, end is None or end > self.last
        return [drawing.Span(begin.day - 1, stop.day - 1, text, short, *goes_on, doubtful)]

    def drawn(self, conflicts: Conflicts, acting: Sequence[View], shown: Sequence[str]) -> Markup:
        """The drawing, with a row for each official of *shown*."""
        tell, say = self.tell, self.tell.say
        clashes = [(f.persons, self.cut(f.start, f.end, f.id, f.id, bool(f.readings))) for f in conflicts.findings]
        rows = []
        for id_ in shown:
            away = [
                s for a in tell.case.absences if a.who == id_
                for s in self.cut(a.start, a.end, tell.term(a.reason) if a.reason else say("legend.away"))
            ]  # fmt: skip
            strips = [
                s for a in acting if a["absent_id"] == id_
                for s in self.cut(a["start"], a["end"], f"{a['no']} {say('acting_short', person=a['person'])}", str(a["no"]), a["doubtful"])
            ]  # fmt: skip
            frames = tuple(s for persons, spans in clashes if id_ in persons for s in spans)
            away.sort(key=lambda s: (s.first, s.last))
            rows.append(drawing.Row(clean(tell.person(id_)), tuple(away), tuple(strips), frames))
        label = say("timeline", month=say.month(self.first) if self.first else say("throughout"))
        found = [s for _, spans in clashes for s in spans]
        return Markup(drawing.timeline(self.columns, rows, found, say("findings_row"), label))
