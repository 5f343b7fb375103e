"""What the demonstration says while it runs, on standard error: standard output is for the result alone."""

import sys

from clients.demo.city_hall import ADMIN, HUMAN, HUMAN_COUNTER, NAME, CityHall


def tell(sentence: str) -> None:
    """Say something on a line of its own."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def tell_progress(done: int, of: int) -> None:
    """Say how far the past is written: one line that changes on a terminal, the last one alone in a file."""
    line = f"Playing two weeks and this morning: day {done} of {of}"
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line}" + ("\n" if done == of else ""))
        sys.stderr.flush()
    elif done == of:
        tell(line)


def tell_how_to_sign_in(hall: CityHall, *, server: str, postgres_port: int | None) -> None:
    """Say where everything listens, and everybody's password."""
    lines = [
        "",
        f"{NAME} is open.",
        f"  Server       {server}    (HTTP and websockets; the API: {server}/api/v1/openapi.json)",
        f"  PostgreSQL   127.0.0.1:{postgres_port}",
        "  Sign in as",
    ]
    who = {ADMIN: "admin console", HUMAN: f"counter {HUMAN_COUNTER}, staff app"}
    lines += [
        f"    {username:<10} {password}    {who.get(username, 'played by a robot')}"
        for username, password in sorted(hall.passwords.items(), key=lambda each: each[0] not in who)
    ]
    tell("\n".join([*lines, ""]))
