"""A receipt as a plain text file: for whoever keeps papers, and for a telephone that opens nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.handoff.records import Receipt
from bot.languages import languages
from bot.texts import text
from bot.web.further_text import category_words, effect_words, purpose_words, recipient_words, withdraw_words


def receipt_text(receipt: Receipt, language: str, moment: Any) -> str:
    """The whole receipt in her language; ``moment`` writes a time as the language does."""

    def say(key: str, **values: object) -> str:
        return text(key, language, **values).value

    def when(at: datetime) -> str:
        return str(moment(at, languages()[language]))

    kind = receipt.recipients[0]
    state = say(f"receipt.state_{receipt.state}")
    if receipt.withdrawn_at:
        state = f"{state}, {when(receipt.withdrawn_at)}"
    lines = [
        f"{say('receipt.case')} {receipt.case}",
        f"{say('receipt.given')}: {when(receipt.given_at)}",
        f"{say('receipt.state')}: {state}",
        f"{say('receipt.data')}:",
        *(f"- {category_words(code, language)}" for code in receipt.data),
        f"{say('receipt.purpose')}: {purpose_words(kind, language)}",
        f"{say('receipt.recipient')}: {recipient_words(kind, language)}",
        f"{say('receipt.retention')}: {say('receipt.retention_days', days=receipt.retention_days)}",
        f"{say('receipt.version')}: {receipt.notice_version} · {receipt.notice_language}",
        f"{say('receipt.fingerprint')}: {receipt.notice_sha256}",
        "",
        f"{say('receipt.text')}:",
        "",
        receipt.notice or say("receipt.notice_removed"),
    ]
    if receipt.state == "given":
        lines += ["", f"{withdraw_words(receipt, language)}: {effect_words(receipt, language)}"]
    return "\n".join(lines) + "\n"
