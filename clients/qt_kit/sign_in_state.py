"""What the sign-in form shows, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NewPasswordState:
    """Who signed in with a one-time password chooses another before anything else.

    Args:
        person: their name.
        current_error: what is wrong with the one-time password; the form asks for it again then.
        new_error: what is wrong with the new one.
    """

    person: str
    current_error: str = ""
    new_error: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInState:
    """What the form shows.

    Args:
        server: where it signs in ("callboard.city.example:8443").
        title: the heading ("Staff counter", "Admin console").
        username: fills the field when it is empty.
        error: what was wrong and what works, "" for none.
        password_is_wrong: marks the password field as well.
        busy: a try is under way.
        note: a remark below the button, such as that nothing is remembered here; "" for none.
        wait_s: so many seconds nothing can be sent; 0 for at once.
        wait_for: the user name that has to wait, "" where everybody has.
        new_password: set while another password is asked for.
    """

    server: str
    title: str = ""
    username: str = ""
    error: str = ""
    password_is_wrong: bool = False
    busy: bool = False
    note: str = ""
    wait_s: int = 0
    wait_for: str = ""
    new_password: NewPasswordState | None = None

    def waits(self, username: str) -> bool:
        """Whether this user name has to wait before it is tried again."""
        is_meant = not self.wait_for or self.wait_for.casefold() == username.strip().casefold()
        return self.wait_s > 0 and is_meant
