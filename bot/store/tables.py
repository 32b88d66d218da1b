"""The tables. Times are seconds since 1970 (UTC); ids are Discord's. Texts have their secrets masked already."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

guild_settings = Table(
    "guild_settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("settings", Text, nullable=False),
    Column("changed_by", BigInteger, nullable=False),
    Column("changed_at", Float, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # the thread, or the message that asks
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),  # where the bot's message stands
    Column("author_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),  # the bot's one message, once sent
    Column("status", String(16), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("remind_at", Float),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Index("requests_by_reminder", "status", "remind_at"),
    Index("requests_by_author", "author_id"),
    Index("requests_by_message", "message_id"),
)

handled = Table(
    "handled",
    metadata,
    Column("event", String(64), primary_key=True),
    Column("at", Float, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("guild_id", BigInteger),
    Column("author_id", BigInteger, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("answers_by_content", "content_hash", "created_at"),
    Index("answers_by_author", "author_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_key", String(32), nullable=False),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger, nullable=False),
    Column("entry_id", String(128)),
    Column("helped", Boolean, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("at", Float, nullable=False),
    UniqueConstraint("answer_key", "user_id", name="feedback_once"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("answer_key", String(32), nullable=False),
    Column("guild_id", BigInteger),
    Column("author_id", BigInteger, nullable=False),
    Column("helper_id", BigInteger, nullable=False),
    Column("predicted", String(128)),  # entry the bot named; None where it recognised nothing
    Column("label", String(128), nullable=False),  # entry the helper named
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("answer_key", "helper_id", name="evidence_once"),
)

unknown_clusters = Table(
    "unknown_clusters",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("signature", Text, nullable=False),
    Column("sample", Text),  # kept only where an author agreed
    Column("first_seen", Float, nullable=False),
    Column("last_seen", Float, nullable=False),
)

unknown_logs = Table(
    "unknown_logs",
    metadata,
    Column("cluster_id", String(16), ForeignKey("unknown_clusters.id", ondelete="CASCADE"), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("guild_id", BigInteger),
    Column("author_id", BigInteger, nullable=False),
    Column("at", Float, nullable=False),
    Index("unknown_logs_by_author", "author_id"),
)

solved = Table(
    "solved",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # of the request
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("solution_id", BigInteger),  # the message that solved it, where a helper pinned one
    Column("how", String(16), nullable=False),
    Column("traits", Text, nullable=False),  # entry, digests and facts; nothing of what anybody wrote
    Column("at", Float, nullable=False),
    Index("solved_by_guild", "guild_id", "at"),
    Index("solved_by_author", "author_id"),
)

solutions = Table(
    "solutions",
    metadata,
    Column("cluster_id", String(16), ForeignKey("unknown_clusters.id", ondelete="CASCADE"), primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),  # of the reply that solved it
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("helper_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),  # what the helper wrote for the knowledge
    Column("at", Float, nullable=False),
)

own_answers = Table(
    "own_answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("changed_by", BigInteger, nullable=False),
    Column("changed_at", Float, nullable=False),
    Index("own_answers_by_guild", "guild_id"),
)

machines = Table(
    "machines",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("vram", String(64), nullable=False),
    Column("ram", String(64), nullable=False),
    Column("system", String(16), nullable=False),
    Column("at", Float, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # of the request
    Column("guild_id", BigInteger, nullable=False),
    Column("author_id", BigInteger, nullable=False),
    Column("entry_id", String(128)),
    Column("loader", String(64)),
    Column("opened_at", Float, nullable=False),
    Column("answered_at", Float),
    Column("solved_at", Float),
    Index("outcomes_by_guild", "guild_id", "opened_at"),
    Index("outcomes_by_author", "author_id"),
)
