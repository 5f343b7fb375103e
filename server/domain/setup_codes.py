"""The code by which an empty server knows who may set it up: whoever can read what it wrote.

It is not drawn at random but follows from a secret and a nonce, so that every server of one database
writes the same one, a restart writes it again, and it is nowhere stored.
"""

import hmac

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628, section 6.1: none is taken for another or for a digit, and they spell no word."""

GROUPS, GROUP_LENGTH = 3, 4

TRIES = 10
"""Wrong codes until another one is made: of 20^12 a guesser finds none."""


def code_of(secret: bytes, nonce: bytes) -> str:
    """The code that follows from a secret and a nonce, like "BCDF-GHJK-LMNP".

    Args:
        secret: that only servers know; 32 bytes.
        nonce: another one gives another code.
    """
    number = int.from_bytes(hmac.digest(secret, b"callboard setup code\0" + nonce, "sha256"))
    letters = []
    for _ in range(GROUPS * GROUP_LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    groups = ("".join(letters[i : i + GROUP_LENGTH]) for i in range(0, len(letters), GROUP_LENGTH))
    return "-".join(groups)


def is_code(given: str, code: str) -> bool:
    """Whether a person typed this code, in however many groups and whatever case."""
    return hmac.compare_digest(_bare(given), _bare(code))


def _bare(text: str) -> bytes:
    return "".join(each for each in text.upper() if each.isalnum()).encode()
