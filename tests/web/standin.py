"""A small HTTP server that speaks Rasa's JSON over the real ``Replies``; it can die, hang and talk nonsense."""

from __future__ import annotations

import json
import threading
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from bot.guidance.model import Context, Understanding
from bot.guidance.replies import Replies

MEANINGS: dict[str, Understanding] = {
    "hva koster barnehage": Understanding("ask", None, (("barnehage.cost", 0.97),), "sure", "nb", False, 0.97),
    "скільки коштує дитячий садок": Understanding("ask", None, (("barnehage.cost", 0.97),), "sure", "uk", True, 0.97),
    "hva var prisen for barnehage 1. mars 2023": Understanding(
        "ask", None, (("barnehage.cost", 0.97),), "sure", "nb", False, 0.97
    ),
    "barnehage": Understanding(
        "ask", None, (("barnehage.cost", 0.4), ("barnehage.apply", 0.35)), "unsure", "nb", False, 0.7
    ),
    "barnevernet har sendt meg et brev": Understanding(
        "own_case", None, (("barnevern.what-is", 0.9),), "sure", "nb", False, 0.95
    ),
    "jeg vil snakke med noen": Understanding("human", None, (), "none", "nb", False, 0.95),
    "mannen min slår meg": Understanding("danger", "violence", (), "none", "nb", False, 0.99),
    "ja": Understanding("affirm", None, (), "none", "nb", False, 0.95),
    "nei": Understanding("deny", None, (), "none", "nb", False, 0.95),
    "hei": Understanding("smalltalk", "greet", (), "none", "nb", False, 0.95),
    "den andre": Understanding("refer", "second", (), "none", "nb", False, 0.9),
    "den tredje": Understanding("refer", "third", (), "none", "nb", False, 0.9),
    "en gang til": Understanding("refer", "again", (), "none", "nb", False, 0.9),
    "enklere takk": Understanding("refer", "simpler", (), "none", "nb", False, 0.9),
    "hvem vinner kampen": Understanding("out_of_scope", None, (), "none", "nb", False, 0.95),
}


def meaning(words: str) -> Understanding:
    """What the stand-in takes a sentence for; a sentence it does not know is unclear."""
    return MEANINGS.get(words.strip().lower(), Understanding("unclear", None, (), "none", "nb", False, 0.2))


class RasaStandIn:
    """Runs in a thread. ``mode``: ok, hang, empty, garbage, wrong, error. ``said`` is every message it was given."""

    def __init__(self, replies: Replies, token: str, knowledge: str, port: int = 0) -> None:
        self.mode = "ok"
        self.said: list[dict[str, Any]] = []
        self.parsed: list[str] = []
        self.events: list[tuple[str, Any]] = []
        self._replies = replies
        self._token = token
        self.ready = {"ready": True, "store": True, "failed_writes": 0, "model": "stand-in", "knowledge": knowledge}
        self._server = self._bind(port)
        self.port = self._server.server_address[1]
        self._start()

    def _bind(self, port: int) -> ThreadingHTTPServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *arguments: object) -> None:
                return

            def do_GET(self) -> None:
                owner.handle(self)

            def do_POST(self) -> None:
                owner.handle(self)

        ThreadingHTTPServer.allow_reuse_address = True
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        return server

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def die(self) -> None:
        """Stop listening, as a process that was killed."""
        self.mode = "dead"
        self._server.shutdown()
        self._server.server_close()

    def rise(self) -> None:
        """Listen again on the same port."""
        self.mode = "ok"
        self._server = self._bind(self.port)
        self._start()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers.get("content-length", 0))) or b"null")
        parts = urlsplit(request.path)
        if self.mode == "dead":
            request.close_connection = True
            request.connection.close()
            return
        if self.mode == "hang":
            time.sleep(3)
        status, answer = self._answer(parts.path, parts.query, body)
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(raw)))
            request.end_headers()
            request.wfile.write(raw)
        except OSError:
            request.close_connection = True

    def _answer(self, path: str, query: str, body: Any) -> tuple[int, Any]:
        if path == "/health":  # the action server's: it asks for no token
            return 200, {"status": "ok"}
        if f"token={self._token}" not in query:
            return 401, {"status": "failure", "reason": "NotAuthenticated"}
        if self.mode != "ok":
            return {
                "empty": (200, []),
                "garbage": (200, b"<html>not json"),
                "wrong": (200, [{"recipient_id": "x", "text": "plain"}]),
                "error": (500, {"status": "failure"}),
                "hang": (200, []),
            }[self.mode]
        if path == "/webhooks/health/ready":
            return 200 if self.ready["ready"] else 503, self.ready
        if path == "/model/parse":
            self.parsed.append(body["text"])
            return 200, {"text": body["text"], "understanding": meaning(body["text"]).to_dict()}
        if path.startswith("/conversations/"):
            self.events.append((path.split("/")[2], body))
            return 200, {}
        self.said.append(body)
        return 200, [{"recipient_id": body["sender"], "custom": self._render(body["message"], body["metadata"])}]

    def _render(self, words: str, metadata: dict[str, Any]) -> dict[str, Any]:
        context = Context(
            language=metadata["language"],
            on=date.fromisoformat(metadata["on"]),
            municipality=metadata.get("municipality"),
            audience=metadata.get("audience", "parent"),
            situation=metadata.get("situation"),
            child_age=metadata.get("child_age"),
            asked_day=metadata.get("asked_day", False),
            last_topic=metadata.get("last_topic"),
            asked=tuple(metadata.get("asked", ())),
        )
        if words.startswith("/ask{"):
            topic = json.loads(words[4:])["topic"]
            understood = Understanding("ask", None, ((topic, 1.0),), "sure", context.language, False, 1.0)
        else:
            known = meaning(words)
            switched = known.switched and known.language != context.language
            understood = Understanding(
                known.kind,
                known.detail,
                known.topics,
                known.band,
                known.language if switched else context.language,
                switched,
                known.confidence,
            )
            if switched:
                context = Context(**{**context.__dict__, "language": known.language})
        message = self._replies.reply(understood, context, misses=metadata.get("misses", 0))
        return {**message.to_dict(), "understood": understood.to_dict()}
