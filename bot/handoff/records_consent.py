"""What a parent said about being reached safely, and what she was asked inside a case: frozen, without I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AskState = Literal["asked", "later", "writing", "yes", "no", "withdrawn"]


@dataclass(frozen=True)
class Safety:
    """How she can be reached without harm; removed by withdrawal.

    ``special`` is one of ``consent.SPECIALS``; ``calls`` one of ``consent.CALLS``; ``reveal`` tells whether it is safe
    to say who calls or writes, None where she was not asked; ``coded``: what stands for her name is a code word.
    """

    special: str | None = None
    chat_only: bool = False
    calls: str | None = None
    times: str | None = None
    reveal: bool | None = None
    coded: bool = False


NOTHING_SAID = Safety()
"""She said nothing about her safety."""


@dataclass(frozen=True)
class Ask:
    """One more consent that a coordinator asked for inside a case, and what she answered.

    ``code`` is one of ``further.CODES``. ``value`` is what she wrote after a yes (a number, an address, a name);
    ``record`` the consent record of a yes. ``notice`` is the text she saw.
    """

    id: str
    case: str
    code: str
    state: AskState
    asked_at: datetime
    answered_at: datetime | None
    value: str | None
    record: str | None
    notice: str
    notice_language: str
    notice_version: str

    @property
    def is_open(self) -> bool:
        """She has neither said yes nor no. There is no time limit."""
        return self.state in ("asked", "later", "writing")
