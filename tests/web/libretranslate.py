"""A local stand-in for LibreTranslate: its documented ``GET /languages`` and ``POST /translate``, faults included.

Answers and errors follow the published interface: ``translatedText``, and ``{"error": …}`` with 400, 403, 429 or 500.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CODES = ("ar", "en", "nb", "pl", "uk")


class LibreTranslateStandIn:
    """Translates by turning each text into ``[source>target] text``. ``fault``: None, ``500``, ``words``, ``key``."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.asked: list[dict[str, Any]] = []
        standin = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

            def _answer(self, status: int, body: object) -> None:
                packed = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(packed)))
                self.end_headers()
                self.wfile.write(packed)

            def do_GET(self) -> None:
                if self.path != "/languages":
                    self._answer(404, {"error": "Not found"})
                    return
                self._answer(200, [{"code": code, "name": code, "targets": list(CODES)} for code in CODES])

            def do_POST(self) -> None:
                wish = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                standin.asked.append(wish)
                if self.path != "/translate" or standin.fault == "500":
                    self._answer(500, {"error": "Cannot translate text"})
                elif standin.fault == "key":
                    self._answer(403, {"error": "Invalid API key"})
                elif standin.fault == "words":
                    self._answer(200, b"<html>")
                elif wish["source"] not in CODES or wish["target"] not in CODES:
                    self._answer(400, {"error": f"{wish['source']} is not supported"})
                else:
                    self._answer(200, {"translatedText": f"[{wish['source']}>{wish['target']}] {wish['q']}"})

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Close the port: from now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()
