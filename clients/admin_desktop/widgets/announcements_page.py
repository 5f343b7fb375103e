"""The announcements: a list, and the editor of one with how the lobby shows it."""

from clients.admin_desktop import announcement_words as words
from clients.admin_desktop.edit_views import AnnouncementRow, AnnouncementStanding, AnnouncementsView
from clients.admin_desktop.forms.edit_page import EditPage
from clients.admin_desktop.forms.editor_view import EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.texts_field import TextsField
from clients.admin_desktop.subjects.announcements import ANNOUNCEMENTS
from clients.admin_desktop.view_state import ConsoleView
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.widgets.ticker_preview import TickerPreview
from clients.admin_desktop.words import tr
from clients.qt_kit.text import TextRole
from clients.qt_kit.theme import ColourName
from clients.qt_kit.widgets.choices_field import ChoicesField
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.label import Label
from clients.qt_kit.widgets.moment_field import MomentField
from clients.qt_kit.widgets.select_field import Option, SelectField
from shared.announcements import AnnouncementKind, Reader, Urgency

_MARKS: dict[AnnouncementStanding, tuple[str, ColourName]] = {
    AnnouncementStanding.CURRENT: ("circle-check", "on_time"),
    AnnouncementStanding.PLANNED: ("clock", "ink2"),
    AnnouncementStanding.OVER: ("circle-dashed", "ink3"),
    AnnouncementStanding.OFF: ("circle-pause", "ink3"),
}


class AnnouncementForm(Form):
    """All settings of an announcement, and a preview."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = TextsField(tr("Text"))
        self.texts.label.hide()  # each box is named by its language
        self.readers = ChoicesField(
            tr("For"), [Option(key=each.value, text=words.reader(each)) for each in Reader], columns=2
        )
        self.kind = SelectField(
            tr("Kind"), [Option(key=each.value, text=words.kind(each)) for each in AnnouncementKind]
        )
        self.from_at = MomentField(tr("From"), none=tr("From now on"))
        self.until_at = MomentField(tr("Until"), none=tr("Until it is switched off"))
        self.preview_note = Label(TextRole.HINT, tone="ink3")
        self.preview = TickerPreview()
        self.add("texts", self.texts)
        self.add_widget(self.preview_note)
        self.add_widget(self.preview)
        self.add("kind", self.kind)
        self.add(
            "priority",
            SelectField(
                tr("Urgency"),
                [Option(key=str(each.value), text=words.urgency(each)) for each in Urgency],
                help=tr("More urgent ones come first."),
            ),
        )
        self.add("readers", self.readers)
        self.add("from_at", self.from_at)
        self.add("until_at", self.until_at)
        self.finish()
        self.edited.connect(self._show_preview)

    def render(self, view: EditorView) -> list[str]:
        """Show an announcement."""
        stray = super().render(view)
        self._show_preview()
        return stray

    def _show_preview(self) -> None:
        kind = AnnouncementKind(self.kind.value() or AnnouncementKind.NEWS)
        self.kind.set_help(words.kind_help(kind))
        where = words.preview(kind, for_visitors=Reader.VISITORS in self.readers.value())
        self.preview_note.setText(where)
        text = next(iter(self.texts.value().values()), "")
        self.preview.render(text, kind, described=where)


class AnnouncementsPage(EditPage):
    """All announcements."""

    def __init__(self) -> None:
        self.form = AnnouncementForm()
        super().__init__(
            ANNOUNCEMENTS,
            tr("Announcements"),
            (
                Column(title=tr("Text"), share=3, elides=True),
                Column(title=tr("State")),
                Column(title=tr("Shown")),
                Column(title=tr("Kind")),
                Column(title=tr("For")),
                Column(title=tr("Urgency")),
            ),
            nothing=EmptyStateState(
                icon="megaphone",
                title=tr("No announcements yet"),
                text=tr("Tell visitors and staff what they should know today."),
            ),
            found_none=tr("No announcement holds “{text}”."),
            narrow_columns=2,
            form=self.form,
            add_text=tr("Add announcement"),
            new_title=tr("New announcement"),
        )

    def render(self, view: ConsoleView) -> None:
        """Show the announcements."""
        super().render(view)
        shown = view.page_view
        if not isinstance(shown, AnnouncementsView):
            self.render_rows(None)
            return
        self.form.texts.set_languages(shown.languages)
        for field in (self.form.from_at, self.form.until_at):
            if shown.now.tzinfo is not None:
                field.set_clock(shown.now.tzinfo, shown.now)
        rows = shown.rows
        self.render_edited(
            shown.edited,
            None
            if rows is None
            else tuple(
                TableRow(key=row.key, cells=_cells(row, shown, place)) for place, row in enumerate(rows)
            ),
            frozenset(row.key for row in rows or () if row.standing is AnnouncementStanding.OFF),
        )


def _cells(row: AnnouncementRow, view: AnnouncementsView, place: int) -> tuple[Cell, ...]:
    lives = row.standing in (AnnouncementStanding.CURRENT, AnnouncementStanding.PLANNED)
    icon, colour = _MARKS[row.standing]
    begin = row.from_at or row.until_at
    return (
        Cell(
            text=" ".join(row.text.split()),
            holds=row.all_texts,
            sort=place,
            strong=lives,
            tone="ink" if lives else "ink2",
        ),
        Cell(
            text=words.standing(row.standing),
            sort=list(AnnouncementStanding).index(row.standing),
            lead=Lead.ICON,
            mark=icon,
            mark_tone=colour,
            tone="ink" if lives else "ink2",
        ),
        Cell(
            text=words.span(row, view.now), sort=begin.timestamp() if begin is not None else 0.0, tone="ink2"
        ),
        Cell(text=words.kind(row.kind), tone="ink2"),
        Cell(text=words.readers(row.readers), tone="ink2"),
        Cell(
            text=words.urgency(row.priority),
            sort=-row.priority,
            strong=row.priority is not Urgency.NORMAL,
            tone="ink" if lives and row.priority is not Urgency.NORMAL else "ink2",
        ),
    )
