"""Answers and search straight from the knowledge base: no conversation, no Rasa."""

from __future__ import annotations

from typing import Any

import pytest


async def test_an_answer_needs_neither_token_nor_rasa(client: Any, rasa: Any) -> None:
    rasa.die()
    response = await client.call("GET", "/api/answers/barnehage.cost", params={"language": "nb"})
    assert response.status_code == 200
    assert (response.json()["kind"], response.json()["topic"]) == ("answer", "barnehage.cost")
    assert response.json()["sources"]


async def test_the_browsers_language_counts_without_a_chosen_one(client: Any) -> None:
    response = await client.call("GET", "/api/answers/barnehage.cost", headers={"accept-language": "nn-NO, en;q=0.3"})
    assert response.json()["language"] == "nn"


async def test_the_day_audience_situation_and_age_change_the_answer(client: Any) -> None:
    async def read(**query: Any) -> str:
        found = await client.call("GET", "/api/answers/barnehage.cost", params={"language": "nb", **query})
        assert found.status_code == 200, found.text
        return str(found.json()["text"])

    plain = await read()
    assert await read(on="2024-09-01") != plain
    assert await read(audience="staff") != plain


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ({"language": "xx"}, 422, "unknown_language"),
        ({"language": "am"}, 422, "unknown_language"),
        ({"municipality": "atlantis"}, 422, "unknown_municipality"),
        ({"audience": "admin"}, 422, "bad_request"),
        ({"on": "tomorrow"}, 422, "bad_request"),
        ({"on": "2026-13-01"}, 422, "bad_request"),
        ({"situation": "rich"}, 422, "bad_request"),
        ({"child_age": "-1"}, 422, "bad_request"),
        ({"child_age": "200"}, 422, "bad_request"),
        ({"child_age": "٣"}, 422, "bad_request"),
    ],
)
async def test_a_query_that_cannot_be_used_is_a_problem(
    client: Any, query: dict[str, str], status: int, name: str
) -> None:
    response = await client.call("GET", "/api/answers/barnehage.cost", params=query, headers={"accept-language": "uk"})
    assert response.status_code == status
    assert response.json()["type"].endswith("/" + name)
    assert response.json()["language"] == query.get("language", "uk") if name == "bad_request" else True


async def test_an_unknown_topic_is_not_found(client: Any) -> None:
    for topic in ("no.such", "barnehage", "..%2f..%2fetc"):
        response = await client.call("GET", f"/api/answers/{topic}", headers={"accept-language": "ar"})
        assert response.status_code == 404
        assert response.json()["language"] == "ar"


async def test_search_gives_topics_best_first(client: Any) -> None:
    response = await client.call("GET", "/api/search", params={"q": "pris barnehage", "language": "nb"})
    results = response.json()["results"]
    assert results[0]["topic"] == "barnehage.cost"
    assert [r["score"] for r in results] == sorted((r["score"] for r in results), reverse=True)


@pytest.mark.parametrize("query", ["", "   ", "x" * 301])
async def test_a_search_for_nothing_or_far_too_much_is_a_problem(client: Any, query: str) -> None:
    response = await client.call("GET", "/api/search", params={"q": query})
    assert response.status_code == 422
    assert response.json()["field"] == "q"


async def test_the_document_is_served_and_names_every_route(client: Any, services: Any) -> None:
    from bot.web.app import _routes

    document = (await client.call("GET", "/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    served = {(route.path, method) for route in _routes(services, ()) for method in route.methods - {"HEAD"}}
    described = {
        (path, method.upper())
        for path, calls in document["paths"].items()
        for method in calls
        if method in ("get", "post", "patch", "delete")
    }
    assert served == described
