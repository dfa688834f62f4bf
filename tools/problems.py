"""What a check has to say: where, what is wrong and why it matters, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One problem. A warning is worth a look and does not fail the run."""

    path: Path
    line: int
    message: str
    remedy: str
    is_warning: bool = False

    def shown(self, root: Path) -> str:
        """The problem as a person reads it, with the path from ``root``."""
        path = self.path.relative_to(root) if self.path.is_relative_to(root) else self.path
        return f"{path}:{self.line}  {self.message}\n  {self.remedy}"
