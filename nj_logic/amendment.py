"""Amendments: a file says what of a regulation changes, and the amended knowledge base is made beside the base, which stays as it is.

An amendment restates words of the text, repeals, replaces and adds norms, changes rules and numbers, renames offices, settles
readings. It is checked as the law itself is: quotations against the amended words, rules by the linter of the dialect, ids against those in use.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .amounts import format_money
from .declared import NORM_ID
from .document import Mapping as MappingNode
from .document import Node, Text, read_document
from .document import Sequence as SequenceNode
from .errors import Bilingual, InputError, InputErrors, KnowledgeError, nearest
from .fields import Fields
from .files import printable

if TYPE_CHECKING:
    from .diagnostics import Diagnostic
    from .knowledge import KnowledgeBase
    from .rules import Rule
    from .text import Paragraph

TOP = {
    "amendment": "修正案", "title": "标题", "note": "备注", "text": "文字", "repealed": "废止", "replaced": "修改", "added": "增加",
    "rules": "规则", "parameters": "参数", "renamed": "更名", "readings": "解释", "words": "词语",
}  # fmt: skip
TITLE = {"zh": "中文", "en": "英文"}
WORDING = {"paragraph": "条款", "old": "原文", "new": "改为", "append": "增写", "gists": "大意"}
NORM = {"norm": "规范", "quotation": "引文", "gist": "大意", "kind": "类别", "strength": "强度", "subject": "主体"}
RULES = {"added": "增加", "replaced": "修改", "removed": "删除"}
REPLACED_RULE = {"old": "原规则", "new": "改为"}
PARAMETER = {"ladder": "档次", "bound": "界限", "becomes": "改为", "belongs_to": "属于", "number": "数字"}
RENAMED = {"term": "词语", "zh": "中文", "en": "英文"}
READING = {"reading": "主题", "option": "选项"}
"""The names of the fields, and their Chinese names; an amendment may use either."""

SIDES = {"lower": "lower", "下一档": "lower", "upper": "upper", "上一档": "upper"}
PARAGRAPH = re.compile(r"a(\d+)(?:\.p(\d+))?")
AMENDMENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
KEPT_AMENDED = 12
"""How many amended knowledge bases the user's cache keeps."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an amendment changes, in words: what it is about, how it was (empty: new) and how it becomes (empty: gone)."""

    what: str
    subject: Bilingual
    before: Bilingual
    after: Bilingual


@dataclass(slots=True)
class Amendment:
    """An amendment as read; :func:`amended` applies it.

    Attributes:
        content: the document, whose texts know their lines.
        changes: what it changes, filled in when it is applied.
        stale: norms whose words change and whose gist in English does not.
    """

    id: str
    file: Path
    title: Bilingual
    note: str
    content: dict[str, Any]
    changes: list[Change] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def is_amendment(file: Path) -> bool:
    """Whether a file says that it is an amendment.

    Raises:
        InputError: the file cannot be read.
    """
    from .knowledge import TABLES

    if file.suffix.lower() in TABLES:
        return False
    document = read_document(file)
    return isinstance(document, MappingNode) and any(key in {"amendment", TOP["amendment"]} for key in document)


def read_amendment(path: Path | str) -> Amendment:
    """Read an amendment (YAML or JSON).

    Raises:
        InputError: the file cannot be read, or a field is unknown or of the wrong shape.
    """
    file = Path(path)
    fields = Fields(printable(file))
    document = read_document(file)
    content = fields.keys(document, "", _either(TOP))
    for needed in ("amendment", "title"):
        if needed not in content:
            fields.fail(document, needed, "is not stated", "没有写明")
    id_ = fields.short(content["amendment"], "amendment")
    if not AMENDMENT_ID.fullmatch(id_):
        fields.fail(
            id_, "amendment", f"{str(id_)[:40]!r} is no id: letters, digits, - and _",
            f"“{id_[:40]}”不能作编号：只用英文字母、数字、- 和 _",
        )  # fmt: skip
    title = fields.keys(content["title"], "title", _either(TITLE))
    for lang in TITLE:
        if lang not in title:
            fields.fail(content["title"], "title", f"{lang} is not stated", f"没有写明 {lang}")
    words = Bilingual(str(fields.short(title["zh"], "title.zh")), str(fields.short(title["en"], "title.en")))
    if not content.keys() - {"amendment", "title", "note"}:
        fields.fail(
            document, "", f"nothing is amended; allowed: {', '.join([*TOP][3:])}", f"没有任何修改；可用：{'、'.join([*TOP.values()][3:])}"
        )  # fmt: skip
    note = str(fields.text(content["note"], "note")) if "note" in content else ""
    return Amendment(str(id_), file, words, note, content)


