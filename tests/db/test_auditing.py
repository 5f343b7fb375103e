"""The audit cannot be changed, and what is changed all the same is found."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from server.domain.audit import NO_ORGANIZATION, Flaw, Head
from server.infra import audit_heads
from server.infra.embedded_postgres import EmbeddedPostgres
from server.jobs import auditing as jobs
from server.store import audit as audit_store
from server.store import journal
from server.store.engine import Database
from server.usecases import auditing
from server.usecases.auditing import Verdict
from shared.ids import OrganizationId
from tests.db.job_runners import services_of
from tests.site import Site, make_site

Damage = Callable[..., None]


@pytest.fixture
def damage(postgres_server: EmbeddedPostgres, database_url: str) -> Damage:
    """Does to the database what only a superuser can who takes the guards away first."""

    def do(*statements: str) -> None:
        name = urlsplit(database_url).path.removeprefix("/")
        with psycopg.connect(postgres_server.superuser_url_for(name)) as connection:
            for table in ("system_logs", "audit_seals"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, statement
            for table in ("system_logs", "audit_seals"):
                connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return do


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection]:
    """The application's own role, which owns the tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


async def write(database: Database, scope: OrganizationId | None, *actions: str) -> None:
    """Audit rows of an organization, or of none."""
    async with database.unit_of_work() as tx:
        for action in actions:
            await journal.log(tx, scope, journal.AuditEntry(user_id=None, action=action, details={"n": 1}))


async def grow(site: Site, *, seals: int = 3, rows: int = 4) -> Head:
    """A chain of some seals with some rows each; gives its head."""
    await auditing.seal(site.database)
    for number in range(seals):
        await write(site.database, site.organization_id, *(f"act_{number}_{n}" for n in range(rows)))
        await auditing.seal(site.database)
    heads, _ = await auditing.remember(site.database, {})
    return heads[site.organization_id]


async def verdict(site: Site, known: Head | None = None) -> Verdict:
    return await auditing.verify(site.database, site.organization_id, known)


async def flaw(site: Site, known: Head | None = None) -> Flaw:
    """The only thing that is wrong."""
    [found] = (await verdict(site, known)).flaws
    return found


def counts(found: Flaw) -> tuple[int, int, int]:
    return found.missing, found.changed, found.added


