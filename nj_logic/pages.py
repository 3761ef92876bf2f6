"""A page a chapter for reviewers who read law and not code: text, norms, rules, readings, scenarios.

``python -m nj_logic.pages FOLDER`` writes them; the project keeps them in ``docs/chapters`` and a test keeps them in step.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .declared import Norm
from .files import write_document
from .knowledge import KnowledgeBase
from .ledger import article as article_of
from .ledger import readings as readings_of


def escape(text: str) -> str:
    """Text inside a Markdown table or paragraph."""
    for sign in "\\`*_<>|[]#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")


def state(norm: Norm) -> str:
    """How far a norm is formalised, in both languages."""
    if norm.why_not is not None:
        return f"不可检验 not testable ({norm.why_not['reason']}): {escape(norm.why_not['zh'])}"
    return "可执行 executable" if norm.executable else "尚无规则 no rule yet"


def chapter_page(kb: KnowledgeBase, number: int) -> str:
    """The page of a chapter (0: the notice before the articles)."""
    chapters = {c["number"]: c["title"] for c in kb.text["chapters"]}
    title = chapters.get(number, "通知")
    lines = [f"# {f'第{number}章 ' if number else ''}{title}", ""]
    readings = readings_of(kb)
    for entry in kb.text["articles"]:
        if (entry["chapter"] or 0) == number:
            lines += _article(kb, article_of(kb, entry["number"]), readings)
    return "\n".join(lines).rstrip() + "\n"


def _article(kb: KnowledgeBase, article: dict[str, Any], readings: list[dict[str, Any]]) -> Iterable[str]:
    number = article["article"]
    yield f"## {f'第{number}条 Article {number}' if number else '通知 Notice'}"
    for paragraph in article["paragraphs"]:
        yield from ("", f"> {escape(paragraph['text'])}", "")
        yield "| 规范 norm | 类别 kind | 强度 strength | 主体 subject | 引文 quotation | 大意 in English | 状态 state |"
        yield "|---|---|---|---|---|---|---|"
        for entry in paragraph["norms"]:
            norm = kb.norms[entry["id"]]
            subject = kb.term(norm.subject).label.zh
            cells = [
                norm.id,
                norm.kind,
                norm.strength,
                escape(subject),
                escape(norm.quote),
                escape(norm.gist),
                state(norm),
            ]
            yield f"| {' | '.join(cells)} |"
    own = [kb.norms[n["id"]] for p in article["paragraphs"] for n in p["norms"]]
    rules = sorted({rule for norm in own for rule in norm.rules}, key=place)
    if rules:
        yield from ("", "规则 Rules", "", "```prolog")
        yield from (f"{source(kb, rule)}   % {rule}" for rule in rules)
        yield "```"
    mine = [r for r in readings if {n["id"] for n in r["norms"]} & {n.id for n in own}]
    if mine:
        yield from ("", "解释 Readings", "")
    for reading in mine:
        kind = f"(约定,默认 convention, default: {reading['default']})" if reading["convention"] else ""
        yield f"- `{reading['topic']}` {escape(reading['zh'])} / {escape(reading['en'])} {kind}".rstrip()
        yield from (f"  - `{o['option']}` {escape(o['zh'])} / {escape(o['en'])}" for o in reading["options"])
    scenarios = sorted({name for norm in own for name in kb.scenarios_of(norm.id)})
    if scenarios:
        yield from ("", "情景 Scenarios", "")
        yield from (f"- {escape(name)}" for name in scenarios)
    yield ""


def place(rule: str) -> tuple[str, int]:
    """The file and line of a rule named as ``file:line``."""
    file, _, line = rule.rpartition(":")
    return file, int(line)


def source(kb: KnowledgeBase, rule: str) -> str:
    """The line of the law at which *rule* (``file:line``) stands."""
    file, line = place(rule)
    return (kb.root / file).read_text(encoding="utf-8").splitlines()[line - 1]


def pages(kb: KnowledgeBase) -> dict[str, str]:
    """Every page by its file's name."""
    numbers = sorted({entry["chapter"] or 0 for entry in kb.text["articles"]})
    return {f"chapter-{number:02}.md": chapter_page(kb, number) for number in numbers}


def main() -> None:
    """Write the pages into the folder named on the command line."""
    folder = Path(sys.argv[1])
    for name, page in pages(KnowledgeBase()).items():
        write_document(folder / name, page)


if __name__ == "__main__":
    main()
