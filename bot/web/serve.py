"""``python -m bot.web.serve [--workers N]``: the web process from the settings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from bot import quiet
from bot.guidance.guide import KnowledgeError
from bot.settings import SettingsError, settings
from bot.texts import preload
from bot.web.app import create_app
from bot.web.services import make_services


def application() -> ASGIApp:
    """Build the application of one worker; called by uvicorn in each of them."""
    now = settings()
    quiet.install(now.log_level)
    preload()
    return create_app(make_services(now))


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; a fault that the operator can mend is one sentence."""
    parser = argparse.ArgumentParser(prog="bot.web.serve", description="Start the web process.")
    parser.add_argument("--workers", type=int, default=1, help="processes; more than one needs BROBYGGER_REDIS_URL")
    given = parser.parse_args(arguments)
    try:
        now = settings()
        if given.workers > 1 and not now.redis_url:
            print("Several web workers need BROBYGGER_REDIS_URL, so that they share locks and limits.", file=sys.stderr)
            return 2
        quiet.install(now.log_level)
        target: str | ASGIApp = "bot.web.serve:application" if given.workers > 1 else application()
    except (SettingsError, KnowledgeError) as fault:
        print(f"Cannot start: {fault}", file=sys.stderr)
        return 2
    uvicorn.run(
        target,
        factory=given.workers > 1,
        host=now.web_host,
        port=now.web_port,
        workers=given.workers,
        access_log=False,
        ws="none",  # there are none, and the websockets that Rasa pins is too old for uvicorn
        log_config=None,
        server_header=False,
        date_header=True,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        proxy_headers=True,
        forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
