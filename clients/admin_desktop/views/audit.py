"""The audit: who did what."""

from clients.admin_desktop.audit_views import AuditView
from clients.admin_desktop.facts import Facts


def audit_view(facts: Facts) -> AuditView:
    """The audit page."""
    people = {person.id: person.display_name for person in facts.state.people.values()}
    # Whoever is not here any more is found by what they did.
    wanted = facts.audit.filter
    if wanted.user_id is not None and wanted.person:
        people.setdefault(wanted.user_id, wanted.person)
    people |= {row.user_id: row.person for row in facts.audit.rows or () if row.user_id and row.person}
    counters = {str(counter.id): counter.name for counter in facts.state.counters.values()}
    return AuditView(
        found=facts.audit,
        people=tuple(sorted(people.items(), key=lambda each: (each[1].casefold(), str(each[0])))),
        names={**{str(user_id): name for user_id, name in people.items()}, **counters},
        now=facts.local(facts.at),
    )
