"""Keeps every word that was said out of every log of every process, at every level. Installed before Rasa is imported.

Rasa, its SDK and the libraries below log messages, trackers and addresses with tokens. Their records are kept as a
place and the kind of an exception, without words. Records of our own packages (``bot.*``) keep their sentence, which
by rule names no person's words, and lose the traceback, which can carry the text of another library's exception.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import warnings
from types import TracebackType
from typing import Any, TextIO

_Record = logging.getLogRecordFactory()
OWN = ("bot.",)


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
    kind = exc_info[0].__name__ if isinstance(exc_info, tuple) and exc_info[0] else None
    if not name.startswith(OWN):
        msg, args = f"{name}:{func}:{line} exception={kind or '-'}", ()
    elif kind:
        msg = f"{msg} exception={kind} at={_place(exc_info[2])}"
    return _Record(name, level, path, line, msg, args, None, func, None, **rest)


def _place(trace: TracebackType | None) -> str:
    """File, function and line where an exception came from."""
    place = "-"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rsplit('/', 1)[-1]}:{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _uncaught(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
    """Say what ended the process, without the exception's words."""
    if issubclass(kind, KeyboardInterrupt):
        return
    with contextlib.suppress(OSError):
        sys.stderr.write(f"ended: exception={kind.__name__} at={_place(trace)}\n")


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning as its kind and place; Rasa puts what a person typed into warnings."""
    logging.getLogger("py.warnings").warning("%s", category.__name__)


def install(level: str | None = None) -> None:
    """Make this process quiet about words, for good; with ``level`` also set up logging to the standard error."""
    logging.setLogRecordFactory(_record)
    logging.captureWarnings(True)
    warnings.showwarning = _warned
    sys.excepthook = _uncaught
    if level is None:
        return
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    if level != "DEBUG":
        # They tell of every request and every look at the migrations.
        for name in ("alembic", "httpx", "httpcore", "sse_starlette"):
            logging.getLogger(name).setLevel(logging.WARNING)
