"""Results for people at a terminal, in Chinese or English. Control characters of the input come out as visible text."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .amounts import chinese_numeral
from .errors import Bilingual

if TYPE_CHECKING:
    from .answer import Answers
    from .atoms import Atom
    from .case import Case
    from .check import Check
    from .conflicts import Conflicts
    from .explain import Explanation
    from .knowledge import KnowledgeBase
    from .paths import Paths
    from .prolog import Failure, Proof
    from .results import MissingFact, Silence, Warning
    from .worlds import Condition

MOST_QUOTED = 3
STATUS = {
    "determined": Bilingual("确定", "determined"),
    "conflict": Bilingual("冲突", "conflict"),
    "undefined": Bilingual("规则未作规定", "undefined: the rules give no answer"),
    "needs_facts": Bilingual("需要补充事实", "needs facts"),
    "non_compliant": Bilingual("不合规", "non-compliant"),
    "deviated": Bilingual("偏离原则性规定", "deviates from a default rule"),
    "compliant": Bilingual("合规", "compliant"),
    "violated": Bilingual("违反", "violated"),
    "missing": Bilingual("缺少", "missing"),
    "open": Bilingual("未定", "open"),
    "satisfied": Bilingual("满足", "satisfied"),
}
WORDS = {
    "before_force": Bilingual("本案日期早于本规则施行之日：", "The case is dated before the rules were in force: "),
    "adopted": Bilingual("已采用的解释：", "adopted interpretation: "),
    "alternative": Bilingual("方案", "Alternative"),
    "path": Bilingual("路径", "Path"),
    "for": Bilingual("代", "for"),
    "readings": Bilingual("解释", "read as"),
    "or": Bilingual("或", "or"),
    "and": Bilingual("且", "and"),
    "ask": Bilingual("请先补充：", "Please state:"),
    "open_question": Bilingual("规则未规定：", "The rules do not say: "),
    "nearest": Bilingual("最接近的规范：", "closest norms:"),
    "outside": Bilingual("另见：", "see also: "),
    "warning": Bilingual("提示：", "Note: "),
    "more": Bilingual("另有：", "also: "),
    "any": Bilingual("任一：", "any of: "),
    "all": Bilingual("全部：", "all of: "),
    "acting": Bilingual("代行情况", "Who acts"),
    "no_findings": Bilingual("没有发现问题", "No findings"),
    "no_questions": Bilingual("此类事项没有设定问题", "No questions are set for this kind of matter"),
    "basis": Bilingual("依据", "by"),
    "conflict_with": Bilingual("与之冲突：", "against:"),
    "notice": Bilingual("通知", "Notice"),
    "not_in_norms": Bilingual("未列入规范的文字：", "text in no norm: "),
    "not_testable": Bilingual("不可检验", "not testable"),
    "no_rule": Bilingual("尚无规则", "no rule yet"),
    "convention": Bilingual("约定，默认：", "convention, default: "),
}
NORM_WORDS = {
    "obligation": Bilingual("义务", "obligation"),
    "prohibition": Bilingual("禁止", "prohibition"),
    "permission": Bilingual("许可", "permission"),
    "power": Bilingual("职权", "power"),
    "definition": Bilingual("定义", "definition"),
    "deadline": Bilingual("期限", "deadline"),
    "threshold": Bilingual("界限", "threshold"),
    "procedure": Bilingual("程序", "procedure"),
    "declaratory": Bilingual("宣示", "declaratory"),
    "reference": Bilingual("援引", "reference"),
    "scope": Bilingual("适用范围", "scope"),
    "strict": Bilingual("强制", "strict"),
    "default": Bilingual("原则上", "default"),
    "plain": Bilingual("一般", "plain"),
    "exhortative": Bilingual("倡导", "exhortative"),
    "exhortation": Bilingual("倡导性文字", "exhortation"),
    "discretion": Bilingual("属于裁量", "discretion"),
    "outside_rule": Bilingual("由其他规定确定", "outside rule"),
}
"""The kinds and strengths of norms, and why one is not testable."""


def word(key: str, lang: str) -> str:
    """One of the fixed words."""
    return WORDS[key].say(lang)


def clean(text: str, *, keep_lines: bool = False) -> str:
    """Text of the user with control and direction characters made visible."""
    return "".join(
        c
        if not _hidden(c) or (keep_lines and c == "\n")
        else f"\\u{ord(c):04x}"
        if ord(c) < 0x10000
        else f"\\U{ord(c):08x}"
        for c in text
    )


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _quotes(kb: KnowledgeBase, norms: Iterable[str], lang: str, indent: str) -> list[str]:
    lines = []
    for norm in norms:
        entry = kb.norms[norm]
        lines.append(f"{indent}{norm}  {entry.quote}")
        if lang == "en":
            lines.append(f"{indent}{' ' * len(norm)}  {entry.gist}")
    return lines


def _under(kb: KnowledgeBase, conditions: Sequence[Condition], lang: str, indent: str) -> list[str]:
    """The readings under which something holds, a line each; none where it holds under all."""
    if not conditions or any(not c for c in conditions):
        return []
    lines = []
    for i, condition in enumerate(conditions):
        for j, (topic, option) in enumerate(condition):
            lead = word("and" if j else "or" if i else "readings", lang)
            entry = kb.readings[topic]
            lines.append(f"{indent}{lead}  {entry[lang]} — {entry['options'][option][lang]} [{topic}={option}]")
    return lines


def _person(kb: KnowledgeBase, case: Case, id_: str, lang: str) -> str:
    """An official as people call him: in the roster's words, or by the office that he holds."""
    official = case.official(id_)
    return kb.term(official.offices[0]).label.say(lang) if official.implied else clean(official.title)


