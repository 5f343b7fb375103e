"""Why a sign-in or a new password was refused, and what works: the words that the apps share."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from clients.core.errors import ClientError, Refusal, ServerUnreachable
from clients.qt_kit import formats
from shared.problems import Problem, ProblemCode


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A refusal in words.

    Args:
        sentence: why, and what works; a wait in it has its place kept as {wait}.
        field: beside which field it stands: "current", "new", or "" for the whole.
        wait_s: so many seconds until the next try is looked at; 0 for at once.
        waits_by_name: whether the wait is for this user name, and not for the whole computer.
        is_wrong_password: whether another password may mend it.
    """

    sentence: str
    field: str = ""
    wait_s: int = 0
    waits_by_name: bool = False
    is_wrong_password: bool = False

    def said(self, left_s: int) -> str:
        """The sentence with what is left of the wait, in seconds."""
        return self.sentence.format(wait=formats.duration(left_s)) if self.wait_s else self.sentence


def _tr(text: str) -> str:
    return QCoreApplication.translate("accounts", text)


def sign_in_refused(error: ClientError) -> Refused:
    """Why signing in did not work."""
    if not isinstance(error, Refusal):
        return Refused(sentence=str(error))
    problem = error.problem
    if problem.code is ProblemCode.WRONG_CREDENTIALS:
        return Refused(
            sentence=_tr("The user name or the password is wrong. Capitals count in the password."),
            is_wrong_password=True,
        )
    return _delayed(problem) or Refused(sentence=problem.title)


def change_refused(error: ClientError) -> Refused:
    """Why the password was not changed."""
    if isinstance(error, ServerUnreachable):
        # Tried once: a second try would be refused where the first one had come through.
        return Refused(
            sentence=_tr(
                "The server does not answer. If your present password is refused from now on, "
                "the new one is in force already."
            )
        )
    if not isinstance(error, Refusal):
        return Refused(sentence=str(error))
    problem = error.problem
    match problem.code:
        case ProblemCode.WRONG_CREDENTIALS:
            return Refused(sentence=_tr("This is not your present password."), field="current")
        case ProblemCode.PASSWORD_REFUSED:
            return Refused(sentence=password_flaws(problem), field="new")
    return _delayed(problem) or Refused(sentence=problem.title)


def password_flaws(problem: Problem) -> str:
    """What is wrong with a new password, every reason."""
    flaws = problem.facts.get("flaws")
    known = [_flaw(str(flaw), problem) for flaw in flaws] if isinstance(flaws, list) else []
    # A server that is newer than this app may know more reasons: its own sentence tells them all.
    return " ".join(known) if known and all(known) else problem.title


def _flaw(flaw: str, problem: Problem) -> str:
    said = {
        "too_short": _tr("It has {characters} of at least {at_least} characters. Add a word or two."),
        "too_long": _tr("It is too long. Leave a few words out."),
        "common": _tr("It is one of the passwords that attackers try first."),
        "repetitive": _tr("It repeats itself, or follows the keyboard."),
        "names": _tr("It is little more than a name: yours, your organization's or Callboard's."),
        "unchanged": _tr("It is the password you have now."),
    }.get(flaw, "")
    try:
        return said.format_map(problem.facts)
    except KeyError:
        return ""


def password_help() -> str:
    """What makes a good password, before anything was refused."""
    return _tr("15 characters or more. Four or five words that only you put together do well.")


def both_alike() -> str:
    """The second time something else was typed."""
    return _tr("This is not the same as above.")


def choose_new() -> str:
    """No new password was typed."""
    return _tr("Choose a new password.")


def _delayed(problem: Problem) -> Refused | None:
    wait_s = problem.facts.get("retry_after_s")
    if not isinstance(wait_s, int) or wait_s <= 0:
        return None
    if problem.code is ProblemCode.TRY_LATER:
        sentence = _tr("Too many wrong passwords for this user name. You can try again in {wait}.")
        return Refused(sentence=sentence, wait_s=wait_s, waits_by_name=True)
    sentence = _tr("Too many tries from this computer. You can try again in {wait}.")
    return Refused(sentence=sentence, wait_s=wait_s)
