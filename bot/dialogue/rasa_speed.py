"""Two places where Rasa 3.6.21 does the same work over and over, mended in this process.

tests/dialogue/test_rasa_speed.py pins the version, and that what the two places do is still what they did.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def check_replies_once() -> None:
    """Check the action server's replies against a schema that is built once.

    Rasa checks the constant schema itself at every reply, four fifths of the time of an action, and has no switch.
    """
    schema = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
        try:
            schema.validate(result)
        except ValidationError as error:
            # Without the reply itself, which can hold what was said.
            raise ValidationError(f"The action server's reply does not fit: {error.validator}.") from None
        return True

    RemoteAction._validate_action_result = validate


def find_events_once() -> None:
    """Find the class of an event by its name once: Rasa walks all subclasses for every event of every tracker read."""
    if hasattr(Event.resolve_by_type, "cache_info"):
        return
    # Errors for unknown names are not kept: a class that is defined later is still found.
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(Event.resolve_by_type))
