"""What makes a new password good enough: NIST SP 800-63B-4, section 3.1.1.2.

Length counts, not composition: 15 characters where the password is the only factor, 8 beside a second one.
What an attacker would try first is refused: passwords that are known to be used, names that belong to the
account, a few keys pressed over and over. A password never ages.

A password is compared, counted and hashed as RFC 8265 (OpaqueString) prepares it: any space becomes a plain
one and the text is brought to NFC, so that an "é" is the same however a keyboard composes it. Not NFKC,
which would also take "²" for "2" and "ﬁ" for "fi": signs that a person typed on purpose. Characters are
Unicode code points after that.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

from server.domain.errors import PasswordRefused
from shared.users import PASSWORD_AT_LEAST

AT_LEAST_WITH_SECOND_FACTOR = 8
"""Code points beside a second factor."""

MAX_BYTES = 72
"""bcrypt looks at no more; a longer password is refused rather than silently cut."""

PRODUCT = "Callboard"

_NAME_AT_LEAST = 3
"""A shorter name is found in half of all words."""

_BESIDES_NAMES = 8
"""So many letters and digits must be left without the names: they are the first that anybody tries."""

_FEWEST_MOVES = 6
"""A run like "abcdef", "7654" or "qwerty" is one move of the hand, whatever its length."""

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
)
_NEIGHBOURS = frozenset(
    pair for row in _ROWS for one, next_one in pairwise(row)
    for pair in (one + next_one, next_one + one)
)  # fmt: skip

_REPEATED_AT_MOST = 10
"""A longer text that is written twice is as hard to guess as the text, which is looked for then."""


class PasswordFlaw(StrEnum):
    """What is wrong with a new password."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"  # more bytes in UTF-8 than bcrypt looks at
    COMMON = "common"  # on the list of those that are known to be used
    REPETITIVE = "repetitive"  # a few signs over and over, or runs of the keyboard
    NAMES = "names"  # little more than names of the product, the site or the person
    UNCHANGED = "unchanged"  # the present one


_WHY = {
    PasswordFlaw.TOO_SHORT: "It has {characters} characters and needs at least {at_least}.",
    PasswordFlaw.TOO_LONG: "It has {bytes} bytes and may have at most {at_most_bytes}.",
    PasswordFlaw.COMMON: "It is one of the passwords that attackers try first.",
    PasswordFlaw.REPETITIVE: "It repeats itself, or follows the keyboard.",
    PasswordFlaw.NAMES: "It is little more than a name that everybody knows.",
    PasswordFlaw.UNCHANGED: "It is the present one.",
}


def prepared(password: str) -> str:
    """A password as it is compared, counted and hashed."""
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in password)
    return unicodedata.normalize("NFC", spaced)


def flaws_of(
    password: str,
    *,
    at_least: int,
    names: Iterable[str],
    is_common: Callable[[str], bool],
) -> tuple[PasswordFlaw, ...]:
    """What is wrong with a new password; nothing is best.

    Args:
        at_least: how many code points it must have.
        names: what belongs to the account: the organization's name, the user name, the person's name,
            an e-mail address. The product's own is looked for anyhow.
        is_common: whether a text is on the list of known passwords.
    """
    text = prepared(password)
    folded = text.casefold()
    plain = _letters_and_digits(folded)
    found = []
    if len(text) < at_least:
        found.append(PasswordFlaw.TOO_SHORT)
    if len(text.encode()) > MAX_BYTES:
        found.append(PasswordFlaw.TOO_LONG)
    unit = _repeated_unit(plain)
    if any(is_common(each) for each in {text, folded, plain, unit}):
        found.append(PasswordFlaw.COMMON)
    if _moves(folded) < _FEWEST_MOVES or (unit != plain and len(unit) <= _REPEATED_AT_MOST):
        found.append(PasswordFlaw.REPETITIVE)
    if _is_little_more_than(plain, [PRODUCT, *names]):
        found.append(PasswordFlaw.NAMES)
    return tuple(found)


def require_good(
    password: str,
    *,
    field: str,
    second_factor: bool = False,
    names: Iterable[str],
    is_common: Callable[[str], bool],
) -> None:
    """Refuse a new password that is not good enough.

    Args:
        field: where it was given, for the refusal.
        second_factor: whether the account has one.
        names, is_common: see `flaws_of`.

    Raises:
        PasswordRefused
    """
    at_least = AT_LEAST_WITH_SECOND_FACTOR if second_factor else PASSWORD_AT_LEAST
    flaws = flaws_of(password, at_least=at_least, names=names, is_common=is_common)
    if flaws:
        raise refusal_of(password, flaws, field=field, at_least=at_least)


def refusal_of(
    password: str, flaws: Sequence[PasswordFlaw], *, field: str, at_least: int = PASSWORD_AT_LEAST
) -> PasswordRefused:
    """The refusal that tells these flaws; it holds nothing of the password but its length."""
    text = prepared(password)
    facts = {
        "characters": len(text),
        "at_least": at_least,
        "bytes": len(text.encode()),
        "at_most_bytes": MAX_BYTES,
    }
    why = " ".join(_WHY[flaw].format(**facts) for flaw in flaws)
    return PasswordRefused(
        field=field,
        flaws=[flaw.value for flaw in flaws],
        sentence=f"This password cannot be taken. {why}",
        **facts,
    )


def _letters_and_digits(folded: str) -> str:
    """Without accents, spaces and signs: "Zoë's dog" and "zoes-dog" are alike to who guesses."""
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(each for each in apart if each.isalnum())


def _repeated_unit(plain: str) -> str:
    """The shortest text that, written again and again, gives this one; itself where none does."""
    for length in range(1, len(plain) // 2 + 1):
        unit = plain[:length]
        if (unit * (len(plain) // length + 1)).startswith(plain):
            return unit
    return plain


def _moves(folded: str) -> int:
    """How many moves of the hand it takes: a sign again, or the next of its row, is none."""
    steps = pairwise(folded)
    return 1 + sum(one != another and one + another not in _NEIGHBOURS for one, another in steps)


def _is_little_more_than(plain: str, names: Iterable[str]) -> bool:
    words = {_letters_and_digits(word.casefold()) for name in names for word in [name, *_words(name)]}
    rest = plain
    for word in sorted((word for word in words if len(word) >= _NAME_AT_LEAST), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != plain and len(rest) < _BESIDES_NAMES


def _words(name: str) -> list[str]:
    return "".join(each if each.isalnum() else " " for each in name).split()
