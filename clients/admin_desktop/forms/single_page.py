"""A page that edits one thing: its form fills the page."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clients.admin_desktop.forms import intents
from clients.admin_desktop.forms.editor_panel import EditorPanel
from clients.admin_desktop.forms.editor_view import Edited
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.widgets.page import MARGIN, Page
from clients.admin_desktop.words import tr
from clients.qt_kit.theme import current_theme
from clients.qt_kit.widgets.base import is_restyling
from clients.qt_kit.widgets.card import Card
from clients.qt_kit.widgets.empty_state import EmptyState, EmptyStateState
from clients.qt_kit.widgets.skeleton import Skeleton

WIDEST = 760  # a form that is wider is hard to read along
WIDE = 1600  # for a table in a form
_SKELETON_ROWS = 6


class SinglePage(Page):
    """Shows one subject that is a single thing; what else the page has goes into `beside`.

    Args:
        subject: its name, as intents call it.
        title: the page's noun.
        form: the fields, finished.
        widest: the form's, logical pixels at 100 % text.
    """

    def __init__(
        self, subject: str, title: str, form: Form, *, widest: int = WIDEST, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self._widest = widest
        self.subject = subject
        self.panel = EditorPanel(form, can_close=False)
        self.empty = EmptyState()
        self.empty.action_requested.connect(self.retry_requested)
        self._stack = QStackedWidget()
        self._loading = Card(padding=(20, 20))
        for _ in range(_SKELETON_ROWS):
            self._loading.body.addWidget(Skeleton(height=16))
            self._loading.body.addSpacing(20)
        self._loading.body.addStretch(1)
        for widget in (self.panel, self.empty, self._loading):
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(self._loading)
        self.beside = QVBoxLayout()
        self.beside.setSpacing(16)
        row = self.row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        row.setSpacing(16)
        row.addWidget(self._stack, 3)
        row.addLayout(self.beside, 2)
        self.column.addLayout(row, 1)
        self._wire()
        self._fit()

    def render_edited(self, edited: Edited) -> None:
        """Show the form, or why it has not come."""
        if edited.editor is not None:
            self.panel.render(edited.editor)
            self._stack.setCurrentWidget(self.panel)
        elif edited.error:
            self.empty.render(
                EmptyStateState(
                    icon="circle-alert",
                    title=tr("The settings have not come"),
                    text=edited.error,
                    action=tr("Try again"),
                )
            )
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self._loading)

    def changeEvent(self, event: QEvent) -> None:
        """Grow with the text."""
        super().changeEvent(event)
        if is_restyling(event):
            self._fit()

    def _fit(self) -> None:
        self._stack.setMaximumWidth(current_theme().px(self._widest))

    def _wire(self) -> None:
        panel, subject = self.panel, self.subject
        panel.edited.connect(
            lambda name: self.intended.emit(
                intents.ChangeDraft(subject=subject, name=name, values=panel.values())
            )
        )
        panel.left.connect(lambda name: self.intended.emit(intents.LeaveField(subject=subject, name=name)))
        panel.save_requested.connect(lambda: self.intended.emit(intents.SaveDraft(subject=subject)))
        panel.close_requested.connect(
            lambda discard: self.intended.emit(intents.CloseEditor(subject=subject, discard=discard))
        )
        panel.conflict_answered.connect(
            lambda mine: self.intended.emit(intents.AnswerConflict(subject=subject, keep_mine=mine))
        )
