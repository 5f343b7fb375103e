"""An example for each body that is asked for, as the OpenAPI shows it; a test holds them to their models."""

from typing import Any

from pydantic import BaseModel

from shared import commands
from shared.announcements import AnnouncementSettings
from shared.counters import CounterPlan, CounterSettings
from shared.devices import DeviceSettings
from shared.organizations import OrganizationSettings
from shared.pairing import ApprovePairing, ClaimPairing, OpenPairing, RefusePairing
from shared.policy import Simulate
from shared.queues import QueueSettings
from shared.setup import SetUp
from shared.users import (
    AccountSettings,
    ChangePassword,
    ChangeSecondFactor,
    ConfirmSecondFactor,
    NewAccount,
    NewMembership,
    OfferSecondFactor,
    Skills,
)

_COUNTER = "6f1e5b0a-6a0e-4f5e-9f57-0d5a1c2b3e4f"
_VISITOR = "0b7c7f5e-3d0f-4a58-8f0a-2f1d6c9b8a71"
_MORNING = {"opens": "09:00", "closes": "14:00"}

BODIES: dict[type[BaseModel], dict[str, Any]] = {
    SetUp: {
        "organization": "City Hall",
        "time_zone": "Europe/Madrid",
        "username": "marta",
        "display_name": "Marta Ruiz",
        "password": "a long sentence that only I know",  # nosec B105 # an example, nobody's password
        "code": "BCDF-GHJK-LMNP",
    },
    commands.SignIn: {
        "username": "marta",
        "password": "a long sentence that only I know",  # nosec B105 # an example, nobody's password
    },
    commands.Refresh: {"refresh_jwt": "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.c2lnbmF0dXJl"},
    commands.SwitchOrganization: {"organization_id": _COUNTER},
    commands.CreateToken: {
        "customer_type": "instant",
        "priority": 10,
        "visitor": {"name": "A. Visitor", "notes": "Brings the form"},
    },
    commands.ChangeToken: {"priority": 30},
    commands.CancelToken: {"reason": "Visitor left"},
    commands.TransferToken: {"customer_type": "retail", "first_in_line": True},
    commands.ParkToken: {"reason": "Filling in a form", "wake_at": "2026-12-01T10:30:00+01:00"},
    commands.ResumeToken: {"counter_id": _COUNTER},
    commands.CancelWaiting: {"customer_type": "browser", "reason": "No power", "confirm": True},
    commands.CloseDay: {"confirm": True},
    commands.OpenCounter: {"customer_types": ["instant", "retail"]},
    commands.CallToken: {"token_id": _VISITOR},
    commands.TakeBreak: {"reason": "Lunch"},
    QueueSettings: {
        "key": "passports",
        "name": "Passports",
        "prefix": "P",
        "wait_limit_min": 20,
        "opening_hours": {"monday": [_MORNING], "thursday": [_MORNING]},
        "day_limit": 120,
    },
    CounterSettings: {"label": "7", "name": "Counter 7", "position": 7, "customer_types": ["passports"]},
    CounterPlan: {
        "spans": [{"counter_id": _COUNTER, "weekday": 0, "opens": "09:00:00", "closes": "14:00:00"}]
    },
    OrganizationSettings: {
        "name": "City Hall",
        "time_zone": "Europe/Madrid",
        "priority_levels": [0, 10, 30],
        "opening_hours": {"monday": [_MORNING, {"opens": "16:00", "closes": "19:00"}]},
        "holidays": [{"day": "2026-12-25", "name": "Christmas"}],
        "languages": ["es", "en"],
    },
    AnnouncementSettings: {
        "texts": {"en": "We close at noon today", "es": "Hoy cerramos a mediodía"},
        "priority": 1,
        "until_at": "2026-12-24T12:00:00+01:00",
    },
    Simulate: {"day": "2026-11-20", "policy": {"mode": "bound", "bound": 3}, "multipliers": {"retail": 1.5}},
    DeviceSettings: {"name": "Lobby, left"},
    OpenPairing: {"name": "LOBBY-2"},
    ClaimPairing: {"secret": "kW3nq0Zr2pXo5uLw8mT1yB6cV9dF4gHs7jA-QeRtUiI"},
    ApprovePairing: {"code": "BCDF-GHJK", "name": "Lobby, left"},
    RefusePairing: {"code": "BCDF-GHJK"},
    Skills: {"customer_types": ["instant", "passports"]},
    ChangePassword: {"current": "kzpm-t4wq-9hxc-bn7e", "new": "a long sentence that only I know"},
    NewAccount: {
        "username": "marta",
        "display_name": "Marta Ruiz",
        "email": "marta.ruiz@example.org",
        "role": "staff",
        "customer_types": ["instant"],
    },
    AccountSettings: {
        "display_name": "Marta Ruiz",
        "email": "marta.ruiz@example.org",
        "role": "admin",
        "revoked": ["analytics:export"],
    },
    NewMembership: {"username": "marta", "role": "staff"},
    OfferSecondFactor: {"password": "a long sentence that only I know"},
    ConfirmSecondFactor: {"code": "492039"},
    ChangeSecondFactor: {"password": "a long sentence that only I know", "code": "k3mxp-9tzqa"},
}
