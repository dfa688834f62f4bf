"""Language and state of recent conversations, kept in memory for the moments when the record cannot be read."""

from __future__ import annotations

from collections import OrderedDict


class Tongues:
    """Remembers what a conversation was last known to be; the oldest are forgotten first."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._known: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def remember(self, conversation: str, language: str, state: str) -> None:
        """Keep the newest state of a conversation."""
        self._known[conversation] = (language, state)
        self._known.move_to_end(conversation)
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    def forget(self, conversation: str) -> None:
        """Drop a deleted conversation."""
        self._known.pop(conversation, None)

    def language(self, conversation: str) -> str | None:
        """Return its language, if known."""
        known = self._known.get(conversation)
        return known[0] if known else None

    def state(self, conversation: str) -> str | None:
        """Return its state, if known."""
        known = self._known.get(conversation)
        return known[1] if known else None
