"""What is done in the background, and when.

`cron` is "minute hour day month weekday", in UTC, with seconds as a sixth field where a minute is too
long: "* * * * * */15". What must follow an organization's own clock runs every hour, or more often, and
asks each organization what time it is there.

A tick that nobody was there for is made up for once, at the next start: a server that is switched off
every night does its nightly work in the morning.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from server.jobs import auditing, housekeeping, learning, tending
from server.jobs.services import JobServices

Work = Callable[[JobServices], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timetable.

    Attributes:
        name: what the job is called in the database; a new name is a new job.
        cron: when, in UTC.
        work: what. Whatever computes for more than some milliseconds does so in a thread: the loop is
            the server's.
        why: for people.
        at_most: a run that takes longer is broken off, so that a hanging one does not keep the next
            from running for ever.
    """

    name: str
    cron: str
    work: Work
    why: str
    at_most: timedelta = timedelta(minutes=10)


TIMETABLE = (
    Entry(
        name="tend",
        cron="* * * * * */15",
        work=tending.tend,
        why="A visitor who was parked until a time, or waits for somebody who went home, is not forgotten;"
        " nor is one at a counter whose PC died.",
        at_most=timedelta(minutes=2),
    ),
    Entry(
        name="end_days",
        cron="*/5 * * * *",
        work=tending.end_days,
        why="Who was not called yesterday would be the first today. Each organization's day ends by its own"
        " clock.",
    ),
    Entry(
        name="end_announcements",
        cron="* * * * *",
        work=tending.end_announcements,
        why="The list of what is switched on would grow for ever, and every app is sent all of it.",
    ),
    Entry(
        name="seal_audit",
        cron="* * * * *",
        work=auditing.seal_audit,
        why="What is sealed cannot be changed without a trace; until then it can.",
    ),
    Entry(
        name="log_audit_heads",
        cron="0 * * * *",
        work=auditing.log_audit_heads,
        why="Who has the database and the data directory does not have the log that is kept elsewhere.",
    ),
    Entry(
        name="learn",
        cron="12 * * * *",
        work=learning.learn,
        why="Waiting times are this site's own, and change with it.",
        at_most=timedelta(hours=1),
    ),
    Entry(
        name="forget_undo_steps",
        cron="3-59/10 * * * *",
        work=housekeeping.forget_undo_steps,
        why="They hold copies of tokens, and are of use for ten seconds.",
    ),
    Entry(
        name="forget_pairings",
        cron="* * * * *",
        work=housekeeping.forget_pairings,
        why="A code holds ten minutes; a display whose screen never came for its key is none.",
    ),
    Entry(
        name="forget_answers",
        cron="*/10 * * * *",
        work=housekeeping.forget_answers,
        why="Stored answers are for who asks again within a day, and make up most rows of a busy one.",
    ),
    Entry(
        name="forget_sign_in_failures",
        cron="5 * * * *",
        work=housekeeping.forget_sign_in_failures,
        why="Each name that somebody tries in vain is a row, and anybody may try any name.",
    ),
    Entry(
        name="refresh_daily_stats",
        cron="7 * * * *",
        work=housekeeping.refresh_daily_stats,
        why="Reports over months read counted days, not a million tokens.",
    ),
    Entry(
        name="keep_partitions",
        cron="20 3 * * *",
        work=housekeeping.keep_partitions,
        why="Each year of tokens has a partition of its own before the year comes.",
    ),
    Entry(
        name="reseal",
        cron="*/5 * * * *",
        work=housekeeping.reseal,
        why="After the master key was changed, what the former one had sealed is sealed with the new one.",
        at_most=timedelta(hours=1),
    ),
    Entry(
        name="change_signing_keys",
        cron="30 3 * * *",
        work=housekeeping.change_signing_keys,
        why="A key that signs for ever is worth stealing for ever.",
    ),
    Entry(
        name="forget_audit",
        cron="50 3 * * *",
        work=auditing.forget_audit,
        why="Where the law or the house says how long, the audit is kept that long and no longer.",
        at_most=timedelta(hours=1),
    ),
    Entry(
        name="forget_runs",
        cron="40 3 * * *",
        work=housekeeping.forget_runs,
        why="The list of runs would grow for ever.",
    ),
)
