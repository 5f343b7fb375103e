"""A super admin who configures a site through the use cases, as the routes do."""

from dataclasses import dataclass
from uuid import uuid4

from server.usecases.configuring import counters, organization, people, queues
from shared.commands import Answer, Configured
from shared.counters import CounterConfiguration, CounterSettings
from shared.ids import CounterId, TypeKey, UserRole
from shared.organizations import OrganizationConfiguration, OrganizationSettings
from shared.queues import QueueConfiguration, QueueSettings
from shared.users import Skills
from tests.site import Site, TestPerson


@dataclass(frozen=True, kw_only=True)
class Boss:
    """Edits are made from the version that stands, unless another is named."""

    site: Site
    person: TestPerson

    @classmethod
    async def of(cls, site: Site) -> "Boss":
        """A new super admin of a site."""
        return cls(site=site, person=await site.add_person(UserRole.SUPER_ADMIN))

    async def organization(self) -> OrganizationConfiguration:
        """The settings as they are."""
        return await organization.read_organization(self.site.database, self.site.organization_id)

    async def edit_organization(self, *, made_from: int | None = None, **changes: object) -> Configured:
        """Change some of the organization's settings."""
        known = await self.organization()
        body = OrganizationSettings.model_validate({**known.settings.model_dump(), **changes})
        return await organization.configure_organization(
            self.site.commands,
            self.site.by(self.person),
            body,
            made_from=known.version if made_from is None else made_from,
        )

    async def queue(self, key: str = "instant") -> QueueConfiguration:
        """The settings of a customer type."""
        found = await queues.list_queues(self.site.database, self.site.organization_id)
        [queue] = [each for each in found if each.settings.key == key]
        return queue

    async def make_queue(self, key: str, prefix: str, **settings: object) -> Configured:
        """A new customer type."""
        body = QueueSettings.model_validate({"key": key, "name": key.title(), "prefix": prefix, **settings})
        return await queues.make_queue(self.site.commands, self.site.by(self.person), body)

    async def edit_queue(
        self, key: str = "instant", *, made_from: int | None = None, **changes: object
    ) -> Configured:
        """Change some of a customer type's settings."""
        known = await self.queue(key)
        body = QueueSettings.model_validate({**known.settings.model_dump(), **changes})
        return await queues.configure_queue(
            self.site.commands,
            self.site.by(self.person),
            TypeKey(key),
            body,
            made_from=known.version if made_from is None else made_from,
        )

    async def disable_queue(self, key: str = "instant") -> Configured:
        """Switch a customer type off."""
        return await queues.disable_queue(self.site.commands, self.site.by(self.person), TypeKey(key))

    async def counter(self, counter_id: CounterId) -> CounterConfiguration:
        """The settings of a counter."""
        found = await counters.list_configurations(self.site.database, self.site.organization_id)
        [counter] = [each for each in found if each.id == counter_id]
        return counter

    async def make_counter(self, label: str, **settings: object) -> Configured:
        """A new counter."""
        body = CounterSettings.model_validate({"label": label, "name": f"Counter {label}", **settings})
        return await counters.make_counter(self.site.commands, self.site.by(self.person), body)

    async def edit_counter(
        self, counter_id: CounterId, *, made_from: int | None = None, **changes: object
    ) -> Configured:
        """Change some of a counter's settings."""
        known = await self.counter(counter_id)
        body = CounterSettings.model_validate({**known.settings.model_dump(), **changes})
        return await counters.configure_counter(
            self.site.commands,
            self.site.by(self.person),
            counter_id,
            body,
            made_from=known.version if made_from is None else made_from,
        )

    async def disable_counter(self, counter_id: CounterId) -> Configured:
        """Switch a counter off."""
        return await counters.disable_counter(self.site.commands, self.site.by(self.person), counter_id)

    async def set_skills(self, person: TestPerson, *types: str) -> Answer:
        """Say what a person can serve."""
        return await people.set_skills(
            self.site.commands,
            self.site.by(self.person, uuid4()),
            person.actor.user_id,
            Skills(customer_types=types),
        )
