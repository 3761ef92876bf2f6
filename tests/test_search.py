"""``nj search``: words in the text, the norms, the queries, the kinds and the terms; also short ones, and under other names."""

from __future__ import annotations

import json

import pytest

from nj_logic.errors import InputError
from nj_logic.knowledge import KnowledgeBase
from nj_logic.search import Search, Words, normal

from .command import Command


@pytest.fixture(name="nj")
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def ids(kb: KnowledgeBase, section: str, *words: str) -> set[str]:
    return {hit.id for hit in Search(kb, words).hits[section]}


def test_two_characters_are_found_inside_a_sentence(kb: KnowledgeBase) -> None:
    assert {"48.1", "54.1"} <= ids(kb, "text", "纪要")
    assert "a86.p2.n1" in ids(kb, "norms", "请假")


def test_all_words_have_to_be_there(kb: KnowledgeBase) -> None:
    assert ids(kb, "norms", "纪要", "签发") == ids(kb, "norms", "纪要") & ids(kb, "norms", "签发")
    assert ids(kb, "norms", "纪要 签发") == ids(kb, "norms", "签发", "纪要")


def test_an_office_is_found_under_each_of_its_names(kb: KnowledgeBase) -> None:
    assert ids(kb, "norms", "常务副县长") == ids(kb, "norms", "负责常务工作的副县长")
    assert {"a29.p1.n21", "a10.p1.n4"} <= ids(kb, "norms", "常务副县长")
    assert ids(kb, "norms", "县财政局") >= {"a29.p1.n16", "a29.p1.n20"}
    assert "a29.p1.n21" in ids(kb, "norms", "负责常务工作的副县长审批")


def test_spaces_and_width_do_not_matter(kb: KnowledgeBase) -> None:
    assert ids(kb, "text", "100万元") == ids(kb, "text", "１００ 万元".replace(" ", "")) == {"29.1"}
    assert normal("县本级 100 万元（含）") == "县本级100万元(含)"


def test_english_words_are_found_in_gists_and_labels(kb: KnowledgeBase) -> None:
    assert "a10.p1.n4" in ids(kb, "norms", "entrusted", "executive deputy")
    assert "minutes" in ids(kb, "queries", "minutes")
    assert "county_head" in ids(kb, "terms", "county head")


def test_kinds_queries_and_readings_are_found(kb: KnowledgeBase) -> None:
    assert "fund_use" in ids(kb, "kinds", "资金使用")
    assert "minutes" in ids(kb, "queries", "纪要")
    assert "mixed_funds" in ids(kb, "readings", "混合")


def test_nothing_to_look_for_is_refused(kb: KnowledgeBase) -> None:
    for words in ([""], ["  "], ["长" * 300]):
        with pytest.raises(InputError):
            Words(kb, words)


def test_the_command(nj: Command) -> None:
    found = nj("search", "常务副县长", "审批", "--json")
    answered = json.loads(found.out)
    assert found.status == 0 and "负责常务工作的副县长" in answered["words"]["常务副县长"]
    assert {h["id"] for h in answered["hits"]["norms"]} >= {"a29.p1.n21", "a29.p1.n23"}
    assert "a29.p1.n21" in nj("search", "常务副县长", "审批", "--lang", "zh").out
    assert nj("search", "没有这样的词语", "--lang", "zh").out.strip() == "没有找到"
    assert nj("search", "\x1b[31m", "--lang", "en").status == 0
