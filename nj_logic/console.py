"""``nj console``: a session in which commands and goals of one's own are asked one after another, of one case.

A line is a command of ``nj`` without the ``nj``, a command of the console, or a goal. Commands of ``nj`` are those of :mod:`nj_logic.cli`
themselves: the console only adds the case that is loaded, and lays the session's changes and readings over what they read (:class:`Desk`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .calls import Suggesting
from .changes import apply_change, split
from .cli import called, fixed, leave, nj, options, put, show
from .document import Mapping as MappingNode
from .errors import Bilingual, InputError, unknown_word
from .files import decode
from .goals import ENGINES
from .knowledge import TABLES, KnowledgeBase

if TYPE_CHECKING:
    from .case import Case
    from .document import Sequence as SequenceNode

LONGEST = 20_000
"""How many characters a line may have."""
INTERRUPTED = 130
"""The exit status of what Ctrl-C stopped."""
OF_A_CASE = frozenset({"case_file", "case_files", "register"})
"""The parameters of commands for which the case stands that is loaded."""
NAMES = {
    "案件": "case", "关闭": "close", "事实": "facts", "设定": "set", "解释": "reading", "还原": "reset", "路径": "paths", "答案": "answer",
    "检查": "check", "冲突": "conflicts", "为什么": "why", "为什么不": "whynot", "补正": "fix", "假如": "what-if", "追问": "ask-next",
    "核验": "verify", "条文": "article", "规范": "norms", "覆盖": "coverage", "解释分歧": "readings", "类型": "kinds", "模式": "schema",
    "查询": "ask", "查找": "search", "报告": "report", "审查": "audit", "影响": "impact", "校验": "lint", "语言": "lang", "帮助": "help",
    "退出": "quit",
}  # fmt: skip
"""The Chinese names of the commands."""
ALIASES = {**NAMES, "norm": "norms", "exit": "quit"}
WORDS = {
    "welcome": Bilingual("help 或“帮助”列出命令,TAB 补全,Ctrl-R 查找历史,Ctrl-D 退出。", "help lists the commands, TAB completes, Ctrl-R searches the history, Ctrl-D leaves."),
    "interrupted": Bilingual("已中断", "interrupted"),
    "changed": Bilingual("与文件不同:", "changed: "),
    "unchanged": Bilingual("与文件一致", "as in the file"),
    "fixed": Bilingual("固定的解释:", "fixed readings: "),
    "engine": Bilingual("自写目标用 {} 求解", "goals are asked in {}"),
    "of_case": Bilingual("关于已打开的案件", "Of the case that is loaded"),
    "of_rules": Bilingual("关于规则", "Of the rules"),
    "of_console": Bilingual("控制台", "Of the console"),
    "goals": Bilingual("含括号而不以命令开头的行,是自写目标,如 norm(N, prohibition, strict, O)", "A line with parentheses that begins with no command is a goal of your own: norm(N, prohibition, strict, O)"),
}  # fmt: skip
PRINTED = re.compile(r'^ *(?:"id": ")?([paf]\d+(?:\.\d+)?)(?:",?|  +(.*))$', re.MULTILINE)
"""An id of a step, an answer or a finding as a command prints it, and what is said of it."""


class Desk(KnowledgeBase):
    """The knowledge base with one case on the desk: its changes and the readings that are fixed are laid over whatever is asked.

    Attributes:
        file: the case's file, or None.
        fields: every word for a fact of its kind, and the fact's id.
        changes: what the case states instead of its file.
        chosen: the readings that are fixed, topic to option.
    """

    def __init__(self) -> None:
        super().__init__()
        self.file: Path | None = None
        self.fields: Mapping[str, str] = {}
        self.changes: dict[str, str] = {}
        self.chosen: dict[str, str] = {}

    def document(self, path: Path) -> MappingNode | SequenceNode:
        """As the file says, with the changes if it is the case on the desk."""
        node = super().document(path)
        if self.file is not None and isinstance(node, MappingNode) and path.resolve() == self.file.resolve():
            for key, value in self.changes.items():
                apply_change(node, key, value, self.fields)
        return node

    def fixed_readings(self, chosen: Mapping[str, str], case: Case | None = None) -> dict[str, str]:
        """As without the desk; what a call chooses goes before what the session chose."""
        return super().fixed_readings({**self.chosen, **chosen}, case)


class Session:
    """What a console remembers from line to line.

    Args:
        lang: ``zh`` or ``en``.
        as_json: whether results are printed as JSON.
        case_file: the case to begin with.
        readings: the readings to begin with, topic to option.
        adopted: a file of adopted interpretations.

    Attributes:
        engine: in which engine a goal is asked.
        printed: the ids that the last output printed, and what it said of each.
        ended: whether the user has asked to leave.

    Raises:
        InputError: the case, a reading or the file of interpretations is wrong.
    """

    def __init__(
        self, lang: str, *, as_json: bool = False, case_file: Path | None = None, readings: Mapping[str, str] | None = None,
        adopted: Path | None = None,
    ) -> None:  # fmt: skip
        self.lang, self.as_json, self.engine = lang, as_json, "prolog"
        self.desk = Desk()
        self.case: Case | None = None
        self.printed: dict[str, str] = {}
        self.ended = False
        self._at_desk = False
        if adopted is not None:
            self.desk.adopt(adopted)
        self.read_as(readings or {})
        if case_file is not None:
            self.open(case_file)

    def say(self, key: str) -> str:
        """One of the console's words."""
        return WORDS[key].say(self.lang)

    # -- lines -------------------------------------------------------------------------------------------------------

    def run(self, line: str, where: str = "") -> int:
        """Carry out a line; *where* it stands is said before what is wrong with it.

        Returns:
            the exit status that the line has as a call of ``nj``; 0 for an empty line and a comment (``%``).
        """
        if not line.strip() or line.lstrip().startswith("%"):
            return 0
        adopted = self.desk.interpretations
        try:
            return called([line], lines, lang=self.lang, console=self, where=where)
        finally:
            self.desk.interpretations = adopted

    def script(self, stream: Iterable[bytes]) -> int:
        """Carry out lines of UTF-8 or GB18030 up to the last, a ``quit`` or an interrupt.

        Returns:
            the worst of their exit statuses.
        """
        worst = 0
        for number, line in enumerate(stream, 1):
            worst = max(worst, self.run(line.decode("utf-8", "surrogateescape"), f"stdin:{number}"))
            if self.ended or worst == INTERRUPTED:
                break
        return worst

    def arguments(self, line: str) -> list[str]:
        """The call of ``nj`` or of the console for which a line stands.

        Raises:
            InputError: the line is no text, too long, or about a case where none is loaded.
        """
        return ["--lang", self.lang, *(["--json"] if self.as_json else []), *self._call(_text(line))]

    def _call(self, line: str) -> list[str]:
        head, rest = (*line.split(None, 1), "", "")[:2]
        if head == "nj" and rest:
            return self._call(rest)
        name = ALIASES.get(head, head)
        self._at_desk = False
        if name in ENGINES and rest:
            return self._goal(name, rest)
        command = lines.commands.get(name)
        if command is None:
            return self._goal(self.engine, line) if "(" in line else [head]
        return [name, *self._of_case(command, split_words(rest))]

    def _goal(self, engine: str, goal: str) -> list[str]:
        self._at_desk = self.desk.file is not None
        return ["ask", f"--{engine}={goal}", *(["--case", str(self.desk.file)] if self._at_desk else [])]

    def _of_case(self, command: click.Command, words: list[str]) -> list[str]:
        """The words of a command with the case where it takes one and none is named."""
        takes, first = taken(command), words[0] if words else "-"
        if takes in OF_A_CASE and not {"-h", "--help"} & {*words}:
            self._at_desk = True
            return words if _is_file(first) else [str(self.loaded()), *words]
        if takes == "target" and self.desk.file is not None and first.startswith("-"):
            words = [str(self.desk.file), *words]
        if command.name == "ask" and self.desk.file is not None and self._asks_of_case(first) and "--case" not in words:
            words = [*words, "--case", str(self.desk.file)]
        self._at_desk = "--case" in words or (takes == "target" and _is_file(words[0] if words else ""))
        return words

    def _asks_of_case(self, query: str) -> bool:
        from .queries import Library

        found = Library(self.desk).queries.get(query)
        return found is not None and found.ground == "case"

    def knowledge(self) -> KnowledgeBase:
        """The knowledge base for the command that runs: with the case on the desk where it is asked of a case."""
        return self.desk if self._at_desk else KnowledgeBase()

    def note(self, text: str) -> None:
        """Remember the ids that a command prints."""
        found = {id_: said or "" for id_, said in PRINTED.findall(text)}
        self.printed = found or self.printed

    # -- the case ----------------------------------------------------------------------------------------------------

    def loaded(self) -> Path:
        """The file of the case that is loaded.

        Raises:
            InputError: none is.
        """
        if self.desk.file is None:
            raise InputError("no case is loaded; load one: case FILE", "没有打开案件；请先打开：案件 文件")
        return self.desk.file

    def open(self, file: Path) -> None:
        """Load the case of *file*, as it stands there.

        Raises:
            InputError: it is wrong; the case that was loaded stays.
        """
        case = KnowledgeBase.register(self.desk, file)
        self.case, self.desk.file, self.desk.fields = case, file, case.kind.field_words
        self.desk.changes, self.printed = {}, {}

    def close(self) -> None:
        """Put the case away; goals are asked of the rules alone."""
        self.case, self.desk.file, self.desk.fields, self.desk.changes, self.printed = None, None, {}, {}, {}

    def change(self, changes: Sequence[str]) -> None:
        """Let the case state something else.

        Raises:
            InputError: no case is loaded, or it cannot state this; nothing is changed.
        """
        file = self.loaded()
        if file.suffix.lower() in TABLES:
            raise InputError("a table cannot be changed here; change the file", "表格不能在此改动，请直接修改文件")
        before = self.desk.changes
        try:
            self.desk.changes = {**before, **dict(map(split, changes))}
            self.case = self.desk.register(file)
        except BaseException:
            self.desk.changes = before
            raise

    def read_as(self, readings: Mapping[str, str]) -> None:
        """Fix readings; an empty option leaves the topic open again.

        Raises:
            InputError: an unknown topic or option.
        """
        for topic in readings:
            if topic not in self.desk.readings:
                raise unknown_word("reading", "解释分歧", topic, self.desk.readings)
        chosen = {t: o for t, o in {**self.desk.chosen, **readings}.items() if o}
        self.desk.fixed_readings(chosen)
        self.desk.chosen = chosen

    def reset(self) -> None:
        """Take all changes and readings back."""
        self.desk.changes, self.desk.chosen = {}, {}
        if self.desk.file is not None:
            self.case = self.desk.register(self.desk.file)

    def show_state(self) -> None:
        """Print what differs from the file, and the readings that are fixed."""
        changes, readings = self.desk.changes, self.desk.chosen
        if self.as_json:
            show({"changes": changes, "readings": readings})
            return
        told = [
            self.say(key) + "  ".join(f"{k}={v}" for k, v in held.items())
            for key, held in (("changed", changes), ("fixed", readings))
            if held
        ]
        put(_clean("\n".join(told) or self.say("unchanged")))


