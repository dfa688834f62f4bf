"""The description of the interface (openapi.yml): served, and the schema that requests are checked against."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator, FormatChecker, RefResolver

PATH: Final = Path(__file__).with_name("openapi.yml")


class Invalid(ValueError):  # noqa: N818 - says what the data is
    """Data that does not fit its schema; ``field`` names the place, never the value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole OpenAPI document."""
    raw: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return raw


@lru_cache(maxsize=64)
def validator(name: str) -> Draft202012Validator:
    """The validator of one schema of the document, built once."""
    whole = document()
    resolver = RefResolver("", whole)
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}"}, resolver=resolver, format_checker=FormatChecker(("date",))
    )


def check(name: str, data: object) -> None:
    """Raise Invalid when ``data`` does not fit the schema ``name``."""
    for error in validator(name).iter_errors(data):
        raise Invalid(_field(error))


def _field(error: Any) -> str:
    """The field that is wrong: from the path, else the missing or unknown one."""
    if error.absolute_path:
        return str(error.absolute_path[0])
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return missing[0] if missing else "body"
    if error.validator == "additionalProperties":
        return "unknown field"
    if error.validator == "oneOf":
        return "text, choice"
    return "body"
