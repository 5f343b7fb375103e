"""The waiting list as Qt's list views take it: rows change, the list is not rebuilt.

The rows are the tokens themselves; what a row shows is worked out when it is painted, so that an event
among 2,000 who wait costs one row and a second's passing costs the rows in view.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from clients.qt_kit import formats
from clients.qt_kit.widgets.service_mark import ServiceLevel
from clients.staff_desktop.line import waited_s
from clients.staff_desktop.list_view import MINE, RowView, Section, WaitingView
from clients.staff_desktop.view_parts import TypeView
from shared.ids import TokenId, TypeKey
from shared.tokens import LiveToken

TOKEN_ROLE = Qt.ItemDataRole.UserRole
_NOTHING = RowView()
_Index = QModelIndex | QPersistentModelIndex


class WaitingModel(QAbstractListModel):
    """The tokens that pass the filter."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[LiveToken] = []
        self._types: Mapping[TypeKey, TypeView] = {}
        self._views: Mapping[TokenId, RowView] = {}
        self.section = Section.WAITING
        self.next_id: TokenId | None = None
        self.now: datetime | None = None

    # What is shown

    @property
    def rows(self) -> tuple[LiveToken, ...]:
        """The tokens in view, from the top."""
        return tuple(self._rows)

    def token_at(self, index: _Index) -> LiveToken | None:
        """The token of a row."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def row_of(self, token_id: TokenId) -> int | None:
        """The row of a token."""
        return next((row for row, token in enumerate(self._rows) if token.id == token_id), None)

    def type_of(self, token: LiveToken) -> TypeView | None:
        """The customer type of a token."""
        return self._types.get(token.customer_type)

    def view_of(self, token: LiveToken) -> RowView:
        """What a row says of its own."""
        return self._views.get(token.id, _NOTHING)

    def words_of(self, token: LiveToken) -> str:
        """What stands behind the number: a name, a reason, else the type."""
        of_type = self.type_of(token)
        return self.view_of(token).words or (of_type.name if of_type else "")

    def end_of(self, token: LiveToken) -> str:
        """The time at the end of the row."""
        return self.view_of(token).end or formats.minutes(self.waited_s(token))

    def chip_of(self, token: LiveToken) -> str:
        """The word in a frame, "" for none; an emergency is told also of who is next."""
        is_next = token.id == self.next_id and token.emergency is None
        return self.tr("Next") if is_next else self.view_of(token).chip

    def waited_s(self, token: LiveToken) -> float:
        """How long a token has waited."""
        return waited_s(token, self.now) if self.now is not None else 0.0

    def level_of(self, token: LiveToken) -> ServiceLevel:
        """How its wait stands against its type's limit."""
        of_type = self.type_of(token)
        return ServiceLevel.of(self.waited_s(token), of_type.limit_s if of_type else 0)

    def render(
        self, view: WaitingView, *, text: str, segment: str, section: Section = Section.WAITING
    ) -> bool:
        """Show those of a section who pass the filter; says whether rows came, went or moved."""
        self._types, self._views, self.now = view.types, view.rows, view.now
        self.next_id = view.next_id if section is Section.WAITING else None
        self.section = section
        return self._replace(list(filtered(view, text=text, segment=segment, section=section)))

    # As Qt asks

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many tokens are in view."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A row's token, or its words."""
        token = self.token_at(index)
        if token is None:
            return None
        if role == TOKEN_ROLE:
            return token
        if role == Qt.ItemDataRole.DisplayRole:
            return token.number
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(token)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.view_of(token).about or None
        return None

    def _spoken(self, token: LiveToken) -> str:
        of_type, view = self.type_of(token), self.view_of(token)
        parts = [token.number, of_type.name if of_type else ""]
        if self.section is Section.WAITING:
            parts += [formats.minutes(self.waited_s(token)), self.level_of(token).word]
            if token.id == self.next_id:
                parts.append(self.tr("Next"))
            if view.chip:
                parts.append(view.chip)
        parts.append(view.about)
        return ", ".join(part for part in parts if part)

    def _replace(self, rows: list[LiveToken]) -> bool:
        """Take out and put in only what differs between the common head and the common tail."""
        old = self._rows
        head = _common(old, rows)
        tail = _common(old[head:][::-1], rows[head:][::-1])
        gone, come = len(old) - head - tail, len(rows) - head - tail
        if gone:
            self.beginRemoveRows(QModelIndex(), head, head + gone - 1)
            del old[head : head + gone]
            self.endRemoveRows()
        if come:
            self.beginInsertRows(QModelIndex(), head, head + come - 1)
            old[head:head] = rows[head : head + come]
            self.endInsertRows()
        self._rows = rows
        return bool(gone or come)


def filtered(
    view: WaitingView, *, text: str, segment: str, section: Section = Section.WAITING
) -> tuple[LiveToken, ...]:
    """The tokens of a segment whose number, or whose visitor's name, contains a text.

    Args:
        segment: a type's key, MINE for those this counter calls, "" for all.
    """
    tokens = view.sections[section].tokens or ()
    wanted = text.strip().casefold()
    if not wanted and not segment:
        return tokens
    return tuple(
        token for token in tokens if _is_in(view, token, segment) and (not wanted or _has(token, wanted))
    )


def _is_in(view: WaitingView, token: LiveToken, segment: str) -> bool:
    if segment == MINE:
        here = token.customer_type in view.served and token.id not in view.others
        return here or token.id in view.mine
    return not segment or token.customer_type == segment


def _has(token: LiveToken, wanted: str) -> bool:
    name = (token.visitor.name or "") if token.visitor is not None else ""
    return wanted in token.number.casefold() or wanted in name.casefold()


def _common(old: list[LiveToken], new: list[LiveToken]) -> int:
    count = 0
    for before, after in zip(old, new, strict=False):
        if before.id != after.id:
            break
        count += 1
    return count
