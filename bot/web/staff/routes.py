"""``/staff``: search, questions in own words, and each rule beside what the parent reads. No login, nothing stored."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.guidance.guide import UnknownTopic
from bot.guidance.history import histories
from bot.guidance.model import Message
from bot.web.problems import Problem
from bot.web.services import Services
from bot.web.staff import pages
from bot.web.staff.asking import Asked, answer, find
from bot.web.staff.wish import Wish, read_wish


def routes(services: Services) -> list[BaseRoute]:
    """The pages for municipal staff."""

    def page(name: str, wish: Wish, *, here: str, status: int = 200, **values: object) -> Response:
        headers = {"Cache-Control": "no-store", "Content-Language": wish.language}
        return HTMLResponse(pages.render(name, services, wish, here=here, **values), status, headers)

    def overview(
        wish: Wish, *, words: str, asked: Asked | None = None, problem: str | None = None, status: int = 200
    ) -> Response:
        results = find(services, wish, wish.search) if asked is None and wish.search else None
        return page(
            "staff.html",
            wish,
            here="/staff",
            status=status,
            words=words,
            asked=asked,
            results=asked.results if asked else results,
            areas=pages.areas(services, wish),
            problem=problem,
        )

    async def start(request: Request) -> Response:
        wish = read_wish(request, services, request.query_params)
        return overview(wish, words=wish.search, status=422 if wish.problems else 200)

    async def ask(request: Request) -> Response:
        if request.method == "GET":  # the page was reloaded or its address passed on: the question is not in it
            return RedirectResponse("/staff", 303)
        form = {name: str(value) for name, value in (await request.form()).items()}
        wish = read_wish(request, services, form)
        words = form.get("q", "")[:20_000]
        try:
            asked = await answer(services, wish, words, request.client.host if request.client else "?")
        except Problem as problem:
            return overview(wish, words=words, problem=problem.detail, status=problem.status)
        return overview(wish, words=words, asked=asked)

    async def topic(request: Request) -> Response:
        name = request.path_params["topic"]
        wish = read_wish(request, services, request.query_params)
        try:
            rule = services.guide.answer(name, wish.context())
        except UnknownTopic:
            return missing(wish, "unknown_topic")
        return page(
            "topic.html",
            wish,
            here=f"/staff/topics/{name}",
            status=422 if wish.problems else 200,
            title=services.guide.title(name, wish.language, "staff"),
            rule=rule,
            histories=histories(services.guide, name, wish.context()),
            parent=parent_text(name, wish),
            beside=wish.beside or wish.language,
            offered=services.languages.offered(),
        )

    def parent_text(name: str, wish: Wish) -> Message | None:
        if not services.guide.can_answer(name, "parent"):
            return None
        return services.guide.answer(name, wish.context("parent", wish.beside))

    def missing(wish: Wish, name: str) -> Response:
        problem = Problem(name, wish.language)
        return page(
            "missing.html", wish, here="/staff", status=problem.status, title=problem.title, detail=problem.detail
        )

    async def nothing(request: Request) -> Response:
        if not request.path_params["rest"]:
            return RedirectResponse("/staff", 303)
        return missing(read_wish(request, services, request.query_params), "not_found")

    return [
        Route("/staff", start, methods=["GET"]),
        Route("/staff/ask", ask, methods=["GET", "POST"]),
        Route("/staff/topics/{topic}", topic, methods=["GET"]),
        Route("/staff/{rest:path}", nothing, methods=["GET"]),
        Mount("/static/staff", StaticFiles(directory=pages.HERE / "static")),
    ]
