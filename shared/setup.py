"""The first organization of an empty server, and its first super admin."""

from typing import Annotated

from pydantic import StringConstraints

from shared.base import Asked, Label, Shown
from shared.organizations import TimeZoneName
from shared.users import Username


class SetupState(Shown):
    """This server has no organization yet.

    Args:
        needs_code: whether who asks must give the code that the server wrote down as it started; the
            machine that it runs on need not.
    """

    needs_code: bool


class SetUp(Asked):
    """What an empty server is set up with.

    Args:
        organization: what the site is called.
        username, display_name, password: of its first super admin.
        code: as the server wrote it; hyphens, spaces and capitals do not matter.
    """

    organization: Label
    time_zone: TimeZoneName = "UTC"
    username: Username
    display_name: Label
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]
    code: Annotated[str, StringConstraints(max_length=64)] | None = None
