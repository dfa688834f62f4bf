from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue import training


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "bot" / "data" / "nlu" / "nb").mkdir(parents=True)
    (tmp_path / "config.yml").write_text("recipe: default.v1\n", encoding="utf-8")
    (tmp_path / "bot" / "data" / "nlu" / "nb" / "a.yml").write_text("nlu: []\n", encoding="utf-8")
    return tmp_path


def test_a_model_is_current_until_something_it_is_made_of_changes(project: Path) -> None:
    model = project / "model.tar.gz"
    assert not training.is_current(model, project)
    model.write_bytes(b"x")
    training.fingerprint_path(model).write_text(training.fingerprint(project) + "\n", encoding="utf-8")
    assert training.is_current(model, project)
    (project / "bot" / "data" / "nlu" / "nb" / "a.yml").write_text("nlu: [x]\n", encoding="utf-8")
    assert not training.is_current(model, project)


def test_a_renamed_file_is_a_change(project: Path) -> None:
    before = training.fingerprint(project)
    folder = project / "bot" / "data" / "nlu" / "nb"
    (folder / "a.yml").rename(folder / "b.yml")
    assert training.fingerprint(project) != before


def test_a_phrase_that_is_read_at_start_needs_no_training(project: Path) -> None:
    before = training.fingerprint(project)
    (project / training.READ_AT_START).mkdir(parents=True)
    (project / training.READ_AT_START / "nb.yml").write_text("danger: {}\nharmless: []\n", encoding="utf-8")
    assert training.fingerprint(project) == before


def test_what_a_model_is_made_of_exists_in_the_repository() -> None:
    files = {str(file.relative_to(training.ROOT)) for file in training.ingredients()}
    assert {"config.yml", "bot/nlu/classifier.py", "bot/domain/intents.yml", "bot/data/rules/kinds.yml"} <= files
