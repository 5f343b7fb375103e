"""The people of the organization."""

from clients.admin_desktop.account_rules import bars_of, roles_to_give
from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.people import PEOPLE
from clients.admin_desktop.view_state import PeopleView, PersonRow
from clients.admin_desktop.views.counters import named_types
from clients.core.messages import Fetch
from shared.users import UserAccount


def people_view(facts: Facts) -> PeopleView:
    """The people page, by name."""
    error = facts.errors.get(Fetch.USERS, "")
    edited = facts.edited.get(PEOPLE, Edited(items=None))
    if facts.users is None:
        return PeopleView(rows=None, error=error, edited=edited)
    at_counter = {
        counter.opened_by: counter.label
        for counter in facts.state.counters.values()
        if counter.opened_by is not None
    }
    rows = (_row(facts, user, at_counter.get(user.id, "")) for user in facts.users)
    key = edited.editor.key if edited.editor is not None else None
    opened = next((user for user in facts.users if str(user.id) == key), None)
    return PeopleView(
        rows=tuple(sorted(rows, key=lambda row: row.name.casefold())),
        error=error,
        types=named_types(facts),
        skills=facts.skills,
        edited=edited,
        bars=bars_of(facts.me, opened, facts.users) if facts.me is not None and opened is not None else None,
        roles=roles_to_give(facts.me) if facts.me is not None else frozenset(),
        mine=facts.permissions,
        one_time=facts.one_time,
        busy=facts.account_commands,
    )


def _row(facts: Facts, user: UserAccount, counter: str) -> PersonRow:
    return PersonRow(
        id=user.id,
        username=user.username,
        name=user.display_name,
        role=user.role,
        is_active=user.is_active,
        counter=counter,
        last_login=facts.local(user.last_login) if user.last_login else None,
        added=facts.local(user.created_at),
        types=tuple(
            each.name for key, each in facts.state.customer_types.items() if key in user.customer_types
        ),
        must_change_password=user.must_change_password,
    )
