"""What the forms say: errors beside fields, refusals, and why Save cannot be pressed."""

from collections.abc import Mapping
from typing import Any

from clients.admin_desktop.words import tr
from shared.ids import Permission
from shared.problems import Problem, ProblemCode

# Errors of pydantic, by their type, as a person reads them. Those of our own rules are sentences already.
_MISSING = frozenset({"missing", "string_type", "int_type", "float_type", "bool_type"})


def wrong(kind: str, facts: Mapping[str, Any], message: str) -> str:
    """What is wrong with a field, and what works.

    Args:
        kind: pydantic's type of the error.
        facts: its context.
        message: pydantic's sentence, for what is not known here.
    """
    template = _template(kind, facts)
    if template:
        return template.format_map({name: _figure(value) for name, value in facts.items()})
    sentence = message.removeprefix("Value error, ").strip().removesuffix(".")
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _template(kind: str, facts: Mapping[str, Any]) -> str:
    if kind in _MISSING or (kind == "string_too_short" and facts.get("min_length") == 1):
        return tr("Fill this in.")
    return {
        "int_parsing": tr("Write a whole number."),
        "int_from_float": tr("Write a whole number."),
        "float_parsing": tr("Write a number in digits."),
        "string_too_short": tr("At least {min_length} characters."),
        "string_too_long": tr("At most {max_length} characters."),
        "too_short": tr("At least {min_length}."),
        "too_long": tr("At most {max_length}."),
        "greater_than_equal": tr("{ge} or more."),
        "less_than_equal": tr("{le} or less."),
    }.get(kind, "")


def refusal(problem: Problem) -> str:
    """Why nothing was saved, where the subject has no words of its own."""
    match problem.code:
        case ProblemCode.INVALID:
            return tr("Some fields are not as they must be.")
        case ProblemCode.FORBIDDEN:
            return tr("Your role may not change this.")
        case ProblemCode.UNAVAILABLE:
            return tr("The server cannot save now. Nothing changed; try again in a moment.")
        case ProblemCode.INTERNAL:
            return tr("Something went wrong on the server. Look whether it was saved.")
        case ProblemCode.NOT_FOUND:
            return tr("It is no longer there.")
    return problem.title


def edited_meanwhile() -> str:
    """Somebody else saved first."""
    return tr("Somebody else has changed this since you opened it.")


def kept_mine() -> str:
    """One's own changes stand on theirs."""
    return tr("Your changes now stand on top of theirs. Look at them and save.")


def undo_came_late(name: str) -> str:
    """An undo that would take somebody else's edit away."""
    return tr("Somebody has changed {name} since. It stays as it is.").format(name=name)


def undo_failed(name: str, sentence: str) -> str:
    """An undo that was refused or had no answer."""
    return tr("{name} stays as it is. {sentence}").format(name=name, sentence=sentence)


def read_only(permission: Permission) -> str:
    """Why nothing can be changed here."""
    if permission in (Permission.SETTINGS_UPDATE, Permission.SYSTEM_CONFIGURE):
        return tr("You can read this. Only a super admin can change it.")
    return tr("You can read this. Your role may not change it.")


def offline() -> str:
    """Why Save cannot be pressed without a connection."""
    return tr("There is no connection to the server. What you typed stays here.")


def unchanged() -> str:
    """Why Save cannot be pressed before a change."""
    return tr("Nothing was changed")


def decide_first() -> str:
    """Why Save cannot be pressed in a conflict."""
    return tr("Choose first whose version to go on from")


def _figure(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
