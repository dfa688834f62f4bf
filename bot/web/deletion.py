""" "Delete everything", and the jobs that make the promise true until nothing is left."""

from __future__ import annotations

import contextlib

from bot.handoff.records import Conversation
from bot.privacy import deletion
from bot.privacy.durations import durations
from bot.privacy.retention import run_retention
from bot.web.services import Services


async def delete_conversation(services: Services, conversation: Conversation) -> None:
    """Delete a conversation with all that belongs to it; a live case ends, and its coordinator is told so."""
    await services.in_thread(
        deletion.delete_conversation,
        services.engine,
        services.dialogue,
        conversation.id,
        durations=durations(services.settings),
    )
    # A message that Rasa was just answering writes its events after the first removal: wait for it, remove again.
    async with services.locks.hold(conversation.id):
        with contextlib.suppress(deletion.DialogueUnavailable):
            await services.in_thread(deletion.purge_dialogue, services.dialogue, conversation.id)
    services.tongues.forget(conversation.id)
    await services.wakeups.wake(f"conversation:{conversation.id}")
    await services.wakeups.wake("queue")


def sweep(services: Services) -> None:
    """Finish deletions that were begun; synchronous."""
    deletion.sweep(services.engine, services.dialogue)


def retain(services: Services) -> None:
    """Delete what has been kept as long as was promised; synchronous."""
    run_retention(services.engine, services.dialogue, durations=durations(services.settings))
