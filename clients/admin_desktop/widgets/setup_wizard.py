"""The first run of an empty server: its organization, its first super admin, and where needed its code."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clients.admin_desktop.forms import words
from clients.admin_desktop.setup_view import SetupView
from clients.admin_desktop.time_zones import zone_of_this_machine, zones
from clients.admin_desktop.words import tr
from clients.qt_kit import account_words
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.command_button import ButtonSize, CommandButton, CommandState
from clients.qt_kit.widgets.elided_label import ElidedLabel
from clients.qt_kit.widgets.error_panel import ErrorPanel
from clients.qt_kit.widgets.field import Field
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.product_mark import ProductMark
from clients.qt_kit.widgets.search_field import SearchField
from shared.setup import SetUp
from shared.users import PASSWORD_AT_LEAST

_WIDTH, _WIDEST = 480, 720
_REPEATED = "repeated"  # not of `SetUp`: it never leaves the form


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A page of the wizard; `fields` are the names of its fields, in their order."""

    title: str
    text: str
    fields: tuple[str, ...]


class SetupWizard(QWidget):
    """Two or three steps in a card; Enter goes on, Escape goes back, and nothing is sent before the last."""

    set_up_requested = Signal(object)
    """All is filled in; argument: SetUp."""
    server_change_requested = Signal()
    """The person wants to enter another server address."""

    def __init__(self, view: SetupView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._step = 0
        self._title = Label(TextRole.TITLE, wrap=True)
        self._text = Label(TextRole.BODY, tone="ink2", wrap=True)
        self._count = Label(TextRole.HINT, tone="ink3")
        self._server = ElidedLabel(TextRole.SMALL, tone="ink2")
        self._change = CommandButton(tr("Change"), kind="link", size=ButtonSize.ROW)
        self._error = ErrorPanel()
        self.organization = Field(tr("Name of the organization"), placeholder=tr("City Hall"))
        self.time_zone = SearchField(
            tr("Time zone"), zones(), help=tr("Type a city or a continent, and choose.")
        )
        self.time_zone.set_value(zone_of_this_machine())
        self.display_name = Field(tr("Your name"))
        self.username = Field(tr("User name"))
        self.password = Field(tr("Password"), password=True, help=account_words.password_help())
        self.repeated = Field(tr("Password again"), password=True)
        self.code = Field(tr("Code"), placeholder="XXXX-XXXX-XXXX")
        self._fields: dict[str, Field | SearchField] = {
            "organization": self.organization,
            "time_zone": self.time_zone,
            "display_name": self.display_name,
            "username": self.username,
            "password": self.password,
            _REPEATED: self.repeated,
            "code": self.code,
        }
        self.back = CommandButton(tr("Back"), kind="quiet", size=ButtonSize.COMMAND)
        self.next = CommandButton(
            kind="primary", size=ButtonSize.COMMAND, key="Return", key_is_shown_only=True
        )
        self._pages = QStackedWidget()
        self._card = Card(padding=(32, 32), radius=12)
        self._build()
        self._fit_card()
        self._join()
        self._show_step()
        self.render(view)

    @property
    def step(self) -> int:
        """Which step is shown, from 0."""
        return self._step

    def render(self, view: SetupView) -> None:
        """Show a view; what the person has typed stays."""
        is_answered = self._view.busy and not view.busy
        is_other = view.needs_code != self._view.needs_code
        self._view = view
        self._server.setText(tr("Server {server}").format(server=view.server))
        self._error.show_sentence(view.error)
        self._change.setEnabled(not view.busy)
        for field in self._fields.values():
            field.input.setReadOnly(view.busy)
        if is_other:
            self._step = min(self._step, len(self._steps()) - 1)
            self._show_step()
        if is_answered and view.errors:
            self._show_errors(view.errors)
        self._render_buttons()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin in the first field."""
        super().showEvent(event)
        self._focus(self._steps()[self._step].fields)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the card as wide as its text asks for."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit_card()

    # What it is made of

    def _steps(self) -> tuple[_Step, ...]:
        steps = (
            _Step(
                title=tr("Set this server up"),
                text=tr("It has no organization yet. What you enter here can be changed later."),
                fields=("organization", "time_zone"),
            ),
            _Step(
                title=tr("The first super admin"),
                text=tr("This is you: you sign in with it from now on, and add everybody else."),
                fields=("display_name", "username", "password", _REPEATED),
            ),
        )
        if not self._view.needs_code:
            return steps
        code = _Step(
            title=tr("Code of the server"),
            text=tr(
                "It shows that you may do this. The server wrote it into its log when it started: see"
                " the window or the service that runs it. On the server's own machine no code is needed."
            ),
            fields=("code",),
        )
        return (*steps, code)

    def _build(self) -> None:
        for names in (("organization", "time_zone"), ("display_name", "username"), ("code",)):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            for name in names:
                column.addWidget(self._fields[name])
            if "username" in names:
                column.addWidget(self.password)
                column.addWidget(self.repeated)
            column.addStretch(1)
            self._pages.addWidget(page)
        server_row = QHBoxLayout()
        server_row.setSpacing(4)
        server_row.addWidget(self._server, 1)
        server_row.addWidget(self._change)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.back)
        buttons.addWidget(self.next, 1)
        body = self._card.body
        body.setSpacing(0)
        body.addWidget(ProductMark(), 0, Qt.AlignmentFlag.AlignLeading)
        body.addSpacing(24)
        body.addWidget(self._count)
        body.addWidget(self._title)
        body.addSpacing(4)
        body.addLayout(server_row)
        body.addSpacing(12)
        body.addWidget(self._text)
        body.addSpacing(16)
        body.addWidget(self._error)
        body.addSpacing(4)
        body.addWidget(self._pages)
        body.addSpacing(16)
        body.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def _join(self) -> None:
        for field in self._fields.values():
            field.input.returnPressed.connect(self._on_entered)
        self.time_zone.edited.connect(lambda: self.time_zone.set_error(""))
        self.next.clicked.connect(self._go_on)
        self.back.clicked.connect(self._go_back)
        self._change.clicked.connect(self.server_change_requested)
        QShortcut(QKeySequence("Escape"), self).activated.connect(self._go_back)

    def _fit_card(self) -> None:
        self._card.setFixedWidth(min(current_theme().px(_WIDTH), _WIDEST))

    # Going through it

    def _on_entered(self) -> None:
        # The key chose a time zone from the list.
        popup = self.time_zone.completer.popup()
        if popup is None or not popup.isVisible():
            self._go_on()

    def _go_on(self) -> None:
        if self._view.busy:
            return
        steps = self._steps()
        body, wrong = self._filled_in()
        here = {name: sentence for name, sentence in wrong.items() if name in steps[self._step].fields}
        for name in steps[self._step].fields:
            self._fields[name].set_error(here.get(name, ""))
        if here:
            self._focus([name for name in steps[self._step].fields if name in here])
        elif self._step + 1 < len(steps):
            self._step += 1
            self._show_step()
        elif body is not None:
            self.set_up_requested.emit(body)
        else:
            self._show_errors(wrong)  # of a step before this one

    def _go_back(self) -> None:
        if self._step > 0 and not self._view.busy:
            self._step -= 1
            self._show_step()

    def _show_step(self) -> None:
        steps = self._steps()
        step = steps[self._step]
        self._title.setText(step.title)
        self._text.setText(step.text)
        self._count.setText(tr("Step {step} of {steps}").format(step=self._step + 1, steps=len(steps)))
        self._pages.setCurrentIndex(self._step)
        self._render_buttons()
        self._focus(step.fields)

    def _show_errors(self, errors: Mapping[str, str]) -> None:
        for name, field in self._fields.items():
            field.set_error(errors.get(name, ""))
        for number, step in enumerate(self._steps()):
            wrong = [name for name in step.fields if name in errors]
            if wrong:
                self._step = number
                self._show_step()
                self._focus(wrong)
                return

    def _render_buttons(self) -> None:
        is_last = self._step + 1 == len(self._steps())
        text = tr("Set up and sign in") if is_last else tr("Next")
        self.next.render(CommandState(text=text, busy=self._view.busy))
        self.back.setVisible(self._step > 0)
        self.back.setEnabled(not self._view.busy)

    def _focus(self, names: Sequence[str]) -> None:
        control = self._fields[names[0]].input
        control.setFocus()
        control.selectAll()

    # What was entered

    def _filled_in(self) -> tuple[SetUp | None, dict[str, str]]:
        """What is to be sent; or what is wrong, by field."""
        values = {
            name: field.value() if isinstance(field, SearchField) else field.text
            for name, field in self._fields.items()
        }
        repeated = values.pop(_REPEATED)
        code = values.pop("code").strip()
        body, wrong = None, {}
        try:
            body = SetUp.model_validate({**values, "code": code or None})
        except ValidationError as error:
            for each in error.errors(include_url=False, include_input=False):
                wrong[str(each["loc"][0])] = words.wrong(each["type"], each.get("ctx", {}), each["msg"])
        if "time_zone" in wrong:
            wrong["time_zone"] = tr("There is no such time zone. Type a city, and choose.")
        wrong |= self._wrong_password(values["password"], repeated)
        if self._view.needs_code and not code:
            wrong["code"] = tr("Enter the code from the server's log.")
        return (None if wrong else body), wrong

    @staticmethod
    def _wrong_password(password: str, repeated: str) -> dict[str, str]:
        # The server, which has the last word, says what else is wrong.
        characters = len(unicodedata.normalize("NFC", password))
        if characters < PASSWORD_AT_LEAST:
            sentence = tr("It has {count} characters and needs at least {least}.")
            return {"password": sentence.format(count=characters, least=PASSWORD_AT_LEAST)}
        if repeated != password:
            return {_REPEATED: account_words.both_alike()}
        return {}
