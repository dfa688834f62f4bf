"""What a conversation was already asked (situation, child's age), so that it is asked once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; conversations that exist have been asked nothing."""
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("asked", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Remove the column."""
    with op.batch_alter_table("conversations") as table:
        table.drop_column("asked")
