"""Finding words in the text, the norms, the queries, the kinds of matter, the terms and the readings.

Words are found wherever they stand, also two characters inside a longer word. A word that holds the name of an office or body which the
knowledge base knows under several names (an alias) is looked for under each of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .errors import Bilingual, InputError

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase
    from .queries import Query

LONGEST = 200
AROUND = 24
SECTIONS = {
    "text": Bilingual("条文", "Text"),
    "norms": Bilingual("规范", "Norms"),
    "queries": Bilingual("查询", "Queries"),
    "kinds": Bilingual("事项类型", "Kinds of matter"),
    "terms": Bilingual("词语", "Terms"),
    "readings": Bilingual("解释分歧", "Readings"),
}
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff]"
_SPACE = re.compile(rf"(?<={_WIDE}|\d)\s+(?={_WIDE})|(?<={_WIDE})\s+(?=\d)")


def normal(text: str) -> str:
    """The text as it is compared: half-width, lower case, without the spaces that the print of the regulation has inside sentences."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SPACE.sub("", folded)


class Words:
    """The words of a search, each with the forms under which it is looked for; a text is found if it holds all of them.

    Args:
        kb: the knowledge base.
        written: the words, as the user wrote them.

    Raises:
        InputError: there is no word, or they are too long.
    """

    def __init__(self, kb: KnowledgeBase, written: Iterable[str]) -> None:
        words = [normal(w) for part in written for w in part.split()]
        if not words:
            raise InputError("write at least one word to look for", "请写出要查找的词语")
        if any(len(w) > LONGEST for w in words):
            raise InputError(f"a word has at most {LONGEST} characters", f"词语最多 {LONGEST} 个字符")
        self.forms = {word: self._forms(kb, word) for word in words}

    @staticmethod
    def _forms(kb: KnowledgeBase, word: str) -> tuple[str, ...]:
        """The word, and the word with the longest name in it replaced by each of the other names of the same thing."""
        named: dict[str, list[tuple[str, ...]]] = {}
        for term in (kb.terms[actor] for actor in sorted(set(kb.actor_words.values()))):
            names = tuple(normal(n) for n in (term.label.zh, *term.aliases))
            for name in names:
                if len(name) > 1 and name in word:
                    named.setdefault(name, []).append(names)
        if not named:
            return (word,)
        longest = max(named, key=lambda name: (len(name), name))
        others = (word.replace(longest, other) for names in named[longest] for other in names)
        return tuple(dict.fromkeys((word, *others)))

    def find(self, text: str) -> tuple[int, int] | None:
        """Where the first word stands in the text, normalised, if all words do."""
        normalised = normal(text)
        places = []
        for forms in self.forms.values():
            found = [(at, at + len(f)) for f in forms if (at := normalised.find(f)) >= 0]
            if not found:
                return None
            places.append(min(found))
        return min(places)

    def extract(self, text: str) -> str | None:
        """What stands around the first word, if all words are in the text."""
        place = self.find(text)
        if place is None:
            return None
        normalised = normal(text)
        start, end = max(0, place[0] - AROUND), min(len(normalised), place[1] + AROUND)
        return ("…" if start else "") + normalised[start:end] + ("…" if end < len(normalised) else "")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its id, its label, and what stands around the words (empty where the label says it all)."""

    id: str
    label: Bilingual
    extract: str

    def to_json(self) -> dict[str, str]:
        """As in JSON output."""
        return {"id": self.id, "zh": self.label.zh, "en": self.label.en, "extract": self.extract}


class Search:
    """A search of a knowledge base."""

    def __init__(self, kb: KnowledgeBase, written: Sequence[str]) -> None:
        self.kb = kb
        self.words = Words(kb, written)

    @cached_property
    def hits(self) -> dict[str, list[Hit]]:
        """What was found, by section, in the order of the text or of the ids."""
        return {
            "text": list(self._text()), "norms": list(self._norms()), "queries": [Hit(q.id, q.title, "") for q in self.queries()],
            "kinds": list(self._kinds()), "terms": list(self._terms()), "readings": list(self._readings()),
        }  # fmt: skip

    def queries(self) -> list[Query]:
        """The queries whose title, name, note or columns hold the words."""
        from .queries import Library

        return [
            q
            for q in Library(self.kb).queries.values()
            if self.words.find(
                "\n".join([q.id, q.id.replace("_", " "), *q.title, *q.about, *(t for c in q.columns for t in c.label)])
            )
        ]

    def _text(self) -> Iterable[Hit]:
        for article in self.kb.text["articles"]:
            for number, paragraph in enumerate(article["paragraphs"], 1):
                if extract := self.words.extract(paragraph):
                    place = f"{article['number']}.{number}"
                    yield Hit(
                        place,
                        Bilingual(
                            f"第{article['number']}条第{number}款", f"article {article['number']}, paragraph {number}"
                        ),
                        extract,
                    )

    def _norms(self) -> Iterable[Hit]:
        for norm in self.kb.norms.values():
            if self.words.find(norm.quote) or self.words.find(norm.gist):
                yield Hit(norm.id, Bilingual(norm.quote, norm.gist), "")

    def _kinds(self) -> Iterable[Hit]:
        for kind in self.kb.kinds.values():
            fields = [w for f in kind.fields.values() for w in (*f.term.words, f.term.label.en)]
            own = [*kind.term.words, kind.term.label.en]
            if self.words.find("\n".join(own)):
                yield Hit(kind.term.id, kind.term.label, "")
            elif extract := next((w for w in fields if self.words.find(w)), None):
                yield Hit(kind.term.id, kind.term.label, extract)

    def _terms(self) -> Iterable[Hit]:
        for term in self.kb.terms.values():
            if self.words.find("\n".join([*term.words, term.label.en])):
                yield Hit(term.id, term.label, "、".join(term.aliases))

    def _readings(self) -> Iterable[Hit]:
        for id_, entry in sorted(self.kb.readings.items()):
            options = [label for o in entry["options"].values() for label in (o["zh"], o["en"])]
            if self.words.find("\n".join([id_, entry["zh"], entry["en"], *options])):
                yield Hit(id_, Bilingual(entry["zh"], entry["en"]), "")

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        return {
            "words": {word: list(forms) for word, forms in self.words.forms.items()},
            "hits": {section: [h.to_json() for h in found] for section, found in self.hits.items()},
        }


def pretty(search: Search, lang: str) -> str:
    """What was found, for a terminal."""
    from .query_tables import word
    from .terminal import clean

    lines: list[str] = []
    also = [form for w, forms in search.words.forms.items() for form in forms if form != w]
    if also:
        lines += [clean(f"{'同时查找' if lang == 'zh' else 'also looked for'}: {', '.join(also)}"), ""]
    for section, found in search.hits.items():
        if found:
            lines.append(f"{SECTIONS[section].say(lang)} ({len(found)})")
            lines += [clean(f"  {h.id}  {_said(section, h, lang)}") for h in found]
            lines.append("")
    return "\n".join(lines).rstrip() if any(search.hits.values()) else "\n".join([*lines, word("none_found", lang)])


def _said(section: str, hit: Hit, lang: str) -> str:
    if section == "text":
        return hit.extract
    return hit.label.say(lang) + (f"  ({hit.extract})" if hit.extract else "")
