"""The code by which an empty server knows who may set it up: whoever can read what it wrote.

It is not drawn at random but follows from a secret and a nonce, so that every server of one database
writes the same one, a restart writes it again, and it is nowhere stored.
"""

import hmac

from shared.pairing import CODE_LETTERS, shown_code

LENGTH = 12

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
    for _ in range(LENGTH):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return shown_code("".join(letters))


def is_code(given: str, code: str) -> bool:
    """Whether a person typed this code, in however many groups and whatever case."""
    return hmac.compare_digest(_bare(given), _bare(code))


def _bare(text: str) -> bytes:
    return "".join(each for each in text.upper() if each.isalnum()).encode()
