"""``/api/answers/{topic}``, ``/api/search`` and the OpenAPI document: straight from guidance, without Rasa."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.guidance.guide import UnknownTopic
from bot.web import openapi
from bot.web.problems import Problem
from bot.web.reading import bad_field, context_of
from bot.web.services import Services

LONGEST_QUERY = 300


def routes(services: Services) -> list[BaseRoute]:
    """The calls of this module."""

    async def answer(request: Request) -> Response:
        context = context_of(request, services)
        try:
            message = services.guide.answer(request.path_params["topic"], context)
        except UnknownTopic:
            raise Problem("unknown_topic", context.language) from None
        return JSONResponse(message.to_dict(), headers={"Content-Language": message.language})

    async def search(request: Request) -> Response:
        context = context_of(request, services)
        query = request.query_params.get("q", "").strip()
        if not query or len(query) > LONGEST_QUERY:
            raise bad_field("q", context.language)
        found = await services.in_thread(
            services.guide.search, query, language=context.language, audience=context.audience, on=context.on
        )
        results = [{"topic": r.topic, "title": r.title, "snippet": r.snippet, "score": r.score} for r in found]
        return JSONResponse({"results": results}, headers={"Content-Language": context.language})

    async def describe(request: Request) -> Response:
        return JSONResponse(openapi.document())

    return [
        Route("/api/answers/{topic}", answer, methods=["GET"]),
        Route("/api/search", search, methods=["GET"]),
        Route("/api/openapi.json", describe, methods=["GET"]),
    ]
