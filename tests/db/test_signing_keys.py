"""Signing keys change without signing anyone out; compromised ones go at once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest

from server.domain.errors import Unauthenticated
from server.infra.crypto import MasterKey, MasterKeyError, SealingKey
from server.infra.jwt import JwtKeys, JwtKind
from server.store.engine import Database
from server.usecases import signing_keys
from shared.ids import OrganizationId, UserId, UserRole
from tests.live_server import LiveServer
from tests.site import MASTER_KEY, Site

WEEK = timedelta(days=7)


def issued(keys: JwtKeys) -> str:
    return keys.issue(
        JwtKind.REFRESH,
        user_id=UserId(uuid4()),
        organization_id=OrganizationId(uuid4()),
        role=UserRole.STAFF,
        access_version=0,
        session_id=uuid4(),
        lifetime=WEEK,
    )


def kid_of(text: str) -> str:
    return str(jwt.get_unverified_header(text)["kid"])


async def pass_time(database: Database, time: timedelta) -> None:
    async with database.unit_of_work() as tx:
        await tx.execute("UPDATE keys SET created_at = created_at - %(time)s", {"time": time})


async def change(database: Database, *, if_older_than: timedelta = timedelta(0)) -> bool:
    return await signing_keys.change(database, MASTER_KEY, signed_for=WEEK, if_older_than=if_older_than)


async def sealed(database: Database) -> list[bytes]:
    async with database.unit_of_work() as tx:
        return [bytes(row["sealed"]) for row in await tx.all("SELECT sealed FROM keys ORDER BY created_at")]


class TestChange:
    async def test_all_that_was_signed_holds_until_it_ends(self, database: Database) -> None:
        keys = await signing_keys.load_or_create(database, MASTER_KEY)
        first = issued(keys)
        assert await change(database)
        await signing_keys.reload(database, MASTER_KEY, keys)
        assert kid_of(issued(keys)) == kid_of(first), "the new one is only announced"
        await pass_time(database, signing_keys.ANNOUNCED_FOR)
        await signing_keys.reload(database, MASTER_KEY, keys)
        second = issued(keys)
        assert kid_of(second) != kid_of(first)
        await pass_time(database, WEEK)
        assert not await change(database, if_older_than=timedelta(days=90))
        await signing_keys.reload(database, MASTER_KEY, keys)
        assert keys.verify(first, JwtKind.REFRESH)
        await pass_time(database, timedelta(days=1, minutes=1))
        await change(database, if_older_than=timedelta(days=90))
        await signing_keys.reload(database, MASTER_KEY, keys)
        assert keys.verify(second, JwtKind.REFRESH)
        with pytest.raises(Unauthenticated):
            keys.verify(first, JwtKind.REFRESH)
        assert (await sealed(database))[0] == b"", "what the old key was is forgotten"

    async def test_a_server_that_looked_just_before_knows_what_another_one_signs(
        self, database: Database
    ) -> None:
        early = await signing_keys.load_or_create(database, MASTER_KEY)
        await change(database)
        await signing_keys.reload(database, MASTER_KEY, early)
        await pass_time(database, signing_keys.ANNOUNCED_FOR)
        late = await signing_keys.load_or_create(database, MASTER_KEY)
        assert early.verify(issued(late), JwtKind.REFRESH)
        assert timedelta(seconds=signing_keys.LOOKED_FOR_EVERY_S) * 10 < signing_keys.ANNOUNCED_FOR

    async def test_of_many_servers_one_makes_it(self, database: Database) -> None:
        await signing_keys.load_or_create(database, MASTER_KEY)
        await pass_time(database, timedelta(days=91))
        made = await asyncio.gather(*(change(database, if_older_than=timedelta(days=90)) for _ in range(4)))
        assert sorted(made) == [False, False, False, True]

    async def test_a_young_key_stays(self, database: Database) -> None:
        await signing_keys.load_or_create(database, MASTER_KEY)
        assert not await change(database, if_older_than=timedelta(days=90))
        assert len(await sealed(database)) == 1

    async def test_another_master_key_learns_nothing(self, database: Database) -> None:
        keys = await signing_keys.load_or_create(database, MASTER_KEY)
        other = MasterKey(key=SealingKey.random(), origin="another server")
        with pytest.raises(MasterKeyError, match="another server"):
            await signing_keys.reload(database, other, keys)
        assert keys.verify(issued(keys), JwtKind.REFRESH)


class TestCompromised:
    async def test_nothing_that_was_signed_holds(self, database: Database) -> None:
        keys = await signing_keys.load_or_create(database, MASTER_KEY)
        before = issued(keys)
        await change(database)
        assert await signing_keys.replace_all(database, MASTER_KEY) == 2
        await signing_keys.reload(database, MASTER_KEY, keys)
        with pytest.raises(Unauthenticated):
            keys.verify(before, JwtKind.REFRESH)
        assert keys.verify(issued(keys), JwtKind.REFRESH), "the new one signs at once"


class TestServing:
    async def test_a_running_server_follows(
        self, site: Site, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(signing_keys, "LOOKED_FOR_EVERY_S", 0.1)
        person = await site.add_person()
        with LiveServer(
            database_url, JwtKeys({"unused": signing_keys.new_private_key()}), tmp_path
        ) as server:
            master_key = server.master_key
            mine = await signing_keys.load_or_create(site.database, master_key)
            headers = {"Authorization": f"Bearer {person.access_jwt(mine)}"}

            async def status() -> int:
                async with httpx.AsyncClient(base_url=server.url) as http:
                    return (await http.get("/api/v1/auth/me", headers=headers)).status_code

            await self.becomes(status, 200)
            await signing_keys.change(site.database, master_key, signed_for=WEEK, if_older_than=timedelta(0))
            await asyncio.sleep(0.5)
            assert await status() == 200
            await signing_keys.replace_all(site.database, master_key)
            await self.becomes(status, 401)

    async def becomes(self, status, expected: int) -> None:  # type: ignore[no-untyped-def]
        async with asyncio.timeout(10):
            while await status() != expected:
                await asyncio.sleep(0.05)
