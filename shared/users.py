"""People and sign-in, as they are shown."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.base import Asked, Instant, Key, Label, Shown, printable
from shared.ids import OrganizationId, Permission, Revision, TypeKey, UserId, UserRole


def _one_word(name: str) -> str:
    if any(character.isspace() for character in name):
        raise ValueError("a user name has no spaces in it")
    return name


Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50),
    AfterValidator(printable),
    AfterValidator(_one_word),
]
"""What a person signs in with; upper and lower case are the same."""

Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(printable),
]
"""An e-mail address; whether it exists only a letter to it can tell."""

PASSWORD_AT_LEAST = 15
"""Code points of a new password that is the only factor (NIST SP 800-63B-4, 3.1.1.2)."""

Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""As it was typed; how long it may be, the rules for new ones say."""

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
"""Of an authenticator app, or a recovery code."""

Permissions = Annotated[tuple[Permission, ...], Field(max_length=len(Permission))]


class Person(Shown):
    """A colleague's name, for staff and admin screens.

    `customer_types` are the types they have the skill for; none means all. Who is no `is_member` any more
    has left the organization, and the screens with it.
    """

    id: UserId
    display_name: str
    customer_types: tuple[TypeKey, ...] = ()
    is_active: bool = True
    is_member: bool = True


class Skills(Asked):
    """The customer types that a person can serve; none means all."""

    customer_types: Annotated[tuple[Key, ...], Field(max_length=100)] = ()


class Membership(Shown):
    """A person's role in one organization."""

    organization_id: OrganizationId
    organization_name: str
    role: UserRole


class Me(Shown):
    """The signed-in person in the organization they work in now.

    Where `must_change_password` is set, nothing but changing it is done before; where
    `must_set_up_second_factor` is, nothing but that.
    """

    id: UserId
    username: str
    display_name: str
    organization_id: OrganizationId
    organization_name: str
    role: UserRole
    permissions: tuple[Permission, ...]
    memberships: tuple[Membership, ...] = ()
    must_change_password: bool = False
    has_second_factor: bool = False
    must_set_up_second_factor: bool = False


class SignedIn(Shown):
    """The answer to a sign-in or a refresh. Lifetimes in seconds."""

    access_jwt: str
    access_expires_in_s: int
    refresh_jwt: str
    refresh_expires_in_s: int
    me: Me


class AccountSettings(Asked):
    """What an admin decides about a person's account.

    Args:
        role: in this organization.
        granted: what the person may do beside the role.
        revoked: what the person may not do of it. What is both, is revoked.
    """

    display_name: Label
    email: Email | None = None
    role: UserRole = UserRole.STAFF
    granted: Permissions = ()
    revoked: Permissions = ()


class NewAccount(AccountSettings):
    """A person who is new here. Their first password is made by the server.

    Args:
        username: what they sign in with; no two people of the server have the same.
        customer_types: what they can serve; none means all.
    """

    username: Username
    customer_types: Annotated[tuple[Key, ...], Field(max_length=100)] = ()


class NewMembership(Asked):
    """Somebody of another organization works in this one too.

    Args:
        username: of a person in an organization that who asks runs as well.
    """

    username: Username
    role: UserRole = UserRole.STAFF


class ChangePassword(Asked):
    """Another password instead of the present one."""

    current: Password
    new: Password


class OfferSecondFactor(Asked):
    """Begin to set a second factor up, or another one instead; `code` is of the one in use, if any."""

    password: Password
    code: Code | None = None


class SecondFactorOffer(Shown):
    """What the authenticator app takes over; it is shown this once.

    Args:
        secret: to be typed, in base32.
        uri: to be shown as a QR code (otpauth://).
    """

    secret: str
    uri: str


class ConfirmSecondFactor(Asked):
    """The first code of the authenticator app: it has the secret."""

    code: Code


class ChangeSecondFactor(Asked):
    """Switch the second factor off, or get new recovery codes."""

    password: Password
    code: Code


class RecoveryCodes(Shown):
    """Each stands in for a code once; they are shown this once."""

    recovery_codes: tuple[str, ...]


class SecondFactorSet(RecoveryCodes):
    """The second factor is in use.

    Args:
        signed_in: this device goes on with these; all others are signed out.
    """

    signed_in: SignedIn


class UserAccount(Shown):
    """A person's account, for admins.

    Args:
        version: grows with each edit; an edit names the version it was made from (If-Match).
        granted, revoked: what the person may do beside the role, and may not of it.
        must_change_password: whether the password was given by somebody else and never changed.
    """

    id: UserId
    username: str
    display_name: str
    role: UserRole
    customer_types: tuple[TypeKey, ...] = ()
    is_active: bool
    last_login: Instant | None = None
    created_at: Instant
    version: int = 0
    email: str | None = None
    granted: tuple[Permission, ...] = ()
    revoked: tuple[Permission, ...] = ()
    must_change_password: bool = False
    has_second_factor: bool = False


class AccountConfigured(Shown):
    """What a command made of a person's account.

    Args:
        user: None where the person is no member any more.
        one_time_password: for the first sign-in, which asks for another. It is shown this once.
    """

    revision: Revision
    user: UserAccount | None = None
    one_time_password: str | None = None


class UserPage(Shown):
    """A page of accounts; `next_cursor` is None on the last."""

    items: tuple[UserAccount, ...]
    next_cursor: str | None
