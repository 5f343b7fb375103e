"""The console's sentences, from the values of `view_state.py`.

One function a thing said, so that a translator finds whole sentences and tests can read them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt
from PySide6.QtGui import QGuiApplication

from clients.admin_desktop.view_state import (
    CallIsUnanswered,
    CounterCard,
    CounterState,
    CreatedToken,
    DisplayIsOffline,
    DisplayRow,
    Kpis,
    NeedsYou,
    PersonRow,
    TypeIsLate,
)
from clients.qt_kit import formats
from shared.ids import UserRole
from shared.problems import Problem, ProblemCode

MISSING = "–"  # where a number would stand and there is none
SECONDS_PER_HOUR = 3600
LISTED_COUNTERS = 4  # more plates than this are not read out one by one


def tr(text: str) -> str:
    """A text in the interface's language."""
    return QCoreApplication.translate("admin", text)


def right_to_left() -> bool:
    """Whether the interface's language runs right to left."""
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


# Small parts


def state_word(state: CounterState) -> str:
    """What a counter does, in a word."""
    return {
        CounterState.CLOSED: tr("Closed"),
        CounterState.READY: tr("Ready"),
        CounterState.CALLED: tr("Called"),
        CounterState.SERVING: tr("Serving"),
        CounterState.BREAK: tr("On a break"),
    }[state]


def role_word(role: UserRole) -> str:
    """A role in words."""
    return {
        UserRole.STAFF: tr("Staff"),
        UserRole.ADMIN: tr("Admin"),
        UserRole.SUPER_ADMIN: tr("Super admin"),
    }[role]


def estimate(bounds_s: tuple[int, int]) -> str:
    """ "7–12 min"."""
    bounds = formats.MinuteRange.from_seconds(*bounds_s)
    return formats.minute_range(bounds, right_to_left=right_to_left())


def past(moment: datetime, now: datetime) -> str:
    """A past moment as short as its day allows: "10:05", "yesterday 10:05", "3 October 2025"."""
    clock = formats.clock(moment)
    if moment.date() == now.date():
        return clock
    if moment.date() == now.date() - timedelta(days=1):
        return tr("yesterday {clock}").format(clock=clock)
    pattern = tr("d MMMM") if moment.year == now.year else tr("d MMMM yyyy")
    return formats.western_digits(QLocale().toString(QDate(moment.year, moment.month, moment.day), pattern))


def head_line(now: datetime) -> str:
    """ "Tuesday 14 October, 10:43"."""
    return tr("{date}, {clock}").format(date=formats.long_date(now.date()), clock=formats.clock(now))


