"""Counters: a free label for a new one, and why an open one cannot be switched off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from clients.admin_desktop.forms.subject import Deed, Item, Subject, Values
from clients.admin_desktop.words import tr
from clients.core.commands import SaveCounter
from clients.core.questions import AskCounters
from shared.commands import Configured
from shared.counters import CounterConfiguration, CounterSettings
from shared.events import CounterConfigured
from shared.ids import CounterId, Permission
from shared.problems import Problem, ProblemCode

COUNTERS = "counters"


class Counters(Subject):
    """All counters, by id."""

    name = COUNTERS
    question = AskCounters()
    permission = Permission.COUNTERS_UPDATE
    event_types = (CounterConfigured,)
    settings_type = CounterSettings

    def items(self, answer: Any) -> tuple[Item, ...]:
        """Each configuration."""
        return tuple(_item(each) for each in answer)

    def made(self, answer: Configured) -> Item | None:
        """The counter that was saved."""
        return _item(answer.counter) if answer.counter else None

    def command(self, settings: CounterSettings, item: Item | None) -> SaveCounter:
        """Make or edit it."""
        if item is None:
            return SaveCounter(settings=settings)
        return SaveCounter(settings=settings, counter_id=CounterId(UUID(item.key)), version=item.version)

    def title(self, settings: CounterSettings) -> str:
        """Its name."""
        return settings.name

    def said(self, deed: Deed, settings: CounterSettings) -> str:
        """ "Counter 3 saved"."""
        undone = tr("{name} is as it was before") if settings.is_active else tr("{name} is switched off")
        return {
            Deed.MADE: tr("{name} is a new counter"),
            Deed.SAVED: tr("{name} saved"),
            Deed.SWITCHED_OFF: tr("{name} is switched off"),
            Deed.SWITCHED_ON: tr("{name} is in use again"),
            Deed.UNDONE: undone,
        }[deed].format(name=settings.name)

    def fresh(self, items: Sequence[Item]) -> dict[str, Any]:
        """The next number, at the end of the list."""
        position = 1 + max((item.settings.position for item in items), default=-1)
        label = free_label({item.settings.label for item in items})
        return self.values(CounterSettings(label=label, name=_named(label), position=position))

    def propose(self, values: Values, touched: frozenset[str], items: Sequence[Item]) -> dict[str, Any]:
        """The name follows the label."""
        if "name" in touched or "label" not in touched:
            return dict(values)
        label = str(values["label"]).strip()
        return dict(values) | {"name": _named(label) if label else ""}

    def check(self, values: Values, item: Item | None, items: Sequence[Item]) -> dict[str, str]:
        """A label belongs to one counter only."""
        others = [each.settings for each in items if item is None or each.key != item.key]
        label = str(values["label"]).strip()
        taken = next((other for other in others if other.label == label), None)
        if taken is None:
            return {}
        sentence = tr("{label} is the plate of {name}. {free} is free.").format(
            label=label, name=taken.name, free=free_label({other.label for other in others})
        )
        return {"label": sentence}

    def wrong(self, field: str, kind: str, facts: Mapping[str, Any]) -> str:
        """Only some types, and none of them."""
        if field == "customer_types" and kind in ("tuple_type", "missing"):
            return tr("Choose at least one type, or all.")
        return ""

    def refused(self, problem: Problem) -> tuple[str, str]:
        """Who has it open."""
        if problem.code is ProblemCode.IN_USE:
            return "", tr("{person} has it open. Close it on the floor first, then switch it off.").format(
                person=problem.facts.get("person") or tr("Somebody")
            )
        return super().refused(problem)


def free_label(used: set[str]) -> str:
    """The lowest number that is on no plate."""
    return next(str(number) for number in range(1, len(used) + 2) if str(number) not in used)


def _named(label: str) -> str:
    return tr("Counter {label}").format(label=label)


def _item(configuration: CounterConfiguration) -> Item:
    return Item(key=str(configuration.id), version=configuration.version, settings=configuration.settings)
