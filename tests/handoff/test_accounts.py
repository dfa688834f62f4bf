from __future__ import annotations

from pathlib import Path
from typing import Any

import argon2
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot import settings as settings_module
from bot.handoff import audit
from bot.handoff.accounts import Accounts, LockedOut, NameTaken, ensure_first_account, main
from bot.handoff.engine import make_engine, migrate, reading
from bot.handoff.tables import metadata


@pytest.fixture
def people(engine: Engine, clock: Any) -> Accounts:
    return Accounts(engine, clock)


def test_a_new_account_signs_in_with_the_password_it_was_given(people: Accounts):
    account, password = people.create("Kari  Nordmann", "lead")
    signed_in = people.sign_in("kari nordmann", password)
    assert signed_in is not None
    assert signed_in.account == account == people.find(account.id)
    assert people.session(signed_in.token) == account
    assert people.session("something") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\u0000b"])
def test_a_name_that_cannot_be_written_is_refused(people: Accounts, name: str):
    with pytest.raises(ValueError, match="name"):
        people.create(name)


def test_a_name_is_given_once_and_a_short_password_never(people: Accounts):
    people.create("kari")
    with pytest.raises(NameTaken):
        people.create("KARI ")
    with pytest.raises(ValueError, match="password"):
        people.create("per", password="short")


def test_neither_password_nor_token_is_stored(engine: Engine, people: Accounts):
    _, password = people.create("kari")
    signed_in = people.sign_in("kari", password)
    assert signed_in is not None
    with reading(engine) as connection:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not any(password in row or signed_in.token in row for row in rows)


@pytest.mark.parametrize("name", ["kari", "nobody"])
def test_five_failures_lock_a_name_for_a_quarter_known_or_not(people: Accounts, clock: Any, name: str):
    _, password = people.create("kari")
    for _ in range(5):
        assert people.sign_in(name, "wrong") is None
        clock.forward(seconds=1)
    with pytest.raises(LockedOut) as locked:
        people.sign_in(name, password)
    clock.now = locked.value.until
    signed_in = people.sign_in(name, password)
    assert (signed_in is not None) is (name == "kari")


def test_a_success_forgets_the_failures_before_it(people: Accounts):
    _, password = people.create("kari")
    for _ in range(3):
        for _ in range(4):
            assert people.sign_in("kari", "wrong") is None
        assert people.sign_in("kari", password) is not None


def test_an_unknown_name_costs_a_password_check_too(people: Accounts, monkeypatch: pytest.MonkeyPatch):
    checked: list[str] = []
    real = argon2.PasswordHasher.verify

    def count(hasher: argon2.PasswordHasher, kept: str, password: str) -> bool:
        checked.append(kept)
        return real(hasher, kept, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", count)
    people.create("kari")
    people.sign_in("kari", "wrong")
    people.sign_in("nobody", "wrong")
    assert len(checked) == 2
    assert checked[0].split("$")[:4] == checked[1].split("$")[:4]  # the same algorithm at the same cost


def test_a_session_ends_when_it_is_idle_and_after_a_day_of_work(people: Accounts, clock: Any):
    _, password = people.create("kari")
    idle = people.sign_in("kari", password)
    assert idle is not None
    clock.forward(minutes=59)
    assert people.session(idle.token) is not None
    clock.forward(minutes=59)
    assert people.session(idle.token) is not None
    clock.forward(minutes=60)
    assert people.session(idle.token) is None
    busy = people.sign_in("kari", password)
    assert busy is not None
    for _ in range(23):
        clock.forward(minutes=30)
        assert people.session(busy.token) is not None
    clock.forward(minutes=30)
    assert people.session(busy.token) is None
    assert people.remove_ended() == 2


def test_signing_out_and_closing_an_account_end_sessions_at_once(people: Accounts):
    account, password = people.create("kari")
    first, second = people.sign_in("kari", password), people.sign_in("kari", password)
    assert first is not None
    assert second is not None
    people.sign_out(first.token)
    assert people.session(first.token) is None
    assert people.session(second.token) == account
    people.disable(account.id)
    assert people.session(second.token) is None
    assert people.sign_in("kari", password) is None


def test_the_audit_log_tells_of_sign_ins_without_names(engine: Engine, people: Accounts):
    account, password = people.create("kari")
    people.sign_in("kari", "wrong")
    people.sign_in("kari", password)
    lines = audit.entries(engine)
    assert [line.action for line in lines] == ["account.created", "account.sign_in_failed", "account.signed_in"]
    assert "kari" not in str(lines)
    assert lines[-1].actor == f"account:{account.id}"


def test_the_first_account_is_made_once(engine: Engine):
    first = ensure_first_account(engine)
    assert first is not None
    assert Accounts(engine).sign_in(*first) is not None
    assert ensure_first_account(engine) is None


def test_the_command_makes_an_account_and_prints_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("BROBYGGER_VAR", str(tmp_path))
    monkeypatch.delenv("BROBYGGER_DATABASE_URL", raising=False)
    settings_module.settings.cache_clear()
    try:
        assert main(["create", "Per", "--role", "auditor"]) == 0
        name, password = capsys.readouterr().out.strip().split(": ")
        assert name == "per (auditor)"
        assert main(["create", "per"]) == 1
        assert "per" in capsys.readouterr().err
    finally:
        settings_module.settings.cache_clear()
    engine = make_engine(f"sqlite:///{tmp_path}/record.db")
    migrate(engine)
    assert Accounts(engine).sign_in("per", password) is not None
