"""Why the domain refuses. Errors carry data; the sentence is composed last; no HTTP in here.

Refusal
├── TokenNotInState       the command needs the token in another state
├── TokenOfAnotherDay     its service day is over
├── NumberTaken           its number was given to another token
├── UndoTooLate           more than 10 s ago, or somebody acted since
├── NothingToUndo         no command of this counter is remembered
├── NoShowTooEarly        no screen has shown the call yet
├── NobodyWaiting         for the types this counter serves
├── CounterBusy           the counter has an active token
├── CounterNotOpen
├── CounterOnBreak        end the break first
├── NotOnBreak            there is no break to end
├── CounterTaken          another person has it open
├── CounterElsewhere      this person has another counter open
├── NotYourCounter        another person works there
├── TypeNotServed         the counter may not serve this customer type
├── NoSkill               the person does not serve this customer type
├── TypeInactive          the customer type takes no tokens
├── Closed                outside the opening hours of the customer type
├── DayLimitReached       the customer type takes no more tokens this day
├── InvalidPriority       no level of this organization
├── QueueFull             all numbers of the day are given
├── NotFound              nothing of that id in this organization
├── EditedMeanwhile       somebody else's edit came first
├── InUse                 it cannot be switched off while it is needed
├── InvalidField          a value that this organization does not know
├── AlreadyExists         a name that must be unique is taken
├── WrongCredentials      sign-in failed; never says why
│   ├── WrongPassword     who is signed in gave another than their present one
│   └── WrongCode         the code of the second factor is none, or was used before
├── CodeNeeded            the password is right, and a code of the second factor is asked for
├── NoSecondFactor        none was offered, or none is in use
├── Unauthenticated       no valid credential
├── CredentialExpired
├── DeviceRevoked         an admin has taken the display's key back
├── Forbidden             the role lacks the permission
│   ├── PasswordDue       nothing else is done before the password is another
│   └── SecondFactorDue   nothing else is done before a second factor is set up
├── CodeUnknown           no screen shows this pairing code
├── PairingOver           nobody waits with this pairing secret any more
├── TooManyRequests       a limit is reached; says when there is room again
├── PasswordRefused       a new password that is too short, too long or too well known
├── TryLater              too many wrong passwords for this user name
├── Outranked             this account may do more than who wants to change it
├── OwnAccount            nobody decides this about themselves
├── LastSuperAdmin        the organization would be left without one
├── AlreadySetUp          the server has its first organization
├── WrongSetupCode        not the code that the empty server wrote down
├── TooManySockets        an address, a person or a display has too many connections
└── IdempotencyMismatch   the same key with another body
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from shared.ids import Permission, TokenCommand, TokenStatus
from shared.problems import ProblemCode


class Refusal(Exception):
    """A command that changes nothing, and why.

    Attributes:
        code: the stable code.
        facts: what a client needs to explain it; JSON values only.
    """

    code: ClassVar[ProblemCode]

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts: Mapping[str, Any] = facts

    @property
    def sentence(self) -> str:
        """What happened and what works, for a person, in English."""
        return self.code.value.replace("_", " ").capitalize() + "."

    def __str__(self) -> str:
        return self.sentence


_NEEDED: dict[TokenCommand, ProblemCode] = {
    TokenCommand.CALL: ProblemCode.TOKEN_NOT_WAITING,
    TokenCommand.RECALL: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.START: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.NO_SHOW: ProblemCode.TOKEN_NOT_CALLED,
    TokenCommand.COMPLETE: ProblemCode.TOKEN_NOT_SERVING,
    TokenCommand.CANCEL: ProblemCode.TOKEN_ENDED,
    TokenCommand.RETURN: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.TRANSFER: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.PARK: ProblemCode.TOKEN_NOT_MOVABLE,
    TokenCommand.RESUME: ProblemCode.TOKEN_NOT_PARKED,
    TokenCommand.REINSTATE: ProblemCode.TOKEN_NOT_NO_SHOW,
    TokenCommand.CHANGE: ProblemCode.TOKEN_ENDED,
    TokenCommand.FALL_BACK: ProblemCode.TOKEN_NOT_WAITING,
}


class TokenNotInState(Refusal):
    """The command needs the token in another state; names both."""

    def __init__(self, *, number: str, status: TokenStatus, command: TokenCommand) -> None:
        super().__init__(number=number, status=status.value, command=command.value)
        self.number = number
        self.status = status
        self.command = command

    @property
    def code(self) -> ProblemCode:  # type: ignore[override]  # depends on the command
        return _NEEDED[self.command]

    @property
    def sentence(self) -> str:
        state = self.status.value.replace("_", "-")
        verb = self.command.value.replace("_", "-")
        return f"{self.number} is {state}: the command {verb} does not apply to it."


class TokenOfAnotherDay(Refusal):
    """The token's service day is over."""

    code = ProblemCode.TOKEN_OF_ANOTHER_DAY

    def __init__(self, *, number: str) -> None:
        super().__init__(number=number)
        self.number = number

    @property
    def sentence(self) -> str:
        return f"{self.number} is of another day. Take a new token."


