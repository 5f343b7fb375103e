"""The console's words about tokens, and about what can be done with them."""

from datetime import datetime

from clients.admin_desktop.token_views import CounterVerb, Section, TokenRow, TokenVerb
from clients.admin_desktop.words import age, past, running, tr
from clients.qt_kit import formats


def verb(value: TokenVerb) -> str:
    """What a button does."""
    return {
        TokenVerb.CALL: tr("Call to a counter…"),
        TokenVerb.RECALL: tr("Recall"),
        TokenVerb.START: tr("Start"),
        TokenVerb.COMPLETE: tr("Complete"),
        TokenVerb.NO_SHOW: tr("Did not come"),
        TokenVerb.RESUME: tr("Resume at a counter…"),
        TokenVerb.RETURN: tr("Back to its place"),
        TokenVerb.REINSTATE: tr("Put back in line"),
        TokenVerb.TRANSFER: tr("Transfer…"),
        TokenVerb.PARK: tr("Set aside…"),
        TokenVerb.PRIORITY: tr("Head start…"),
        TokenVerb.VISITOR: tr("Name and notes…"),
        TokenVerb.CANCEL: tr("Cancel token…"),
    }[value]


def counter_verb(value: CounterVerb) -> str:
    """What an entry of a counter's menu does."""
    return {
        CounterVerb.BREAK: tr("Begin a break…"),
        CounterVerb.END_BREAK: tr("End the break"),
        CounterVerb.UNDO: tr("Undo its last command"),
        CounterVerb.CLOSE: tr("Close counter…"),
    }[value]


def section(value: Section) -> str:
    """Where a token is."""
    return {
        Section.WAITING: tr("Waiting"),
        Section.AT_COUNTERS: tr("At counters"),
        Section.PARKED: tr("Set aside"),
        Section.NO_SHOWS: tr("Did not come"),
    }[value]


def nothing(value: Section) -> str:
    """Why a section has no rows."""
    return {
        Section.WAITING: tr("Nobody waits"),
        Section.AT_COUNTERS: tr("Nobody is at a counter"),
        Section.PARKED: tr("Nobody is set aside"),
        Section.NO_SHOWS: tr("Everybody who was called today has come"),
    }[value]


def state(row: TokenRow) -> str:
    """Where a token is, with the counter or the reason."""
    match row.section:
        case Section.AT_COUNTERS:
            said = tr("Served at counter {label}") if row.is_serving else tr("Called to counter {label}")
            return said.format(label=row.counter)
        case Section.PARKED:
            return row.park_reason or tr("Set aside")
        case Section.NO_SHOWS:
            return tr("Did not come")
    return tr("Late") if row.is_late else tr("Waiting")


def since(row: TokenRow, now: datetime) -> str:
    """How long it is there, or when that was."""
    if row.since is None or row.since_s is None:
        return ""
    if row.section is Section.NO_SHOWS:
        return tr("called at {clock}").format(clock=past(row.since, now))
    if row.section is Section.AT_COUNTERS:
        return running(row.since_s)
    return age(row.since_s)


def head_start(row: TokenRow) -> str:
    """Its priority in words, "" for none."""
    if row.emergency:
        return tr("Emergency: {reason}").format(reason=row.emergency)
    return tr("{count} min head start").format(count=row.priority) if row.priority else ""


def level(minutes: int) -> str:
    """A head start to choose."""
    return tr("{minutes} min").format(minutes=minutes) if minutes else tr("None")


def facts(row: TokenRow, now: datetime) -> tuple[tuple[str, str], ...]:
    """What is known of a token, as pairs of label and text."""
    visitor = row.visitor
    wake = tr("goes back at {clock}").format(clock=formats.clock(row.wake_at)) if row.wake_at else ""
    pairs = (
        (tr("Customer type"), row.type_name),
        (tr("State"), state(row)),
        (tr("Since"), _since_with_clock(row, now)),
        ("", wake),
        (tr("Served by"), row.person),
        (tr("Meant for"), row.meant_for),
        (tr("Head start"), head_start(row)),
        (tr("Visitor"), visitor.name or "" if visitor else ""),
        (tr("Phone"), visitor.phone or "" if visitor else ""),
        (tr("Notes"), visitor.notes or "" if visitor else ""),
    )
    return tuple((label, text) for label, text in pairs if text)


def _since_with_clock(row: TokenRow, now: datetime) -> str:
    if row.since is None or row.section is Section.NO_SHOWS:
        return since(row, now)
    return tr("{clock}, {time}").format(clock=past(row.since, now), time=since(row, now))
