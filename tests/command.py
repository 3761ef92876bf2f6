"""The command line in this process: what a call of ``nj`` prints and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from nj_logic.cli import main


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


class Command:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str | Path) -> Outcome:
        self.capsys.readouterr()
        with self.monkeypatch.context() as patch, pytest.raises(SystemExit) as ended:
            patch.setattr(sys, "argv", ["nj", *map(str, arguments)])
            main()
        out, err = self.capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in err
        return Outcome(ended.value.code, out, err)
