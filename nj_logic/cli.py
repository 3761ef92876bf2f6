"""The command line: ``nj``.

Results go to standard output, errors to standard error. Exit status: 0 answered and nothing wrong, 1 answered and there is a finding, a
conflict, an undefined or needs_facts answer, 2 the input or the call is wrong, 3 the program failed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .errors import InputError, NjError

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase

Command = TypeVar("Command", bound=Callable[..., Any])


def default_lang() -> str:
    """The language of the locale if it is Chinese or English, else Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


class _Suggesting(click.Group):
    """A group that names the nearest command for one that is unknown."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest right word in the error."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            from .errors import nearest

            near = nearest(args[0], self.list_commands(ctx))
            hint = (f"; did you mean {near}?", f";是否指 {near}?") if near else ("", "")
            listed = ", ".join(self.list_commands(ctx))
            word = args[0][:80]
            raise InputError(
                f"there is no command {word!r}{hint[0]} Commands: {listed}", f"没有命令“{word}”{hint[1]} 可用:{listed}"
            )
        return super().resolve_command(ctx, args)


@click.group(cls=_Suggesting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="nj_logic", prog_name="nj")
def nj() -> None:
    """Query, audit and explain the work rules of a county government. 政府工作规则:查询、检查、解释。"""


def _lang(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    return value or default_lang()


def common(command: Command) -> Command:
    """The options that every command has."""
    command = click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        callback=_lang,
        help="Language 语言 (default: the locale's, else zh).",
    )(command)
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json.")(command)
    return click.option(
        "--format", "format_", type=click.Choice(["pretty", "json"]), default="pretty", help="Output format 输出格式."
    )(command)


def weighing(command: Command) -> Command:
    """The option of commands that weigh readings."""
    return click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="TOPIC=OPTION",
        help="Fix a reading 固定一种解释; see nj readings.",
    )(command)


case_file = click.argument("case_file", metavar="CASE", type=click.Path(path_type=Path))


def fixed(readings: tuple[str, ...]) -> dict[str, str]:
    """The readings of the ``--reading`` options.

    Raises:
        InputError: not of the form TOPIC=OPTION, or one topic twice.
    """
    found: dict[str, str] = {}
    for one in readings:
        topic, sign, option = one.partition("=")
        if not sign:
            raise InputError(f"--reading {one[:80]!r} is not TOPIC=OPTION", f"--reading “{one[:80]}”应写作 主题=选项")
        if found.setdefault(topic, option) != option:
            raise InputError(f"--reading {topic} is given twice", f"--reading {topic} 重复")
    return found


def knowledge() -> KnowledgeBase:
    """The knowledge base that comes with the package."""
    from .knowledge import KnowledgeBase

    return KnowledgeBase()


def show(result: dict[str, Any] | list[Any]) -> None:
    """Print JSON."""
    import json

    click.echo(json.dumps(result, ensure_ascii=False, indent=1))


def leave(status: int) -> None:
    """End the command with an exit status."""
    if status:
        raise click.exceptions.Exit(status)


@nj.command()
@case_file
@weighing
@common
def paths(case_file: Path, readings: tuple[str, ...], lang: str, as_json: bool, format_: str) -> None:
    """Every valid approval path of CASE. 全部合规审批路径。"""
    kb = knowledge()
    result = kb.paths(kb.case(case_file), fixed(readings))
    if as_json or format_ == "json":
        show(result.to_json())
    else:
        from . import terminal

        click.echo(terminal.paths(result, lang))
    leave(result.status != "determined")


@nj.command()
@case_file
@weighing
@common
def answer(case_file: Path, readings: tuple[str, ...], lang: str, as_json: bool, format_: str) -> None:
    """The answers to the questions of CASE's kind. 回答该类事项的问题。"""
    kb = knowledge()
    result = kb.answer(kb.case(case_file), fixed(readings))
    if as_json or format_ == "json":
        show(result.to_json())
    else:
        from . import terminal

        click.echo(terminal.answers(result, lang))
    leave(any(a.status != "determined" for a in result.answers))


