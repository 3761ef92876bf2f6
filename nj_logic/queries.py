"""The query library: questions about the knowledge base or a case, one a file in ``queries/``, each of which describes itself.

A file is a program in ASP (``.lp``) or Prolog (``.pl``) that derives ``answer(…)``, one argument a column. The comment lines that begin
with ``%:`` are its description, in YAML: see ``queries/README.md``. A query in both engines is two files of one name; the ``.lp`` one
describes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .declared import NORM_ID, norm_order
from .errors import Bilingual, InputError, KnowledgeError, nearest, unknown_word
from .goals import MOST_ANSWERS, Found, Ground, Row, Text, run_prolog

if TYPE_CHECKING:
    import clingo

    from .case import Case
    from .knowledge import KnowledgeBase

MOST_LISTED = 60
ENGINES = {".lp": "asp", ".pl": "prolog"}
TYPES = frozenset(
    ["actor", "action", "term", "kind", "topic", "option", "fact", "question", "answer", "norm_word", "norm", "integer", "article", "day",
     "money", "boolean", "text", "person"]
)  # fmt: skip
GROUNDS = frozenset({"knowledge", "law", "case"})
"""What a query asks: the knowledge base; the law applied to matters that the query itself supposes; a case."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a query's answers.

    Attributes:
        of: the kinds whose facts (type ``fact``), or the topics whose options (type ``option``), the column holds; an ``option`` without
            them belongs to the topic in the row's column of that type, an ``answer`` to the row's question.
    """

    id: str
    type: str
    label: Bilingual
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: one that is also a column's name keeps the answers that have the value; another is given to the program.

    Attributes:
        default: the value's word if none is given; None means any value, or, if *required*, that one must be given.
    """

    id: str
    type: str
    label: Bilingual
    default: str | None
    required: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the library.

    Attributes:
        ground: ``knowledge``, ``law`` or ``case``.
        programs: the program text by engine, the preferred engine first.
        example: ``arguments``, ``case`` (a file of examples/, or a case) and ``answers``.
    """

    id: str
    title: Bilingual
    about: Bilingual
    articles: tuple[int, ...]
    ground: str
    parameters: Mapping[str, Parameter]
    columns: tuple[Column, ...]
    example: Mapping[str, Any]
    programs: Mapping[str, str]
    files: tuple[str, ...]
    words: Mapping[str, Bilingual]

    def to_json(self) -> dict[str, Any]:
        """The description."""
        return {
            "query": self.id, "zh": self.title.zh, "en": self.title.en, "about": self.about._asdict(), "articles": list(self.articles),
            "ground": self.ground, "engines": list(self.programs), "files": list(self.files),
            "parameters": [
                {"id": p.id, "type": p.type, "zh": p.label.zh, "en": p.label.en, "default": p.default, "required": p.required}
                for p in self.parameters.values()
            ],
            "columns": [{"id": c.id, "type": c.type, "zh": c.label.zh, "en": c.label.en} for c in self.columns],
            "example": dict(self.example),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to a query or a goal, with what is needed to show them.

    Attributes:
        query: the query, or None for a goal of one's own.
        goal: the goal, or the empty string.
        arguments: the parameters' values.
        columns: each column's name, type and label.
        people: the officials' titles by their ids, where there is a case.
    """

    kb: KnowledgeBase
    query: Query | None
    goal: str
    engine: str
    arguments: Mapping[str, str]
    case: str | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    truncated: bool
    people: Mapping[str, str]

    @property
    def norms(self) -> list[str]:
        """The norms that the answers name, in the order of the text."""
        return sorted({v for r in self.rows for v in r.values if _is_norm(self.kb, v)}, key=norm_order)

    def to_json(self) -> dict[str, Any]:
        """As in JSON output."""
        asked = {"query": self.query.id} if self.query is not None else {"goal": self.goal}
        return {
            **asked, "engine": self.engine, "arguments": dict(self.arguments), "case": self.case,
            "columns": [{"id": c.id, "type": c.type, "zh": c.label.zh, "en": c.label.en} for c in self.columns],
            "rows": [
                {
                    **{c.id: plain(self, c, v, row) for c, v in zip(self.columns, row.values, strict=True)},
                    **({"_holds": "sometimes", "_under": [s.to_json() for s in row.under]} if row.varies else {}),
                }
                for row in self.rows
            ],
            "norms": [{"id": n, "quote": self.kb.norms[n].quote} for n in self.norms], "truncated": self.truncated,
        }  # fmt: skip


