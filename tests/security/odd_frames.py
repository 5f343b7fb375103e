"""Websocket frames as nobody sends them: a grammar over what the apps do send, and below it over bytes.

Two levels: messages are JSON texts (well-formed or not), a `Wire` is frames (RFC 6455), valid or not.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from shared.frames import MAX_INBOUND_BYTES
from shared.ids import Room
from tests.realtime.raw_socket import frame

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@dataclass(frozen=True, kw_only=True)
class Wire:
    """What goes over the wire at once.

    Attributes:
        data: the bytes.
        frames: how many frames it counts as.
        answered: False where the server has to wait for more, and so says nothing yet.
        asks_close: the code of a well-formed close frame in it, which the server gives back.
    """

    data: bytes
    frames: int = 1
    answered: bool = True
    asks_close: int | None = None


# Words and values

_texts = st.text(max_size=60)
_huge = st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63), 10**400, -1])
_scalars = st.none() | st.booleans() | st.integers() | _huge | st.floats() | _texts
values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_texts, inner, max_size=5),
    max_leaves=15,
)
_credentials = (
    st.sampled_from(
        ["cbd_", "eyJhbGciOiJub25lIn0.e30.", "eyJ.eyJ.x", "a" * 4096, "a" * 4097, "\0", "Bearer "]
    )
    | _texts
)
_revisions = st.integers(min_value=0, max_value=2**63 - 1) | st.integers(min_value=0, max_value=50)
_epochs = st.none() | st.uuids().map(str) | _texts
_rooms = st.none() | st.lists(st.sampled_from([room.value for room in Room]) | _texts, max_size=4)

hellos = st.fixed_dictionaries(
    {"type": st.just("hello"), "credential": _credentials, "app_version": _texts},
    optional={"epoch": _epochs, "last_revision": _revisions, "rooms": _rooms},
)
_tags = st.sampled_from(["ack", "shown", "spoken", "heartbeat"])
_reports = st.fixed_dictionaries({"type": _tags, "revision": _revisions})
_renewals = st.fixed_dictionaries({"type": st.just("renew"), "credential": _credentials})
frames = hellos | _reports | _renewals


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A frame of a client with something wrong: a field gone, added, of another type, nested away."""
    said: Any = dict(draw(frames))
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from(["drop", "add", "replace", "retag", "wrap"]))
        if change == "wrap" or not isinstance(said, dict) or not said:
            said = draw(st.sampled_from([[said], {"frame": said}, [said, said]]))
        elif change == "drop":
            said.pop(draw(st.sampled_from(sorted(said))))
        elif change == "add":
            said[draw(_texts)] = draw(values)
        elif change == "replace":
            said[draw(st.sampled_from(sorted(said)))] = draw(values)
        else:
            said["type"] = draw(_tags | st.sampled_from(["hello", "renew", "welcome", "events"]) | values)
    return said


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """JSON with a piece cut out, doubled, or of other bytes."""
    text = json.dumps(draw(mutated() | frames)).encode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 20)))
    return (
        text[:start] + draw(st.sampled_from([b"", text[start:end] * 2]) | st.binary(max_size=8)) + text[end:]
    )


