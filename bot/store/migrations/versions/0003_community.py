"""Solved posts, helpers' solutions, a server's own answers, people's machines, and what became of requests."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "solved",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("solution_id", sa.BigInteger),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("traits", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("solved_by_guild", "solved", ["guild_id", "at"])
    op.create_index("solved_by_author", "solved", ["author_id"])
    op.create_table(
        "solutions",
        sa.Column(
            "cluster_id",
            sa.String(16),
            sa.ForeignKey("unknown_clusters.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("helper_id", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "own_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("changed_by", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.Float, nullable=False),
    )
    op.create_index("own_answers_by_guild", "own_answers", ["guild_id"])
    op.create_table(
        "machines",
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vram", sa.String(64), nullable=False),
        sa.Column("ram", sa.String(64), nullable=False),
        sa.Column("system", sa.String(16), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("entry_id", sa.String(128)),
        sa.Column("loader", sa.String(64)),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("answered_at", sa.Float),
        sa.Column("solved_at", sa.Float),
    )
    op.create_index("outcomes_by_guild", "outcomes", ["guild_id", "opened_at"])
    op.create_index("outcomes_by_author", "outcomes", ["author_id"])


def downgrade() -> None:
    for table in ("outcomes", "machines", "own_answers", "solutions", "solved"):
        op.drop_table(table)
