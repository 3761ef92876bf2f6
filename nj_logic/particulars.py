"""What a case states, as it was understood: its facts with their sources, its day, who is away, its record; and what it could state too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .case_report import facts_view
from .declared import Field
from .errors import Bilingual
from .report_words import words
from .teller import Teller, View
from .terminal import clean

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

UNSTATED = Bilingual("未写明：", "not stated: ")


@dataclass(frozen=True, slots=True)
class Particulars:
    """A case as it was read."""

    kb: KnowledgeBase
    case: Case

    @property
    def unstated(self) -> list[Field]:
        """The facts that a case of the kind can state, and that this one neither states nor leaves open."""
        return [f for id_, f in self.case.kind.fields.items() if id_ not in self.case.facts.keys() | self.case.opened]

    def rows(self, lang: str) -> list[View]:
        """The facts in words, each with its source."""
        return facts_view(self.teller(lang), {})

    def teller(self, lang: str) -> Teller:
        """Who says it in *lang*."""
        return Teller(self.kb, self.case, words(self.kb, lang))

    def to_json(self) -> dict[str, Any]:
        """As in JSON output; values and sources in words."""
        case = self.case
        stated = [f for id_, f in case.kind.fields.items() if id_ in case.facts.keys() | case.opened]
        return {
            "case": case.id, "kind": case.kind.term.id, "date": case.date and case.date.isoformat(), "complete": case.complete,
            "facts": [
                {"fact": f.term.to_json(), **{key: {"zh": zh[key], "en": en[key]} for key in ("value", "source")}}
                for f, zh, en in zip(stated, self.rows("zh"), self.rows("en"), strict=True)
            ],
            "not_stated": [f.term.to_json() for f in self.unstated],
            "absences": len(case.absences), "record": None if case.record is None else len(case.record),
        }  # fmt: skip


def pretty(result: Particulars, lang: str) -> str:
    """The particulars for a terminal."""
    case, tell = result.case, result.teller(lang)
    say = tell.say
    aside = "（{}）" if lang == "zh" else " ({})"
    lines = [f"{clean(case.id)}  {case.kind.term.label.say(lang)}"]
    for row in result.rows(lang):
        lines.append(f"  {clean(say.pair(row['label'], row['value']) + aside.format(row['source']))}")
    if case.asked_day is not None:
        lines.append(f"  {say.pair(say('asked_day'), say.date(case.asked_day))}")
    if case.absences:
        lines.append(f"  {say('absent')}")
        for n, away in enumerate(tell.presence()["absences"], 1):
            told = [
                away["person"],
                away["when"],
                away["reason"],
                away["delegated"] and say.pair(say("delegated_to"), away["delegated"]),
            ]
            lines.append(f"    {n}. {clean('  '.join(t for t in told if t))}")
    if case.record is not None:
        lines.append(f"  {say('h.record') if case.record else say('empty_record')}")
        for n, entry in enumerate(case.record, 1):
            on = aside.format(say.date(entry.on)) if entry.on else ""
            lines.append(f"    {n}. {clean(tell.term(entry.actor))}  {tell.term(entry.action)}{on}")
    if result.unstated:
        unstated = (f"{f.term.label.say(lang)} [{f.term.id}]" for f in result.unstated)
        lines.append(UNSTATED.say(lang) + say.listed(unstated))
    return "\n".join(lines)