class TestAppendOnly:
    @pytest.mark.parametrize("who", ["owner", "superuser"])
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE system_logs SET action = 'nothing'",
            "UPDATE system_logs SET details = '{\"n\": 1.0}'",
            "UPDATE system_logs SET user_id = gen_random_uuid(), seal = 1",
            "UPDATE system_logs SET created_at = created_at + interval '1 microsecond', seal = 1",
            "UPDATE system_logs SET seal = NULL",
            "UPDATE system_logs SET organization_id = NULL",
            "DELETE FROM system_logs",
            "TRUNCATE system_logs",
            "TRUNCATE organizations CASCADE",
            "INSERT INTO system_logs (action, seal) VALUES ('forged', 1)",
            "UPDATE audit_seals SET hash = ''",
            "DELETE FROM audit_seals",
            "TRUNCATE audit_seals",
        ],
    )
    async def test_nothing_is_changed_or_removed(
        self,
        site: Site,
        owner: psycopg.Connection,
        postgres_server: EmbeddedPostgres,
        who: str,
        statement: str,
    ) -> None:
        await grow(site, seals=1)
        await write(site.database, site.organization_id, "unsealed")
        url = postgres_server.superuser_url_for(owner.info.dbname)
        with psycopg.connect(url, autocommit=True) as superuser:
            connection = owner if who == "owner" else superuser
            before = connection.execute("SELECT * FROM system_logs ORDER BY id").fetchall()
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                connection.execute(statement)  # type: ignore[call-overload]  # not a literal
            assert connection.execute("SELECT * FROM system_logs ORDER BY id").fetchall() == before

    async def test_a_row_takes_one_seal_and_never_another(
        self, site: Site, owner: psycopg.Connection
    ) -> None:
        await grow(site, seals=2)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("UPDATE system_logs SET seal = 1 WHERE seal = 2")

    async def test_saying_that_it_is_old_lets_no_young_row_go(
        self, site: Site, owner: psycopg.Connection
    ) -> None:
        await grow(site, seals=1)
        owner.execute("SET callboard.audit_retention = 'on'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("DELETE FROM system_logs")


class TestSeal:
    async def test_every_committed_row_comes_under_one_seal_of_its_organization(
        self, site: Site, database: Database
    ) -> None:
        other = await make_site(database, name="Library")
        await write(database, None, "sign_in_refused")
        await write(database, site.organization_id, "a", "b")
        assert await auditing.seal(database) == 5
        assert await auditing.seal(database) == 0
        found = {
            scope: (await auditing.verify(database, scope, None)).rows
            for scope in (site.organization_id, other.organization_id, NO_ORGANIZATION)
        }
        assert list(found.values()) == [3, 1, 1]

    async def test_a_row_that_commits_late_comes_under_the_next_seal(
        self, site: Site, database: Database
    ) -> None:
        late = database.unit_of_work()
        tx = await late.__aenter__()
        await journal.log(tx, site.organization_id, journal.AuditEntry(user_id=None, action="late"))
        await write(database, site.organization_id, "in_time")
        await auditing.seal(database)
        await late.__aexit__(None, None, None)
        assert await auditing.seal(database) == 1
        async with database.unit_of_work() as tx:
            rows = await tx.all(
                "SELECT action, seal FROM system_logs WHERE action IN ('late', 'in_time') ORDER BY created_at"
            )
        assert [(row["action"], row["seal"]) for row in rows] == [("late", 2), ("in_time", 1)]
        assert (await verdict(site)).flaws == ()

    async def test_nothing_is_lost_or_sealed_twice_while_rows_come_and_several_seal(
        self, site: Site, database: Database
    ) -> None:
        writing = [write(database, site.organization_id, *["act"] * 5) for _ in range(40)]
        sealing = [auditing.seal(database) for _ in range(10)]
        _, sealed = await asyncio.gather(asyncio.gather(*writing), asyncio.gather(*sealing))
        last = await auditing.seal(database)
        found = await verdict(site)
        assert found.flaws == ()
        assert found.rows == sum(sealed) + last == 201

    async def test_only_one_holds_a_chain(self, site: Site, database: Database) -> None:
        async with database.unit_of_work() as tx:
            assert await audit_store.hold_chain(tx, site.organization_id)
            assert await auditing.seal(database) == 0
        assert await auditing.seal(database) == 1

    async def test_what_breaks_off_half_way_leaves_nothing(
        self, site: Site, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_seal = audit_store.add_seal

        async def killed(*arguments: object) -> int:
            await add_seal(*arguments)  # type: ignore[arg-type]
            raise ConnectionError

        monkeypatch.setattr(audit_store, "add_seal", killed)
        with pytest.raises(ConnectionError):
            await auditing.seal(database)
        monkeypatch.undo()
        found = await verdict(site)
        assert (found.seals, found.rows, found.waiting) == (0, 0, 1)
        assert await auditing.seal(database) == 1
        assert (await verdict(site)).flaws == ()

    async def test_commands_do_not_wait_for_it(self, site: Site, database: Database) -> None:
        person = await site.add_person()
        async with database.unit_of_work() as tx:
            await audit_store.hold_chain(tx, site.organization_id)
            rows = await audit_store.unsealed(tx, site.organization_id, at_most=10)
            made = auditing.rules.sealed(site.organization_id, None, rows, at=await tx.now())
            await audit_store.add_seal(tx, made, rows)
            async with asyncio.timeout(2):
                await site.take(person)

    async def test_more_rows_than_one_seal_takes_come_under_several(
        self, site: Site, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(auditing, "SEAL_AT_ONCE", 3)
        monkeypatch.setattr(auditing, "VERIFY_AT_ONCE", 4)
        await write(database, site.organization_id, *"abcdefg")
        assert await auditing.seal(database) == 8
        found = await verdict(site)
        assert (found.seals, found.rows, found.flaws) == (3, 8, ())

    async def test_any_text_of_a_stranger_is_sealed_and_found_again(
        self, site: Site, database: Database
    ) -> None:
        entry = journal.AuditEntry(
            user_id=None,
            action="act",
            details={"text": 'é" \\ \u2028 😀', "number": 1e300, "nested": [None, {"a": []}]},
            address="2001:db8::1",
            user_agent='","\\ \u0085 ٣',
        )
        async with database.unit_of_work() as tx:
            await journal.log(tx, site.organization_id, entry)
        await auditing.seal(database)
        assert (await verdict(site)).flaws == ()

    async def test_sessions_in_another_time_zone_see_the_same(
        self, site: Site, owner: psycopg.Connection
    ) -> None:
        await grow(site)
        owner.execute(
            "ALTER ROLE CURRENT_USER SET timezone = 'Asia/Kolkata';"
            " ALTER ROLE CURRENT_USER SET extra_float_digits = 0"
        )
        try:
            another = Database(site.database.conninfo, size=2)
            await another.open()
            found = await auditing.verify(another, site.organization_id, None)
            await another.close()
        finally:
            owner.execute("ALTER ROLE CURRENT_USER RESET ALL")
        assert (found.rows, found.flaws) == (13, ())


class TestVerify:
    async def test_what_nobody_touched_is_unbroken(self, site: Site) -> None:
        head = await grow(site, seals=3, rows=4)
        await write(site.database, site.organization_id, "new", "newer")
        found = await verdict(site, head)
        assert (found.seals, found.rows, found.waiting, found.flaws) == (4, 13, 2, ())
        assert found.newest is not None
        assert found.newest.hash == head.hash

    async def test_a_removed_row(self, site: Site, damage: Damage) -> None:
        head = await grow(site)
        damage("DELETE FROM system_logs WHERE action = 'act_1_2'")
        found = await flaw(site, head)
        assert (found.number, counts(found)) == (3, (1, 0, 0))
        assert found.since is not None
        assert found.until is not None
        assert found.since < found.until <= datetime.now(UTC)

    @pytest.mark.parametrize(
        "change",
        [
            "action = 'act_1_9'",
            "user_id = gen_random_uuid()",
            "entity_type = 'token'",
            "entity_id = gen_random_uuid()",
            "details = '{\"n\": 2}'",
            "details = '{\"n\": 1.0}'",
            "details = NULL",
            "ip_address = '192.0.2.1'",
            "user_agent = ''",
            "created_at = created_at + interval '1 microsecond'",
            "id = gen_random_uuid()",
        ],
    )
    async def test_a_changed_row(self, site: Site, damage: Damage, change: str) -> None:
        await grow(site)
        damage(f"UPDATE system_logs SET {change} WHERE action = 'act_1_2'")
        found = await flaw(site)
        assert (found.number, counts(found)) == (3, (0, 1, 0))

    async def test_a_row_that_was_put_in(self, site: Site, damage: Damage) -> None:
        await grow(site)
        damage(
            "INSERT INTO system_logs (organization_id, action, seal)"
            f" VALUES ('{site.organization_id}', 'forged', 2)"
        )
        found = await flaw(site)
        assert (found.number, counts(found)) == (2, (0, 0, 1))

    async def test_a_row_that_was_given_to_another_seal_or_organization(
        self, site: Site, damage: Damage
    ) -> None:
        await grow(site)
        damage("UPDATE system_logs SET seal = 4 WHERE action = 'act_1_2'")
        first, second = (await verdict(site)).flaws
        assert (first.number, counts(first)) == (3, (1, 0, 0))
        assert (second.number, counts(second)) == (4, (0, 0, 1))
        damage("UPDATE system_logs SET seal = NULL, organization_id = NULL WHERE action = 'act_1_2'")
        assert counts(await flaw(site)) == (1, 0, 0)

    async def test_a_row_that_was_changed_with_its_digest(self, site: Site, damage: Damage) -> None:
        await grow(site)
        async with site.database.unit_of_work() as tx:
            rows = (await audit_store.rows_of(tx, site.organization_id, 3, 3))[3]
            [seal] = [
                seal
                for seal in await audit_store.seals_after(tx, site.organization_id, 0, at_most_rows=99)
                if seal.number == 3
            ]
        assert {auditing.rules.digest(row) for row in rows} == {
            seal.digests[at : at + 32] for at in range(0, len(seal.digests), 32)
        }
        changed = auditing.rules.sealed(
            site.organization_id, None, [row for row in rows if row.action != "act_1_0"], at=seal.sealed_at
        )
        damage(
            "DELETE FROM system_logs WHERE action = 'act_1_0'",
            f"UPDATE audit_seals SET digests = '\\x{changed.digests.hex()}', entries = 3 WHERE number = 3"
            f" AND scope = '{site.organization_id}'",
        )
        found = (await verdict(site)).flaws
        assert found[0].number == 3
        assert "changed" in [each.what for each in found if each.number == 3][-1]

    async def test_a_chain_that_was_written_anew_from_a_row_on(self, site: Site, damage: Damage) -> None:
        head = await grow(site, seals=2)
        scope = site.organization_id
        damage(
            f"DELETE FROM audit_seals WHERE number > 2 AND scope = '{scope}'",
            "DELETE FROM system_logs WHERE action = 'act_1_2'",
            f"UPDATE system_logs SET seal = NULL WHERE seal > 2 AND organization_id = '{scope}'",
        )
        await auditing.seal(site.database)
        assert (await verdict(site)).flaws == (), "from inside nobody can tell"
        found = await flaw(site, head)
        assert found.number == 3
        assert "anew" in found.what
        _, lost = await auditing.remember(site.database, {scope: head})
        assert lost == [scope]

    async def test_the_newest_seal_removed_with_its_rows(self, site: Site, damage: Damage) -> None:
        head = await grow(site)
        scope = site.organization_id
        damage(
            f"DELETE FROM audit_seals WHERE number = 4 AND scope = '{scope}'",
            f"DELETE FROM system_logs WHERE seal = 4 AND organization_id = '{scope}'",
        )
        assert (await verdict(site)).flaws == (), "from inside nobody can tell"
        found = await flaw(site, head)
        assert (found.number, counts(found)) == (4, (4, 0, 0))
        assert found.until == head.sealed_at
        # Nor does it help to wait for the next one.
        await write(site.database, scope, "later")
        await auditing.seal(site.database)
        assert "anew" in (await flaw(site, head)).what

    async def test_everything_removed(self, site: Site, damage: Damage) -> None:
        head = await grow(site)
        damage("DELETE FROM audit_seals", "DELETE FROM system_logs")
        found = await flaw(site, head)
        assert (found.number, counts(found)) == (1, (13, 0, 0))

    async def test_the_newest_seal_removed_without_its_rows(self, site: Site, damage: Damage) -> None:
        head = await grow(site)
        damage(f"DELETE FROM audit_seals WHERE number = 4 AND scope = '{site.organization_id}'")
        assert "missing" in (await flaw(site)).what
        assert counts(await flaw(site, head)) == (0, 0, 0)

    async def test_a_seal_in_the_middle_removed_with_its_rows(self, site: Site, damage: Damage) -> None:
        await grow(site)
        scope = site.organization_id
        damage(f"DELETE FROM audit_seals WHERE number = 2 AND scope = '{scope}'")
        found = await flaw(site)
        assert (found.number, counts(found)) == (2, (0, 0, 0))
        damage(f"DELETE FROM system_logs WHERE seal = 2 AND organization_id = '{scope}'")
        found = await flaw(site)
        assert (found.number, counts(found)) == (2, (4, 0, 0))

    async def test_the_first_seals_removed(self, site: Site, damage: Damage) -> None:
        await grow(site)
        scope = site.organization_id
        damage(
            f"DELETE FROM audit_seals WHERE number < 3 AND scope = '{scope}'",
            f"DELETE FROM system_logs WHERE seal < 3 AND organization_id = '{scope}'",
        )
        found = await flaw(site)
        assert (found.number, found.since, counts(found)) == (1, None, (5, 0, 0))

    async def test_seals_that_changed_places(self, site: Site, damage: Damage) -> None:
        await grow(site)
        scope = site.organization_id
        swap = "CASE {0} WHEN 2 THEN 3 ELSE 2 END"
        damage(
            f"UPDATE audit_seals SET number = -number WHERE number IN (2, 3) AND scope = '{scope}'",
            f"UPDATE audit_seals SET number = {swap.format('-number')} WHERE number < 0",
            f"UPDATE system_logs SET seal = {swap.format('seal')}"
            f" WHERE seal IN (2, 3) AND organization_id = '{scope}'",
        )
        found = (await verdict(site)).flaws
        assert found[0].number == 2
        assert {each.number for each in found} == {2, 3, 4}

    @pytest.mark.parametrize(
        "change",
        ["sealed_at = sealed_at - interval '1 day'", "total = total + 1", "entries = 9", "hash = '\\x00'",
         "previous = '\\x00'", "digests = digests || '\\x00'", "format = 2"],
    )  # fmt: skip
    async def test_a_seal_that_was_changed(self, site: Site, damage: Damage, change: str) -> None:
        await grow(site)
        damage(f"UPDATE audit_seals SET {change} WHERE number = 2 AND scope = '{site.organization_id}'")
        assert (await verdict(site)).flaws[0].number == 2

    async def test_one_organizations_damage_is_not_anothers(
        self, site: Site, damage: Damage, database: Database
    ) -> None:
        other = await make_site(database, name="Library")
        await grow(site)
        await grow(other)
        damage(f"DELETE FROM system_logs WHERE seal = 2 AND organization_id = '{site.organization_id}'")
        assert len((await verdict(site)).flaws) == 1
        assert (await verdict(other)).flaws == ()


class TestForget:
    async def old(self, site: Site, *, seals: int = 3) -> None:
        """Seals of ninety days ago, and one of today."""
        long_ago = datetime.now(UTC) - timedelta(days=90)
        for number in range(seals):
            await write(site.database, site.organization_id, f"old_{number}", f"old_{number}")
            await auditing.seal_some(
                site.database, site.organization_id, at=long_ago + timedelta(minutes=number)
            )
        await write(site.database, site.organization_id, "young")
        await auditing.seal(site.database)

    async def test_whole_old_seals_go_and_the_chain_stays(self, site: Site) -> None:
        await self.old(site)
        gone = await auditing.forget(site.database, site.organization_id, older_than=timedelta(days=60))
        assert gone == 7
        found = await verdict(site)
        assert (found.seals, found.rows, found.forgotten, found.flaws) == (4, 1, 7, ())
        assert found.waiting == 1, "that it was forgotten is in the audit"
        assert await auditing.forget(site.database, site.organization_id, older_than=timedelta(days=60)) == 0

    async def test_in_steps_of_whole_seals(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        await self.old(site, seals=5)
        monkeypatch.setattr(auditing, "SEAL_AT_ONCE", 3)
        assert await auditing.forget(site.database, site.organization_id, older_than=timedelta(days=60)) == 11
        found = await verdict(site)
        assert (found.forgotten, found.flaws) == (11, ())

    async def test_rows_of_no_organization_too(self, database: Database) -> None:
        await write(database, None, "sign_in_refused")
        await auditing.seal_some(database, NO_ORGANIZATION, at=datetime.now(UTC) - timedelta(days=90))
        assert await auditing.forget(database, NO_ORGANIZATION, older_than=timedelta(days=60)) == 1
        found = await auditing.verify(database, NO_ORGANIZATION, None)
        assert (found.forgotten, found.flaws) == (1, ())

    async def test_what_remains_of_forgotten_seals_cannot_be_changed(
        self, site: Site, damage: Damage
    ) -> None:
        await self.old(site)
        await auditing.forget(site.database, site.organization_id, older_than=timedelta(days=60))
        damage(f"UPDATE audit_seals SET entries = 1 WHERE number = 2 AND scope = '{site.organization_id}'")
        assert (await verdict(site)).flaws[0].number == 2

    async def test_a_young_seal_that_is_said_to_be_forgotten_is_not_believed(
        self, site: Site, damage: Damage
    ) -> None:
        await grow(site)
        async with site.database.unit_of_work() as tx:
            entry = journal.AuditEntry(user_id=None, action="forget_audit", details={"through": 3})
            await journal.log(tx, site.organization_id, entry)
        damage(f"DELETE FROM system_logs WHERE seal = 2 AND organization_id = '{site.organization_id}'")
        assert counts(await flaw(site)) == (4, 0, 0)

    async def test_nothing_younger_than_a_month_goes_whatever_is_asked(self, site: Site) -> None:
        await grow(site)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await auditing.forget(site.database, site.organization_id, older_than=timedelta(days=-1))
        assert (await verdict(site)).flaws == ()


class TestJobs:
    async def test_seals_and_remembers_the_newest_seals(
        self, site: Site, database: Database, tmp_path: Path
    ) -> None:
        services = services_of(database, data_dir=tmp_path)
        await jobs.seal_audit(services)
        known = audit_heads.read(tmp_path / audit_heads.FILE)
        assert known[site.organization_id].number == 1
        await write(database, site.organization_id, "act")
        await jobs.seal_audit(services)
        assert audit_heads.read(tmp_path / audit_heads.FILE)[site.organization_id].number == 2

    async def test_a_lost_seal_stays_remembered_until_it_is_accepted(
        self, site: Site, database: Database, damage: Damage, tmp_path: Path
    ) -> None:
        services = services_of(database, data_dir=tmp_path)
        path = tmp_path / audit_heads.FILE
        head = await grow(site)
        await jobs.seal_audit(services)
        scope = site.organization_id
        damage(
            f"DELETE FROM audit_seals WHERE number = 4 AND scope = '{scope}'",
            f"DELETE FROM system_logs WHERE seal = 4 AND organization_id = '{scope}'",
        )
        for _ in range(3):
            await write(database, scope, "later")
            await jobs.seal_audit(services)
        assert audit_heads.read(path)[scope] == head

    async def test_old_rows_go_only_where_the_settings_say_so(
        self, site: Site, database: Database, tmp_path: Path
    ) -> None:
        await TestForget().old(site)
        await jobs.forget_audit(services_of(database, data_dir=tmp_path))
        assert (await verdict(site)).forgotten == 0
        await jobs.forget_audit(services_of(database, data_dir=tmp_path, audit_keep_days=60))
        assert (await verdict(site)).forgotten == 7


class TestHeadsFile:
    def test_gives_back_what_was_written(self, tmp_path: Path) -> None:
        head = Head(number=7, total=9, hash=bytes(range(32)), sealed_at=datetime.now(UTC))
        heads = {OrganizationId(uuid4()): head, OrganizationId(UUID(int=0)): head}
        audit_heads.write(tmp_path / "new" / "heads.json", heads)
        assert audit_heads.read(tmp_path / "new" / "heads.json") == heads

    def test_there_may_be_none(self, tmp_path: Path) -> None:
        assert audit_heads.read(tmp_path / "heads.json") == {}

    @pytest.mark.parametrize(
        "text", ["", "[]", "{", '{"x": {}}', '{"00000000-0000-0000-0000-000000000000": 1}']
    )
    def test_what_is_none_is_refused(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "heads.json").write_text(text)
        with pytest.raises(audit_heads.AuditHeadsUnreadable):
            audit_heads.read(tmp_path / "heads.json")
