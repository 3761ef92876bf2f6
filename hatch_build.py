"""What the wheel carries beside the package: the knowledge base, with its compiled form."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = ("kb", "queries", "report_templates")


class KnowledgeBaseHook(BuildHookInterface[BuilderConfig]):
    """Compiles the knowledge base and puts it into the wheel with its sources, below ``nj_logic/data``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to pack; an editable install gets none, for it reads the checkout and compiles on first use.

        Raises:
            nj_logic.errors.KnowledgeError: the knowledge base has errors; no wheel is built.
        """
        if version != "standard":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        from nj_logic.build import compile_knowledge

        self.compiled = Path(tempfile.mkdtemp(prefix="nj_logic-"))
        compile_knowledge(root, self.compiled)
        build_data["force_include"] |= {str(root / folder): f"nj_logic/data/{folder}" for folder in PACKED}
        build_data["force_include"][str(self.compiled)] = "nj_logic/data/compiled"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the compiled form; the wheel holds a copy."""
        if version == "standard":
            shutil.rmtree(self.compiled)
