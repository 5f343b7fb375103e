"""The bodies of commands, and their answer."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.base import Asked, Key, Label, Shown, printable
from shared.counters import LiveCounter
from shared.ids import OrganizationId, Revision, TokenId
from shared.tokens import LiveToken, RecentCall

HEAD_START_MAX_MIN = 600


class SignIn(Asked):
    """Sign in to an organization; without one, to the first of the person's memberships."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(printable)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    organization_id: OrganizationId | None = None


class Refresh(Asked):
    """Exchange a refresh JWT for new ones."""

    refresh_jwt: Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class CreateToken(Asked):
    """Take a token. `priority` is a head start in minutes."""

    customer_type: Key
    priority: Annotated[int, Field(ge=0, le=HEAD_START_MAX_MIN)] = 0


class OpenCounter(Asked):
    """Open a counter for these types; none means all that it may serve.

    `take_over` closes it for the person who has it open, and closes one's own other counter.
    """

    customer_types: tuple[Key, ...] = ()
    take_over: bool = False


class CallToken(Asked):
    """Call this very token to the counter."""

    token_id: TokenId


class CancelToken(Asked):
    """Cancel a token, with a reason."""

    reason: Label


class Answer(Shown):
    """What a command changed, as it is afterwards, at this revision."""

    revision: Revision
    token: LiveToken | None = None
    call: RecentCall | None = None
    counter: LiveCounter | None = None