class NumberTaken(Refusal):
    """The token cannot live again: its number was given to another one."""

    code = ProblemCode.NUMBER_TAKEN
    sentence = "Another visitor has this number by now. Take a new token."


class UndoTooLate(Refusal):
    """The command is too old, or somebody acted on its token since."""

    code = ProblemCode.UNDO_TOO_LATE

    def __init__(self, *, number: str, person: str | None) -> None:
        super().__init__(number=number, person=person)
        self.number, self.person = number, person

    @property
    def sentence(self) -> str:
        if self.person is None:
            return f"It is too late to undo this for {self.number}."
        return f"{self.person} has acted on {self.number} since: it can no longer be undone."


class NothingToUndo(Refusal):
    """No command is remembered that could be taken back."""

    code = ProblemCode.NOTHING_TO_UNDO
    sentence = "There is nothing to undo."


class NoShowTooEarly(Refusal):
    """The visitor could not have seen the call yet."""

    code = ProblemCode.NO_SHOW_TOO_EARLY

    def __init__(self, *, number: str, opens_at: datetime, shown: int, screens: int) -> None:
        super().__init__(number=number, opens_at=opens_at.isoformat(), shown=shown, screens=screens)
        self.number, self.shown, self.screens = number, shown, screens

    @property
    def sentence(self) -> str:
        return (
            f"{self.number} has been shown on {self.shown} of {self.screens} screens. "
            "Recall the visitor or wait a moment."
        )


class NobodyWaiting(Refusal):
    """No waiting token of a type that this counter serves."""

    code = ProblemCode.NOBODY_WAITING
    sentence = "Nobody is waiting for your types."


class CounterBusy(Refusal):
    """The counter has an active token."""

    code = ProblemCode.COUNTER_BUSY

    def __init__(self, *, counter: str, number: str | None = None) -> None:
        super().__init__(counter=counter, number=number)
        self.counter, self.number = counter, number

    @property
    def sentence(self) -> str:
        holder = f"still has {self.number}" if self.number else "still has a visitor"
        return f"{self.counter} {holder}. Complete it first."


class CounterNotOpen(Refusal):
    """The counter is closed."""

    code = ProblemCode.COUNTER_CLOSED

    def __init__(self, *, counter: str) -> None:
        super().__init__(counter=counter)
        self.counter = counter

    @property
    def sentence(self) -> str:
        return f"{self.counter} is closed. Open it first."


class CounterOnBreak(Refusal):
    """Who works at the counter takes a break."""

    code = ProblemCode.COUNTER_ON_BREAK

    def __init__(self, *, counter: str) -> None:
        super().__init__(counter=counter)
        self.counter = counter

    @property
    def sentence(self) -> str:
        return f"{self.counter} is on a break. End the break first."


class NotOnBreak(Refusal):
    """There is no break to end."""

    code = ProblemCode.NOT_ON_BREAK

    def __init__(self, *, counter: str) -> None:
        super().__init__(counter=counter)
        self.counter = counter

    @property
    def sentence(self) -> str:
        return f"{self.counter} is not on a break."


class CounterTaken(Refusal):
    """Another person has the counter open."""

    code = ProblemCode.COUNTER_TAKEN

    def __init__(self, *, counter: str, person: str) -> None:
        super().__init__(counter=counter, person=person)
        self.counter, self.person = counter, person

    @property
    def sentence(self) -> str:
        return f"{self.person} has {self.counter} open. Take it over, or choose another."


class CounterElsewhere(Refusal):
    """The person has another counter open."""

    code = ProblemCode.COUNTER_ELSEWHERE

    def __init__(self, *, counter: str) -> None:
        super().__init__(counter=counter)
        self.counter = counter

    @property
    def sentence(self) -> str:
        return f"You have {self.counter} open. Close it first, or take over to move."


