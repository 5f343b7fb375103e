"""What was done: which act a command is, and the words for it once it is done.

A deed has two sentences: one while it can be taken back ("A012 completed"), and the quiet line that
stays ("Last: A012 completed at 10:39").
"""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from clients.core import commands
from clients.core.commands import Command
from clients.staff_desktop.facts import Act

translate = QCoreApplication.translate

_ACTS: dict[type[Command], Act] = {
    commands.Create: Act.CREATE,
    commands.Recall: Act.RECALL,
    commands.Start: Act.START,
    commands.Complete: Act.COMPLETE,
    commands.NoShow: Act.NO_SHOW,
    commands.Cancel: Act.CANCEL,
    commands.Return: Act.RETURN,
    commands.Park: Act.PARK,
    commands.Resume: Act.RESUME,
    commands.Transfer: Act.TRANSFER,
    commands.Reinstate: Act.REINSTATE,
    commands.UndoOnToken: Act.UNDO,
    commands.Undo: Act.UNDO,
    commands.Open: Act.OPEN,
    commands.Close: Act.CLOSE,
    commands.CallNext: Act.CALL_NEXT,
    commands.CallThisOne: Act.CALL_THIS_ONE,
    commands.TakeBreak: Act.TAKE_BREAK,
    commands.EndBreak: Act.END_BREAK,
}

CAN_BE_UNDONE = frozenset(
    {
        Act.CALL_NEXT, Act.CALL_THIS_ONE, Act.RECALL, Act.START, Act.COMPLETE, Act.NO_SHOW, Act.CANCEL,
        Act.CREATE, Act.RETURN, Act.TRANSFER, Act.PARK, Act.RESUME, Act.REINSTATE, Act.PRIORITY,
        Act.EMERGENCY, Act.NOTES,
    }
)  # fmt: skip
"""The commands on a token; what was done to the counter itself is not taken back."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that was done.

    Args:
        number: of the token, "" where there is none.
        counter: the name of the counter it was done at or with.
        detail: the reason, or where it was sent; "" for none.
    """

    act: Act
    number: str = ""
    counter: str = ""
    detail: str = ""


def act_of(command: Command) -> Act:
    """What is asked by a command that the staff app sends."""
    if isinstance(command, commands.Change):
        if "emergency" in command.changes:
            return Act.EMERGENCY
        return Act.PRIORITY if "priority" in command.changes else Act.NOTES
    return _ACTS[type(command)]


def just_done(deed: Deed) -> str:
    """ "A012 completed", for as long as it can be undone."""
    templates = {
        Act.CALL_NEXT: translate("staff", "{number} called to {counter}"),
        Act.CALL_THIS_ONE: translate("staff", "{number} called to {counter}"),
        Act.RECALL: translate("staff", "{number} recalled"),
        Act.START: translate("staff", "{number} started"),
        Act.COMPLETE: translate("staff", "{number} completed"),
        Act.NO_SHOW: translate("staff", "{number} did not come"),
        Act.CANCEL: translate("staff", "{number} cancelled: {detail}"),
        Act.CREATE: translate("staff", "{number} taken"),
        Act.RETURN: translate("staff", "{number} is back in line"),
        Act.TRANSFER: translate("staff", "{number} transferred to {detail}"),
        Act.PARK: translate("staff", "{number} parked: {detail}"),
        Act.RESUME: translate("staff", "{number} taken up again"),
        Act.REINSTATE: translate("staff", "{number} is back in line"),
        Act.PRIORITY: translate("staff", "{number} has a head start of {detail} min"),
        Act.EMERGENCY: _emergency(
            deed,
            translate("staff", "{number} goes first: {detail}"),
            translate("staff", "{number} is no emergency any more"),
        ),
        Act.NOTES: translate("staff", "Notes on {number} saved"),
    }
    return _filled(templates.get(deed.act, ""), deed)


def last_done(deed: Deed, at: str) -> str:
    """The quiet line: "Last: A011 completed at 10:39". "" for what needs none."""
    templates = {
        Act.OPEN: translate("staff", "Last: {counter} opened at {at}"),
        Act.CALL_NEXT: translate("staff", "Last: {number} called at {at}"),
        Act.CALL_THIS_ONE: translate("staff", "Last: {number} called at {at}"),
        Act.RECALL: translate("staff", "Last: {number} recalled at {at}"),
        Act.START: translate("staff", "Last: {number} started at {at}"),
        Act.COMPLETE: translate("staff", "Last: {number} completed at {at}"),
        Act.NO_SHOW: translate("staff", "Last: {number} did not come, {at}"),
        Act.CANCEL: translate("staff", "Last: {number} cancelled at {at}: {detail}"),
        Act.CREATE: translate("staff", "Last: {number} taken at {at}"),
        Act.RETURN: translate("staff", "Last: {number} sent back in line at {at}"),
        Act.TRANSFER: translate("staff", "Last: {number} transferred to {detail} at {at}"),
        Act.PARK: translate("staff", "Last: {number} parked at {at}: {detail}"),
        Act.RESUME: translate("staff", "Last: {number} taken up again at {at}"),
        Act.REINSTATE: translate("staff", "Last: {number} put back in line at {at}"),
        Act.PRIORITY: translate("staff", "Last: {number} given a head start of {detail} min at {at}"),
        Act.EMERGENCY: _emergency(
            deed,
            translate("staff", "Last: {number} made an emergency at {at}: {detail}"),
            translate("staff", "Last: {number} made no emergency any more at {at}"),
        ),
        Act.NOTES: translate("staff", "Last: notes on {number} saved at {at}"),
        Act.UNDO: translate("staff", "Last: undone for {number} at {at}"),
        Act.TAKE_BREAK: translate("staff", "Last: break began at {at}"),
        Act.END_BREAK: translate("staff", "Last: work resumed at {at}"),
    }
    return _filled(templates.get(deed.act, ""), deed, at=at)


def _emergency(deed: Deed, begun: str, ended: str) -> str:
    return begun if deed.detail else ended


def _filled(template: str, deed: Deed, at: str = "") -> str:
    return template.format(number=deed.number, counter=deed.counter, detail=deed.detail, at=at)
