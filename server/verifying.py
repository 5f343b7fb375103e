"""`callboard-server audit …`: what the seals over the audit say, in sentences."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from server.domain.audit import NO_ORGANIZATION, Flaw, Head
from server.store import organizations
from server.store.engine import Database
from server.usecases import auditing, setting_up
from server.usecases.auditing import Verdict
from shared.ids import OrganizationId

Say = Callable[[str], object]


async def verify(
    database: Database, known: Mapping[OrganizationId, Head], organization: str | None, *, say: Say
) -> bool:
    """Verify one organization's audit, or all; returns whether all of it is as it was sealed.

    Args:
        known: the newest seals that are remembered outside the database.
        organization: its name; None: all, and the rows of none.

    Raises:
        NotFound: there is no such organization.
        DatabaseUnavailable
    """
    intact = True
    for scope, name in (await _named(database, organization, known)).items():
        verdict = await auditing.verify(database, scope, known.get(scope))
        intact = intact and not verdict.flaws
        for line in report(name, verdict):
            say(line)
    return intact


async def accept(
    database: Database, known: Mapping[OrganizationId, Head], organization: str | None, *, say: Say
) -> dict[OrganizationId, Head]:
    """Say in the audit that remembered seals are gone from the database for a reason.

    Returns:
        What is to be remembered from now on.

    Raises:
        NotFound: there is no such organization.
        DatabaseUnavailable
    """
    names = await _named(database, organization, known)
    _, lost = await auditing.remember(database, known)
    concerned = [scope for scope in lost if scope in names]
    for scope in concerned:
        await auditing.accept(database, scope, known[scope])
        say(f"{names[scope]}: seal {known[scope].number} is no longer expected.")
    if not concerned:
        say("Every seal that is remembered is there; nothing was changed.")
    return {scope: head for scope, head in known.items() if scope not in concerned}


def report(name: str, verdict: Verdict) -> list[str]:
    """What was found, a line each."""
    if not verdict.seals and not verdict.flaws and not verdict.waiting:
        return []
    gone = f", {verdict.forgotten} forgotten because of their age" if verdict.forgotten else ""
    counts = (
        f"{_count(verdict.rows, 'row')} under {_count(verdict.seals, 'seal')}{gone};"
        f" {verdict.waiting} not sealed yet"
    )
    if verdict.flaws:
        lines = [f"{name}: BROKEN at {describe(verdict.flaws[0])}"]
        if len(verdict.flaws) > 1:
            lines.append(f"  and {_count(len(verdict.flaws) - 1, 'place')} more")
        return [*lines, f"  {counts}."]
    lines = [f"{name}: unbroken. {counts}."]
    if verdict.newest is not None:
        head = verdict.newest
        lines.append(f"  Newest: seal {head.number} of {_time(head.sealed_at)}, {head.hash.hex()}")
    if verdict.seals and not verdict.compared:
        lines.append("  No earlier seal is remembered here to compare with: a cut-off end would not be seen.")
    return lines


def describe(flaw: Flaw) -> str:
    """A flaw as a sentence: where, what, when, how much."""
    since = f"after {_time(flaw.since)}" if flaw.since else "from the beginning"
    until = f"until {_time(flaw.until)}" if flaw.until else "until now"
    found = {"missing": flaw.missing, "changed": flaw.changed, "added": flaw.added}
    counted = ", ".join(f"{_count(count, 'row')} {what}" for what, count in found.items() if count)
    return f"seal {flaw.number}: {flaw.what}. {since.capitalize()} {until}" + (
        f": {counted}." if counted else "."
    )


async def _named(
    database: Database, organization: str | None, known: Mapping[OrganizationId, Head]
) -> dict[OrganizationId, str]:
    if organization is not None:
        found = await setting_up.find_organization(database, organization)
        return {found.id: found.name}
    async with database.reading() as tx:
        names = {each.id: each.name for each in await organizations.all_of(tx)}
    names[NO_ORGANIZATION] = "Rows of no organization"
    return {
        scope: names.get(scope, f"Organization {scope}") for scope in await auditing.scopes(database, known)
    }


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