def _listed(words: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(words)


def _aside(text: str, lang: str) -> str:
    return f"（{text}）" if lang == "zh" else f" ({text})"


def _tail(
    kb: KnowledgeBase,
    missing: Sequence[MissingFact],
    undefined: Sequence[Silence],
    warnings: Sequence[Warning],
    lang: str,
) -> list[str]:
    lines = []
    if missing:
        lines.append(word("ask", lang))
        for n, fact in enumerate(missing, 1):
            choices = " / ".join(o.say(lang) for o in fact.options)
            options = _aside(choices, lang) if choices else ""
            lines.append(f"  {n}. {clean(fact.label.say(lang))}{options} [{clean(fact.id)}]")
    for silence in undefined:
        lines.append(f"{word('open_question', lang)}{clean(silence.question.say(lang))}")
        if silence.nearest:
            lines.append(f"  {word('nearest', lang)}")
            lines += _quotes(kb, silence.nearest, lang, "    ")
        lines += [f"  {word('outside', lang)}{rule} [{norm}]" for norm, rule in silence.outside]
    for warning in warnings:
        norms = f" [{', '.join(warning.norms)}]" if warning.norms else ""
        lines.append(f"{word('warning', lang)}{clean(warning.message.say(lang))}{norms}")
    return lines


def _context(kb: KnowledgeBase, case: Case, readings: Mapping[str, str], lang: str) -> list[str]:
    """That the case is older than the rules; the adopted interpretations that were applied, one a line."""
    norm = kb.before_force(case)
    older = [f"{word('before_force', lang)}{norm} {kb.norms[norm].quote}"] if norm else []
    return older + [
        f"{word('adopted', lang)}{kb.readings[i.topic][lang]} — {kb.readings[i.topic]['options'][i.option][lang]}"
        + _aside(clean(f"{i.topic}={i.option}; {i.basis}; {i.by}; {i.since}"), lang)
        for i in kb.applied(case, readings)
    ]


def paths(result: Paths, lang: str) -> str:
    """Approval paths."""
    kb, case = result.kb, result.case
    lines = [f"{clean(case.id)}  {case.kind.term.label.say(lang)}  —  {STATUS[result.status].say(lang)}"]
    for n, alternative in enumerate(result.alternatives, 1):
        lines.append("")
        if len(result.alternatives) > 1:
            lines.append(f"{word('alternative', lang)} {n}")
        lines += _under(kb, alternative.readings, lang, "  ")
        if alternative.undefined_because is not None:
            stages = "  →  ".join(f"{_actors(kb, o, lang)} {kb.term(a).label.say(lang)}" for o, a in alternative.stages)
            lines += [f"  {stages}"] if stages else []
            lines += ["  " + line for line in _tail(kb, (), (alternative.undefined_because,), (), lang)]
        for path in alternative.paths:
            lines.append(f"  {word('path', lang)} {path.id}")
            for step in path.steps:
                actor, action = kb.term(step.actor).label.say(lang), kb.term(step.action).label.say(lang)
                lines.append(f"    {step.id}  {actor}{_doer(kb, case, step.person, step.acting_for, lang)}  {action}")
                lines += _quotes(kb, step.norms, lang, "          ")
    tail = _tail(kb, result.missing, () if result.alternatives else result.undefined, result.warnings, lang)
    return "\n".join([*lines, *([""] if tail else []), *tail, *_context(kb, case, result.readings, lang)])


def _doer(kb: KnowledgeBase, case: Case, person: str | None, acting_for: str | None, lang: str) -> str:
    """Who does what his office is to do, if somebody has named him or he stands in for another."""
    if person is None or (acting_for is None and case.official(person).implied):
        return ""
    who = _person(kb, case, person, lang)
    if acting_for is not None:
        who += f" {word('for', lang)} {_person(kb, case, acting_for, lang)}"
    return _aside(who, lang)


def _actors(kb: KnowledgeBase, offices: str, lang: str) -> str:
    return " / ".join(kb.term(o).label.say(lang) for o in offices.split(" / "))


def answers(result: Answers, lang: str) -> str:
    """Answers to questions."""
    kb, case = result.kb, result.case
    lines = [f"{clean(case.id)}  {case.kind.term.label.say(lang)}"]
    if not result.answers:
        lines.append(word("no_questions", lang))
    for answer in result.answers:
        lines += ["", f"{kb.term(answer.question).label.say(lang)}  —  {STATUS[answer.status].say(lang)}"]
        for alternative in answer.alternatives:
            mode = word(alternative.mode, lang) if alternative.mode and len(alternative.value) > 1 else ""
            values = _listed((value_text(kb, result, v, lang) for v in alternative.value), lang) or "—"
            lines.append(f"  {alternative.id}  {mode}{values}")
            lines += _under(kb, alternative.readings, lang, "      ")
            for performer in alternative.performers:
                doer = _doer(kb, case, performer.person, performer.acting_for, lang)
                lines += [f"        {kb.term(performer.office).label.say(lang)}{doer}"] if doer else []
            lines += _quotes(kb, alternative.norms, lang, "        ")
            if alternative.undefined_because is not None:
                lines += ["      " + line for line in _tail(kb, (), (alternative.undefined_because,), (), lang)]
        silent = () if answer.alternatives else answer.undefined
        lines += ["  " + line for line in _tail(kb, answer.missing, silent, answer.warnings, lang)]
    return "\n".join([*lines, *_context(kb, case, result.readings, lang)])


def value_text(kb: KnowledgeBase, result: Answers, value: Any, lang: str) -> str:  # noqa: ANN401
    """A plain value as people read it."""
    if isinstance(value, bool):
        return {("zh", True): "是", ("zh", False): "否", ("en", True): "yes", ("en", False): "no"}[lang, value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) and value not in kb.terms:
        return (
            _person(kb, result.case, value, lang) if any(o.id == value for o in result.case.officials) else clean(value)
        )
    return kb.term(value).label.say(lang) if isinstance(value, str) else str(value)


def check(result: Check, everything: bool, lang: str) -> str:
    """A verdict and its findings."""
    kb, case = result.kb, result.case
    lines = [f"{clean(case.id)}  {case.kind.term.label.say(lang)}  —  {STATUS[result.verdict].say(lang)}"]
    for finding in [*result.findings, *(result.satisfied if everything else ())]:
        lines.append(f"  {finding.id}  {STATUS[finding.status].say(lang)}  {clean(finding.message.say(lang))}")
        lines += _under(kb, finding.readings, lang, "      ")
        lines += _quotes(kb, [finding.norm], "zh", "      ")
        if finding.conflict_with:
            lines.append(f"      {word('conflict_with', lang)}")
            lines += _quotes(kb, finding.conflict_with, lang, "        ")
        lines += ["      " + line for line in _tail(kb, finding.missing, (), (), lang)]
    return "\n".join([*lines, *_context(kb, case, result.readings, lang)])


def conflicts(result: Conflicts, lang: str) -> str:
    """Clashes in a register and who acts when."""
    kb, case = result.kb, result.case
    lines = [f"{clean(case.id)}  {case.kind.term.label.say(lang)}"]
    if not result.findings:
        lines.append(word("no_findings", lang))
    for finding in result.findings:
        lines.append(f"  {finding.id}  {clean(finding.message.say(lang))}")
        lines += _under(kb, finding.readings, lang, "      ")
        lines += _quotes(kb, finding.norms[:MOST_QUOTED], lang, "      ")
        if len(finding.norms) > MOST_QUOTED:
            lines.append(f"      {word('more', lang)}{_listed(finding.norms[MOST_QUOTED:], lang)}")
    if result.acting:
        lines += ["", word("acting", lang)]
    persons = {o.id: _person(kb, case, o.id, lang) for o in case.officials} if result.acting else {}
    for acting in result.acting:
        who = f"{persons[acting.person]} {word('for', lang)} {persons[acting.absent]}"
        lines.append(
            f"  {acting.start or '…'} — {acting.end or '…'}  {who}{_aside(word('basis', lang) + ' ' + acting.basis, lang)}"
        )
        lines += _under(kb, acting.readings, lang, "      ")
    return "\n".join([*lines, *_context(kb, case, result.readings, lang)])


def explanation(result: Explanation, lang: str, whole: bool = False) -> str:
    """Proofs, the decisive chain or the *whole* tree."""
    lines = [f"{clean(result.case.id)}  {clean(result.goal)}"]
    for one in result.proved:
        lines += ["", clean(one.goal.title.say(lang))]
        lines += _under(result.kb, [tuple(t for t in one.goal.world if t[0] in result.kb.readings)], lang, "  ")
        lines += proof_lines(result.kb, one.proof, lang, result.case, whole, one.reasons)
    return "\n".join(lines)


def proof_lines(
    kb: KnowledgeBase,
    proof: Proof,
    lang: str,
    case: Case | None = None,
    whole: bool = False,
    reasons: Mapping[Atom, Failure] | None = None,
) -> list[str]:
    """A proof as indented lines: what holds, because of which rule and norm, down to the facts of the case.

    Args:
        whole: every node and the place of its rule; otherwise the decisive chain.
        reasons: what negations rest on.
    """
    from .telling import ProofLines

    return ProofLines(kb, lang, case, whole, reasons or {}).of(proof)


def article(result: dict[str, Any], lang: str) -> str:
    """An article with its norms marked in the text."""
    lines = [f"{_heading(result['article'], lang)}  {result['chapter_title']}".rstrip()]
    for paragraph in result["paragraphs"]:
        lines += ["", _marked(paragraph)]
        for norm in paragraph["norms"]:
            state = _listed(
                [*(NORM_WORDS[norm[k]].say(lang) for k in ("kind", "strength")), norm["subject"][lang]], lang
            )
            lines += ["", f"  {norm['id']} {_aside(state, lang)}", f"    {norm['quote']}"]
            if lang == "en":
                lines.append(f"    {norm['gist']}")
            if norm["why_not"]:
                reason = NORM_WORDS[norm["why_not"]["reason"]].say(lang)
                lines.append(f"    {word('not_testable', lang)}{_aside(reason, lang)}: {norm['why_not'][lang]}")
            lines.append("    " + (_places(norm["rules"]) or word("no_rule", lang)))
        lines += [f"  {word('not_in_norms', lang)}{stretch}" for stretch in paragraph["uncovered"]]
    return "\n".join(lines)


def _heading(article: int, lang: str) -> str:
    if article == 0:
        return word("notice", lang)
    return f"第{chinese_numeral(article)}条" if lang == "zh" else f"Article {article}"


def _places(rules: Iterable[str]) -> str:
    """``kb/law/x.lp:3, 7`` for ``kb/law/x.lp:3`` and ``kb/law/x.lp:7``."""
    lines: dict[str, list[str]] = {}
    for rule in rules:
        file, _, line = rule.rpartition(":")
        lines.setdefault(file, []).append(line)
    return "; ".join(f"{file}:{', '.join(found)}" for file, found in lines.items())


def _marked(paragraph: dict[str, Any]) -> str:
    """The paragraph with each norm's number where its quotation ends."""
    text = paragraph["text"]
    ends: dict[int, list[str]] = {}
    for norm in paragraph["norms"]:
        for _, end in norm["spans"]:
            ends.setdefault(end, []).append(norm["id"].rsplit(".", 1)[1])
    parts, last = [], 0
    for end in sorted(ends):
        parts += [text[last:end], f"[{','.join(ends[end])}]"]
        last = end
    return "".join([*parts, text[last:]])


def columns_and_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as wide as the terminal; long cells are folded."""
    from io import StringIO
    from shutil import get_terminal_size

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    out = StringIO()
    Console(file=out, width=max(80, get_terminal_size((120, 40)).columns), color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().strip("\n").split("\n"))


def norms(result: Sequence[dict[str, Any]], lang: str) -> str:
    """The ledger as a table."""
    columns = {
        "zh": ["编号", "类别", "强度", "主体", "引文", "规则"],
        "en": ["id", "kind", "strength", "subject", "quotation", "rules"],
    }[lang]
    rows = [
        [n["id"], NORM_WORDS[n["kind"]].say(lang), NORM_WORDS[n["strength"]].say(lang), n["subject"][lang], n["quote"],
         _places(n["rules"]) or (
             f"{word('not_testable', lang)}{_aside(NORM_WORDS[n['why_not']['reason']].say(lang), lang)}" if n["why_not"]
             else word("no_rule", lang)
         )]
        for n in result
    ]  # fmt: skip
    return columns_and_rows(columns, rows)


def coverage(result: dict[str, Any], lang: str) -> str:
    """The state of each article."""
    columns = {
        "zh": ["条", "规范", "可检验", "已有规则", "正反情景"],
        "en": ["article", "norms", "testable", "with rules", "exercised"],
    }[lang]
    keys = ("norms", "operational", "executable", "exercised")
    rows = [[str(a["article"]), *(str(a[k]) for k in keys)] for a in result["by_article"]]
    rows.append(["Σ", *(str(result[k]) for k in keys)])
    lines = [columns_and_rows(columns, rows)]
    lines += [
        f"{word('not_in_norms', lang)}{u['article']}.{u['paragraph']} {u['text']}" for u in result["unaccounted_text"]
    ]
    return "\n".join(lines)


def readings(kb: KnowledgeBase, result: Sequence[dict[str, Any]], lang: str) -> str:
    """The topics of readings."""
    lines = []
    for topic in result:
        kind = _aside(word("convention", lang) + topic["default"], lang) if topic["convention"] else ""
        lines.append(f"{topic['topic']}  {topic[lang]}{kind}")
        lines += [f"    {o['option']}  {o[lang]}" for o in topic["options"]]
        lines += _quotes(kb, [n["id"] for n in topic["norms"]], lang, "      ")
        lines.append("")
    return "\n".join(lines).rstrip()


def kinds(result: Sequence[dict[str, Any]], lang: str) -> str:
    """The kinds of matter as a table."""
    columns = {"zh": ["制度", "类型", "名称", "条", "问题"], "en": ["system", "kind", "name", "articles", "questions"]}[
        lang
    ]
    rows = [
        [k["system"], k["id"], k[lang], ", ".join(map(str, k["articles"])), ", ".join(q[lang] for q in k["questions"])]
        for k in result
    ]
    return columns_and_rows(columns, rows)