class Lines(Suggesting):
    """The commands of a session, under their English and Chinese names; what it parses is a whole line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, of the call for which the line stands."""
        return super().parse_args(ctx, ctx.obj.arguments(*args))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """As click does, by any name."""
        return super().get_command(ctx, ALIASES.get(cmd_name, cmd_name))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name."""
        return [*super().list_commands(ctx), *NAMES]


@click.group(cls=Lines, add_help_option=False)
@options
def lines(**_before: object) -> None:
    """A line of the console."""


for _command in nj.commands.values():
    if _command.name != "console":
        lines.add_command(_command)


@lines.command()
@click.argument("file", metavar="FILE", type=Path)
@click.pass_obj
def case(session: Session, file: Path) -> None:
    """Load the case of FILE. 打开案件。"""
    session.open(file)
    leave(session.run("facts"))


@lines.command()
@click.pass_obj
def close(session: Session) -> None:
    """Put the case away. 关闭案件。"""
    session.close()


@lines.command("set")
@click.argument("changes", metavar="KEY=VALUE...", nargs=-1, required=True)
@click.pass_obj
def set_(session: Session, changes: tuple[str, ...]) -> None:
    """Let the case state KEY=VALUE; KEY= takes it back. 改动案件。"""
    session.change(changes)
    session.show_state()


@lines.command()
@click.argument("readings", metavar="TOPIC=OPTION...", nargs=-1)
@click.pass_obj
def reading(session: Session, readings: tuple[str, ...]) -> None:
    """Fix readings for all that follows; TOPIC= lets one go. 固定解释。"""
    session.read_as(fixed(readings))
    session.show_state()


@lines.command()
@click.pass_obj
def reset(session: Session) -> None:
    """Take all changes and readings back. 还原改动和解释。"""
    session.reset()
    session.show_state()


def _switch(engine: str) -> click.Command:
    @click.pass_obj
    def switch(session: Session) -> None:
        session.engine = engine
        put(session.say("engine").format(engine))

    title = {"asp": "ASP", "prolog": "Prolog"}[engine]
    return click.command(engine, help=f"Ask goals in {title}; or one GOAL. 用 {title} 求解目标。")(switch)


for _engine in ENGINES:
    lines.add_command(_switch(_engine))


@lines.command()
@click.argument("language", metavar="zh|en", type=click.Choice(["zh", "en"]))
@click.pass_obj
def lang(session: Session, language: str) -> None:
    """Speak Chinese or English. 选择语言。"""
    session.lang = language


@lines.command("help")
@click.pass_obj
def help_(session: Session) -> None:
    """List the commands. 列出命令。"""
    put(commands_listed(session.lang))


@lines.command()
@click.pass_obj
def quit(session: Session) -> None:
    """Leave. 退出。"""
    session.ended = True


# -- words ---------------------------------------------------------------------------------------------------------------


def taken(command: click.Command) -> str:
    """The name of a command's first argument, or nothing."""
    return next((p.name or "" for p in command.params if isinstance(p, click.Argument)), "")


