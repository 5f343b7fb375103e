"""The two kinds of model: what is shown, and what is asked."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Shown(BaseModel):
    """What a server shows. Frozen; a field that an older app does not know is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asked(BaseModel):
    """What a client asks. Frozen; a field that the server does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def printable(text: str) -> str:
    """Refuse control characters in a text.

    Raises:
        ValueError
    """
    # PostgreSQL refuses NUL in text, and no other control character belongs into a name or reason.
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise ValueError("must not contain control characters")
    return text


Instant = AwareDatetime
"""A moment with its offset; naive datetimes are refused."""

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(printable),
]
"""A short line of text: a name, a reason."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""A customer type's key."""

__all__ = ["Asked", "Instant", "Key", "Label", "Shown", "printable"]
