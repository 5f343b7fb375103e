"""City Hall: its people, its counters, and who sits where."""

import secrets
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.domain.access import Actor
from server.store import accounts as account_store
from server.store import counters as counter_store
from server.store.engine import Database
from server.usecases import setting_up
from shared.ids import CounterId, OrganizationId, TypeKey, UserRole
from shared.roles import MATRIX

NAME = "City Hall"
DISPLAY = "Lobby, left"
ADMIN = "ines"
RECEPTION = "reception"
HUMAN = "marta"
HUMAN_COUNTER = "3"

_INSTANT, _BROWSER, _RETAIL = TypeKey("instant"), TypeKey("browser"), TypeKey("retail")


@dataclass(frozen=True, kw_only=True)
class Post:
    """A person's place: a counter by its label, and the types served there (none: all)."""

    username: str
    counter: str
    serves: tuple[TypeKey, ...] = ()


POSTS = (
    Post(username="jonas", counter="1", serves=(_INSTANT,)),
    Post(username="amina", counter="2", serves=(_INSTANT, _BROWSER)),
    Post(username=HUMAN, counter=HUMAN_COUNTER),
    Post(username="ravi", counter="4", serves=(_INSTANT, _BROWSER)),
    Post(username="lena", counter="5"),
    Post(username="sofia", counter="6", serves=(_BROWSER, _RETAIL)),
)
"""Not every counter serves everything: there are lines that move and lines that run late."""

_NAMES = {
    ADMIN: "Ines Kovač",
    HUMAN: "Marta Ruiz",
    "jonas": "Jonas Beck",
    "amina": "Amina Diallo",
    "ravi": "Ravi Menon",
    "lena": "Lena Fischer",
    "sofia": "Sofia Lindqvist",
    RECEPTION: "Reception",
}
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike: it is typed by hand


@dataclass(frozen=True, kw_only=True)
class CityHall:
    """The organization as it was set up."""

    id: OrganizationId
    passwords: dict[str, str]
    actors: dict[str, Actor]
    counters: dict[str, CounterId]
    """By label."""


def new_passwords() -> dict[str, str]:
    """A random password for everybody, by user name."""
    return {username: _password() for username in _NAMES}


async def set_up(database: Database, *, time_zone: ZoneInfo, passwords: dict[str, str]) -> CityHall:
    """Make the organization in a migrated, empty database."""
    organization_id = await setting_up.set_up(
        database,
        setting_up.NewOrganization(
            name=NAME,
            time_zone=time_zone,
            counters=len(POSTS),
            people=tuple(
                setting_up.NewPerson(
                    username=username,
                    display_name=name,
                    password=passwords[username],
                    role=UserRole.ADMIN if username == ADMIN else UserRole.STAFF,
                )
                for username, name in _NAMES.items()
            ),
        ),
    )
    async with database.unit_of_work() as tx:
        listed = await account_store.of_organization(tx, organization_id, limit=len(_NAMES))
        counters = await counter_store.all_of(tx, organization_id)
    return CityHall(
        id=organization_id,
        passwords=passwords,
        actors={
            each.username: Actor(
                user_id=each.id,
                organization_id=organization_id,
                role=each.role,
                permissions=MATRIX[each.role],
            )
            for each in (each.shown for each in listed)
        },
        counters={counter.label: counter.id for counter in counters},
    )


def _password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
