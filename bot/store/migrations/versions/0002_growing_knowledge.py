"""Corrections by helpers, and clusters of errors that no entry knows."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("answer_key", sa.String(32), nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("helper_id", sa.BigInteger, nullable=False),
        sa.Column("predicted", sa.String(128)),
        sa.Column("label", sa.String(128), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.UniqueConstraint("answer_key", "helper_id", name="evidence_once"),
    )
    op.create_table(
        "unknown_clusters",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("sample", sa.Text),
        sa.Column("first_seen", sa.Float, nullable=False),
        sa.Column("last_seen", sa.Float, nullable=False),
    )
    op.create_table(
        "unknown_logs",
        sa.Column(
            "cluster_id",
            sa.String(16),
            sa.ForeignKey("unknown_clusters.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("content_hash", sa.String(64), primary_key=True),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("author_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("unknown_logs_by_author", "unknown_logs", ["author_id"])


def downgrade() -> None:
    for table in ("unknown_logs", "unknown_clusters", "evidence"):
        op.drop_table(table)
