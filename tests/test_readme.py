"""README tells the truth: its commands give the outputs that it shows, and its example runs.

``NJ_UPDATE_README=1 pytest tests/test_readme.py`` writes the outputs anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ (nj [^\n]*?(?: <<'END'\n.*?\nEND)?)\n(.*?)```", re.DOTALL)


def run(command: str) -> str:
    call, _, script = command.partition(" <<'END'\n")
    arguments = shlex.split(call)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "nj_logic", *arguments],
        cwd=ROOT,
        input=script.removesuffix("END"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


COMMANDS = BLOCK.findall(README.read_text("utf-8"))


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_a_command_gives_the_output_that_readme_shows(command: str, shown: str) -> None:
    if re.search(" (why|whynot|what-if) ", command) and shutil.which("swipl") is None:
        pytest.skip("SWI-Prolog is not installed")
    output = run(command)
    if os.environ.get("NJ_UPDATE_README"):
        text = README.read_text("utf-8")
        README.write_text(text.replace(f"$ {command}\n{shown}```", f"$ {command}\n{output}```"), "utf-8")
    else:
        assert shown == output


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    exec(compile(example, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert (
        lines[0].startswith("p1.1 county finance bureau - verify")
        and lines[-1] == "approver determined ('county_head',)"
    )
