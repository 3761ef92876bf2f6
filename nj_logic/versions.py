"""The versions that an answer or a proof was made with."""

from __future__ import annotations

import hashlib
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .knowledge import KnowledgeBase


def program_version() -> str:
    """The version of this program."""
    try:
        return metadata.version("nj_logic")
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        from .places import PACKAGE

        return str(tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def knowledge_digest(kb: KnowledgeBase) -> str:
    """A short digest of text, norms and rules: the same knowledge base has the same one wherever it lies."""
    digest = hashlib.sha256()
    for name in ("norms.json", "text.json"):
        digest.update((kb.compiled / name).read_bytes())
    digest.update(kb.program("whole").encode())
    return digest.hexdigest()[:16]


def engine_versions(kb: KnowledgeBase) -> dict[str, str]:
    """The engines that take part in a derivation, and their versions.

    Raises:
        EngineMissing: SWI-Prolog is not installed.
    """
    from .explain import prolog_engine

    return {"clingo": metadata.version("clingo"), "SWI-Prolog": prolog_engine(kb).version()}


def versions(kb: KnowledgeBase) -> dict[str, str]:
    """The versions of the regulation, the program, the knowledge base and the engines.

    Raises:
        EngineMissing: SWI-Prolog is not installed.
    """
    found = {"regulation": kb.title, "nj_logic": program_version(), "knowledge": knowledge_digest(kb)}
    return found | engine_versions(kb)