def summary(command: click.Command, lang: str) -> str:
    """What a command does, in one language of its help."""
    first = (command.help or "").split("\n\n")[0].replace("\n", " ")
    chinese = re.search("[\u2e80-\u9fff]", first)
    at = len(first)
    if chinese:
        at = first.rfind(". ", 0, chinese.start()) + 2
    return (first[at:] if lang == "zh" else first[:at]).strip()


def commands_listed(lang: str) -> str:
    """Every command with its arguments, its Chinese name and what it does, in three groups."""
    chinese = {id_: zh for zh, id_ in NAMES.items()}
    groups: dict[str, list[tuple[str, str, str]]] = {"of_case": [], "of_rules": [], "of_console": []}
    for name, command in lines.commands.items():
        of_case = taken(command) in OF_A_CASE
        where = "of_console" if name not in nj.commands else "of_case" if of_case else "of_rules"
        given = [p for p in command.params if isinstance(p, click.Argument)][of_case:]
        usage = " ".join([name, *(p.make_metavar(click.Context(command)) for p in given)])
        groups[where].append((usage, chinese.get(name, ""), summary(command, lang)))
    widest = max(len(usage) for rows in groups.values() for usage, _, _ in rows)
    listed = []
    for where, rows in groups.items():
        listed += [WORDS[where].say(lang)]
        listed += [f"  {usage:<{widest}}  {zh}{'  ' * (4 - len(zh))}  {told}" for usage, zh, told in rows]
    return "\n".join([*listed, WORDS["goals"].say(lang)])


