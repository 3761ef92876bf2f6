"""The command line: ``nj``.

Results go to standard output, errors to standard error. Exit status: 0 answered and nothing wrong, 1 answered and there is a finding, a
conflict, an undefined or needs_facts answer, 2 the input or the call is wrong, 3 the program failed, 130 interrupted.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from .calls import Suggesting, in_words
from .errors import InputError, InputErrors, KnowledgeError, NjError
from .interruption import heed, listen

if TYPE_CHECKING:
    from .case import Case
    from .knowledge import KnowledgeBase

Command = TypeVar("Command", bound=Callable[..., Any])


def default_lang() -> str:
    """The language of the locale if it is Chinese or English, else Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def options(command: Command) -> Command:
    """The options that every command has; they may stand before the command's name too."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json."),
        click.option("--format", "format_", type=click.Choice(["pretty", "json"]), help="Output format 输出格式."),
        language,
    ):
        command = option(command)
    return command


def language(command: Command) -> Command:
    """The option ``--lang``."""
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), help="Language 语言 (default: the locale's, else zh)."
    )(command)


@click.group(cls=Suggesting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="nj_logic", prog_name="nj")
@options
def nj(**_before: object) -> None:
    """Query, audit and explain the work rules of a county government. 政府工作规则：查询、检查、解释。"""


def chosen_language(lang: str | None) -> str:
    """The language of this call: the command's option, the one before the command, or the locale's."""
    before: str | None = click.get_current_context().find_root().params.get("lang")
    return lang or before or default_lang()


def common(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every command has: it takes *lang* and *as_json*."""

    @options
    @functools.wraps(command)
    def called(lang: str | None, as_json: bool, format_: str | None, **rest: object) -> None:
        before = click.get_current_context().find_root().params
        format_ = "json" if as_json else format_ or ("json" if before.get("as_json") else before.get("format_"))
        command(lang=chosen_language(lang), as_json=format_ == "json", **rest)

    return called


ADOPTED = f"{__name__}.interpretations"


def _adopt(context: click.Context, _parameter: click.Parameter, file: Path | None) -> None:
    context.meta[ADOPTED] = file


def weighing(command: Command) -> Command:
    """The options of commands that weigh readings."""
    command = click.option(
        "--interpretations",
        metavar="FILE",
        type=Path,
        callback=_adopt,
        expose_value=False,
        help="Readings that an office has adopted 已采用的解释.",
    )(command)
    return click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="TOPIC=OPTION",
        help="Fix a reading 固定一种解释; see nj readings.",
    )(command)


processes = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 4),
    help="How many processes 进程数.",
)
case_file = click.argument("case_file", metavar="CASE", type=Path)


def fixed(readings: tuple[str, ...]) -> dict[str, str]:
    """The readings of the ``--reading`` options.

    Raises:
        InputError: not of the form TOPIC=OPTION, or one topic twice.
    """
    found: dict[str, str] = {}
    for one in readings:
        topic, sign, option = one.partition("=")
        if not sign:
            raise InputError(
                f"--reading {one[:80]!r} is not TOPIC=OPTION", f"--reading “{one[:80]}”应写作 主题=选项（TOPIC=OPTION）"
            )
        if found.setdefault(topic, option) != option:
            raise InputError(f"--reading {topic} is given twice", f"--reading {topic} 重复")
    return found


def knowledge() -> KnowledgeBase:
    """The knowledge base that comes with the package."""
    from .knowledge import KnowledgeBase

    console = click.get_current_context().find_root().obj
    kb: KnowledgeBase = KnowledgeBase() if console is None else console.knowledge()
    if (adopted := click.get_current_context().meta.get(ADOPTED)) is not None:
        kb.adopt(adopted)
    return kb


def put(text: str) -> None:
    """Print a result. Whoever reads it may stop reading (``nj norms | head``); the exit status stays the answer's."""
    if (console := click.get_current_context().find_root().obj) is not None:
        console.note(text)
    try:
        click.echo(text)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show(result: dict[str, Any] | list[Any]) -> None:
    """Print JSON."""
    put(dumped(result))


