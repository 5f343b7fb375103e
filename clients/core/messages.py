"""What a `Client` tells its app, beside what the session delivers."""

from dataclasses import dataclass
from enum import StrEnum

from clients.core.commands import AnyAnswer
from clients.core.errors import ClientError
from clients.core.pairing import PairingShown
from clients.core.questions import Question
from clients.core.session_actions import Delivery
from shared.ids import RequestId
from shared.problems import Problem
from shared.users import Me


class Fetch(StrEnum):
    """What can be asked for beside the live state; each says what comes."""

    QUEUES = "queues"  # QueueReport
    TODAY = "today"  # Day, of the organization
    MY_DAY = "my_day"  # Day, of this person
    COUNTERS = "counters"  # tuple[LiveCounter, ...]
    USERS = "users"  # tuple[UserAccount, ...], all of them
    DEVICES = "devices"  # tuple[Device, ...]


class SignOutReason(StrEnum):
    """Why nobody is signed in."""

    ASKED = "asked"  # the person signed out
    NOT_REMEMBERED = "not_remembered"  # there was nothing to resume
    ENDED = "ended"  # the server takes neither the credential nor its renewal
    REVOKED = "revoked"  # an admin took this screen's key back


class OwnDeed(StrEnum):
    """What a person does with their own account."""

    CHANGE_PASSWORD = "change_password"  # noqa: S105  # no secret: every other device is signed out
    SIGN_OUT_ELSEWHERE = "sign_out_elsewhere"  # every other device is signed out


@dataclass(frozen=True, kw_only=True)
class PersonSignedIn:
    """A person is signed in. `is_remembered`: the next start needs no password."""

    me: Me
    is_remembered: bool


@dataclass(frozen=True, kw_only=True)
class SignInRefused:
    """A sign-in, or resuming one, did not work."""

    error: ClientError


@dataclass(frozen=True, kw_only=True)
class PasswordDue:
    """The password was right and is good for this once: nothing else is done before it is another."""

    me: Me


@dataclass(frozen=True, kw_only=True)
class OwnDeedDone:
    """A deed on the own account is done; this device stays signed in."""

    deed: OwnDeed


@dataclass(frozen=True, kw_only=True)
class OwnDeedFailed:
    """A deed on the own account was refused, or had no answer: then it may have happened."""

    deed: OwnDeed
    error: ClientError


@dataclass(frozen=True, kw_only=True)
class PersonSignedOut:
    """Nobody is signed in."""

    reason: SignOutReason


@dataclass(frozen=True, kw_only=True)
class AuthorityOffered:
    """Nobody has vouched yet for who signed the server's certificate; a person may, by its fingerprint."""

    server: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class CommandSucceeded:
    """A command was done, exactly once."""

    request_id: RequestId
    answer: AnyAnswer


@dataclass(frozen=True, kw_only=True)
class CommandRefused:
    """A command was refused; nothing changed."""

    request_id: RequestId
    problem: Problem


@dataclass(frozen=True, kw_only=True)
class CommandFailed:
    """No answer came. `sentence` is for a person."""

    request_id: RequestId
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What was asked for; `Fetch` says of which type `value` is."""

    kind: Fetch
    value: object


@dataclass(frozen=True, kw_only=True)
class FetchFailed:
    """What was asked for did not come. `sentence` is for a person."""

    kind: Fetch
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The answer to a question; `question.answer` says of which type `value` is."""

    question: Question
    value: object


@dataclass(frozen=True, kw_only=True)
class AskingFailed:
    """No answer came to a question. `sentence` is for a person; `problem` is set when it was refused."""

    question: Question
    sentence: str
    problem: Problem | None = None


Message = (
    Delivery
    | PairingShown
    | PersonSignedIn
    | SignInRefused
    | PasswordDue
    | OwnDeedDone
    | OwnDeedFailed
    | PersonSignedOut
    | AuthorityOffered
    | CommandSucceeded
    | CommandRefused
    | CommandFailed
    | Fetched
    | FetchFailed
    | Answered
    | AskingFailed
)
