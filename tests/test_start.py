"""What the operator is told when the product cannot start: a sentence, never a traceback."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.start import StartError, check_ports, check_python, processes, supervisor_config
from tests.conftest import ROOT, clean_environment


def start(var: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.start"],
        cwd=ROOT,
        env=clean_environment(var, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("BROBYGGER_WEB_PORT", "eighty", "a port number from 1 to 65535"),
        ("BROBYGGER_TODAY", "tomorrow", "a day such as 2027-08-01"),
        ("BROBYGGER_DATABASE_URL", "mysql://somewhere", "postgresql://"),
        ("BROBYGGER_SECRET", "short", "at least 32 characters"),
        ("BROBYGGER_WEBPORT", "8080", "is not a setting"),
        ("BROBYGGER_MUNICIPALITY", "atlantis", "there is no atlantis.yml"),
        ("BROBYGGER_KNOWLEDGE", "/nonexistent", "nonexistent"),
    ],
)
def test_a_broken_setting_is_one_sentence_that_names_it(tmp_path: Path, name: str, value: str, told: str) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode == 2
    assert done.stderr.startswith("Cannot start: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_secret_setting_is_not_printed_back(tmp_path: Path) -> None:
    done = start(tmp_path, BROBYGGER_SECRET="hunter2")
    assert "hunter2" not in done.stderr + done.stdout


def test_a_port_in_use_is_named_with_the_setting_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = start(tmp_path, BROBYGGER_WEB_PORT=str(port))
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use" in done.stderr
    assert "BROBYGGER_WEB_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_foreign_address_to_listen_on_is_refused(tmp_path: Path) -> None:
    settings = read_settings({"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_WEB_HOST": "no such host"})
    with pytest.raises(StartError, match="BROBYGGER_WEB_HOST"):
        check_ports(settings)


def test_another_python_is_refused() -> None:
    with pytest.raises(StartError, match=r"3\.11"):
        check_python((3, 12))


def test_every_process_of_the_procfile_is_restarted_when_it_fails(tmp_path: Path) -> None:
    settings = read_settings({"BROBYGGER_VAR": str(tmp_path)})
    commands = processes(ROOT / "Procfile")
    assert set(commands) == {"web", "rasa", "actions"}
    config = supervisor_config(settings, commands)
    assert config.count("autorestart=true") == 3
    assert all(words[0] == sys.executable for words in commands.values())


def test_make_says_which_python_is_missing(tmp_path: Path) -> None:
    copy = tmp_path / "fresh"
    copy.mkdir()
    (copy / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (copy / "requirements-bootstrap.txt").write_text("", encoding="utf-8")
    done = subprocess.run(
        ["make", "setup", "PYTHON=/nonexistent/python"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "needs Python 3.11" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
