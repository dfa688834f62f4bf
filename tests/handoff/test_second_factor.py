"""One-time codes: each opens once, guessing locks, recovery codes replace a lost telephone."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.accounts import Accounts, LockedOut
from bot.handoff.engine import reading
from bot.handoff.second_factor import NothingPending, SecondFactor
from bot.handoff.tables import metadata

PASSWORD = "a long enough password"
INSTALLATION = "s" * 40


@pytest.fixture
def people(engine: Engine, clock: Any) -> Accounts:
    return Accounts(engine, clock)


@pytest.fixture
def factor(engine: Engine, clock: Any) -> SecondFactor:
    return SecondFactor(engine, INSTALLATION, clock)


@pytest.fixture
def kari(people: Accounts) -> str:
    return people.create("kari", "lead", PASSWORD)[0].id


@pytest.fixture
def switched_on(factor: SecondFactor, kari: str, clock: Any) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    assert factor.begin(kari, PASSWORD)
    set_up = factor.waiting(kari)
    assert set_up is not None
    generator = pyotp.TOTP(set_up.secret)
    codes = factor.confirm(kari, generator.at(clock.now))
    assert codes is not None
    clock.forward(seconds=60)
    return generator, codes


def recovery_left(people: Accounts, account: str) -> int:
    found = people.find(account)
    assert found is not None
    return found.recovery_left


def test_switching_on_asks_for_the_password_and_a_first_code(factor: SecondFactor, kari: str, people: Accounts):
    assert not factor.begin(kari, "wrong wrong wrong")
    with pytest.raises(NothingPending):
        factor.confirm(kari, "123456")
    assert factor.begin(kari, PASSWORD)
    assert factor.confirm(kari, "abc") is None
    begun = people.sign_in("kari", PASSWORD)
    assert begun is not None
    assert begun.complete, "a secret that nobody has confirmed locks nobody out"


def test_the_password_alone_opens_nothing_and_a_code_opens_once(
    people: Accounts, factor: SecondFactor, switched_on: Any, clock: Any
):
    generator, _ = switched_on
    first, second = people.sign_in("kari", PASSWORD), people.sign_in("kari", PASSWORD)
    assert first is not None
    assert second is not None
    assert not first.complete
    assert people.session(first.token) is None
    code = generator.at(clock.now)
    begun = factor.finish(first.token, f" {code[:3]} {code[3:]}")
    assert begun is not None
    assert people.session(begun.token) is not None
    assert factor.finish(second.token, code) is None, "the same code again"
    with pytest.raises(NothingPending):
        factor.finish(first.token, generator.generate_otp(int(clock.now.timestamp()) // 30 + 1))
    assert factor.finish(second.token, generator.generate_otp(int(clock.now.timestamp()) // 30 - 1)) is None, (
        "an older code than the one used"
    )


def test_guessing_codes_locks_although_the_password_is_known(
    people: Accounts, factor: SecondFactor, switched_on: Any, clock: Any
):
    generator, _ = switched_on
    for _ in range(5):
        waiting = people.sign_in("kari", PASSWORD)  # a right password forgets no failure
        assert waiting is not None
        assert factor.finish(waiting.token, "000000") is None
    with pytest.raises(LockedOut):
        factor.finish(waiting.token, generator.at(clock.now))
    with pytest.raises(LockedOut):
        people.sign_in("kari", PASSWORD)


def test_a_recovery_code_opens_once_however_it_is_typed(
    people: Accounts, factor: SecondFactor, switched_on: Any, kari: str
):
    _, codes = switched_on
    assert len(set(codes)) == 10
    for given, opens in ((codes[0].lower().replace("-", " "), True), (codes[0], False), (codes[1], True)):
        waiting = people.sign_in("kari", PASSWORD)
        assert waiting is not None
        assert (factor.finish(waiting.token, given) is not None) is opens
    assert recovery_left(people, kari) == 8
    lead = people.create("lena", "lead")[0].id
    assert [one.recovery_left for one in people.all(lead) if one.id == kari] == [8]


def test_half_a_sign_in_ends_soon_and_with_a_reset(
    people: Accounts, factor: SecondFactor, switched_on: Any, clock: Any, kari: str
):
    generator, _ = switched_on
    late, reset = people.sign_in("kari", PASSWORD), None
    assert late is not None
    clock.forward(minutes=5)
    with pytest.raises(NothingPending):
        factor.finish(late.token, generator.at(clock.now))
    reset = people.sign_in("kari", PASSWORD)
    assert reset is not None
    people.reset_password(kari)
    with pytest.raises(NothingPending):
        factor.finish(reset.token, generator.at(clock.now))


def test_switching_off_takes_password_and_code_or_a_lead(
    people: Accounts, factor: SecondFactor, switched_on: Any, clock: Any, kari: str
):
    generator, _ = switched_on
    assert not factor.switch_off(kari, "wrong wrong wrong", generator.at(clock.now))
    assert not factor.switch_off(kari, PASSWORD, "000000")
    assert factor.switch_off(kari, PASSWORD, generator.at(clock.now))
    begun = people.sign_in("kari", PASSWORD)
    assert begun is not None
    assert begun.complete
    assert recovery_left(people, kari) == 0


def test_a_copy_of_the_database_makes_no_codes(
    engine: Engine, switched_on: Any, kari: str, clock: Any, people: Accounts
):
    generator, codes = switched_on
    with reading(engine) as connection:
        rows = [str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(sa.select(table))]
    assert not any(secret in row for row in rows for secret in (generator.secret, *codes))
    elsewhere = SecondFactor(engine, "t" * 40, clock)
    waiting = people.sign_in("kari", PASSWORD)
    assert waiting is not None
    assert elsewhere.finish(waiting.token, generator.at(clock.now)) is None
    assert elsewhere.finish(waiting.token, codes[0]) is not None, "recovery codes hold under another secret too"
