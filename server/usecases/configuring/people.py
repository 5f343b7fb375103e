"""What people can do: their skills."""

from server.domain import configuring as rules
from server.domain.errors import NotFound
from server.store import queues as queue_store
from server.store import users as user_store
from server.usecases.commanding import Commands, Desk, Request
from shared.commands import Answer
from shared.events import PersonConfigured
from shared.ids import Permission, UserId
from shared.users import Skills


async def set_skills(commands: Commands, request: Request, user_id: UserId, body: Skills) -> Answer:
    """Say which customer types a person can serve in this organization; none means all.

    Raises:
        NotFound
        InvalidField: there is no such customer type.
    """

    async def decide(desk: Desk) -> Answer:
        before = await user_store.person(desk.tx, desk.organization_id, user_id)
        if before is None:
            raise NotFound(what="person", id=str(user_id))
        known = {queue.shown.key for queue in await queue_store.all_of(desk.tx, desk.organization_id)}
        rules.require_known_types(body.customer_types, known)
        skills = rules.without_repeats(body.customer_types)
        await user_store.set_skills(desk.tx, desk.organization_id, user_id, skills)
        after = before.model_copy(update={"customer_types": skills})
        revision = desk.next_revision
        desk.record(PersonConfigured(revision=revision, at=desk.now, person=after))
        desk.audit(
            "user",
            user_id,
            before={"customer_types": list(before.customer_types)},
            after={"customer_types": list(skills)},
        )
        return Answer(revision=revision)

    return await commands.run(
        request,
        name="set_skills",
        permission=Permission.USERS_UPDATE,
        body=body,
        target=user_id,
        answer_type=Answer,
        decide=decide,
    )
