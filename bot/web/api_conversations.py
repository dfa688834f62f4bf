"""``/api/conversations…``: the calls of one conversation. What a turn does is in ``bot.web.turn``."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.guidance.model import Audience
from bot.handoff.conversations import UnknownMessage
from bot.handoff.records import Conversation, ConversationChanges
from bot.web.cleaning import plain
from bot.web.deletion import delete_conversation
from bot.web.events import stream
from bot.web.identity import clear_cookie, conversation_of, language_of, set_cookie
from bot.web.problems import Problem
from bot.web.reading import bad_field, body_of, default_language, language_code, municipality_slug
from bot.web.security import is_local_client
from bot.web.services import Services
from bot.web.turn import Opening, Said, Turns


def routes(services: Services) -> list[BaseRoute]:
    """The calls of this module."""
    turns = Turns(services)

    async def start(request: Request) -> Response:
        wish = await body_of(request, services, "Start", optional=True)
        speaking = language_of(request, services)
        if not is_local_client(request):
            await _limit(services, "conversations", request.client.host if request.client else "?", speaking)
        audience: Audience = "staff" if wish.get("audience") == "staff" else "parent"
        tag = wish.get("language")
        language = (
            language_code(tag, audience, services, speaking) if tag else default_language(request, audience, services)
        )
        slug = municipality_slug(wish.get("municipality"), services, language)
        opening = Opening(
            language=language,
            audience=audience,
            municipality=slug or services.settings.municipality,
            situation=wish.get("situation"),
            child_age=wish.get("child_age"),
        )
        opened = await turns.open(opening)
        response = JSONResponse(opened.to_dict(), 201, {"Cache-Control": "no-store"})
        if "origin" in request.headers or request.headers.get("sec-fetch-site") == "same-origin":
            set_cookie(response, services, audience, opened.conversation, opened.token)
        return response

    async def say(request: Request) -> Response:
        conversation = await _own(request, services)
        await _limit(services, "messages", conversation.id, conversation.language)
        data = await body_of(request, services, "Said")
        reply = await turns.take(conversation.id, Said(data["id"], data.get("text"), data.get("choice")))
        return JSONResponse(reply.to_dict(), headers={"Cache-Control": "no-store"})

    async def read(request: Request) -> Response:
        conversation = await _own(request, services)
        cursor = _cursor(request.query_params.get("after"), conversation.language)
        news = await services.in_thread(read_news, services, conversation.id, cursor)
        if news is None:
            raise Problem("conversation_deleted", conversation.language)
        return JSONResponse(news, headers={"Cache-Control": "no-store"})

    async def events(request: Request) -> Response:
        conversation = await _own(request, services)
        after = request.headers.get("last-event-id") or request.query_params.get("after")
        cursor = _cursor(after, conversation.language)
        return stream(
            services,
            f"conversation:{conversation.id}",
            lambda seen: read_news(services, conversation.id, int(seen or 0)),
            str(cursor),
        )

    async def change(request: Request) -> Response:
        conversation = await _own(request, services)
        wish = await body_of(request, services, "Change")
        changes: ConversationChanges = {}
        if "language" in wish:
            changes["language"] = language_code(
                wish["language"], conversation.audience, services, conversation.language
            )
        if "municipality" in wish:
            changes["municipality"] = municipality_slug(wish["municipality"], services, conversation.language)
        if "child_age" in wish:
            changes["child_age"] = wish["child_age"]
        if "situation" in wish:
            changes["situation"] = wish["situation"]
        changed = await services.in_thread(services.conversations.update, conversation.id, **changes)
        services.tongues.remember(changed.id, changed.language, changed.state)
        return JSONResponse(
            {
                "state": changed.state,
                "language": changed.language,
                "municipality": changed.municipality,
                "audience": changed.audience,
                "child_age": changed.child_age,
                "situation": changed.situation,
            },
            headers={"Cache-Control": "no-store"},
        )

    async def feedback(request: Request) -> Response:
        conversation = await _own(request, services)
        given = await body_of(request, services, "Feedback")
        reason = plain(given.get("reason") or "") or None
        try:
            await services.in_thread(
                services.conversations.feedback,
                conversation.id,
                message=given["message"],
                useful=given["useful"],
                reason=turns.masked(reason) if reason else None,
            )
        except UnknownMessage:
            raise Problem("unknown_message", conversation.language) from None
        if services.settings.learn_from_use:
            await services.in_thread(
                services.learning.mark_vote, conversation.id, given["message"], useful=given["useful"]
            )
        return Response(status_code=204)

    async def delete(request: Request) -> Response:
        conversation = await _own(request, services)
        await delete_conversation(services, conversation)
        response = Response(status_code=204)
        clear_cookie(response, services, conversation.audience)
        return response

    base = "/api/conversations/{conversation}"
    return [
        Route("/api/conversations", start, methods=["POST"]),
        Route(f"{base}/messages", _by_method({"GET": read, "POST": say}), methods=["GET", "POST"]),
        Route(f"{base}/events", events, methods=["GET"]),
        Route(f"{base}/feedback", feedback, methods=["POST"]),
        Route(base, _by_method({"PATCH": change, "DELETE": delete}), methods=["PATCH", "DELETE"]),
    ]


def read_news(services: Services, conversation: str, cursor: int) -> dict[str, Any] | None:
    """Return what is new after the cursor, or None when the conversation is gone; synchronous."""
    found = services.conversations.find(conversation)
    if found is None:
        return None
    stored = services.conversations.after(conversation, cursor)
    return {
        "state": found.state,
        "language": found.language,
        "messages": [message.public() for message in stored],
        "cursor": str(stored[-1].seq if stored else cursor),
    }


async def _own(request: Request, services: Services) -> Conversation:
    return await conversation_of(request, services, request.path_params["conversation"])


async def _limit(services: Services, what: str, who: str, language: str) -> None:
    seconds = await services.limits.wait_for(what, who)
    if seconds:
        raise Problem("too_many_requests", language, headers={"Retry-After": str(seconds)})


def _cursor(text: str | None, language: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise bad_field("after", language)
    return int(text)


def _by_method(calls: dict[str, Any]) -> Any:
    async def call(request: Request) -> Response:
        # A HEAD request is answered as the GET that it asks about.
        response: Response = await calls[request.method if request.method != "HEAD" else "GET"](request)
        return response

    return call