@st.composite
def _deep(draw: st.DrawFn) -> bytes:
    """Brackets within brackets, closed or not, alone or where a revision is expected."""
    opening, closing = draw(st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
    depth = draw(st.sampled_from([50, 127, 128, 200, 255, 256, 1000, 5000, 10000]))
    middle = b"1" if draw(st.booleans()) else b""
    nested = opening * depth + middle + (closing * depth if draw(st.booleans()) else b"")
    return nested if draw(st.booleans()) else b'{"type":"ack","revision":' + nested + b"}"


_numbers = st.sampled_from([
    b"1e999999", b"-0", b"1.5", b"1e2", b"9" * 5000, b"9" * 60000, b"0x10", b"01", b"NaN", b"Infinity",
    b"9223372036854775807", b"9223372036854775808", b"true", b'"7"', b"null", b"1E-400", b"-1",
]).map(lambda number: b'{"type":"ack","revision":' + number + b"}")  # fmt: skip
_strange = st.sampled_from([
    b"", b" ", b"null", b"[]", b"{}", b"hello", b"\xef\xbb\xbf{}", b'{"type":"ack"',
    b'{"type":"ack","revision":1}x',
    b'{"type":"ack","type":"hello","revision":1}', b'{"type":"ack","revision":1,}', b'"\\ud800"',
    b'{"type":"\\ud800","revision":1}', b'{"type":"ack","revision":1,"\\udfff":1}', b"\x00",
    b'{"type":"ack\\u0000"}',
    b'{"type":"hello","credential":"\\ud83d","app_version":"1"}', b"/* */{}", b"{'type':'ack'}",
    b'{"type":"heartbeat","revision":1}\n{"type":"heartbeat","revision":1}', b'{"__proto__":{"type":"ack"}}',
])  # fmt: skip
_invalid_utf8 = st.sampled_from([
    b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\xaf", b'{"type":"\xfe"}',
    b"\xf0\x9f\x98",
])  # fmt: skip

odd_texts = (
    mutated().map(lambda said: json.dumps(said).encode())
    | values.map(lambda value: json.dumps(value).encode())
    | _damaged()
    | _deep()
    | _numbers
    | _strange
    | _invalid_utf8
    | st.binary(max_size=200)
)


def sized(size: int) -> bytes:
    """A frame of a client of exactly so many bytes; white space costs nobody anything."""
    said = b'{"type":"heartbeat","revision":1}'
    return said + b" " * (size - len(said))


edge_sizes = st.sampled_from([MAX_INBOUND_BYTES + more for more in (-1, 0, 1, 2, 1000)])

# Frames


@st.composite
def in_fragments(draw: st.DrawFn, data: bytes, opcode: int = TEXT) -> Wire:
    """The same message in pieces, perhaps with pings in between, as RFC 6455 5.4 allows."""
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), min_size=1, max_size=6)))
    return _pieces(data, cuts, opcode, ping_after=lambda: draw(st.booleans()))


def _pieces(data: bytes, cuts: list[int], opcode: int, *, ping_after: Callable[[], bool]) -> Wire:
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    sent, count = b"", 0
    for index, piece in enumerate(pieces):
        is_last = index == len(pieces) - 1
        sent += frame(opcode if index == 0 else CONTINUATION, piece, fin=is_last)
        count += 1
        if not is_last and ping_after():
            sent += frame(PING, b"between")
            count += 1
    return Wire(data=sent, frames=count)


def whole(opcode: int) -> Any:
    """A function from a message to its one frame."""
    return lambda data: Wire(data=frame(opcode, data))


_any_bytes = st.binary(max_size=300)
_close_codes = st.sampled_from([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4000, 4400, 4999])
_bad_codes = st.sampled_from([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535])
_reasons = st.text(max_size=20).map(str.encode)


@st.composite
def _good_close(draw: st.DrawFn) -> Wire:
    code = draw(_close_codes)
    data = code.to_bytes(2, "big") + draw(_reasons)
    return Wire(data=frame(CLOSE, data), asks_close=code)


