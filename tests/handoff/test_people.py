"""Leads and accounts: who may change what, and what ends with it."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts, LastLead, NotManaged, PasswordOver, main
from bot.handoff.engine import make_engine, migrate
from bot.handoff.records import Account
from bot.handoff.single_sign_on import AccountClosed, Person, SingleSignOn


@pytest.fixture
def people(engine: Engine, clock: Any) -> Accounts:
    return Accounts(engine, clock)


@pytest.fixture
def lead(people: Accounts) -> Account:
    return people.create("lena", "lead")[0]


def test_a_password_from_a_lead_must_be_changed_and_then_is_ones_own(people: Accounts, lead: Account):
    made, password = people.create("kari", by=lead.id)
    assert made.must_change
    first, other = people.sign_in("kari", password), people.sign_in("kari", password)
    assert first is not None
    assert other is not None
    assert first.account.must_change
    assert not people.change_password(made.id, "wrong wrong wrong", "quite another one", token=first.token)
    assert people.change_password(made.id, password, "quite another one", token=first.token)
    assert people.session(other.token) is None
    kept = people.session(first.token)
    assert kept is not None
    assert not kept.must_change
    assert people.sign_in("kari", password) is None
    with pytest.raises(ValueError, match="old"):
        people.change_password(made.id, "quite another one", "quite another one", token=first.token)


@pytest.mark.parametrize("how", ["created", "reset", "command"])
def test_a_password_that_was_handed_over_opens_for_72_hours(
    people: Accounts, lead: Account, engine: Engine, clock: Any, how: str
):
    made, password = people.create("kari", by=lead.id if how == "created" else None)
    if how != "created":
        password = people.reset_password(made.id, by=lead.id if how == "reset" else None)
    clock.forward(hours=71, minutes=59)
    begun = people.sign_in("kari", password)
    assert begun is not None
    clock.forward(minutes=1)
    assert people.sign_in("kari", "a wrong password") is None, "only who knows it hears that it has run out"
    with pytest.raises(PasswordOver):
        people.sign_in("kari", password)
    line = audit.newest(engine)[0]
    assert (line.actor, line.action, line.detail) == ("system", "account.password_over", made.id)
    with pytest.raises(PasswordOver):
        people.change_password(made.id, password, "quite another one", token=begun.token)
    again = people.reset_password(made.id, by=lead.id)
    begun = people.sign_in("kari", again)
    assert begun is not None
    assert people.change_password(made.id, again, "quite another one", token=begun.token)
    clock.forward(days=365)
    assert people.sign_in("kari", "quite another one") is not None, "one's own has no end"


def test_a_password_of_the_command_that_makes_an_account_has_no_end(people: Accounts, lead: Account, clock: Any):
    _, password = people.create("kari")
    clock.forward(days=365)
    assert people.sign_in("kari", password) is not None


@pytest.mark.parametrize("change", ["disable", "set_role", "reset_password"])
def test_what_a_lead_changes_ends_the_sessions_at_once(people: Accounts, lead: Account, engine: Engine, change: str):
    made, password = people.create("kari")
    begun = people.sign_in("kari", password)
    assert begun is not None
    arguments = ("auditor",) if change == "set_role" else ()
    getattr(people, change)(made.id, *arguments, by=lead.id)
    assert people.session(begun.token) is None
    assert audit.newest(engine)[0].actor == f"account:{lead.id}"
    assert people.named("kari") == people.find(made.id)


def test_only_an_active_lead_changes_accounts(people: Accounts, lead: Account):
    made, _ = people.create("kari")
    auditor = people.create("ada", "auditor")[0]
    for stranger in (made.id, auditor.id, "nobody"):
        with pytest.raises(NotManaged):
            people.create("per", by=stranger)
        with pytest.raises(NotManaged):
            people.disable(made.id, by=stranger)
        with pytest.raises(NotManaged):
            people.all(stranger)
    second = people.create("leo", "lead")[0]
    people.disable(lead.id)
    with pytest.raises(NotManaged):
        people.set_role(made.id, "lead", by=lead.id)
    assert second.role == "lead"


def test_a_lead_does_not_go_past_the_own_password_and_code(people: Accounts, lead: Account):
    with pytest.raises(NotManaged):
        people.reset_password(lead.id, by=lead.id)
    with pytest.raises(NotManaged):
        people.remove_code(lead.id, by=lead.id)


def test_the_last_active_lead_stays_a_lead(people: Accounts, lead: Account):
    other = people.create("leo", "lead")[0]
    people.disable(other.id, by=lead.id)
    for act in (lambda: people.disable(lead.id), lambda: people.set_role(lead.id, "coordinator", by=lead.id)):
        with pytest.raises(LastLead):
            act()
    people.enable(other.id, by=lead.id)
    people.set_role(lead.id, "coordinator", by=other.id)
    assert people.find(lead.id).role == "coordinator"  # type: ignore[union-attr]


def test_two_leads_who_close_each_other_at_once_leave_one(people: Accounts, engine: Engine, clock: Any):
    for _ in range(5):
        pair = [people.create(f"lead {clock.now.minute} {n}", "lead")[0].id for n in (1, 2)]
        clock.forward(minutes=1)
        together = threading.Barrier(2)

        def close(other: str, together: threading.Barrier = together) -> None:
            together.wait()
            with contextlib.suppress(LastLead):
                people.disable(other)

        threads = [threading.Thread(target=close, args=(one,)) for one in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        active = [one for one in people.all() if one.role == "lead" and one.disabled_at is None]
        assert len(active) == 1
        people.create(f"next {clock.now.minute}", "lead")
        people.disable(active[0].id)


def test_a_limited_lead_gives_and_manages_no_more_than_the_own_municipalities(people: Accounts):
    lead = people.create("lena", "lead", municipalities=("fjordvik", "heimvik"))[0]
    near = people.create("kari", municipalities=("fjordvik",))[0]
    far = people.create("per", municipalities=("nordlysbygd",))[0]
    wide = people.create("pia")[0]
    assert [one.name for one in people.all(lead.id)] == ["kari", "lena"]
    for other in (far, wide):
        with pytest.raises(NotManaged):
            people.disable(other.id, by=lead.id)
    for places in ((), ("nordlysbygd",), ("fjordvik", "nordlysbygd")):
        with pytest.raises(NotManaged):
            people.limit(near.id, places, by=lead.id)
        with pytest.raises(NotManaged):
            people.create("ny", municipalities=places, by=lead.id)
    with pytest.raises(NotManaged):
        people.limit(lead.id, (), by=lead.id)
    people.limit(near.id, ("heimvik", "fjordvik"), by=lead.id)
    assert people.find(near.id).municipalities == ("fjordvik", "heimvik")  # type: ignore[union-attr]


def test_a_person_of_the_organisation_is_issuer_and_subject_not_a_name(people: Accounts, engine: Engine, clock: Any):
    local, password = people.create("kari nordmann")
    sso = SingleSignOn(engine, clock)
    first = sso.sign_in(Person("https://id.example", "1", "Kari Nordmann", "coordinator"))
    assert first.account.id != local.id
    assert first.account.external
    assert people.sign_in(first.account.name, password) is None
    assert people.sign_in(first.account.name, "!") is None
    again = sso.sign_in(Person("https://id.example", "1", "Somebody Else", "lead", ("fjordvik",)))
    assert (again.account.id, again.account.role, again.account.municipalities) == (
        first.account.id,
        "lead",
        ("fjordvik",),
    )
    assert people.session(first.token) is None, "a session of the old role has ended"
    other = sso.sign_in(Person("https://other.example", "1", "Kari Nordmann", "coordinator"))
    assert other.account.id not in (first.account.id, local.id)
    people.disable(other.account.id)
    with pytest.raises(AccountClosed):
        sso.sign_in(Person("https://other.example", "1", "Kari Nordmann", "coordinator"))


def test_the_command_lists_resets_closes_and_opens(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from bot import settings as settings_module

    monkeypatch.setenv("BROBYGGER_VAR", str(tmp_path))
    monkeypatch.delenv("BROBYGGER_DATABASE_URL", raising=False)
    settings_module.settings.cache_clear()
    try:
        assert main(["create", "lena", "--role", "lead"]) == 0
        assert main(["create", "per", "--municipality", "fjordvik"]) == 0
        old = capsys.readouterr().out.strip().split(": ")[-1]
        assert main(["list"]) == 0
        assert "per (coordinator): fjordvik" in capsys.readouterr().out
        assert main(["disable", "lena"]) == 1
        assert "last active lead" in capsys.readouterr().err
        assert main(["reset", "nobody"]) == 1
        assert "nobody" in capsys.readouterr().err
        assert main(["disable", "per"]) == main(["enable", "per"]) == main(["reset", "per"]) == 0
        new = capsys.readouterr().out.strip().split(": ")[-1]
    finally:
        settings_module.settings.cache_clear()
    engine = make_engine(f"sqlite:///{tmp_path}/record.db")
    migrate(engine)
    assert Accounts(engine).sign_in("per", old) is None
    assert Accounts(engine).sign_in("per", new) is not None
