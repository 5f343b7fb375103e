"""Customer types: proposals for a new one, and what only one of them can have."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from clients.admin_desktop.forms.subject import Deed, Item, Subject, Values
from clients.admin_desktop.words import tr
from clients.core.commands import SaveQueue
from clients.core.questions import AskQueues
from shared.commands import Configured
from shared.events import QueueConfigured
from shared.ids import Permission
from shared.queues import QueueConfiguration, QueueSettings

QUEUES = "queues"
_KEY_LENGTH = 32


class Queues(Subject):
    """All customer types; the key of one is its item's key, and never changes."""

    name = QUEUES
    question = AskQueues()
    permission = Permission.QUEUES_UPDATE
    event_types = (QueueConfigured,)
    settings_type = QueueSettings

    def items(self, answer: Any) -> tuple[Item, ...]:
        """Each configuration."""
        return tuple(_item(each) for each in answer)

    def made(self, answer: Configured) -> Item | None:
        """The type that was saved."""
        return _item(answer.queue) if answer.queue else None

    def command(self, settings: QueueSettings, item: Item | None) -> SaveQueue:
        """Make or edit it."""
        return SaveQueue(settings=settings, version=item.version if item else None)

    def title(self, settings: QueueSettings) -> str:
        """Its name."""
        return settings.name

    def said(self, deed: Deed, settings: QueueSettings) -> str:
        """ "Quick service saved"."""
        undone = tr("{name} is as it was before") if settings.is_active else tr("{name} is switched off")
        return {
            Deed.MADE: tr("{name} is a new customer type"),
            Deed.SAVED: tr("{name} saved"),
            Deed.SWITCHED_OFF: tr("{name} takes no more tokens"),
            Deed.SWITCHED_ON: tr("{name} takes tokens again"),
            Deed.UNDONE: undone,
        }[deed].format(name=settings.name)

    def fresh(self, items: Sequence[Item]) -> dict[str, Any]:
        """The defaults, at the end of the list."""
        position = 1 + max((item.settings.position for item in items), default=-1)
        values = self.values(QueueSettings(key="key", name="Name", prefix="A", position=position))
        return values | {"key": "", "name": "", "prefix": ""}

    def propose(self, values: Values, touched: frozenset[str], items: Sequence[Item]) -> dict[str, Any]:
        """Key and prefix from the name."""
        proposed = dict(values)
        name = str(values["name"])
        if "key" not in touched:
            proposed["key"] = free_key(name, {item.key for item in items}) if name.strip() else ""
        if "prefix" not in touched:
            used = {item.settings.prefix for item in items}
            proposed["prefix"] = free_prefix(name, used) if name.strip() else ""
        return proposed

    def check(self, values: Values, item: Item | None, items: Sequence[Item]) -> dict[str, str]:
        """Key and prefix belong to one type only."""
        others = [each for each in items if item is None or each.key != item.key]
        wrong = {}
        name = str(values["name"])
        for other in others:
            if other.settings.prefix == values["prefix"]:
                free = free_prefix(name, {each.settings.prefix for each in others})
                wrong["prefix"] = tr("{prefix} is used by {name}. {free} is free.").format(
                    prefix=other.settings.prefix, name=other.settings.name, free=free
                )
            if other.key == values["key"]:
                free = free_key(name, {each.key for each in others})
                wrong["key"] = tr("{key} is used by {name}. {free} is free.").format(
                    key=other.key, name=other.settings.name, free=free
                )
        return wrong

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """What a prefix and a key look like."""
        if kind == "string_pattern_mismatch" and field == "prefix":
            return tr("One to five capital letters, A to Z.")
        if kind == "string_pattern_mismatch" and field == "key":
            return tr("Small letters, digits and _, beginning with a letter.")
        return ""


def free_key(name: str, used: Iterable[str]) -> str:
    """A key that sounds like the name and that nobody has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    key = (words if words[:1].isalpha() else f"type_{words}".strip("_"))[:_KEY_LENGTH].strip("_")
    taken, number, found = set(used), 2, key
    while found in taken:
        found = f"{key[: _KEY_LENGTH - 4]}_{number}"
        number += 1
    return found


def free_prefix(name: str, used: Iterable[str]) -> str:
    """The first free letter: of the name's words, of its other letters, of the alphabet; then two letters."""
    taken = set(used)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    initials = [word[0] for word in re.findall(r"[A-Z]+", plain)]
    letters = [letter for letter in plain if letter in ascii_uppercase]
    pairs = (first + second for first in ascii_uppercase for second in ascii_uppercase)
    candidates = (*initials, *letters, *ascii_uppercase)
    return next((each for each in candidates if each not in taken), "") or next(
        each for each in pairs if each not in taken
    )


def _item(configuration: QueueConfiguration) -> Item:
    return Item(
        key=configuration.settings.key, version=configuration.version, settings=configuration.settings
    )