_bad_closes = st.one_of(
    st.just(frame(CLOSE, b"\x03")),
    _bad_codes.map(lambda code: frame(CLOSE, code.to_bytes(2, "big"))),
    _invalid_utf8.map(lambda reason: frame(CLOSE, b"\x03\xe8" + reason)),
    st.just(frame(CLOSE, b"\x03\xe8" + b"a" * 200)),
)
_broken_rules = st.one_of(
    st.builds(frame, st.sampled_from([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), _any_bytes),
    st.builds(frame, st.sampled_from([TEXT, BINARY, PING, CLOSE]), _any_bytes, reserved=st.integers(1, 7)),
    st.builds(frame, st.sampled_from([TEXT, PING, CLOSE]), _any_bytes, mask=st.just(False)),
    st.builds(frame, st.sampled_from([PING, PONG]), st.binary(min_size=126, max_size=300)),
    st.builds(frame, st.sampled_from([PING, PONG, CLOSE]), st.binary(max_size=20), fin=st.just(False)),
    st.builds(frame, st.just(CONTINUATION), _any_bytes, fin=st.booleans()),
    # A new message in the middle of another.
    _any_bytes.map(lambda data: frame(TEXT, data, fin=False) + frame(TEXT, data)),
    # Far more is announced than may come.
    st.sampled_from([MAX_INBOUND_BYTES + 1, 2**31, 2**32, 2**63 - 1]).map(
        lambda length: frame(TEXT, b"x" * 20, length=length)
    ),
    # Many small pieces, together too large.
    st.just(frame(TEXT, b" " * 60000, fin=False) + frame(CONTINUATION, b" " * 60000)),
)
_waited_for = st.one_of(
    # A frame that never ends, a message that never ends, half a header.
    st.integers(1, MAX_INBOUND_BYTES).map(lambda more: frame(TEXT, b"x", length=1 + more)),
    _any_bytes.map(lambda data: frame(TEXT, data, fin=False)),
    st.sampled_from([b"\x81", b"\x81\xfe", b"\x81\xff\x00\x00", b"\x81\x85ab"]),
).map(lambda data: Wire(data=data, answered=False))

answered_wires = st.one_of(
    odd_texts.map(whole(TEXT)),
    odd_texts.map(whole(TEXT)),
    odd_texts.flatmap(in_fragments),
    (odd_texts | _any_bytes).map(whole(BINARY)),
    _any_bytes.flatmap(lambda data: in_fragments(data, BINARY)),
    edge_sizes.map(lambda size: Wire(data=frame(TEXT, sized(size)))),
    edge_sizes.flatmap(lambda size: in_fragments(sized(size))),
    _good_close(),
    _bad_closes.map(lambda data: Wire(data=data)),
    _broken_rules.map(lambda data: Wire(data=data)),
)
"""Whole frames, most of which end the socket."""

odd_wires = st.one_of(
    answered_wires,
    answered_wires,
    answered_wires,
    _waited_for,
    st.binary(min_size=1, max_size=400).map(lambda data: Wire(data=data, answered=False)),
)
"""Anything at all."""

MOST_CHATTER = 12


def chatter(dice: int, own: str | None) -> list[Wire]:
    """What a client may say without being cut off: whole or in fragments, up to the largest, with pings.

    From dice of its own: it makes room for no discovery, and drawing it would take most of the time.

    Args:
        own: its credential; None before the hello, when nothing but pings may come.
    """
    random = Random(dice)
    wires = []
    for _ in range(random.randrange(MOST_CHATTER + 1)):
        if own is None or random.random() < 0.2:
            wires.append(
                Wire(data=frame(random.choice([PING, PONG]), random.randbytes(random.randrange(126))))
            )
        else:
            wires.append(_said(random, own))
    return wires


def _said(random: Random, own: str) -> Wire:
    kind = random.choice(["ack", "shown", "spoken", "heartbeat", "renew", "large"])
    if kind == "large":
        text = sized(MAX_INBOUND_BYTES - random.randrange(3))
    elif kind == "renew":
        text = json.dumps({"type": kind, "credential": own}).encode()
    else:
        revision = random.choice([random.randrange(50), random.randrange(2**63)])
        text = json.dumps({"type": kind, "revision": revision}).encode()
    cuts = sorted(random.randrange(len(text) + 1) for _ in range(random.choice([0, 0, 0, 1, 5])))
    return _pieces(text, cuts, TEXT, ping_after=lambda: random.random() < 0.5)
