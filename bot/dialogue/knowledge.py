"""The knowledge base of this process, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.guidance.guide import Guide


@lru_cache(maxsize=1)
def guide(knowledge: Path) -> Guide:
    """Everything under ``knowledge``; raises KnowledgeError."""
    return Guide.load(knowledge)
