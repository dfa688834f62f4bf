"""``/``: the chat page, and the plain forms that carry it when no script runs."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.guidance.model import SITUATIONS, Context
from bot.handoff.records import Conversation, ConversationChanges
from bot.web.api_conversations import read_news
from bot.web.chat import pages
from bot.web.chat.questions import open_questions
from bot.web.chat.receipt_file import receipt_text
from bot.web.deletion import delete_conversation
from bot.web.identity import clear_cookie, conversation_of, negotiated, set_cookie
from bot.web.problems import Problem
from bot.web.reading import OLDEST_CHILD, municipality_slug
from bot.web.services import Services
from bot.web.turn import Opening, Said, Turns
from bot.web.withdrawal import receipt_object, withdraw_consent

FRESH = {"Cache-Control": "no-store"}


def routes(services: Services) -> list[BaseRoute]:
    """The pages of the chat."""
    turns = Turns(services)

    async def own(request: Request) -> Conversation | None:
        try:
            return await conversation_of(request, services, audience="parent")
        except Problem as problem:
            if problem.status in (401, 410):
                return None
            raise

    def language_for(request: Request, conversation: Conversation | None) -> str:
        code = services.languages.resolve(request.query_params.get("language", "")[:35])
        if code and services.languages[code].is_offered:
            return code
        return conversation.language if conversation else negotiated(request.headers, services.languages)

    async def shown(
        conversation: Conversation | None,
        language: str,
        *,
        problem: str | None = None,
        draft: str = "",
        status: int = 200,
    ) -> Response:
        messages: list[dict[str, Any]] = []
        cursor = "0"
        if conversation:
            messages, cursor = await services.in_thread(everything_said, conversation.id)
        if not messages:
            messages = [greeting(language)]
        page = pages.chat_page(services, language, messages, conversation, cursor=cursor, problem=problem, draft=draft)
        return HTMLResponse(page, status, FRESH | {"Content-Language": language})

    def everything_said(conversation: str) -> tuple[list[dict[str, Any]], str]:
        said: list[dict[str, Any]] = []
        cursor = "0"
        while (news := read_news(services, conversation, int(cursor))) and news["messages"]:
            said += news["messages"]
            cursor = news["cursor"]
        return said, cursor

    def greeting(language: str) -> dict[str, Any]:
        context = Context(language=language, on=services.settings.on(), municipality=services.settings.municipality)
        return {"from": "bot", **services.replies.greeting(context).to_dict()}

    async def chat(request: Request) -> Response:
        conversation = await own(request)
        language = language_for(request, conversation)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"language": language, "messages": [greeting(language)]}, headers=FRESH)
        if conversation and language != conversation.language:
            changed = await services.in_thread(services.conversations.update, conversation.id, language=language)
            return await shown(changed, language)
        return await shown(conversation, language)

    async def say(request: Request) -> Response:
        """A plain form: one turn, then the page again. What was typed stays in the box when the turn fails."""
        form = await request.form()
        words, choice = str(form.get("text", ""))[:20_000], str(form.get("choice", ""))[:200]
        conversation = await own(request)
        tag = services.languages.resolve(str(form.get("language", ""))[:35])
        language = conversation.language if conversation else (tag or language_for(request, None))
        if not services.languages[language].is_offered:
            language = "nb"
        token: str | None = None
        try:
            if conversation is None:
                client = request.client.host if request.client else "?"
                if await services.limits.wait_for("conversations", client):
                    raise Problem("too_many_requests", language)
                opened = await turns.open(Opening(language=language, municipality=services.settings.municipality))
                token = opened.token
                conversation = await services.in_thread(services.conversations.find, opened.conversation)
            if conversation is None:
                raise Problem("conversation_deleted", language)
            if await services.limits.wait_for("messages", conversation.id):
                raise Problem("too_many_requests", language)
            said = (
                Said(str(form.get("id", ""))[:64] or "plain", choice=choice)
                if choice
                else Said(str(form.get("id", ""))[:64] or "plain", text=words)
            )
            await turns.take(conversation.id, said)
            response: Response = RedirectResponse("/#newest", 303, FRESH)
        except Problem as problem:
            told = "\n".join([problem.title, problem.detail])
            response = await shown(conversation, language, problem=told, draft=words, status=problem.status)
        if token and conversation:
            set_cookie(response, services, "parent", conversation.id, token)
        return response

    async def about(request: Request) -> Response:
        form = await request.form()
        conversation = await own(request)
        if conversation is None:
            return RedirectResponse("/", 303, FRESH)
        age, situation = str(form.get("child_age", "")).strip(), str(form.get("situation", ""))
        changes: ConversationChanges = {
            "municipality": municipality_slug(str(form.get("municipality", "")), services, conversation.language)
            or services.settings.municipality,
            "child_age": int(age) if age.isascii() and age.isdigit() and int(age[:3]) <= OLDEST_CHILD else None,
            "situation": situation if situation in SITUATIONS else None,
        }
        await services.in_thread(services.conversations.update, conversation.id, **changes)
        return RedirectResponse("/", 303, FRESH)

    async def words(request: Request) -> Response:
        code = services.languages.resolve(request.path_params["language"])
        if not code or not services.languages[code].is_offered:
            raise Problem(
                "unknown_language", negotiated(request.headers, services.languages), values={"languages": "nb"}
            )
        language = services.languages[code]
        context = Context(language=code, on=services.settings.on(), municipality=services.settings.municipality)
        body = {
            "language": code,
            "direction": language.direction,
            "texts": pages.script_texts(code),
            "numbers": {item.number: item.label for item in services.replies.emergency_numbers(context)},
        }
        return JSONResponse(body, headers={"Cache-Control": "max-age=300"})

    async def receipts(request: Request, *, problem: str | None = None) -> Response:
        conversation = await own(request)
        language = language_for(request, conversation)
        found = await services.in_thread(services.handoff.receipts, conversation.id) if conversation else ()
        asks = await services.in_thread(open_questions, services, conversation, language) if conversation else ()
        page = pages.render(
            "receipts.html",
            language,
            receipts=found,
            asks=asks,
            fresh=secrets.token_urlsafe(16),
            problem=problem,
        )
        return HTMLResponse(page, headers=FRESH | {"Content-Language": language})

    async def receipt_file(request: Request) -> Response:
        """One receipt to keep: plain text, or JSON for programs."""
        conversation = await own(request)
        language = language_for(request, conversation)
        found = await services.in_thread(services.handoff.receipts, conversation.id) if conversation else ()
        receipt = next((one for one in found if one.id == request.path_params["receipt"]), None)
        if receipt is None or request.path_params["kind"] not in ("txt", "json"):
            raise Problem("unknown_receipt", language)
        name = f"receipt-{receipt.case}.{request.path_params['kind']}"
        headers = FRESH | {"Content-Disposition": f'attachment; filename="{name}"'}
        if request.path_params["kind"] == "json":
            return JSONResponse(receipt_object(services, receipt, language), headers=headers)
        written = receipt_text(receipt, language, pages.moment)
        # The mark tells old programs that this is not Latin-1.
        return PlainTextResponse("\N{ZERO WIDTH NO-BREAK SPACE}" + written, headers=headers)

    async def withdraw(request: Request) -> Response:
        conversation = await own(request)
        if conversation is None:
            return RedirectResponse("/receipts", 303, FRESH)
        try:
            await withdraw_consent(services, conversation, request.path_params["receipt"])
        except Problem as problem:
            return await receipts(request, problem=problem.detail)
        return RedirectResponse("/receipts", 303, FRESH)

    async def delete(request: Request) -> Response:
        conversation = await own(request)
        language = language_for(request, conversation)
        done = request.method == "POST"
        if done and conversation:
            await delete_conversation(services, conversation)
        response = HTMLResponse(pages.render("delete.html", language, done=done), headers=FRESH)
        if done:
            clear_cookie(response, services, "parent")
        return response

    return [
        Route("/", chat, methods=["GET"]),
        Route("/", say, methods=["POST"]),
        Route("/about", about, methods=["POST"]),
        Route("/texts/{language}.json", words, methods=["GET"]),
        Route("/receipts", receipts, methods=["GET"]),
        Route("/receipts/{receipt}.{kind}", receipt_file, methods=["GET"]),
        Route("/receipts/{receipt}/withdraw", withdraw, methods=["POST"]),
        Route("/delete", delete, methods=["GET", "POST"]),
        Mount("/static/chat", StaticFiles(directory=pages.HERE / "static")),
    ]
