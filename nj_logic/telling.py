"""Explanations for people at a terminal: proofs, failures, repairs, changes, questions, verdicts on saved proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .amounts import chinese_numeral
from .atoms import Var, arguments
from .errors import Bilingual
from .phrasing import Phrasing, decisive, norms_of
from .terminal import STATUS, clean

if TYPE_CHECKING:
    from .ask_next import Asked, AskNext
    from .atoms import Atom
    from .case import Case
    from .knowledge import KnowledgeBase
    from .prolog import Failure, Proof
    from .repair import Repairs
    from .verify import Verdict
    from .what_if import Result, WhatIf
    from .whynot import WhyNot

WORDS = {
    "case": Bilingual("本案事实", "fact of the case"),
    "law": Bilingual("规则事实", "stated by the rules"),
    "above": Bilingual("见上", "as shown above"),
    "rule": Bilingual("规则", "rule"),
    "not": Bilingual("不成立：", "not so: "),
    "because": Bilingual("因为", "because"),
    "fails": Bilingual("止于", "stops at"),
    "read_as": Bilingual("解释", "reading"),
    "assumed": Bilingual("假定", "assumed"),
    "missing": Bilingual("缺少的条件：", "What is missing: "),
    "not_stated": Bilingual("没有写明", "not stated"),
    "not_met": Bilingual("不满足", "not met"),
    "forbidden": Bilingual("被排除", "forbidden by"),
    "instead": Bilingual("实际：", "but: "),
    "needed": Bilingual("需要：", "needed: "),
    "nothing": Bilingual("规则对此类事项没有这样的规定", "the rules provide no such thing for a matter of this kind"),
    "would": Bilingual("改作以下解释或事实即成立：", "It would hold with: "),
    "under": Bilingual("以下按此解释：", "Read here as: "),
    "nothing_wrong": Bilingual("没有需要补正的问题", "Nothing is to be mended"),
    "wrong": Bilingual("需要补正：", "To be mended:"),
    "repair": Bilingual("办法", "Repair"),
    "no_repair": Bilingual("在可变更的范围内没有补正办法", "No repair was found among what can still be changed"),
    "one_by_one": Bilingual("可逐项补正：nj fix 登记 f2", "clashes may be mended one by one: nj fix REGISTER f2"),
    "cut": Bilingual("未全部搜索,可能还有其他办法", "the search was cut; there may be others"),
    "fixed": Bilingual("不可变更：", "not to be changed: "),
    "before": Bilingual("原来", "before"),
    "after": Bilingual("改后", "after"),
    "same": Bilingual("不变：", "unchanged: "),
    "why": Bilingual("原因：", "because: "),
    "no_change": Bilingual("改动不影响任何结果", "the changes make no difference"),
    "ask": Bilingual("问：", "ask: "),
    "if": Bilingual("若", "if"),
    "no_questions": Bilingual("没有需要补充的事实", "No facts are missing"),
    "too_many": Bilingual("可能的结果太多,只列出应问的事实", "too many outcomes; only the facts to ask for are listed"),
    "verified": Bilingual("证明成立", "the proof holds"),
    "refused": Bilingual("证明不成立：节点", "refused at node"),
    "nodes": Bilingual("个节点", "nodes"),
    "facts_of_file": Bilingual(
        "注意：事实取自该文件，没有与案件核对；核对请加 --case 案件",
        "note: the facts were taken from the file and compared with no case; add --case CASE to compare them",
    ),
    "facts_of_case": Bilingual("事实与案件一致：", "the facts are those of the case: "),
    "made": Bilingual("制作时：", "made with: "),
    "checked": Bilingual("检查时：", "checked with: "),
}
MOST_REASONS = 2


def word(key: str, lang: str) -> str:
    """One of the fixed words."""
    return WORDS[key].say(lang)


def cited(kb: KnowledgeBase, norms: Iterable[str], lang: str, indent: str) -> list[str]:
    """Norms with article, paragraph and quotation."""
    lines = []
    for norm in norms:
        entry = kb.norms[norm]
        if entry.article == 0:
            where = {"zh": "通知", "en": "notice"}[lang]
        elif lang == "zh":
            where = f"第{chinese_numeral(entry.article)}条第{chinese_numeral(entry.paragraph)}款"
        else:
            where = f"article {entry.article}, paragraph {entry.paragraph}"
        lines.append(
            f"{indent}{norm}  {where}：“{entry.quote}”" if lang == "zh" else f"{indent}{norm}  {where}: {entry.quote}"
        )
        if lang == "en":
            lines.append(f"{indent}{' ' * len(norm)}  {entry.gist}")
    return lines


class ProofLines:
    """Proofs as indented lines."""

    def __init__(
        self, kb: KnowledgeBase, lang: str, case: Case | None, whole: bool, reasons: Mapping[Atom, Failure]
    ) -> None:
        self.kb, self.lang, self.whole, self.reasons = kb, lang, whole, reasons
        self.say = Phrasing(kb, lang, case)

    def of(self, proof: Proof) -> list[str]:
        """The lines of a proof."""
        if not self.whole:
            proof = self._decisive(proof)
        return self._node(proof, set(), frozenset(), 0)

    def _decisive(self, proof: Proof) -> Proof:
        """The chain, without negations of what the rules provide for other kinds of matter only."""
        own = frozenset(norms_of(self.kb, proof.atom))

        def told(node: Proof) -> bool:
            reason = self.reasons.get(node.atom)
            return node.by != "not" or reason is None or reason.of_reach

        def kept(node: Proof) -> Proof:
            return replace(node, children=tuple(kept(c) for c in node.children if told(c)))

        below = (c for child in proof.children for c in decisive(self.say, child, own))
        return kept(replace(proof, children=tuple(below)))

    def _node(self, proof: Proof, days: set[int], quoted: frozenset[str], depth: int) -> list[str]:
        indent = "  " * depth
        if proof.by == "comparison":
            return [f"{indent}- {clean(self.say.comparison(proof.atom, days, proof.expression))}"]
        denied = self.word("not") if proof.by == "not" else ""
        lines = [f"{indent}- {denied}{clean(self.say.atom(proof.atom))}{self._mark(proof)}"]
        norms = [n for n in norms_of(self.kb, proof.atom) if n not in quoted]
        if not proof.repeat and proof.by in {"rule", "fact"}:
            lines += cited(self.kb, norms, self.lang, f"{indent}    ")
        if proof.by == "not":
            lines += self._denial(proof, indent)
        below = self.say.days(c.atom for c in proof.children) | self.say.days([proof.atom])
        for child in proof.children:
            lines += self._node(child, below, quoted | set(norms), depth + 1)
        return lines

    def _mark(self, proof: Proof) -> str:
        from .explain import place

        where = f" {place(self.kb, proof.rule)}" if proof.rule and self.whole else ""
        match proof.by:
            case "input":
                return f" [{self.word('read_as' if proof.atom[0] == 'reading' else 'case')}]"
            case "fact":
                return f" [{self.word('law')}{where}]"
            case "rule" if proof.repeat:
                return f" [{self.word('above')}]"
            case "rule" if where:
                return f" [{self.word('rule')}{where}]"
        return ""

    def _denial(self, proof: Proof, indent: str) -> list[str]:
        """Why something does not hold: what the closest attempt lacks; in the whole tree, where each rule stops."""
        from .explain import place

        lines = []
        failure = self.reasons.get(proof.atom)
        if failure is not None and failure.attempts and failure.of_reach:
            leaves = failure.leaves[:MOST_REASONS]
            joined = {"zh": "；", "en": "; "}[self.lang].join(leaf_text(self.say, leaf) for leaf in leaves)
            lines.append(f"{indent}    {self.word('because')}{'：' if self.lang == 'zh' else ': '}{clean(joined)}")
        if self.whole:
            for attempt in proof.attempts:
                failed = text_of(self.say, attempt.failed)
                sign = self.word("not") if attempt.negated else ""
                lines.append(
                    f"{indent}    [{self.word('rule')} {place(self.kb, attempt.rule)}] {self.word('fails')} {sign}{clean(failed)}"
                )
        return lines

    def word(self, key: str) -> str:
        """One of the fixed words."""
        return word(key, self.lang)


def text_of(say: Phrasing, atom: Atom) -> str:
    """An atom or a comparison in words."""
    return say.comparison(atom) if not atom[0][0].isalpha() else say.atom(atom)


def leaf_text(say: Phrasing, leaf: Failure, days: Iterable[int] = ()) -> str:
    """What an attempt lacks, in words: what is not stated, not met (with the values) or forbidden."""
    lang, colon = say.lang, "：" if say.lang == "zh" else ": "
    match leaf.by:
        case "not_stated":
            return f"{word('not_stated', lang)}{colon}{_wanted(say, leaf.atom)}"
        case "not_met" if leaf.atom[0] == "spans":
            return f"{word('not_met', lang)}{colon}{say.atom(_on_rung(leaf.atom))} ({say.misses(leaf.atom)})"
        case "not_met":
            stated = {"zh": "、", "en": ", "}[lang].join(say.atom(a) for a in leaf.stated)
            actual = f" ({word('instead', lang)}{stated})" if stated else ""
            return f"{word('not_met', lang)}{colon}{_wanted(say, leaf.atom)}{actual}"
        case "comparison":
            return f"{word('not_met', lang)}{colon}{say.denied(leaf.atom, days)}"
        case "forbidden":
            norms = norms_of(say.kb, leaf.atom) or list(_first_norms(say.kb, leaf.proof))
            by = f" [{', '.join(norms[:1])}]" if norms else ""
            return f"{word('forbidden', lang)}{colon}{say.atom(leaf.atom)}{by}"
    return f"{word('not_met', lang)}{colon}{say.atom(leaf.atom)}"


def _on_rung(spans: Atom) -> Atom:
    ladder, rung, _ = arguments(spans)
    return ("on_rung", "", ladder, rung)


def _wanted(say: Phrasing, atom: Atom) -> str:
    """What a case would have to state: of an amount the band, not what it states."""
    if len(atom) == 4 and atom[0] in {"fact", "cell", "quantity", "date"} and isinstance(atom[3], Var):
        return say.field(str(atom[2]))
    return Phrasing(say.kb, say.lang).atom(atom) if atom[0] == "cell" else say.atom(atom)


def _first_norms(kb: KnowledgeBase, proof: Proof | None) -> list[str]:
    if proof is None:
        return []
    return norms_of(kb, proof.atom) or next((n for c in proof.children if (n := _first_norms(kb, c))), [])


def why_not(result: WhyNot, lang: str) -> str:
    """What is missing, first; then the attempts that came closest."""
    kb, case = result.kb, result.case
    say = Phrasing(kb, lang, case)
    leaves = [leaf for leaf in result.failure.leaves if leaf.by != "failed"]
    joined = {"zh": "；", "en": "; "}[lang].join(dict.fromkeys(clean(leaf_text(say, leaf)) for leaf in leaves))
    lines = [f"{word('missing', lang)}{joined or word('nothing', lang)}", ""]
    lines.append(f"{clean(case.id)}  {clean(result.goal.title.say(lang))}")
    for topic, option in result.world:
        if topic in kb.readings:
            entry = kb.readings[topic]
            lines.append(f"  {word('under', lang)}{entry[lang]} — {entry['options'][option][lang]} [{topic}={option}]")
    lines += _failure(say, result.failure, 0, frozenset())
    for topic, option in result.holds_with:
        name = kb.readings[topic][lang] if topic in kb.readings else say.field(topic)
        value = say.band(int(option)) if option.isdigit() else say.option(topic, option)
        lines.append(f"{word('would', lang)}{name}: {value} [{topic}={option}]")
    return "\n".join(lines)


def _failure(say: Phrasing, failure: Failure, depth: int, quoted: frozenset[str]) -> list[str]:
    """A failure and its attempts; way stations are left out."""
    indent = "  " * depth
    if failure.by != "failed":
        lines = [f"{indent}- {clean(leaf_text(say, failure))}"]
        if failure.proof is not None:
            lines += [
                "  " * (depth + 1) + line
                for line in ProofLines(say.kb, say.lang, say.case, False, {}).of(failure.proof)
            ]
        return lines
    if failure.atom[0] == "on_rung" and len(failure.attempts) == 1 and len(failure.leaves) == 1:
        return [f"{indent}- {clean(leaf_text(say, failure.leaves[0]))}"]
    norms = [n for n in norms_of(say.kb, failure.atom) if n not in quoted]
    hidden = depth > 0 and say.is_detail(failure.atom) and not norms
    lines = [] if hidden else [f"{indent}- {word('not', say.lang)}{clean(say.atom(failure.atom))}"]
    lines += cited(say.kb, norms, say.lang, f"{indent}    ")
    if not failure.attempts and not hidden:
        lines.append(f"{indent}    {word('nothing', say.lang)}")
    for attempt in failure.attempts:
        for lack in attempt.lacks:
            lines += _failure(say, lack, depth if hidden else depth + 1, quoted | set(norms))
    return list(dict.fromkeys(lines))


def verdict(result: Verdict, lang: str) -> str:
    """Whether a saved proof holds, and the versions."""
    if result.refused is None:
        lines = [f"{word('verified', lang)}  {clean(result.goal)}  ({result.nodes} {word('nodes', lang)})"]
    else:
        node, atom, why = result.refused
        lines = [f"{word('refused', lang)} {node}: {why.say(lang)}", f"  {clean(atom)}"]
    if result.case is None:
        lines.append(f"  {word('facts_of_file', lang)}")
    elif result.refused is None:
        lines.append(f"  {word('facts_of_case', lang)}{clean(result.case)}")
    for key, versions in (("made", result.made_with), ("checked", result.checked_with)):
        lines.append(f"  {word(key, lang)}{clean(', '.join(f'{k} {v}' for k, v in versions.items()))}")
    return "\n".join(lines)


def outcome(result: Result, lang: str) -> str:
    """A status and what it says, in a line."""
    status = STATUS[result.status].say(lang) if result.status else ""
    listed = {"zh": "；", "en": "; "}[lang].join(clean(o.say(lang)) for o in result.outcome)
    return {"zh": "：", "en": ": "}[lang].join(part for part in (status, listed) if part) or "—"


def what_if(result: WhatIf, lang: str) -> str:
    """What changed, before and after, and why; what did not, by name."""
    lines = [f"{clean(result.case.id)}  {clean('  '.join(result.changes))}"]
    for one in (d for d in result.differences if d.changed):
        lines += ["", one.before.question.say(lang)]
        lines += _outcomes("before", one.before, one.after, lang) + _outcomes("after", one.after, one.before, lang)
        lines += [f"    {word('why', lang)}{clean(w.say(lang))}" for w in one.why]
        new = [n for n in dict.fromkeys(one.after.norms) if n not in one.before.norms]
        lines += cited(result.kb, new, lang, "    ")
    if not any(d.changed for d in result.differences):
        lines += ["", word("no_change", lang)]
    same = [d.before.question.say(lang) for d in result.differences if not d.changed]
    if same:
        lines += ["", word("same", lang) + {"zh": "、", "en": ", "}[lang].join(same)]
    return "\n".join(lines)


def _outcomes(key: str, one: Result, other: Result, lang: str) -> list[str]:
    """One side of a change; of several outcomes, those that the other side has not."""
    if len(one.outcome) < 2:
        return [f"  {word(key, lang)}  {outcome(one, lang)}"]
    own = [o for o in one.outcome if o not in other.outcome]
    status = STATUS[one.status].say(lang) if one.status else ""
    count = {"zh": f"共{len(one.outcome)}项", "en": f"{len(one.outcome)} in all"}[lang]
    return [
        f"  {word(key, lang)}  {status} ({count})".replace("   (", "  ("),
        *(f"    {'-' if key == 'before' else '+'} {clean(o.say(lang))}" for o in own),
    ]


def ask_next(result: AskNext, lang: str) -> str:
    """The questions as a tree."""
    lines = [f"{clean(result.case.id)}  {result.case.kind.term.label.say(lang)}"]
    if not result.inquiries:
        lines.append(word("no_questions", lang))
    for inquiry in result.inquiries:
        lines += ["", inquiry.question.say(lang)]
        if inquiry.tree is None:
            lines.append(f"  {word('too_many', lang)}")
            lines += [f"  {n}. {clean(m.label.say(lang))} [{clean(m.id)}]" for n, m in enumerate(inquiry.missing, 1)]
        else:
            lines += _asked(inquiry.tree, lang, "  ")
    return "\n".join(lines)


def _asked(asked: Asked, lang: str, indent: str) -> list[str]:
    lines = [f"{indent}{word('ask', lang)}{clean(asked.fact.label.say(lang))} [{clean(asked.fact.id)}]"]
    joint = {"zh": "；或", "en": "; or "}[lang]
    for branch in asked.branches:
        answer = joint.join(clean(a.say(lang)) for a in branch.answers)
        lead = f"{indent}  {word('if', lang)} {answer}"
        if branch.then is not None:
            lines += [lead, *_asked(branch.then, lang, indent + "    ")]
        elif branch.result is not None:
            lines.append(f"{lead}  →  {outcome(branch.result, lang)}")
    return lines


def repairs(result: Repairs, lang: str) -> str:
    """What is wrong, and each way to mend it."""
    lines = [f"{clean(result.case.id)}  {result.case.kind.term.label.say(lang)}"]
    if not result.wrong:
        return "\n".join([*lines, word("nothing_wrong", lang)])
    lines += [word("wrong", lang), *(f"  {clean(w.say(lang))}" for w in result.wrong), ""]
    for n, repair in enumerate(result.repairs, 1):
        lines.append(f"{word('repair', lang)} {n}")
        lines += [f"  {clean(c.say(lang))}" for c in repair.changes]
    if not result.repairs:
        lines.append(word("no_repair", lang))
        if result.case.kind.register and len(result.wrong) > 1:
            lines.append(word("one_by_one", lang))
    if result.cut:
        lines.append(f"({word('cut', lang)})")
    if result.case.fixed:
        fields = result.case.kind.fields
        named = [fields[f].term.label.say(lang) if f in fields else f for f in sorted(result.case.fixed)]
        lines.append(f"{word('fixed', lang)}{'、'.join(named) if lang == 'zh' else ', '.join(named)}")
    return "\n".join(lines)
