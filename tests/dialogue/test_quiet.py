from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """
import logging, sys, warnings
from bot import quiet
quiet.install()
assert not any(name.split(".")[0] in ("rasa", "sanic") for name in sys.modules), "quiet must not import Rasa"
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("rasa.core").error("said zebra %s", "zebra")
try:
    raise ValueError("zebra")
except ValueError:
    logging.getLogger("rasa.core").exception("zebra")
    logging.getLogger("bot.dialogue.nlg").exception("no reply could be made")
warnings.warn("zebra")
raise RuntimeError("zebra")
"""


def test_no_word_comes_out_of_logs_warnings_and_tracebacks() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False)
    written = done.stdout + done.stderr
    assert "zebra" not in written
    assert "no reply could be made exception=ValueError at=" in written
    assert "rasa.core:" in written
    assert "ended: exception=RuntimeError" in written
