"""What the person asks for, and what came of it: intents in, views out.

Widgets tell intents, the link tells outcomes, the store tells the state; all of them end in one frozen
`StaffView`. MUST: nothing here waits; commands go through `Orders`.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QLocale, QObject, QTimer, Signal

from clients.core import commands, messages
from clients.core.commands import Command
from clients.core.messages import Fetch, SignOutReason
from clients.core.queue_state import QueueState
from clients.qt_kit.link import Link
from clients.qt_kit.setup_watch import SetupWatch
from clients.qt_kit.sign_in_state import SignInState
from clients.qt_kit.signing_in import SigningIn
from clients.qt_kit.store import Store
from clients.staff_desktop import refusing
from clients.staff_desktop.choices import Choices
from clients.staff_desktop.counter_watch import CounterWatch
from clients.staff_desktop.facts import Act, Facts, own_counter
from clients.staff_desktop.line import Line, line_of
from clients.staff_desktop.no_shows import NoShows
from clients.staff_desktop.orders import Orders
from clients.staff_desktop.screen import staff_view
from clients.staff_desktop.view_state import StaffView, TakeOver
from clients.staff_desktop.waiting_screen import calls_nobody
from clients.staff_desktop.wake import Wake
from shared.analytics import Day
from shared.counters import LiveCounter
from shared.ids import CounterId, TokenId, TypeKey, UserId

TICK_MS = 1000
FRAME_MS = 16  # a burst of events is drawn once a frame
DAY_EVERY_MS = 60_000
_CHANGES_MY_DAY = (commands.Complete, commands.NoShow, commands.Open, commands.Undo)


class Presenter(QObject):
    """The staff app's logic.

    Args:
        server: the address, as the sign-in form names it.
        counter_label: the counter to open after signing in, None for none.
    """

    view_changed = Signal(object)
    """There is something new to show; argument: StaffView."""
    take_over_asked = Signal(object)
    """Opening a counter needs a yes; argument: TakeOver."""

    def __init__(
        self,
        *,
        link: Link,
        store: Store,
        choices: Choices,
        server: str,
        counter_label: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._store, self._choices = link, store, choices
        self._counter_label = counter_label
        self.signing_in = SigningIn(link, server=server, parent=self)
        self._orders = Orders(link, self._facts, self)
        self._no_shows = NoShows(link, self)
        self._is_remembered = True
        self._day: Day | None = None
        self._was_live = False
        self._watch = CounterWatch()
        self._line: tuple[QueueState, LiveCounter | None, Line] | None = None
        self._drawing = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._drawing.timeout.connect(self.draw)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.draw)
        self._tick.start()
        self._asking_day = QTimer(self, interval=DAY_EVERY_MS)
        self._asking_day.timeout.connect(self._ask_day)
        self._asking_day.start()
        self._listen()

    def _listen(self) -> None:
        self._store.changed.connect(self._on_store_changed)
        self._link.signed_in.connect(self._on_signed_in)
        self.signing_in.changed.connect(self.draw)
        self._setup = SetupWatch(self._link, self)
        self._setup.changed.connect(self.draw)
        self._link.sign_in_refused.connect(self._on_sign_in_refused)
        self._link.signed_out.connect(self._on_signed_out)
        self._link.fetched.connect(self._on_fetched)
        self._orders.changed.connect(self.draw)
        self._orders.done.connect(self._on_done)
        self._orders.question_asked.connect(self.take_over_asked)
        self._no_shows.changed.connect(self._draw_soon)

    # What the person asks for

    def begin(self, sign_in: tuple[str, str] | None) -> None:
        """Start: sign in as asked, or by what is remembered."""
        if sign_in is not None:
            self._setup.begin()  # an empty server refuses whoever it is
            self.sign_in(*sign_in)
            return
        self.signing_in.resume()

    def sign_in(self, username: str, password: str) -> None:
        """Sign a person in."""
        self.signing_in.sign_in(username, password)

    def sign_out(self) -> None:
        """Sign out; an open counter stays open, as it does when the app is closed."""
        self._link.sign_out()

    def open_counter(
        self, counter_id: CounterId, types: tuple[TypeKey, ...], *, take_over: bool = False
    ) -> None:
        """Open a counter for these types (none: all it may serve); asks before it takes one over."""
        state, me = self._store.state, self._store.me
        if state is None or me is None or counter_id not in state.counters:
            return
        counter = state.counters[counter_id]
        if not take_over and counter.opened_by not in (None, me.id):
            person = self._name_of_person(counter.opened_by)
            asked = TakeOver(counter_id=counter_id, counter_name=counter.name, types=types, person=person)
            self.take_over_asked.emit(asked)
            return
        self._orders.send(commands.Open(counter_id=counter_id, customer_types=types, take_over=take_over))

    def take_over(self, question: TakeOver) -> None:
        """The answer to `take_over_asked` was yes."""
        self.open_counter(question.counter_id, question.types, take_over=True)

    def close_counter(self) -> None:
        """Close one's own counter."""
        counter = self._counter()
        if counter is not None:
            self._orders.send(commands.Close(counter_id=counter.id))

    def call_next(self) -> None:
        """Call who is next."""
        counter = self._counter()
        if counter is None or self._facts().active is not None:
            return
        if self._free_counter() is not None:
            self._orders.send(commands.CallNext(counter_id=counter.id))

    def call_this_one(self, token_id: TokenId) -> None:
        """Call this very token."""
        counter, state = self._free_counter(), self._store.state
        if counter is not None and state is not None and token_id in state.tokens:
            self._orders.send(commands.CallThisOne(counter_id=counter.id, token_id=token_id))

    def recall(self) -> None:
        """Call the called token again."""
        self._ask_about_active(lambda token_id: commands.Recall(token_id=token_id))

    def start(self) -> None:
        """The visitor stands at the counter."""
        self._ask_about_active(lambda token_id: commands.Start(token_id=token_id))

    def complete(self) -> None:
        """The visitor is served."""
        self._ask_about_active(lambda token_id: commands.Complete(token_id=token_id))

    def no_show(self) -> None:
        """The visitor did not come."""
        self._ask_about_active(lambda token_id: commands.NoShow(token_id=token_id))

    def send_back(self) -> None:
        """The called visitor goes back in line."""
        self._ask_about_active(lambda token_id: commands.Return(token_id=token_id))

    def resume(self, token_id: TokenId) -> None:
        """Take a parked visitor up again, at one's own counter."""
        counter = self._free_counter()
        if counter is not None:
            self._orders.send(commands.Resume(token_id=token_id, counter_id=counter.id))

    def park(self, token_id: TokenId, reason: str, wake: Wake) -> None:
        """Set a visitor aside."""
        wake_at = wake.moment(self._link.server_now(), self._facts().zone)
        self._orders.send(commands.Park(token_id=token_id, reason=reason, wake_at=wake_at))

    def undo(self) -> None:
        """Take the last command back, while it is offered."""
        offer, counter = self._orders.offer, self._counter()
        if offer is None:
            return
        if counter is not None:
            self._orders.send(commands.Undo(counter_id=counter.id))
        else:
            self._orders.send(commands.UndoOnToken(token_id=offer.token_id))

    def take_break(self, reason: str) -> None:
        """Take a break at one's own counter."""
        counter = self._counter()
        if counter is not None:
            self._orders.send(commands.TakeBreak(counter_id=counter.id, reason=reason))

    def end_break(self) -> None:
        """Work again."""
        counter = self._counter()
        if counter is not None:
            self._orders.send(commands.EndBreak(counter_id=counter.id))

    def ask(self, command: Command) -> None:
        """Have a command done that the window has put together."""
        self._orders.send(command)

    def begin_token(self) -> None:
        """The panel for a new token is opened: nothing is taken yet."""
        self._orders.begin_token()

    def ask_no_shows(self) -> None:
        """The section of those who did not come is looked at."""
        if self._store.is_live:
            self._no_shows.ask()

    def _ask_about_active(self, command: Callable[[TokenId], Command]) -> None:
        active = self._facts().active
        if active is not None:
            self._orders.send(command(active.id))

    def _free_counter(self) -> LiveCounter | None:
        """One's own counter, if a visitor can be called to it now; else the reason is told."""
        reason = calls_nobody(self._facts())
        if reason:
            self._orders.tell(reason)
            return None
        return self._counter()

    # What came of it

    def _on_done(self, command: Command) -> None:
        if isinstance(command, commands.Open):
            self._choices.keep_counter(command.counter_id, command.customer_types)
        if isinstance(command, _CHANGES_MY_DAY):
            self._ask_day()

    def _on_fetched(self, message: messages.Fetched) -> None:
        if message.kind is Fetch.MY_DAY and isinstance(message.value, Day):
            self._day = message.value
            self._draw_soon()

    # Coming and going

    def _on_signed_in(self, message: messages.PersonSignedIn) -> None:
        self._is_remembered = message.is_remembered
        self._orders.begin_anew()
        self._draw_soon()

    def _on_sign_in_refused(self) -> None:
        if not self.signing_in.state.username:
            self._setup.begin()  # what is remembered may be another database's

    def _on_signed_out(self, reason: SignOutReason) -> None:
        if reason is SignOutReason.ENDED:
            self.signing_in.refuse(self.tr("Your sign-in has ended. Sign in again to go on."))
        self._orders.begin_anew()
        self._no_shows.forget()
        self._watch.forget()
        self._day, self._line = None, None
        self._setup.begin()
        self.draw()

    def _how_signing_in_stands(self) -> SignInState:
        state = self.signing_in.state
        if self._setup.state is None or state.busy:
            return state
        return replace(state, error=refusing.not_set_up(), password_is_wrong=False)

    def _on_store_changed(self) -> None:
        if self._store.state is not None:
            self._orders.settle(self._store.state.revision)
        self._open_asked_counter()
        self._notice_lost_counter()
        is_live = self._store.is_live
        if is_live and not self._was_live:
            self._ask_day()
            self._no_shows.ask()
        self._was_live = is_live
        self._draw_soon()

    def _open_asked_counter(self) -> None:
        """Once, after signing in: the counter that the settings name, if nobody sits there."""
        state, me = self._store.state, self._store.me
        if self._counter_label is None or state is None or me is None or not self._store.is_live:
            return
        label, self._counter_label = self._counter_label, None
        counter = next((each for each in state.counters.values() if each.label == label), None)
        if counter is None:
            self._orders.tell(self.tr("There is no counter {label}. Choose another.").format(label=label))
        elif counter.opened_by is None and own_counter(state, me) is None:
            self.open_counter(counter.id, self._choices.types_at(counter.id))

    def _notice_lost_counter(self) -> None:
        """Say so when somebody else took the counter, or closed it."""
        lost = self._watch.lost(self._store.state, self._counter())
        if lost is None or Act.CLOSE in self._orders.acts:
            return
        if lost.opened_by is None:
            self._orders.tell(
                self.tr("{counter} was closed. Choose a counter to go on.").format(counter=lost.name)
            )
        else:
            taken = self.tr("{person} took over {counter}. Choose a counter to go on.")
            self._orders.tell(taken.format(person=self._name_of_person(lost.opened_by), counter=lost.name))

    def _name_of_person(self, user_id: UserId | None) -> str:
        state = self._store.state
        person = state.people.get(user_id) if state is not None and user_id is not None else None
        return person.display_name if person else self.tr("A colleague")

    def _ask_day(self) -> None:
        if self._store.is_live and self._store.me is not None:
            self._link.fetch(Fetch.MY_DAY)

    # Drawing

    def _draw_soon(self) -> None:
        if not self._drawing.isActive():
            self._drawing.start()

    def draw(self) -> None:
        """Show what is known now."""
        self._drawing.stop()
        self.view_changed.emit(self.view())

    def view(self) -> StaffView:
        """What is to be shown now."""
        return staff_view(self._facts())

    def _counter(self) -> LiveCounter | None:
        return own_counter(self._store.state, self._store.me)

    def _facts(self) -> Facts:
        store, counter = self._store, self._counter()
        return Facts(
            now=self._link.server_now(),
            me=store.me,
            is_remembered=self._is_remembered,
            state=store.state,
            status=store.status,
            queues=store.queues,
            receipts=store.receipts,
            day=self._day,
            counter=counter,
            line=self._line_of(store.state, counter),
            under_way=self._orders.acts,
            sign_in=self._how_signing_in_stands(),
            token_try=self._orders.token_try,
            suggested=self._choices.counter_id,
            suggested_types=self._choices.types,
            last=self._orders.last,
            notice=self._orders.notice,
            offer=self._orders.offer,
            no_shows=self._no_shows.known,
            language=QLocale.languageToCode(QLocale().language()),
        )

    def _line_of(self, state: QueueState | None, counter: LiveCounter | None) -> Line | None:
        if state is None:
            return None
        known = self._line
        if known is None or known[0] is not state or known[1] != counter:
            known = self._line = (state, counter, line_of(state, counter))
        return known[2]
