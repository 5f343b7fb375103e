"""The console's words about the audit: what was done, to what, and what changed by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clients.admin_desktop.audit_views import AuditView, Span
from clients.admin_desktop.words import MISSING, past, role_word, tr
from clients.qt_kit import formats
from shared.audit import AuditRow
from shared.ids import UserRole

_LONGEST = 400  # characters of one value; the lists of many tokens are longer


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of what changed: the field, and its value before and after ("" where there was none)."""

    field: str
    before: str
    after: str


def span(value: Span) -> str:
    """How far back."""
    return {
        Span.TODAY: tr("Today"),
        Span.WEEK: tr("Last 7 days"),
        Span.MONTH: tr("Last 30 days"),
        Span.EVER: tr("Any time"),
        Span.DAYS: tr("Choose days…"),
    }[value]


def action(name: str) -> str:
    """What was done; a name that this version does not know is shown as it is."""
    return _actions().get(name) or _plain(name)


def _actions() -> dict[str, str]:
    return {
        "accept_audit": tr("Audit accepted after a restore"),
        "add_device": tr("Display added"),
        "add_membership": tr("Person taken in from another site"),
        "add_person": tr("Person added"),
        "announce": tr("Announcement made"),
        "begin_break": tr("Break begun"),
        "begin_second_factor": tr("Second factor set up"),
        "call": tr("Visitor chosen and called"),
        "call_next": tr("Next visitor called"),
        "cancel": tr("Token cancelled"),
        "cancel_waiting": tr("All waiting cancelled"),
        "change_password": tr("Password changed"),
        "change_token": tr("Token changed"),
        "close_counter": tr("Counter closed"),
        "close_day": tr("Day closed early"),
        "close_lost_counter": tr("Silent counter closed"),
        "complete": tr("Service completed"),
        "configure_announcement": tr("Announcement edited"),
        "configure_counter": tr("Counter edited"),
        "configure_device": tr("Display edited"),
        "configure_organization": tr("Settings edited"),
        "configure_person": tr("Person edited"),
        "configure_queue": tr("Customer type edited"),
        "confirmation_refused": tr("Confirmation refused"),
        "create_token": tr("Token taken"),
        "delete_person": tr("Person deleted"),
        "disable_counter": tr("Counter switched off"),
        "disable_person": tr("Person disabled"),
        "disable_queue": tr("Customer type switched off"),
        "enable_person": tr("Person enabled"),
        "end_announcement": tr("Announcement ended"),
        "end_break": tr("Break ended"),
        "end_day": tr("Day ended"),
        "end_membership": tr("Person taken out of this site"),
        "end_persons_second_factor": tr("Person's second factor switched off"),
        "end_second_factor": tr("Second factor switched off"),
        "fall_back": tr("Token opened to all"),
        "forget_audit": tr("Old audit rows forgotten"),
        "learn_counter_plan": tr("Counter plan to be learned"),
        "make_counter": tr("Counter added"),
        "make_queue": tr("Customer type added"),
        "no_show": tr("Visitor did not come"),
        "offer_second_factor": tr("Second factor begun"),
        "open_counter": tr("Counter opened"),
        "pair_device": tr("Display paired"),
        "pairing_code_unknown": tr("Wrong pairing code typed"),
        "park": tr("Token set aside"),
        "password_change_refused": tr("Password change refused"),
        "permission_refused": tr("Permission refused"),
        "recall": tr("Visitor called again"),
        "refresh_jwt_reused": tr("Old sign-in used again"),
        "refuse_device": tr("Display refused"),
        "reinstate": tr("Token put back in line"),
        "renew_recovery_codes": tr("Recovery codes made again"),
        "reopen_day": tr("Day opened again"),
        "reset_password": tr("Password reset"),
        "resume": tr("Token resumed"),
        "return": tr("Token put back to its place"),
        "revoke_device": tr("Display revoked"),
        "set_skills": tr("Skills set"),
        "set_up": tr("Site set up"),
        "set_up_refused": tr("Set-up refused"),
        "sign_in": tr("Signed in"),
        "sign_in_refused": tr("Sign-in refused"),
        "sign_out": tr("Signed out"),
        "sign_out_elsewhere": tr("Signed out elsewhere"),
        "sign_out_everywhere": tr("Signed out everywhere"),
        "sign_person_out": tr("Person signed out"),
        "start": tr("Service started"),
        "switch_organization": tr("Site switched"),
        "take_back_device": tr("Pairing taken back"),
        "transfer": tr("Token transferred"),
        "undo": tr("Command undone"),
        "wake_parked": tr("Token woken"),
        "write_counter_plan": tr("Counter plan written"),
    }


REFUSED = frozenset(
    {
        "confirmation_refused", "pairing_code_unknown", "password_change_refused", "permission_refused",
        "refresh_jwt_reused", "set_up_refused", "sign_in_refused",
    }
)  # fmt: skip
"""What somebody tried and could not do: it stands out."""


def kinds() -> dict[str, str]:
    """What can be acted on, as the filter has it."""
    return {
        "token": tr("Tokens"),
        "counter": tr("Counters"),
        "queue": tr("Customer types"),
        "user": tr("People"),
        "device": tr("Displays"),
        "announcement": tr("Announcements"),
        "organization": tr("Settings"),
    }


def who(row: AuditRow) -> str:
    """Who did it."""
    if row.user_id is None:
        # A sign-in that was refused is nobody's doing that we know.
        return tr("Nobody known") if row.action in REFUSED else tr("The server")
    return row.person or tr("Somebody who is gone")


