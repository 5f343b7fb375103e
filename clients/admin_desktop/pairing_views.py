"""What is seen of the dialog that pairs a display, and what a person does there, as values."""

from dataclasses import dataclass

from shared.ids import DeviceId


@dataclass(frozen=True, kw_only=True)
class OpenPairing:
    """An intent: a display is to be paired."""


@dataclass(frozen=True, kw_only=True)
class TypeCode:
    """An intent: this stands in the code's field now."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ConnectScreen:
    """An intent: the code is on the screen in front of me; call it this."""

    name: str


@dataclass(frozen=True, kw_only=True)
class RefuseScreen:
    """An intent: the screen that was found is none of ours."""


@dataclass(frozen=True, kw_only=True)
class ClosePairing:
    """An intent: the dialog was closed."""


@dataclass(frozen=True, kw_only=True)
class RevokeDisplay:
    """An intent: this display is to show calls no longer."""

    device_id: DeviceId
    name: str


PairingIntent = OpenPairing | TypeCode | ConnectScreen | RefuseScreen | ClosePairing | RevokeDisplay


@dataclass(frozen=True, kw_only=True)
class FoundScreen:
    """The screen that shows the code: as it is read, and who and where its machine is ("" for unknown)."""

    code: str
    machine: str
    address: str


@dataclass(frozen=True, kw_only=True)
class PairingView:
    """The dialog.

    Args:
        found: the screen that shows the code; None before one is found.
        looking: it is being looked for.
        busy: it is being connected or refused.
        code_error, name_error, error: what is wrong with the code, the name, and the whole.
        offline: why nothing can be done now, "" where it can.
    """

    found: FoundScreen | None = None
    looking: bool = False
    busy: bool = False
    code_error: str = ""
    name_error: str = ""
    error: str = ""
    offline: str = ""
