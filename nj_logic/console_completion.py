"""What the word before the cursor of ``nj console`` can become: commands, predicates, terms, fields, ids, files, each with what it means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click

from .console import ALIASES, NAMES, OF_A_CASE, Session, lines, split_words, summary, taken
from .errors import Bilingual, InputError
from .goals import ENGINES, Ground
from .intake import ABSENCE, ENTRY, TOP
from .phrasing import OPEN

MOST_FILES = 500
LANGS = ("zh", "en")
LANGUAGES = {"zh": Bilingual("中文", "Chinese"), "en": Bilingual("英文", "English")}
YES_NO = {"yes": Bilingual("是", "yes"), "no": Bilingual("否", "no")}
ITEMS = {"record": ENTRY, "absences": ABSENCE}
_PLACE = re.compile(r"\{(\d+|compared)[^}]*\}")


class Candidate(NamedTuple):
    """What the last characters of a line can become.

    Attributes:
        text: what is put in.
        replaced: in place of how many characters before the cursor.
        label: what it means, in the language of the session.
    """

    text: str
    replaced: int
    label: str


Offer = tuple[str, Bilingual]
"""A text that may be put in, and what it means."""
NOTHING = Bilingual("", "")


class Completion:
    """Completes the lines of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kb = session.desk

    def candidates(self, line: str) -> list[Candidate]:
        """What can stand at the end of *line*, which ends at the cursor; the likeliest first, each once."""
        found: dict[str, Candidate] = {}
        for candidate in self._candidates(line.lstrip()):
            found.setdefault(candidate.text, candidate)
        return [*found.values()]

    def _candidates(self, line: str) -> Iterator[Candidate]:
        head, rest = (*line.split(None, 1), "", "")[:2]
        begun = len(line) > len(head)
        if head == "nj" and begun:
            yield from self._candidates(rest)
            return
        name = ALIASES.get(head, head)
        if not begun and "(" not in line:
            yield from self._matching(line, [*self._commands(), *self._predicates()])
        elif name in ENGINES or name not in lines.commands:
            yield from self._of_goal(rest if name in ENGINES else line)
        else:
            yield from self._of_command(lines.commands[name], rest)

    def _matching(self, word: str, offered: Iterable[Offer], replaced: int | None = None) -> Iterator[Candidate]:
        """Of what is offered, what begins like *word*; if nothing does, where it or what it means holds a word that begins so."""
        offered, low = [*offered], word.casefold()
        length = len(word) if replaced is None else replaced
        fitting = [one for one in offered if one[0].casefold().startswith(low)]
        if not fitting:
            inside = re.compile(re.escape(low) if not low.isascii() else rf"(?:\b|_){re.escape(low)}")
            fitting = [(t, said) for t, said in offered if any(inside.search(w.casefold()) for w in (t, *said))]
            fitting.sort(key=lambda one: min(_distance(low, w.casefold()) for w in one[1]))
        yield from (Candidate(text, length, said.say(self.session.lang)) for text, said in fitting)

    # -- the first word ----------------------------------------------------------------------------------------------

    def _commands(self) -> Iterator[Offer]:
        told = {
            name: Bilingual(*(summary(command, lang) for lang in LANGS)) for name, command in lines.commands.items()
        }
        chinese = [(zh, told[id_]) for zh, id_ in NAMES.items()]
        yield from [*chinese, *told.items()] if self.session.lang == "zh" else [*told.items(), *chinese]

    def _predicates(self) -> Iterator[Offer]:
        for name, arity in self._known:
            phrase = self.kb.phrases.get(f"{name}_{arity}", {})
            said = (f"/{arity}  {_PLACE.sub(OPEN, phrase.get(lang, ''))}".rstrip() for lang in LANGS)
            yield f"{name}(", Bilingual(*said)

    @cached_property
    def _known(self) -> list[tuple[str, int]]:
        return Ground(self.kb).known

    # -- goals -------------------------------------------------------------------------------------------------------

    def _of_goal(self, goal: str) -> Iterator[Candidate]:
        string = re.search(r'"([^"]*)$', goal) if goal.count('"') % 2 else None
        if string:
            yield from self._matching(string[1], ((f'{n}"', label) for n, label in self._norms()))
            return
        word = re.search(r"\w*$", goal)
        fragment = word[0] if word else ""
        if goal.count("(") > goal.count(")"):
            yield from self._matching(fragment, self._terms() if fragment else self._own_terms())
            if re.match(r"a\d", fragment):
                yield from self._matching(fragment, ((f'"{n}"', label) for n, label in self._norms()), len(fragment))
        if fragment or goal.count("(") <= goal.count(")"):
            yield from self._matching(fragment, self._predicates())

    def _own_terms(self) -> Iterator[Offer]:
        """The words of the case's kind: facts and their options, questions, readings."""
        case = self.session.case
        if case is None:
            yield from self._labelled(self.kb.actors)
            return
        yield from self._fields("")
        for declared in case.kind.fields.values():
            yield from self._labelled(declared.options)
        yield from self._labelled(case.kind.questions)
        for topic in self._topics():
            yield from self._labelled([topic, *self.kb.readings[topic]["options"]])

    def _terms(self) -> Iterator[Offer]:
        """The words of the case's kind, then offices and bodies, acts, everything else."""
        yield from self._own_terms() if self.session.case else ()
        yield from self._labelled([*self.kb.actors, *self.kb.action_words.values(), *self.kb.labels])

    def _labelled(self, ids: Iterable[str]) -> Iterator[Offer]:
        yield from ((id_, self.kb.labels.get(id_, NOTHING)) for id_ in ids)

    def _norms(self) -> Iterator[Offer]:
        for id_, norm in self.kb.norms.items():
            yield id_, Bilingual(norm.quote, norm.gist)

    def _topics(self) -> list[str]:
        case = self.session.case
        return sorted({t for used in case.kind.topics.values() for t in used} if case else self.kb.readings)

    # -- commands ----------------------------------------------------------------------------------------------------

    def _of_command(self, command: click.Command, rest: str) -> Iterator[Candidate]:
        """What the last word of a command can become, by the parameter that it is for."""
        try:
            words = split_words(rest)
        except InputError:
            words, rest = split_words(f'{rest}"'), rest + " " * rest.endswith('"')
        word = words.pop() if words and not rest[-1:].isspace() else ""
        if word.startswith("-"):
            yield from self._matching(word, self._options(command))
            return
        given = [p.name or "" for p in command.params if isinstance(p, click.Argument)]
        if taken(command) in OF_A_CASE and self.session.case is not None:
            given = given[1:]
        at = min(len(words), len(given) - 1)
        option = words[-1] if words and words[-1].startswith("--") else ""
        wanted = option.removeprefix("--") or (given[at] if given else "")
        offer = self._offers.get(wanted)
        if offer is not None:
            yield from offer(word, words)

    @property
    def _offers(self) -> dict[str, Callable[[str, list[str]], Iterator[Candidate]]]:
        """How a word is completed, by the name of the parameter or the option that it is for."""
        files: Callable[[str, list[str]], Iterator[Candidate]] = lambda word, _: _files(word)  # noqa: E731

        def among(offered: Callable[[], Iterable[Offer]]) -> Callable[[str, list[str]], Iterator[Candidate]]:
            return lambda word, _: self._matching(word, offered())

        return {
            **dict.fromkeys(("file", "case_file", "case_files", "register", "amendment", "target", "case", "roster", "interpretations"), files),
            "goal": lambda word, _: self._aim(word), "finding": among(lambda: (one for one in self._printed() if one[0].startswith("f"))), "changes": lambda word, _: self._change(word),
            "readings": lambda word, _: self._reading(word), "reading": lambda word, _: self._reading(word),
            "ids": among(self._norms), "number": among(self._articles), "name": among(self._queries), "given": self._argument,
            "kind": among(lambda: self._labelled(self.kb.kind_terms)),
            "language": among(LANGUAGES.items), "lang": among(LANGUAGES.items),
        }  # fmt: skip

    def _options(self, command: click.Command) -> Iterator[Offer]:
        for option in (p for p in command.params if isinstance(p, click.Option)):
            yield option.opts[0], Bilingual(option.help or "", option.help or "")

    def _printed(self) -> Iterator[Offer]:
        yield from ((id_, Bilingual(said, said)) for id_, said in self.session.printed.items())

    def _aim(self, word: str) -> Iterator[Candidate]:
        """What ``why`` and ``whynot`` take: a printed id, OFFICE:ACT, QUESTION=VALUE, an atom."""
        if "(" in word:
            yield from self._of_goal(word)
            return
        office, colon, act = word.partition(":")
        question, sign, value = word.partition("=")
        if colon and office:
            yield from self._matching(act, self._labelled(dict.fromkeys(self.kb.action_words.values())))
        elif sign and question:
            yield from self._matching(value, self._labelled([*self.kb.actors, *self.kb.value_words.values()]))
        else:
            questions = self.session.case.kind.questions if self.session.case else ()
            asked = ((f"{q}=", label) for q, label in self._labelled(questions))
            yield from self._matching(word, [*self._printed(), *asked])
            if word:
                offices = ((f"{o}:", label) for o, label in self._labelled(self.kb.actors))
                yield from self._matching(word, [*offices, *self._predicates()])

    def _change(self, word: str) -> Iterator[Candidate]:
        """``KEY=VALUE`` for ``set`` and ``what-if``."""
        case = self.session.case
        if case is None:
            return
        key, sign, value = word.partition("=")
        place = re.fullmatch(r"(record|absences)\[\d+\]\.(\w*)", key)
        if not sign and place:
            names = ((f"{k}=", Bilingual(zh, k)) for k, zh in ITEMS[place[1]].items())
            yield from self._matching(place[2], names)
        elif not sign:
            held = (("record", case.record or ()), ("absences", case.absences))
            entries = [
                (f"{name}[{n}].", Bilingual(TOP[name], name)) for name, some in held for n, _ in enumerate(some, 1)
            ]
            yield from self._matching(
                word, [*self._fields("="), *((f"{n}=", Bilingual(TOP[n], n)) for n in ("date", "complete")), *entries]
            )
        elif place:
            offered = self.kb.action_words if place[2] == "action" else self.kb.actors
            yield from self._matching(value, self._labelled(offered))
        else:
            declared = case.kind.fields.get(case.kind.field_words.get(key, ""))
            boolean = key == "complete" or (declared is not None and declared.type == "boolean")
            options = [*YES_NO.items()] if boolean else []
            yield from self._matching(value, [*options, *self._labelled(declared.options if declared else ())])

    def _fields(self, end: str) -> Iterator[Offer]:
        case = self.session.case
        for id_, declared in case.kind.fields.items() if case else ():
            yield f"{id_}{end}", declared.term.label

    def _reading(self, word: str) -> Iterator[Candidate]:
        topic, sign, option = word.partition("=")
        if sign and topic in self.kb.readings:
            options = self.kb.readings[topic]["options"].items()
            yield from self._matching(option, ((o, Bilingual(entry["zh"], entry["en"])) for o, entry in options))
        elif not sign:
            yield from self._matching(word, ((f"{t}=", said) for t, said in self._labelled(self._topics())))

    def _articles(self) -> Iterator[Offer]:
        for entry in self.kb.text["articles"]:
            yield str(entry["number"]), Bilingual(*[entry["paragraphs"][0]] * 2)

    def _queries(self) -> Iterator[Offer]:
        from .queries import Library

        for id_, query in Library(self.kb).queries.items():
            yield id_, query.title

    def _argument(self, word: str, words: list[str]) -> Iterator[Candidate]:
        """``key=value`` of a query."""
        from .queries import Library

        query = Library(self.kb).queries.get(words[0])
        key, sign, value = word.partition("=")
        if query is None or (sign and key not in query.parameters):
            return
        if not sign:
            yield from self._matching(word, ((f"{p.id}=", p.label) for p in query.parameters.values()))
            return
        ids = {
            "actor": self.kb.actors,
            "action": self.kb.action_words.values(),
            "kind": self.kb.kind_terms,
            "topic": self.kb.readings,
        }
        match query.parameters[key].type:
            case "norm":
                offered = self._norms()
            case "article":
                offered = self._articles()
            case "boolean":
                offered = iter(YES_NO.items())
            case type_:
                offered = chain(query.words.items(), self._labelled(ids.get(type_, self.kb.labels if value else ())))
        yield from self._matching(value, offered)


def _distance(start: str, label: str) -> int:
    """How far a label is from what was typed: the same, begins so, holds it."""
    return 0 if label == start else 1 if label.startswith(start) else 2


def _files(word: str) -> Iterator[Candidate]:
    """The files and folders whose names begin like the path; a name with a space is put in quotes."""
    folder, slash, start = word.rpartition("/")
    entries: list[tuple[str, bool]] = []
    with suppress(OSError, ValueError):
        entries = sorted((e.name, e.is_dir()) for e in Path(folder + slash or ".").expanduser().iterdir())[:MOST_FILES]
    for name, is_folder in entries:
        if name.startswith(start) and name.isprintable() and (start or not name.startswith(".")):
            path = f"{folder}{slash}{name}{'/' * is_folder}"
            yield Candidate(f'"{path}"' if " " in path else path, len(word), "")
