"""``nj console``: a line does what the command of ``nj`` does, mistakes are told and the session goes on, and TAB knows the words."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory

from nj_logic.cli import nj as commands
from nj_logic.console import ALIASES, NAMES, WORDS, Session, commands_listed, lines, split_words, summary
from nj_logic.console_prompt import LineCompleter, history, invitation
from nj_logic.errors import InputError
from nj_logic.knowledge import KnowledgeBase

from .command import Command, Outcome

ROOT = Path(__file__).parent.parent
FUND, RECORD, PROJECT, REGISTER = (
    f"examples/{name}.yaml" for name in ("fund-1500000", "fund-record", "investment-6000000", "travel-register-2026-03")
)
needs_prolog = pytest.mark.skipif(shutil.which("swipl") is None, reason="SWI-Prolog is not installed")


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def nj(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def console(nj: Command, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    def run(script: str | bytes, *arguments: str) -> Outcome:
        data = script if isinstance(script, bytes) else script.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return nj("--lang", "en", "console", *arguments)

    return run


# --- lines and commands -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("paths", ["paths", RECORD]), ("路径", ["paths", RECORD]), ("nj paths", ["paths", RECORD]), ("答案", ["answer", RECORD]),
        ("check --all", ["check", RECORD, "--all"]), ("fix", ["fix", RECORD]), ("paths --json", ["paths", RECORD, "--json"]),
        ("check --lang zh", ["check", RECORD, "--lang", "zh"]), ("ask-next", ["ask-next", RECORD]), ("facts", ["facts", RECORD]),
        ("what-if amount=15万元", ["what-if", RECORD, "amount=15万元"]), (f"conflicts {REGISTER}", ["conflicts", REGISTER]),
        (f"paths {PROJECT}", ["paths", PROJECT]), ("search 常务副县长 审批", ["search", "常务副县长", "审批"]), ("article 10", ["article", "10"]),
        ("norm a29.p1.n30", ["norms", "a29.p1.n30"]), ("ask steps_for_amount amount=20万元", ["ask", "steps_for_amount", "amount=20万元"]),
        ("ask case_steps", ["ask", "case_steps", "--case", RECORD]),
        ("asp fact(C, F, V)", ["ask", "--asp", "fact(C, F, V)", "--case", RECORD]),
        ("article 300", ["article", "300"]), ("norm a29.p1.n99", ["norms", "a29.p1.n99"]), ("paths --fomat", ["paths", RECORD, "--fomat"]),
        ("schema", ["schema"]),
    ],
)  # fmt: skip
def test_a_line_prints_what_the_command_prints(
    nj: Command, console: Callable[..., Outcome], line: str, call: list[str]
) -> None:
    alone, here = nj("--lang", "en", *call), console(line, RECORD)
    assert here.out == alone.out and here.status == alone.status
    assert here.err == alone.err.replace("nj: ", "nj: stdin:1: ")


@needs_prolog
@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("why p1.3 --whole", ["why", RECORD, "p1.3", "--whole"]),
        ("whynot 县长:签发", ["whynot", RECORD, "县长:签发"]),
        ("why p9.9", ["why", RECORD, "p9.9"]),
        ("why fact(C, source, county)", ["why", RECORD, "fact(C, source, county)"]),
        ("fact(C, F, V), not V = no", ["ask", "--prolog", "fact(C, F, V), not V = no", "--case", RECORD]),
        ("prolog located(N, 10, P)", ["ask", "--prolog", "located(N, 10, P)", "--case", RECORD]),
    ],
)
def test_a_proof_or_a_goal_is_what_nj_gives(
    nj: Command, console: Callable[..., Outcome], line: str, call: list[str]
) -> None:
    test_a_line_prints_what_the_command_prints(nj, console, line, call)


def test_the_exit_status_is_the_worst_of_the_lines(console: Callable[..., Outcome]) -> None:
    assert console("").status == 0
    assert console(f"% a comment\n\ncase {FUND}\npaths\n").status == 0
    assert console(f"case {FUND}\npaths\ncase {RECORD}\ncheck\npaths").status == 1
    assert console(f"check {RECORD}\nnonsense\npaths {FUND}").status == 2
    assert console("quit\nnonsense").status == 0


def test_a_wrong_line_is_told_with_its_place_and_the_next_one_runs(console: Callable[..., Outcome]) -> None:
    outcome = console(f'pahts\nwhy p1.1\ncase {FUND[:-6]}x.yaml\nsearch "x\nset amuont=3\npaths {FUND}\n')
    assert outcome.out.startswith("fund-1500000")
    first, why, file, quote, change = outcome.err.splitlines()
    assert first.startswith("nj: stdin:1: there is no command 'pahts'; did you mean paths?")
    assert why == "nj: stdin:2: no case is loaded; load one: case FILE"
    assert "stdin:3: " in file and f"did you mean {FUND}?" in file
    assert "quote does not end" in quote and "no case is loaded" in change
    assert "did you mean amount?" in console("set amuont=3", FUND).err


def test_changes_and_readings_hold_until_they_are_taken_back(
    nj: Command, console: Callable[..., Outcome], tmp_path: Path
) -> None:
    plain = nj("--lang", "en", "paths", PROJECT).out
    fixed = nj("--lang", "en", "paths", PROJECT, "--reading", "estimate_and_ladder=before_the_ladder").out
    assert console("reading estimate_and_ladder=before_the_ladder\npaths", PROJECT).out.endswith(fixed)
    assert console(
        "reading estimate_and_ladder=before_the_ladder\nreading estimate_and_ladder=\npaths", PROJECT
    ).out.endswith(plain)
    assert console(
        "reading estimate_and_ladder=before_the_ladder\nset budget_estimate=no\nreset\npaths", PROJECT
    ).out.endswith(plain)
    assert console("paths", PROJECT, "--reading", "estimate_and_ladder=before_the_ladder").out == fixed
    file = tmp_path / Path(FUND).name
    file.write_text((ROOT / FUND).read_text("utf-8").replace("150万元", "15万元"), "utf-8")
    changed = console("设定 金额=15万元\nset amounts=1\n路径", FUND)
    assert changed.out == "changed: 金额=15万元\n" + nj("--lang", "en", "paths", file).out
    assert changed.status == 2
    there, back = ("1500000", "15万元"), ("15万元", "1500000")
    for before, after in (there, back):  # what-if compares with the case as it is in the session
        told = console(f"set amount={before}\nwhat-if amount={after}", FUND).out
        assert told.endswith(nj("--lang", "en", "what-if", file if before == "15万元" else FUND, f"amount={after}").out)
    assert console("set amount=15万元\nclose\npaths", FUND).err.endswith("no case is loaded; load one: case FILE\n")


def test_what_is_fixed_for_a_case_does_not_reach_the_rules() -> None:
    session = Session("en", case_file=Path(PROJECT), readings={"estimate_and_ladder": "before_the_ladder"})
    for line in ("audit", "impact x.yaml", "report audit -o x.html", "kinds", "ask steps_for_amount amount=1"):
        session.arguments(line)
        assert type(session.knowledge()) is KnowledgeBase, line
    for line in (
        "paths",
        f"paths {FUND}",
        "report -o x.html",
        f"report {FUND} -o x.html",
        "ask case_steps",
        "fact(C, F, V)",
    ):
        session.arguments(line)
        assert session.knowledge() is session.desk, line


def test_interpretations_given_in_a_line_hold_for_that_line(
    nj: Command, console: Callable[..., Outcome], tmp_path: Path
) -> None:
    adopted = str(tmp_path / "adopted.yaml")
    entry = "{topic: estimate_and_ladder, option: own_procedure, basis: b, since: 2020-01-01, by: o}"
    Path(adopted).write_text(f"interpretations: [{entry}]", "utf-8")
    alone, plain = (
        nj("--lang", "en", "paths", PROJECT, "--interpretations", adopted).out,
        nj("--lang", "en", "paths", PROJECT).out,
    )
    assert alone != plain
    assert console(f"paths --interpretations {adopted}\npaths", PROJECT).out == alone + plain
    assert console("paths", PROJECT, "--interpretations", adopted).out == alone


def test_language_and_json_are_chosen_for_the_session_or_a_line(nj: Command, console: Callable[..., Outcome]) -> None:
    chinese = nj("--lang", "zh", "paths", FUND).out
    assert console("语言 zh\npaths\nlang en\npaths --lang zh", FUND).out == chinese * 2
    assert console("lang zh\nnonsense").err.startswith("nj: stdin:2: 没有命令“nonsense”")
    assert json.loads(console("paths", FUND, "--json").out) == json.loads(nj("paths", FUND, "--json").out)
    assert json.loads(console("set amount=3", FUND, "--json").out) == {"changes": {"amount": "3"}, "readings": {}}


def test_the_case_that_a_console_begins_with_is_checked(console: Callable[..., Outcome]) -> None:
    outcome = console("kinds", "examples/nothing.yaml")
    assert (outcome.status, outcome.out) == (2, "")
    assert console("kinds", "--reading", "no_topic=x").status == 2


def test_a_file_that_changes_on_disk_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "a case (1).yaml"
    file.write_text("kind: fund_use\nfacts: {source: county, amount: 15万元}", "utf-8")
    session = Session("en")
    assert session.run(f'case "{file}"') == 0
    file.write_text("kind: fund_use\nfacts: {source: county}", "utf-8")
    assert session.run("paths") == 1
    file.write_text("kind: fund_us", "utf-8")
    assert session.run("paths") == 2


def test_every_command_has_a_chinese_name_and_a_line_of_help_in_both_languages() -> None:
    assert set(NAMES.values()) == lines.commands.keys() - {"asp", "prolog"}
    assert set(lines.commands) > set(commands.commands) - {"console"}
    for name, command in lines.commands.items():
        assert re.search("[一-鿿]", summary(command, "zh")), name
        assert re.fullmatch("[\x20-\x7e]+", summary(command, "en")), name
    assert all(w.zh and w.en for w in WORDS.values())
    assert ALIASES["norm"] == "norms" and "why GOAL" in commands_listed("en")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []), ("  a\tb　c ", ["a", "b", "c"]), ('a "b c"', ["a", "b c"]), ('x="b c"', ["x=b c"]), ('""', [""]),
        ('stage(C, "a b", (X)) --whole', ['stage(C, "a b", (X))', "--whole"]), ("a) b", ["a)", "b"]), ("\\+ p", ["\\+", "p"]),
    ],
)  # fmt: skip
def test_parentheses_and_quotes_keep_words_together(line: str, words: list[str]) -> None:
    assert split_words(line) == words


def test_a_quote_that_does_not_end_is_refused() -> None:
    with pytest.raises(InputError):
        split_words('a "b')


# --- hostile lines --------------------------------------------------------------------------------


@needs_prolog
def test_no_line_reaches_the_shell_a_file_or_the_terminal(console: Callable[..., Outcome], tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    hostile = [
        f'shell("touch {victim}")', f'prolog open("{victim}", write, S)', "halt(0)", "ask:truth(X)", "consult('x')",
        "asp #script (python) import os #end.", f'asp #include "{victim}".', "#script (python) import os; os.system('x') #end.",
        "p(X) :- shell(X)", "asp p(@f(1)).", "set x\x1b[2J=\x07(1)", "\x1b[2J\x1b]0;title\x07", "norm(\x1b[2J)", "case \x1b]0;x\x07",
        "why \u202e(x)", "nj " * 30, "console", "nj console", "(" * 30_000, "a" * 30_000, '"', "--lang", "--version --x", "set =", "lang xx",
        "case " + "a/" * 5_000, "paths " + "a" * 400, "ask --seconds 1e999 x",
    ]  # fmt: skip
    outcome = console("\n".join(hostile).encode() + b"\nnorm(\xff\xfe)\npa\0ths\n" + "norm(张)".encode("gb18030"))
    assert outcome.status == 2 and outcome.out == ""
    assert not victim.exists()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", outcome.err)
    assert len(re.findall(r"^nj: stdin:\d+: ", outcome.err, re.MULTILINE)) >= len(hostile)
    assert "the program failed" not in outcome.err


def test_a_case_with_control_characters_is_shown_in_visible_text(
    console: Callable[..., Outcome], tmp_path: Path
) -> None:
    file = tmp_path / "x.json"
    file.write_text(
        json.dumps({"case": "\x1b[2Jx\u202e", "kind": "document_signing", "facts": {"portfolio": "\x07p"}}), "utf-8"
    )
    outcome = console(f"case {file}\npaths\nset portfolio=\x1b[1m\n", "--json")
    assert outcome.out and not re.search("[\x00-\x09\x0b-\x1f\u202e]", outcome.out + outcome.err)
    outcome = console(f"case {file}\nfacts\nset portfolio=\x1b[1m\n")
    assert "\\u001b[2Jx\\u202e" in outcome.out and not re.search(
        "[\x00-\x09\x0b-\x1f\u202e]", outcome.out + outcome.err
    )
    session = Session("en", case_file=file)
    assert invitation(session) == "\\u001b[2Jx\\u202e> "


# --- completion -----------------------------------------------------------------------------------


def completed(session: Session, line: str) -> dict[str, str]:
    """The completions of a line with what is said of each; the line itself is what each of them replaces a part of."""
    found = LineCompleter(session).get_completions(Document(line), CompleteEvent(completion_requested=True))
    return {line[: len(line) + c.start_position] + c.text: c.display_meta_text for c in found}


@pytest.mark.parametrize(
    ("line", "first", "label"),
    [
        ("pat", "paths", "Every valid approval path"), ("路", "路径", "Every valid"), ("stag", "stage(", "/6  the … is to …"),
        ("stage(C, county_h", "stage(C, county_head", "county head"), ("stage(C, 县长", "stage(C, county_head", "county head"),
        ('norm("a29.p1.n3', 'norm("a29.p1.n3"', "The use of funds"), ("norm(a29", 'norm("a29.p1.n1"', ""),
        ("asp located(N, 29), stag", "asp located(N, 29), stage(", "/6"), ("fact(C, am", "fact(C, amount", "amount"), ("fact(C, ", "fact(C, source", "source"),
        ("set am", "set amount=", "amount"), ("设定 金", "设定 amount=", "amount"), ("set source=", "set source=county", "county money"),
        ("set 资金来源=上", "set 资金来源=superior", "money handed down"), ("set major=", "set major=yes", "yes"), ("set da", "set date=", "date"),
        ("set record[1].acti", "set record[1].action=", ""), ("what-if source=co", "what-if source=county", "county money"), ("reading party_con", "reading party_consent=", "") ,
        ("why ap", "why approver=", "who has the last word"), ("why county_head:appr", "why county_head:approve", "approve"),
        ("case examples/fund-r", "case examples/fund-record.yaml", ""), ("paths --who", None, None), ("why --wh", "why --whole", "The whole tree"),
        ("ask steps_f", "ask steps_for_amount", "Which steps"), ("ask steps_for_amount l", "ask steps_for_amount ladder=", "ladder"),
        ("ask steps_for_amount ladder=county", "ask steps_for_amount ladder=county_funds", "county funds"),
        ("schema fund", "schema fund_use", "use of public funds"), ("norm a29.p1.n30", "norm a29.p1.n30", "The use of county-level"),
        ("article 95", "article 95", ""), ("lang z", "lang zh", "Chinese"), ("search fund", None, None), ("nj art", "nj article", "An article"),
    ],
)  # fmt: skip
def test_the_first_completion_is_the_word_that_fits(line: str, first: str | None, label: str | None) -> None:
    found = completed(Session("en", case_file=Path(FUND)), line)
    if first is None:
        assert not found
    else:
        assert next(iter(found)) == first
        assert label is None or found[first].startswith(label)


def test_labels_are_in_the_language_of_the_session() -> None:
    session = Session("zh", case_file=Path(FUND))
    assert completed(session, "set am")["set amount="] == "金额"
    assert completed(session, "stage(C, county_hea")["stage(C, county_head"] == "县长"
    assert completed(session, "pat")["paths"] == "全部合规审批路径。"
    assert next(iter(completed(session, ""))) == "案件" or "路径" in completed(session, "")


def test_why_is_offered_the_ids_that_were_printed_last(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session("en", case_file=Path(RECORD))
    assert not any(re.search(r"[pf]\d", c) for c in completed(session, "why "))
    session.run("paths")
    assert completed(session, "why p1.")["why p1.3"] == "county head  approve"
    session.run("check")
    assert [*completed(session, "why f")][:2] == ["why f1", "why f2"] and not completed(session, "why p1.")
    assert [*completed(session, "fix ")] == ["fix f1", "fix f2"]
    session.run("lang zh")
    session.run("answer")
    assert completed(session, "为什么 a1")["为什么 a1"] == "县长"
    session.run("paths --json")
    assert "why p1.2" in completed(session, "why p1")
    capsys.readouterr()


def test_completion_offers_files_whatever_their_names(tmp_path: Path) -> None:
    session = Session("en")
    (tmp_path / "a b.yaml").touch()
    (tmp_path / "\x1b[2J.yaml").touch()
    (tmp_path / "folder").mkdir()
    assert [*completed(session, f"case {tmp_path}/")] == [f'case "{tmp_path}/a b.yaml"', f"case {tmp_path}/folder/"]
    assert not completed(session, "case /no/such/folder/x") and not completed(session, "case " + "a" * 5000)


# --- a terminal -----------------------------------------------------------------------------------


class Terminal:
    """A console in a terminal of its own."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        import pty

        variables = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **environment}
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            os.execve(
                sys.executable, [sys.executable, "-m", "nj_logic", "--lang", "en", "console", *arguments], variables
            )
        self.seen = ""

    def until(self, pattern: str, seconds: float = 60) -> str:
        """What it shows until *pattern* comes, without the codes that move the cursor."""
        import select

        shown, last = b"", time.monotonic() + seconds
        while time.monotonic() < last:
            if select.select([self.end], [], [], 0.1)[0]:
                try:
                    shown += os.read(self.end, 65536)
                except OSError:
                    break
            self.seen = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", shown.decode("utf-8", "replace"))
            if re.search(pattern, self.seen):
                return self.seen
        raise AssertionError(f"{pattern!r} did not come:\n{self.seen}")

    def types(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def says(self, keys: str, pattern: str) -> str:
        self.types(keys)
        return self.until(pattern)

    def ended(self, seconds: float = 30) -> int:
        """Its exit status."""
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        raise AssertionError("it did not end")


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    begun: list[Terminal] = []

    def begin(*arguments: str, **environment: str) -> Terminal:
        begun.append(Terminal(*arguments, **environment))
        return begun[-1]

    yield begin
    for one in begun:
        try:
            os.kill(one.pid, signal.SIGKILL)
            os.waitpid(one.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(one.end)


READY = r"fund-1500000\*?>\s*$"


@needs_prolog
def test_a_session_at_a_terminal(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    state = tmp_path / "state"
    one = terminal(FUND, XDG_STATE_HOME=str(state))
    assert "Ctrl-D leaves" in one.until(READY)
    one.says("set am\t", "ount=")  # TAB completes
    one.says("15万元\r", r"changed: amount=15万元\s+fund-1500000\*>")
    one.says("nonsense\r", r"there is no command 'nonsense'[^>]*fund-1500000\*>")
    one.says("between(1, inf, X), X < 0\r", r"X < 0")
    time.sleep(1.5)
    one.says("\x03", r"interrupted\s+fund-1500000\*>")  # Ctrl-C stops the goal, not the console
    one.says("half a line", "half a line")
    one.says("\x03", r"fund-1500000\*>")  # and drops a line
    one.says("article 10\r", r"Article 10[\s\S]*fund-1500000\*>")
    one.says("\x12nt=1", "set amount=15万元")  # Ctrl-R finds the line of before
    one.says("\x07", "fund-1500000")
    time.sleep(0.3)
    one.types("\x15\x04")  # Ctrl-D on an empty line leaves
    assert one.ended() == 0
    file = state / "nj_logic" / "console-history"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "+set amount=15万元" in file.read_text("utf-8")

    two = terminal(FUND, XDG_STATE_HOME=str(state))
    two.until(READY)
    two.says("\x1b[A", "article 10")  # the history of the session before
    two.says("\x15quit\r", "quit")
    assert two.ended() == 0


def test_without_a_home_that_can_be_written_the_session_has_its_own_history(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for home in (tmp_path / "file", "/proc/nowhere", f"{tmp_path}/\0"[:-1] + "/file/x"):
        monkeypatch.setenv("XDG_STATE_HOME", str(home))
        assert isinstance(history(), InMemoryHistory)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    kept: Any = history()
    assert Path(kept.filename) == tmp_path / "home/.local/state/nj_logic/console-history"
    Path(kept.filename).unlink()
    Path(kept.filename).mkdir()
    kept.store_string("a line")  # what cannot be kept is no error


def test_the_console_is_loaded_only_when_it_is_asked_for() -> None:
    import subprocess

    code = f"import sys; from nj_logic.cli import called; called(['paths', '{FUND}']); print(sorted(m for m in sys.modules if 'prompt_toolkit' in m or 'console' in m and m.startswith('nj_logic')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert isinstance(commands, click.Group)