def amended(kb: KnowledgeBase, amendment: Amendment) -> KnowledgeBase:
    """The knowledge base as *amendment* leaves it. The base is not touched; the amended one lies in the user's cache.

    Raises:
        InputError: the amendment does not fit the base: an unknown norm, bound, number or word, an id that is taken, a quotation that is
            not in the amended words, a rule that does not lint.
    """
    from .compiled import fingerprint
    from .knowledge import KnowledgeBase

    digest = hashlib.blake2b(digest_size=10)
    digest.update(fingerprint(kb.root.resolve(), kb.reasoning).encode())
    digest.update(amendment.file.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nj_logic-amended"
    target = cache / digest.hexdigest()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="amending-", dir=cache))
    except OSError:
        made = target = Path(tempfile.mkdtemp(prefix="nj_logic-"))
    kept = sorted((f for f in cache.glob("*") if not f.name.startswith("amending-")), key=lambda f: f.stat().st_mtime)
    for old in [f for f in kept if f != target][: -KEPT_AMENDED + 1]:
        shutil.rmtree(old, ignore_errors=True)
    try:
        _Overlay(kb, amendment, made).write()
        if made == target:
            _compile(amendment, made, kb.reasoning)
        elif not target.is_dir():
            _compile(amendment, made, kb.reasoning)
            try:
                made.rename(target)
            except OSError:  # somebody else was faster
                if not target.is_dir():
                    raise
        return KnowledgeBase(target, kb.reasoning)
    finally:
        if made != target:
            shutil.rmtree(made, ignore_errors=True)


def _compile(amendment: Amendment, root: Path, reasoning: Path | None) -> None:
    from .build import compile_knowledge

    try:
        compile_knowledge(root, root / "compiled", reasoning, overlay=_law_file(amendment))
    except KnowledgeError as error:
        zh, en = (text.replace(f"{root}/", "") for text in error.message)
        raise InputError(
            f"the amended rules do not hold together; {en}", f"修改后的规则有误；{zh}", printable(amendment.file)
        ) from None


def _law_file(amendment: Amendment) -> str:
    return f"amendment_{amendment.id}.lp"


def _either(names: Mapping[str, str]) -> dict[str, str]:
    """Every accepted name of a field, and the name it stands for."""
    return {**{chinese: name for name, chinese in names.items()}, **{name: name for name in names}}


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


NOTHING = _same("")


