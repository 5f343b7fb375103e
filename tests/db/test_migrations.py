"""The migrated database is what the code believes it to be."""

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.store.errors import DatabaseUnusable
from server.store.migrate import upgrade
from server.store.tables import metadata

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
