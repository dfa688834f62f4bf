"""Taking a consent back, and the receipts of what was agreed to, for the interface and for the pages."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.guidance.model import Message
from bot.handoff.book import FURTHER
from bot.handoff.parents import withdrawal_of
from bot.handoff.records import Conversation, Receipt, StoredMessage, UnknownReceipt
from bot.handoff.translation_receipts import TRANSLATION
from bot.languages import languages
from bot.texts import text
from bot.web.further_text import purpose_words, recipient_words
from bot.web.identity import conversation_of
from bot.web.problems import Problem
from bot.web.receipt_record import moment, receipt_record
from bot.web.services import Services

KEYS: Final = {FURTHER: "consent.further.taken_back", TRANSLATION: "bridge.stopped"}
"""What she is told, by the purpose of the receipt; of a case's own consent: that the case has ended."""


async def withdraw_consent(services: Services, conversation: Conversation, receipt: str) -> tuple[StoredMessage, ...]:
    """Take a consent back and say so in the conversation; raises Problem ``unknown_receipt``. A repeat is harmless."""
    async with services.locks.hold(conversation.id):
        stored = await services.in_thread(_withdraw, services, conversation, receipt)
    await services.wakeups.wake("queue")
    await services.wakeups.wake(f"conversation:{conversation.id}")
    return stored


def _withdraw(services: Services, conversation: Conversation, receipt: str) -> tuple[StoredMessage, ...]:
    def say(taken_back: Receipt) -> dict[str, Any]:
        key = KEYS.get(taken_back.purpose, "handoff.withdrawn")
        said = text(key, conversation.language, case=taken_back.case)
        return Message("handoff_status", said.value, said.language, said.direction).to_dict()

    try:
        taken_back = services.handoff.withdraw(conversation.id, receipt, say)
    except UnknownReceipt:
        raise Problem("unknown_receipt", conversation.language) from None
    return services.conversations.replies_to(conversation.id, withdrawal_of(taken_back))


def routes(services: Services) -> list[BaseRoute]:
    """The calls about receipts."""

    async def read(request: Request) -> Response:
        conversation = await conversation_of(request, services, request.path_params["conversation"])
        found = await services.in_thread(services.handoff.receipts, conversation.id)
        listed = [receipt_json(services, receipt, conversation.language) for receipt in reversed(found)]
        return JSONResponse({"receipts": listed}, headers={"Cache-Control": "no-store"})

    async def withdraw(request: Request) -> Response:
        conversation = await conversation_of(request, services, request.path_params["conversation"])
        stored = await withdraw_consent(services, conversation, request.path_params["receipt"])
        now = await services.in_thread(services.conversations.find, conversation.id) or conversation
        return JSONResponse(
            {"state": now.state, "language": now.language, "messages": [message.public() for message in stored]},
            headers={"Cache-Control": "no-store"},
        )

    base = "/api/conversations/{conversation}/receipts"
    return [
        Route(base, read, methods=["GET"]),
        Route(base + "/{receipt}/withdraw", withdraw, methods=["POST"]),
    ]


def receipt_json(services: Services, receipt: Receipt, language: str) -> dict[str, Any]:
    """A receipt with its codes and, for a reader, its words; the notice itself is in the language she saw it in."""
    return {
        "id": receipt.id,
        "case": receipt.case,
        "state": receipt.state,
        "given_at": moment(receipt.given_at),
        "withdrawn_at": moment(receipt.withdrawn_at) if receipt.withdrawn_at else None,
        "schema_version": receipt.schema_version,
        "data": list(receipt.data),
        "purpose": purpose_words(receipt.recipients[0], language),
        "recipient": recipient_words(receipt.recipients[0], language),
        "retention_days": receipt.retention_days,
        "notice": receipt.notice,
        "notice_language": receipt.notice_language,
        "notice_direction": languages()[receipt.notice_language].direction,
        "notice_version": receipt.notice_version,
        "notice_sha256": receipt.notice_sha256,
        **receipt_object(services, receipt, language),
    }


def receipt_object(services: Services, receipt: Receipt, language: str) -> dict[str, Any]:
    """The receipt for programs, after ISO/IEC TS 27560:2023; see ``bot.web.receipt_record``."""
    place = services.guide.municipality(receipt.municipality)
    controller = place.name if place else text("chat.municipality", language).value
    return receipt_record(receipt, language, controller, f"{services.settings.public_url}/receipts")
