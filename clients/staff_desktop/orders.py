"""Commands on their way, and what came of them: the last deed, a notice, the offer to undo.

MUST: nothing here waits, and no command is sent while another one of this counter is on its way, so that
a key pressed twice calls one visitor.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from clients.core import commands, messages
from clients.core.commands import Command
from clients.core.session_actions import EventsApplied
from clients.qt_kit import formats
from clients.qt_kit.link import Link
from clients.staff_desktop import deeds, refusing, words
from clients.staff_desktop.deeds import Deed
from clients.staff_desktop.facts import Act, Facts, TokenTry, UndoOffer
from clients.staff_desktop.under_way import Asked, UnderWay
from shared.commands import Answer
from shared.ids import RequestId, Revision

SEEN_WITHIN_MS = 3000  # the state follows an answer within milliseconds; without it, go on all the same
NOTICE_MS = 15_000  # a refusal is read by then; the next success takes it away earlier
UNDO_WITHIN = timedelta(seconds=10)  # the server's rule; it counts from its own commit


class Orders(QObject):
    """What this person has asked for.

    Args:
        facts: what is known now.
    """

    changed = Signal()
    """Something here is new, and is to be shown."""
    done = Signal(object)
    """A command was done; argument: the Command."""
    question_asked = Signal(object)
    """A command needs a yes; argument: TakeOver."""

    def __init__(self, link: Link, facts: Callable[[], Facts], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._facts = link, facts
        self._under_way = UnderWay()
        self.last = self.notice = ""
        self.token_try = TokenTry()
        self._offer: UndoOffer | None = None
        self._notice_away = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._notice_away.timeout.connect(lambda: self.tell(""))
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)
        link.events_applied.connect(self._on_events)

    @property
    def acts(self) -> frozenset[Act]:
        """What is on its way."""
        return self._under_way.acts

    @property
    def offer(self) -> UndoOffer | None:
        """The last command, while it can be taken back."""
        if self._offer is not None and self._link.server_now() >= self._offer.until:
            self._offer = None
        return self._offer

    def send(self, command: Command) -> None:
        """Have a command done, unless another one of this counter is on its way."""
        act, facts = deeds.act_of(command), self._facts()
        if not facts.is_live:
            since = formats.clock(facts.local(facts.status.since)) if facts.status else ""
            self.tell(words.offline_reason(since))
            return
        if self._under_way.blocks(act):
            return
        if act is Act.CREATE:
            self.token_try = TokenTry()
        self._under_way.add(self._link.send(command), act, command, self._link.server_now())
        self.changed.emit()

    def tell(self, notice: str) -> None:
        """Say something that needs reading, or "" to take it away."""
        self.notice = notice
        if notice:
            self._notice_away.start()
        self.changed.emit()

    def begin_token(self) -> None:
        """The panel for a new token is opened: nothing is taken yet."""
        self.token_try = TokenTry()
        self.changed.emit()

    def settle(self, revision: Revision) -> None:
        """The state is at this revision: what it shows is no longer on its way."""
        self._under_way.settle(revision)

    def begin_anew(self) -> None:
        """Another person sits down: nothing of this is theirs."""
        self._under_way.clear()
        self.token_try, self._offer = TokenTry(), None
        self.last = self.notice = ""

    # What came of it

    def _on_succeeded(self, message: messages.CommandSucceeded) -> None:
        answer = message.answer
        asked = self._under_way.done(message.request_id, answer.revision)
        if asked is None or not isinstance(answer, Answer):
            return
        facts = self._facts()
        deed = _deed(asked, answer, facts)
        at = formats.clock(facts.local(facts.now))
        self.last = deeds.last_done(deed, at) or self.last
        self._offer = None
        if asked.act in deeds.CAN_BE_UNDONE and answer.token is not None:
            self._offer = UndoOffer(
                token_id=answer.token.id,
                text=deeds.just_done(deed),
                # From when it was asked: the server has counted since then at the earliest.
                until=asked.at + UNDO_WITHIN,
                revision=answer.revision,
            )
        if asked.act is Act.CREATE:
            self.token_try = replace(self.token_try, token=answer.token)
        if facts.state is not None:
            self._under_way.settle(facts.state.revision)
        QTimer.singleShot(SEEN_WITHIN_MS, self, lambda: self._forget(message.request_id))
        self.done.emit(asked.command)
        self.tell("")

    def _on_refused(self, message: messages.CommandRefused) -> None:
        asked = self._under_way.drop(message.request_id)
        if asked is None:
            return
        facts, problem = self._facts(), message.problem
        sentence = words.refusal(problem, facts.state, local=refusing.on_the_clock(problem, facts))
        if asked.act is Act.UNDO:
            self._offer = None
        if asked.act is Act.CREATE:
            can_override = refusing.can_override(problem)
            self.token_try = replace(self.token_try, error=sentence, can_override=can_override)
            self.changed.emit()
        elif (question := refusing.question(problem, asked.command, facts.state)) is not None:
            self.changed.emit()
            self.question_asked.emit(question)
        else:
            self.tell(sentence)

    def _on_failed(self, message: messages.CommandFailed) -> None:
        asked = self._under_way.drop(message.request_id)
        if asked is None:
            return
        if asked.act is Act.CREATE:
            self.token_try = replace(self.token_try, error=message.sentence)
        self.tell(message.sentence)

    def _on_events(self, applied: EventsApplied) -> None:
        """Somebody has acted on the token since: the last command can no longer be taken back."""
        offer = self._offer
        if offer is None:
            return
        if any(
            event.token is not None and event.token.id == offer.token_id and event.revision > offer.revision
            for event in applied.events
        ):
            self._offer = None
            self.changed.emit()

    def _forget(self, request_id: RequestId) -> None:
        if self._under_way.drop(request_id) is not None:
            self.changed.emit()


def _deed(asked: Asked, answer: Answer, facts: Facts) -> Deed:
    command = asked.command
    counter_id = getattr(command, "counter_id", None) or (answer.token and answer.token.counter_id)
    counter = facts.state.counters.get(counter_id) if facts.state is not None and counter_id else None
    return Deed(
        act=asked.act,
        number=answer.token.number if answer.token else "",
        counter=counter.name if counter else "",
        detail=_detail(command, facts),
    )


def _detail(command: Command, facts: Facts) -> str:
    match command:
        case commands.Cancel(reason=reason) | commands.Park(reason=reason):
            return reason
        case commands.Transfer():
            return _where_to(command, facts)
        case commands.Change(changes=changes):
            return str(changes.get("emergency") or changes.get("priority") or "") or _nought(command)
    return ""


def _nought(change: commands.Change) -> str:
    return "0" if "priority" in change.changes else ""


def _where_to(command: commands.Transfer, facts: Facts) -> str:
    state = facts.state
    if state is None:
        return ""
    if command.counter_id is not None and (counter := state.counters.get(command.counter_id)):
        return counter.name
    if command.user_id is not None and (person := state.people.get(command.user_id)):
        return person.display_name
    key = command.customer_type
    customer_type = state.customer_types.get(key) if key is not None else None
    return customer_type.name if customer_type is not None else ""
