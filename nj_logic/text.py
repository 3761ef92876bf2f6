"""Cutting a regulation's text into notice, chapters, articles, paragraphs and sentences, and finding quotations in it.

It knows the forms that governments' rules take, and no regulation in particular: articles numbered 一、 or 第一条
(or 第1条), chapters or none, any punctuation and white space, traditional characters. What it cannot number it refuses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from nj_logic.amounts import AmountError, chinese_number, chinese_numeral
from nj_logic.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a clause up to a semicolon; ``start`` counts from the beginning of its paragraph."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of an article without its number; ``start`` counts from the beginning of the file's text."""

    number: int
    text: str
    start: int

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The paragraph's sentences in order; together they hold all of its text but the white space between them."""
        return tuple(Sentence(found[0], found.start()) for found in _SENTENCE.finditer(self.text))


@dataclass(frozen=True, slots=True)
class Article:
    """An article; ``number`` 0 is the notice before article 1, ``chapter`` 0 is outside all chapters."""

    number: int
    chapter: int
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter's heading: ``Chapter(5, "科学民主决策")``."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Regulation:
    """A regulation as cut; ``notice`` has no paragraphs where the text has no notice, ``chapters`` may be empty."""

    title: str
    notice: Article
    chapters: tuple[Chapter, ...]
    articles: tuple[Article, ...]


# All that str.isspace knows, and the zero-width ones.
_BLANK = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)
_SPACE = f"[{_BLANK}]"
_SPACES = re.compile(f"{_SPACE}+")
_EVERY_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\n|\r|$)")
_CHINESE = r"[〇零一二三四五六七八九十百千]+"
_ORDINAL = rf"第{_SPACE}*({_CHINESE}|[0-9０-９]{{1,6}}){_SPACE}*"

_CHAPTER = re.compile(rf"{_ORDINAL}章{_SPACE}*([^。；;，,：:]*)")
_DIVISION = re.compile(rf"{_ORDINAL}[编編节節]{_SPACE}*([^。；;，,：:]*)")
_LISTED = re.compile(rf"({_CHINESE})[、､．.]{_SPACE}*")
# 第三条规定的事项 opens a paragraph; 第三条 alone, or 第三条为了, an article.
_TITLED = re.compile(rf"{_ORDINAL}[条條](?!第|[至和、]第|所?[规規]定|所列|所[称稱]|的){_SPACE}*")
_CONTENTS = re.compile(rf"目{_SPACE}*[录錄]")

_CLOSING = r"[”’」』）)》〉\"']*"
_PROSE = re.compile(rf"[^(（].*(?:[。！；!;．]|(?<![0-9A-Za-z])\.){_CLOSING}", re.DOTALL)
_SALUTATION = re.compile(r"[^:：]+[:：]")
_NAME = re.compile(r"[^。；：，、;:,]+")
_TITLE = re.compile(r"[^(（。；：;:][^。；：;:]*")
_DATE = re.compile(r"[0-9〇零一二三四五六七八九]{4}年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}日")
_SENTENCE = re.compile(
    rf"\S(?:[^。！？；｡!?;.．]|(?<=[0-9A-Za-z０-９])[.．])*(?:[。！？；｡!?;.．]+{_CLOSING}|$)", re.DOTALL
)
_WORDS = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_PIECE = re.compile(r".[\u0300-\u036f\u3099\u309a]*", re.DOTALL)  # a character with the marks that NFKC joins to it


class _Line(NamedTuple):
    """A line that is not blank, without the white space around it."""

    number: int
    text: str
    start: int
    blanks_before: int


