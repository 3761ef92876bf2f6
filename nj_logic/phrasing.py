"""Atoms and proofs in words, Chinese or English: the phrases beside the knowledge, filled in.

A phrase belongs to a predicate (``kb/terms/phrases.yaml``). Days are told from numbers by the phrases too: an integer is a day where
a phrase of an atom beside it says so.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from .amounts import format_money
from .atoms import Atom, Const, Term, Var, arguments, text
from .cells import Rung
from .declared import NORM_ID
from .errors import Bilingual

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase
    from .prolog import Proof

OPEN = "…"
"""What stands for a variable."""
UNWRITTEN = {"zh": "未写明", "en": "not stated"}
SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_DAY_PLACE = re.compile(r"\{(\d+):day\}")


class _Filled(str):
    """An argument in words, which a phrase may show otherwise: ``{2:day}``, ``{2:cell}``, ``{1:stated}``."""

    shown: Mapping[str, str]

    def __format__(self, spec: str) -> str:
        return self.shown.get(spec, str(self))


OF_A_FIELD = {"fact": 2, "cell": 2, "quantity": 2, "date": 2, "breach": -1, "breaks": -1}
"""Where in an atom a fact of the case's kind stands."""


class Phrasing:
    """Says atoms in one language.

    Args:
        case: whose officials and amounts are named; None where no case is at hand.
    """

    def __init__(self, kb: KnowledgeBase, lang: str, case: Case | None = None) -> None:
        self.kb, self.lang, self.case = kb, lang, case

    def phrase(self, atom: Atom) -> Mapping[str, str] | None:
        """The phrase of the atom's predicate."""
        return self.kb.phrases.get(f"{atom[0]}_{len(atom) - 1}")

    def is_detail(self, atom: Atom) -> bool:
        """Whether the atom is a way station, told only in the whole tree."""
        phrase = self.phrase(atom)
        return phrase is not None and phrase.get("detail") == "true"

    def atom(self, atom: Atom) -> str:
        """The atom in words; the atom itself where its predicate has no phrase."""
        phrase = self.phrase(atom)
        if phrase is None:
            return text(atom)
        filled = [self._argument(a, atom) for a in arguments(atom)]
        return phrase[self.lang].format(*filled, compared=self._measured(atom))

    def comparison(self, atom: Atom, days: Iterable[int] = (), expression: str = "") -> str:
        """A comparison with its values; those in *days* are days."""
        operator, (left, right) = atom[0], arguments(atom)
        known = set(days)
        parts = re.findall(r"-?\d+|[+-]", expression)
        if operator == "=" and any(p.isdigit() and int(p) in known for p in parts) and isinstance(right, int):
            known.add(right)
        shown = [self._value(t, known) for t in (left, right)]
        if expression:
            total = " ".join(self._value(int(p), known) if p not in "+-" else p for p in parts)
            return f"{total} = {shown[1]}"
        return f"{shown[0]} {SIGNS.get(operator, operator)} {shown[1]}"

    def denied(self, atom: Atom, days: Iterable[int] = ()) -> str:
        """A comparison that is false, as the one that is true of its values."""
        return self.comparison((OPPOSITE[atom[0]], *atom[1:]), days)

    def days(self, atoms: Iterable[Atom]) -> set[int]:
        """The integers that are days, by the phrases of the *atoms* that hold them."""
        found = set()
        for atom in atoms:
            phrase = self.phrase(atom)
            for place in _DAY_PLACE.findall(phrase["en"]) if phrase else ():
                value = atom[int(place) + 1] if int(place) + 1 < len(atom) else None
                if isinstance(value, int):
                    found.add(value)
        return found

    def amounts(self, cell: int) -> list[Decimal]:
        """The amounts of the case that lie in a cell."""
        facts = self.case.facts.values() if self.case else ()
        return [v for v in facts if isinstance(v, Decimal) and self.kb.cells.index(v) == cell]

    def rung(self, ladder: str, name: str) -> Rung | None:
        """The rung with this name."""
        return next((r for r in self.kb.cells.rungs if (r.ladder, r.name) == (ladder, name)), None)

    def misses(self, atom: Atom) -> str:
        """Of ``spans(Ladder, Rung, Cell)`` that is false: the bound of the rung that the amount misses."""
        ladder, name, cell = arguments(atom)
        rung = self.rung(str(ladder), str(name))
        if rung is None or not isinstance(cell, int):
            return self.atom(atom)
        shown = self._amount(cell)
        spanned = self.kb.cells.spans(rung)
        if cell < spanned.start and rung.low is not None:
            return f"{shown} {'<' if rung.low_included else '≤'} {_plain(rung.low)}"
        if rung.high is None:
            return self.atom(atom)
        return f"{shown} {'≥' if not rung.high_included else '>'} {_plain(rung.high)}"

    def band(self, first: int, last: int | None = None) -> str:
        """The amounts of a cell, or from one cell to another."""
        cells, last = self.kb.cells, first if last is None else last
        if not (0 <= first < len(cells) and 0 <= last < len(cells)):
            return str(first)
        low, high = cells.bounds(first)[0], cells.bounds(last)[1]
        if low is None and high is None:
            return {"zh": "任何金额", "en": "any amount"}[self.lang]
        parts = []
        if low is not None:
            amount = format_money(low[0], self.lang)
            zh, en = f"{amount}{'(不含)以上' if low[1] else '及以上'}", f"{'above' if low[1] else 'from'} {amount}"
            parts.append({"zh": zh, "en": en}[self.lang])
        if high is not None:
            amount = format_money(high[0], self.lang)
            zh, en = f"{amount}{'及以下' if high[1] else '(不含)以下'}", f"{'up to' if high[1] else 'below'} {amount}"
            parts.append({"zh": zh, "en": en}[self.lang])
        return {"zh": "、", "en": ", "}[self.lang].join(parts)

    # -- arguments ---------------------------------------------------------------------------------------------------

    def _argument(self, argument: Term, atom: Atom) -> _Filled:
        filled = _Filled(self._word(argument, atom))
        shown = {"stated": self._stated(argument, atom)}
        if isinstance(argument, int):
            shown |= {"day": self.day(argument), "cell": self.band(argument)}
        elif isinstance(argument, Var):
            shown |= {"day": OPEN, "cell": OPEN}
        filled.shown = shown
        return filled

    def field(self, id_: str) -> str:
        """A fact of the case's kind; kinds may call facts of one id by different words."""
        declared = self.case.kind.fields.get(id_) if self.case is not None else None
        label = declared.term.label if declared is not None else self.kb.labels.get(id_)
        return label.say(self.lang) if label else id_

    def option(self, topic: str, id_: str) -> str:
        """An option of a reading; readings may have options of one id."""
        entry = self.kb.readings.get(topic, {"options": {}})["options"].get(id_)
        label = Bilingual(entry["zh"], entry["en"]) if entry else self.kb.labels.get(id_)
        return label.say(self.lang) if label else id_

    def day(self, ordinal: int) -> str:
        """A day; that of a case which states none is the day in question."""
        if ordinal > 0:
            return datetime.date.fromordinal(ordinal).isoformat()
        return {"zh": "所问之日", "en": "the day in question"}[self.lang]

    def _word(self, argument: Term, atom: Atom = ("",)) -> str:
        if isinstance(argument, Var):
            return OPEN
        if isinstance(argument, Const):
            id_ = str(argument)
            if atom[0] == "reading" and len(atom) == 4 and argument == atom[3]:
                return self.option(str(atom[2]), id_)
            place = OF_A_FIELD.get(atom[0])
            fielded = place is not None and len(atom) > 2 and argument == atom[place]
            if fielded or id_ not in self.kb.labels:
                return self.field(id_)
            return self.kb.labels[id_].say(self.lang)
        officials = self.case.officials if self.case is not None and isinstance(argument, str) else ()
        if any(o.id == argument for o in officials):
            return self.person(str(argument))
        return str(argument)

    def person(self, id_: str) -> str:
        """An official as people call him: in the roster's words, or by the office that he holds."""
        from .results import official_label

        assert self.case is not None
        official = self.case.official(id_)
        if official.implied:
            return self.kb.term(official.offices[0]).label.say(self.lang)
        return official_label(self.kb, self.case, id_).say(self.lang)

    def _value(self, value: Term, days: set[int]) -> str:
        return self.day(value) if isinstance(value, int) and value in days else self._word(value)

    def _stated(self, argument: Term, atom: Atom) -> str:
        """What the case states of the field *argument*; the cell of *atom* where it states nothing."""
        value = self.case.facts.get(str(argument)) if self.case is not None and isinstance(argument, Const) else None
        if isinstance(value, Decimal):
            return format_money(value, self.lang)
        return self.band(atom[-1]) if isinstance(atom[-1], int) else OPEN

    def _amount(self, cell: int) -> str:
        amounts = self.amounts(cell)
        return _plain(amounts[0]) if amounts else self.band(cell)

    def _measured(self, atom: Atom) -> str:
        """Of ``spans(Ladder, Rung, Cell)``: the amount between the bounds of the rung."""
        if atom[0] != "spans" or len(atom) != 4:
            return ""
        ladder, name, cell = arguments(atom)
        rung = self.rung(str(ladder), str(name))
        if rung is None or not isinstance(cell, int):
            return ""
        shown = self._amount(cell)
        if rung.low:
            shown = f"{_plain(rung.low)} {'≤' if rung.low_included else '<'} {shown}"
        if rung.high is not None:
            shown = f"{shown} {'≤' if rung.high_included else '<'} {_plain(rung.high)}"
        return shown


