"""Writes the sample reports anew: ``python examples/reports/write.py [FOLDER]`` (or ``make samples``)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nj_logic.files import write_document
from nj_logic.knowledge import KnowledgeBase
from nj_logic.reporting import writer

HERE = Path(__file__).parent
EXAMPLES = HERE.parent
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "case": ("fund-1500000.yaml", {}),
    "case-in-conflict": ("investment-6000000.yaml", {}),
    "case-facts-missing": ("fund-facts-missing.yaml", {}),
    "register": ("travel-register-2026-03.yaml", {}),
    "article": ("article:11", {}),
    "audit": ("audit", {"articles": [29], "severity": "two_answers", "processes": 2}),
    "impact": ("amendments/fund-tier.yaml", {}),
}
"""What each is a report on: a file in ``examples/``, the audit (as much of it as is said), an article."""
LANGS = ("zh", "en")
TEXTS = ("html", "md")
PAGES = {"case.zh": ("pdf",), "register.zh": ("docx",), "impact.zh": ("docx",)}
"""The larger formats, of one sample each."""


def documents(kb: KnowledgeBase, name: str, only: tuple[str, ...] = ()) -> Iterator[tuple[str, str | bytes]]:
    """Each file of a sample by its name, or those in the formats *only*."""
    target, options = SAMPLES[name]
    file = EXAMPLES / target
    write = writer(kb, str(file) if file.exists() else target, {}, **options)
    for lang in LANGS:
        for format_ in (*TEXTS, *PAGES.get(f"{name}.{lang}", ())):
            if not only or format_ in only:
                yield f"{name}.{lang}.{format_}", write(lang, format_)


def main() -> None:
    """Write them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    kb = KnowledgeBase()
    for name in SAMPLES:
        for file, document in documents(kb, name):
            write_document(folder / file, document)
            print(folder / file)


if __name__ == "__main__":
    main()
