"""Thousands who wait and years of past visits, copied from what the server itself has made.

Every column of a copy is that of the real row but for ids, days, numbers and times, so that this holds
while the schema grows.
"""

from typing import LiteralString

import psycopg
from psycopg import sql

A_DAY = 2_500
"""Visits of a past day. A million of them reach back four hundred days."""

# Three a second, each behind the one before, all ahead of the real one.
_WAITING: tuple[LiteralString, ...] = (
    """
CREATE TEMPORARY TABLE copies AS
SELECT gen_random_uuid() AS token_id, 'W' || n AS number, now() - n * interval '0.3 seconds' AS taken_at
FROM generate_series(1, %(tokens)s) n
""",
    """
INSERT INTO tokens ({tokens})
SELECT {tokens} FROM (
    SELECT copy.* FROM copies, tokens AS real, jsonb_populate_record(real, jsonb_build_object(
        'id', copies.token_id, 'number', copies.number, 'created_at', taken_at, 'place_at', taken_at
    )) AS copy
    WHERE real.organization_id = %(organization_id)s AND real.status = 'waiting'
) AS copied
""",
    """
INSERT INTO live_numbers (organization_id, number, token_id)
SELECT %(organization_id)s, number, token_id FROM copies
""",
    """
UPDATE queue_configurations SET waiting_count = waiting_count + %(tokens)s
WHERE organization_id = %(organization_id)s AND waiting_count = 1
""",
)

_PAST: tuple[LiteralString, ...] = (
    # Twenty seconds apart at one counter, so that even the copies never overlap.
    """
CREATE TEMPORARY TABLE past AS
SELECT n, gen_random_uuid() AS token_id, gen_random_uuid() AS call_id,
       (now() AT TIME ZONE 'UTC')::date - 1 - n / %(a_day)s AS day,
       'P' || n %% %(a_day)s AS number,
       date_trunc('day', now(), 'UTC') - (1 + n / %(a_day)s) * interval '1 day'
           + n %% %(a_day)s * interval '20 seconds' + interval '1 hour' AS called_at
FROM generate_series(0, %(tokens)s - 1) n
""",
    """
INSERT INTO tokens ({tokens})
SELECT {tokens} FROM (
    SELECT copy.* FROM past, tokens AS real, jsonb_populate_record(real, jsonb_build_object(
        'id', past.token_id, 'call_id', past.call_id, 'service_day', past.day, 'number', past.number,
        'created_at', past.called_at - interval '10 minutes',
        'place_at', past.called_at - interval '10 minutes', 'called_at', past.called_at,
        'served_at', past.called_at, 'completed_at', past.called_at + interval '15 seconds'
    )) AS copy
    WHERE real.organization_id = %(organization_id)s AND real.status = 'completed'
) AS copied
""",
    # The revision of an announcement is unique in its organization; those of real events begin at 1.
    """
INSERT INTO token_calls ({token_calls})
SELECT {token_calls} FROM (
    SELECT copy.* FROM past, token_calls AS real, jsonb_populate_record(real, jsonb_build_object(
        'id', past.call_id, 'token_id', past.token_id, 'service_day', past.day, 'number', past.number,
        'place_at', past.called_at - interval '10 minutes', 'called_at', past.called_at,
        'announced_at', past.called_at, 'announced_revision', -1 - past.n, 'started_at', past.called_at,
        'ended_at', past.called_at + interval '15 seconds'
    )) AS copy
    WHERE real.organization_id = %(organization_id)s AND real.ended_at IS NOT NULL
) AS copied
""",
)


def copy_tokens(superuser_url: str, organization_id: str, *, waiting: int, past: int) -> None:
    """Copy the one waiting token and the one completed visit of an organization.

    Args:
        superuser_url: of the database; checking a foreign key for each copy would take minutes.
        waiting, past: how many copies of each.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        columns = {table: _columns(connection, table) for table in ("tokens", "token_calls")}
        for statements, tokens in ((_WAITING, waiting), (_PAST, past)):
            values = {"organization_id": organization_id, "tokens": tokens, "a_day": A_DAY}
            for statement in statements:
                connection.execute(sql.SQL(statement).format(**columns), values)
        # What autovacuum would come to do, in the middle of a measurement.
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _columns(connection: psycopg.Connection, table: str) -> sql.Composed:
    """The columns that can be written: the database makes the generated ones itself."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
