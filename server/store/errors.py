"""What goes wrong with the database itself, and what its constraints refuse."""

from collections.abc import Callable

import psycopg

from server.domain.errors import AlreadyExists, CounterBusy, CounterElsewhere, NumberTaken, Refusal


class DatabaseUnusable(Exception):
    """The database cannot be used at all; the message is a sentence for IT."""


class DatabaseUnavailable(Exception):
    """The database does not answer just now. Whether the last transaction was committed is not
    known; who asks again with the same request id finds out."""


_REFUSALS: dict[str, Callable[[], Refusal]] = {
    "users_username_key": lambda: AlreadyExists(what="user name", field="username"),
    "users_email_index_key": lambda: AlreadyExists(what="e-mail address", field="email"),
    "queue_configurations_prefix_key": lambda: AlreadyExists(what="prefix", field="prefix"),
    "queue_configurations_type_key": lambda: AlreadyExists(what="customer type", field="key"),
    "counters_label_key": lambda: AlreadyExists(what="counter label", field="label"),
    "active_calls_pkey": lambda: CounterBusy(counter="The counter"),
    "live_numbers_pkey": NumberTaken,
    "counters_opened_by_key": lambda: CounterElsewhere(counter="another counter"),
}
"""The constraints that a person can run into, by name."""


def refusal_of(error: psycopg.errors.UniqueViolation) -> Exception:
    """What a violated constraint means; an unexpected one stays the error it is.

    A partition's constraint is named after the partition (`tokens_y2026_…`); none of those can be
    violated by what a person does, since numbers are chosen under the organization's lock.
    """
    make = _REFUSALS.get(error.diag.constraint_name or "")
    return make() if make else error
