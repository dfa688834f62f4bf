"""The settings of a test: a folder of its own, and the knowledge base of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings, settings


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("BROBYGGER_VAR", str(tmp_path))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()
