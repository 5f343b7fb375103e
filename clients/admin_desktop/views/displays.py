"""The lobby displays: on the floor and on their page."""

from dataclasses import replace

from clients.admin_desktop.facts import Facts
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.subjects.displays import DISPLAYS
from clients.admin_desktop.view_state import DisplayRow, DisplaysView, Shown
from clients.core.messages import Fetch
from shared.devices import Device


def display_rows(facts: Facts) -> tuple[DisplayRow, ...] | None:
    """All displays, those that are missing first, then by name; None until they have come."""
    if facts.devices is None:
        return None
    shown = _shown_everywhere(facts)
    rows = (_row(facts, device, shown) for device in facts.devices)
    return tuple(sorted(rows, key=lambda row: (row.is_online, row.name.casefold())))


def displays_view(facts: Facts) -> DisplaysView:
    """The displays page."""
    edited = facts.edited.get(DISPLAYS, Edited(items=None))
    names = {item.key: item.settings.name for item in edited.items or ()}
    rows = display_rows(facts)
    return DisplaysView(
        edited=edited,
        # A new name is there before the list is asked for again.
        rows=rows and tuple(replace(row, name=names.get(str(row.id), row.name)) for row in rows),
        error=facts.errors.get(Fetch.DEVICES, ""),
        pairing=facts.pairing,
    )


def _row(facts: Facts, device: Device, shown: Shown | None) -> DisplayRow:
    seen = device.last_seen_at
    is_missing = not device.is_online and seen is not None
    return DisplayRow(
        id=device.id,
        name=device.name,
        is_online=device.is_online,
        last_seen=facts.local(seen) if seen else None,
        offline_s=facts.age_s(seen) if is_missing and seen else None,
        shows=shown if device.is_online else None,
        address=device.address or "",
        added=facts.local(device.created_at),
    )


def _shown_everywhere(facts: Facts) -> Shown | None:
    """The newest call, if as many screens have painted it as are connected: then each of them has."""
    call = next((each for each in facts.state.recent_calls if not each.withdrawn), None)
    receipts = facts.receipts.get(call.id) if call else None
    if call is None or receipts is None or not 0 < receipts.screens <= receipts.shown:
        return None
    counter = facts.state.counters.get(call.counter_id)
    return Shown(number=call.number, counter=counter.label) if counter else None
