"""Somebody who keeps people's accounts through the use cases, as the routes do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

from server.infra.crypto import MasterKey, SealingKey
from server.usecases.account_keys import AccountKeys
from server.usecases.accounts.accounts import Accounts
from shared.ids import OrganizationId, UserId, UserRole
from shared.users import AccountConfigured, AccountSettings, NewAccount, NewMembership, UserAccount
from tests.site import Site, TestPerson

MASTER_KEY = MasterKey(key=SealingKey.random(), origin="this test run")

Act = Callable[["Registrar", UserId], Awaitable[AccountConfigured]]


@dataclass(frozen=True, kw_only=True)
class Registrar:
    """An admin at work; each command goes to the next server, which knows no keys yet."""

    site: Site
    person: TestPerson
    request_id: UUID | None = None

    @classmethod
    async def of(cls, site: Site, role: UserRole = UserRole.SUPER_ADMIN) -> "Registrar":
        """A new admin of a site."""
        return cls(site=site, person=await site.add_person(role))

    @property
    def accounts(self) -> Accounts:
        """The use cases of the server whose turn it is."""
        return Accounts(self.site.database, self.site.commands, AccountKeys(MASTER_KEY))

    def keyed(self, request_id: UUID) -> "Registrar":
        """The same one, all of whose commands come under this request id."""
        return replace(self, request_id=request_id)

    async def read(self, user_id: UserId) -> UserAccount:
        """An account as it is."""
        return await self.accounts.read(self.site.organization_id, user_id)

    async def add(self, username: str, **settings: object) -> AccountConfigured:
        """A new account."""
        body = NewAccount.model_validate({"username": username, "display_name": username.title(), **settings})
        return await self.accounts.add(self._by(), body)

    async def edit(
        self, user_id: UserId, *, made_from: int | None = None, **changes: object
    ) -> AccountConfigured:
        """Change some of an account."""
        known = await self.read(user_id)
        settings = {name: getattr(known, name) for name in AccountSettings.model_fields}
        return await self.accounts.configure(
            self._by(),
            user_id,
            AccountSettings.model_validate({**settings, **changes}),
            made_from=known.version if made_from is None else made_from,
        )

    async def disable(self, user_id: UserId) -> AccountConfigured:
        """Switch an account off."""
        return await self.accounts.disable(self._by(), user_id)

    async def enable(self, user_id: UserId) -> AccountConfigured:
        """Switch an account on."""
        return await self.accounts.enable(self._by(), user_id)

    async def delete(self, user_id: UserId) -> AccountConfigured:
        """Delete an account."""
        return await self.accounts.delete(self._by(), user_id)

    async def reset_password(self, user_id: UserId) -> AccountConfigured:
        """Give a one-time password."""
        return await self.accounts.reset_password(self._by(), user_id)

    async def sign_out(self, user_id: UserId) -> AccountConfigured:
        """Sign a person out everywhere."""
        return await self.accounts.sign_out(self._by(), user_id)

    async def demote(self, user_id: UserId) -> AccountConfigured:
        """Make somebody staff."""
        return await self.edit(user_id, role=UserRole.STAFF)

    async def join(self, username: str, role: UserRole = UserRole.STAFF) -> AccountConfigured:
        """Let somebody of another organization work here too."""
        return await self.accounts.join(self._by(), NewMembership(username=username, role=role))

    async def leave(self, user_id: UserId) -> AccountConfigured:
        """End a membership."""
        return await self.accounts.leave(self._by(), user_id)

    def _by(self):  # type: ignore[no-untyped-def]  # the site's own
        return self.site.by(self.person, self.request_id)


async def join_by_hand(site: Site, person: TestPerson, role: UserRole) -> TestPerson:
    """A person of another site works at this one as well; them as they act there."""
    async with site.database.unit_of_work() as tx:
        await tx.execute(
            "INSERT INTO memberships (user_id, organization_id, role)"
            " VALUES (%(id)s, %(organization_id)s, %(role)s::user_role)",
            {"id": person.actor.user_id, "organization_id": site.organization_id, "role": role.value},
        )
    actor = replace(person.actor, organization_id=OrganizationId(site.organization_id), role=role)
    return replace(person, actor=actor)
