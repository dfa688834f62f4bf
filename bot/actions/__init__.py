"""Actions of the action server, for connectors other than the web chat."""

from bot.actions.handoff import ActionHandoff

__all__ = ["ActionHandoff"]
