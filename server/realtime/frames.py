"""Pieces of frames, encoded once for an audience and shared by all its sockets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from shared.events import Event, project, room_of
from shared.ids import Audience, Revision, Room


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """One event as JSON, with the room in which it is heard."""

    revision: Revision
    room: Room
    text: str


@dataclass(frozen=True)
class Piece:
    """Everything after `after` up to `revision`, as one audience and set of rooms sees it."""

    after: Revision
    revision: Revision
    texts: tuple[str, ...]

    @cached_property
    def frame(self) -> str:
        """The frame that carries just this piece."""
        return events_frame([self])

    @property
    def size(self) -> int:
        """Its length in characters, near enough to bytes for a bound."""
        return sum(map(len, self.texts)) + 64


def encode_events(events: Iterable[Event]) -> dict[Audience, list[Encoded]]:
    """Events as JSON for each audience."""
    encoded: dict[Audience, list[Encoded]] = {audience: [] for audience in Audience}
    for event in events:
        for audience, texts in encoded.items():
            texts.append(_encode(event, audience))
    return encoded


def piece_of(
    encoded: Sequence[Encoded], rooms: frozenset[Room], *, after: Revision, revision: Revision
) -> Piece:
    """What the sockets of these rooms get of some events."""
    return Piece(after, revision, tuple(each.text for each in encoded if each.room in rooms))


def events_frame(pieces: Sequence[Piece]) -> str:
    """One frame for pieces that follow each other."""
    texts = ",".join(text for piece in pieces for text in piece.texts)
    after, revision = pieces[0].after, pieces[-1].revision
    return f'{{"type":"events","after":{after},"revision":{revision},"events":[{texts}]}}'


def _encode(event: Event, audience: Audience) -> Encoded:
    shown = project(event, audience)
    return Encoded(
        revision=event.revision,
        room=room_of(event, audience),
        text=shown.model_dump_json(exclude_none=True),
    )
