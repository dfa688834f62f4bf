"""News into a Zammad help desk: one ticket for each case, and an internal note in it for each thing that happens.

The calls are those of https://docs.zammad.org/en/latest/api/ticket/: search, create, and create an article. Zammad has
no field that makes a repeated create harmless, so a ticket is looked for before one is made. Its search by words may
run behind (it asks Elasticsearch); a search by ``condition`` alone is answered from Zammad's own database at once, but
is not part of that description: where it is refused, the search by words is what is left.
"""

from __future__ import annotations

import json
from typing import Any, Final

import requests

from bot.handoff.alerts import Wording
from bot.handoff.notifiers import News, NotDeliveredError, call

_CONDITION_UNKNOWN: Final = ("http_400", "http_404", "http_422", "http_500")
"""What an installation may say that cannot search by condition; anything else is about the connection or the token."""


class ZammadNotifier:
    """Writes to Zammad with the token of an agent; ``customer`` is an office, never a parent."""

    def __init__(self, url: str, token: str, group: str, customer: str, wording: Wording) -> None:
        self._api = f"{url}/api/v1"
        self._token = token
        self._group = group
        self._customer = customer
        self._wording = wording

    def send(self, news: News) -> str:
        """Add to the ticket of the case, or make one; returns its number in Zammad's database.

        The ticket is known from the time before, or found by its title: when the answer to our first request was lost,
        the second one must not make another. It still does where Zammad finishes the first one after the second began.
        """
        article = self._article(news)
        ticket = news.reference if news.reference and news.reference.isascii() and news.reference.isdigit() else None
        if ticket is not None:
            try:
                self._post("/ticket_articles", {"ticket_id": int(ticket), **article})
            except NotDeliveredError as error:
                if error.reason != "http_404":
                    raise
            else:
                return ticket  # else somebody has removed it: look for another, or make one
        title = f"Brobygger {news.case}"
        ticket = self._find(title)
        if ticket is not None:
            self._post("/ticket_articles", {"ticket_id": int(ticket), **article})
            return ticket
        made = {"title": title, "group": self._group, "customer": self._customer, "article": article}
        return _number(self._post("/tickets", made).get("id"))

    def _article(self, news: News) -> dict[str, Any]:
        alert = self._wording.alert(news)
        fixed = {"type": "note", "internal": True, "content_type": "text/plain"}
        return {"subject": alert.subject, "body": alert.plain, **fixed}

    def _find(self, title: str) -> str | None:
        """The oldest ticket with exactly this title: as the database of Zammad has it, then as its index has it."""
        return self._stored(title) or self._indexed(title)

    def _stored(self, title: str) -> str | None:
        condition = "condition[ticket.title]"
        try:
            return self._search({f"{condition}[operator]": "is", f"{condition}[value]": title}, title)
        except NotDeliveredError as error:
            if error.reason in _CONDITION_UNKNOWN:
                return None
            raise

    def _indexed(self, title: str) -> str | None:
        return self._search({"query": f'title:"{title}"'}, title)

    def _search(self, query: dict[str, str], title: str) -> str | None:
        """An installation that does not know a condition gives any tickets: only the exact title counts."""
        found = _object(
            call("GET", f"{self._api}/tickets/search", query={**query, "limit": "50"}, headers=self._headers())
        )
        tickets = found.get("assets", {}).get("Ticket", {})
        if not isinstance(tickets, dict):
            raise NotDeliveredError("unexpected_answer")
        numbers = [int(key) for key, ticket in tickets.items() if key.isdigit() and ticket.get("title") == title]
        return str(min(numbers)) if numbers else None

    def _post(self, path: str, fields: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(fields, ensure_ascii=False).encode()
        return _object(call("POST", self._api + path, body=body, headers=self._headers()))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Token token={self._token}", "Accept": "application/json"}


def _object(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise NotDeliveredError("unexpected_answer")
    return found


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotDeliveredError("unexpected_answer")
    return str(value)