class _Overlay(Fields):
    """Writes the amended ``kb/`` into a folder. What the amendment adds stands in files of its own, each line where it stands in the amendment."""

    def __init__(self, kb: KnowledgeBase, amendment: Amendment, root: Path) -> None:
        super().__init__(printable(amendment.file))
        from .dialect import parse

        self.kb, self.amendment, self.root = kb, amendment, root
        self.content = amendment.content
        shutil.copytree(kb.root / "kb", root / "kb", ignore=None)
        self.rules = parse(sorted((root / "kb" / "law").glob("*.lp")))[0]
        self.restated: dict[int, str] = {}  # a rule's place in self.rules: its new text, or nothing
        self.new_rules: list[tuple[int, str]] = []  # the amendment's line, and the rule
        self.ledger: dict[str, dict[str, str]] = {}  # norms that are new or change
        self.repealed: dict[str, None] = {}
        self.settled: dict[str, str] = {}  # a topic, and how it is read from now on
        self.errors: list[InputError] = []

    def write(self) -> None:
        """Apply all parts.

        Raises:
            InputError: a part does not fit the base.
        """
        self.amendment.changes.clear()
        self.amendment.stale.clear()
        self._each("repealed", self._repeal)
        self._text()
        self._each("replaced", self._replace)
        self._each("added", self._add)
        self._check_quotations()
        self._each("parameters", self._parameter)
        if "rules" in self.content:
            self._rules(self.keys(self.content["rules"], "rules", _either(RULES)))
        self._each("readings", self._settle)
        self._terms()
        self._drop_rules_of_repealed()
        self._write_norms()
        self._write_law()
        self._lint()

    def _each(self, section: str, apply: Callable[[object, str], None]) -> None:
        for i, node in enumerate(self.sequence(self.content.get(section, SequenceNode()), section), 1):
            apply(node, f"{section}[{i}]")

    def _changed(self, what: str, subject: str | Bilingual, before: str | Bilingual, after: str | Bilingual) -> None:
        both = [_same(text) if isinstance(text, str) else text for text in (subject, before, after)]
        self.amendment.changes.append(Change(what, *both))

    def _refuse(self, node: object, field_: str, what: tuple[str, str], word: str, allowed: Iterable[str]) -> NoReturn:
        self.unknown(node, field_, what, word, {w: w for w in allowed})

    # -- norms -------------------------------------------------------------------------------------------------------

    def _norm(self, node: object, field_: str) -> str:
        """A norm of the base."""
        id_ = str(self.short(node, field_))
        if id_ not in self.kb.norms:
            found = NORM_ID.fullmatch(id_)
            near = [n for n in self.kb.norms if found and n.startswith(f"a{found[1]}.")]
            self._refuse(node, field_, ("norm of the base", "现行规则中的规范"), id_, near or self.kb.norms)
        if id_ in self.repealed:
            self.fail(node, field_, f"{id_} is repealed by the same amendment", f"{id_} 已被本修正案废止")
        return id_

    def _repeal(self, node: object, field_: str) -> None:
        id_ = self._norm(node, field_)
        self.repealed[id_] = None
        norm = self.kb.norms[id_]
        self._changed("repealed", id_, Bilingual(norm.quote, norm.gist), NOTHING)

    def _entry(self, id_: str) -> dict[str, str]:
        norm = self.kb.norms[id_]
        return {
            "quotation": norm.quote, "gist": norm.gist, "kind": norm.kind, "strength": norm.strength, "subject": norm.subject,
        }  # fmt: skip

    def _attributes(self, entry: Mapping[str, Any], field_: str) -> dict[str, str]:
        from .build import NORM_KINDS, STRENGTHS

        found: dict[str, str] = {}
        for name in ("quotation", "gist"):
            if name in entry:
                text = self.text(entry[name], f"{field_}.{name}")
                if not text.strip() or "\n" in text.strip():
                    self.fail(entry[name], f"{field_}.{name}", "one line of text is expected", "应为一行文字")
                found[name] = text.strip()
        for name, allowed in (("kind", NORM_KINDS), ("strength", STRENGTHS)):
            if name in entry:
                found[name] = self.term({w: w for w in allowed}, entry[name], f"{field_}.{name}")
        if "subject" in entry:
            found["subject"] = self.term(
                {**self.kb.actor_words, **self._new_words("actors")}, entry["subject"], f"{field_}.subject"
            )
        return found

    def _new_words(self, section: str) -> dict[str, str]:
        words = self.content.get("words")
        entries = words.get(Text(section)) if isinstance(words, MappingNode) else None
        return {str(id_): str(id_) for id_ in entries} if isinstance(entries, MappingNode) else {}

    def _replace(self, node: object, field_: str) -> None:
        entry = self.keys(node, field_, _either(NORM))
        id_ = self._norm(entry.get("norm", node), f"{field_}.norm")
        before = self._entry(id_)
        after = {**before, **self.ledger.get(id_, {}), **self._attributes(entry, field_)}
        if after == before:
            self.fail(node, field_, f"{id_} stays as it is", f"{id_} 没有任何改动")
        if "quotation" in entry and after["gist"] == before["gist"]:
            self.amendment.stale.append(id_)
        elif id_ in self.amendment.stale and after["gist"] != before["gist"]:
            self.amendment.stale.remove(id_)
        self.ledger[id_] = after
        self.amendment.changes = [c for c in self.amendment.changes if (c.what, c.subject.zh) != ("reworded", id_)]
        self._changed("replaced", id_, *self._told(before, after))

    def _told(self, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Bilingual, Bilingual]:
        """A norm before and after, in words; what does not change but its words is left out."""
        other = [k for k in ("kind", "strength", "subject") if before[k] != after[k]]

        def told(entry: Mapping[str, str]) -> Bilingual:
            tail = "".join(f" [{entry[k]}]" for k in other)
            return Bilingual(entry["quotation"] + tail, entry["gist"] + tail)

        return told(before), told(after)

    def _add(self, node: object, field_: str) -> None:
        entry = self.keys(node, field_, _either(NORM))
        for needed in NORM:
            if needed not in entry:
                self.fail(node, field_, f"{needed} is not stated", f"没有写明“{NORM[needed]}”（{needed}）")
        id_ = str(self.short(entry["norm"], f"{field_}.norm"))
        match = NORM_ID.fullmatch(id_)
        if match is None:
            self.fail(
                entry["norm"], f"{field_}.norm", f"{id_[:40]!r} is no norm's id: a<article>.p<paragraph>.n<number>",
                f"“{id_[:40]}”不是规范编号：a条.p款.n序号",
            )  # fmt: skip
        taken = [
            int(n.rpartition("n")[2])
            for n in [*self.kb.norms, *self.ledger]
            if n.startswith(f"a{match[1]}.p{match[2]}.")
        ]
        free = f"a{match[1]}.p{match[2]}.n{max(taken, default=0) + 1}"
        if int(match[3]) <= max(taken, default=0):
            self.fail(
                entry["norm"], f"{field_}.norm", f"{id_} is or was the id of another norm; an id is never given again. The next free one is {free}",
                f"{id_} 已经用过；编号不得重新编排。下一个可用的编号是 {free}",
            )  # fmt: skip
        if id_ != free:
            self.fail(
                entry["norm"],
                f"{field_}.norm",
                f"{id_} leaves a hole in the numbers; the next is {free}",
                f"{id_} 跳号；应为 {free}",
            )
        self.ledger[id_] = self._attributes(entry, field_)
        self._changed("added", id_, NOTHING, Bilingual(self.ledger[id_]["quotation"], self.ledger[id_]["gist"]))

    # -- the text ----------------------------------------------------------------------------------------------------

    def _text(self) -> None:
        from . import text

        (self.text_file,) = (self.root / "kb" / "text").glob("*.txt")
        for i, node in enumerate(self.sequence(self.content.get("text", SequenceNode()), "text"), 1):
            self.regulation = text.cut(self.text_file.read_text(encoding="utf-8"))
            self._wording(node, f"text[{i}]")
        self.regulation = text.cut(self.text_file.read_text(encoding="utf-8"))

    def _paragraphs(self, article: int) -> Sequence[Paragraph] | None:
        articles = [self.regulation.notice, *self.regulation.articles]
        return next((a.paragraphs for a in articles if a.number == article), None)

    def _wording(self, node: object, field_: str) -> None:
        entry = self.keys(node, field_, _either(WORDING))
        place = str(self.short(entry.get("paragraph", node), f"{field_}.paragraph"))
        match = PARAGRAPH.fullmatch(place)
        paragraphs = self._paragraphs(int(match[1])) if match else None
        if match is None or not paragraphs or (match[2] and not 1 <= int(match[2]) <= len(paragraphs)):
            last = len(self.regulation.articles)
            allowed = f"a{match[1]}.p1 … a{match[1]}.p{len(paragraphs)}" if match and paragraphs else f"a1 … a{last}"
            self.fail(entry.get("paragraph", node), f"{field_}.paragraph", f"the text has no {place[:40]!r}. Allowed: {allowed}", f"规则中没有“{place[:40]}”。可用：{allowed}")  # fmt: skip
        words = {k: str(self.text(entry[k], f"{field_}.{k}")).strip() for k in ("old", "new", "append") if k in entry}
        if (
            any("\n" in w for w in words.values())
            or ("append" in words) == ("old" in words)
            or ("old" in words) != ("new" in words)
        ):
            self.fail(node, field_, "old and new, or append, each on one line: paragraphs keep their numbers", "应写“原文”和“改为”，或“增写”，各占一行：款的序号不变")  # fmt: skip
        whole = self.text_file.read_text(encoding="utf-8")
        target = paragraphs[int(match[2]) - 1] if match[2] else paragraphs[-1]
        end = target.start + len(target.text)
        if "append" in words:
            if not words["append"]:
                self.fail(node, field_, "nothing is appended", "没有增写的文字")
            glue = "" if match[2] else "\n"
            self._put(whole[:end] + glue + words["append"] + whole[end:])
            self._changed("text", place, NOTHING, words["append"])
            return
        if not match[2]:
            self.fail(
                entry["paragraph"], f"{field_}.paragraph", f"name the paragraph: {place}.p1", f"请写明款：{place}.p1"
            )
        from .text import find

        spans = find(target, words["old"])
        if len(spans) != 1:
            hint = self._likely(target, words["old"])
            en = (
                f"{words['old']!r} stands there {len(spans)} times; quote more of the sentence"
                if spans
                else f"the words of {place} have no {words['old']!r}{hint.en}"
            )
            zh = (
                f"“{words['old']}”在其中出现{len(spans)}次，请多引一些文字"
                if spans
                else f"{place} 的原文中没有“{words['old']}”{hint.zh}"
            )
            self.fail(entry["old"], f"{field_}.old", en, zh)
        first, last = spans[0]
        gists = self._gists(entry, field_) if "gists" in entry else None
        self._carry(target, place, (first, last), words["new"], gists)
        self._put(whole[: target.start + first] + words["new"] + whole[target.start + last :])
        self._changed("text", place, target.text[first:last], words["new"])

    def _likely(self, paragraph: Paragraph, words: str) -> Bilingual:
        clauses = [c for c in re.split(r"[。；;，,、:：]", paragraph.text) if c.strip()]
        near = nearest(words, clauses)
        return Bilingual(f"；是否指“{near}”？", f"; did you mean {near!r}?") if near else NOTHING

    def _put(self, text: str) -> None:
        self.text_file.write_text(text, encoding="utf-8")

    def _gists(self, entry: Mapping[str, Any], field_: str) -> dict[str, str]:
        """What changes in the gists; where that is nothing, they stay true."""
        node = self.mapping(entry["gists"], f"{field_}.gists")
        return {str(old): str(self.text(new, f"{field_}.gists")) for old, new in node.items()}

    def _carry(
        self, target: Paragraph, place: str, span: tuple[int, int], new: str, gists: Mapping[str, str] | None
    ) -> None:
        """Norms that quote the words that change quote the new ones; those that quote a part of them must be restated."""
        from .text import find

        first, last = span
        restated = {
            str(e.get(Text("norm")) or e.get(Text(NORM["norm"])))
            for e in self.content.get("replaced", [])
            if isinstance(e, MappingNode)
        }
        unused = dict.fromkeys(gists or {})
        for id_ in self.kb.norms:
            if not id_.startswith(f"{place}.") or id_ in self.repealed:
                continue
            entry = {**self._entry(id_), **self.ledger.get(id_, {})}
            places = find(target, entry["quotation"])
            if not places or any(e <= first or last <= s for s, e in places):
                continue
            s, e = places[0]
            if not (s <= first and last <= e):
                if id_ in restated:
                    continue
                self.fail(
                    self.content["text"], "text", f"{id_} quotes a part of the words that change: {entry['quotation']!r}; restate it under replaced, or repeal it",
                    f"{id_} 引用了所改文字的一部分（“{entry['quotation']}”）；请在“修改”（replaced）中重述，或予以废止",
                )  # fmt: skip
            before = dict(entry)
            entry["quotation"] = target.text[s:first] + new + target.text[last:e]
            for old_gist, new_gist in (gists or {}).items():
                if old_gist in entry["gist"]:
                    entry["gist"] = entry["gist"].replace(old_gist, new_gist)
                    unused.pop(old_gist, None)
            if gists is None:
                self.amendment.stale.append(id_)
            self.ledger[id_] = entry
            self._changed("reworded", id_, *self._told(before, entry))
        if unused:
            self.fail(
                self.content["text"], "text.gists", f"no gist of a norm that changes has {next(iter(unused))!r}",
                f"所改规范的英文大意中没有“{next(iter(unused))}”",
            )  # fmt: skip

    def _check_quotations(self) -> None:
        from .text import find

        for id_, entry in self.ledger.items():
            match = NORM_ID.fullmatch(id_)
            assert match is not None
            paragraphs = self._paragraphs(int(match[1])) or ()
            where = next(
                (
                    n
                    for s in ("replaced", "added")
                    for n in self.content.get(s, [])
                    if isinstance(n, MappingNode) and id_ in n.values()
                ),
                None,
            )
            if not 1 <= int(match[2]) <= len(paragraphs):
                self.fail(
                    where,
                    id_,
                    f"the text has no paragraph {match[2]} in article {match[1]}",
                    f"第{match[1]}条没有第{match[2]}款",
                )
            paragraph = paragraphs[int(match[2]) - 1]
            if not find(paragraph, entry["quotation"]):
                hint = self._likely(paragraph, entry["quotation"])
                self.fail(
                    where, id_, f"the quotation is not in the amended words of a{match[1]}.p{match[2]}: {entry['quotation']!r}{hint.en}",
                    f"引文不在修改后的第{match[1]}条第{match[2]}款中：“{entry['quotation']}”{hint.zh}",
                )  # fmt: skip

    # -- numbers -----------------------------------------------------------------------------------------------------

    def _parameter(self, node: object, field_: str) -> None:
        entry = self.keys(node, field_, _either(PARAMETER))
        if ("ladder" in entry) == ("number" in entry):
            self.fail(node, field_, "ladder and bound, or number", "应写“档次”和“界限”，或“数字”")
        if "ladder" in entry:
            self._bound(node, entry, field_)
        else:
            self._number(node, entry, field_)

    def _bound(self, node: object, entry: Mapping[str, Any], field_: str) -> None:
        rungs = [(i, r) for i, r in enumerate(self.rules) if r.head.signature == ("rung", 6) and r.is_fact]
        ladders = {r.head.args[0]: r.head.args[0] for _, r in rungs}
        ladder = self.term(ladders, entry["ladder"], f"{field_}.ladder")
        rungs = [(i, r) for i, r in rungs if r.head.args[0] == ladder]
        bounds = sorted(
            {Decimal(r.head.args[a].strip('"')) for _, r in rungs for a in (2, 4) if r.head.args[a] != "unbounded"}
        )
        bound = self.money(entry.get("bound", node), f"{field_}.bound")
        if bound not in bounds:
            near = min(bounds, key=lambda b: abs(b - bound))
            en, zh = (lang_list(bounds, lang) for lang in ("en", "zh"))
            self.fail(
                entry["bound"], f"{field_}.bound", f"{format_money(bound, 'en')} is no bound of {ladder}; did you mean {format_money(near, 'en')}? Allowed: {en}",
                f"{format_money(bound, 'zh')}不是 {ladder} 的界限；是否指{format_money(near, 'zh')}？可用：{zh}",
            )  # fmt: skip
        new = self.money(entry["becomes"], f"{field_}.becomes") if "becomes" in entry else bound
        side = self.term(SIDES, entry["belongs_to"], f"{field_}.belongs_to") if "belongs_to" in entry else ""
        at = bounds.index(bound)
        low, high = ([Decimal(0), *bounds][at], [*bounds, None][at + 1])
        if not low < new or (high is not None and not new < high):
            upto = f" and below {format_money(high, 'en')}" if high is not None else ""
            upto_zh = f"、小于{format_money(high, 'zh')}" if high is not None else ""
            self.fail(
                entry.get("becomes", node), f"{field_}.becomes", f"between its neighbours the bound must be above {format_money(low, 'en')}{upto}",
                f"界限应在相邻界限之间：大于{format_money(low, 'zh')}{upto_zh}",
            )  # fmt: skip
        if new == bound and not side:
            self.fail(node, field_, "the bound stays as it is", "界限没有改动")
        for i, rule in rungs:
            args = list(self._args(i, rule))
            for position, belongs in ((2, "upper"), (4, "lower")):
                if (
                    rule.head.args[position].strip('"') != "unbounded"
                    and Decimal(rule.head.args[position].strip('"')) == bound
                ):
                    args[position] = f'"{new:f}"'
                    if side:
                        args[position + 1] = "included" if side == belongs else "excluded"
            self._restate(i, rule, args)
        words = {
            "upper": Bilingual("（属上一档）", " (in the upper rung)"),
            "lower": Bilingual("（属下一档）", " (in the lower rung)"),
        }
        tail = words.get(side, NOTHING)
        told = [Bilingual(format_money(b, "zh"), format_money(b, "en")) for b in (bound, new)]
        self._changed("parameter", ladder, told[0], Bilingual(told[1].zh + tail.zh, told[1].en + tail.en))

    def _args(self, at: int, rule: Rule) -> Sequence[str]:
        if at in self.restated:
            return re.findall(r'"[^"]*"|[^,()\s]+', self.restated[at].rstrip(".").partition("(")[2].rstrip(")"))
        return rule.head.args

    def _restate(self, at: int, rule: Rule, args: Sequence[str]) -> None:
        self.restated[at] = f"{rule.head.name}({', '.join(args)})."

    def _number(self, node: object, entry: Mapping[str, Any], field_: str) -> None:
        from .rules import sort_of

        numbers: dict[str, list[tuple[int, int]]] = {}
        for i, rule in enumerate(self.rules):
            sorts = [sort_of(a) for a in rule.head.args]
            if rule.is_fact and sorts.count("integer") == 1:
                others = [a for a, s in zip(rule.head.args, sorts, strict=True) if s == "symbol"]
                name = rule.head.name + (f"({', '.join(others)})" if others else "")
                numbers.setdefault(name, []).append((i, sorts.index("integer")))
        name = self.term({n: n for n in numbers}, entry["number"], f"{field_}.number")
        new = self.number(entry.get("becomes", node), f"{field_}.becomes")
        for i, position in numbers[name]:
            rule = self.rules[i]
            if rule.head.args[position] == str(new):
                self.fail(node, field_, f"{name} is {new} already", f"{name} 原来就是 {new}")
            self._restate(i, rule, [*rule.head.args[:position], str(new), *rule.head.args[position + 1 :]])
            self._changed("parameter", name, rule.head.args[position], str(new))

    # -- rules -------------------------------------------------------------------------------------------------------

    def _rules(self, entry: Mapping[str, Any]) -> None:
        if "added" in entry:
            self._take(entry["added"], "rules.added")
        for i, node in enumerate(self.sequence(entry.get("replaced", SequenceNode()), "rules.replaced"), 1):
            one = self.keys(node, f"rules.replaced[{i}]", _either(REPLACED_RULE))
            for needed in REPLACED_RULE:
                if needed not in one:
                    self.fail(
                        node,
                        f"rules.replaced[{i}]",
                        f"{needed} is not stated",
                        f"没有写明“{REPLACED_RULE[needed]}”（{needed}）",
                    )
            old = self._drop(one["old"], f"rules.replaced[{i}].old")
            self._take(one["new"], f"rules.replaced[{i}].new", old)
        for i, node in enumerate(self.sequence(entry.get("removed", SequenceNode()), "rules.removed"), 1):
            self._changed("rule", "", self._drop(node, f"rules.removed[{i}]"), NOTHING)

    def _block(self, node: object, field_: str) -> list[tuple[int, Rule]]:
        """The rules of a block, each with its line in the amendment."""
        from .dialect import parse

        block = self.text(node, field_)
        file = self.root / "block.lp"
        file.write_text(f"{block.rstrip()}\n", encoding="utf-8")
        last = block.rstrip().count("\n") + 1
        rules, diagnostics = parse([file])
        file.unlink()
        source = self.amendment.file.read_text(encoding="utf-8", errors="replace").splitlines()
        opening = source[block.line - 1] if 0 < block.line <= len(source) else ""
        offset = block.line - 1 + bool(re.search(r"[|>][-+0-9]*\s*(#.*)?$", opening))
        if diagnostics:
            raise InputErrors([self._diagnosed(d, offset + min(d.line, last)) for d in diagnostics])
        if not rules:
            self.fail(node, field_, "there is no rule", "没有规则")
        return [(offset + r.line, r) for r in rules]

    def _diagnosed(self, diagnostic: Diagnostic, line: int) -> InputError:
        zh, en = ((diagnostic.say(lang).partition(": ")[2]) for lang in ("zh", "en"))
        return InputError(en, zh, f"{self.file}:{line}")

    def _take(self, node: object, field_: str, old: str = "") -> None:
        found = self._block(node, field_)
        self.new_rules += [(line, rule.text) for line, rule in found]
        self._changed("rule", "", old, "\n".join(rule.text for _, rule in found))

    def _drop(self, node: object, field_: str) -> str:
        """Take rules of the base away; their texts."""
        texts = {rule.text: i for i, rule in enumerate(self.rules)}
        found = self._block(node, field_)
        for _, rule in found:
            if rule.text not in texts:
                alike = [t for t in texts if t.startswith(f"{rule.head.name}(")] or [r.head.name for r in self.rules]
                near = nearest(rule.text, alike)
                self.fail(
                    node, field_, f"the base has no rule {rule.text!r}" + (f"; did you mean {near!r}?" if near else ""),
                    f"现行规则中没有“{rule.text}”" + (f"；是否指“{near}”？" if near else ""),
                )  # fmt: skip
            self.restated[texts[rule.text]] = ""
        return "\n".join(rule.text for _, rule in found)

    def _drop_rules_of_repealed(self) -> None:
        for i, rule in enumerate(self.rules):
            if any(norm in self.repealed for norm in rule.norms):
                self.restated[i] = ""

    # -- readings ----------------------------------------------------------------------------------------------------

    def _settle(self, node: object, field_: str) -> None:
        """The rules of the base that ask how a topic is read in the case ask what the law now says."""
        entry = self.keys(node, field_, _either(READING))
        for needed in READING:
            if needed not in entry:
                self.fail(node, field_, f"{needed} is not stated", f"没有写明“{READING[needed]}”（{needed}）")
        from .rules import Literal

        readings = self.kb.readings
        topic = self.term({t: t for t in readings}, entry["reading"], f"{field_}.reading")
        options = readings[topic]["options"]
        option = self.term({o: o for o in options}, entry["option"], f"{field_}.option")
        if topic in self.settled:
            self.fail(
                node, field_, f"{topic} is settled by the same amendment already", f"{topic} 已由本修正案另行确定"
            )
        if readings[topic].get("default") == option:
            self.fail(node, field_, f"{topic} is read as {option} already", f"{topic} 原来就按 {option} 理解")
        self.settled[topic] = option
        for i, rule in enumerate(self.rules):
            text = self.restated.get(i, rule.text)
            asked = [goal for goal in rule.body if goal.signature == ("reading", 3) and goal.args[1] == topic]
            if not text or not asked:
                continue
            others = {a for goal in rule.body if goal not in asked and not goal.negated for a in goal.args}
            for goal in asked:
                case = "" if goal.negated or goal.args[0] in others else f"case({goal.args[0]}), "
                text = text.replace(str(goal), f"{case}{Literal('read_as', goal.args[1:], goal.negated)}")
            self.restated[i] = text
        self.new_rules.append((self.text(entry["reading"], field_).line, f"read_as({topic}, {option})."))
        was = [Bilingual(o["zh"], o["en"]) for o in options.values()]
        now = options[option]
        self._changed(
            "reading", topic, Bilingual("；或者：".join(o.zh for o in was), "; or: ".join(o.en for o in was)),
            Bilingual(now["zh"], now["en"]),
        )  # fmt: skip

    # -- words -------------------------------------------------------------------------------------------------------

    def _terms(self) -> None:
        import yaml

        files = {
            f: yaml.load(f.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) or {}
            for f in sorted((self.root / "kb" / "terms").glob("*.yaml"))
        }
        before = {f: yaml.dump(content) for f, content in files.items()}
        entries: dict[str, dict[str, Any]] = {}
        for content in files.values():
            for section, declared in content.items():
                for id_, entry in (declared or {}).items():
                    entries.setdefault(section, {})[id_] = entry
        self._each("renamed", lambda node, field_: self._rename(node, field_, entries))
        for topic in entries.get("readings", {}).values():
            if any(n in self.repealed for n in topic.get("norms", [])):
                topic["norms"] = [n for n in topic["norms"] if n not in self.repealed]
        for topic, option in self.settled.items():
            entries["readings"][topic]["default"] = option
        new = self._words(entries)
        for file, content in files.items():
            if (text := yaml.dump(content, allow_unicode=True, sort_keys=False)) and yaml.dump(content) != before[file]:
                file.write_text(text, encoding="utf-8")
        if new:
            file = self.root / "kb" / "terms" / f"amendment_{self.amendment.id}.yaml"
            file.write_text(yaml.dump(new, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def _rename(self, node: object, field_: str, entries: Mapping[str, Mapping[str, Any]]) -> None:
        entry = self.keys(node, field_, _either(RENAMED))
        named = {id_: e for s in ("actors", "actions", "values", "kinds") for id_, e in entries.get(s, {}).items()}
        words = {w: id_ for id_, e in named.items() for w in (*e.get("aliases", []), e["zh"], id_)}
        declared = named[self.term(words, entry.get("term", node), f"{field_}.term")]
        new = {lang: str(self.short(entry[lang], f"{field_}.{lang}")) for lang in ("zh", "en") if lang in entry}
        if not new or all(declared[lang] == label for lang, label in new.items()):
            self.fail(node, field_, "no label changes; write zh or en", "名称没有改动；请写 zh 或 en")
        old = Bilingual(declared["zh"], declared["en"])
        if "zh" in new and new["zh"] != declared["zh"]:
            declared["aliases"] = [
                *declared.get("aliases", []),
                declared["zh"],
            ]  # cases that use the old word can still be read
        declared.update(new)
        self._changed(
            "renamed",
            words[str(self.short(entry["term"], f"{field_}.term"))],
            old,
            Bilingual(declared["zh"], declared["en"]),
        )

    def _words(self, entries: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Words that the base does not have, by section; facts and questions of a kind that it has are put there."""
        from .build import SECTIONS

        found: dict[str, Any] = {}
        sections = {s: s for s in SECTIONS}
        for section, node in self.keys(self.content.get("words", MappingNode()), "words", sections).items():
            for id_, entry in self.mapping(node, f"words.{section}").items():
                where = f"words.{section}.{id_}"
                plain = _plain(self.mapping(entry, where))
                declared = entries.get(section, {}).get(str(id_))
                if declared is None:
                    found.setdefault(section, {})[str(id_)] = plain
                    if isinstance(plain.get("zh"), str) and isinstance(plain.get("en"), str):
                        self._changed("word", str(id_), NOTHING, Bilingual(plain["zh"], plain["en"]))
                elif section != "kinds":
                    self.fail(
                        id_,
                        where,
                        "is declared in the base; a new label goes under renamed",
                        "现行词语中已有；改名请写在“更名”（renamed）中",
                    )
                else:
                    self._kind(id_, where, declared, plain)
        return found

    def _kind(self, node: Text, where: str, declared: dict[str, Any], plain: Mapping[str, Any]) -> None:
        if wrong := plain.keys() - {"facts", "questions"}:
            self._refuse(
                node,
                where,
                ("part of a kind that an amendment may add to", "修正案可以增补的部分"),
                min(wrong),
                ["facts", "questions"],
            )
        for fact, spec in plain.get("facts", {}).items():
            if fact in declared.setdefault("facts", {}):
                self.fail(node, where, f"the fact {fact} is there already", f"事实 {fact} 已经有了")
            declared["facts"] = {**declared["facts"], fact: spec}
            self._changed(
                "word", f"{node}.{fact}", NOTHING, Bilingual(str(spec.get("zh", "")), str(spec.get("en", "")))
            )
        declared["questions"] = [
            *declared.get("questions", []),
            *(q for q in plain.get("questions", []) if q not in declared.get("questions", [])),
        ]

    # -- writing -----------------------------------------------------------------------------------------------------

    def _write_norms(self) -> None:
        from .dialect import parse

        touched = {*self.repealed, *self.ledger}
        others: list[str] = []  # why_not and points_to of norms that change
        for file in sorted((self.root / "kb" / "norms").glob("*.lp")):
            rules = parse([file])[0]
            mine = [r for r in rules if r.head.args and r.head.args[0].strip('"') in touched]
            if mine:
                others += [
                    r.text
                    for r in mine
                    if r.head.name in {"why_not", "points_to"} and r.head.args[0].strip('"') not in self.repealed
                ]
                file.write_text("".join(f"{r.text}\n" for r in rules if r not in mine), encoding="utf-8")
        facts = []
        for id_, e in self.ledger.items():
            facts.append(f'norm("{id_}", {e["kind"]}, {e["strength"]}, {e["subject"]}).')
            facts += [f'{name}("{id_}", "{_escaped(e[name])}").' for name in ("quotation", "gist")]
        (self.root / "kb" / "norms" / _law_file(self.amendment)).write_text(
            "\n".join([*facts, *others, ""]), encoding="utf-8"
        )

    def _write_law(self) -> None:
        files: dict[str, list[tuple[int, str]]] = {}
        changed = {self.rules[i].file for i in self.restated}
        for i, rule in enumerate(self.rules):
            if rule.file in changed:
                files.setdefault(rule.file, []).append((rule.line, self.restated.get(i, rule.text)))
        for file, placed in files.items():
            Path(file).write_text(_by_line(placed), encoding="utf-8")
        own = self.root / "kb" / "law" / _law_file(self.amendment)
        own.write_text(_by_line(sorted(self.new_rules)), encoding="utf-8")

    def _lint(self) -> None:
        from .dialect import parse
        from .lint import lint

        reasoning = self.kb.reasoning or self.root / "kb" / "reasoning"
        law = [*sorted((self.root / "kb" / "law").glob("*.lp")), *sorted((reasoning / "derive").glob("*.lp"))]
        rules, diagnostics = parse(law)
        known = (self.kb.norms.keys() | self.ledger.keys() | {""}) - self.repealed.keys()
        found = []
        for one in diagnostics or lint(rules, known_norms=known):
            zh, en = (one.say(lang).partition(": ")[2] for lang in ("zh", "en"))
            own = Path(one.file).name == _law_file(self.amendment)
            file = (
                self.file
                if own
                else str(Path(one.file).relative_to(self.root))
                if Path(one.file).is_relative_to(self.root)
                else one.file
            )
            found.append(InputError(en, zh, f"{file}:{one.line}"))
        if found:
            raise InputErrors(found)


def lang_list(amounts: Iterable[Decimal], lang: str) -> str:
    """The amounts in a row."""
    return ("、" if lang == "zh" else ", ").join(format_money(a, lang) for a in amounts)


def _by_line(placed: Iterable[tuple[int, str]]) -> str:
    """A file in which each text stands in its line."""
    lines: list[str] = []
    for line, text in placed:
        lines += [""] * (line - len(lines))
        lines[line - 1] = f"{lines[line - 1]} {text}".strip()
    return "".join(f"{line}\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _plain(node: Node) -> Any:  # noqa: ANN401
    if isinstance(node, MappingNode):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node]
    return "" if node is None else str(node)
