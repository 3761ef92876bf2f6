"""The audit: each detector finds its planted defect and nothing where there is none; each witness gives what it claims; the command prints it."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
import yaml
from openpyxl import load_workbook

from nj_logic.amendment import read_amendment
from nj_logic.audit import SEVERITIES, Audit, Finding, audit, remedied
from nj_logic.audit_search import Witness
from nj_logic.errors import InputError, InputErrors
from nj_logic.knowledge import KnowledgeBase
from nj_logic.remedy import applied, text_of

from .command import Command, Outcome
from .shapes import AUDIT, SARIF, wrong

HERE = Path(__file__).parent
REASONING = HERE.parent / "kb" / "reasoning"
CLEAN = HERE / "audit"
"""The rules of a made-up reading club, in which an audit finds nothing."""

TEXT, NORMS, TERMS, LAW = "text/library.txt", "norms/c01.lp", "terms/library.yaml", "law/c01.lp"


class Change(NamedTuple):
    """In one file below ``kb/``, *old* becomes *new*; without *old*, *new* is added at the end."""

    file: str
    old: str
    new: str


def reworded(old: str, new: str) -> tuple[Change, Change]:
    """Other words in the text and in the quotation."""
    return Change(TEXT, old, new), Change(NORMS, old, new)


def rule(text: str) -> Change:
    return Change(LAW, "", f"\n{text}\n")


def reading(topic: str, zh: str, *norms: str, convention: bool = False) -> Change:
    """A sentence that can be read as *so* or as *otherwise*."""
    default = ", default: so" if convention else ""
    listed = f"norms: [{', '.join(norms)}]{default}, options: {{so: {{zh: 是, en: it is}}, otherwise: {{zh: 否, en: it is not}}}}"
    return Change(TERMS, "readings: {}", f"readings: {{{topic}: {{zh: {zh}, en: whether it is so, {listed}}}}}")


def changed(folder: Path, changes: Iterable[Change]) -> KnowledgeBase:
    """The reading club's rules with these changes."""
    shutil.copytree(CLEAN, folder)
    for file, old, new in changes:
        path = folder / "kb" / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new) if old else text + new, "utf-8")
    return KnowledgeBase(folder, REASONING)


