"""Refusals: stable codes and the problem body of RFC 9457."""

from enum import StrEnum
from typing import Any

from shared.base import Shown


class ProblemCode(StrEnum):
    """What was refused and why. Clients branch on these, never on a sentence."""

    # The queue
    TOKEN_NOT_WAITING = "token_not_waiting"  # the command needs a waiting token
    TOKEN_NOT_CALLED = "token_not_called"  # the command needs a called token
    TOKEN_NOT_SERVING = "token_not_serving"  # the command needs a token being served
    TOKEN_ENDED = "token_ended"  # cancel: it is completed, cancelled, a no-show or being served
    TOKEN_NOT_PARKED = "token_not_parked"  # the command needs a parked token
    TOKEN_NOT_NO_SHOW = "token_not_no_show"  # reinstate: it did not fail to come
    TOKEN_NOT_MOVABLE = "token_not_movable"  # return or transfer: not from this state
    TOKEN_OF_ANOTHER_DAY = "token_of_another_day"  # reinstate: its service day is over
    NUMBER_TAKEN = "number_taken"  # its number was given to another token
    UNDO_TOO_LATE = "undo_too_late"  # more than 10 s ago, or somebody acted since
    NOTHING_TO_UNDO = "nothing_to_undo"  # no command of this counter is remembered
    NO_SHOW_TOO_EARLY = "no_show_too_early"  # no screen has shown the call yet
    NOBODY_WAITING = "nobody_waiting"  # for the types this counter serves
    COUNTER_BUSY = "counter_busy"  # it has an active token
    COUNTER_ON_BREAK = "counter_on_break"  # end the break first
    NOT_ON_BREAK = "not_on_break"  # there is no break to end
    COUNTER_CLOSED = "counter_closed"  # open it first
    COUNTER_TAKEN = "counter_taken"  # another person has it open; take over asks
    COUNTER_ELSEWHERE = "counter_elsewhere"  # this person has another counter open
    NOT_YOUR_COUNTER = "not_your_counter"  # another person works there
    TYPE_NOT_SERVED = "type_not_served"  # the counter may not serve this customer type
    NO_SKILL = "no_skill"  # the person does not serve this customer type
    TYPE_INACTIVE = "type_inactive"  # the customer type takes no tokens now
    CLOSED = "closed"  # outside the opening hours of the customer type
    DAY_LIMIT_REACHED = "day_limit_reached"  # the customer type takes no more tokens this day
    QUEUE_FULL = "queue_full"  # all numbers of the day are given
    # Requests
    NOT_FOUND = "not_found"
    EDITED_MEANWHILE = "edited_meanwhile"  # somebody else's edit came first; look again
    IN_USE = "in_use"  # it cannot be switched off while it is needed
    ALREADY_EXISTS = "already_exists"  # a name that must be unique
    MALFORMED = "malformed"  # not JSON, or not of the expected shape
    INVALID = "invalid"  # a field is out of its range; `errors` says which
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_LARGE = "too_large"  # the body
    IDEMPOTENCY_MISSING = "idempotency_missing"  # a command without Idempotency-Key
    VERSION_MISSING = "version_missing"  # an edit without If-Match
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"  # the same key with another body
    # Access
    WRONG_CREDENTIALS = "wrong_credentials"
    UNAUTHENTICATED = "unauthenticated"  # no credential, or one that is not valid
    CREDENTIAL_EXPIRED = "credential_expired"
    FORBIDDEN = "forbidden"  # the role does not have the permission
    DEVICE_REVOKED = "device_revoked"  # the key was this display's, and an admin has taken it back
    PAIRING_UNKNOWN = "pairing_unknown"  # no screen waits with this code or secret (any more)
    # Limits
    TOO_MANY_REQUESTS = "too_many_requests"  # wait as long as Retry-After says; nothing was done
    PASSWORD_CHANGE_REQUIRED = "password_change_required"  # nothing else is done before that
    SECOND_FACTOR_REQUIRED = "second_factor_required"  # the password is right; send a code along
    SECOND_FACTOR_DUE = "second_factor_due"  # nothing else is done before one is set up
    SECOND_FACTOR_UNKNOWN = "second_factor_unknown"  # none was offered, or none is in use
    PASSWORD_REFUSED = "password_refused"  # a new one that is too short, too long or too well known
    TRY_LATER = "try_later"  # too many wrong passwords for this user name; Retry-After says when
    OUTRANKED = "outranked"  # this account may do more than who wants to change it
    OWN_ACCOUNT = "own_account"  # nobody decides this about themselves
    LAST_SUPER_ADMIN = "last_super_admin"  # the organization would be left without one
    ALREADY_SET_UP = "already_set_up"  # the first organization and super admin exist
    SETUP_CODE_WRONG = "setup_code_wrong"  # not the code that the empty server wrote down
    # The machine
    UNAVAILABLE = "unavailable"  # the database does not answer; try again
    INTERNAL = "internal"  # our fault; the log has the request id


class FieldError(Shown):
    """One field that was refused: where it stands and what is wrong with it."""

    field: str
    message: str


class Problem(Shown):
    """The body of every refusal, `application/problem+json`.

    Args:
        title: a sentence for a person, in English.
        facts: what a client needs to explain the refusal in its own words.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: ProblemCode
    detail: str | None = None
    instance: str | None = None
    facts: dict[str, Any] = {}
    errors: tuple[FieldError, ...] = ()
