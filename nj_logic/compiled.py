"""Where the compiled form of a knowledge base lies, and when it is made anew."""

from __future__ import annotations

import os
from pathlib import Path

from . import places

KEPT_COMPILED = 8
"""How many compiled forms the user's cache keeps."""


def fingerprint(root: Path, reasoning: Path | None) -> str:
    """A digest of all files on which the compiled form depends: their names, sizes and times of change."""
    import hashlib

    files = (
        sorted((root / "kb").rglob("*.*"))
        + sorted((root / "tests" / "scenarios").rglob("*.yaml"))
        + sorted(places.PACKAGE.glob("*.*"))
    )
    files += sorted(reasoning.rglob("*.lp")) if reasoning else []
    digest = hashlib.blake2b(digest_size=10)
    for file in files:
        stat = file.stat()
        digest.update(f"{file}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def compiled_folder(root: Path, reasoning: Path | None) -> Path:
    """The folder of the compiled form of *root*, compiled now if there is none that is up to date.

    It lies in the user's cache; where that cannot be written, in a temporary folder.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nj_logic"
    target = cache / fingerprint(root.resolve(), reasoning)
    if target.is_dir():
        return target
    import shutil
    import tempfile

    from .build import compile_knowledge

    try:
        cache.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="compiling-", dir=cache))
    except OSError:
        made = Path(tempfile.mkdtemp(prefix="nj_logic-"))
        compile_knowledge(root, made, reasoning)
        return made
    try:
        compile_knowledge(root, made / "kb", reasoning)
        try:
            (made / "kb").rename(target)
        except OSError:  # somebody else was faster
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    kept = sorted((f for f in cache.iterdir() if not f.name.startswith("compiling-")), key=lambda f: f.stat().st_mtime)
    for old in kept[:-KEPT_COMPILED]:
        shutil.rmtree(old, ignore_errors=True)
    return target