def _joined(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    return tr("{first} and {last}").format(first=", ".join(labels[:-1]), last=labels[-1])


def offline_sentence(since: datetime | None, now: datetime | None) -> str:
    """Why nothing moves."""
    if since is None or now is None:
        return tr("The server cannot be reached. Trying again.")
    return tr("No connection since {clock}. Trying again. What you see is from then.").format(
        clock=past(since, now)
    )


def not_allowed() -> str:
    """Why a button cannot be pressed by this person."""
    return tr("Your role may not do this")


def not_connected() -> str:
    """Why a button cannot be pressed now."""
    return tr("There is no connection to the server")


# The strip


def late_note(kpis: Kpis) -> tuple[str, str]:
    """ "2 late" for the level's mark, and "of 14" behind it; "" and a sentence where nobody is late."""
    if not kpis.waiting:
        return "", tr("nobody waits")
    if not kpis.late:
        return "", tr("all within their limit")
    return tr("{late} late").format(late=kpis.late), tr("of {waiting}").format(waiting=kpis.waiting)


def longest_note(kpis: Kpis) -> str:
    """ "R007, limit 20 min"."""
    if kpis.longest is None:
        return tr("nobody waits")
    if not kpis.longest.limit_min:
        return kpis.longest.number
    return tr("{number}, limit {limit} min").format(number=kpis.longest.number, limit=kpis.longest.limit_min)


def served_note(kpis: Kpis) -> str:
    """ "3 no-shows"."""
    if kpis.day is None:
        return kpis.day_error and tr("not known now")
    if not kpis.day.no_shows:
        return tr("no no-shows")
    if kpis.day.no_shows == 1:
        return tr("1 no-show")
    return tr("{count} no-shows").format(count=kpis.day.no_shows)


def served_whole(kpis: Kpis) -> str:
    """What became of today's visitors, or why that is not known."""
    if kpis.day is None:
        return kpis.day_error
    return tr("{served} served, {no_shows} did not come, {cancelled} cancelled").format(
        served=kpis.day.served, no_shows=kpis.day.no_shows, cancelled=kpis.day.cancelled
    )


def average_figure(kpis: Kpis) -> str:
    """ "8 min", or 45 s where it is under a minute."""
    average_s = kpis.day.average_wait_s if kpis.day else None
    if average_s is None:
        return MISSING
    return (
        formats.duration(average_s) if average_s < formats.SECONDS_PER_MINUTE else formats.minutes(average_s)
    )


def average_note(kpis: Kpis) -> str:
    """Over what the average is."""
    if kpis.day is None:
        return kpis.day_error and tr("not known now")
    return tr("nobody called yet") if kpis.day.average_wait_s is None else tr("from token to call")


def counters_note(kpis: Kpis) -> str:
    """ "2 ready"."""
    if not kpis.counters:
        return tr("none set up")
    if not kpis.open_counters:
        return tr("all closed")
    return tr("{count} ready").format(count=kpis.ready) if kpis.ready else tr("all busy")


# Counters


def counters_summary(cards: Sequence[CounterCard]) -> str:
    """ "2 serving, 1 called"."""
    serving = sum(card.state is CounterState.SERVING for card in cards)
    called = sum(card.state is CounterState.CALLED for card in cards)
    away = sum(card.state is CounterState.BREAK for card in cards)
    parts = []
    if serving:
        parts.append(tr("{count} serving").format(count=serving))
    if called:
        parts.append(tr("{count} called").format(count=called))
    if away:
        parts.append(tr("{count} on a break").format(count=away))
    return ", ".join(parts)


def card_headline(card: CounterCard) -> str:
    """What stands large where there is no token."""
    return card.number or state_word(card.state)


def _waiting(count: int) -> str:
    return tr("{count} waiting").format(count=count)


def card_note(card: CounterCard, now: datetime, *, dense: bool = False) -> str:
    """The line below the large one, at its start; `dense` leaves out what `card_timer` says there."""
    match card.state:
        case CounterState.CLOSED:
            return tr("Since {clock}").format(clock=past(card.since, now)) if card.since else ""
        case CounterState.BREAK:
            return card.break_reason
        case CounterState.READY:
            if card.elapsed_s is None or dense:
                return _waiting(card.waiting) if card.waiting else tr("Nobody waits")
            time = running(card.elapsed_s)
            if not card.waiting:
                return tr("For {time}, nobody waits").format(time=time)
            return tr("For {time}, {waiting}").format(time=time, waiting=_waiting(card.waiting))
    return state_word(card.state)


def card_timer(card: CounterCard, *, dense: bool = False) -> str:
    """The time of a visit, and how often it was called again; `dense` has room for the time alone."""
    if card.elapsed_s is None or card.state is CounterState.CLOSED:
        return ""
    if card.state is CounterState.READY:
        return running(card.elapsed_s) if dense else ""
    timer = running(card.elapsed_s)
    if card.state is CounterState.SERVING or not card.recalls or dense:
        return timer
    if card.recalls == 1:
        return tr("{timer}, recalled once").format(timer=timer)
    return tr("{timer}, recalled {count} times").format(timer=timer, count=card.recalls)


def running(seconds: float) -> str:
    """A time that runs: to the second within the hour, then in hours."""
    return formats.timer(seconds) if seconds < SECONDS_PER_HOUR else age(seconds)


def card_person(card: CounterCard) -> str:
    """Who works there."""
    if card.state is CounterState.CLOSED:
        return tr("Nobody signed in")
    return card.person or tr("Somebody new")


def card_spoken(card: CounterCard) -> str:
    """The whole card in a sentence, for screen readers."""
    number = f"{card.number}, " if card.number else ""
    parts = [f"{number}{state_word(card.state)}", card_person(card), card_timer(card)]
    return f"{card.name}: " + ", ".join(part for part in parts if part)


# What needs somebody


def need_title(need: NeedsYou) -> str:
    """What is wrong."""
    match need:
        case TypeIsLate(name=name):
            return tr("{type} is late").format(type=name)
        case DisplayIsOffline(name=name):
            return tr("{display} is offline").format(display=name)
        case CallIsUnanswered(counter=counter, elapsed_s=elapsed_s):
            return tr("Counter {label} has waited {timer}").format(
                label=counter, timer=formats.timer(elapsed_s)
            )


def need_text(need: NeedsYou, now: datetime) -> str:
    """What is known about it."""
    match need:
        case TypeIsLate():
            return f"{_late_text(need)} {_served_by(need)}"
        case DisplayIsOffline(last_seen=seen):
            return tr("Last seen {clock}. It still shows the calls up to then.").format(clock=past(seen, now))
        case CallIsUnanswered(number=number, recalls=0):
            return tr("{number} was called and has not come.").format(number=number)
        case CallIsUnanswered(number=number, recalls=1):
            return tr("{number} was recalled once and has not come.").format(number=number)
        case CallIsUnanswered(number=number, recalls=recalls):
            return tr("{number} was recalled {count} times and has not come.").format(
                number=number, count=recalls
            )


def _late_text(need: TypeIsLate) -> str:
    waited = formats.minutes(need.waited_s)
    if need.late == 1:
        return tr("{number} has waited {waited}.").format(number=need.number, waited=waited)
    return tr("{number} has waited {waited}; {count} in all are late.").format(
        number=need.number, waited=waited, count=need.late
    )


def _served_by(need: TypeIsLate) -> str:
    count = len(need.counters)
    if not count:
        return tr("No open counter serves this type.")
    if count == need.open_counters:
        return tr("Every open counter serves this type.")
    if count == 1:
        return tr("Only counter {label} serves this type.").format(label=need.counters[0])
    if count > LISTED_COUNTERS:
        return tr("{count} of {open} open counters serve this type.").format(
            count=count, open=need.open_counters
        )
    return tr("Only counters {labels} serve this type.").format(labels=_joined(need.counters))


def need_action(need: NeedsYou) -> tuple[str, str]:
    """The verb on the button, and what it does, for the tooltip."""
    match need:
        case TypeIsLate(name=name):
            return tr("Counters"), tr("Show the counters that may serve {type}").format(type=name)
        case DisplayIsOffline():
            return tr("Check"), tr("Show the displays")
        case CallIsUnanswered(counter=counter):
            return tr("View"), tr("Show counter {label}").format(label=counter)


# Displays


def display_text(row: DisplayRow, now: datetime) -> str:
    """What a display does."""
    if row.shows is not None:
        return tr("Shows {number} at counter {label}").format(
            number=row.shows.number, label=row.shows.counter
        )
    if row.is_online:
        return tr("Connected")
    if row.last_seen is None:
        return tr("Not connected yet")
    return tr("Shows calls up to {clock}").format(clock=past(row.last_seen, now))


def display_status(row: DisplayRow) -> str:
    """ "Live", or for how long it is missing."""
    if row.is_online:
        return tr("Live")
    if row.offline_s is None:
        return tr("New")
    return age(row.offline_s)


def age(seconds: float) -> str:
    """How long ago, in the largest fitting unit: "12 min", "5 h", "3 days"."""
    hours = int(seconds) // SECONDS_PER_HOUR
    if hours < 1:
        return formats.minutes(seconds)
    if hours < 48:
        return tr("{count} h").format(count=hours)
    return tr("{count} days").format(count=hours // 24)


# Signing in, and new tokens


def first_sign_in(row: PersonRow) -> str:
    """What the person's next sign-in asks for, "" for nothing special."""
    if row.must_change_password and row.is_active:
        return tr("Has a one-time password, and chooses their own at the next sign-in.")
    return ""


def not_for_staff() -> str:
    """Why a person of the staff cannot go on here."""
    return tr("This console is for admins. With this account, open the staff counter app.")


def session_ended() -> str:
    """Why the form is back."""
    return tr("Your session has ended. Sign in again.")


def create_refused(problem: Problem) -> str:
    """Why no token was made, and what works."""
    match problem.code:
        case ProblemCode.TYPE_INACTIVE:
            return tr("This type takes no tokens now. Choose another.")
        case ProblemCode.QUEUE_FULL:
            return tr("All numbers of this type are given today. Choose another type.")
        case ProblemCode.CLOSED:
            return tr("This type is closed now. Choose another, or change its opening hours.")
        case ProblemCode.DAY_LIMIT_REACHED:
            return tr("This type has given all tokens of its day. Choose another, or raise its limit.")
    return problem.title


def created_note(created: CreatedToken) -> str:
    """What to tell the visitor."""
    if created.estimate_s is not None:
        wait = tr("About {range} to wait.").format(range=estimate(created.estimate_s))
    else:
        wait = ""
    if not created.ahead:
        ahead = tr("Nobody is before it.")
    elif created.ahead == 1:
        ahead = tr("1 is before it.")
    else:
        ahead = tr("{count} are before it.").format(count=created.ahead)
    return f"{created.type_name}. {ahead} {wait}".strip()
