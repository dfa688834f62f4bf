"""The ASGI application of the web process.

``create_app(services)`` builds it from a ready ``Services``; ``bot.web.serve`` builds those from the settings.

How the pages plug in: ``bot.web.chat.routes`` (at ``/``), ``bot.web.staff.routes`` (at ``/staff``) and
``bot.web.console.routes`` (at ``/console``) each expose

    def routes(services: Services) -> list[BaseRoute]

with whole paths, static files included (``Route("/console/cases/{case}", …)``, ``Mount("/static/chat", …)``).
They are imported below by name, in the order of ``PAGES``; the first route that matches wins, and ``/api``,
``/healthz`` and ``/readyz`` come before all pages. What pages use of this package:

- ``bot.web.services.Services``; ``await services.in_thread(store.call, …)`` for every store call.
- ``bot.web.identity``: ``conversation_of(request, services)`` reads bearer token or cookie and raises ``Problem``
  (401, 410); ``set_cookie(response, services, conversation, token)``; ``language_of(request, services)``
  negotiates; ``check_origin(request, services)`` for every form that changes something (the middleware already
  calls it for unsafe methods under every path).
- ``bot.web.turn``: ``Turns(services)`` with ``await turns.open(wish)`` (a new conversation with its greeting) and
  ``await turns.take(conversation, Said(id, text, choice))`` (one turn) for plain forms without JavaScript; both
  raise ``bot.web.problems.Problem``, which has ``status``, ``title``, ``detail``, ``extra`` ready for a page.
- ``bot.web.problems.Problem`` raised anywhere becomes ``application/problem+json``; a page that wants HTML
  catches it. ``bot.web.security`` sets all headers (CSP ``default-src 'self'``, no inline script or style).
- ``services.wakeups``: ``async with wakeups.listen("queue") as bell: await bell.wait(20)`` and
  ``await wakeups.wake("conversation:<id>")`` after writing something that the other side should see.
- Server-sent events: ``bot.web.events.stream``.
"""
