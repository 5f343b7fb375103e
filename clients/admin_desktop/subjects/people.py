"""People's accounts: a user name for a new one, rights beside the role, and switching off by command."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clients.admin_desktop.account_rules import bars_of, last_one, outranked, own_account
from clients.admin_desktop.forms.subject import Bars, Deed, Item, Subject, Values
from clients.admin_desktop.words import tr
from clients.core.commands import AddPerson, Command, DisablePerson, EnablePerson, SavePerson
from clients.core.questions import AskAccounts
from shared.events import PersonConfigured
from shared.ids import Permission, UserId, UserRole
from shared.problems import Problem, ProblemCode
from shared.roles import MATRIX
from shared.users import AccountConfigured, AccountSettings, Me, NewAccount, UserAccount, UserPage

PEOPLE = "people"
RIGHTS = "rights"  # the form's one field for what is granted and what is revoked

_EDITED = ("display_name", "email", "role", "granted", "revoked")


class AccountDraft(NewAccount):
    """An account as the form knows it; whether it is on is a command of its own.

    Args:
        account: as it is saved, None for a new one.
    """

    is_active: bool = True
    account: UserAccount | None = None


class People(Subject):
    """All accounts, by id."""

    name = PEOPLE
    question = AskAccounts()
    permission = Permission.USERS_UPDATE
    event_types = (PersonConfigured,)
    settings_type = AccountDraft

    def items(self, answer: UserPage) -> tuple[Item, ...]:
        """Each account."""
        return tuple(item_of(each) for each in answer.items)

    def made(self, answer: Any) -> Item | None:
        """The account that was saved."""
        is_person = isinstance(answer, AccountConfigured) and answer.user is not None
        return item_of(answer.user) if is_person else None

    def command(self, settings: AccountDraft, item: Item | None) -> Command:
        """Make it, edit it, or switch it."""
        edited = {name: getattr(settings, name) for name in _EDITED}
        if item is None:
            return AddPerson(
                settings=NewAccount(
                    **edited, username=settings.username, customer_types=settings.customer_types
                )
            )
        user_id = UserId(UUID(item.key))
        if settings.is_active != item.settings.is_active:
            return EnablePerson(user_id=user_id) if settings.is_active else DisablePerson(user_id=user_id)
        return SavePerson(user_id=user_id, settings=AccountSettings(**edited), version=item.version)

    def title(self, settings: AccountDraft) -> str:
        """Their name."""
        return settings.display_name

    def said(self, deed: Deed, settings: AccountDraft) -> str:
        """ "Marta Ruiz saved"."""
        undone = tr("{name} is as before") if settings.is_active else tr("{name}'s account is switched off")
        return {
            Deed.MADE: tr("{name} has an account"),
            Deed.SAVED: tr("{name} saved"),
            Deed.SWITCHED_OFF: tr("{name}'s account is switched off, and signed out everywhere"),
            Deed.SWITCHED_ON: tr("{name}'s account is switched on again"),
            Deed.UNDONE: undone,
        }[deed].format(name=settings.display_name)

    def values(self, settings: AccountDraft) -> dict[str, Any]:
        """What the form shows."""
        return {
            "display_name": settings.display_name,
            "username": settings.username,
            "email": settings.email or "",
            "role": settings.role.value,
            "customer_types": settings.customer_types,
            RIGHTS: (_sorted(settings.granted), _sorted(settings.revoked)),
        }

    def fresh(self, items: Sequence[Item]) -> dict[str, Any]:
        """Nobody yet, of the staff."""
        values = self.values(AccountDraft(display_name="name", username="name", role=UserRole.STAFF))
        return values | {"display_name": "", "username": ""}

    def payload(self, values: Values, base: AccountDraft | None) -> dict[str, Any]:
        """What is said twice is left out: a right that the role gives needs no grant."""
        kept = super().payload(values, base)
        granted, revoked = values[RIGHTS]
        known = {role.value for role in UserRole}
        gives = MATRIX[UserRole(values["role"])] if values["role"] in known else frozenset()
        return kept | {
            "email": str(values["email"]).strip() or None,
            "granted": tuple(each for each in granted if each not in gives),
            "revoked": tuple(each for each in revoked if each in gives),
        }

    def propose(self, values: Values, touched: frozenset[str], items: Sequence[Item]) -> dict[str, Any]:
        """A user name from the name."""
        proposed = dict(values)
        if "username" not in touched:
            used = {item.settings.username for item in items}
            proposed["username"] = free_username(str(values["display_name"]), used)
        return proposed

    def check(self, values: Values, item: Item | None, items: Sequence[Item]) -> dict[str, str]:
        """A user name belongs to one person; the server knows those of other organizations too."""
        name = str(values["username"]).strip().casefold()
        if item is None and any(each.settings.username.casefold() == name for each in items):
            return {"username": _taken()["username"]}
        return {}

    def field_of(self, path: str) -> str:
        """Grants and revocations are one field."""
        field = super().field_of(path)
        return RIGHTS if field in {"granted", "revoked"} else field

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """What an address and a user name look like."""
        if field == "email" and kind == "string_pattern_mismatch":
            return tr("An address like name@example.org, or nothing.")
        if field == "username" and kind == "value_error":
            return tr("One word, without spaces.")
        if field == "customer_types" and kind in ("tuple_type", "missing"):
            return tr("Choose at least one type, or all.")
        return ""

    def refused(self, problem: Problem) -> tuple[str, str]:
        """Whose the name is, and who may do what to whom."""
        if problem.code is ProblemCode.ALREADY_EXISTS:
            field = str(problem.facts.get("field", ""))
            return field, _taken().get(field, problem.title)
        return "", refusal(problem)

    def bars(self, item: Item, me: Me, items: Sequence[Item]) -> Bars:
        """What this admin may not do to this person."""
        accounts = [each.settings.account for each in items]
        bars = bars_of(me, item.settings.account, accounts)
        return Bars(edit=bars.edit, switch=bars.switch)


def refusal(problem: Problem) -> str:
    """Why nothing was done to an account."""
    person = str(problem.facts.get("person") or tr("This person"))
    match problem.code:
        case ProblemCode.OUTRANKED:
            return outranked(person)
        case ProblemCode.OWN_ACCOUNT:
            return own_account()
        case ProblemCode.LAST_SUPER_ADMIN:
            return last_one(person)
        case ProblemCode.NOT_FOUND:
            return tr("This person is no longer here.")
    return problem.title


def item_of(account: UserAccount) -> Item:
    """An account as the form edits it."""
    settings = AccountDraft(
        display_name=account.display_name,
        username=account.username,
        email=account.email,
        role=account.role,
        granted=_sorted(account.granted),
        revoked=_sorted(account.revoked),
        customer_types=account.customer_types,
        is_active=account.is_active,
        account=account,
    )
    return Item(key=str(account.id), version=account.version, settings=settings)


def free_username(name: str, used: set[str]) -> str:
    """The first name in small letters, with a number where somebody has it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    first = next(iter(re.findall(r"[a-z0-9]+", plain)), "")[:40]
    if not first:
        return ""
    taken = {each.casefold() for each in used}
    numbered = (f"{first}{number}" for number in range(2, len(taken) + 3))
    return first if first not in taken else next(each for each in numbered if each not in taken)


def _taken() -> dict[str, str]:
    return {
        "username": tr("Somebody has this user name. Choose another."),
        "email": tr("Somebody has this address already."),
    }


def _sorted(permissions: Sequence[Permission]) -> tuple[Permission, ...]:
    return tuple(sorted(permissions))
