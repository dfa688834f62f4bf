"""``/console/receivers``: for leads, who is told of cases, what waits for whom, and a message to try it out."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.handoff import audit
from bot.handoff.deliveries import ReceiverState, state_of
from bot.handoff.engine import writing
from bot.handoff.ids import new_id
from bot.handoff.notifiers import News, NotDeliveredError, Receiver
from bot.handoff.records import utc_now
from bot.texts import text
from bot.web.alerting import receivers_of
from bot.web.console.door import Door
from bot.web.console.queue_view import waiting_for
from bot.web.console.session import Visitor
from bot.web.problems import Problem
from bot.web.services import Services

LEAD_ROLES = ("lead",)
HERE = "/console/receivers"
TEST_CASE = "K-TEST"
"""Stands for a case in a test message: no case has a number with an E in it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReceiverRow:
    """One receiver on the page."""

    name: str
    place: str
    state: ReceiverState


def read_receivers(services: Services, receivers: tuple[Receiver, ...]) -> tuple[ReceiverRow, ...]:
    """Read how all receivers are doing; synchronous."""
    return tuple(ReceiverRow(found.name, found.place, state_of(services.engine, found.name)) for found in receivers)


def receivers_routes(services: Services, door: Door) -> list[BaseRoute]:
    """The page and its button."""
    receivers = receivers_of(services)

    async def show(
        visitor: Visitor, told: str | None = None, problem: str | None = None, status: int = 200
    ) -> Response:
        rows = await services.in_thread(read_receivers, services, receivers)
        waiting = await services.in_thread(waiting_for, services, visitor.account)
        return door.page(
            "receivers.html", visitor, status=status, here=HERE, rows=rows, waiting=waiting, told=told, problem=problem
        )

    async def page(request: Request, visitor: Visitor) -> Response:
        return await show(visitor)

    async def test(request: Request, visitor: Visitor) -> Response:
        wish = request.path_params["receiver"]
        receiver = next((found for found in receivers if found.name == wish), None)
        if receiver is None:
            raise Problem("bad_request", visitor.language, values={"field": "receiver"})
        name = text(f"console.log.receivers_name.{receiver.name}", visitor.language).value
        code = await services.in_thread(send_test, receiver, visitor.account.id)
        if code is None:
            return await show(visitor, told=text("console.log.receivers_test_sent", visitor.language, name=name).value)
        sentence = text("console.log.receivers_test_failed", visitor.language, name=name, code=code).value
        return await show(visitor, problem=sentence, status=502)

    def send_test(receiver: Receiver, account: str) -> str | None:
        """Send at once, past what waits; returns the code of what went wrong. Who did it stands in the log."""
        now = utc_now()
        news = News(new_id(), now, "test", TEST_CASE, None, None, None, services.settings.public_url + HERE)
        with writing(services.engine) as connection:
            audit.append(connection, now, audit.by_account(account), "receiver.tested", detail=receiver.name)
        try:
            receiver.notifier.send(news)
        except NotDeliveredError as error:
            log.warning("a test message was not delivered to %s: %s", receiver.name, error.reason)
            return error.reason
        return None

    return [
        Route(HERE, door.for_roles(page, LEAD_ROLES), methods=["GET"]),
        Route(HERE + "/{receiver}/test", door.for_roles(test, LEAD_ROLES), methods=["POST"]),
    ]
