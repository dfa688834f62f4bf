"""Makes Rasa check the action server's replies against a schema that is built once.

Rasa 3.6.21 re-checks the constant schema itself at every reply, four fifths of the time of an action, and has no
switch for it. tests/dialogue/test_action_replies.py pins the version and that a malformed reply is still refused.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from rasa.core.actions.action import RemoteAction


def check_replies_once() -> None:
    """Replace Rasa's check in this process."""
    schema = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
        try:
            schema.validate(result)
        except ValidationError as error:
            # Without the reply itself, which can hold what was said.
            raise ValidationError(f"The action server's reply does not fit: {error.validator}.") from None
        return True

    RemoteAction._validate_action_result = validate
