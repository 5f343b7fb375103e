"""What is done to a person's account beside editing it, what comes of it, and what may not be, as values."""

from dataclasses import dataclass

from clients.core.commands import OfPerson


@dataclass(frozen=True, kw_only=True)
class DoToPerson:
    """An intent: the command, and whom it is about."""

    command: OfPerson
    person: str


@dataclass(frozen=True, kw_only=True)
class CloseOneTime:
    """An intent: the one-time password was read."""


@dataclass(frozen=True, kw_only=True)
class OneTimeView:
    """A password for one sign-in, and whose."""

    person: str
    username: str
    password: str

    def __repr__(self) -> str:
        """Without the password: views may end in a log."""
        return f"OneTimeView(username={self.username!r})"


@dataclass(frozen=True, kw_only=True)
class AccountBars:
    """Why something cannot be done to an account, "" where it can.

    Args:
        edit: any of it.
        rights: role and permissions.
        switch: switching it off or on; reset, sign_out and delete likewise.
    """

    edit: str = ""
    rights: str = ""
    switch: str = ""
    reset: str = ""
    sign_out: str = ""
    delete: str = ""
