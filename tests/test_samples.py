"""The sample reports in examples/reports are what the tool prints now: ``make samples`` writes them anew."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from nj_logic.knowledge import KnowledgeBase

FOLDER = Path(__file__).parent.parent / "examples" / "reports"
LARGEST = 2_000_000


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write", FOLDER / "write.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SAMPLES = script()


def body(text: str) -> str:
    """A report without its versions, which differ from machine to machine."""
    return re.sub(r"<footer>.*?</footer>|\n## (版本|Versions)\n.*", "", text, flags=re.DOTALL)


def test_every_sample_is_there_and_the_folder_stays_small() -> None:
    found = {f.name: f.stat().st_size for f in FOLDER.iterdir() if f.suffix != ".py"}
    found.pop("README.md", None)
    wanted = {
        f"{name}.{lang}.{format_}"
        for name in SAMPLES.SAMPLES
        for lang in SAMPLES.LANGS
        for format_ in (*SAMPLES.TEXTS, *SAMPLES.PAGES.get(f"{name}.{lang}", ()))
    }
    assert found.keys() == wanted, "make samples"
    assert sum(found.values()) < LARGEST


@pytest.mark.skipif(shutil.which("swipl") is None, reason="derivations need SWI-Prolog")
@pytest.mark.parametrize(
    "name", sorted(SAMPLES.SAMPLES.keys() - {"audit", "impact"})
)  # which audit, half a minute each
def test_a_sample_is_what_the_tool_prints_now(kb: KnowledgeBase, name: str) -> None:
    for file, document in SAMPLES.documents(kb, name, SAMPLES.TEXTS):
        assert body((FOLDER / file).read_text("utf-8")) == body(document), f"{file}: make samples"
