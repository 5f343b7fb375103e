"""The migrated database is what the code believes it to be."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from clients.core.queue_state import apply, from_snapshot, to_snapshot
from server.domain.access import Actor
from server.domain.errors import NothingToUndo
from server.infra.embedded_postgres import EmbeddedPostgres
from server.infra.embedded_postgres.lifecycle import OWNER
from server.store import migrate
from server.store.engine import Database
from server.store.errors import DatabaseUnusable
from server.store.migrate import upgrade
from server.store.tables import metadata
from shared.events import EVENT_ADAPTER
from shared.ids import Audience, CounterId, OrganizationId, Revision, TokenId, TokenStatus, UserId, UserRole
from shared.roles import MATRIX
from tests.db.truths import frames_after, one, snapshot_of
from tests.site import Desk, Site, TestPerson

# What the tables module must have right: it is for composing queries. The rest is the migration's.
COMPARED = {
    "add_table", "remove_table", "add_column", "remove_column", "modify_type", "modify_nullable",
}  # fmt: skip


def differences(url: str) -> list[str]:
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    # A change of a column comes as a list of its parts.
    parts = [part for each in found for part in (each if isinstance(each, list) else [each])]
    return [str(part) for part in parts if part[0] in COMPARED and not _is_side_table(part)]


def _is_side_table(part: tuple[object, ...]) -> bool:
    """A partition of the tokens, Alembic's own, or procrastinate's."""
    name = getattr(part[1], "name", "")
    return part[0] == "remove_table" and str(name).startswith(("tokens_", "alembic_", "procrastinate_"))


class TestSchema:
    def test_columns_and_types_are_those_of_the_tables_module(self, database_url: str) -> None:
        assert differences(database_url) == []

    def test_the_comparison_sees_a_column_that_is_not_there(self, database_url: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE counters DROP COLUMN position")
        assert any("position" in each for each in differences(database_url))

    def test_upgrading_twice_changes_nothing(self, database_url: str) -> None:
        upgrade(database_url)
        assert differences(database_url) == []

    def test_every_index_and_unique_constraint_is_named_by_hand(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            names = [
                row[0]
                for row in connection.execute(
                    "SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
                    " WHERE t.relnamespace = 'public'::regnamespace AND contype IN ('u', 'c', 'p')"
                    " AND t.relname !~ '^(tokens_|alembic)'"
                )
            ]
        assert names
        assert not [name for name in names if name[-1].isdigit()], "PostgreSQL numbers what has no name"

    def test_all_times_have_a_zone(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            naive = connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
            ).fetchall()
        assert naive == []

    def test_a_newer_schema_is_refused_with_a_sentence(self, database_url: str) -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseUnusable, match="another version of Callboard"):
            upgrade(database_url)

    def test_an_unreachable_database_is_refused_with_a_sentence(self) -> None:
        with pytest.raises(DatabaseUnusable, match="does not answer"):
            upgrade("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")


class TestPartitions:
    def test_tokens_lie_in_the_partition_of_their_year(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            partitions = {
                row[0]
                for row in connection.execute(
                    "SELECT relname FROM pg_class WHERE oid IN"
                    " (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'tokens'::regclass)"
                )
            }
            year = connection.execute("SELECT extract(year FROM now())::int").fetchone()
        assert year is not None
        expected = {f"tokens_y{number}" for number in range(year[0] - 1, year[0] + 3)}
        assert partitions == expected | {"tokens_default"}

    def test_a_missing_partition_loses_nothing(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            organization = connection.execute(
                "INSERT INTO organizations (name) VALUES ('x') RETURNING id"
            ).fetchone()
            assert organization is not None
            connection.execute(
                "INSERT INTO tokens (id, organization_id, service_day, number, customer_type, place_at,"
                " source, created_at) VALUES (gen_random_uuid(), %s, '2150-05-05', 'A001', 'instant',"
                " now(), 'staff', now())",
                organization,
            )
            found = connection.execute("SELECT tableoid::regclass::text FROM tokens").fetchone()
        assert found == ("tokens_default",)


OLD_DATA = """
INSERT INTO organizations (id, name, time_zone, priority_levels)
    VALUES ('10000000-0000-4000-8000-000000000001', 'City Hall', 'UTC', '{10,30}');
INSERT INTO organization_revisions (organization_id, revision) SELECT id, 2 FROM organizations;
INSERT INTO users (id, organization_id, username, display_name, password_hash, role)
    SELECT '20000000-0000-4000-8000-000000000001', id, 'marta', 'Marta', 'x', 'staff' FROM organizations;
INSERT INTO memberships (user_id, organization_id, role) SELECT id, organization_id, role FROM users;
INSERT INTO queue_configurations
    (organization_id, customer_type, name, prefix, waiting_count, current_number, series_day)
    SELECT id, 'instant', 'Quick service', 'A', 1, 2, current_date FROM organizations;
INSERT INTO counters (id, organization_id, label, name, opened_at, opened_by)
    SELECT '30000000-0000-4000-8000-000000000001', organization_id, '1', 'Counter 1', now(), id FROM users;
