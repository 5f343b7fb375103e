"""The tables as SQLAlchemy Core knows them, for queries that are composed.

The migrations make the tables; a test compares the two. Commands use SQL text instead
(`tokens.py`, `counters.py`, `journal.py`): it is several times cheaper on the hot path.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

token_status = pg.ENUM(
    "waiting", "called", "serving", "completed", "cancelled", "no_show", "parked",
    name="token_status", create_type=False,
)  # fmt: skip
user_role = pg.ENUM("staff", "admin", "super_admin", name="user_role", create_type=False)
token_source = pg.ENUM("staff", "admin", "api", "kiosk", name="token_source", create_type=False)
call_outcome = pg.ENUM(
    "completed", "no_show", "cancelled", "returned", "transferred", "parked", "undone",
    name="call_outcome", create_type=False,
)  # fmt: skip
_time = sa.DateTime(timezone=True)
_types = pg.ARRAY(sa.String(32))


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid, primary_key=True)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def _at(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, _time, nullable=nullable)


def _version() -> sa.Column[object]:
    return sa.Column("version", sa.Integer, nullable=False)


groups = sa.Table(
    "groups", metadata,
    _id(),
    sa.Column("name", sa.String(100), nullable=False),
    _at("created_at", nullable=False),
)  # fmt: skip

organizations = sa.Table(
    "organizations", metadata,
    _id(),
    _uuid("group_id", nullable=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("reset_time", sa.Time, nullable=False),
    sa.Column("confirms_arrival", sa.Boolean, nullable=False),
    sa.Column("priority_levels", pg.ARRAY(sa.Integer), nullable=False),
    sa.Column("settings", pg.JSONB, nullable=False),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    _version(),
    sa.Column("closed_day", sa.Date),
)  # fmt: skip

organization_revisions = sa.Table(
    "organization_revisions", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    _uuid("epoch"),
    sa.Column("revision", sa.BigInteger, nullable=False),
)  # fmt: skip

database_identity = sa.Table(
    "database_identity", metadata,
    sa.Column("only_row", sa.Boolean, primary_key=True),
    sa.Column("system_identifier", sa.Numeric(20), nullable=False),
    sa.Column("timeline", sa.BigInteger, nullable=False),
)  # fmt: skip

users = sa.Table(
    "users", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("username", sa.String(50), nullable=False),
    sa.Column("display_name", sa.String(100), nullable=False),
    sa.Column("email", sa.LargeBinary),
    sa.Column("email_index", sa.LargeBinary),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("role", user_role, nullable=False),
    sa.Column("permissions", pg.JSONB, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("access_version", sa.Integer, nullable=False),
    _at("last_login"),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    _version(),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    _at("password_changed_at"),
    sa.Column("second_factor", sa.LargeBinary),
    sa.Column("second_factor_step", sa.BigInteger),
    sa.Column("second_factor_offered", sa.LargeBinary),
    _at("deleted_at"),
)  # fmt: skip

recovery_codes = sa.Table(
    "recovery_codes", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
)  # fmt: skip

sign_in_failures = sa.Table(
    "sign_in_failures", metadata,
    sa.Column("account_hash", sa.LargeBinary, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    _at("failed_at", nullable=False),
)  # fmt: skip

memberships = sa.Table(
    "memberships", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("role", user_role, nullable=False),
    _at("created_at", nullable=False),
    sa.Column("customer_types", _types, nullable=False),
)  # fmt: skip

keys = sa.Table(
    "keys", metadata,
    sa.Column("kid", sa.String(40), primary_key=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    _at("created_at", nullable=False),
    _at("retired_at"),
    _uuid("organization_id", nullable=True),
    sa.Column("service_day", sa.Date),
)  # fmt: skip

refresh_sessions = sa.Table(
    "refresh_sessions", metadata,
    _id(),
    _uuid("user_id"),
    _uuid("organization_id"),
    _uuid("current_jti"),
    _uuid("previous_jti", nullable=True),
    _at("rotated_at"),
    _at("expires_at", nullable=False),
    _at("ended_at"),
    sa.Column("user_agent", sa.Text),
    _at("created_at", nullable=False),
)  # fmt: skip

devices = sa.Table(
    "devices", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False),
    _at("last_seen_at"),
    _at("connected_until"),
    _at("revoked_at"),
    _at("created_at", nullable=False),
    sa.Column("address", pg.INET),
    sa.Column("scopes", pg.ARRAY(sa.String(40)), nullable=False),
    _uuid("paired_by", nullable=True),
    _version(),
)  # fmt: skip

setup_codes = sa.Table(
    "setup_codes", metadata,
    sa.Column("only_row", sa.Boolean, primary_key=True),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)  # fmt: skip

device_pairings = sa.Table(
    "device_pairings", metadata,
    _id(),
    sa.Column("code", sa.String(8), nullable=False),
    sa.Column("secret_hash", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("address", pg.INET),
    sa.Column("user_agent", sa.Text),
    _uuid("organization_id", nullable=True),
    _uuid("device_id", nullable=True),
    _at("polled_at"),
    _at("refused_at"),
    _at("created_at", nullable=False),
    _at("expires_at", nullable=False),
)  # fmt: skip

pairing_tries = sa.Table(
    "pairing_tries", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    _at("since", nullable=False),
)  # fmt: skip

queue_configurations = sa.Table(
    "queue_configurations", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("customer_type", sa.String(32), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("prefix", sa.String(5), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("current_number", sa.Integer, nullable=False),
    sa.Column("series_day", sa.Date),
    sa.Column("waiting_count", sa.Integer, nullable=False),
    sa.Column("max_number", sa.Integer, nullable=False),
    sa.Column("reset_daily", sa.Boolean, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("priority_multiplier", sa.Numeric(3, 2), nullable=False),
    sa.Column("wait_limit_min", sa.Integer, nullable=False),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    _version(),
    sa.Column("opening_hours", pg.JSONB),
    sa.Column("day_limit", sa.Integer),
    sa.Column("taken_day", sa.Date),
    sa.Column("taken_count", sa.Integer, nullable=False),
)  # fmt: skip

counters = sa.Table(
    "counters", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("label", sa.String(4), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("customer_types", _types, nullable=False),
    sa.Column("serves", _types, nullable=False),
    _at("opened_at"),
    _uuid("opened_by", nullable=True),
    sa.Column("is_active", sa.Boolean, nullable=False),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
    _version(),
    _at("closed_at"),
    _at("break_since"),
    sa.Column("break_reason", sa.String(100)),
    _at("seen_at"),
)  # fmt: skip

breaks = sa.Table(
    "breaks", metadata,
    _id(),
    _uuid("organization_id"),
    _uuid("session_id"),
    _uuid("counter_id"),
    _uuid("user_id"),
    sa.Column("reason", sa.String(100), nullable=False),
    _at("started_at", nullable=False),
    _at("ended_at"),
)  # fmt: skip

counter_plan = sa.Table(
    "counter_plan", metadata,
    _uuid("organization_id"),
    sa.Column("counter_id", sa.Uuid, primary_key=True),
    sa.Column("weekday", sa.SmallInteger, primary_key=True),
    sa.Column("opens", sa.Time, primary_key=True),
    sa.Column("closes", sa.Time, nullable=False),
)  # fmt: skip

counter_plans = sa.Table(
    "counter_plans", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    _version(),
    sa.Column("is_learned", sa.Boolean, nullable=False),
    sa.Column("learned_from_days", sa.Integer, nullable=False),
    _at("updated_at", nullable=False),
)  # fmt: skip

announcements = sa.Table(
    "announcements", metadata,
    _id(),
    _uuid("organization_id"),
    _version(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("texts", pg.JSONB, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("readers", pg.ARRAY(sa.String(20)), nullable=False),
    _at("from_at"),
    _at("until_at"),
    sa.Column("is_active", sa.Boolean, nullable=False),
    _uuid("created_by", nullable=True),
    _at("created_at", nullable=False),
    _at("updated_at", nullable=False),
)  # fmt: skip

tokens = sa.Table(
    "tokens", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("service_day", sa.Date, primary_key=True),
    sa.Column("number", sa.String(10), nullable=False),
    sa.Column("customer_type", sa.String(32), nullable=False),
    sa.Column("status", token_status, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    _at("place_at", nullable=False),
    sa.Column("source", token_source, nullable=False),
    _at("created_at", nullable=False),
    _at("called_at"),
    _at("served_at"),
    _at("completed_at"),
    _at("cancelled_at"),
    _uuid("counter_id", nullable=True),
    _uuid("call_id", nullable=True),
    _uuid("served_by", nullable=True),
    sa.Column("estimated_wait_time", sa.Integer),
    sa.Column("actual_wait_time", sa.Integer),
    sa.Column("service_duration", sa.Integer),
    sa.Column("wait_s", sa.Integer),
    sa.Column("service_s", sa.Integer),
    sa.Column("why", pg.JSONB),
    sa.Column("metadata", pg.JSONB, nullable=False),
    _uuid("target_counter_id", nullable=True),
    _uuid("target_user_id", nullable=True),
    sa.Column("target_id", sa.Uuid, sa.Computed("coalesce(target_counter_id, target_user_id)")),
    _at("targeted_at"),
    sa.Column("emergency", sa.String(100)),
    sa.Column("park_reason", sa.String(100)),
    _at("parked_at"),
    _at("wake_at"),
    sa.Column("cancel_reason", sa.String(100)),
    sa.Column("visitor", sa.LargeBinary),
    sa.Column("promise_low_s", sa.Integer),
    sa.Column("promise_median_s", sa.Integer),
    sa.Column("promise_high_s", sa.Integer),
    sa.Column("revision", sa.BigInteger, nullable=False),
    _uuid("changed_by", nullable=True),
)  # fmt: skip

token_calls = sa.Table(
    "token_calls", metadata,
    _id(),
    _uuid("organization_id"),
    _uuid("token_id"),
    sa.Column("service_day", sa.Date, nullable=False),
    sa.Column("number", sa.String(10), nullable=False),
    sa.Column("customer_type", sa.String(32), nullable=False),
    _uuid("counter_id"),
    _uuid("user_id", nullable=True),
    _at("place_at", nullable=False),
    _at("called_at", nullable=False),
    _at("announced_at", nullable=False),
    sa.Column("announced_revision", sa.BigInteger, nullable=False),
    sa.Column("recall_count", sa.Integer, nullable=False),
    _at("started_at"),
    _at("ended_at"),
    sa.Column("outcome", call_outcome),
    sa.Column("withdrawn", sa.Boolean, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("rule", sa.String(20)),
    sa.Column("overtook", sa.Integer),
)  # fmt: skip

active_calls = sa.Table(
    "active_calls", metadata,
    sa.Column("counter_id", sa.Uuid, primary_key=True),
    _uuid("token_id"),
)  # fmt: skip

live_numbers = sa.Table(
    "live_numbers", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.String(10), primary_key=True),
    _uuid("token_id"),
)  # fmt: skip

call_receipts = sa.Table(
    "call_receipts", metadata,
    sa.Column("call_id", sa.Uuid, primary_key=True),
    sa.Column("device_id", sa.Uuid, primary_key=True),
    _at("shown_at"),
    _at("spoken_at"),
)  # fmt: skip

undo_steps = sa.Table(
    "undo_steps", metadata,
    sa.Column("desk_id", sa.Uuid, primary_key=True),
    _uuid("organization_id"),
    _uuid("user_id"),
    _uuid("token_id"),
    sa.Column("command", sa.String(20), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("before", pg.JSONB),
    _at("created_at", nullable=False),
)  # fmt: skip

events = sa.Table(
    "events", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("payload", pg.JSONB, nullable=False),
    _at("created_at", nullable=False),
)  # fmt: skip

idempotency_keys = sa.Table(
    "idempotency_keys", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("actor_id", sa.Uuid, primary_key=True),
    sa.Column("request_id", sa.Uuid, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("answer", pg.JSONB, nullable=False),
    _at("created_at", nullable=False),
)  # fmt: skip

system_logs = sa.Table(
    "system_logs", metadata,
    _id(),
    _uuid("organization_id", nullable=True),
    _uuid("user_id", nullable=True),
    sa.Column("action", sa.String(50), nullable=False),
    sa.Column("entity_type", sa.String(50)),
    _uuid("entity_id", nullable=True),
    sa.Column("details", pg.JSONB),
    sa.Column("ip_address", pg.INET),
    sa.Column("user_agent", sa.Text),
    _at("created_at", nullable=False),
    sa.Column("seal", sa.BigInteger),
)  # fmt: skip

audit_seals = sa.Table(
    "audit_seals", metadata,
    sa.Column("scope", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True),
    sa.Column("format", sa.SmallInteger, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("digests", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    _at("sealed_at", nullable=False),
)  # fmt: skip

service_sessions = sa.Table(
    "service_sessions", metadata,
    _id(),
    _uuid("staff_id"),
    _uuid("organization_id"),
    _uuid("counter_id"),
    _at("started_at", nullable=False),
    _at("ended_at"),
    sa.Column("tokens_served", sa.Integer, nullable=False),
    sa.Column("average_service_time", sa.Numeric(7, 2)),
    sa.Column("break_time", sa.Integer, nullable=False),
    sa.Column("notes", sa.Text),
)  # fmt: skip

analytics_snapshots = sa.Table(
    "analytics_snapshots", metadata,
    _id(),
    _uuid("organization_id"),
    sa.Column("snapshot_date", sa.Date, nullable=False),
    sa.Column("total_tokens", sa.Integer, nullable=False),
    sa.Column("tokens_by_type", pg.JSONB, nullable=False),
    sa.Column("average_wait_time", sa.Numeric(7, 2)),
    sa.Column("peak_hours", pg.JSONB, nullable=False),
    sa.Column("staff_performance", pg.JSONB, nullable=False),
    _at("created_at", nullable=False),
)  # fmt: skip

estimate_models = sa.Table(
    "estimate_models", metadata,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("model", pg.JSONB, nullable=False),
    _at("learned_at", nullable=False),
)  # fmt: skip