class Library:
    """The queries of a knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.folder = kb.root / "queries"

    @cached_property
    def queries(self) -> dict[str, Query]:
        """Every query by its id, in the order of the articles.

        Raises:
            KnowledgeError: a file does not describe itself as it should.
        """
        files: dict[str, list[Path]] = {}
        for path in sorted(self.folder.rglob("*.?l")) + sorted(self.folder.rglob("*.lp")):
            if path.suffix in ENGINES and path.stem != "common" and path not in files.setdefault(path.stem, []):
                files[path.stem].append(path)
        found = [self._read(name, sorted(paths, key=lambda p: p.suffix)) for name, paths in sorted(files.items())]
        return {q.id: q for q in sorted(found, key=lambda q: (q.articles[:1] or (0,), q.id))}

    def _read(self, name: str, paths: list[Path]) -> Query:
        import yaml

        texts = {path: path.read_text(encoding="utf-8") for path in paths}
        described = [(p, t) for p, t in texts.items() if t.startswith("%:")]
        if len(described) != 1:
            raise _wrong(paths[0], "one file of a query describes it in lines that begin with %:")
        path, text = described[0]
        head = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("%:"))
        try:
            entry = yaml.load(head, Loader=yaml.CBaseLoader)
            columns = tuple(
                Column(c, spec["type"], Bilingual(spec["zh"], spec["en"]), tuple(spec.get("of", [])))
                for c, spec in entry["columns"].items()
            )
            parameters = {
                p: Parameter(
                    p,
                    spec["type"],
                    Bilingual(spec["zh"], spec["en"]),
                    spec.get("default"),
                    spec.get("required") == "true",
                )
                for p, spec in entry.get("parameters", {}).items()
            }
            query = Query(
                name, Bilingual(entry["title"]["zh"], entry["title"]["en"]),
                Bilingual(entry.get("about", {}).get("zh", ""), entry.get("about", {}).get("en", "")),
                tuple(int(a) for a in entry["articles"]), entry.get("ground", "knowledge"), parameters, columns, entry["example"],
                {ENGINES[p.suffix]: texts[p] for p in paths}, tuple(p.relative_to(self.kb.root).as_posix() for p in paths),
                {w: Bilingual(label["zh"], label["en"]) for w, label in entry.get("words", {}).items()},
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
            raise _wrong(path, f"its description is incomplete: {error!r}") from None
        types = {c.type for c in columns} | {p.type for p in parameters.values()}
        if types - TYPES or query.ground not in GROUNDS:
            raise _wrong(path, f"unknown types {sorted(types - TYPES)} or ground {query.ground}")
        return query

    def query(self, id_: str) -> Query:
        """The query of that id, or with that title.

        Raises:
            InputError: there is none.
        """
        titles = {q.title.zh: q for q in self.queries.values()} | {q.title.en: q for q in self.queries.values()}
        found = self.queries.get(id_) or titles.get(id_)
        if found is None:
            error = unknown_word("query of the library", "查询库中的查询", id_, self.queries)
            en, zh = error.message.en.partition(" Allowed:")[0], error.message.zh.partition("可用：")[0]
            raise InputError(
                f"{en} nj ask lists them, nj ask --search WORDS finds them",
                f"{zh}nj ask 列出全部查询,nj ask --search 词语 可查找",
            )
        return found

    def arguments(self, query: Query, given: Mapping[str, str]) -> dict[str, Any]:
        """The parameters' values, typed; those that are neither given nor have a default are left out.

        Raises:
            InputError: an unknown parameter or a value that it cannot have, or a required one is missing.
        """
        labels = {p.label.zh: p.id for p in query.parameters.values()}
        named: dict[str, str] = {}
        for name, value in given.items():
            id_ = labels.get(name, name)
            if id_ not in query.parameters:
                if not query.parameters:
                    raise InputError(f"{query.id} takes no parameters", f"{query.id} 没有参数")
                raise unknown_word(f"parameter of {query.id}", f"{query.id} 的参数", name, query.parameters)
            named[id_] = value
        values: dict[str, Any] = {}
        for id_, parameter in query.parameters.items():
            written = named.get(id_, parameter.default)
            if written is None:
                if parameter.required:
                    raise InputError(
                        f"{query.id} needs {id_} ({parameter.label.en}): {id_}=…",
                        f"{query.id} 需要 {id_}({parameter.label.zh}):{id_}=…",
                    )
                continue
            values[id_] = _typed(self.kb, query, parameter, written)
        return values

    def ask(
        self, id_: str, given: Mapping[str, str] | None = None, *, case: Case | None = None, readings: Mapping[str, str] | None = None,
        engine: str | None = None, most: int = MOST_ANSWERS,
    ) -> Answered:  # fmt: skip
        """The answers to a query.

        Args:
            given: the parameters' values as written.
            case: the case, for the queries that ask about one.
            readings: fixed readings.
            engine: ``asp`` or ``prolog``, if the query has both.
            most: how many answers to give.

        Raises:
            InputError: the call does not fit the query.
            EngineMissing: SWI-Prolog is not installed.
        """
        query = self.query(id_)
        arguments = self.arguments(query, given or {})
        if engine is not None and engine not in query.programs:
            raise unknown_word(f"engine of {query.id}", f"{query.id} 的推理引擎", engine, query.programs)
        if query.ground == "case" and case is None:
            raise InputError(f"{query.id} asks about a case: --case FILE", f"{query.id} 针对具体案件:--case 文件")
        if query.ground != "case" and case is not None:
            raise InputError(
                f"{query.id} asks about the rules, not about a case; leave out --case",
                f"{query.id} 只针对规则本身,请去掉 --case",
            )
        used = engine or next(iter(query.programs))
        ground = Ground(self.kb, case, readings)
        run = _by_prolog if used == "prolog" else _by_asp
        found = run(ground, query, _inputs(query, arguments))
        rows = [r for r in found.rows if _kept(query, arguments, r)]
        rows.sort(key=_as_in_the_text(self.kb, rows))
        words = {k: (given or {}).get(k) or query.parameters[k].default or "" for k in arguments}
        words |= {
            k: str(v) for k, (v, *others) in arguments.items() if not others and query.parameters[k].type != "money"
        }
        truncated = found.truncated or len(rows) > most
        return Answered(
            self.kb, query, "", used, words, _name(case), query.columns, tuple(rows[:most]), truncated, _people(case)
        )


def answered_goal(kb: KnowledgeBase, goal: str, engine: str, found: Found, case: Case | None) -> Answered:
    """The answers to a goal of one's own, with columns that are named as its variables."""
    columns = tuple(Column(name, "any", Bilingual(name, name)) for name in found.columns)
    return Answered(kb, None, goal, engine, {}, _name(case), columns, found.rows, found.truncated, _people(case))


