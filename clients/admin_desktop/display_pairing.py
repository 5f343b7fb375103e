"""Pairing a display by the code on its screen, and revoking one: their part of the presenter."""

from dataclasses import dataclass

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal

from clients.admin_desktop.forms import words as form_words
from clients.admin_desktop.notices import Notices
from clients.admin_desktop.pairing_views import (
    ClosePairing,
    ConnectScreen,
    FoundScreen,
    OpenPairing,
    PairingIntent,
    PairingView,
    RefuseScreen,
    RevokeDisplay,
    TypeCode,
)
from clients.admin_desktop.words import tr
from clients.core.commands import ApprovePairing, Command, RefusePairing, RevokeDevice
from clients.core.messages import Answered, AskingFailed, CommandFailed, CommandRefused, CommandSucceeded
from clients.core.questions import AskPairing
from clients.qt_kit.link import Link
from clients.qt_kit.store import Store
from shared import pairing
from shared.ids import RequestId
from shared.pairing import CODE_LENGTH, CODE_LETTERS, PairingRequest, is_code, plain_code, shown_code
from shared.problems import Problem, ProblemCode


@dataclass(frozen=True, kw_only=True)
class _UnderWay:
    command: Command
    name: str


class DisplayPairing(QObject):
    """From opening the dialog to connecting or refusing the screen; and revoking a display."""

    changed = Signal()
    """What the dialog shows is new."""
    displays_changed = Signal()
    """There are other displays now."""
    revoked = Signal(str)
    """A display is none any more; argument: its id."""

    def __init__(self, link: Link, store: Store, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._store, self._notices = link, store, notices
        self.forget()
        link.answered.connect(self._on_answered)
        link.asking_failed.connect(self._on_asking_failed)
        link.command_succeeded.connect(self._on_succeeded)
        link.command_refused.connect(self._on_refused)
        link.command_failed.connect(self._on_failed)

    def forget(self) -> None:
        """Nothing of one person's stays for the next."""
        self._sent: dict[RequestId, _UnderWay] = {}
        self._is_open = False
        self._clear()

    def _clear(self) -> None:
        self._found: PairingRequest | None = None
        self._asking: AskPairing | None = None
        self._code_error = self._name_error = self._error = ""

    def act(self, intent: PairingIntent) -> None:
        """Do what the person asks."""
        match intent:
            case OpenPairing():
                self._is_open = True
                self._clear()
            case ClosePairing():
                self._is_open = False
                self._clear()
            case TypeCode(text=text):
                self._look_up(plain_code(text))
            case ConnectScreen(name=name):
                self._connect(name)
            case RefuseScreen():
                self._refuse()
            case RevokeDisplay(device_id=device_id, name=name):
                self._send(RevokeDevice(device_id=device_id), name)
        self.changed.emit()

    def view(self) -> PairingView | None:
        """What the dialog shows; None while it is closed."""
        if not self._is_open:
            return None
        return PairingView(
            found=_found_screen(self._found) if self._found is not None else None,
            looking=self._asking is not None,
            busy=any(not isinstance(sent.command, RevokeDevice) for sent in self._sent.values()),
            code_error=self._code_error,
            name_error=self._name_error,
            error=self._error,
            offline="" if self._store.is_live else form_words.offline(),
        )

    # The code

    def _look_up(self, code: str) -> None:
        if self._found is not None and self._found.code == code:
            return
        self._clear()
        self._code_error = _wrong_letters(code)
        if is_code(code) and self._store.is_live:
            self._asking = AskPairing(code=code)
            self._link.ask(self._asking)

    def _on_answered(self, answered: Answered) -> None:
        if answered.question == self._asking and isinstance(answered.value, PairingRequest):
            self._asking, self._found = None, answered.value
            self.changed.emit()

    def _on_asking_failed(self, failed: AskingFailed) -> None:
        if failed.question == self._asking:
            self._asking = None
            self._code_error = _refusal(failed.problem) if failed.problem else failed.sentence
            self.changed.emit()

    # What becomes of the screen

    def _connect(self, name: str) -> None:
        if self._found is None:
            return
        self._name_error = self._error = ""
        try:
            body = pairing.ApprovePairing(code=self._found.code, name=name)
        except ValidationError as invalid:
            first = invalid.errors(include_url=False)[0]
            self._name_error = form_words.wrong(first["type"], first.get("ctx", {}), first["msg"])
            return
        self._send(ApprovePairing(pairing=body), body.name)

    def _refuse(self) -> None:
        if self._found is not None:
            self._error = ""
            self._send(RefusePairing(code=self._found.code), self._found.name)

    def _send(self, command: Command, name: str) -> None:
        if not self._store.is_live:
            if isinstance(command, RevokeDevice):
                self._notices.say(form_words.offline(), is_wrong=True)
        elif not any(type(sent.command) is type(command) for sent in self._sent.values()):
            self._sent[self._link.send(command)] = _UnderWay(command=command, name=name)

    def _on_succeeded(self, done: CommandSucceeded) -> None:
        sent = self._sent.pop(done.request_id, None)
        if sent is None:
            return
        match sent.command:
            case ApprovePairing():
                self._is_open = False
                said = tr("{name} is connected. Its screen shows the board in a moment.")
            case RefusePairing():
                self._is_open = False
                said = tr("{name} was refused. Its screen says so.")
            case RevokeDevice(device_id=device_id):
                self.revoked.emit(str(device_id))
                said = tr("{name} is disconnected. Its screen asks to be paired again.")
            case _:
                raise AssertionError("nothing else is sent here")
        self._notices.say(said.format(name=sent.name))
        self.displays_changed.emit()
        self.changed.emit()

    def _on_refused(self, refused: CommandRefused) -> None:
        sent = self._sent.pop(refused.request_id, None)
        if sent is None:
            return
        self._fail(sent, _refusal(refused.problem))
        if refused.problem.code is ProblemCode.PAIRING_UNKNOWN:
            # Its time was over meanwhile, or somebody else was quicker.
            self._found, self._code_error, self._error = None, self._error, ""
        self.changed.emit()

    def _on_failed(self, failed: CommandFailed) -> None:
        sent = self._sent.pop(failed.request_id, None)
        if sent is None:
            return
        self._fail(sent, failed.sentence)
        self.displays_changed.emit()  # it may have happened
        self.changed.emit()

    def _fail(self, sent: _UnderWay, sentence: str) -> None:
        if isinstance(sent.command, RevokeDevice) or not self._is_open:
            self._notices.say(
                tr("{name}: {sentence}").format(name=sent.name, sentence=sentence), is_wrong=True
            )
        else:
            self._error = sentence


def _found_screen(request: PairingRequest) -> FoundScreen:
    return FoundScreen(code=shown_code(request.code), machine=request.name, address=request.address or "")


def _wrong_letters(code: str) -> str:
    wrong = next((letter for letter in code if letter not in CODE_LETTERS), "")
    if wrong:
        return tr("No code has “{letter}”: they have consonants only.").format(letter=wrong)
    return tr("A code has eight letters.") if len(code) > CODE_LENGTH else ""


def _refusal(problem: Problem) -> str:
    match problem.code:
        case ProblemCode.PAIRING_UNKNOWN:
            return tr("No screen shows this code now. Look at the screen again: a code holds ten minutes.")
        case ProblemCode.TOO_MANY_REQUESTS:
            minutes = max(1, -(-int(problem.facts.get("retry_after_s", 60)) // 60))
            return tr("Too many codes were wrong. You can try again in {minutes} min.").format(
                minutes=minutes
            )
    return form_words.refusal(problem)