class NotYourCounter(Refusal):
    """Another person works at the counter."""

    code = ProblemCode.NOT_YOUR_COUNTER

    def __init__(self, *, counter: str) -> None:
        super().__init__(counter=counter)
        self.counter = counter

    @property
    def sentence(self) -> str:
        return f"You are not at {self.counter}. Open it before you work there."


class TypeNotServed(Refusal):
    """The counter may not serve a customer type."""

    code = ProblemCode.TYPE_NOT_SERVED

    def __init__(self, *, counter: str, customer_type: str) -> None:
        super().__init__(counter=counter, customer_type=customer_type)
        self.counter, self.customer_type = counter, customer_type

    @property
    def sentence(self) -> str:
        return f"{self.counter} does not serve {self.customer_type}."


class NoSkill(Refusal):
    """The person does not serve a customer type."""

    code = ProblemCode.NO_SKILL

    def __init__(self, *, person: str, customer_type: str) -> None:
        super().__init__(person=person, customer_type=customer_type)
        self.person, self.customer_type = person, customer_type

    @property
    def sentence(self) -> str:
        return f"{self.person} does not serve {self.customer_type}."


class TypeInactive(Refusal):
    """The customer type takes no tokens."""

    code = ProblemCode.TYPE_INACTIVE

    def __init__(self, *, customer_type: str) -> None:
        super().__init__(customer_type=customer_type)
        self.customer_type = customer_type

    @property
    def sentence(self) -> str:
        return f"{self.customer_type} takes no tokens now."


class InvalidField(Refusal):
    """A field's value is none that this organization knows."""

    code = ProblemCode.INVALID

    def __init__(self, *, field: str, sentence: str, **facts: Any) -> None:
        super().__init__(field=field, **facts)
        self.field, self._sentence = field, sentence

    @property
    def sentence(self) -> str:
        return self._sentence


class InvalidPriority(InvalidField):
    """The priority is none of the organization's levels."""

    def __init__(self, *, levels: Sequence[int]) -> None:
        named = ", ".join(str(level) for level in levels)
        super().__init__(
            field="priority", sentence=f"The priority must be one of {named} minutes.", levels=list(levels)
        )
        self.levels = levels


class Closed(Refusal):
    """The customer type takes no tokens at this hour.

    Args:
        next_opening: when it opens again, aware and in the organization's time zone, which is the one
            that the sentence tells; None if it will not.
    """

    code = ProblemCode.CLOSED

    def __init__(self, *, customer_type: str, next_opening: datetime | None) -> None:
        super().__init__(customer_type=customer_type, next_opening=next_opening and next_opening.isoformat())
        self.customer_type, self.next_opening = customer_type, next_opening

    @property
    def sentence(self) -> str:
        if self.next_opening is None:
            return f"{self.customer_type} is closed."
        # With its date: over the holidays a bare "Monday" may be the one after next.
        opens = f"{self.next_opening:%A} {self.next_opening.day} {self.next_opening:%B at %H:%M}"
        return f"{self.customer_type} is closed. It opens on {opens}."


class DayLimitReached(Refusal):
    """The customer type takes no more tokens this service day."""

    code = ProblemCode.DAY_LIMIT_REACHED

    def __init__(self, *, customer_type: str, limit: int) -> None:
        super().__init__(customer_type=customer_type, limit=limit)
        self.customer_type, self.limit = customer_type, limit

    @property
    def sentence(self) -> str:
        return (
            f"{self.customer_type} has given all {self.limit} tokens of the day. "
            "An admin can raise the limit."
        )


class QueueFull(Refusal):
    """All numbers of the service day are given."""

    code = ProblemCode.QUEUE_FULL

    def __init__(self, *, customer_type: str, max_number: int) -> None:
        super().__init__(customer_type=customer_type, max_number=max_number)
        self.customer_type, self.max_number = customer_type, max_number

    @property
    def sentence(self) -> str:
        return (
            f"{self.customer_type} has given all {self.max_number} numbers of the day. "
            "An admin can raise the highest number."
        )


class NotFound(Refusal):
    """Nothing of that id in this organization."""

    code = ProblemCode.NOT_FOUND

    def __init__(self, *, what: str, id: str) -> None:
        super().__init__(what=what, id=id)
        self.what = what

    @property
    def sentence(self) -> str:
        return f"There is no such {self.what}."


