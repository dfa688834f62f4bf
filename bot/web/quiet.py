"""Logging of the web process: no word that was said, no address with a token, at any level."""

from __future__ import annotations

import logging
from typing import Any

_Record = logging.getLogRecordFactory()


def _record(
    name: str,
    level: int,
    path: str,
    line: int,
    msg: object,
    args: Any,
    exc_info: Any,
    func: str | None = None,
    sinfo: str | None = None,
    **rest: Any,
) -> logging.LogRecord:
    """Make a record that tells where and what kind, and drops the words of everything that is not ours."""
    kind = exc_info[0].__name__ if isinstance(exc_info, tuple) and exc_info[0] else "-"
    if not name.startswith("bot."):
        msg, args, exc_info, sinfo = f"{name}:{func}:{line} exception={kind}", (), None, None
    elif exc_info:
        # Ours say what happened; a traceback could carry the text of somebody else's exception.
        place = _place(exc_info)
        msg, exc_info, sinfo = f"{msg} exception={kind} at={place}", None, None
    return _Record(name, level, path, line, msg, args, exc_info, func, sinfo, **rest)


def _place(exc_info: Any) -> str:
    trace = exc_info[2] if isinstance(exc_info, tuple) else None
    place = "-"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rsplit('/', 1)[-1]}:{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def install(level: str) -> None:
    """Make every logger of this process quiet about content."""
    logging.setLogRecordFactory(_record)
    logging.captureWarnings(True)
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    if level != "DEBUG":
        for name in ("alembic", "httpx", "httpcore", "sse_starlette"):
            logging.getLogger(name).setLevel(logging.WARNING)
