"""A consent receipt for programs: the sections and field names of ISO/IEC TS 27560:2023.

What the standard asks for and Brobygger does not know (the controller's postal address, the place of storage) is left
out rather than invented: the municipality's own privacy notice says it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.handoff.records import Receipt
from bot.handoff.translation_receipts import MACHINE
from bot.web.further_text import category_words, purpose_words, recipient_words

SENSITIVE = ("summary", "conversation", "messages", "special", "chat_only", "safe_contact")
"""Categories that may tell of health, violence or belief: what she wrote, and what she said about her safety."""
OPTIONAL = ("summary", "conversation", "phone", "email", "name", "code_word")


def receipt_record(receipt: Receipt, language: str, controller: str, withdraw_at: str) -> dict[str, Any]:
    """The receipt as an object: metadata and the consent record. ``controller`` is the municipality's name."""
    kind = receipt.recipients[0]
    third = [] if kind in ("coordinators", MACHINE) else [kind]  # the machine is the municipality's own
    record: dict[str, Any] = {
        "schema_version": receipt.schema_version,
        "record_id": receipt.id,
        "pii_principal_id": receipt.case,  # the case's number: she has no other identity here
        "pii_processing": {
            "privacy_notice": f"urn:sha256:{receipt.notice_sha256}",
            "privacy_notice_version": receipt.notice_version,
            "language": receipt.notice_language,
            "purposes": [
                {
                    "purpose": purpose_words(kind, language),
                    "purpose_type": receipt.purpose,
                    "lawful_basis": "consent",
                    "pii_information": [_information(code, language) for code in receipt.data],
                    "pii_controllers": ["controller"],
                    "collection_method": "chat",
                    "processing_method": "translated by a machine" if kind == MACHINE else "read by a person",
                    "retention_period": f"case_closed+P{receipt.retention_days}D",
                    "recipient_third_parties": third,
                    "withdrawal_method": withdraw_at,
                    "jurisdiction": "NO",
                }
            ],
        },
        "party_identification": [
            {"party_id": "controller", "party_name": controller, "party_role": "pii_controller"},
            *(
                {"party_id": code, "party_name": recipient_words(code, language), "party_role": "recipient"}
                for code in third
            ),
        ],
        "events": _events(receipt),
    }
    return {
        "receipt_metadata": {"receipt_id": receipt.id, "schema_version": receipt.schema_version},
        "consent_record": record,
    }


def _information(code: str, language: str) -> dict[str, Any]:
    return {
        "pii_type": code,
        "pii_description": category_words(code, language),
        "pii_optional": code in OPTIONAL,
        "sensitive_pii_category": code in SENSITIVE,
    }


def _events(receipt: Receipt) -> list[dict[str, str]]:
    given = {"event_time": moment(receipt.given_at), "event_type": "explicit", "event_state": "given"}
    events = [given | {"entity_id": receipt.case}]
    if receipt.withdrawn_at is not None:
        ended = {"event_time": moment(receipt.withdrawn_at), "event_type": "explicit", "event_state": "withdrawn"}
        events.append(ended | {"entity_id": receipt.case})
    return events


def moment(at: datetime) -> str:
    """A moment in UTC as JSON carries it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
