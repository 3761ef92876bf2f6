"""The audit: each detector finds its planted defect and nothing where there is none; each witness gives what it claims; the command prints it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from nj_logic.audit import Audit, audit
from nj_logic.knowledge import KnowledgeBase

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


def told(result: Audit) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((f.type, f.norms) for f in result.findings)


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterable[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


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
    "a class of which nothing is said": (
        (Change(LAW, 'says(C, receiver, treasurer, "a8.p1.n2") :- kind(C, gift), fact(C, object, money).', ""),),
        {("gap", ("a8.p1.n1",))},
    ),
    "two facts that have an answer each, and none together": (
        (Change(LAW, "fact(C, object, books).", "fact(C, object, books), fact(C, state, fresh)."),),
        {("gap", ("a8.p1.n1", "a8.p1.n2"))},
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
    "an applicant who approves his own matter": (
        (
            Change(LAW, "fact(C, applicant, O), not O = director.", "fact(C, applicant, _)."),
            Change(LAW, 'gives_route(C, leave_assembly, "a4.p1.n2") :- kind(C, leave), fact(C, applicant, director).\n', ""),
        ),
        {("circularity", ("a4.p1.n1",))},
    ),
    "an applicant who approves his own matter for another": (
        (Change(LAW, STAND_IN_RULE, "official(C, Q), not Q = P."),),
        {("circularity", ("a4.p1.n1",))},
    ),
    "one person at two steps": (
        (Change(LAW, "accounts, accounts, audit_books,", "accounts, treasurer, audit_books,"),),
        {("circularity", ("a3.p1.n2",))},
    ),
    "a word that is never defined": (reworded("应当登记", "应当及时登记"), {("undefined_term", ("a6.p1.n1",))}),
    "a sentence that can be read in two ways": ((ON_LOAN, HINGES), {("undefined_term", ("a7.p1.n2",))}),
    "two articles that can be read in two ways": (
        (reading("lent", "借期是否可续", "a6.p1.n1", "a7.p1.n2"), HINGES),
        {("overlap", ("a6.p1.n1", "a7.p1.n2"))},
    ),
    "a scope clause that can be read in two ways": (
        (reading("lent", "会计是否受约束", "a1.p1.n1"), HINGES),
        {("scope", ("a1.p1.n1",))},
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
        (*reworded("读者借书应当登记", "书友借书应当登记"), Change(TERMS, "en: readers,", "en: readers, aliases: [书友],")),
        {("synonym", ("a1.p1.n1", "a2.p1.n1", "a6.p1.n1"))},
    ),
    "a reference without a target": (
        (Change(NORMS, 'points_to("a7.p1.n3", "《借书须知》").', 'points_to("a7.p1.n3", "有关规定").'),),
        {("dangling_reference", ("a7.p1.n3",))},
    ),
    "a body of which nothing says who belongs to it": (
        reworded("评审委员会由三名读者组成", "评审委员会办事公道"),
        {("dangling_reference", ("a2.p1.n1",))},
    ),
    "who is bound and not in the scope clause": (
        (
            Change(TERMS, "actors:\n", "actors:\n  visitors: {zh: 访客, en: visitors, belongs: other_group}\n"),
            Change(TERMS, "values:\n", "values:\n  other_group: {zh: 社外, en: outsiders}\n"),
            Change(NORMS, '"a6.p1.n1", obligation, strict, readers', '"a6.p1.n1", obligation, strict, visitors'),
        ),
        {("scope", ("a1.p1.n1", "a6.p1.n1"))},
    ),
    "the same rule under two ids": (
        (
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
        {("redundancy", ("a6.p1.n1", "a6.p1.n2"))},
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

HARMLESS: dict[str, tuple[Change, ...]] = {
    "the rules as they are": (),
    "a word that is defined": (
        *reworded("应当登记", "应当及时登记"),
        *reworded("借期为三十个工作日", "借期为三十个工作日,及时是指当场"),
    ),
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
    "a bound with 含 in the clause": reworded("五百元(含)以上", "五百元以上含五百元"),
}  # fmt: skip


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_found_and_no_other(defect: str, tmp_path: Path) -> None:
    changes, wanted = PLANTED[defect]
    result = audit(changed(tmp_path / "club", changes))
    assert told(result) == sorted(wanted)
    assert result.searched["unproved"] == 0


@pytest.mark.parametrize("change", HARMLESS)
def test_sound_rules_give_no_finding(change: str, tmp_path: Path) -> None:
    assert told(audit(changed(tmp_path / "club", HARMLESS[change]))) == []
