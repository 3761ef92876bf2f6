"""What the words of a regulation give an audit: vague conditions, open bounds and days, references, names, founding words.

The words looked for stand in ``kb/reasoning/audit/lexicon.yaml``; they belong to official drafting, not to a regulation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from .declared import NORM_ID

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
            yield from (symbol("vague", norm.id, word) for word in self._vague(norm))
            yield from (symbol("unclear_bound", norm.id, word) for word in self._bounds(norm))
            yield from (symbol("unclear_days", norm.id, word) for word in self._days(norm))
            yield from (symbol("refers", norm.id, text) for text in norm.points_to if self._unspecified(text))
        for word in {w["zh"] for w in self.lexicon["vague"]}:
            if any(
                mark in n.quote and word in n.quote.split(mark)[0]
                for n in self.norms
                for mark in self.lexicon["defining"]
            ):
                yield symbol("defined", word)
        for actor, names in self._names.items():
            yield from (symbol("named", constant(actor), word, norm) for word, found in names.items() for norm in found)
        yield from self._bodies()
        yield from (symbol("alike", one, other) for one, other in self._alike())

    def _vague(self, norm: Norm) -> list[str]:
        words = sorted((w["zh"] for w in self.lexicon["vague"]), key=len, reverse=True)
        return sorted({m[0] for m in re.finditer("|".join(map(re.escape, words)), norm.quote)}) if words else []

    def _bounds(self, norm: Norm) -> set[str]:
        bounds = self.lexicon["bounds"]
        clear = "|".join(map(re.escape, bounds["clear"]))
        pattern = (
            f"(?:{bounds['numeral']})({'|'.join(map(re.escape, bounds['words']))})(?![^，。；,;]{{0,6}}(?:{clear}))"
        )
        return {m[1] for m in re.finditer(pattern, norm.quote) if not re.search(clear, m[0])}

    def _days(self, norm: Norm) -> set[str]:
        days = self.lexicon["days"]
        clear = "|".join(map(re.escape, days["clear"]))
        return {
            m[0] for m in re.finditer(days["pattern"], norm.quote)
            if not re.search(f"(?:{clear})$", norm.quote[: m.start()]) and not re.search(f"^.{{0,2}}(?:{clear})", norm.quote[m.end() - 1 :])
        }  # fmt: skip

    def _unspecified(self, text: str) -> bool:
        return any(re.fullmatch(pattern, text) for pattern in self.lexicon["unspecified"])

    @cached_property
    def _names(self) -> dict[str, dict[str, list[str]]]:
        """By actor: what the text calls him, and where; a name inside a longer name does not count."""
        by_word = {w: a for w, a in self.kb.actor_words.items() if not w.isascii()}
        pattern = re.compile("|".join(sorted(map(re.escape, by_word), key=len, reverse=True)))
        found: dict[str, dict[str, list[str]]] = {}
        for norm in self.norms:
            for match in pattern.finditer(norm.quote):
                places = found.setdefault(by_word[match[0]], {}).setdefault(match[0], [])
                if norm.id not in places:
                    places.append(norm.id)
        return found

    def _bodies(self) -> Iterable[clingo.Symbol]:
        """The collective bodies that are to act, and those of which some sentence says how they come about or who belongs to them."""
        from .facts import constant
        from .worlds import symbol

        endings, founding = tuple(self.lexicon["collective"]), self.lexicon["establishing"]
        for actor, names in sorted(self._names.items()):
            label = self.kb.term(actor).label.zh
            if not label.endswith(endings) or any(word in label for word in self.lexicon["joining"]):
                continue
            own = [n for n in self.norms if n.subject == actor]
            for norm in own:
                yield symbol("acting_body", constant(actor), norm.id)
            named = [n for n in self.norms if any(name in n.quote for name in names) or n.subject == actor]
            if any(mark in norm.quote for norm in named for mark in founding):
                yield symbol("established", constant(actor))

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
