"""Cases: what a user states of a matter, checked against the declaration of its kind, and put into atoms for the engines.

Everything a user writes is text until the kind's declaration types it. Text of the user enters the engines as strings, never as
program text.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .amounts import AmountError, parse_date, parse_money
from .amounts import total as exact_sum
from .document import Mapping as MappingNode
from .document import Sequence as SequenceNode
from .document import Text
from .errors import InputError, nearest

if TYPE_CHECKING:
    from .knowledge import Kind, KnowledgeBase

Value = str | bool | Decimal | int | datetime.date | tuple[str, ...]
"""A stated fact: a term's id, a person's id or a text; a boolean; yuan; an integer; a date; several terms."""

YES = frozenset({"true", "yes", "是", "有", "True", "TRUE", "Yes", "YES"})
NO = frozenset({"false", "no", "否", "无", "没有", "False", "FALSE", "No", "NO"})
UNKNOWN = frozenset({"unknown", "未知", "不详"})
LONGEST_ID = 200
INTEGER_LIMIT = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody on the roster, named by his office.

    Attributes:
        implied: whether the tool supplied him because an office with one holder had none on the roster.
    """

    id: str
    title: str
    offices: tuple[str, ...]
    portfolios: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from *start* to *end*, both days included; None is open-ended."""

    who: str
    start: datetime.date | None
    end: datetime.date | None
    reason: str | None
    delegated_to: str | None
    long: bool | None

    def covers(self, day: datetime.date) -> bool:
        """Whether he is away on *day*."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the record: who (an actor's id, or an official's where *person*) did what, and when."""

    actor: str
    person: bool
    action: str
    on: datetime.date | None


@dataclass(slots=True)
class Case:
    """A matter as stated. All terms are ids; all persons are on the roster."""

    id: str
    kind: Kind
    facts: dict[str, Value]
    opened: frozenset[str]
    date: datetime.date | None = None
    record: tuple[Entry, ...] | None = None
    absences: tuple[Absence, ...] = ()
    officials: tuple[Official, ...] = ()
    ab_pairs: tuple[tuple[str, str], ...] = ()
    complete: bool = True
    evidence: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def official(self, id_: str) -> Official:
        """The official with this id."""
        return next(o for o in self.officials if o.id == id_)

    @property
    def critical_days(self) -> list[datetime.date]:
        """The days on which something begins or has just ended, sorted; between two of them nothing changes."""
        one = datetime.timedelta(days=1)
        days = {d for d in [self.date, *(e.on for e in self.record or ())] if d is not None}
        for absence in self.absences:
            if absence.start is not None:
                days.add(absence.start)
            if absence.end is not None:
                days.add(absence.end + one)
        return sorted(days)


_TOP = {
    "case": "案号", "kind": "类型", "facts": "事实", "record": "经过", "evidence": "证据", "absences": "外出", "roster": "名册",
    "date": "日期", "complete": "完整", "note": "备注", "officials": "人员", "ab_pairs": "AB角", "fixed": "不可变更", "title": "标题",
}  # fmt: skip


def read_case(kb: KnowledgeBase, node: object, folder: Path | None = None, name: str = "case", where: str = "") -> Case:
    """Check and type a case.

    Args:
        kb: the knowledge base.
        node: the document as read, or a plain mapping.
        folder: where a roster's path is looked up; None forbids paths.
        name: the case's id if it states none.
        where: the file, for messages.

    Raises:
        InputError: something is wrong; the message says what, where, and what is allowed.
    """
    return _Reader(kb, folder, where).case(as_node(node), name)


def as_node(value: Any) -> Any:  # noqa: ANN401
    """A plain Python value as a document node: every scalar becomes text."""
    if value is None or isinstance(value, (Text, MappingNode, SequenceNode)):
        return value
    if isinstance(value, bool):
        return Text("true" if value else "false")
    if isinstance(value, (str, int, float, Decimal, datetime.date)):
        return Text(format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value))
    if isinstance(value, Mapping):
        mapping = MappingNode()
        mapping.update((as_node(k), as_node(v)) for k, v in value.items())
        return mapping
    if isinstance(value, Iterable):
        sequence = SequenceNode()
        sequence.extend(as_node(v) for v in value)
        return sequence
    return Text(str(value))