def split_words(text: str) -> list[str]:
    """The words of a line: white space parts them, but within double quotes and parentheses; quotes outside parentheses go.

    Raises:
        InputError: a quote does not end.
    """
    found: list[str] = []
    word, begun, quoted, depth = "", False, False, 0
    for character in text:
        if character == '"':
            quoted, begun = not quoted, True
            word += character if depth else ""
        elif character.isspace() and not quoted and not depth:
            found += [word] if begun else []
            word, begun = "", False
        else:
            if not quoted:
                depth = max(0, depth + {"(": 1, ")": -1}.get(character, 0))
            word, begun = word + character, True
    if quoted:
        raise InputError("a double quote does not end", "双引号没有结束")
    return [*found, *([word] if begun else [])]


def _text(line: str) -> str:
    """A line as text.

    Raises:
        InputError: it holds what is no text, or is too long.
    """
    try:
        text = decode(line.encode("utf-8", "surrogateescape"), "").strip()
    except (InputError, UnicodeEncodeError):
        raise InputError("the line is no text in UTF-8 or GB18030", "这一行不是 UTF-8 或 GB18030 编码的文字") from None
    if len(text) > LONGEST:
        raise InputError(f"the line is longer than {LONGEST} characters", f"这一行超过 {LONGEST} 个字符")
    return text


def _is_file(word: str) -> bool:
    with suppress(OSError, ValueError):
        return Path(word).is_file()
    return False


def _clean(text: str) -> str:
    from .terminal import clean

    return clean(text, keep_lines=True)