INSERT INTO service_sessions (staff_id, organization_id, counter_id, started_at)
    SELECT opened_by, organization_id, id, now() FROM counters;
INSERT INTO tokens (id, organization_id, service_day, number, customer_type, status, place_at, source,
                    created_at, called_at, counter_id, call_id, notes)
    SELECT ('40000000-0000-4000-8000-00000000000' || n)::uuid, c.organization_id, current_date,
           'A00' || n, 'instant', (ARRAY['called', 'waiting'])[n]::token_status, now() - interval '1 hour',
           'staff', now() - interval '1 hour', CASE n WHEN 1 THEN now() END, CASE n WHEN 1 THEN c.id END,
           CASE n WHEN 1 THEN '50000000-0000-4000-8000-000000000001'::uuid END, 'old'
    FROM counters c, generate_series(1, 2) n;
INSERT INTO live_numbers SELECT organization_id, number, id FROM tokens;
INSERT INTO token_calls (id, organization_id, token_id, service_day, number, customer_type, counter_id,
                         user_id, place_at, called_at, announced_at, announced_revision)
    SELECT call_id, organization_id, id, service_day, number, customer_type, counter_id,
           '20000000-0000-4000-8000-000000000001', place_at, called_at, called_at, 2
    FROM tokens WHERE status = 'called';
INSERT INTO active_calls SELECT counter_id, token_id FROM token_calls;
INSERT INTO events (organization_id, revision, type, payload, created_at)
    SELECT organization_id, 1, 'token_created', jsonb_build_object('type', 'token_created', 'revision', 1,
           'at', created_at, 'token', jsonb_build_object('id', id, 'number', number,
           'customer_type', customer_type,
           'status', 'waiting', 'created_at', created_at)), created_at FROM tokens WHERE number = 'A002';
"""


class TestUpgradeWithData:
    """What version 0001 had written still works after all later migrations."""

    @pytest.fixture
    def upgraded_url(self, postgres_server: EmbeddedPostgres) -> Iterator[str]:
        name = f"old_{secrets.token_hex(4)}"
        with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
        url = postgres_server.url_for(name)
        first = Path(migrate.__file__).parent / "migrations" / "versions" / "0001_first.sql"
        with psycopg.connect(url) as connection:
            connection.execute(first.read_text(encoding="utf-8"))
            connection.execute(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
                " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.execute("INSERT INTO alembic_version VALUES ('0001')")
            connection.execute(OLD_DATA)
        upgrade(url)
        yield url
        with psycopg.connect(postgres_server.superuser_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def test_has_the_schema_of_a_fresh_database(self, upgraded_url: str, database_url: str) -> None:
        assert differences(upgraded_url) == []
        look = (
            "SELECT table_name, column_name, data_type, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
        indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        for query in (look, indexes):
            found = []
            for url in (upgraded_url, database_url):
                with psycopg.connect(url) as connection:
                    found.append(connection.execute(query).fetchall())
            assert found[0] == found[1]

    async def test_the_day_goes_on(self, upgraded_url: str) -> None:
        database = Database(upgraded_url, size=4)
        await database.open()
        try:
            organization_id = OrganizationId(UUID("10000000-0000-4000-8000-000000000001"))
            counter_id = CounterId(UUID("30000000-0000-4000-8000-000000000001"))
            site = Site(database=database, organization_id=organization_id, counter_ids=[counter_id])
            actor = Actor(
                user_id=UserId(UUID("20000000-0000-4000-8000-000000000001")),
                organization_id=organization_id,
                role=UserRole.STAFF,
                permissions=MATRIX[UserRole.STAFF],
            )
            person = TestPerson(actor=actor, username="marta", display_name="Marta")
            desk = Desk(site=site, person=person, counter_id=counter_id)
            states = {each: from_snapshot(await snapshot_of(site, each)) for each in Audience}
            with pytest.raises(NothingToUndo):
                await desk.undo()
            called = await site.token(TokenId(UUID("40000000-0000-4000-8000-000000000001")))
            assert called.status is TokenStatus.CALLED
            await desk.recall(called.id)
            await desk.start(called.id)
            await desk.complete(called.id)
            await desk.undo()
            await desk.complete(called.id)
            waiting = (await desk.call_next()).token
            assert waiting.number == "A002"
            await desk.transfer(waiting.id, counter_id=counter_id)
            await desk.begin_break()
            await desk.end_break()
            assert (await desk.take(visitor={"name": "Ana"})).token.number == "A003"
            frames = await frames_after(site, Revision(0))
            for audience, state in states.items():
                followed = state
                for text in frames[audience]:
                    followed = apply(followed, EVENT_ADAPTER.validate_json(text))
                snapshot = await snapshot_of(site, audience)
                assert to_snapshot(followed, now=snapshot.now) == snapshot
            await desk.call_next()
            await desk.finish()
            await desk.close()
            session = await one(database, "SELECT tokens_served FROM service_sessions")
            assert session["tokens_served"] == 2
        finally:
            await database.close()