def dumped(result: dict[str, Any] | list[Any]) -> str:
    """JSON as text. Control and direction characters are escaped: a terminal is not to obey them."""
    import json
    import re

    text = json.dumps(result, ensure_ascii=False, indent=1)
    return re.sub(
        "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]",
        lambda c: f"\\u{ord(c[0]):04x}",
        text,
    )


def leave(status: int) -> None:
    """End the command with an exit status."""
    if status:
        raise click.exceptions.Exit(status)


@nj.command()
@case_file
@weighing
@common
def paths(case_file: Path, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Every valid approval path of CASE. 全部合规审批路径。"""
    kb = knowledge()
    result = kb.paths(kb.case(case_file), fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import terminal

        put(terminal.paths(result, lang))
    leave(result.status != "determined")


@nj.command()
@case_file
@weighing
@common
def answer(case_file: Path, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """The answers to the questions of CASE's kind. 回答该类事项的问题。"""
    kb = knowledge()
    result = kb.answer(kb.case(case_file), fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import terminal

        put(terminal.answers(result, lang))
    leave(any(a.status != "determined" for a in result.answers))


@nj.command()
@click.argument("case_files", metavar="CASE...", nargs=-1, required=True, type=Path)
@click.option("--all", "everything", is_flag=True, help="List satisfied norms too 同时列出已满足的规范.")
@weighing
@common
def check(case_files: tuple[Path, ...], everything: bool, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """What the record of each CASE did wrong or still lacks. 检查办理经过。"""
    kb = knowledge()
    chosen = fixed(readings)
    cases = _all(kb.case, case_files)
    results = [kb.check(case, chosen) for case in cases]
    if as_json:
        listed = [r.to_json(everything) for r in results]
        show(listed[0] if len(listed) == 1 else listed)
    else:
        from . import terminal

        put("\n\n".join(terminal.check(r, everything, lang) for r in results))
    leave(any(r.verdict != "compliant" for r in results))


def _all(read: Callable[[Path], Case], files: Iterable[Path]) -> list[Case]:
    """Every file's case: all are read before anything is computed.

    Raises:
        InputError: a file is wrong; it names every file that is.
    """
    cases, wrong = [], []
    for file in files:
        try:
            cases.append(read(file))
        except InputError as error:
            wrong.append(error)
    if wrong:
        raise InputErrors(wrong)
    return cases


@nj.command()
@click.argument("register", metavar="REGISTER", type=Path)
@click.option("--roster", type=Path, help="The roster for a table (CSV, XLSX) of absences 名册.")
@weighing
@common
def conflicts(register: Path, roster: Path | None, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Clashes in a REGISTER of absences, and who acts when. 外出登记中的冲突与代行情况。"""
    kb = knowledge()
    result = kb.conflicts(kb.register(register, roster), fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import terminal

        put(terminal.conflicts(result, lang))
    leave(bool(result.findings))


@nj.command()
@case_file
@click.argument("goal")
@click.option("--whole", is_flag=True, help="The whole tree with every rule 完整的证明.")
@weighing
@common
def why(case_file: Path, goal: str, whole: bool, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """The proof of GOAL in CASE: p1.2, a1, f3 as printed, OFFICE:ACT, QUESTION=VALUE or an atom. 为什么成立:证明。"""
    kb = knowledge()
    result = kb.why(kb.case(case_file), goal, fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import terminal

        put(terminal.explanation(result, lang, whole))


@nj.command()
@case_file
@click.argument("goal")
@weighing
@common
def whynot(case_file: Path, goal: str, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """What keeps GOAL (OFFICE:ACT, QUESTION=VALUE, a norm's id or an atom) from holding in CASE. 为什么不成立:还缺什么。"""
    kb = knowledge()
    result = kb.why_not(kb.case(case_file), goal, fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import telling

        put(telling.why_not(result, lang))


@nj.command()
@case_file
@click.argument("finding", required=False)
@click.option("--roster", type=Path, help="The roster for a table (CSV, XLSX) of absences 名册.")
@weighing
@common
def fix(
    case_file: Path, finding: str | None, roster: Path | None, readings: tuple[str, ...], lang: str, as_json: bool
) -> None:
    """The smallest changes that mend CASE, or the clash FINDING of a register. 怎样补正。"""
    from .repair import find_repairs

    kb = knowledge()
    case = kb.register(case_file, roster)
    result = find_repairs(kb, case, kb.fixed_readings(fixed(readings), case), finding)
    if as_json:
        show(result.to_json())
    else:
        from . import telling

        put(telling.repairs(result, lang))
    leave(bool(result.wrong))


@nj.command("what-if")
@case_file
@click.argument("changes", metavar="KEY=VALUE...", nargs=-1)
@weighing
@common
def what_if(case_file: Path, changes: tuple[str, ...], readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """CASE as it is and with KEY=VALUE or --reading: what changes, and why. 假如情况不同,结果有何变化。"""
    from .changes import changed
    from .what_if import compare

    if not changes and not readings:
        raise InputError(
            "state a change: KEY=VALUE or --reading TOPIC=OPTION", "请写明改动：名称=值 或 --reading 主题=选项"
        )
    kb = knowledge()
    chosen = fixed(readings)
    kb.fixed_readings(chosen)
    result = compare(kb, (kb.case(case_file), {}), (changed(kb, case_file, changes), chosen), (*changes, *readings))
    if as_json:
        show(result.to_json())
    else:
        from . import telling

        put(telling.what_if(result, lang))


@nj.command("ask-next")
@case_file
@weighing
@common
def ask_next(case_file: Path, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Which facts of CASE to ask for, and what each answer leads to. 还应问什么。"""
    from .ask_next import ask_next as questions

    kb = knowledge()
    result = questions(kb, kb.case(case_file), fixed(readings))
    if as_json:
        show(result.to_json())
    else:
        from . import telling

        put(telling.ask_next(result, lang))
    leave(bool(result.inquiries))


@nj.command()
@click.argument("file", type=Path)
@click.option("--case", "case_file", type=Path, help="The case whose facts the proof must rest on 对照的案件.")
@common
def verify(file: Path, case_file: Path | None, lang: str, as_json: bool) -> None:
    """Check a proof saved by nj why --json: rules, facts, quotations. 核验保存的证明。"""
    from .verify import verify as check_proof

    kb = knowledge()
    result = check_proof(kb, file, None if case_file is None else kb.case(case_file))
    if as_json:
        show(result.to_json())
    else:
        from . import telling

        put(telling.verdict(result, lang))
    leave(result.refused is not None)


@nj.command()
@case_file
@common
def facts(case_file: Path, lang: str, as_json: bool) -> None:
    """What CASE states, and what is taken where it states nothing. 案件写明的事实。"""
    from .particulars import Particulars, pretty

    kb = knowledge()
    result = Particulars(kb, kb.register(case_file))
    if as_json:
        show(result.to_json())
    else:
        put(pretty(result, lang))


@nj.command()
@click.argument("number", type=int)
@common
def article(number: int, lang: str, as_json: bool) -> None:
    """An article with its norms and the rules that state them. 条文及其规范。"""
    from . import ledger

    kb = knowledge()
    result = ledger.article(kb, number)
    if as_json:
        show(result)
    else:
        from . import terminal

        put(terminal.article(result, lang))


@nj.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--article", "number", type=int, help="Only this article 只列该条.")
@common
def norms(ids: tuple[str, ...], number: int | None, lang: str, as_json: bool) -> None:
    """The ledger of norms, or those named. 规范清单。"""
    from . import ledger

    kb = knowledge()
    result = ledger.norms(kb, number, ids)
    if as_json:
        show(result)
    else:
        from . import terminal

        put(terminal.norms(result, lang))


@nj.command()
@common
def coverage(lang: str, as_json: bool) -> None:
    """How much of the text is formalised. 条文覆盖情况。"""
    from . import ledger

    kb = knowledge()
    result = ledger.coverage(kb)
    if as_json:
        show(result)
    else:
        from . import terminal

        put(terminal.coverage(result, lang))


@nj.command()
@common
def readings(lang: str, as_json: bool) -> None:
    """Sentences that can be read in more than one way. 解释分歧与约定。"""
    from . import ledger

    kb = knowledge()
    result = ledger.readings(kb)
    if as_json:
        show(result)
    else:
        from . import terminal

        put(terminal.readings(kb, result, lang))


@nj.command()
@common
def kinds(lang: str, as_json: bool) -> None:
    """The kinds of matter. 事项类型。"""
    from . import ledger

    kb = knowledge()
    result = ledger.kinds(kb)
    if as_json:
        show(result)
    else:
        from . import terminal

        put(terminal.kinds(result, lang))


@nj.command()
@click.argument("kind")
@common
def schema(kind: str, lang: str, as_json: bool) -> None:
    """The JSON Schema of a case of KIND. 某类事项的 JSON Schema。"""
    from . import ledger

    del as_json  # a schema is JSON anyway
    show(ledger.schema(knowledge(), kind, lang))


@nj.command()
@click.argument("name", required=False)
@click.argument("given", metavar="KEY=VALUE...", nargs=-1)
@click.option("--search", metavar="WORDS", help="List the queries that hold WORDS 查找查询.")
@click.option("--describe", is_flag=True, help="What the query asks, takes and returns 查询说明.")
@click.option("--asp", metavar="GOAL", help="Literals or rules of your own in ASP 自写 ASP 目标.")
@click.option("--prolog", metavar="GOAL", help="A goal of your own in Prolog 自写 Prolog 目标.")
@click.option("--predicates", is_flag=True, help="List what goals may ask for 列出可用谓词.")
@click.option("--case", "case_file", metavar="FILE", type=Path, help="The case asked about 案件文件.")
@click.option("--engine", type=click.Choice(["asp", "prolog"]), help="For queries in both engines 推理引擎.")
@click.option("--seconds", type=click.FloatRange(0.1, 600), help="How long a goal may take 时限(秒).")
@click.option("--limit", type=click.IntRange(1, 20_000), help="How many answers to list 最多列出几项.")
@click.option("--output", "-o", type=Path, help="The file to write 输出文件.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json.")
@click.option(
    "--format", "format_", type=click.Choice(["pretty", "json", "csv", "xlsx"]), help="Output format 输出格式."
)
@weighing
@language
def ask(
    name: str | None, given: tuple[str, ...], search: str | None, describe: bool, asp: str | None, prolog: str | None, predicates: bool,
    case_file: Path | None, engine: str | None, seconds: float | None, limit: int | None, output: Path | None, as_json: bool,
    format_: str | None, readings: tuple[str, ...], lang: str | None,
) -> None:  # fmt: skip
    """Ask the query library, or a goal of your own. 查询库与自写目标。

    \b
    nj ask                                       list the queries
    nj ask --search 会议                         find queries
    nj ask NAME --describe                       what a query takes and returns
    nj ask NAME key=value … [--case FILE]        ask it
    nj ask --asp 'norm(N,_,strict,county_head)'  a goal of your own
    """  # noqa: D301
    from .query_call import Call

    before = click.get_current_context().find_root().params
    chosen = "json" if as_json else format_ or ("json" if before.get("as_json") else before.get("format_")) or "pretty"
    call = Call(
        knowledge(), name, given, search, describe, asp, prolog, predicates, case_file, engine, seconds, limit, output, chosen, fixed(readings),
        chosen_language(lang),
    )  # fmt: skip
    shown = call.shown()
    if isinstance(shown, str):
        put(shown)
    else:
        show(shown)
    leave(call.status)


@nj.command("search")
@click.argument("words", nargs=-1, required=True)
@common
def search_command(words: tuple[str, ...], lang: str, as_json: bool) -> None:
    """Find WORDS in the text, the norms, the queries and the terms. 全文查找。"""
    from .search import Search, pretty

    found = Search(knowledge(), words)
    if as_json:
        show(found.to_json())
    else:
        put(pretty(found, lang))


@nj.command()
@click.argument("target", metavar="FILE|audit|article:N")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "md", "docx", "pdf"]),
    help="Output format 输出格式 (default: as the file's name says, else html).",
)
@click.option("--output", "-o", type=Path, required=True, help="The file to write 输出文件.")
@click.option("--roster", type=Path, help="The roster for a table (CSV, XLSX) of absences 名册.")
@click.option("--accepted", metavar="FILE", type=Path, help="Of audit: accepted findings 已接受问题的登记.")
@click.option(
    "--article", "articles", multiple=True, type=int, help="Of audit: only findings about this article 只列该条."
)
@click.option(
    "--severity",
    type=click.Choice(["blocking", "two_answers", "vague", "editorial"]),
    help="Of audit: only findings as grave as this 只列此程度以上.",
)
@processes
@weighing
@language
def report(
    target: str, format_: str | None, output: Path, roster: Path | None, accepted: Path | None, articles: tuple[int, ...],
    severity: str | None, processes: int, readings: tuple[str, ...], lang: str | None,
) -> None:  # fmt: skip
    """A report on a case, a register, the audit of the rules, an article, or what an amendment changes. 生成报告。

    \b
    nj report CASE -o case.pdf             a case
    nj report REGISTER -o register.docx    a register of absences
    nj report audit -o audit.docx          the defects of the rules themselves
    nj report article:29 -o article.html   an article
    nj report AMENDMENT -o impact.pdf      what an amendment changes
    """  # noqa: D301
    from .files import write_document
    from .reporting import report_on, written_as

    document = report_on(
        knowledge(), target, written_as(format_, output), fixed(readings), roster=roster, accepted=accepted, articles=articles,
        severity=severity, processes=processes, lang=chosen_language(lang),
    )  # fmt: skip
    write_document(output, document)
    put(str(output))


@nj.command()
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Only findings of this type 只列该类; may be repeated."
)
@click.option("--article", "articles", multiple=True, type=int, help="Only findings about this article 只列该条.")
@click.option(
    "--severity",
    type=click.Choice(["blocking", "two_answers", "vague", "editorial"]),
    help="Only findings as grave as this 只列此程度以上.",
)
@click.option(
    "--fail-level",
    type=click.Choice(["blocking", "two_answers", "vague", "editorial", "never"]),
    default="editorial",
    help="From which severity on the exit status is 1 达到何种程度时退出码为1.",
)
@click.option("--accepted", metavar="FILE", type=Path, help="A register of accepted findings 已接受问题的登记.")
@click.option(
    "--judged", metavar="FILE", type=Path, help="Findings by human judgement, shown beside 人工判断的登记，另列."
)
@click.option("--witnesses", metavar="DIR", type=Path, help="Write each witness as a case file 把见证案例写成文件.")
@click.option(
    "--remedies",
    metavar="DIR",
    type=Path,
    help="Write each remedy as an amendment and try it 把修改建议写成修正案并复核.",
)
@processes
@click.option(
    "--format",
    "format_",
    type=click.Choice(["pretty", "compact", "json", "sarif", "junit", "xlsx"]),
    help="Output format 输出格式.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json.")
@click.option("--output", "-o", type=Path, help="The file to write 输出文件 (xlsx needs one).")
@language
def audit(
    types: tuple[str, ...], articles: tuple[int, ...], severity: str | None, fail_level: str, accepted: Path | None, witnesses: Path | None,
    judged: Path | None, remedies: Path | None, processes: int, format_: str | None, as_json: bool, output: Path | None, lang: str | None,
) -> None:  # fmt: skip
    """Defects of the rules themselves, each with a case that proves it. 审查规则本身。"""
    from .auditing import run_audit

    before = click.get_current_context().find_root().params
    format_ = "json" if as_json else format_ or ("json" if before.get("as_json") else before.get("format_")) or "pretty"
    status = run_audit(
        knowledge(), types=types, articles=articles, severity=severity, fail_level=fail_level, accepted=accepted, judged=judged, witnesses=witnesses,
        remedies=remedies,
        processes=processes, format=format_, output=output, lang=chosen_language(lang),
    )  # fmt: skip
    leave(status)


@nj.command()
@click.argument("amendment", metavar="AMENDMENT", type=Path)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the same as --format json.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["pretty", "json", "html", "md", "docx", "pdf"]),
    help="Output format 输出格式.",
)
@click.option("--output", "-o", type=Path, help="The file to write 输出文件 (docx and pdf need one).")
@language
def impact(amendment: Path, as_json: bool, format_: str | None, output: Path | None, lang: str | None) -> None:
    """What AMENDMENT changes: answers, paths, scenarios. 修正案的影响。"""
    from .impact import read_impact

    before = click.get_current_context().find_root().params
    format_ = "json" if as_json else format_ or ("json" if before.get("as_json") else before.get("format_")) or "pretty"
    if format_ in {"docx", "pdf"} and output is None:
        raise InputError(f"{format_} needs a file: -o FILE", f"{format_} 格式需要写入文件：-o 文件")
    result, lang = read_impact(knowledge(), amendment), chosen_language(lang)
    text: str | bytes
    if format_ == "json":
        text = dumped(result.to_json())
    else:
        from .report import impact_report

        text = impact_report(result, lang=lang, format={"pretty": "txt"}.get(format_, format_))
    if output is None:
        put(str(text).rstrip("\n"))
    else:
        from .files import write_document

        write_document(output, text if isinstance(text, bytes) else f"{text.rstrip()}\n")
        put(str(output))
    leave(result.worse)


@nj.command()
@click.argument("case_file", metavar="[CASE]", type=Path, required=False)
@weighing
@common
def console(case_file: Path | None, readings: tuple[str, ...], lang: str, as_json: bool) -> None:
    """A prompt for commands and goals of your own; reads lines if it is no terminal. 交互式控制台。"""
    from .console import Session

    adopted: Path | None = click.get_current_context().meta.get(ADOPTED)
    session = Session(lang, as_json=as_json, case_file=case_file, readings=fixed(readings), adopted=adopted)
    if sys.stdin.isatty():
        from .console_prompt import converse

        converse(session)
    else:
        leave(session.script(sys.stdin.buffer))


@nj.command()
@common
def lint(lang: str, as_json: bool) -> None:
    """Check the knowledge base: dialect, ledger, words. 检查知识库。"""
    import tempfile

    from .build import compile_knowledge
    from .places import data_root

    with tempfile.TemporaryDirectory() as folder:
        compile_knowledge(data_root(), Path(folder) / "kb")
    if as_json:
        show({"problems": []})
    else:
        put({"zh": "知识库没有错误", "en": "the knowledge base has no errors"}[lang])


def _language_of(arguments: Sequence[str], default: str) -> str:
    """The language of a call that may be wrong: what it says last, as a command's option goes before the one before it."""
    for i, argument in reversed([*enumerate(arguments)]):
        value = (
            argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else (arguments[i + 1] if argument == "--lang" and i + 1 < len(arguments) else "")
        )
        if value in {"zh", "en"}:
            return value
    return default


def called(
    arguments: Sequence[str], commands: click.Group = nj, *, lang: str | None = None, console: object = None, where: str = ""
) -> int:  # fmt: skip
    """Carry out a call of ``nj``: print what it gives, and tell on standard error what is wrong with it.

    Args:
        arguments: the words of the call.
        commands: the commands that there are.
        lang: the language of its errors if it names none; by default the locale's.
        console: the session of ``nj console`` in which it was written.
        where: the place of the call, said before what is wrong with it.

    Returns:
        its exit status.
    """
    lang = _language_of(arguments, lang or default_lang())
    complain = functools.partial(_complain, where=where)
    try:
        listen()
        status = commands.main(list(arguments), standalone_mode=False, prog_name="nj", obj=console)
        sys.stdout.flush()
        heed()
        return status if isinstance(status, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except InputErrors as errors:
        for one in errors.errors:
            complain(one.say(lang))
        return errors.exit_status
    except NjError as error:
        complain(error.say(lang), keep_lines=isinstance(error, KnowledgeError))
        return error.exit_status
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        complain(in_words(error).say(lang))
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except Exception as error:
        if os.environ.get("NJ_TRACEBACK"):
            raise
        complain(
            {"zh": "程序出错", "en": "the program failed"}[lang]
            + f": {type(error).__name__}: {error} (NJ_TRACEBACK=1 shows where)"
        )
        return 3


def main() -> NoReturn:
    """The entry point of ``nj``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(called(sys.argv[1:]))


def _complain(message: str, *, where: str, keep_lines: bool = False) -> None:
    from .terminal import clean

    place = f"{where}: " if where else ""
    click.echo(f"nj: {place}{clean(message, keep_lines=keep_lines)}", err=True)
