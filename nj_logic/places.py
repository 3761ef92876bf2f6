"""Where the knowledge base lies: in the wheel, beside the package in a checkout, or where the caller says."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """The folder that holds ``kb/``, ``queries/`` and ``report_templates/``."""
    packed = PACKAGE / "data"
    return packed if (packed / "kb").is_dir() else PACKAGE.parent