class EditedMeanwhile(Refusal):
    """Somebody else's edit came first."""

    code = ProblemCode.EDITED_MEANWHILE

    def __init__(self, *, what: str, version: int) -> None:
        super().__init__(what=what, version=version)
        self.what = what

    @property
    def sentence(self) -> str:
        return f"Somebody has edited this {self.what} since you opened it. Look at it again."


class InUse(Refusal):
    """It cannot be switched off or changed so while it is needed; names what needs it.

    Args:
        facts: what else a client may tell; `field` is the setting that cannot be so.
    """

    code = ProblemCode.IN_USE

    def __init__(self, *, what: str, by: str, **facts: Any) -> None:
        super().__init__(what=what, by=by, **facts)
        self.what, self.by = what, by

    @property
    def sentence(self) -> str:
        return f"{self.what} is in use: {self.by}."


class AlreadyExists(Refusal):
    """A name that must be unique is taken; `field` is where it was given."""

    code = ProblemCode.ALREADY_EXISTS

    def __init__(self, *, what: str, field: str) -> None:
        super().__init__(what=what, field=field)
        self.what = what

    @property
    def sentence(self) -> str:
        return f"This {self.what} is taken. Choose another."


class WrongCredentials(Refusal):
    """Sign-in failed. Never says whether the name or the password was wrong."""

    code = ProblemCode.WRONG_CREDENTIALS
    sentence = "The user name or the password is wrong."


class WrongPassword(WrongCredentials):
    """Who is signed in gave another password than their present one; `field` is where."""

    sentence = "This is not your present password."

    def __init__(self, *, field: str = "current") -> None:
        super().__init__(field=field)


class WrongCode(WrongCredentials):
    """The code of the second factor is none, or was used before."""

    sentence = "This code is wrong, or was used before. Wait for the next one."

    def __init__(self) -> None:
        super().__init__(field="code")


class CodeNeeded(Refusal):
    """The password is right; the same is asked for again, with a code of the second factor."""

    code = ProblemCode.SECOND_FACTOR_REQUIRED
    sentence = "Enter the code of your authenticator app, or one of your recovery codes."

    def __init__(self) -> None:
        super().__init__(field="code")


class NoSecondFactor(Refusal):
    """None was offered, or none is in use."""

    code = ProblemCode.SECOND_FACTOR_UNKNOWN
    sentence = "There is no second factor for this. Begin by setting one up."


class TryLater(Refusal):
    """Too many wrong passwords in a row for a user name, known or not.

    Args:
        retry_after_s: whole seconds until the next try is looked at.
    """

    code = ProblemCode.TRY_LATER

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s

    @property
    def sentence(self) -> str:
        return f"Too many wrong passwords for this user name. Try again in {_duration(self.retry_after_s)}."


class Unauthenticated(Refusal):
    """No valid credential."""

    code = ProblemCode.UNAUTHENTICATED
    sentence = "Sign in first."


class CredentialExpired(Refusal):
    """The credential was valid and has ended."""

    code = ProblemCode.CREDENTIAL_EXPIRED
    sentence = "The sign-in has ended. Sign in again."


class DeviceRevoked(Refusal):
    """The key was this display's, and an admin has taken it back: it must be paired again."""

    code = ProblemCode.DEVICE_REVOKED
    sentence = "This display was disconnected by an admin. Pair it again."


class Forbidden(Refusal):
    """The role lacks the permission."""

    code = ProblemCode.FORBIDDEN

    def __init__(self, *, permission: Permission) -> None:
        super().__init__(permission=permission.value)
        self.permission = permission

    @property
    def sentence(self) -> str:
        return f"Your role does not allow {self.permission.value}."


class CodeUnknown(Refusal):
    """No screen shows this pairing code (any more)."""

    code = ProblemCode.PAIRING_UNKNOWN
    sentence = "No screen shows this code now. Look at the screen again: a code holds ten minutes."

    def __init__(self) -> None:
        super().__init__(field="code")


class PairingOver(Refusal):
    """Nobody waits with this pairing secret any more."""

    code = ProblemCode.PAIRING_UNKNOWN
    sentence = "This pairing is over. Ask for a new code."