def cut(text: str, source: str = "text") -> Regulation:
    """Cut *text*, all of a regulation's file as read; *source* is the file's name for messages.

    Raises :class:`~nj_logic.errors.KnowledgeError` where the numbering of articles or chapters has a hole, repeats or
    runs backwards, where articles are numbered in both ways, where an article is empty, and where there is none.
    """
    lines = list(_lines(text))
    article = _numbering(lines, source)
    front, body = _parts(lines, article)
    title, notice = _front_matter(front)
    chapters: list[Chapter] = []
    articles: list[tuple[_Line, int, list[_Line]]] = []
    content: list[_Line] | None = None  # of the article that is open
    for line in body:
        if heading := _CHAPTER.fullmatch(line.text):
            _expect("chapter", "章", heading[1], len(chapters) + 1, f"{source}:{line.number}")
            chapters.append(Chapter(len(chapters) + 1, _SPACES.sub("", heading[2])))
            content = None
        elif _DIVISION.fullmatch(line.text):
            content = None
        elif heading := article.match(line.text):
            _expect("article", "条", heading[1], len(articles) + 1, f"{source}:{line.number}")
            rest = line._replace(text=line.text[heading.end() :], start=line.start + heading.end())
            content = [rest] if rest.text else []
            articles.append((line, len(chapters), content))
        elif content is not None:
            if article is _TITLED and _continues(line, len(articles), content):
                raise _two_ways(line, articles[-1][0], source)
            content.append(line)
        elif chapters and not chapters[-1].title:
            chapters[-1] = Chapter(len(chapters), _SPACES.sub("", line.text))
        else:
            raise KnowledgeError(
                f"text between a heading and its first article, which no norm could quote: {line.text[:40]!r}",
                f"标题与其后第一条之间有正文，规范无法引用：{line.text[:40]!r}",
                f"{source}:{line.number}",
            )
    for number, (line, _, content) in enumerate(articles, 1):
        if not content:
            raise KnowledgeError(f"article {number} has no text", f"第{number}条没有内容", f"{source}:{line.number}")
    return Regulation(
        title,
        Article(0, 0, _paragraphs(notice)),
        tuple(chapters),
        tuple(
            Article(number, chapter, _paragraphs(content)) for number, (_, chapter, content) in enumerate(articles, 1)
        ),
    )


def _lines(text: str) -> Iterator[_Line]:
    blanks = 0
    for number, found in enumerate(_EVERY_LINE.finditer(text), 1):
        line = found[1].lstrip(_BLANK)
        if line:
            yield _Line(number, line.rstrip(_BLANK), found.end(1) - len(line), blanks)
        blanks = 0 if line else blanks + 1


def _numbering(lines: list[_Line], source: str) -> re.Pattern[str]:
    """The form of the articles' numbers. In a text of 第一条, 一、 inside an article is one of its paragraphs."""
    listed = next((line for line in lines if _LISTED.match(line.text)), None)
    titled = next((line for line in lines if _TITLED.match(line.text)), None)
    if listed and titled and listed.number < titled.number:
        raise _two_ways(listed, titled, source)
    if titled:
        return _TITLED
    if listed:
        return _LISTED
    raise KnowledgeError(
        "no article found: a line of each article must begin with its number, 一、 or 第一条",
        "找不到条文：每条须另起一行，以“一、”或“第一条”开头",
        source,
    )


def _two_ways(here: _Line, there: _Line, source: str) -> KnowledgeError:
    return KnowledgeError(
        f"articles are numbered in two ways: {here.text[:10]!r} here and {there.text[:10]!r} in line {there.number}",
        f"条文有两种编号：此处为 {here.text[:10]!r}，第{there.number}行为 {there.text[:10]!r}",
        f"{source}:{here.number}",
    )


def _parts(lines: list[_Line], article: re.Pattern[str]) -> tuple[list[_Line], list[_Line]]:
    """What stands before the first heading or table of contents, and the body without the page's text after it."""

    def headed(line: _Line) -> str | None:
        heading = _CHAPTER.fullmatch(line.text) or _DIVISION.fullmatch(line.text)
        return heading[1] if heading else None

    first = next(at for at, line in enumerate(lines) if headed(line) or article.match(line.text))
    front = next((at for at in range(first) if _CONTENTS.fullmatch(lines[at].text)), first)
    if front < first and headed(lines[first]):  # the body begins where the first heading of the contents comes again
        first = next((at for at in range(first + 1, len(lines)) if headed(lines[at]) == headed(lines[first])), first)
    last = max(at for at, line in enumerate(lines) if article.match(line.text))
    usual = max(
        (
            line.blanks_before
            for above, line in pairwise(lines[first : last + 1])
            if not headed(above) and not headed(line)
        ),
        default=0,
    )
    end = next((at for at in range(last + 1, len(lines)) if lines[at].blanks_before > max(usual, 1)), len(lines))
    return lines[:front], lines[first:end]


