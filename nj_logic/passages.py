"""What the words of a regulation give an audit: vague conditions, open bounds and measures, references, names, founding words, rules said twice.

The words looked for stand in ``kb/reasoning/audit/lexicon.yaml``; they belong to official drafting, not to a regulation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from .declared import NORM_ID, norm_order

LIKENESS = 0.8
"""From which share of common pairs of characters two rules are one."""
SHORTEST = 6
"""How many characters a rule must have to be compared."""
TITLE = re.compile("《[^》]*》")
PUNCTUATION = re.compile("[，,、。；;:：“”《》()（）]")

if TYPE_CHECKING:
    import clingo

    from .declared import Norm
    from .knowledge import KnowledgeBase


class Passages:
    """The quotations of a ledger, read for an audit.

    Args:
        lexicon: the words, as in ``lexicon.yaml``.
    """

    def __init__(self, kb: KnowledgeBase, lexicon: Mapping[str, Any]) -> None:
        self.kb, self.lexicon = kb, lexicon
        self.norms = list(kb.norms.values())

    def atoms(self) -> Iterable[clingo.Symbol]:
        """The facts for the detectors."""
        from .facts import constant
        from .worlds import symbol

        for norm in self.norms:
            yield from (symbol("vague", norm.id, word) for word in self._vague(norm.quote))
            yield from (symbol("unclear_bound", norm.id, word, text) for word, text in self._bounds(norm))
            yield from (symbol("unclear_days", norm.id, word) for word in self._days(norm))
            yield from (symbol("unclear_start", norm.id, word) for word in self._starts(norm))
            yield from (symbol("unclear_measure", norm.id, constant(m), word) for m, word in self._measures(norm))
            yield from (symbol("refers", norm.id, text, to) for text, to in self._references(norm))
        words = {word for norm in self.norms for word in self._vague(norm.quote)}
        yield from (symbol("defined", word) for word in sorted(words) if self._is_defined(word))
        for kind, labels in self._labels.items():
            yield from (symbol("treats", constant(kind), article) for article in self.kb.kinds[kind].articles)
            for word in sorted(words):
                if any(self.lexicon["known_by"].get(word, word) in label for label in labels):
                    yield symbol("decides_by", constant(kind), word)
        for term, names in self._names.items():
            yield from (symbol("named", constant(term), word, norm) for word, norm in self._departing(names))
            if forms := self._forms(names):
                usual, *others = forms
                yield from (symbol("departs", constant(term), n, usual[0]) for alike in others for n in alike)
        yield from (symbol("marked_bound", norm, text) for norm, text in self._marks())
        yield from self._bodies()
        yield from (symbol("alike", one, other) for one, other in self._alike())
        yield from (symbol("repeats", *found) for found in self._repeated())
        for topic, entry in self.kb.readings.items():
            yield from (symbol("asks_of", constant(topic), constant(what)) for what in self._asks(entry["zh"]))

    # -- conditions ----------------------------------------------------------------------------------------------------------

    @cached_property
    def _vague_words(self) -> re.Pattern[str]:
        graded = self.lexicon["graded"]
        return re.compile(f"{_any(self.lexicon['vague'])}|(?:{_any(graded['grades'])})的?(?:{_any(graded['of'])})+")

    def _vague(self, text: str) -> list[str]:
        """The terms of the text that leave open how much, when or of what kind; those in the title of a document do not count."""
        return sorted({m[0] for m in self._vague_words.finditer(TITLE.sub("", text))})

    def _is_defined(self, word: str) -> bool:
        marks = self.lexicon["defining"]
        return any(word in part for n in self.norms for mark in marks for part in n.quote.split(mark)[:-1])

    @cached_property
    def _labels(self) -> dict[str, set[str]]:
        """By kind of matter, what its name and the names of its facts, their options and its readings say."""
        kb, labels = self.kb, {}
        for id_, kind in kb.kinds.items():
            options = {kb.term(option).label.zh for f in kind.fields.values() for option in f.options}
            topics = {str(kb.readings[t]["zh"]) for found in kind.topics.values() for t in found if t in kb.readings}
            facts = {word for f in kind.fields.values() for word in (f.term.label.zh, *f.term.aliases)}
            labels[id_] = {kind.term.label.zh, *facts, *options, *topics}
        return labels

    def _said_of(self, word: str, marks: Iterable[str], article: int | None = None) -> bool:
        """Whether a sentence, of the article if one is given, goes on after the word in quotation marks with one of the marks."""
        said = re.compile(f"“{re.escape(word)}”.*(?:{_any(marks)})")
        return any(said.search(n.quote) for n in self.norms if article in {None, n.article})

    # -- bounds, days, measures ------------------------------------------------------------------------------------------------

    def _bounds(self, norm: Norm) -> set[tuple[str, str]]:
        """The words that bound a number, and number and word together."""
        bounds = self.lexicon["bounds"]
        clear = _any(bounds["clear"])
        pattern = f"(?:{bounds['numeral']})({_any(bounds['words'])})(?![^，。；,;]{{0,6}}(?:{clear}))"
        return {
            (m[1], m[0]) for m in re.finditer(pattern, norm.quote)
            if not re.search(clear, m[0]) and not self._said_of(m[0], bounds["clear"])
        }  # fmt: skip

    def _days(self, norm: Norm) -> set[str]:
        days = self.lexicon["days"]
        clear = _any(days["clear"])
        return {
            m[0] for m in re.finditer(days["pattern"], norm.quote)
            if not re.search(f"(?:{clear})$", norm.quote[: m.start()]) and not re.search(f"^.{{0,2}}(?:{clear})", norm.quote[m.end() - 1 :])
            and not self._said_of(m[0], days["counted"], norm.article)
        }  # fmt: skip

    def _starts(self, norm: Norm) -> set[str]:
        limits = self.lexicon["limits"]
        if norm.kind != "deadline" or re.search(_any(limits["clear"]), norm.quote):
            return set()
        found = {m[0] for m in re.finditer(limits["pattern"], norm.quote)}
        return {words for words in found if not self._said_of(words, limits["running"], norm.article)}

    def _measures(self, norm: Norm) -> Iterable[tuple[str, str]]:
        for measure, entry in self.lexicon["measures"].items():
            if not re.search(_any(entry["clear"]), norm.quote):
                found = (m[0] for m in re.finditer(entry["pattern"], norm.quote))
                yield from ((measure, w) for w in found if not self._said_of(w, entry["clear"], norm.article))

    def _marks(self) -> Iterable[tuple[str, str]]:
        """Where an article says in several ways whether a bound is included: the first place of each way."""
        first: dict[int, dict[str, tuple[str, str]]] = {}
        for norm in self.norms:
            for mark in self.lexicon["bounds"]["marks"]:
                if found := re.search(mark, norm.quote):
                    first.setdefault(norm.article, {}).setdefault(mark, (norm.id, found[0]))
        return [place for found in first.values() if len(found) > 1 for place in found.values()]

    # -- references, names, bodies -----------------------------------------------------------------------------------------------

    def _references(self, norm: Norm) -> Iterable[tuple[str, str]]:
        """The references that name no document, each with the one thing that it names, if it names one."""
        for text in norm.points_to:
            if any(word in text for word in self.lexicon["by_law"]):
                continue
            if any(f"{word}{text}" in norm.quote for word in self.lexicon["not_referring"]):
                continue
            found = next((m for p in self.lexicon["unspecified"] if (m := re.fullmatch(p, text))), None)
            if found and not self._laid_down(norm, text):
                said = re.search(f"(?:按照?|依照|根据)?{re.escape(text)}", norm.quote)
                words, thing = said[0] if said else text, "".join(found.groups())
                if not self._said_of(thing or words, self.lexicon["laid_down"], None if thing else norm.article):
                    yield words, thing

    def _laid_down(self, norm: Norm, text: str) -> bool:
        """Whether the article goes on to say the steps of the procedure to which a text refers."""
        others = (n for n in self.norms if n.article == norm.article and n.id != norm.id)
        return any(w in text for w in self.lexicon["procedure"]) and any(n.id in self._steps for n in others)

    @cached_property
    def _steps(self) -> set[str]:
        """The norms that are steps of a procedure."""
        return {step.arguments[-1].string for step in self.kb.settled("step")}

    @cached_property
    def _names(self) -> dict[str, dict[str, list[str]]]:
        """By actor or thing: what the text calls it, and where."""
        found: dict[str, dict[str, list[str]]] = {}
        for words in (self.kb.actor_words, self.kb.thing_words):
            for norm in self.norms:
                for match in names_in(norm.quote, words, self.lexicon["abbreviating"]):
                    places = found.setdefault(words[match[0]], {}).setdefault(match[0], [])
                    if norm.id not in places:
                        places.append(norm.id)
        return found

    def _departing(self, names: Mapping[str, list[str]]) -> Iterable[tuple[str, str]]:
        """Where a term has several names: the usual one with its first place, the others with the first of each article."""
        for i, alike in enumerate(self._forms(names)):
            if i == 0:
                yield alike[0], names[alike[0]][0]
                continue
            first: dict[int, tuple[str, str]] = {}
            for name, place in sorted(((n, p) for n in alike for p in names[n]), key=lambda at: norm_order(at[1])):
                first.setdefault(norm_order(place)[0], (name, place))
            yield from first.values()

    def _forms(self, names: Mapping[str, list[str]]) -> list[list[str]]:
        """The names of a term that differ, the usual one before the others, each in its forms, the fullest first; empty where there is one name."""
        forms: dict[str, list[str]] = {}
        for name in sorted(names, key=lambda n: (-len(self._form(n)), n)):
            own = self._form(name)
            forms.setdefault(next((form for form in forms if form.endswith(own)), own), []).append(name)
        if len(forms) < 2:
            return []
        usual = max(forms.values(), key=lambda alike: sum(len(names[n]) for n in alike))
        return [usual, *(alike for alike in forms.values() if alike is not usual)]

    def _form(self, name: str) -> str:
        for long, short in self.lexicon["short"].items():
            name = name.replace(long, short)
        return name

    def _bodies(self) -> Iterable[clingo.Symbol]:
        """The collective bodies that the text names, and those of which some sentence says how they come about or who belongs to them."""
        from .facts import constant
        from .worlds import symbol

        for actor, names in sorted(self._names.items()):
            label = self.kb.term(actor).label.zh
            if actor not in self.kb.actors or not re.search(self.lexicon["collective"], label):
                continue
            if re.search(self.lexicon["organs"], label) or any(word in label for word in self.lexicon["joining"]):
                continue
            named = [n for n in self.norms if any(name in n.quote for name in names)]
            yield from (symbol("body", constant(actor), norm.id) for norm in named)
            meeting = re.search(self.lexicon["meeting"], label)
            marks = [*self.lexicon["establishing"], *(self.lexicon["convening"] if meeting else [])]
            if any(mark in norm.quote for norm in named for mark in marks):
                yield symbol("established", constant(actor))

    def _asks(self, label: str) -> list[str]:
        """What the question of a reading is about: whom a sentence binds, how often something is to be done."""
        by_word = [what for what, words in self.lexicon["asks"].items() if re.search(_any(words), label)]
        actors = _any(w for w in self.kb.actor_words if not w.isascii())
        asked = re.search(f"^(?:{actors})是否属于|是否包括(?:{actors})$", label)
        return sorted({*by_word, *(["scope"] if asked else [])})

    # -- the same rule twice --------------------------------------------------------------------------------------------------------

    def _alike(self) -> list[tuple[str, str]]:
        """The norms of two sentences whose rules are the same but for the norm's id."""
        lines = {p: self._line(p) for n in self.norms for p in n.rules}
        forms: dict[frozenset[str], list[str]] = {}
        for norm in self.norms:
            own = frozenset(NORM_ID.sub("", lines[p]) for p in norm.rules if norm.id in lines[p])
            if own and all(len(NORM_ID.findall(lines[p])) == 1 for p in norm.rules):
                forms.setdefault(own, []).append(norm.id)
        return [pair for found in forms.values() for pair in combinations(found, 2) if not self._one_sentence(*pair)]

    def _one_sentence(self, one: str, other: str) -> bool:
        a, b = self.kb.norms[one], self.kb.norms[other]
        return (a.article, a.paragraph) == (b.article, b.paragraph) and (a.quote in b.quote or b.quote in a.quote)

    def _line(self, place: str) -> str:
        file, _, line = place.rpartition(":")
        return (self.kb.root / file).read_text(encoding="utf-8").splitlines()[int(line) - 1].split("%")[0].strip()

    def _repeated(self) -> Iterable[tuple[str, str, str]]:
        """The norms of two articles that ask for the same in nearly the same words, and what they say twice."""
        asking = [n for n in self.norms if n.kind in ASKING and n.strength != "exhortative"]
        forms = {n.id: self._gists(n) for n in asking}
        for one, other in combinations(asking, 2):
            if one.article == other.article or (one.kind == "prohibition") != (other.kind == "prohibition"):
                continue
            if self._two_bodies(one.subject, other.subject):
                continue
            alike = [p for p, a in forms[one.id] for _, b in forms[other.id] if _likeness(a, b) >= LIKENESS]
            if alike:
                yield one.id, other.id, min(alike, key=len)

    def _gists(self, norm: Norm) -> list[tuple[str, frozenset[str]]]:
        """The whole of what a norm says, its last clause and its last item, each with the pairs of its characters that count."""
        parts = {norm.quote, re.split("[，,；;]", norm.quote)[-1], re.split("[，,；;、]", norm.quote)[-1]}
        weighed = ((part, self._weighed(norm, part)) for part in sorted(parts))
        return [(p, frozenset(a + b for a, b in pairwise(w))) for p, w in weighed if len(w) >= SHORTEST]

    def _weighed(self, norm: Norm, text: str) -> str:
        """The words that count: without him who is bound, fillers and punctuation; a thing by its own name."""
        repeated, subject = self.lexicon["repeated"], self.kb.term(norm.subject)
        own = f"^(?:{_any([subject.label.zh, *(a for a in subject.aliases if not a.isascii())])})"
        for word, thing in self.kb.thing_words.items():
            text = text.replace(word, self.kb.term(thing).label.zh)
        text = re.sub(repeated["filling"], "", re.sub(repeated["synonymous"], "行", re.sub(own, "", text)))
        return PUNCTUATION.sub("", re.sub(own, "", text))

    def _two_bodies(self, one: str, other: str) -> bool:
        """Whether these are two bodies, so that what is asked of the one is not asked of the other."""
        return one != other and all(
            re.search(self.lexicon["collective"], self.kb.term(a).label.zh) for a in (one, other)
        )


def names_in(text: str, words: Iterable[str], abbreviating: str) -> Iterator[re.Match[str]]:
    """Where a text names what the words are names of; a name inside a longer one or in the title of a document does not count, nor do
    a full name and its abbreviation where the text introduces it.

    Args:
        abbreviating: a pattern for what stands between the two.
    """
    chinese = [w for w in words if not w.isascii()]
    plain = TITLE.sub(lambda title: " " * len(title[0]), text)
    for name in re.finditer(_any(chinese), plain) if chinese else ():
        if not re.match(abbreviating, plain[name.end() :]) and not re.search(
            f"(?:{abbreviating})$", plain[: name.start()]
        ):
            yield name


ASKING = ("obligation", "prohibition", "power", "deadline", "procedure", "reference")
"""The kinds of norms that ask for something, unless they only exhort."""


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the pairs of characters that two texts have in common."""
    return 2 * len(one & other) / (len(one) + len(other))
