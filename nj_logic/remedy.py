"""Remedies: for a finding, the smallest amendment that removes it, as a file that ``nj impact`` reads; and whether it does.

What has to change is said by the detectors (``mend/3``): an answer, a tier, a stand-in, which of two norms prevails, a definition. Here it
becomes the sentence that the text gains, the norm that quotes it, and its rules. Where there is a choice it is the legislator's: the
amendment takes one that the rules make for others of the kind (the first in order), as an example to be edited.
"""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import clingo
import yaml

from . import report_words
from .amendment import amended, read_amendment
from .amounts import chinese_numeral
from .declared import NORM_ID, norm_order
from .errors import Bilingual, InputError, KnowledgeError
from .passages import names_in
from .rewording import Change, Span, edits, reworded
from .teller import LawTeller

if TYPE_CHECKING:
    from .audit import Audit, Finding
    from .knowledge import KnowledgeBase

Say = Callable[[str, clingo.Symbol, str], str]
"""The words for a value in a slot of a sentence, in a language."""
DONE = frozenset({"called", "marked", "from_publication", "repealed", "strict"})
"""The forms of changes that append no sentence to the text."""
NUMBERS: Mapping[str, Callable[..., tuple[str, int]]] = {
    "ahead": lambda act, event, days, _norm: (f"ahead_of({act}, {event})", days.number),
    "within": lambda part, _whole, days: (f"allowed({part})", days.number),
    "from_publication": lambda public, _stated, _norm: ("in_force_from", public.number),
}
"""The forms that change a number, each with its name and what it becomes."""
ALL = "remedies"
"""The id of the amendment that takes all remedies together."""