class _Reader:
    def __init__(self, kb: KnowledgeBase, folder: Path | None, where: str) -> None:
        self.kb, self.folder, self.file = kb, folder, where

    # -- errors ------------------------------------------------------------------------------------------------------

    def fail(self, node: object, field_: str, en: str, zh: str) -> NoReturn:
        line = getattr(node, "line", None)
        place = ":".join(str(p) for p in (self.file, line) if p)
        raise InputError(f"{field_}: {en}" if field_ else en, f"{field_}：{zh}" if field_ else zh, place)

    def unknown(
        self, node: object, field_: str, what: tuple[str, str], word: str, allowed: Mapping[str, str]
    ) -> NoReturn:
        """*allowed*: every accepted word and the id it stands for."""
        near = nearest(word, allowed)
        ids = sorted(set(allowed.values()))
        listed = ", ".join(ids[:30]) + (", …" if len(ids) > 30 else "")
        en, zh = f"{word[:80]!r} is no {what[0]}", f"“{word[:80]}”不是{what[1]}"
        if near:
            en, zh = f"{en}; did you mean {near}?", f"{zh};是否指“{near}”?"
        self.fail(node, field_, f"{en} Allowed: {listed}", f"{zh} 可用:{listed}")

    def mapping(self, node: object, field_: str) -> MappingNode:
        if not isinstance(node, MappingNode):
            self.fail(node, field_, "a mapping (name: value) is expected here", "此处应为“名称: 值”的映射")
        return node

    def sequence(self, node: object, field_: str) -> SequenceNode:
        if not isinstance(node, SequenceNode):
            self.fail(node, field_, "a list is expected here", "此处应为列表")
        return node

    def text(self, node: object, field_: str) -> Text:
        if not isinstance(node, Text):
            self.fail(node, field_, "a single value is expected here", "此处应为单个值")
        return node

    def short(self, node: object, field_: str) -> Text:
        word = self.text(node, field_)
        if not word.strip() or len(word) > LONGEST_ID:
            self.fail(node, field_, f"1 to {LONGEST_ID} characters are expected", f"应为1至{LONGEST_ID}个字符")
        return word

    def keys(self, node: MappingNode, field_: str, allowed: Mapping[str, str]) -> dict[str, Any]:
        """The entries under their canonical names; *allowed* maps every accepted name."""
        found: dict[str, Any] = {}
        for key, value in node.items():
            name = allowed.get(str(key))
            if name is None:
                self.unknown(key, field_, ("known field", "已知的字段"), str(key), allowed)
            if name in found:
                self.fail(key, field_, f"{name} is stated twice", f"{name} 重复")
            if value is not None:
                found[name] = value
        return found

    # -- parts -------------------------------------------------------------------------------------------------------

    def case(self, node: object, name: str) -> Case:
        top = self.keys(self.mapping(node, ""), "", {**{k: k for k in _TOP}, **{v: k for k, v in _TOP.items()}})
        if "kind" not in top:
            listed = ", ".join(sorted(self.kb.kinds))
            self.fail(node, "kind", f"is not stated; allowed: {listed}", f"没有写明;可用:{listed}")
        word = self.text(top["kind"], "kind")
        kind_id = self.kb.kind_words.get(str(word))
        if kind_id is None:
            self.unknown(word, "kind", ("known kind of matter", "已知的事项类型"), str(word), self.kb.kind_words)
        kind = self.kb.kinds[kind_id]
        case = Case(str(self.short(top["case"], "case")) if "case" in top else name[:LONGEST_ID], kind, {}, frozenset())
        if "note" in top:
            case.note = str(self.text(top["note"], "note"))
        if "date" in top and str(self.text(top["date"], "date")) not in UNKNOWN:
            case.date = self.date(top["date"], "date")
        if "complete" in top:
            case.complete = self.boolean(top["complete"], "complete")
        self.roster(case, top)
        self.facts(case, self.mapping(top.get("facts", MappingNode()), "facts"))
        self.absences(case, self.sequence(top.get("absences", SequenceNode()), "absences"))
        if "record" in top:
            entries = [
                self.entry(case, e, f"record[{i}]") for i, e in enumerate(self.sequence(top["record"], "record"), 1)
            ]
            if entries and all(e.on is not None for e in entries):
                entries.sort(key=lambda e: e.on or datetime.date.min)
            case.record = tuple(entries)
        for key, value in self.mapping(top.get("evidence", MappingNode()), "evidence").items():
            field_ = kind.field_words.get(str(key))
            if field_ is None:
                self.unknown(key, "evidence", ("fact of this kind", "该类型的事实"), str(key), kind.field_words)
            case.evidence[field_] = str(self.text(value, f"evidence.{key}"))
        return case

    def facts(self, case: Case, node: MappingNode) -> None:
        kind = case.kind
        stated = self.keys(node, "facts", kind.field_words)
        unknown = set()
        for id_, value in stated.items():
            if isinstance(value, Text) and str(value) in UNKNOWN:
                if not kind.fields[id_].can_be_open:
                    self.fail(value, id_, "cannot be unknown: it is only shown", "不能写“未知”")
                unknown.add(id_)
            else:
                case.facts[id_] = self.value(case, id_, value)
        for id_, declared in kind.fields.items():
            if id_ in unknown:
                continue
            parts = [case.facts[p] for p in declared.sum_of if p in case.facts]
            if parts:
                total = exact_sum(p for p in parts if isinstance(p, Decimal))
                if case.facts.setdefault(id_, total) != total:
                    self.fail(node, id_, f"is not the sum of its parts ({total})", f"不等于各部分之和({total})")
            if id_ not in case.facts and declared.default is not None:
                case.facts[id_] = declared.default
        case.opened = frozenset(
            id_
            for id_, declared in kind.fields.items()
            if id_ not in case.facts and (id_ in unknown or self.opens(case, declared))
        )

    def opens(self, case: Case, declared: Any) -> bool:  # noqa: ANN401
        if declared.optional or declared.default is not None or not declared.can_be_open:
            return False
        if any(f in case.facts for f in declared.unless):
            return False
        if declared.computed_from and all(f in case.facts for f in declared.computed_from):
            return False
        return all(_plain(case.facts.get(f)) in values for f, values in declared.when.items())

    def value(self, case: Case, id_: str, node: object) -> Value:
        declared = case.kind.fields[id_]
        if declared.type == "terms":
            items = node if isinstance(node, SequenceNode) else [node]
            found = tuple(dict.fromkeys(self.term(declared.words, i, id_) for i in items))
            return found
        if declared.type == "officials":
            items = node if isinstance(node, SequenceNode) else [node]
            return tuple(dict.fromkeys(self.person(case, i, id_) for i in items))
        word = self.text(node, id_)
        match declared.type:
            case "term":
                return self.term(declared.words, word, id_)
            case "boolean":
                return self.boolean(word, id_)
            case "money":
                return self.money(word, id_)
            case "number":
                return self.number(word, id_)
            case "date":
                return self.date(word, id_)
            case "official":
                return self.person(case, word, id_)
            case "actor":
                return self.actor(case, word, id_)[0]
            case _:
                return str(word)

    def term(self, words: Mapping[str, str], node: object, field_: str) -> str:
        word = self.text(node, field_)
        found = words.get(str(word).strip())
        if found is None:
            self.unknown(node, field_, ("allowed value", "可用的值"), str(word), words)
        return found

    def boolean(self, node: object, field_: str) -> bool:
        word = str(self.text(node, field_)).strip()
        if word in YES or word in NO:
            return word in YES
        self.fail(
            node, field_, f"{word[:40]!r} is neither true nor false (是/否)", f"“{word[:40]}”应为 是 或 否(true/false)"
        )

    def money(self, node: object, field_: str) -> Decimal:
        word = self.text(node, field_)
        try:
            amount = parse_money(str(word))
        except AmountError as error:
            self.fail(node, field_, error.message.en, error.message.zh)
        if amount <= 0:
            self.fail(node, field_, "an amount is more than 0 yuan", "金额应大于0元")
        return amount

    def number(self, node: object, field_: str) -> int:
        word = str(self.text(node, field_)).strip()
        if (
            not (word.isascii() and word.isdigit())
            or len(word) > 10
            or int(word) > INTEGER_LIMIT
            or (word != "0" and word[0] == "0")
        ):
            self.fail(
                node,
                field_,
                f"{word[:40]!r} is not a whole number from 0 to {INTEGER_LIMIT}",
                f"“{word[:40]}”不是0到{INTEGER_LIMIT}的整数",
            )
        return int(word)

    def date(self, node: object, field_: str) -> datetime.date:
        word = self.text(node, field_)
        try:
            return parse_date(str(word))
        except AmountError as error:
            self.fail(node, field_, error.message.en, error.message.zh)

    # -- people ------------------------------------------------------------------------------------------------------

    def roster(self, case: Case, top: dict[str, Any]) -> None:
        source: dict[str, Any] = {k: top[k] for k in ("officials", "ab_pairs") if k in top}
        if "roster" in top:
            if source:
                self.fail(
                    top["roster"],
                    "roster",
                    "stands beside officials or ab_pairs; give one of them",
                    "不能与 officials、ab_pairs 并用",
                )
            node = top["roster"]
            if isinstance(node, Text):
                node = self.roster_file(node)
            named = {
                "officials": "officials",
                "人员": "officials",
                "ab_pairs": "ab_pairs",
                "AB角": "ab_pairs",
                "note": "note",
                "kind": "kind",
            }
            source = self.keys(self.mapping(node, "roster"), "roster", named)
        officials = [
            self.official(o, f"officials[{i}]")
            for i, o in enumerate(self.sequence(source.get("officials", SequenceNode()), "officials"), 1)
        ]
        ids: dict[str, Official] = {}
        holders: dict[str, str] = {}
        for node, one in zip(source.get("officials", []), officials, strict=True):
            if one.id in ids:
                self.fail(node, "officials", f"the id {one.id!r} is there twice", f"“{one.id}”重复")
            ids[one.id] = one
            for office in one.offices:
                if office in self.kb.single_offices and holders.setdefault(office, one.id) != one.id:
                    label = self.kb.terms[office].label
                    self.fail(
                        node, "officials", f"{label.en} has one holder, but both {holders[office]!r} and {one.id!r} hold it",
                        f"{label.zh}只有一人,名册中却有“{holders[office]}”和“{one.id}”",
                    )  # fmt: skip
        for office in self.kb.single_offices:
            if office not in holders and office not in ids:
                ids[office] = Official(office, self.kb.terms[office].label.zh, (office,), (), implied=True)
        case.officials = tuple(ids.values())
        pairs = []
        for i, pair in enumerate(self.sequence(source.get("ab_pairs", SequenceNode()), "ab_pairs"), 1):
            members = [self.person(case, p, f"ab_pairs[{i}]") for p in self.sequence(pair, f"ab_pairs[{i}]")]
            if len(members) != 2:
                self.fail(pair, f"ab_pairs[{i}]", "a pair has two members", "一对应有两人")
            if members[0] == members[1]:
                self.fail(
                    pair,
                    f"ab_pairs[{i}]",
                    f"{members[0]!r} cannot be his own partner",
                    f"“{members[0]}”不能与自己互为AB角",
                )
            pairs.append((members[0], members[1]))
        case.ab_pairs = tuple(dict.fromkeys(pairs))
        self.has_roster = bool(source)

    has_roster = False

    def roster_file(self, node: Text) -> object:
        from .document import read_document

        if self.folder is None:
            self.fail(
                node,
                "roster",
                "a path needs a case that was read from a file; give the roster in place",
                "请直接写出名册",
            )
        return read_document(self.folder / str(node))

    def official(self, node: object, field_: str) -> Official:
        names = {"id": "id", "title": "title", "office": "office", "portfolio": "portfolio", "attributes": "attributes",
                 "编号": "id", "职务": "title", "岗位": "office", "分管": "portfolio"}  # fmt: skip
        entry = self.keys(self.mapping(node, field_), field_, names)
        if "id" not in entry:
            self.fail(node, field_, "an official needs an id", "缺少 id")
        id_ = str(self.short(entry["id"], f"{field_}.id"))
        office = entry.get("office", SequenceNode())
        offices = [
            self.term(self.kb.office_words, o, f"{field_}.office")
            for o in (office if isinstance(office, SequenceNode) else [office])
        ]
        portfolio = entry.get("portfolio", SequenceNode())
        portfolios = [
            str(self.short(p, f"{field_}.portfolio"))
            for p in (portfolio if isinstance(portfolio, SequenceNode) else [portfolio])
        ]
        attributes = entry.get("attributes", SequenceNode())
        words = {w: i for i, t in self.kb.terms.items() for w in t.words}
        said = [
            self.term(words, a, f"{field_}.attributes")
            for a in (attributes if isinstance(attributes, SequenceNode) else [attributes])
        ]
        title = str(self.text(entry["title"], f"{field_}.title")) if "title" in entry else id_
        return Official(
            id_, title, tuple(dict.fromkeys(offices)), tuple(dict.fromkeys(portfolios)), tuple(dict.fromkeys(said))
        )

    def person(self, case: Case, node: object, field_: str) -> str:
        """An official's id: himself, or the one holder of the office named."""
        word = str(self.short(node, field_))
        ids = {o.id for o in case.officials}
        if word in ids:
            return word
        office = self.kb.office_words.get(word)
        if office is not None:
            holders = [o.id for o in case.officials if office in o.offices]
            if len(holders) == 1:
                return holders[0]
            if len(holders) > 1:
                self.fail(
                    node,
                    field_,
                    f"several officials hold this office ({', '.join(holders)}); name one",
                    f"该职务有多人({'、'.join(holders)}),请写明是谁",
                )
        titled = [o.id for o in case.officials if o.title == word]
        if len(titled) == 1:
            return titled[0]
        if not self.has_roster:
            case.officials = (*case.officials, Official(word, word, (office,) if office else (), ()))
            return word
        words = {**{i: i for i in ids}, **{o.title: o.id for o in case.officials}}
        self.unknown(node, field_, ("official on the roster", "名册上的人员"), word, words)

    def actor(self, case: Case, node: object, field_: str) -> tuple[str, bool]:
        """An actor's or official's id, and whether it is an official's."""
        word = str(self.short(node, field_))
        explicit = {o.id for o in case.officials if not o.implied}
        if word in explicit:
            return word, True
        known = self.kb.actor_words.get(word)
        if known is not None:
            return known, False
        titled = [o.id for o in case.officials if o.title == word]
        if len(titled) == 1:
            return titled[0], True
        if word in {o.id for o in case.officials}:
            return word, True
        self.unknown(
            node,
            field_,
            ("known office, body or official", "已知的职务、机构或人员"),
            word,
            {**self.kb.actor_words, **{i: i for i in explicit}},
        )

    def absences(self, case: Case, node: SequenceNode) -> None:
        names = {"who": "who", "from": "from", "to": "to", "reason": "reason", "delegated_to": "delegated_to", "long": "long",
                 "谁": "who", "起": "from", "止": "to", "事由": "reason", "委托": "delegated_to", "较长时间": "long", "note": "note"}  # fmt: skip
        found = []
        for i, item in enumerate(node, 1):
            field_ = f"absences[{i}]"
            entry = self.keys(self.mapping(item, field_), field_, names)
            if "who" not in entry:
                self.fail(item, field_, "who is away is not stated", "没有写明谁外出(who)")
            who = self.person(case, entry["who"], f"{field_}.who")
            start = self.date(entry["from"], f"{field_}.from") if "from" in entry else None
            end = self.date(entry["to"], f"{field_}.to") if "to" in entry else None
            if start is not None and end is not None and end < start:
                self.fail(
                    item, field_, f"ends ({end}) before it begins ({start})", f"结束日期({end})早于开始日期({start})"
                )
            reason = self.term(self.kb.value_words, entry["reason"], f"{field_}.reason") if "reason" in entry else None
            delegate = (
                self.person(case, entry["delegated_to"], f"{field_}.delegated_to") if "delegated_to" in entry else None
            )
            if delegate == who:
                self.fail(item, field_, f"{who!r} cannot delegate to himself", f"“{who}”不能委托自己")
            long = self.boolean(entry["long"], f"{field_}.long") if "long" in entry else None
            found.append(Absence(who, start, end, reason, delegate, long))
        case.absences = tuple(found)
        for absence, item in zip(found, node, strict=True):
            if ring := _ring(absence, found):
                listed = " → ".join(ring)
                self.fail(item, "absences", f"the delegation runs in a circle: {listed}", f"委托形成循环:{listed}")

    def entry(self, case: Case, node: object, field_: str) -> Entry:
        names = {
            "actor": "actor",
            "action": "action",
            "on": "on",
            "谁": "actor",
            "行为": "action",
            "日期": "on",
            "note": "note",
        }
        entry = self.keys(self.mapping(node, field_), field_, names)
        for needed in ("actor", "action"):
            if needed not in entry:
                self.fail(node, field_, f"{needed} is not stated", f"没有写明 {needed}")
        actor, person = self.actor(case, entry["actor"], f"{field_}.actor")
        action = self.term(self.kb.action_words, entry["action"], f"{field_}.action")
        on = self.date(entry["on"], f"{field_}.on") if "on" in entry else None
        return Entry(actor, person, action, on)


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _ring(first: Absence, absences: Sequence[Absence]) -> list[str] | None:
    """The persons of a circle of delegations that begins with *first*, all on one day; None if there is none."""
    big, small = datetime.date.max, datetime.date.min
    stack = [(first, [first.who], first.start or small, first.end or big)]
    seen: set[tuple[int, datetime.date, datetime.date]] = set()
    while stack:
        absence, path, start, end = stack.pop()
        if absence.delegated_to is None or (id(absence), start, end) in seen:
            continue
        seen.add((id(absence), start, end))
        if absence.delegated_to == first.who:
            return [*path, first.who]
        for other in absences:
            begins, ends = max(start, other.start or small), min(end, other.end or big)
            if other.who == absence.delegated_to and other.who not in path and begins <= ends:
                stack.append((other, [*path, other.who], begins, ends))
    return None