def _front_matter(lines: list[_Line]) -> tuple[str, list[_Line]]:
    """The regulation's title and the lines of the notice that issues it.

    The notice runs from its salutation (or else its first sentence) to its date; the issuer's name above the date is
    no part of it. A sentence between the date and the body belongs to it too. The title is the last heading left.
    """
    prose = [at for at, line in enumerate(lines) if _PROSE.fullmatch(line.text)]
    salutation = next((at for at in range(len(lines) - 1) if _is_salutation(lines[at].text, lines[at + 1].text)), None)
    start = salutation if salutation is not None else min(prose, default=len(lines))
    dated = next((at for at in range(start, len(lines)) if _DATE.fullmatch(fold(lines[at].text))), None)
    end = 1 + (dated if dated is not None else max(prose, default=start - 1))
    notice = lines[start:end]
    while dated is not None and len(notice) > 1 and _NAME.fullmatch(notice[-2].text):
        del notice[-2]
    notice += [lines[at] for at in prose if at >= end]
    title, above = "", 0
    for line in reversed([line for line in lines[end:] if line not in notice] or lines[:start]):
        if _TITLE.fullmatch(line.text) and (not title or line.number == above):
            title, above = line.text + title, line.number - 1
    return _SPACES.sub("", title), notice


def _is_salutation(text: str, following: str) -> bool:
    """各乡镇人民政府: before a sentence, or before one that leads to a list; not the label 索引号: before its value."""
    leads_on = _PROSE.fullmatch(following) or (
        following.endswith((":", "：")) and ("," in following or "，" in following)
    )
    return bool(_SALUTATION.fullmatch(text) and leads_on)


def _continues(line: _Line, number: int, content: list[_Line]) -> bool:
    """Whether the line is 三、 after 第二条: an article numbered in the other way, for a list starts with 一、."""
    item = _LISTED.match(line.text)
    return bool(
        item and item[1] == chinese_numeral(number + 1) and not any(_LISTED.match(above.text) for above in content)
    )


def _expect(en: str, zh: str, ordinal: str, expected: int, where: str) -> None:
    """Refuse a heading whose number is not the next one."""
    try:
        number = chinese_number(ordinal) if re.match(_CHINESE, ordinal) else int(ordinal)
    except AmountError as problem:
        raise KnowledgeError(str(problem), problem.say("zh"), where) from None
    if number > expected:
        missing = f"{expected}" if number == expected + 1 else f"{expected} to {number - 1}"
        raise KnowledgeError(
            f"{en} {number} follows {en} {expected - 1}: {missing} is missing"
            if expected > 1
            else f"the first {en} is {number}: {missing} is missing",
            f"第{expected - 1}{zh}之后是第{number}{zh}，缺第{missing.replace('to', '至')}{zh}"
            if expected > 1
            else f"第一个{zh}号是{number}，缺第{missing.replace('to', '至')}{zh}",
            where,
        )
    if number < expected:
        raise KnowledgeError(
            f"{en} {number} comes again, after {en} {expected - 1}",
            f"第{expected - 1}{zh}之后又出现第{number}{zh}",
            where,
        )


def _paragraphs(lines: Iterable[_Line]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(number, line.text, line.start) for number, line in enumerate(lines, 1))


def fold(text: str) -> str:
    """*text* in Unicode's NFKC form without any white space: the form in which quotations are compared."""
    return _folded(text)[0]


@lru_cache(maxsize=1024)
def _folded(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters where in *text* the piece that it comes from begins and ends."""
    characters: list[str] = []
    origins: list[tuple[int, int]] = []
    for piece in _PIECE.finditer(text):
        for character in _SPACES.sub("", unicodedata.normalize("NFKC", piece[0])):
            characters.append(character)
            origins.append(piece.span())
    return "".join(characters), origins


def find(paragraph: Paragraph, quotation: str) -> list[tuple[int, int]]:
    """Every place in ``paragraph.text`` where the quotation stands, as (start, end), both folded by :func:`fold`."""
    folded, origins = _folded(paragraph.text)
    sought = fold(quotation)
    found: list[tuple[int, int]] = []
    at = folded.find(sought) if sought else -1
    while at >= 0:
        found.append((origins[at][0], origins[at + len(sought) - 1][1]))
        at = folded.find(sought, at + 1)
    return found


def uncovered(paragraph: Paragraph, quotations: Iterable[str]) -> list[str]:
    """The stretches of the paragraph that stand in none of the quotations, without the punctuation around them."""
    quoted = {at for quotation in quotations for start, end in find(paragraph, quotation) for at in range(start, end)}
    stretches = (
        "".join(paragraph.text[at] for at in stretch)
        for is_quoted, stretch in groupby(range(len(paragraph.text)), quoted.__contains__)
        if not is_quoted
    )
    return [words[0] for stretch in stretches if (words := _WORDS.search(stretch))]