def _plain(amount: Decimal) -> str:
    plain = f"{amount:,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def decisive(say: Phrasing, proof: Proof, quoted: frozenset[str] = frozenset()) -> list[Proof]:
    """The decisive chain of a proof: without way stations, what the rules merely list, and what was said further up.

    Returns:
        the proof pruned, or, where its root is left out, what stands in its place.
    """
    from dataclasses import replace

    atom, own = proof.atom, frozenset(norms_of(say.kb, proof.atom))
    if proof.by == "fact" and not (atom[0] == "spans" or own - quoted):
        return []
    if proof.by == "not" and not proof.attempts:
        return []
    if proof.by in {"input", "not", "comparison"}:
        return [] if proof.by != "comparison" and say.is_detail(atom) else [proof]
    children = [c for child in proof.children for c in decisive(say, child, quoted | own)]
    children = list({(c.by, c.atom): c for c in reversed(children)}.values())[::-1]
    known = own and own <= quoted
    return children if say.is_detail(atom) or (known and children) else [replace(proof, children=tuple(children))]


def norms_of(kb: KnowledgeBase, atom: Atom) -> list[str]:
    """The norms whose ids ride in an atom."""
    return [a for a in atom[1:] if type(a) is str and NORM_ID.fullmatch(a) and a in kb.norms]
