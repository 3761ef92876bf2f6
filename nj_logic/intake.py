"""Taking in a case: what a user wrote is checked against the declaration of its kind and typed.

Everything a user writes is text until the kind's declaration types it. Text of the user enters the engines as strings, never as
program text.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .amounts import total as exact_sum
from .case import Absence, Case, Entry, Official, Value
from .delegation import find_ring
from .document import Mapping as MappingNode
from .document import Sequence as SequenceNode
from .document import Text
from .fields import LONGEST_ID, MOST_LISTED, Fields, as_node

if TYPE_CHECKING:
    from .declared import Field
    from .knowledge import KnowledgeBase

UNKNOWN = frozenset({"unknown", "未知", "不详"})

TOP = {
    "case": "案号", "kind": "类型", "facts": "事实", "record": "经过", "evidence": "证据", "absences": "外出", "roster": "名册",
    "date": "日期", "complete": "完整", "note": "备注", "officials": "人员", "ab_pairs": "AB角", "fixed": "不可变更",
}  # fmt: skip
FIXABLE = ("date", "record", "absences")
ROSTER = {name: TOP[name] for name in ("officials", "ab_pairs", "kind", "note")}
OFFICIAL = {"id": "编号", "title": "职务", "office": "岗位", "portfolio": "分管", "attributes": "属性"}
ABSENCE = {
    "who": "谁", "from": "起", "to": "止", "reason": "事由", "delegated_to": "委托", "long": "较长时间", "note": "备注",
}  # fmt: skip
ENTRY = {"actor": "谁", "action": "行为", "on": "日期", "note": "备注"}
"""The names of the fields, and their Chinese names; an input may use either."""


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
    written = name.encode("utf-8", "backslashreplace").decode()[:LONGEST_ID]
    return _Reader(kb, folder, where).case(as_node(node), written)


def _either(names: Mapping[str, str]) -> dict[str, str]:
    """Every accepted name of a field, and the name it stands for."""
    return {**{chinese: name for name, chinese in names.items()}, **{name: name for name in names}}


class _People:
    """The officials of a case, by id, office and title."""

    def __init__(self) -> None:
        self.by_id: dict[str, Official] = {}
        self.holders: dict[str, list[str]] = {}
        self.titled: dict[str, list[str]] = {}

    def add(self, one: Official) -> None:
        self.by_id[one.id] = one
        for office in one.offices:
            self.holders.setdefault(office, []).append(one.id)
        self.titled.setdefault(one.title, []).append(one.id)


class _Reader(Fields):
    def __init__(self, kb: KnowledgeBase, folder: Path | None, where: str) -> None:
        super().__init__(where)
        self.kb, self.folder = kb, folder
        self.people = _People()
        self.has_roster = False

    # -- the case ----------------------------------------------------------------------------------------------------

    def case(self, node: object, name: str) -> Case:
        top = self.keys(node, "", _either(TOP))
        if "kind" not in top:
            en, zh = ", ".join(sorted(self.kb.kinds)), "、".join(t.label.zh for t in self.kb.kind_terms.values())
            self.fail(node, "kind", f"is not stated; allowed: {en}", f"没有写明；可用：{zh}")
        word = self.text(top["kind"], "kind")
        kind_id = self.kb.kind_words.get(word.strip())
        if kind_id is None:
            self.unknown(word, "kind", ("known kind of matter", "已知的事项类型"), str(word), self.kb.kind_words)
        kind = self.kb.kinds[kind_id]
        case = Case(str(self.short(top["case"], "case")) if "case" in top else name, kind, {}, frozenset())
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
            self.record(case, self.sequence(top["record"], "record"))
        for key, value in self.mapping(top.get("evidence", MappingNode()), "evidence").items():
            field_ = kind.field_words.get(str(key))
            if field_ is None:
                self.unknown(key, "evidence", ("fact of this kind", "该类型的事实"), str(key), kind.field_words)
            if value is not None:
                case.evidence[field_] = str(self.text(value, f"evidence.{field_}")).strip()
        case.officials = tuple(self.people.by_id.values())
        case.fixed = frozenset(self.fixed(case, item) for item in self.one_or_more(top.get("fixed", SequenceNode())))
        return case

    def fixed(self, case: Case, node: object) -> str:
        """What a repair may not change: a fact, the date, the record or the absences, or one of their entries."""
        word = str(self.text(node, "fixed")).strip()
        name, bracket, number = word.partition("[")
        words = {**case.kind.field_words, **{TOP[n]: n for n in FIXABLE}, **{n: n for n in FIXABLE}}
        if name not in words:
            self.unknown(node, "fixed", ("fact of this kind", "该类型的事实"), word, words)
        if not bracket:
            return words[name]
        count = {"record": len(case.record or ()), "absences": len(case.absences)}.get(words[name], 0)
        if not (number.endswith("]") and number[:-1].isdecimal() and 1 <= int(number[:-1]) <= count):
            self.fail(node, "fixed", f"{word[:40]!r}: there are {count} entries", f"“{word[:40]}”：共有 {count} 项")
        return f"{words[name]}[{int(number[:-1])}]"

    def facts(self, case: Case, node: MappingNode) -> None:
        kind = case.kind
        unknown = set()
        for id_, value in self.keys(node, "facts", kind.field_words).items():
            if isinstance(value, Text) and value.strip() in UNKNOWN:
                if not kind.fields[id_].can_be_open:
                    self.fail(value, id_, "cannot be unknown; leave it out", "不能写“未知”；不知道时请不写这一项")
                unknown.add(id_)
            else:
                case.facts[id_] = self.fact(kind.fields[id_], id_, value)
        case.stated = frozenset(case.facts)
        for id_, declared in kind.fields.items():
            if id_ in unknown:
                continue
            parts = [case.facts[p] for p in declared.sum_of if p in case.facts]
            if parts:
                total = exact_sum(p for p in parts if isinstance(p, Decimal))
                if case.facts.setdefault(id_, total) != total:
                    self.fail(node, id_, f"is not the sum of its parts ({total:,f})", f"不等于各部分之和（{total:,f}）")
            if id_ not in case.facts and declared.default is not None:
                case.facts[id_] = declared.default
        case.opened = frozenset(
            id_
            for id_, declared in kind.fields.items()
            if id_ not in case.facts and (id_ in unknown or _opens(case, declared))
        )

    def fact(self, declared: Field, id_: str, node: object) -> Value:
        match declared.type:
            case "term":
                return self.term(declared.words, node, id_)
            case "terms":
                return self.terms(declared.words, node, id_)
            case "boolean":
                return self.boolean(node, id_)
            case "money":
                return self.money(node, id_)
            case "number":
                return self.number(node, id_)
            case "date":
                return self.date(node, id_)
            case "official":
                return self.person(node, id_)
            case "officials":
                return tuple(dict.fromkeys(self.person(item, id_) for item in self.one_or_more(node)))
            case "actor":
                return self.actor(node, id_)[0]
            case "portfolio":
                return str(self.short(node, id_))
            case _:
                return str(self.text(node, id_))

    def record(self, case: Case, node: SequenceNode) -> None:
        """Dated entries stand in the order of their days; among undated ones, the order of the file is what was done."""
        entries = [self.entry(e, f"record[{i}]") for i, e in enumerate(node, 1)]
        if all(e.on is not None for e in entries):
            entries.sort(key=lambda e: e.on or datetime.date.min)
        latest = 0
        for i, entry in enumerate(entries):
            before = entries[latest].on
            if entry.on is not None and before is not None and entry.on < before:
                self.fail(
                    node[i], f"record[{i + 1}]",
                    f"{entry.on} is before {before} of record[{latest + 1}]; list the entries as they were done, or date them all",
                    f"{entry.on} 早于 record[{latest + 1}] 的 {before}；请按办理先后列出，或为每一项写明日期",
                )  # fmt: skip
            if entry.on is not None:
                latest = i
        case.record = tuple(entries)

    def entry(self, node: object, field_: str) -> Entry:
        entry = self.keys(node, field_, _either(ENTRY))
        for needed in ("actor", "action"):
            if needed not in entry:
                self.fail(node, field_, f"{needed} is not stated", f"没有写明“{ENTRY[needed]}”（{needed}）")
        actor, person = self.actor(entry["actor"], f"{field_}.actor")
        action = self.term(self.kb.action_words, entry["action"], f"{field_}.action")
        return Entry(actor, person, action, self.date(entry["on"], f"{field_}.on") if "on" in entry else None)

    def absences(self, case: Case, node: SequenceNode) -> None:
        case.absences = tuple(self.absence(item, f"absences[{i}]") for i, item in enumerate(node, 1))
        found = find_ring(case.absences)
        if found is not None:
            closing, ring = found
            item = node[case.absences.index(closing)]
            few = ring if len(ring) <= MOST_LISTED else [*ring[:MOST_LISTED], "…", ring[-1]]
            listed = " → ".join(few)
            self.fail(item, "absences", f"the delegation runs in a circle: {listed}", f"委托形成循环：{listed}")

    def absence(self, node: object, field_: str) -> Absence:
        entry = self.keys(node, field_, _either(ABSENCE))
        if "who" not in entry:
            self.fail(node, field_, "who is away is not stated (who)", "没有写明谁外出（who）")
        who = self.person(entry["who"], f"{field_}.who")
        start = self.date(entry["from"], f"{field_}.from") if "from" in entry else None
        end = self.date(entry["to"], f"{field_}.to") if "to" in entry else None
        if start is not None and end is not None and end < start:
            self.fail(
                node, field_, f"ends ({end}) before it begins ({start})", f"结束日期（{end}）早于开始日期（{start}）"
            )
        reason = self.term(self.kb.value_words, entry["reason"], f"{field_}.reason") if "reason" in entry else None
        delegate = self.person(entry["delegated_to"], f"{field_}.delegated_to") if "delegated_to" in entry else None
        if delegate == who:
            self.fail(node, field_, f"{who!r} cannot delegate to himself", f"“{who}”不能委托自己")
        long = self.boolean(entry["long"], f"{field_}.long") if "long" in entry else None
        return Absence(who, start, end, reason, delegate, long)

    # -- people ------------------------------------------------------------------------------------------------------

    def roster(self, case: Case, top: dict[str, Any]) -> None:
        own: dict[str, Any] = {k: top[k] for k in ("officials", "ab_pairs") if k in top}
        if "roster" not in top:
            self.listed(case, own)
            return
        node = top["roster"]
        if own:
            self.fail(
                node, "roster", "stands beside officials or ab_pairs; give one of them", "不能与“人员”“AB角”（officials、ab_pairs）并用"
            )  # fmt: skip
        file = self.file
        if isinstance(node, Text):
            node = self.roster_file(node)
        self.listed(case, self.keys(node, "roster", _either(ROSTER)))
        self.file = file

    def roster_file(self, node: Text) -> object:
        """The document that *node* names; from here on messages are about that file."""
        from .document import read_document

        if self.folder is None:
            self.fail(
                node,
                "roster",
                "a path needs a case that was read from a file; give the roster in place",
                "请直接写出名册",
            )
        path = self.folder / str(node)
        found = read_document(path)
        self.file = str(path)
        return found

    def listed(self, case: Case, source: dict[str, Any]) -> None:
        """The officials and AB pairs of a roster; an office with one holder who is not on it is held by an implied one."""
        people, single = self.people, self.kb.single_offices
        for i, node in enumerate(self.sequence(source.get("officials", SequenceNode()), "officials"), 1):
            one = self.official(node, f"officials[{i}]")
            if one.id in people.by_id:
                self.fail(node, f"officials[{i}]", f"the id {one.id!r} is there twice", f"编号“{one.id}”重复")
            for office in one.offices:
                if office in single and office in people.holders:
                    label, other = self.kb.terms[office].label, people.holders[office][0]
                    self.fail(
                        node, f"officials[{i}]", f"{label.en} has one holder, but both {other!r} and {one.id!r} hold it",
                        f"{label.zh}只有一人，名册中却有“{other}”和“{one.id}”",
                    )  # fmt: skip
            people.add(one)
        for office in single:
            if office not in people.holders:
                people.add(Official(office, self.kb.terms[office].label.zh, (office,), (), implied=True))
        self.has_roster = "officials" in source
        pairs: dict[frozenset[str], tuple[str, str]] = {}
        for i, node in enumerate(self.sequence(source.get("ab_pairs", SequenceNode()), "ab_pairs"), 1):
            members = [self.person(p, f"ab_pairs[{i}]") for p in self.sequence(node, f"ab_pairs[{i}]")]
            if len(members) != 2:
                self.fail(node, f"ab_pairs[{i}]", "a pair has two members", "一对AB角应有两人")
            one_, other_ = members
            if one_ == other_:
                self.fail(node, f"ab_pairs[{i}]", f"{one_!r} cannot be his own partner", f"“{one_}”不能与自己互为AB角")
            pairs.setdefault(frozenset(members), (one_, other_))
        case.ab_pairs = tuple(pairs.values())

    def official(self, node: object, field_: str) -> Official:
        entry = self.keys(node, field_, _either(OFFICIAL))
        if "id" not in entry:
            self.fail(node, field_, "an official needs an id", "缺少编号（id）")
        id_ = str(self.short(entry["id"], f"{field_}.id"))
        title = str(self.short(entry["title"], f"{field_}.title")) if "title" in entry else id_
        named = self.kb.office_words.get(id_)
        if "office" in entry:
            offices = self.terms(self.kb.office_words, entry["office"], f"{field_}.office")
            if named is not None and named not in offices:
                self.fail(
                    node, field_, f"the id {id_!r} names an office that the official does not hold ({', '.join(offices)})",
                    f"编号“{id_}”是一个岗位的名称，与所任岗位（{'、'.join(self.kb.terms[o].label.zh for o in offices)}）不符",
                )  # fmt: skip
        else:
            named = named or self.kb.office_words.get(title)
            offices = (named,) if named else ()
        portfolio = entry.get("portfolio", SequenceNode())
        portfolios = tuple(str(self.short(p, f"{field_}.portfolio")) for p in self.one_or_more(portfolio))
        words = {w: i for i, t in self.kb.terms.items() for w in t.words} if "attributes" in entry else {}
        attributes = self.terms(words, entry.get("attributes", SequenceNode()), f"{field_}.attributes")
        return Official(id_, title, offices, tuple(dict.fromkeys(portfolios)), attributes)

    def person(self, node: object, field_: str) -> str:
        """An official's id: himself, the one holder of the office named, or the one with the title."""
        word, people = str(self.short(node, field_)), self.people
        if word in people.by_id:
            return word
        office = self.kb.office_words.get(word)
        found = people.holders.get(office, []) if office is not None else []
        found = found or people.titled.get(word, [])
        if len(found) == 1:
            return found[0]
        if found and self.has_roster:
            some = found[:MOST_LISTED]
            self.fail(
                node, field_, f"{word!r} may be any of {', '.join(some)}; write which one",
                f"“{word}”有多人（{'、'.join(some)}），请写明是谁",
            )  # fmt: skip
        if not self.has_roster:
            label = self.kb.terms[office].label.zh if office is not None else word
            id_ = office or word
            if id_ not in people.by_id:
                people.add(Official(id_, label, (office,) if office else (), ()))
            return id_
        words = {**{o.title: i for i, o in people.by_id.items()}, **{i: i for i in people.by_id}}
        self.unknown(node, field_, ("official on the roster", "名册上的人员"), word, words)

    def actor(self, node: object, field_: str) -> tuple[str, bool]:
        """An actor's or official's id, and whether it is an official's."""
        word, people = str(self.short(node, field_)), self.people
        if word in people.by_id and not people.by_id[word].implied:
            return word, True
        known = self.kb.actor_words.get(word)
        if known is not None:
            return known, False
        titled = people.titled.get(word, [])
        if len(titled) == 1:
            return titled[0], True
        explicit = {i: i for i, o in people.by_id.items() if not o.implied}
        self.unknown(
            node,
            field_,
            ("known office, body or official", "已知的职务、机构或人员"),
            word,
            {**self.kb.actor_words, **explicit},
        )


def _opens(case: Case, declared: Field) -> bool:
    """Whether the fact, which is not stated, is open."""
    if declared.optional or declared.default is not None or not declared.can_be_open:
        return False
    if any(f in case.facts for f in declared.unless):
        return False
    if declared.computed_from and all(f in case.facts for f in declared.computed_from):
        return False
    return all(_as_option(case.facts.get(f)) in values for f, values in declared.when.items())


def _as_option(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