def thing(row: AuditRow) -> str:
    """What it was done to: "Token A012", "Counter 3", a name."""
    named = row.entity or ""
    if row.entity_type == "token":
        return tr("Token {number}").format(number=named) if named else tr("A token")
    if row.entity_type == "user" and row.entity_id == row.user_id:
        return ""
    if named:
        return named
    return {
        "announcement": tr("An announcement"),
        "audit": tr("The audit"),
        "counter": tr("A counter that is gone"),
        "device": tr("A display that is gone"),
        "device_pairing": tr("A pairing"),
        "user": tr("Somebody who is gone"),
    }.get(row.entity_type or "", "")


def moment(at: datetime, now: datetime) -> str:
    """When, as the list has it."""
    said = past(at, now)
    return said if at.date() >= now.date() or ":" in said else f"{said} {formats.clock(at)}"


def exactly(at: datetime) -> str:
    """When, to the second."""
    return tr("{date} {year}, {clock}:{second}").format(
        date=formats.long_date(at.date()), year=at.year, clock=formats.clock(at), second=f"{at.second:02}"
    )


def facts(row: AuditRow, view: AuditView) -> tuple[tuple[str, str], ...]:
    """What is known of a row beside what changed, as label and text."""
    found = [
        (tr("When"), exactly(row.at.astimezone(view.now.tzinfo))),
        (tr("Who"), who(row)),
        (tr("On"), thing(row)),
        (tr("From"), row.address or ""),
        (tr("Program"), row.user_agent or ""),
        *(
            (field_name(path), value_text(path, value, view))
            for path, value in _leaves(row.details)
            # It is what the row is on already.
            if not (row.entity_type == "token" and path == ("number",))
        ),
        (tr("Seal"), tr("Sealed") if row.is_sealed else tr("Not sealed yet, within a minute")),
    ]
    return tuple((label, text) for label, text in found if text)


def changes(row: AuditRow, view: AuditView) -> tuple[Change, ...]:
    """What changed, a line a field."""
    before, after = dict(_leaves(row.before)), dict(_leaves(row.after))
    paths = [path for path in dict.fromkeys((*before, *after)) if not _stands_for_more(path, before, after)]
    found = (
        Change(
            field=field_name(path),
            before=value_text(path, before[path], view) if path in before else "",
            after=value_text(path, after[path], view) if path in after else "",
        )
        for path in paths
    )
    return tuple(change for change in found if change.before != change.after or change.before)


def field_name(path: tuple[str, ...]) -> str:
    """A field in words; one that has none of its own is shown by its name."""
    known = {
        "call": tr("Call"),
        "called_at": tr("Called at"),
        "counter_id": tr("Counter"),
        "customer_type": tr("Customer type"),
        "customer_types": tr("Customer types"),
        "display_name": tr("Name"),
        "granted": tr("Granted"),
        "is_active": tr("Switched on"),
        "method": tr("Request"),
        "opening_hours": tr("Opening hours"),
        "overridden": tr("Against a limit"),
        "path": tr("Address"),
        "place_at": tr("Place in line since"),
        "priority": tr("Head start (min)"),
        "refused": tr("What was refused"),
        "revoked": tr("Revoked"),
        "served_by": tr("Served by"),
        "status": tr("State"),
        "target_counter_id": tr("Meant for counter"),
        "target_user_id": tr("Meant for person"),
        "wait_limit_min": tr("Wait limit (min)"),
    }
    # Of a call it is clear without saying it.
    said = path[1:] if path[0] == "call" and len(path) > 1 else path
    return ", ".join(known.get(name) or _plain(name) for name in said)


def value_text(path: tuple[str, ...], value: Any, view: AuditView) -> str:
    """A field's value as people read it."""
    match value:
        case None | "" | []:
            text = MISSING
        case dict() if not value:
            text = MISSING
        case bool():
            text = tr("yes") if value else tr("no")
        case str():
            known = {**view.names, **_values(path[-1])}
            text = known.get(value) or _as_moment(value, view) or value
        case dict():
            parts = (
                f"{field_name((name,))} {value_text((name,), each, view)}" for name, each in value.items()
            )
            text = ", ".join(parts)
        case list():
            text = "; ".join(value_text(path, each, view) for each in value)
        case _:
            text = str(value)
    return _cut(text)


def _values(field: str) -> dict[str, str]:
    """The values of a field that has words for them."""
    match field:
        case "status":
            return {
                "waiting": tr("waiting"),
                "called": tr("called"),
                "serving": tr("at the counter"),
                "completed": tr("completed"),
                "cancelled": tr("cancelled"),
                "no_show": tr("did not come"),
                "parked": tr("set aside"),
            }
        case "role":
            return {role.value: role_word(role) for role in UserRole}
        case "visitor":
            return {"sealed": tr("not shown")}
    return {}


def counted(shown: int, *, has_older: bool) -> str:
    """How many rows are here, and whether that is all."""
    if not has_older:
        return str(shown)
    return tr("the newest {count}").format(count=shown)


def _leaves(values: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _stands_for_more(path: tuple[str, ...], *sides: Mapping[tuple[str, ...], Any]) -> bool:
    """Whether it is the "nothing" of what has parts on the other side."""
    values = [side[path] for side in sides if path in side]
    return not any(values) and any(
        other[: len(path)] == path and len(other) > len(path) for side in sides for other in side
    )


def _as_moment(text: str, view: AuditView) -> str:
    if "T" not in text:
        return ""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment(at.astimezone(view.now.tzinfo), view.now) if at.tzinfo is not None else ""


def _plain(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
