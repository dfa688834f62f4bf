"""How long things are kept: one place for the words a parent reads and for the job that deletes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.settings import Settings


@dataclass(frozen=True)
class Durations:
    """Days that a conversation without a case, and a closed case with its conversation, are kept."""

    conversation_days: int
    case_days: int

    def conversation_end(self, last_used: datetime) -> datetime:
        """When a conversation that was last used then is deleted."""
        return last_used + timedelta(days=self.conversation_days)

    def case_end(self, closed: datetime) -> datetime:
        """When a case that was closed then is deleted, with its conversation."""
        return closed + timedelta(days=self.case_days)


def durations(settings: Settings) -> Durations:
    """The durations of this installation: shown to parents and used by the retention job alike."""
    return Durations(settings.conversation_days, settings.case_days)
