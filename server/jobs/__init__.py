"""Background work: what is done by the clock and not by a request.

The timetable says what and when, procrastinate keeps the list of runs in PostgreSQL, and the runner
works it off, inside a server or in a process of its own.

MUST: a run may happen twice (a worker was killed, a clock was set back), so doing it twice is doing it
once. Runs of one job never overlap, whatever the number of workers.
"""