class Remedies:
    """Writes amendments.

    Args:
        templates: what each form of change says, as under ``amendments`` in ``words.yaml``.
        lexicon: the words of drafting, as in ``lexicon.yaml``.
        say: the words for values.
    """

    def __init__(
        self, kb: KnowledgeBase, templates: Mapping[str, Mapping[str, Any]], lexicon: Mapping[str, Any], say: Say
    ) -> None:
        self.kb, self.templates, self.lexicon, self._say = kb, templates, lexicon, say

    def amendment(
        self, id_: str, title: Bilingual, parts: Iterable[tuple[Sequence[str], Iterable[clingo.Symbol]]]
    ) -> dict[str, Any] | None:
        """The amendment that makes these changes, as in an amendment's file; None where there is nothing to change.

        Args:
            parts: for each finding its norms and its changes.
        """
        found: dict[str, Any] = {"amendment": id_, "title": title._asdict()}
        rules: list[str] = []
        wording: dict[str, tuple[int | None, Change]] = {}
        for norms, changes in parts:
            self._part(found, rules, norms, sorted(set(changes)))
            wording |= self._wording(changes)
        self._reword(found, [wording[change] for change in sorted(wording)])
        gone = [f'"{n}"' for n in found.get("repealed", ())]  # of what one finding repeals another has nothing to say
        rules = [rule for rule in rules if not any(norm in rule for norm in gone)]
        if replaced := [r for r in found.pop("replaced", ()) if f'"{r["norm"]}"' not in gone]:
            found["replaced"] = replaced
        if rules:
            found["rules"] = {"added": "\n".join(rules) + "\n"}
        return found if len(found) > 2 else None

    def _part(
        self, found: dict[str, Any], rules: list[str], norms: Sequence[str], changes: Sequence[clingo.Symbol]
    ) -> None:
        forms: dict[str, list[clingo.Symbol]] = {}
        for change in changes:
            forms.setdefault(change.name, []).append(change)
        for form, alike in forms.items():
            if form == "repealed":
                repealed = found.setdefault("repealed", [])
                repealed += [n for c in alike if (n := c.arguments[0].string) not in repealed]
            elif form == "strict":
                found.setdefault("replaced", []).extend(
                    {"norm": c.arguments[0].string, "strength": "strict"} for c in alike
                )
            if form in NUMBERS:
                alike = self._numbers(found.setdefault("parameters", []), form, alike)
            if norms and alike and form not in DONE:
                if form == "ahead":
                    norms = [c.arguments[3].string for c in alike]
                if form == "read_as":
                    settled = found.setdefault("readings", [])
                    settled += [{"reading": c.arguments[0].name, "option": self._option(c)} for c in alike]
                    norms = [n for c in alike for n in self.kb.readings[c.arguments[0].name].get("norms", ())] or norms
                self._sentence(found, rules, form, alike, self._place(norms, form))

    @staticmethod
    def _numbers(known: list[dict[str, Any]], form: str, changes: Iterable[clingo.Symbol]) -> list[clingo.Symbol]:
        """Change numbers; those of the changes whose number was not yet."""
        new = []
        for change in changes:
            name, becomes = NUMBERS[form](*change.arguments)
            if name not in {one["number"] for one in known}:
                known.append({"number": name, "becomes": becomes})
                new.append(change)
        return new

    def _wording(self, changes: Iterable[clingo.Symbol]) -> dict[str, tuple[int | None, Change]]:
        """The changes of words of the text, by what they are about, each with the article in which it is made, if not in all."""
        usual: dict[str, dict[str, str]] = {}
        for change in changes:
            if change.name == "called":
                term, other, name = change.arguments
                usual.setdefault(term.name, {})[other.string] = name.string
        found: dict[str, tuple[int | None, Change]] = {
            term: (None, self._names(term, names)) for term, names in usual.items()
        }
        for change in changes:
            if change.name == "marked":
                found[str(change)] = change.arguments[0].number, self._marks
            elif change.name == "from_publication":
                public, stated, norm = change.arguments
                found[change.name] = self.kb.norms[norm.string].article, self._day(stated.number, public.number)
        return found

    def _day(self, stated: int, public: int) -> Change:
        """One day for another."""
        days = [datetime.date.fromordinal(day) for day in (stated, public)]
        old, new = (self.templates["from_publication"]["day"].format(d) for d in days)
        gists = [f"{day.day} {day:%B %Y}" for day in days]
        return lambda text: [Span(*day.span(), new, (gists[0], gists[1])) for day in re.finditer(re.escape(old), text)]

    def _marks(self, text: str) -> Iterable[Span]:
        """One way of saying that a bound is included for another."""
        template = self.templates["marked"]
        for mark in re.finditer(template["old"], text):
            yield Span(*mark.span(), mark.expand(template["new"]))

    def _names(self, term: str, usual: Mapping[str, str]) -> Change:
        """The usual name for the others; what is enumerated under several names is named once."""
        words = self.kb.actor_words if term in self.kb.actors else self.kb.thing_words

        def change(text: str) -> Iterable[Span]:
            row: list[re.Match[str]] = []
            for name in [*names_in(text, words, self.lexicon["abbreviating"]), None]:
                if row and (name is None or words[name[0]] != term or text[row[-1].end() : name.start()] != "、"):
                    if any(n[0] in usual for n in row):
                        named = dict.fromkeys(usual.get(n[0], n[0]) for n in row)
                        yield Span(row[0].start(), row[-1].end(), "、".join(named))
                    row = []
                if name is not None and words[name[0]] == term:
                    row.append(name)

        return change

    def _reword(self, found: dict[str, Any], changes: Sequence[tuple[int | None, Change]]) -> None:
        """The edits of the text, before what is appended; what is appended in the words that the text then has."""
        if not changes:
            return
        for entry, field in [
            *((t, "append") for t in found.get("text", [])),
            *((n, "quotation") for n in found.get("added", [])),
        ]:
            own = norm_order(entry.get("norm") or f"{entry['paragraph']}.n0")[0]
            for article, change in changes:
                if article in {None, own}:
                    entry[field] = reworded(entry[field], change)
        found["text"] = [*edits(self.kb, changes), *found.get("text", [])]

    def _place(self, norms: Sequence[str], form: str) -> str:
        """The paragraph to which the sentence belongs: that of a clause on scope where there is one to add to, else of the last norm."""
        ordered = [n for n in sorted(norms, key=norm_order) if self.kb.norms[n].article]
        scope = [n for n in ordered if self.templates[form]["kind"] == "scope" and self.kb.norms[n].kind == "scope"]
        return ([*ordered, *scope] or list(norms))[-1].rpartition(".")[0]

    def _sentence(
        self, found: dict[str, Any], rules: list[str], form: str, alike: Sequence[clingo.Symbol], place: str
    ) -> None:
        template = self.templates[form]
        texts = [self._text(form, change, alike) for change in alike]
        zh = "".join(dict.fromkeys(t.zh for t in texts))
        en = " ".join(dict.fromkeys(t.en for t in texts))
        norm = self._free(place, [entry["norm"] for entry in found.get("added", [])])
        append = next((t for t in found.setdefault("text", []) if t["paragraph"] == place), None)
        if append is None:
            found["text"].append({"paragraph": place, "append": zh})
        else:
            append["append"] += zh
        first = min(n for n in self.kb.norms if n.startswith(f"{place}."))
        found.setdefault("added", []).append(
            {
                "norm": norm, "quotation": zh.rstrip("。"), "gist": en, "kind": template["kind"], "strength": "plain",
                "subject": self._subject(form, alike) or self.kb.norms[first].subject,
            }
        )  # fmt: skip
        rules += self._rules(form, alike, norm)

    def _subject(self, form: str, alike: Sequence[clingo.Symbol]) -> str | None:
        return alike[0].arguments[0].name if form == "covered_too" else None

    def _free(self, place: str, taken: Iterable[str]) -> str:
        numbers = [
            int(m[3]) for n in (*self.kb.norms, *taken) if n.startswith(f"{place}.") and (m := NORM_ID.fullmatch(n))
        ]
        return f"{place}.n{max(numbers, default=0) + 1}"

    # -- words -------------------------------------------------------------------------------------------------------

    def _text(self, form: str, change: clingo.Symbol, alike: Sequence[clingo.Symbol]) -> Bilingual:
        return Bilingual(
            *(self.templates[form][lang].format_map(self._slots(form, change, alike, lang)) for lang in ("zh", "en"))
        )

    def _slots(self, form: str, change: clingo.Symbol, alike: Sequence[clingo.Symbol], lang: str) -> dict[str, str]:
        args, say = change.arguments, self._say
        match form:
            case "answer":
                kind, question, value, *facts = args
                met = list(zip(facts[::2], facts[1::2], strict=True))
                return {
                    "circumstances": self._circumstances(kind, met, lang),
                    "settled": self._settlement(question, value, lang),
                }
            case "tier":
                return {
                    "ladder": say("ladder", args[0], lang),
                    "band": say("bands", clingo.Function("", [c.arguments[1] for c in alike]), lang),
                }
            case "read_as":
                taken = self.kb.readings[args[0].name]["options"][self._option(change)]
                return {"topic": say("topic", args[0], lang), "option": taken[lang]}
            case "laid_down" | "included" | "counted" | "runs" | "measured":
                marks = {"zh": "“{}”", "en": "‘{}’"}[lang]
                terms = {"zh": "、", "en": ", "}[lang].join(marks.format(c.arguments[0].string) for c in alike)
                settled = self.lexicon["measures"][args[1].name]["settled"][lang] if form == "measured" else ""
                return {"terms": terms, "settled": settled}
            case "own_matter_of" | "own_matter_for":
                absent, acts = args[-2], {c.arguments[-1]: None for c in alike if c.arguments[:-1] == args[:-1]}
                return {
                    "kind": say("kind", args[0], lang), "actor": say("actor", args[2], lang), "absent": say("actor", absent, lang),
                    "deputy": say("actor", self._next([args[2], absent]), lang), "act": {"zh": "、", "en": ", "}[lang].join(say("act", a, lang) for a in acts),
                }  # fmt: skip
            case "both_steps":
                done = [say("actor", a, lang) for a in args[:4:2]], [say("act", a, lang) for a in args[1:4:2]]
                order = {"zh": "{0}{1}", "en": "{1} by the {0}"}[lang]
                later, earlier = (order.format(*pair) for pair in zip(*done, strict=True))
                away = [self._office(c.arguments[4].string) for c in alike]
                other = self._offices_but(away)
                deputy = say("actor", other[0], lang) if other else self.templates[form]["anybody"][lang]
                return {"earlier": earlier, "later": later, "deputy": deputy}
            case "ahead":
                return {"act": say("act", args[0], lang), "event": say("event", args[1], lang), "days": str(args[2])}
            case "within":
                return {"first": say("first", args[0], lang), "act": say("act", args[1], lang), "days": str(args[2])}
            case "the_day_before":
                return {"first": say("first", args[0], lang), "event": say("event", args[1], lang)}
            case "acts_for":
                office = self._office(args[0].string)
                return {"absent": say("actor", office, lang), "deputy": say("actor", self._next([office]), lang)}
            case "fills_in":
                return {"absent": say("actor", args[0], lang), "deputy": say("actor", self._singles[0], lang)}
            case "prevails" | "excepts" | "yields":
                first, second = (n.string for n in args[-2:])
                return {"first": self._whole(first, second, lang), "second": self._whole(second, first, lang)}
            case "adds":
                ladder = next(name for name, _, route in self._tiers if route == str(args[0]))
                return {
                    "ladder": say("ladder", clingo.Function(ladder), lang), "actor": say("actor", args[1], lang), "act": say("act", args[2], lang),
                }  # fmt: skip
        slot = {"defined": "term", "from_set_day": "event"}.get(form, "actor")
        return {slot: say(slot, args[0], lang)}

    def _whole(self, norm: str, beside: str, lang: str) -> str:
        """A norm by its article and paragraph; where the other stands there too, by its ladder or in its own words."""
        one, other = ((n.article, n.paragraph) for n in (self.kb.norms[norm], self.kb.norms[beside]))
        ladders = {n: ladder for ladder, _, n in self.kb.leads}
        if one == other and norm in ladders and ladders[norm] != ladders.get(beside):
            ladder = self._say("ladder", clingo.Function(ladders[norm]), lang)
            return (
                f"第{chinese_numeral(one[0])}条按“{ladder}”分档"
                if lang == "zh"
                else f"the grades of {ladder} in article {one[0]}"
            )
        if one == other:
            return {"zh": "“{}”", "en": "‘{}’"}[lang].format(self.kb.norms[norm].quote if lang == "zh" else norm)
        return LawTeller(self.kb, report_words.words(self.kb, lang)).article(norm)

    def _circumstances(self, kind: clingo.Symbol, met: Sequence[tuple[clingo.Symbol, clingo.Symbol]], lang: str) -> str:
        """When the answer holds: the matter of an overview by its name, the facts of another case."""
        if self.kb.kinds[kind.name].overview and len(met) == 1:
            return self._say("option", clingo.Function("is", [kind, *met[0]]), lang)
        words = (self._say("fact", clingo.Function("is", [kind, f, v]), lang) for f, v in met)
        return str(self.templates["answer"]["where"][lang]).format(facts={"zh": "，", "en": ", "}[lang].join(words))

    def _settlement(self, question: clingo.Symbol, value: clingo.Symbol, lang: str) -> str:
        """A question with its answer, as a statement: in Chinese the answer stands where the question asks."""
        words, said, template = (
            self._say("question", question, lang),
            self._say("value", value, lang),
            self.templates["answer"],
        )
        if question.name == "route":
            return str(template["route"][lang]).format(value=said)
        if lang == "zh" and re.search(template["asks"], words):
            return re.sub(template["asks"], lambda _m: said, words, count=1)
        return f"{words}{'：' if lang == 'zh' else ': '}{said}"

    def _option(self, change: clingo.Symbol) -> str:
        """The first way in which a topic can be read."""
        return str(next(iter(self.kb.readings[change.arguments[0].name]["options"])))

    def _office(self, person: str) -> clingo.Symbol:
        from .audit_search import roster

        return clingo.Function(next(o["office"] for o in roster(self.kb)["officials"] if o["id"] == person))

    def _next(self, away: Sequence[clingo.Symbol]) -> clingo.Symbol:
        """The office that is declared next after those away."""
        return self._offices_but(away)[0]

    def _offices_but(self, away: Sequence[clingo.Symbol]) -> list[clingo.Symbol]:
        """The other offices, those that are declared after the last of these first."""
        offices = [clingo.Function(a) for a in self.kb.offices]
        last = max(offices.index(o) for o in away)
        return [o for o in [*offices[last + 1 :], *offices[:last]] if o not in away]

    @cached_property
    def _singles(self) -> list[clingo.Symbol]:
        return [clingo.Function(a) for a in self.kb.single_offices]

    # -- rules -------------------------------------------------------------------------------------------------------

    def _rules(self, form: str, alike: Sequence[clingo.Symbol], norm: str) -> list[str]:
        match form:
            case "answer":
                return list(dict.fromkeys(self._answer(c, norm) for c in alike))
            case "own_matter_of" | "own_matter_for" | "both_steps":
                return list(dict.fromkeys(self._recusal(form, c, alike, norm) for c in alike))
            case "from_set_day":
                return [f'counts_from_set_day({c.arguments[0]}, "{norm}").' for c in alike]
            case "the_day_before":
                return [f'ahead_of({c.arguments[0]}, {c.arguments[1]}, 1, "{norm}").' for c in alike]
            case "tier":
                return self._tier(alike, norm)
            case "acts_for":
                away = [self._office(c.arguments[0].string) for c in alike]
                return [
                    self._stand_in(f"holds(C, P, {office})", self._next(away), norm) for office in dict.fromkeys(away)
                ]
            case "fills_in":
                return [
                    self._stand_in(f"holder(C, {c.arguments[0]}, P)", s, norm) for c in alike for s in self._singles
                ]
            case "excepts":
                return [
                    f'lifts(C, "{norm}", {second}) :- permits(C, {first}, {second}).'
                    for first, second in (c.arguments for c in alike)
                ]
            case "yields":
                return [f'yields({n}, {m}, "{norm}").' for n, m in (c.arguments for c in alike)]
            case "prevails":
                return list(dict.fromkeys(rule for c in alike for rule in self._prevails(c, norm)))
            case "adds":
                found = []
                for i, c in enumerate(alike):
                    route, actor, act = c.arguments
                    stage = f"added_{norm.replace('.', '_')}_{i}"
                    found.append(f'step({route}, {stage}, {actor}, {act}, "{norm}").')
                    found += [f"after({route}, {other}, {stage})." for other in self._stages.get(str(route), ())]
                return found
        return []

    def _answer(self, change: clingo.Symbol, norm: str) -> str:
        kind, question, value, *facts = change.arguments
        met = [
            f"{'cell' if v.type == clingo.SymbolType.Number else 'fact'}(C, {f}, {v})"
            for f, v in zip(facts[::2], facts[1::2], strict=True)
        ]
        head = (
            f'gives_route(C, {value}, "{norm}")'
            if question.name == "route"
            else f'says(C, {question}, {value}, "{norm}")'
        )
        return f"{head} :- {', '.join([f'kind(C, {kind})', *met])}."

    def _tier(self, alike: Sequence[clingo.Symbol], norm: str) -> list[str]:
        ladder, _, route = alike[0].arguments
        cells = sorted(c.arguments[1].number for c in alike)
        low, high = self.kb.cells.bounds(cells[0])[0], self.kb.cells.bounds(cells[-1])[1]
        lower = ('"0"', "included") if low is None else (f'"{low[0]:f}"', "excluded" if low[1] else "included")
        upper = ("unbounded", "excluded") if high is None else (f'"{high[0]:f}"', "included" if high[1] else "excluded")
        rung = f"added_{norm.replace('.', '_')}"
        return [
            f"rung({ladder}, {rung}, {', '.join((*lower, *upper))}).",
            f'leads_to({ladder}, {rung}, {route}, "{norm}").',
        ]

    def _stand_in(self, whose: str, deputy: clingo.Symbol, norm: str) -> str:
        return (
            f'stands_in(C, D, P, A, Q, "{norm}") :- {whose}, away(C, P, D), holds(C, Q, {deputy}), not Q = P, '
            "holder(C, O, P), duty(C, O, A), not own_act(A)."
        )

    def _recusal(self, form: str, change: clingo.Symbol, alike: Sequence[clingo.Symbol], norm: str) -> str:
        """He who would act, Q, stands aside, and R acts."""
        if form == "both_steps":
            later, act, office, own, _ = change.arguments
            others = [self._office(c.arguments[4].string) for c in alike]
            given = f"able(C, D, {later}, {act}, Q, _), able(C, D, {office}, {own}, Q, _)"
        else:
            (kind, fact, party), (office, own) = change.arguments[:3], change.arguments[-2:]
            others = [party, office]
            given = (
                f"kind(C, {kind}), fact(C, {fact}, {party}), holds(C, Q, {party}), able(C, D, {office}, {own}, Q, _)"
            )
        another = f"holds(C, R, {free[0]})" if (free := self._offices_but(others)) else "official(C, R)"
        return f'recuses(C, D, {office}, {own}, Q, R, "{norm}") :- {given}, {another}, not R = Q.'

    def _prevails(self, change: clingo.Symbol, norm: str) -> Iterable[str]:
        """Where both norms answer the question, the second does not."""
        question, first, second = change.arguments[0].name, change.arguments[1].string, change.arguments[2].string
        for given, _ in self._answering(question, first, "_"):
            for also, lifted in self._answering(question, second, "Y"):
                if given != also.replace(", Y)", ", _)"):
                    yield f'lifts(C, "{norm}", {lifted}) :- {given}, {also}.'

    def _answering(self, question: str, norm: str, variable: str) -> Iterable[tuple[str, str]]:
        """How a norm comes to answer: a literal, and the norm to lift so that it does not."""
        if question != "route":
            yield f'says(C, {question}, _, "{norm}")', f'"{norm}"'
            yield f'names(C, {question}, _, _, "{norm}")', f'"{norm}"'
        yield f'offered(C, _, "{norm}")', f'"{norm}"'
        for route in sorted(
            {str(a.arguments[0]) for a in self._settled if a.name == "step" and a.arguments[4].string == norm}
        ):
            yield f"offered(C, {route}, {variable})", variable

    @cached_property
    def _settled(self) -> list[clingo.Symbol]:
        return self.kb.settled("step", "leads_to")

    @cached_property
    def _stages(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for atom in self._settled:
            if atom.name == "step" and str(atom.arguments[1]) not in found.setdefault(str(atom.arguments[0]), []):
                found[str(atom.arguments[0])].append(str(atom.arguments[1]))
        return found

    @cached_property
    def _tiers(self) -> list[tuple[str, str, str]]:
        return [
            (a.arguments[0].name, a.arguments[1].name, str(a.arguments[2]))
            for a in self._settled
            if a.name == "leads_to"
        ]


def text_of(amendment: Mapping[str, Any]) -> str:
    """The amendment as a file."""

    class Dumper(yaml.SafeDumper):
        pass

    def block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, block)
    return yaml.dump(dict(amendment), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def applied(kb: KnowledgeBase, amendment: Mapping[str, Any]) -> KnowledgeBase:
    """The knowledge base as an amendment leaves it.

    Raises:
        InputError: it does not fit.
    """
    with tempfile.TemporaryDirectory(prefix="nj_logic-") as folder:
        file = Path(folder) / f"{amendment['amendment']}.yaml"
        file.write_text(text_of(amendment), encoding="utf-8")
        return amended(kb, read_amendment(file))


def checked(
    audit: Audit,
    again: Callable[[KnowledgeBase], Audit],
    combined: Callable[[Sequence[Finding]], Mapping[str, Any] | None],
) -> frozenset[str]:
    """The findings that are gone once the remedies of all are applied together and the rules audited again; those that are not are tried
    once more without the others.

    Args:
        again: audits rules.
        combined: one amendment of the remedies of several findings.
    """
    wanted = [f for f in audit.findings if f.amendment is not None]

    def gone(findings: Sequence[Finding]) -> frozenset[str]:
        one = combined(findings)
        if one is None:
            return frozenset()
        try:
            left = {key for f in again(applied(audit.kb, one)).findings for key in f.keys}
        except (InputError, KnowledgeError):
            if len(findings) == 1:
                return frozenset()
            half = len(findings) // 2
            return gone(findings[:half]) | gone(findings[half:])
        return frozenset(f.id for f in findings if not left & set(f.keys))

    together = gone(wanted)
    rest = [f for f in wanted if f.id not in together]  # of these another remedy is in the way
    return together | gone(rest) if together and rest else together