@nj.command()
@click.argument("case_files", metavar="CASE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="List satisfied norms too 同时列出已满足的规范.")
@weighing
@common
def check(
    case_files: tuple[Path, ...], everything: bool, readings: tuple[str, ...], lang: str, as_json: bool, format_: str
) -> None:
    """What the record of each CASE did wrong or still lacks. 检查办理经过。"""
    kb = knowledge()
    chosen = fixed(readings)
    cases = [kb.case(file) for file in case_files]  # all are checked before anything is computed
    results = [kb.check(case, chosen) for case in cases]
    if as_json or format_ == "json":
        listed = [r.to_json(everything) for r in results]
        show(listed[0] if len(listed) == 1 else listed)
    else:
        from . import terminal

        click.echo("\n\n".join(terminal.check(r, everything, lang) for r in results))
    leave(any(r.verdict != "compliant" for r in results))


@nj.command()
@click.argument("register", metavar="REGISTER", type=click.Path(path_type=Path))
@click.option("--roster", type=click.Path(path_type=Path), help="The roster for a table (CSV, XLSX) of absences 名册.")
@weighing
@common
def conflicts(
    register: Path, roster: Path | None, readings: tuple[str, ...], lang: str, as_json: bool, format_: str
) -> None:
    """Clashes in a REGISTER of absences, and who acts when. 外出登记中的冲突与代行情况。"""
    kb = knowledge()
    result = kb.conflicts(kb.register(register, roster), fixed(readings))
    if as_json or format_ == "json":
        show(result.to_json())
    else:
        from . import terminal

        click.echo(terminal.conflicts(result, lang))
    leave(bool(result.findings))


@nj.command()
@case_file
@click.argument("goal")
@weighing
@common
def why(case_file: Path, goal: str, readings: tuple[str, ...], lang: str, as_json: bool, format_: str) -> None:
    """The proof of GOAL in CASE: p1.2, a1, f3 as printed, or an atom. 为什么。"""
    kb = knowledge()
    result = kb.why(kb.case(case_file), goal, fixed(readings))
    if as_json or format_ == "json":
        show(result.to_json())
    else:
        from . import terminal

        click.echo(terminal.explanation(result, lang))


@nj.command()
@click.argument("number", type=int)
@common
def article(number: int, lang: str, as_json: bool, format_: str) -> None:
    """An article with its norms and the rules that state them. 条文及其规范。"""
    from . import ledger

    kb = knowledge()
    result = ledger.article(kb, number)
    if as_json or format_ == "json":
        show(result)
    else:
        from . import terminal

        click.echo(terminal.article(result, lang))


@nj.command()
@click.option("--article", "number", type=int, help="Only this article 只列该条.")
@common
def norms(number: int | None, lang: str, as_json: bool, format_: str) -> None:
    """The ledger of norms. 规范清单。"""
    from . import ledger

    kb = knowledge()
    result = ledger.norms(kb, number)
    if as_json or format_ == "json":
        show(result)
    else:
        from . import terminal

        click.echo(terminal.norms(result, lang))


@nj.command()
@common
def coverage(lang: str, as_json: bool, format_: str) -> None:
    """How much of the text is formalised. 条文覆盖情况。"""
    from . import ledger

    kb = knowledge()
    result = ledger.coverage(kb)
    if as_json or format_ == "json":
        show(result)
    else:
        from . import terminal

        click.echo(terminal.coverage(result, lang))


@nj.command()
@common
def readings(lang: str, as_json: bool, format_: str) -> None:
    """Sentences that can be read in more than one way. 解释分歧与约定。"""
    from . import ledger

    kb = knowledge()
    result = ledger.readings(kb)
    if as_json or format_ == "json":
        show(result)
    else:
        from . import terminal

        click.echo(terminal.readings(kb, result, lang))


@nj.command()
@common
def kinds(lang: str, as_json: bool, format_: str) -> None:
    """The kinds of matter. 事项类型。"""
    from . import ledger

    kb = knowledge()
    result = ledger.kinds(kb)
    if as_json or format_ == "json":
        show(result)
    else:
        from . import terminal

        click.echo(terminal.kinds(result, lang))


@nj.command()
@click.argument("kind")
@click.option("--lang", type=click.Choice(["zh", "en"]), callback=_lang, help="Language 语言.")
def schema(kind: str, lang: str) -> None:
    """The JSON Schema of a case of KIND. 某类事项的 JSON Schema。"""
    from . import ledger

    show(ledger.schema(knowledge(), kind, lang))


@nj.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(["html", "md"]), default="html", help="Output format 输出格式.")
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, help="The file to write 输出文件.")
@click.option("--roster", type=click.Path(path_type=Path), help="The roster for a table (CSV, XLSX) of absences 名册.")
@weighing
@click.option("--lang", type=click.Choice(["zh", "en"]), callback=_lang, help="Language 语言.")
def report(file: Path, format_: str, output: Path, roster: Path | None, readings: tuple[str, ...], lang: str) -> None:
    """A report on a case or a register. 生成报告。"""
    from .document import write_document
    from .report import case_report, register_report

    kb = knowledge()
    case = kb.register(file, roster) if file.suffix.lower() in {".csv", ".xlsx"} else kb.case(file)
    make = register_report if case.kind.register else case_report
    write_document(output, make(kb, case, fixed(readings), lang=lang, format=format_))
    click.echo(str(output))


@nj.command()
@common
def lint(lang: str, as_json: bool, format_: str) -> None:
    """Check the knowledge base: dialect, ledger, words. 检查知识库。"""
    import tempfile

    from .build import compile_knowledge
    from .places import data_root

    del as_json, format_
    with tempfile.TemporaryDirectory() as folder:
        compile_knowledge(data_root(), Path(folder) / "kb")
    click.echo({"zh": "知识库没有错误", "en": "the knowledge base has no errors"}[lang])


def _language_of(arguments: list[str]) -> str:
    for i, argument in enumerate(arguments):
        value = (
            argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else (arguments[i + 1] if argument == "--lang" and i + 1 < len(arguments) else "")
        )
        if value in {"zh", "en"}:
            return value
    return default_lang()


def main() -> NoReturn:
    """The entry point of ``nj``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    lang = _language_of(sys.argv[1:])
    try:
        status = nj.main(standalone_mode=False, prog_name="nj")
        sys.stdout.flush()
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except NjError as error:
        _complain(error.say(lang))
        sys.exit(error.exit_status)
    except click.ClickException as error:
        _complain(error.format_message())
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except Exception as error:
        if os.environ.get("NJ_TRACEBACK"):
            raise
        _complain(
            {"zh": "程序出错", "en": "the program failed"}[lang]
            + f": {type(error).__name__}: {error} (NJ_TRACEBACK=1 shows where)"
        )
        sys.exit(3)


def _complain(message: str) -> None:
    from .terminal import clean

    click.echo(f"nj: {clean(message, keep_lines=True)}", err=True)
