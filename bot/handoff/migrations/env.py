"""Runs the migrations over the connection that ``bot.handoff.engine.migrate`` gives, or over the settings' address."""

from __future__ import annotations

from alembic import context
from sqlalchemy.engine import Connection

from bot.handoff import (  # noqa: F401 - they add their tables to the metadata
    tables_accounts,
    tables_audit,
    tables_consent,
    tables_deliveries,
    tables_desk,
    tables_hours,
    tables_statistics,
)
from bot.handoff.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def _online() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    from bot.handoff.engine import make_engine, rebuilding
    from bot.settings import settings

    with rebuilding(make_engine(settings().database_url)) as connection:
        _run(connection)


_online()