def _name(case: Case | None) -> str | None:
    return None if case is None else case.id


def _people(case: Case | None) -> dict[str, str]:
    """The titles of those officials whom the case itself names; the tool's own stand for their office."""
    return {} if case is None else {o.id: o.title for o in case.officials}


def _wrong(path: Path, why: str) -> KnowledgeError:
    return KnowledgeError(f"{why}", f"查询文件的说明有误:{why}", str(path))


def _typed(kb: KnowledgeBase, query: Query, parameter: Parameter, written: str) -> tuple[Any, ...]:
    """A parameter's value: an ``int``, a string (``Text``), or the constants (``str``) that the word stands for."""
    match parameter.type:
        case "integer" | "article":
            if not re.fullmatch(r"[0-9]{1,9}", written):
                raise InputError(
                    f"{parameter.id} is an integer, not {written[:40]!r}",
                    f"{parameter.id}({parameter.label.zh})应为整数,不是“{written[:40]}”",
                )
            return (int(written),)
        case "text":
            return (Text(written),)
        case "norm":
            if written not in kb.norms:
                raise InputError(
                    f"there is no norm {written[:40]!r}; nj norms lists them",
                    f"没有规范“{written[:40]}”;nj norms 列出全部规范",
                )
            return (Text(written),)
        case "boolean":
            from .fields import NO, YES

            if written in YES or written in NO:
                return ("yes" if written in YES else "no",)
            raise InputError(
                f"{parameter.id} is yes or no, not {written[:40]!r}",
                f"{parameter.id} 应为 是 或 否,不是“{written[:40]}”",
            )
        case "money":
            from .amounts import AmountError, parse_money

            try:
                return (kb.cells.index(parse_money(written)),)
            except AmountError as error:
                raise InputError(error.message.en, error.message.zh) from None
    known: dict[str, list[str]] = {}
    for id_, own in query.words.items():
        for word in (id_, own.zh):
            known.setdefault(word, []).append(id_)
    for word, id_ in _words(kb, parameter.type):
        known.setdefault(word, []).append(id_)
    if written not in known:
        raise _no_such_value(parameter, written, known)
    return tuple(dict.fromkeys(known[written]))