class TooManyRequests(Refusal):
    """A limit is reached.

    Args:
        what: what there was too much of, as the beginning of a sentence.
        retry_after_s: after so many whole seconds there is room again.
    """

    code = ProblemCode.TOO_MANY_REQUESTS

    def __init__(self, *, what: str, retry_after_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.what, self.retry_after_s = what, retry_after_s

    @property
    def sentence(self) -> str:
        return f"{self.what} Try again in {_duration(self.retry_after_s)}."


class PasswordDue(Forbidden):
    """The password was given by somebody else: nothing else is done before it is another."""

    code = ProblemCode.PASSWORD_CHANGE_REQUIRED
    sentence = "Choose a password of your own first."

    def __init__(self) -> None:
        Refusal.__init__(self)


class SecondFactorDue(Forbidden):
    """The organization asks its admins for a second factor: nothing else is done before it is set up."""

    code = ProblemCode.SECOND_FACTOR_DUE
    sentence = "Your organization asks for a second factor. Set it up first."

    def __init__(self) -> None:
        Refusal.__init__(self)


class PasswordRefused(Refusal):
    """A new password that is not good enough.

    Args:
        field: where it was given.
        flaws: what is wrong with it, as stable words.
        sentence: what is wrong with it, for a person.
        facts: the numbers that the sentence tells.
    """

    code = ProblemCode.PASSWORD_REFUSED

    def __init__(self, *, field: str, flaws: Sequence[str], sentence: str, **facts: Any) -> None:
        super().__init__(field=field, flaws=list(flaws), **facts)
        self.flaws, self._sentence = tuple(flaws), sentence

    @property
    def sentence(self) -> str:
        return self._sentence


class Outranked(Refusal):
    """The account may do more than who wants to change it, or belongs elsewhere too."""

    code = ProblemCode.OUTRANKED

    def __init__(self, *, person: str) -> None:
        super().__init__(person=person)
        self.person = person

    @property
    def sentence(self) -> str:
        return (
            f"{self.person} may do more than you, here or in another organization. "
            "Somebody who may do as much must do this."
        )


class OwnAccount(Refusal):
    """Nobody decides this about themselves."""

    code = ProblemCode.OWN_ACCOUNT
    sentence = "This is your own account. Another admin must do this."


class LastSuperAdmin(Refusal):
    """An organization would be left without a super admin who can sign in."""

    code = ProblemCode.LAST_SUPER_ADMIN

    def __init__(self, *, person: str) -> None:
        super().__init__(person=person)
        self.person = person

    @property
    def sentence(self) -> str:
        return f"{self.person} is the last super admin. Make somebody else one first."


class AlreadySetUp(Refusal):
    """The first organization is made once."""

    code = ProblemCode.ALREADY_SET_UP
    sentence = "This server has been set up. Sign in."


class WrongSetupCode(Refusal):
    """Not the code that the empty server wrote down; a code that is missing is no try.

    Args:
        tries_left: until another code is made; 0: one was made and written down just now.
    """

    code = ProblemCode.SETUP_CODE_WRONG

    def __init__(self, *, is_missing: bool, tries_left: int) -> None:
        super().__init__(field="code", is_missing=is_missing, tries_left=tries_left)
        self.is_missing, self.tries_left = is_missing, tries_left

    @property
    def sentence(self) -> str:
        if self.is_missing:
            return "Enter the code that the server wrote into its log when it started."
        if self.tries_left == 0:
            return "This was one wrong code too many: the server has written a new one into its log."
        times = "once more" if self.tries_left == 1 else f"{self.tries_left} more times"
        return f"This is not the code in the server's log. You can try {times}."


class TooManySockets(Refusal):
    """An address, a person or a display has as many connections as it may.

    Args:
        whose: "your address".
        limit: how many those are.
    """

    code = ProblemCode.TOO_MANY_REQUESTS

    def __init__(self, *, whose: str, limit: int) -> None:
        super().__init__(limit=limit)
        self.whose, self.limit = whose, limit

    @property
    def sentence(self) -> str:
        return f"There are {self.limit} connections of {self.whose} already. Close one, or try again later."


class IdempotencyMismatch(Refusal):
    """The same key came with another command or body."""

    code = ProblemCode.IDEMPOTENCY_MISMATCH
    sentence = "This request id was used for another command. Use a new one."


def _duration(seconds: int) -> str:
    """ "1 second", "90 seconds", "12 minutes" (rounded up)."""
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"
