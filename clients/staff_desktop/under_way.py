"""Commands on their way: asked, done and not yet seen in the state, seen.

MUST: between a key's press and the state that shows what it did, no second command of this counter is
sent. That is what makes a key pressed twice call one visitor.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from clients.core.commands import Command
from clients.staff_desktop.facts import Act
from shared.ids import RequestId, Revision


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command on its way.

    Args:
        at: when it was asked, by the server's clock.
        seen_from: it was done, and is in every state from this revision on.
    """

    act: Act
    command: Command
    at: datetime
    seen_from: Revision | None = None


class UnderWay:
    """What is on its way."""

    def __init__(self) -> None:
        self._asked: dict[RequestId, Asked] = {}

    @property
    def acts(self) -> frozenset[Act]:
        """What is asked for now."""
        return frozenset(asked.act for asked in self._asked.values())

    def blocks(self, act: Act) -> bool:
        """Whether this must wait: itself is on its way, or another command of the counter."""
        return act in self.acts or (act is not Act.CREATE and bool(self.acts - {Act.CREATE}))

    def add(self, request_id: RequestId, act: Act, command: Command, at: datetime) -> None:
        """A command was sent."""
        self._asked[request_id] = Asked(act=act, command=command, at=at)

    def done(self, request_id: RequestId, revision: Revision) -> Asked | None:
        """It was done at this revision; gives what was asked, None for what is not ours."""
        asked = self._asked.get(request_id)
        if asked is not None:
            self._asked[request_id] = replace(asked, seen_from=revision)
        return asked

    def drop(self, request_id: RequestId) -> Asked | None:
        """It was refused, or has been waited for long enough; gives what was asked, if it was there."""
        return self._asked.pop(request_id, None)

    def settle(self, revision: Revision) -> None:
        """The state is at this revision: what it shows is no longer on its way."""
        self._asked = {
            request_id: asked
            for request_id, asked in self._asked.items()
            if asked.seen_from is None or asked.seen_from > revision
        }

    def clear(self) -> None:
        """Nothing of this is ours any more."""
        self._asked.clear()