def _no_such_value(parameter: Parameter, written: str, known: Mapping[str, object]) -> InputError:
    """The error for a word that a parameter cannot have; what is allowed is listed where it is not too long to read."""
    if len(known) <= MOST_LISTED:
        return unknown_word(parameter.label.en, parameter.label.zh, written, known)
    near = nearest(written, [w for w in known if written in w] or known)
    hint = (f"; did you mean {near}?", f"；是否指“{near}”？") if near else ("", "")
    return InputError(
        f"{written[:80]!r} is no word for {parameter.label.en}{hint[0]} (nj search finds words)",
        f"“{written[:80]}”不是{parameter.label.zh}{hint[1]}(nj search 可查找词语)",
    )


def _words(kb: KnowledgeBase, type_: str) -> Iterator[tuple[str, str]]:
    """Every word for a constant of a type, and the constant; a word may stand for several."""
    match type_:
        case "actor":
            yield from kb.actor_words.items()
        case "action":
            yield from kb.action_words.items()
        case "kind":
            yield from kb.kind_words.items()
        case "topic":
            for id_, entry in kb.readings.items():
                yield from ((id_, id_), (entry["zh"], id_))
        case "norm_word":
            from .terminal import NORM_WORDS

            for id_, label in NORM_WORDS.items():
                yield from ((id_, id_), (label.zh, id_))
        case _:
            for id_, term in kb.terms.items():
                yield from ((word, id_) for word in term.words)
            for id_, label in kb.labels.items():
                yield from ((id_, id_), (label.zh, id_))


