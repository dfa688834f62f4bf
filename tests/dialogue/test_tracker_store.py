from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue import tracker_store
from bot.dialogue.tracker_store import DialogueStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.db"


@pytest.fixture
def store(path: Path) -> DialogueStore:
    return DialogueStore(domain=Domain.empty(), host=f"sqlite:///{path}")


def said(text: str, sender: str = "someone") -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender, [])
    for event in (
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered(text, parse_data={"intent": {"name": "ask"}, "text": text}),
    ):
        tracker.update(event)
    return tracker


def rows(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return [data for (data,) in connection.execute("SELECT data FROM events ORDER BY id")]


async def test_what_is_saved_is_read_again(store: DialogueStore) -> None:
    await store.save(said("hva koster barnehage"))
    again = await store.retrieve("someone")
    assert again is not None
    assert again.latest_message.text == "hva koster barnehage"


def test_sqlite_has_a_write_ahead_log_and_overwrites_what_it_deletes(store: DialogueStore) -> None:
    with store.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "secure_delete")
        }
    assert pragmas == {"journal_mode": "wal", "secure_delete": 1}


async def test_a_locked_database_is_counted_and_nothing_stays_in_memory(
    store: DialogueStore, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.engine.dispose()
    monkeypatch.setattr(tracker_store, "BUSY_SECONDS", 0.1)
    impatient = DialogueStore(domain=Domain.empty(), host=f"sqlite:///{path}")
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        with caplog.at_level(logging.DEBUG):
            await impatient.save(said("zebrahemmelighet"))
            ready = impatient.probe()
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert impatient.failed_writes == 1
    assert not ready
    assert "zebrahemmelighet" not in caplog.text
    assert await impatient.retrieve("someone") is None
    assert impatient.probe()


def test_the_probe_proves_a_row_and_leaves_none(store: DialogueStore, path: Path) -> None:
    assert store.probe()
    assert rows(path) == []


async def test_identifiers_of_other_connectors_are_not_stored(store: DialogueStore, path: Path) -> None:
    await store.save(said("skriv til per.hansen@example.no om barnehagen"))
    assert not any("per.hansen" in row for row in rows(path))
    assert any("barnehagen" in json.loads(row).get("text", "") for row in rows(path) if "text" in json.loads(row))


async def test_only_what_is_new_is_written(store: DialogueStore, path: Path) -> None:
    await store.save(said("en"))
    before = len(rows(path))
    tracker = await store.retrieve("someone")
    assert tracker is not None
    tracker.update(UserUttered("to", parse_data={"intent": {"name": "ask"}, "text": "to"}))
    await store.save(tracker)
    assert len(rows(path)) == before + 1


def test_a_store_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"endpoints\.yml"):
        DialogueStore(domain=Domain.empty())