def told_of(findings: Iterable[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((f.type, f.norms) for f in findings)


def told(result: Audit) -> list[tuple[str, tuple[str, ...]]]:
    return told_of(result.findings)


@pytest.fixture
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[Change]], KnowledgeBase]:
    """Makes the reading club's rules with changes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda changes: changed(tmp_path / "club", changes)


Club = Callable[[Iterable[Change]], KnowledgeBase]


def shown(kb: KnowledgeBase, witness: Witness) -> bool:
    """Whether the witness, put to the tool as a case of its own, has the status that it claims."""
    case = kb.case(yaml.safe_load(yaml.safe_dump(dict(witness.case), allow_unicode=True)))
    match witness.command:
        case "paths":
            return kb.paths(case).status == witness.status
        case "check":
            return kb.check(case).verdict == witness.status
        case "conflicts":
            return witness.status in {f.type for f in kb.conflicts(case).findings if not f.readings}
        case "answer":
            return [a.status for a in kb.answer(case).answers if a.question == witness.question] == [witness.status]
    raise AssertionError(witness.command)


BARE = re.compile(r"[{}]|[a-z0-9]_[a-z0-9]|\ba\d+\.p\d+")
"""What should not be left in words: braces of a template, ids."""


def unsaid(finding: Finding) -> list[str]:
    """The texts of a finding that are empty, or in which something is left unsaid."""
    texts = [said for part in (finding.title, finding.message, finding.remedy) for said in part]
    return [
        text
        for text in texts
        if not text.strip() or BARE.search(text) or re.search(r"[（(][)）]|：[；。]|: [.;]", text)
    ]


# --- the detectors, on made-up rules ----------------------------------------------------------

BUY = tuple(f"a3.p1.n{i}" for i in (1, 2, 3))
STAND_IN_RULE = "official(C, Q), not Q = P, not applies(C, Q)."
ON_LOAN = reading("lent", "借期是否可续", "a7.p1.n2")
HINGES = Change(
    LAW,
    'says(C, loan_days, 30, "a7.p1.n2") :- kind(C, loan).',
    'says(C, loan_days, 30, "a7.p1.n2") :- kind(C, loan), reading(C, lent, so).\n'
    'says(C, loan_days, 60, "a7.p1.n2") :- kind(C, loan), reading(C, lent, otherwise).',
)

GROUPS = Change(
    TERMS,
    "accounts: {zh: 账目组, en: accounts group}",
    "accounts: {zh: 账目组, en: accounts group, one_of: groups}\n  groups: {zh: 各组, en: groups}",
)
GIVER = Change(
    TERMS, "    facts:\n      object:", "    facts:\n      giver: {zh: 赠与人, en: giver, type: term, party: true, options: [groups, readers]}\n      object:"
)  # fmt: skip
SPONSOR = Change(
    TERMS,
    "facts: {price: {zh: 价格, en: price, type: money}}",
    "facts: {price: {zh: 价格, en: price, type: money}, sponsor: {zh: 提议人, en: sponsor, type: official, optional: true, fills: sponsor}}",
)
DUTY = Change(
    TERMS,
    "  outings:\n",
    "  duty:\n    zh: 值班\n    en: duty\n    system: A1\n    articles: [5]\n    questions: [receiver]\n    facts:\n"
    "      office: {zh: 职务, en: office, type: term, options: [director, librarian], moot: [librarian]}\n"
    "      person: {zh: 人员, en: person, type: official, optional: true, fills: absent_one}\n  outings:\n",
)
WHO_ACTS = 'says(C, receiver, Q, "a5.p1.n1") :- kind(C, duty), fact(C, office, director), holds(C, P, director), absence(C, _, P), holds(C, Q, librarian).'
WHO_ELSE = 'says(C, receiver, Q, "a6.p1.n1") :- kind(C, duty), fact(C, office, director), holds(C, P, director), absence(C, _, P), holds(C, Q, treasurer).'

IN_TIME = reworded("应当登记", "应当及时登记")
NAMED_IN_TIME = Change(TERMS, "zh: 是否登记", "zh: 是否及时登记")


def things(entry: str) -> Change:
    return Change(TERMS, "actions:\n", f"things:\n  {entry}\nactions:\n")


NO_TREASURER = Change(LAW, 'says(C, receiver, treasurer, "a8.p1.n2") :- kind(C, gift), fact(C, object, money).', "")
SIDE_BY_SIDE = Change(TERMS, "    articles: [8]\n", "    articles: [8]\n    overview: true\n")
SEVERAL_ASKED = (
    Change(TERMS, "  can_vote:", "  marks: {zh: 作何标记, en: how it is marked, type: terms}\n  can_vote:"),
    Change(TERMS, "questions: [receiver]", "questions: [receiver, marks]"),
    rule('nearest(C, receiver, "a8.p1.n1") :- kind(C, gift).\nnearest(C, marks, "a8.p1.n2") :- kind(C, gift).'),
)
MARKED = 'says(C, marks, fresh, "a8.p1.n1") :- kind(C, gift), fact(C, object, books).'

SORTED = Change(
    TERMS,
    "facts: {price: {zh: 价格, en: price, type: money}}",
    "facts: {price: {zh: 价格, en: price, type: money}, sort: {zh: 种类, en: sort, type: term, options: [fresh, used]}}",
)
WEIGHTIER = rule('weightier(purchase, sort, fresh, used, "a3.p1.n1").')
REVIEWED_IF_FRESH = (
    'adds_step(C, buy_low, discuss, committee, discuss, "a3.p1.n1") :- kind(C, purchase), fact(C, sort, fresh).\n'
    "adds_order(C, buy_low, bless, discuss) :- kind(C, purchase), fact(C, sort, fresh)."
)

PLANTED: dict[str, tuple[tuple[Change, ...], set[tuple[str, tuple[str, ...]]]]] = {
    "a ladder without its last rung": (
        (
            Change(LAW, 'rung(books_bought, high, "500", included, unbounded, excluded).\n', ""),
            Change(LAW, 'leads_to(books_bought, high, buy_high, "a3.p1.n3").\n', ""),
        ),
        {("gap", BUY[:2])},
    ),
    "a ladder without a rung in the middle": (
        (
            Change(LAW, 'rung(books_bought, middle, "100", included, "500", excluded).\n', ""),
            Change(LAW, 'leads_to(books_bought, middle, buy_middle, "a3.p1.n2").\n', ""),
        ),
        {("gap", ("a3.p1.n1", "a3.p1.n3"))},
    ),
    "an amount off the ladder, where two other facts may give a way": (
        (
            Change(LAW, 'rung(books_bought, high, "500", included, unbounded, excluded).\n', ""),
            Change(LAW, 'leads_to(books_bought, high, buy_high, "a3.p1.n3").\n', ""),
            Change(
                TERMS,
                "facts: {price: {zh: 价格, en: price, type: money}}",
                "facts: {price: {zh: 价格, en: price, type: money}, rare: {zh: 珍本, en: rare, type: boolean}, lost: {zh: 补失, en: lost, type: boolean}}",
            ),
            rule(
                'gives_route(C, rare_way, "a3.p1.n3") :- kind(C, purchase), cell(C, price, I), not spans(books_bought, low, I), not spans(books_bought, middle, I), fact(C, rare, yes).\n'
                'gives_route(C, rare_way, "a3.p1.n3") :- kind(C, purchase), cell(C, price, I), not spans(books_bought, low, I), not spans(books_bought, middle, I), fact(C, lost, yes).\n'
                'step(rare_way, settle, assembly, settle, "a3.p1.n3").'
            ),
        ),
        {("gap", BUY[:2])},
    ),
    "a class of which nothing is said": (
        (Change(LAW, 'says(C, receiver, treasurer, "a8.p1.n2") :- kind(C, gift), fact(C, object, money).', ""),),
        {("gap", ("a8.p1.n1",))},
    ),
    "two facts that have an answer each, and none together": (
        (Change(LAW, "fact(C, object, books).", "fact(C, object, books), fact(C, state, fresh)."),),
        {("gap", ("a8.p1.n1", "a8.p1.n2"))},
    ),
    "a question with several answers, and a class that has none": (
        (*SEVERAL_ASKED, rule(MARKED)),
        {("gap", ("a8.p1.n2",))},
    ),
    "two questions of an overview that have no answer for one of its options": (
        (*SEVERAL_ASKED, SIDE_BY_SIDE, NO_TREASURER, rule(MARKED)),
        {("gap", ("a8.p1.n1",)), ("gap", ("a8.p1.n2",))},
    ),
    "a question of an overview that has no answer for any of its options": (
        (*SEVERAL_ASKED, SIDE_BY_SIDE),
        {("gap", ("a8.p1.n2",))},
    ),
    "a number that is never named": (
        (Change(LAW, 'says(C, loan_days, 30, "a7.p1.n2") :- kind(C, loan).', ""),),
        {("gap", ())},
    ),
    "nobody acts unless he is entrusted": (
        (Change(LAW, STAND_IN_RULE, "absence(C, X, P), delegated(C, X, Q), not Q = P, not applies(C, Q)."),),
        {("gap", ("a3.p1.n1",)), ("gap", ("a3.p1.n2", "a4.p1.n1"))},
    ),
    "an office in which nobody stands in": (
        (Change(LAW, STAND_IN_RULE, f"not O = director, {STAND_IN_RULE}"),),
        {("deadlock", ("a3.p1.n2", "a4.p1.n1"))},
    ),
    "two who stand in for each other only": (
        (Change(LAW, STAND_IN_RULE, "holds(C, Q, R), not R = treasurer, not Q = P, not applies(C, Q)."),),
        {("deadlock", ("a3.p1.n1", "a3.p1.n2", "a4.p1.n1"))},
    ),
    "two routes for one case": (
        (rule('leads_to(books_bought, middle, buy_high, "a3.p1.n3").'),),
        {("overlap", BUY[1:])},
    ),
    "two answers to one question": (
        (rule('says(C, receiver, director, "a8.p1.n2") :- kind(C, gift), fact(C, object, books).'),),
        {("overlap", ("a8.p1.n1", "a8.p1.n2"))},
    ),
    "yes and no": (
        (rule('says(C, can_vote, no, "a2.p1.n1") :- kind(C, assembly_vote), fact(C, attended, yes).'),),
        {("contradiction", ("a2.p1.n1", "a7.p1.n1"))},
    ),
    "what one norm forbids another permits": (
        (rule('permits(C, "a7.p1.n2", "a6.p1.n1") :- kind(C, loan).'),),
        {("contradiction", ("a6.p1.n1", "a7.p1.n2"))},
    ),
    "a principle against what is given": (
        (rule('principle(C, "a2.p1.n1", "a8.p1.n1") :- kind(C, gift), fact(C, object, books).'),),
        {("tension", ("a2.p1.n1", "a8.p1.n1"))},
    ),
    "one conduct, strictly ruled and by default": (
        (
            rule('breaks(C, "a7.p1.n2", registered) :- kind(C, loan), fact(C, registered, no).'),
            Change(NORMS, '"a7.p1.n2", deadline, plain', '"a7.p1.n2", deadline, default'),
        ),
        {("tension", ("a6.p1.n1", "a7.p1.n2"))},
    ),
    "two bodies whose order turns round": (
        (
            Change(LAW, "after(buy_high, accounts, discuss).", "after(buy_high, discuss, accounts)."),
            Change(LAW, "after(buy_high, settle, accounts).", "after(buy_high, settle, discuss)."),
        ),
        {("ordering", BUY[1:])},
    ),
    "a step that larger amounts do not need": (
        (
            Change(LAW, 'step(buy_high, discuss, committee, discuss, "a3.p1.n3").\n', ""),
            Change(LAW, "after(buy_high, accounts, discuss).\n", ""),
        ),
        {("ordering", BUY[1:])},
    ),
    "the weightier purchase with no review": (
        (SORTED, rule(REVIEWED_IF_FRESH), WEIGHTIER),
        {("ordering", ("a3.p1.n1",))},
    ),
    "the weightier purchase decided by a lower office": (
        (
            SORTED,
            WEIGHTIER,
            rule(
                'gives_route(C, used_way, "a3.p1.n1") :- used_one(C).\nlifts(C, "a3.p1.n1", "a3.p1.n2") :- used_one(C).\n'
                "used_one(C) :- measured(C, books_bought, I), spans(books_bought, middle, I), fact(C, sort, used).\n"
                'step(used_way, accounts, accounts, audit_books, "a3.p1.n1").\nstep(used_way, bless, librarian, bless, "a3.p1.n1").\n'
                "after(used_way, bless, accounts)."
            ),
        ),
        {("ordering", ("a3.p1.n1", "a3.p1.n2"))},
    ),
    "a list that is shorter for what weighs more": (
        (
            *SEVERAL_ASKED, rule(MARKED), rule('says(C, marks, used, "a8.p1.n1") :- kind(C, gift), fact(C, object, books).'),
            rule('says(C, marks, fresh, "a8.p1.n2") :- kind(C, gift), fact(C, object, money).\nweightier(gift, object, books, money, "a8.p1.n2").'),
        ),
        {("ordering", ("a8.p1.n1", "a8.p1.n2"))},
    ),
    "an applicant who approves his own matter": (
        (
            Change(LAW, "fact(C, applicant, O), not O = director.", "fact(C, applicant, _)."),
            Change(LAW, 'gives_route(C, leave_assembly, "a4.p1.n2") :- kind(C, leave), fact(C, applicant, director).\n', ""),
        ),
        {("circularity", ("a4.p1.n1",))},
    ),
    "an applicant who approves his own matter for another": (
        (Change(LAW, STAND_IN_RULE, "official(C, Q), not Q = P."),),
        {("circularity", ("a4.p1.n1", "a5.p1.n1"))},
    ),
    "one person at two steps": (
        (Change(LAW, "accounts, accounts, audit_books,", "accounts, treasurer, audit_books,"),),
        {("circularity", ("a3.p1.n2", "a5.p1.n1"))},
    ),
    "a unit that deals with what it brought": (
        (GROUPS, GIVER, Change(LAW, "receiver, librarian,", "receiver, accounts,")),
        {("circularity", ("a8.p1.n1",))},
    ),
    "a unit that checks what it did as one of a class": (
        (
            GROUPS,
            Change(LAW, "step(buy_middle, discuss, committee,", "step(buy_middle, discuss, groups,"),
            Change(LAW, "step(buy_high, discuss, committee,", "step(buy_high, discuss, groups,"),
        ),
        {("circularity", BUY[1:2]), ("circularity", BUY[2:])},
    ),
    "who fills a role is away with his stand-in": (
        (
            SPONSOR,
            Change(TERMS, "actors:\n", "actors:\n  sponsor: {zh: 提议人, en: sponsor, held_by: [librarian]}\n"),
            Change(LAW, "step(buy_low, bless, librarian,", "step(buy_low, bless, sponsor,"),
            Change(LAW, STAND_IN_RULE, f"{STAND_IN_RULE[:-1]}, not sponsored_by(C, P, Q)."),
            rule("sponsored_by(C, P, Q) :- role(C, sponsor, P), holds(C, Q, director)."),
        ),
        {("deadlock", ("a3.p1.n1", "a5.p1.n1"))},
    ),
    "two stand-ins by two norms": (
        (DUTY, rule(f"{WHO_ACTS}\n{WHO_ELSE}")),
        {("overlap", ("a5.p1.n1", "a6.p1.n1"))},
    ),
    "a reading on which it hinges who acts": (
        (DUTY, reading("lent", "谁代行", "a5.p1.n1"), rule(WHO_ACTS.replace(").", "), reading(C, lent, so)."))),
        {("undefined_term", ("a5.p1.n1",))},
    ),
    "a reading on which a breach hinges": (
        (
            reading("lent", "何为登记", "a6.p1.n1"),
            Change(LAW, "fact(C, registered, no).", "fact(C, registered, no), reading(C, lent, so)."),
        ),
        {("undefined_term", ("a6.p1.n1",))},
    ),
    "an answer that another article always gives": (
        (rule('says(C, can_vote, yes, "a2.p1.n1") :- kind(C, assembly_vote), fact(C, attended, yes).'),),
        {("redundancy", ("a2.p1.n1", "a7.p1.n1"))},
    ),
    "two steps due on one day": (
        (rule('ahead_of(discuss, settle, 7, "a3.p1.n2").\nahead_of(audit_books, settle, 7, "a3.p1.n3").'),),
        {("temporal", BUY[1:])},
    ),
    "a lead as long as the interval": (
        (rule('ahead_of(discuss, settle, 7, "a3.p1.n2").\nheld_every(settle, 7, "a2.p1.n1").'),),
        {("temporal", ("a2.p1.n1", "a3.p1.n2"))},
    ),
    "a preparation that the interval does not hold": (
        (
            rule(
                'ahead_of(discuss, settle, 7, "a3.p1.n2").\nheld_every(settle, 7, "a2.p1.n1").\n'
                'prepares(audit_books, discuss, "a3.p1.n3").\nallowed(audit_books, 3, "a7.p1.n2").'
            ),
        ),
        {("temporal", ("a2.p1.n1", "a3.p1.n2")), ("temporal", ("a2.p1.n1", "a3.p1.n2", "a3.p1.n3", "a7.p1.n2"))},
    ),
    "an event that may be brought forward": (
        (rule('ahead_of(discuss, settle, 7, "a3.p1.n2").\nmovable(settle, "a2.p1.n1").'),),
        {("temporal", ("a2.p1.n1", "a3.p1.n2"))},
    ),
    "a part as long as the whole": (
        (
            rule(
                'takes_in(settle, discuss, "a2.p1.n1").\nallowed(settle, 3, "a3.p1.n3").\nallowed(discuss, 3, "a3.p1.n2").'
            ),
        ),
        {("temporal", ("a2.p1.n1", *BUY[1:]))},
    ),
    "a step without a time of its own": (
        (rule('ahead_of(discuss, settle, 7, "a3.p1.n2").\nprepares(discuss, audit_books, "a3.p1.n3").'),),
        {("temporal", BUY[1:])},
    ),
    "in force before it was made public": (
        (rule('in_force_from(737564, "a1.p1.n1").\npublished_on(737565).'),),
        {("temporal", ("a1.p1.n1",))},
    ),
    "a word that is never defined": ((*IN_TIME, NAMED_IN_TIME), {("undefined_term", ("a6.p1.n1",))}),
    "a grade that is never measured, with what it grades": (
        (*reworded("赠书由馆员", "重要文件和书由馆员"), Change(TERMS, "books: {zh: 书,", "books: {zh: 重要文件和书,")),
        {("undefined_term", ("a8.p1.n1",))},
    ),
    "a sentence that can be read in two ways": ((ON_LOAN, HINGES), {("undefined_term", ("a7.p1.n2",))}),
    "two articles that can be read in two ways": (
        (reading("lent", "借期是否可续", "a6.p1.n1", "a7.p1.n2"), HINGES),
        {("overlap", ("a6.p1.n1", "a7.p1.n2"))},
    ),
    "a scope clause that can be read in two ways": (
        (reading("lent", "会计是否受约束", "a1.p1.n1"), HINGES),
        {("scope", ("a1.p1.n1", "a6.p1.n1", "a7.p1.n2"))},
    ),
    "a sentence of which it is asked whom it binds": (
        (reading("lent", "借期是否只约束读者", "a7.p1.n2"), HINGES),
        {("scope", ("a7.p1.n2",))},
    ),
    "a sentence of which it is asked how often": (
        (reading("lent", "续借一次是至少一次还是仅一次", "a7.p1.n2"), HINGES),
        {("boundary", ("a7.p1.n2",))},
    ),
    "a bound that can be read in two ways": (
        (
            *reworded("五百元(含)以上", "五百元以上"),
            reading("lent", "五百元以上是否含五百元", "a3.p1.n3"),
            HINGES,
        ),
        {("boundary", ("a3.p1.n3",))},
    ),
    "several names for one actor": (
        (*reworded("读者借书", "书友借书"), Change(TERMS, "en: readers,", "en: readers, aliases: [书友],")),
        {("synonym", ("a1.p1.n1", "a6.p1.n1"))},
    ),
    "several names for one thing": (
        (things("account: {zh: 核账, en: checking the accounts, aliases: [对账]}"), *reworded("账目组核账,由主任", "账目组对账,由主任")),
        {("synonym", BUY[1:])},
    ),
    "a reference without a target": (
        (Change(NORMS, 'points_to("a7.p1.n3", "《借书须知》").', 'points_to("a7.p1.n3", "有关规定").'),),
        {("dangling_reference", ("a7.p1.n3",))},
    ),
    "a body of which nothing says who belongs to it": (
        reworded("评审委员会由三名读者组成", "评审委员会办事公道"),
        {("dangling_reference", ("a2.p1.n1", *BUY[1:]))},
    ),
    "a system that is laid down nowhere": (
        (Change(NORMS, 'points_to("a7.p1.n3", "《借书须知》").', 'points_to("a7.p1.n3", "押金制度").'),),
        {("dangling_reference", ("a7.p1.n3",))},
    ),
    "one thing to which two articles refer": (
        (
            Change(NORMS, 'points_to("a7.p1.n3", "《借书须知》").', 'points_to("a7.p1.n3", "分工").'),
            Change(NORMS, "", '\npoints_to("a8.p1.n2", "会计的分工").\n'),
        ),
        {("dangling_reference", ("a7.p1.n3", "a8.p1.n2"))},
    ),
    "who is bound and not in the scope clause": (
        (
            Change(TERMS, "actors:\n", "actors:\n  visitors: {zh: 访客, en: visitors, belongs: outsiders}\n"),
            Change(NORMS, '"a6.p1.n1", obligation, strict, readers', '"a6.p1.n1", obligation, strict, visitors'),
        ),
        {("scope", ("a1.p1.n1", "a6.p1.n1"))},
    ),
    "the same rule under two ids": (
        (
            Change(
                NORMS,
                'norm("a7.p1.n1"',
                'norm("a7.p1.n4", obligation, strict, readers).\nquotation("a7.p1.n4", "借出的书必须登记").\n'
                'gist("a7.p1.n4", "What is lent is registered.").\n\nnorm("a7.p1.n1"',
            ),
            Change(TEXT, "借期自借出次日起为三十个工作日", "借期自借出次日起为三十个工作日,借出的书必须登记"),
            rule(
                'governs(C, "a7.p1.n4") :- kind(C, loan).\n'
                'breaks(C, "a7.p1.n4", registered) :- kind(C, loan), fact(C, registered, no).'
            ),
        ),
        {("redundancy", ("a6.p1.n1", "a7.p1.n4"))},
    ),
    "the same rule in two articles": (
        (
            Change(
                NORMS,
                'norm("a8.p1.n2"',
                'norm("a8.p1.n3", obligation, strict, readers).\nquotation("a8.p1.n3", "读者一律不得转借他人的书").\n'
                'gist("a8.p1.n3", "Nobody lends on.").\n\nnorm("a8.p1.n2"',
            ),
            Change(
                NORMS,
                'norm("a7.p1.n1"',
                'norm("a6.p1.n2", obligation, strict, readers).\nquotation("a6.p1.n2", "不得转借他人的书籍").\n'
                'gist("a6.p1.n2", "Nobody lends on.").\n\nnorm("a7.p1.n1"',
            ),
            Change(TEXT, "应当登记。", "应当登记,不得转借他人的书籍。"),
            Change(TEXT, "由会计接收。", "由会计接收。读者一律不得转借他人的书。"),
        ),
        {("redundancy", ("a6.p1.n2", "a8.p1.n3"))},
    ),
    "a limit of which it is not said from when it runs": (
        reworded("自借出次日起为三十个工作日", "为三十个工作日"),
        {("boundary", ("a7.p1.n2",))},
    ),
    "a number that can be counted in two ways": (
        reworded("登记读者一半", "应到人数一半"),
        {("boundary", ("a7.p1.n1",))},
    ),
    "bounds that one article marks in two ways": (
        reworded("五百元(含)以上", "五百元及以上"),
        {("boundary", BUY[1:])},
    ),
    "a bound of which it is not said whether it is included": (
        reworded("五百元(含)以上", "五百元以上"),
        {("boundary", ("a3.p1.n3",))},
    ),
    "days that may be calendar or working days": (
        reworded("三十个工作日", "三十天"),
        {("boundary", ("a7.p1.n2",))},
    ),
}  # fmt: skip

SEVERAL = (
    "a word that is never defined", "yes and no", "several names for one actor",
    "an applicant who approves his own matter for another", "a ladder without its last rung",
)  # fmt: skip

HARMLESS: dict[str, tuple[Change, ...]] = {
    "the rules as they are": (),
    "a word that is defined": (
        *IN_TIME,
        NAMED_IN_TIME,
        *reworded("借期自借出次日起为三十个工作日", "借期自借出次日起为三十个工作日,及时是指当场"),
    ),
    "a word on which no answer hinges": IN_TIME,
    "a grade without anything graded": (
        *reworded("赠书由馆员", "重要书由馆员"),
        Change(TERMS, "books: {zh: 书,", "books: {zh: 重要书,"),
    ),
    "a name with more words": (
        *reworded("经评审委员会评议、账目组核账,由主任", "经读书社评审委员会评议、账目组核账,由主任"),
        Change(TERMS, "en: review committee}", "en: review committee, aliases: [读书社评审委员会]}"),
    ),
    "a thing with one name": (things("account: {zh: 核账, en: checking the accounts, aliases: [对账]}"),),
    "a word that is no reference": (
        *reworded("按照《借书须知》执行", "不符合规定的不借"),
        Change(NORMS, 'points_to("a7.p1.n3", "《借书须知》").', 'points_to("a7.p1.n3", "规定").'),
    ),
    "what two bodies are each to do": (
        Change(
            NORMS,
            'norm("a8.p1.n2"',
            'norm("a8.p1.n3", obligation, strict, council).\nquotation("a8.p1.n3", "理事会议应当公布全年书目").\n'
            'gist("a8.p1.n3", "The council publishes.").\n\nnorm("a8.p1.n2"',
        ),
        Change(
            NORMS,
            'norm("a3.p1.n1"',
            'norm("a2.p1.n2", obligation, strict, committee).\nquotation("a2.p1.n2", "公布全年书目").\n'
            'gist("a2.p1.n2", "The committee publishes.").\n\nnorm("a3.p1.n1"',
        ),
        Change(TEXT, "三名读者组成。", "三名读者组成,公布全年书目。"),
        Change(TEXT, "由会计接收。", "由会计接收。理事会议应当公布全年书目,由会计召集和主持。"),
        Change(
            NORMS,
            'norm("a8.p1.n3"',
            'norm("a8.p1.n4", power, plain, treasurer).\nquotation("a8.p1.n4", "理事会议应当公布全年书目,由会计召集和主持").\n'
            'gist("a8.p1.n4", "The treasurer convenes it.").\n\nnorm("a8.p1.n3"',
        ),
        Change(TERMS, "  assembly: {zh: 读者大会", "  council: {zh: 理事会议, en: council}\n  assembly: {zh: 读者大会"),
    ),
    "a limit with its first day": reworded("自借出次日起为三十个工作日", "为借出后三十个工作日"),
    "a convention": (reading("lent", "借期是否可续", "a7.p1.n2", convention=True), HINGES),
    "a reading on which no answer hinges": (
        ON_LOAN,
        Change(LAW, HINGES.old, HINGES.new.replace("60", "30")),
    ),
    "two norms that answer the same": (
        rule('says(C, receiver, librarian, "a8.p1.n2") :- kind(C, gift), fact(C, object, books).'),
    ),
    "two norms that name the same two": (
        rule(
            'says(C, receiver, treasurer, "a8.p1.n1") :- kind(C, gift), fact(C, object, books).\n'
            'says(C, receiver, O, "a8.p1.n2") :- kind(C, gift), fact(C, object, books), says(C, receiver, O, "a8.p1.n1").'
        ),
    ),
    "an exception that is said to be one": (
        rule(
            'leads_to(books_bought, middle, buy_high, "a3.p1.n3").\n'
            'lifts(C, "a3.p1.n2", "a3.p1.n3") :- kind(C, purchase), measured(C, books_bought, I), spans(books_bought, middle, I).'
        ),
    ),
    "a breach that an exception lifts": (
        rule('permits(C, "a7.p1.n2", "a6.p1.n1") :- kind(C, loan).\nlifts(C, "a7.p1.n2", "a6.p1.n1") :- kind(C, loan).'),
    ),
    "a value under which the matter does not arise": (
        Change(TERMS, "type: term, options: [books, money]}", "type: term, options: [books, money], moot: [money]}"),
        Change(LAW, 'says(C, receiver, treasurer, "a8.p1.n2") :- kind(C, gift), fact(C, object, money).', ""),
    ),
    "an overview in which each option has its answer": (SIDE_BY_SIDE,),
    "a question without any answer that is of no overview": SEVERAL_ASKED,
    "one sentence cut into two norms": (
        Change(
            NORMS,
            'norm("a7.p1.n1"',
            'norm("a6.p1.n2", obligation, strict, readers).\nquotation("a6.p1.n2", "借书应当登记").\n'
            'gist("a6.p1.n2", "What is borrowed is registered.").\n\nnorm("a7.p1.n1"',
        ),
        rule(
            'governs(C, "a6.p1.n2") :- kind(C, loan).\n'
            'breaks(C, "a6.p1.n2", registered) :- kind(C, loan), fact(C, registered, no).'
        ),
    ),
    "a permission that repeats": (
        Change(NORMS, '"a2.p1.n1", definition', '"a2.p1.n1", permission'),
        rule('says(C, can_vote, yes, "a2.p1.n1") :- kind(C, assembly_vote), fact(C, attended, yes).'),
    ),
    "a lead shorter than the interval, and steps one after the other": (
        rule(
            'ahead_of(discuss, settle, 6, "a3.p1.n2").\nahead_of(audit_books, settle, 5, "a3.p1.n3").\nheld_every(settle, 7, "a2.p1.n1").\n'
            'takes_in(settle, bless, "a2.p1.n1").\nallowed(settle, 3, "a3.p1.n3").\nallowed(bless, 2, "a3.p1.n2").\n'
            'prepares(discuss, audit_books, "a3.p1.n3").\nin_force_from(737564, "a1.p1.n1").\npublished_on(737564).'
        ),
    ),
    "a unit that is not of the class whose matter it is": (
        GROUPS,
        GIVER,
    ),
    "a weightier purchase that is reviewed as well": (
        SORTED,
        rule('adds_step(C, buy_low, discuss, committee, discuss, "a3.p1.n1") :- kind(C, purchase).'),
        rule("adds_order(C, buy_low, bless, discuss) :- kind(C, purchase)."),
        WEIGHTIER,
    ),
    "what bears on a route and does not stand against it": (
        rule('bears_on(C, "a2.p1.n1", "a8.p1.n1") :- kind(C, gift), fact(C, object, books).'),
    ),
    "a bound with 含 in the clause": reworded("五百元(含)以上", "五百元以上含五百元"),
}  # fmt: skip


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_found_and_no_other(defect: str, club: Club) -> None:
    changes, wanted = PLANTED[defect]
    kb = club(changes)
    result = audit(kb)
    assert told(result) == sorted(wanted)
    assert result.searched["complete"]
    for finding in result.findings:
        assert unsaid(finding) == []
        assert [w for w in finding.witnesses if not shown(kb, w)] == []


@pytest.mark.parametrize("change", HARMLESS)
def test_sound_rules_give_no_finding(change: str, club: Club) -> None:
    assert told(audit(club(HARMLESS[change]))) == []


def test_no_two_detectors_define_one_predicate() -> None:
    said = {"finding", "concerns", "proof", "word", "mend"}
    defined: dict[str, set[str]] = {}
    for file in sorted((REASONING / "audit" / "detect").glob("*.lp")):
        for name in re.findall(r"^([a-z_]+)\(", file.read_text("utf-8"), re.M):
            defined.setdefault(name, set()).add(file.name)
    assert {name: files for name, files in defined.items() if len(files) > 1 and name not in said} == {}


def facts(result: Audit) -> list[dict[str, str]]:
    return [dict(w.case["facts"]) for f in result.findings for w in f.witnesses]


def test_a_gap_in_a_ladder_is_shown_at_its_bound(club: Club) -> None:
    assert facts(audit(club(PLANTED["a ladder without its last rung"][0]))) == [{"price": "500"}]


def test_no_amount_is_nothing(club: Club) -> None:
    without_first = Change(LAW, 'leads_to(books_bought, low, buy_low, "a3.p1.n1").\n', "")
    assert facts(audit(club([without_first]))) == [{"price": "0.01"}]


def test_an_error_passes_from_a_process_to_another() -> None:
    for error in (InputError("wrong", "错", "a:1"), InputErrors([InputError("x", "甲"), InputError("y", "乙")])):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.say("zh"), again.say("en")) == (type(error), error.say("zh"), error.say("en"))


def test_an_order_that_turns_round_is_shown_by_two_amounts(club: Club) -> None:
    (finding,) = audit(club(PLANTED["two bodies whose order turns round"][0])).findings
    (witness,) = finding.witnesses
    assert witness.beside is not None
    assert (witness.beside["facts"], witness.case["facts"]) == ({"price": "100"}, {"price": "500"})


def test_a_deadlock_names_the_fewest_who_are_away(club: Club) -> None:
    (finding,) = audit(club(PLANTED["two who stand in for each other only"][0])).findings
    assert [a["who"] for w in finding.witnesses for a in w.case["absences"]] == ["director", "librarian"]


def test_a_group_that_comes_first_and_then_last(club: Club) -> None:
    jury = Change(TERMS, "  assembly:", "  jury: {zh: 评审团, en: jury, belongs: outsiders}\n  assembly:")
    outside = Change(
        TERMS, "committee: {zh: 评审委员会, en: review committee", "committee: {zh: 评审委员会, en: review committee, belongs: outsiders"
    )  # fmt: skip
    last = (
        Change(LAW, "step(buy_high, settle, assembly, settle,", "step(buy_high, settle, jury, settle,"),
        Change(LAW, 'step(buy_high, discuss, committee, discuss, "a3.p1.n3").\n', ""),
        Change(LAW, "after(buy_high, accounts, discuss).\n", ""),
    )
    found = audit(club((jury, outside, *last))).findings
    assert told_of(found) == [("ordering", BUY[1:])] * 2
    (turns,) = [f for f in found if "评审团" in f.title.zh]
    assert turns.witnesses[0].beside is not None


def test_severity_is_by_what_a_defect_blocks(club: Club) -> None:
    several = [c for defect in SEVERAL for c in PLANTED[defect][0]]
    found = [(f.severity, f.type) for f in audit(club(several)).findings]
    assert found == [
        ("blocking", "gap"), ("two_answers", "contradiction"), ("vague", "circularity"), ("vague", "undefined_term"),
        ("editorial", "synonym"),
    ]  # fmt: skip


def test_one_process_or_two_find_the_same(club: Club) -> None:
    kb = club([c for defect in SEVERAL for c in PLANTED[defect][0]])
    once, again, spread = (audit(kb, processes=n).to_json() for n in (1, 1, 2))
    assert once == again == spread


def test_an_id_does_not_hang_on_other_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    more = [c for defect in SEVERAL for c in PLANTED[defect][0]]
    alone, among = (
        {f.id for f in audit(changed(tmp_path / name, changes)).findings}
        for name, changes in (("alone", PLANTED[SEVERAL[0]][0]), ("among", more))
    )
    assert len(alone) == 1 and alone < among


# --- the rules that come with the package -----------------------------------------------------


@pytest.fixture(scope="module")
def whole(kb: KnowledgeBase) -> Audit:
    return audit(kb, processes=2)


def test_every_witness_has_the_status_that_it_claims(kb: KnowledgeBase, whole: Audit) -> None:
    wrong_ones = [f"{f.id}: {w.case['case']}" for f in whole.findings for w in f.witnesses if not shown(kb, w)]
    assert wrong_ones == []
    assert {w.status for f in whole.findings if f.type == "deadlock" for w in f.witnesses} == {
        "matter_stuck",
        "undefined",
    }


def test_what_is_found_about_answers_has_a_witness_and_all_is_proved(whole: Audit) -> None:
    by_cases = {"gap", "overlap", "contradiction", "tension", "deadlock", "circularity", "ordering"}
    assert [f.id for f in whole.findings if f.type in by_cases and not f.witnesses] == []
    assert whole.searched["complete"] and whole.searched["unproved"] == 0
    assert whole.searched["norms"] == len(whole.kb.norms)


def test_each_finding_is_said_in_both_languages(whole: Audit) -> None:
    assert [(f.id, texts) for f in whole.findings if (texts := unsaid(f))] == []


def test_findings_have_ids_of_their_own_and_norms_and_stand_by_severity(whole: Audit) -> None:
    ids = [f.id for f in whole.findings]
    assert len(set(ids)) == len(ids)
    assert [f.id for f in whole.findings if not f.norms or not re.fullmatch(f"{f.type}-[0-9a-f]{{8}}", f.id)] == []
    order = [SEVERITIES.index(f.severity) for f in whole.findings]
    assert order == sorted(order)


def test_the_json_has_the_shape_of_the_contract(whole: Audit) -> None:
    assert wrong(json.loads(json.dumps(whole.to_json())), AUDIT) == []


# --- the command ------------------------------------------------------------------------------


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], whole: Audit) -> Command:
    """``nj``, whose audit has been made before."""
    monkeypatch.setattr("nj_logic.auditing.audit", lambda _kb, **_options: whole)
    return Command(monkeypatch, capsys)


def found(outcome: Outcome) -> list[dict[str, Any]]:
    return list(json.loads(outcome.out)["findings"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("修改建议：", "见证案例：nj", "无法办理")), ("en", ("remedy: ", "witness: nj", "Cannot be decided"))],
)
def test_the_terminal_shows_each_finding_with_its_remedy(
    nj: Command, whole: Audit, lang: str, words: tuple[str, ...]
) -> None:
    outcome = nj("--lang", lang, "audit")
    assert outcome.status == 1 and all(word in outcome.out for word in words)
    assert [f.id for f in whole.findings if f.title.say(lang) not in outcome.out] == []
    assert "{" not in outcome.out and len(whole.findings) == outcome.out.count(words[0])


def test_the_compact_form_has_a_line_a_finding(nj: Command, whole: Audit) -> None:
    lines = nj("audit", "--format", "compact").out.splitlines()
    assert [line.split("\t")[2] for line in lines[:-1]] == [f.id for f in whole.findings]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--type", "gap", "--type", "deadlock"], lambda f: f.type in {"gap", "deadlock"}),
        (["--severity", "two_answers"], lambda f: f.severity in {"blocking", "two_answers"}),
        (["--article", "29"], lambda f: any(n.startswith("a29.") for n in f.norms)),
        (["--article", "29", "--type", "ordering"], lambda f: f.type == "ordering" and f.norms[0].startswith("a29.")),
    ],
)
def test_findings_can_be_chosen(
    nj: Command, whole: Audit, options: list[str], wanted: Callable[[Finding], bool]
) -> None:
    outcome = nj("audit", "--json", *options)
    assert [f["id"] for f in found(outcome)] == [f.id for f in whole.findings if wanted(f)] != []


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 1), (["--fail-level", "blocking"], 1), (["--fail-level", "never"], 0), (["--type", "synonym"], 1),
        (["--type", "synonym", "--fail-level", "vague"], 0), (["--type", "dangling_reference", "--fail-level", "two_answers"], 0),
    ],
)  # fmt: skip
def test_the_exit_status_is_by_severity(nj: Command, options: list[str], status: int) -> None:
    assert nj("audit", "--format", "compact", *options).status == status


def test_a_search_that_was_cut_is_no_success(nj: Command, whole: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = replace(whole, findings=(), searched={**whole.searched, "complete": False, "unproved": 2})
    monkeypatch.setattr("nj_logic.auditing.audit", lambda _kb, **_options: cut)
    outcome = nj("--lang", "en", "audit")
    assert outcome.status == 1 and "not complete" in outcome.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--type", "deadlok"], "deadlock"), (["--article", "96"], "95"), (["--severity", "grave"], "blocking"),
        (["--format", "xlsx"], "-o"), (["--accepted", "nowhere.yaml"], "nowhere.yaml"), (["--witnesses", "nowhere"], "nowhere"),
        (["--processes", "0"], "1"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_allowed(nj: Command, options: list[str], said: str) -> None:
    outcome = nj("--lang", "en", "audit", *options)
    assert outcome.status == 2 and said in outcome.err and outcome.out == ""


def register(folder: Path, *entries: dict[str, str]) -> Path:
    file = folder / "accepted.yaml"
    file.write_text(yaml.safe_dump({"accepted": list(entries)}, allow_unicode=True), "utf-8")
    return file


DECIDED = {"reason": "=1+1", "by": "县府办"}


def test_an_accepted_finding_is_quiet(nj: Command, whole: Audit, tmp_path: Path) -> None:
    one = whole.findings[-1]
    file = register(tmp_path, {"id": one.id, "until": "2199-12-31", **DECIDED})
    of_type = ["--type", one.type, "--accepted", file]
    quiet = nj("audit", *of_type)
    assert one.id not in quiet.out and "已接受1项" in quiet.out
    (kept,) = [f for f in found(nj("audit", "--json", *of_type)) if f["id"] == one.id]
    assert kept["accepted"] == {"id": one.id, "until": "2199-12-31", **DECIDED}


def test_all_accepted_is_success(nj: Command, whole: Audit, tmp_path: Path) -> None:
    known = [{"id": f.id, **DECIDED} for f in whole.findings if f.type == "boundary"]
    assert nj("audit", "--type", "boundary", "--accepted", register(tmp_path, *known)).status == 0
    assert nj("audit", "--type", "boundary", "--accepted", register(tmp_path, *known[1:])).status == 1


def test_an_entry_that_has_run_out_no_longer_serves(nj: Command, whole: Audit, tmp_path: Path) -> None:
    one = whole.findings[0]
    file = register(tmp_path, {"id": one.id, "until": "2020-12-31", **DECIDED})
    outcome = nj("--lang", "en", "audit", "--accepted", file, "--fail-level", "blocking")
    assert outcome.status == 1 and f"{one.id} expired on 2020-12-31" in outcome.out and one.title.en in outcome.out


def test_an_entry_without_its_finding_is_stale(nj: Command, tmp_path: Path) -> None:
    file = register(tmp_path, {"id": "gap-00000000", **DECIDED})
    outcome = nj("--lang", "en", "audit", "--json", "--type", "boundary", "--accepted", file)
    assert outcome.status == 1 and "gap-00000000 is stale" in outcome.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accepted: 3", "a list"), ("- a", "a list"), ("accepted: [{id: x, by: y}]", "reason is not stated"),
        ("accepted: [{id: x, by: y, reason: z, untill: 2030-01-01}]", "until"), ("accepted: [x]", "mapping"),
        ("accepted: [{id: x, by: y, reason: z, until: soon}]", "soon"),
        ("accepted: [{id: x, by: y, reason: z}, {id: x, by: y, reason: w}]", "twice"),
    ],
)  # fmt: skip
def test_a_wrong_register_is_refused(nj: Command, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(text, "utf-8")
    outcome = nj("--lang", "en", "audit", "--accepted", file)
    assert outcome.status == 2 and said in outcome.err and "accepted.yaml" in outcome.err


def test_witnesses_are_files_that_can_be_asked_again(
    nj: Command, kb: KnowledgeBase, whole: Audit, tmp_path: Path
) -> None:
    nj("audit", "--witnesses", tmp_path)
    proved = [
        (f, f"{f.id}{'' if i == 1 else f'.{i}'}.yaml", w) for f in whole.findings for i, w in enumerate(f.witnesses, 1)
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(name for _, name, _ in proved)
    for _, name, witness in proved:
        assert kb.case(tmp_path / name).kind.term.id == witness.case["kind"]
    first_of = {(f.type, w.command): (name, w) for f, name, w in reversed(proved)}
    for name, witness in first_of.values():
        outcome = nj(witness.command, tmp_path / name, "--json")
        assert outcome.status in {0, 1} and f'"{witness.status}"' in outcome.out


def test_sarif_points_at_the_lines_of_the_text(nj: Command, whole: Audit, tmp_path: Path) -> None:
    file = register(tmp_path, {"id": whole.findings[0].id, **DECIDED})
    (run,) = (log := json.loads(nj("audit", "--format", "sarif", "--accepted", file).out))["runs"]
    assert wrong(log, SARIF) == []
    results, lines = (
        run["results"],
        (whole.kb.root / "kb" / "text" / "nanjiang-2020.txt").read_text("utf-8").splitlines(),
    )
    assert len(results) == len(whole.findings)
    assert {r["ruleId"] for r in results} == {r["id"] for r in run["tool"]["driver"]["rules"]}
    assert [r["partialFingerprints"]["finding/v1"] for r in results if r.get("suppressions")] == [whole.findings[0].id]
    regions = [place["physicalLocation"]["region"] for r in results for place in r["locations"]]
    assert [r for r in regions if squeezed(r["snippet"]["text"])[:8] not in squeezed(lines[r["startLine"] - 1])] == []


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_junit_counts_what_failed(nj: Command, whole: Audit, tmp_path: Path) -> None:
    file = register(tmp_path, {"id": whole.findings[0].id, **DECIDED})
    suites = ElementTree.fromstring(nj("audit", "--format", "junit", "--accepted", file).out)
    assert int(suites.attrib["tests"]) == len(suites.findall("testsuite/testcase")) == len(whole.findings)
    assert (
        sum(int(s.attrib["failures"]) for s in suites)
        == len(suites.findall("testsuite/testcase/failure"))
        == len(whole.findings) - 1
    )
    assert [s.attrib["message"] for s in suites.findall("testsuite/testcase/skipped")] == [DECIDED["reason"]]


def test_in_a_spreadsheet_words_stay_words(nj: Command, whole: Audit, tmp_path: Path) -> None:
    file = register(tmp_path, {"id": whole.findings[0].id, **DECIDED})
    sheet = tmp_path / "audit.xlsx"
    outcome = nj("audit", "--format", "xlsx", "-o", sheet, "--accepted", file)
    assert outcome.status == 1 and str(sheet) in outcome.out
    rows = list(load_workbook(sheet).active.iter_rows())
    assert [row[0].value for row in rows[1:]] == [f.id for f in whole.findings]
    assert (rows[1][-1].value, rows[1][-1].data_type) == ("=1+1", "s")


def test_what_is_printed_can_be_written_to_a_file(nj: Command, whole: Audit, tmp_path: Path) -> None:
    for form in ("pretty", "compact", "json", "sarif", "junit"):
        file = tmp_path / form
        assert nj("audit", "--format", form, "-o", file, "--fail-level", "never").status == 0
        assert whole.findings[0].id in file.read_text("utf-8")


# --- what people judged -----------------------------------------------------------------------

JUDGED = HERE.parent / "examples" / "judged-findings.yaml"


def test_what_people_judged_stands_apart_and_is_not_counted(nj: Command) -> None:
    plain = json.loads(nj("audit", "--type", "boundary", "--fail-level", "never", "--json").out)
    with_judged = json.loads(
        nj("audit", "--type", "boundary", "--fail-level", "never", "--judged", JUDGED, "--json").out
    )
    assert with_judged["findings"] == plain["findings"] and "judged" not in plain
    (one,) = with_judged["judged"]
    assert one["type"] == "gap" and len(one["quotes"]) == len(one["norms"]) == 2
    shown_ = nj("audit", "--type", "boundary", "--judged", JUDGED, "--lang", "en").out
    assert "By human judgement (not counted as found) (1)" in shown_


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("type: gap", "type: gapp", ("gapp", "gap")),
        ("a42.p3.n3,", "a42.p3.n99,", ("a42.p3.n99", "a42.p3.n9")),
        ("by: 法制审查人员", "by: ''", ("判断者",)),
    ],
)
def test_a_wrong_judgement_is_refused_with_the_right_word(
    nj: Command, tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(JUDGED.read_text("utf-8").replace(old, new), "utf-8")
    outcome = nj("audit", "--judged", file)
    assert outcome.status == 2 and all(word in outcome.err for word in words)


# --- remedies ---------------------------------------------------------------------------------

REMEDIED = (
    "a ladder without its last rung", "an amount off the ladder, where two other facts may give a way", "a class of which nothing is said", "two facts that have an answer each, and none together",
    "nobody acts unless he is entrusted", "an office in which nobody stands in", "two routes for one case",
    "two answers to one question", "what one norm forbids another permits", "one conduct, strictly ruled and by default",
    "a step that larger amounts do not need", "a word that is never defined", "a body of which nothing says who belongs to it",
    "who is bound and not in the scope clause", "the same rule under two ids", "an answer that another article always gives",
    "a reading on which it hinges who acts", "a reading on which a breach hinges", "a sentence that can be read in two ways", "two articles that can be read in two ways",
    "a scope clause that can be read in two ways", "a sentence of which it is asked whom it binds", "a sentence of which it is asked how often",
    "a bound that can be read in two ways", "several names for one actor", "several names for one thing",
    "a reference without a target", "a system that is laid down nowhere", "one thing to which two articles refer",
    "a limit of which it is not said from when it runs", "a number that can be counted in two ways", "bounds that one article marks in two ways",
    "a bound of which it is not said whether it is included", "days that may be calendar or working days",
    "two steps due on one day", "a lead as long as the interval", "a preparation that the interval does not hold", "an event that may be brought forward",
    "a part as long as the whole", "a step without a time of its own", "in force before it was made public",
    "a principle against what is given", "a list that is shorter for what weighs more",
    "an applicant who approves his own matter", "an applicant who approves his own matter for another", "one person at two steps",
)  # fmt: skip


@pytest.mark.parametrize("defect", REMEDIED)
def test_the_remedy_of_a_defect_removes_it(defect: str, club: Club, tmp_path: Path) -> None:
    found = audit(club(PLANTED[defect][0]))
    tried = remedied(found)
    assert tried.findings and all(f.amendment is not None and f.removed for f in tried.findings)
    for finding in tried.findings:
        file = tmp_path / f"{finding.id}.yaml"
        file.write_text(text_of(finding.amendment or {}), "utf-8")
        assert read_amendment(file).id == finding.id


def amendments(kb: KnowledgeBase) -> list[dict[str, Any]]:
    return [dict(f.amendment) for f in audit(kb).findings if f.amendment is not None]


def test_an_answer_is_written_as_a_sentence(club: Club) -> None:
    (amendment,) = amendments(club(PLANTED["a class of which nothing is said"][0]))
    assert [t["append"] for t in amendment["text"]] == ["赠与物为钱的，由馆员接收。"]


def test_a_name_gives_way_in_the_text_and_in_the_quotations(club: Club) -> None:
    kb = club(PLANTED["several names for one actor"][0])
    (amendment,) = amendments(kb)
    assert amendment["text"] == [{"paragraph": "a6.p1", "old": "书友", "new": "读者", "gists": {}}]
    assert applied(kb, amendment).norms["a6.p1.n1"].quote == "读者借书应当登记"


def test_names_in_a_row_become_one_and_a_longer_name_stays(club: Club) -> None:
    words = "en: readers, aliases: [书友, 借阅人],"
    group = Change(TERMS, "  committee:", "  circle: {zh: 书友会, en: circle of friends}\n  committee:")
    kb = club(
        (
            *reworded("读者借书应当登记", "书友、借阅人借书会的书、书友会的书应当登记"),
            Change(TERMS, "en: readers,", words),
            group,
        )
    )
    (amendment,) = [a for a in amendments(kb) if any("old" in t for t in a.get("text", []))]
    assert applied(kb, amendment).norms["a6.p1.n1"].quote == "读者借书会的书、书友会的书应当登记"


def test_a_lead_becomes_the_longest_that_fits(club: Club) -> None:
    (amendment,) = amendments(club(PLANTED["a lead as long as the interval"][0]))
    assert amendment["parameters"] == [{"number": "ahead_of(discuss, settle)", "becomes": 6}]


def test_who_stands_aside_is_named_with_who_acts(club: Club) -> None:
    (amendment,) = amendments(club(PLANTED["an applicant who approves his own matter"][0]))
    assert [t["append"] for t in amendment["text"]] == ["请假事项系主任提出的，主任应当回避，由馆员批准。"]


def test_a_remedy_that_would_be_a_choice_is_not_written(club: Club) -> None:
    found = audit(club(PLANTED["a unit that deals with what it brought"][0]))
    assert [(f.amendment, f.removed) for f in remedied(found).findings] == [(None, None)]


def test_the_remedies_are_written_beside_the_result(nj: Command, tmp_path: Path) -> None:
    assert nj("audit", "--type", "redundancy", "--remedies", tmp_path, "--format", "compact").status == 1
    written = sorted(tmp_path.glob("*.yaml"))
    assert written and all(f.read_text("utf-8").startswith("# checked") for f in written)
    assert nj("impact", written[0], "--json").status in {0, 1}