def _inputs(query: Query, arguments: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What the program is given: the parameters that are no columns."""
    filters = {c.id for c in query.columns}
    return [(p, v) for p, values in sorted(arguments.items()) if p not in filters for v in values]


def _kept(query: Query, arguments: Mapping[str, Any], row: Row) -> bool:
    wanted = [(i, arguments[c.id]) for i, c in enumerate(query.columns) if c.id in arguments]
    return all(row.values[i] in values for i, values in wanted)


def _by_asp(ground: Ground, query: Query, inputs: list[tuple[str, Any]]) -> Found:
    from . import asp_goal
    from .goals import Share
    from .worlds import Worlds, symbol

    arity = len(query.columns)
    program = "\n".join(
        [
            ground.program(whole=query.ground == "law"),
            "#defined given/2.",
            query.programs["asp"],
            f"#project answer/{arity}.",
        ]
    )
    facts = [*ground.facts, *(symbol("given", _constant(p), _symbol(v)) for p, v in inputs)]
    worlds = Worlds(program, facts, ground.topics, [("answer", arity)])
    found = asp_goal.rows(worlds, "answer", 10**6)
    rows = tuple(
        Row(tuple(_value(v) for v in row["values"]), row["varies"], tuple(Share(**s) for s in row["under"]))
        for row in found["rows"]
    )
    return Found(tuple(c.id for c in query.columns), rows)


def _by_prolog(ground: Ground, query: Query, inputs: list[tuple[str, Any]]) -> Found:
    (found,) = run_prolog(ground, [{"program": prolog_program(query, inputs), "goal": None}], most=10**6)
    return found


def prolog_program(query: Query, inputs: list[tuple[str, Any]]) -> str:
    """The program of a query in Prolog, with what it is given."""
    given = "".join(f"given({name},{_symbol(value)}).\n" for name, value in inputs)
    return f"{query.programs['prolog']}\n{given}"


def _constant(name: str) -> clingo.Symbol:
    import clingo

    return clingo.Function(name)


def _symbol(value: Any) -> clingo.Symbol:  # noqa: ANN401
    import clingo

    if isinstance(value, int):
        return clingo.Number(value)
    return clingo.String(value) if isinstance(value, Text) else clingo.Function(value)


def _value(encoded: Any) -> Any:  # noqa: ANN401
    return Text(next(iter(encoded.values()))) if isinstance(encoded, dict) else encoded


def _as_in_the_text(kb: KnowledgeBase, rows: Sequence[Row]) -> Callable[[Row], Any]:
    """The key that sorts rows column by column: numbers by size, anything else by the first norm with which it stands."""
    first: dict[tuple[int, Any], tuple[int, ...]] = {}
    for row in rows:
        norm = min((norm_order(v) for v in row.values if _is_norm(kb, v)), default=())
        for column, value in enumerate(row.values):
            known = first.get((column, value))
            if known is None or norm < known:
                first[column, value] = norm

    def key(row: Row) -> Any:  # noqa: ANN401
        return [
            ((v,), "") if isinstance(v, int) else (norm_order(v), "") if _is_norm(kb, v) else (first[i, v], str(v))
            for i, v in enumerate(row.values)
        ]

    return key


def _is_norm(kb: KnowledgeBase, value: object) -> bool:
    return isinstance(value, str) and NORM_ID.fullmatch(value) is not None and value in kb.norms


_WORDS = {
    "yes": Bilingual("是", "yes"),
    "no": Bilingual("否", "no"),
    "none": Bilingual("—", "—"),
    "included": Bilingual("含", "included"),
    "excluded": Bilingual("不含", "excluded"),
    "unbounded": Bilingual("不限", "unbounded"),
}


def label(answered: Answered, column: Column, value: str, row: Row) -> Bilingual | None:
    """The label of a constant in a column, if it has one. One id may be a fact of several kinds, or an option of several topics."""
    from .terminal import NORM_WORDS

    kb = answered.kb
    own = {} if answered.query is None else answered.query.words
    if value in own or value in _WORDS:
        return own.get(value) or _WORDS[value]
    match column.type:
        case "norm_word":
            return NORM_WORDS.get(value)
        case "fact":
            fields = (kb.kinds[kind].fields for kind in column.of)
            return next((f[value].term.label for f in fields if value in f), None)
        case "option":
            topics = column.of or [
                str(v) for c, v in zip(answered.columns, row.values, strict=True) if c.type == "topic"
            ]
            options = (kb.readings[topic]["options"] for topic in topics)
            return next((Bilingual(o[value]["zh"], o[value]["en"]) for o in options if value in o), None)
        case "topic":
            return Bilingual(kb.readings[value]["zh"], kb.readings[value]["en"]) if value in kb.readings else None
        case "kind":
            return kb.kind_terms[value].label if value in kb.kind_terms else None
    return kb.terms[value].label if value in kb.terms else kb.labels.get(value)


def plain(answered: Answered, column: Column, value: Any, row: Row) -> Any:  # noqa: ANN401
    """A value as JSON has it: a term with its labels, a day as an ISO date, a boolean, a number, or text."""
    if isinstance(value, int):
        return _day(value) if _is_day(answered, column, row) else value
    if isinstance(value, Text):
        return str(value)
    if column.type == "boolean" and value in ("yes", "no"):
        return value == "yes"
    found = label(answered, column, value, row)
    return {"id": value, "zh": found.zh, "en": found.en} if found else value


def words(answered: Answered, column: Column, value: Any, row: Row, lang: str) -> str:  # noqa: ANN401
    """A value for people."""
    if isinstance(value, int):
        return (_day(value) or "—") if _is_day(answered, column, row) else str(value)
    if isinstance(value, Text):
        if column.type == "money":
            from decimal import Decimal

            from .amounts import format_money

            return format_money(Decimal(value), lang)
        if column.type in ("person", "answer"):
            return answered.people.get(value, str(value))
        return _one_language(value, lang) if column.type == "text" else str(value)
    found = label(answered, column, value, row)
    return found.say(lang) if found else str(value)


def _one_language(text: str, lang: str) -> str:
    """A query's own text, which it writes in both languages: ``中文 / English``."""
    zh, sign, en = text.partition(" / ")
    return (zh if lang == "zh" else en) if sign else text


def _is_day(answered: Answered, column: Column, row: Row) -> bool:
    if column.type == "answer":
        asked = [str(v) for c, v in zip(answered.columns, row.values, strict=True) if c.type == "question"]
        return any(answered.kb.question(q).get("type") == "date" for q in asked)
    return column.type == "day"


def _day(ordinal: int) -> str | None:
    import datetime

    return datetime.date.fromordinal(ordinal).isoformat() if ordinal > 0 else None
