"""The customer types: a list, and the editor of one."""

from clients.admin_desktop import words
from clients.admin_desktop.forms.edit_page import EditPage
from clients.admin_desktop.forms.editor_view import EditorView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.weekly_hours import WeeklyHoursEdit
from clients.admin_desktop.subjects.queues import QUEUES
from clients.admin_desktop.view_state import ConsoleView, QueueRow, QueuesView
from clients.admin_desktop.widgets.table_cells import Cell, Column, Lead, TableRow
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.empty_state import EmptyStateState
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.switch import SwitchField
from clients.qt_kit.widgets.text_field import TextField


class QueueForm(Form):
    """All settings of a customer type."""

    def __init__(self) -> None:
        super().__init__()
        self.add("name", TextField(tr("Name"), placeholder=tr("Sales and payments")))
        self.add_row(
            (
                (
                    "prefix",
                    TextField(tr("Prefix"), help=tr("The letters before a token's number"), upper=True),
                ),
                ("key", TextField(tr("Key"), help=tr("Its name in the API; it never changes"))),
            )
        )
        self.add(
            "wait_limit_min",
            NumberField(
                tr("Wait limit"),
                unit=tr("min"),
                help=tr("The wait promised. From three quarters of it a wait is near, beyond it late."),
            ),
        )
        self.add(
            "position",
            NumberField(tr("Place in the list"), help=tr("Types with a lower number come first.")),
        )
        self.section(tr("Numbers"))
        self.add("max_number", NumberField(tr("Highest number")))
        self.add(
            "reset_daily",
            SwitchField(
                tr("Begin with 1 each day"),
                help=tr("Otherwise the series goes on, and begins again after the highest number."),
            ),
        )
        self.add(
            "day_limit",
            NumberField(
                tr("Tokens a day"),
                placeholder=tr("No limit"),
                help=tr("After so many tokens of a day the type takes no more."),
            ),
        )
        self.section(tr("Opening hours"))
        self.add(
            "opening_hours",
            WeeklyHoursEdit(tr("When tokens may be taken"), none=tr("As the organization")),
        )
        self.folded(
            tr("For experts"),
            tr("A token's head start counts as waited; the one with most minutes is called first."),
        )
        self.add(
            "priority_multiplier",
            NumberField(
                tr("Minutes that a minute of waiting counts"),
                decimals=True,
                help=tr(
                    "1 for all types is fair. A type with 2 moves up twice as fast, and passes others "
                    "who came before it. Try it on a past day first, on the page Who is next."
                ),
            ),
        )
        self.finish()

    def render(self, view: EditorView) -> list[str]:
        """The key is chosen once."""
        stray = super().render(view)
        self.fields["key"].set_read_only(bool(view.read_only) or not view.is_new)
        return stray


class QueuesPage(EditPage):
    """All customer types."""

    def __init__(self) -> None:
        super().__init__(
            QUEUES,
            tr("Customer types"),
            (
                Column(title=tr("Type"), share=2, elides=True),
                Column(title=tr("State")),
                Column(title=tr("Waiting")),
                Column(title=tr("Limit")),
                Column(title=tr("Numbers")),
                Column(title=tr("Tokens a day")),
                Column(title=tr("Opening hours")),
            ),
            nothing=EmptyStateState(
                icon="tags",
                title=tr("No customer types yet"),
                text=tr("Visitors take tokens of a type. Add the first one."),
            ),
            found_none=tr("No customer type holds “{text}”."),
            narrow_columns=2,
            form=QueueForm(),
            add_text=tr("Add customer type"),
            new_title=tr("New customer type"),
        )

    def render(self, view: ConsoleView) -> None:
        """Show the customer types."""
        super().render(view)
        shown = view.page_view
        if not isinstance(shown, QueuesView):
            self.render_rows(None)
            return
        rows = shown.rows
        self.render_edited(
            shown.edited,
            None
            if rows is None
            else tuple(TableRow(key=row.key, cells=_cells(row, place)) for place, row in enumerate(rows)),
            frozenset(row.key for row in rows or () if not row.settings.is_active),
        )


def _cells(row: QueueRow, place: int) -> tuple[Cell, ...]:
    settings = row.settings
    on = settings.is_active
    first = f"{settings.prefix}{1:0{len(str(settings.max_number))}}"
    return (
        Cell(
            text=settings.name,
            holds=f"{settings.prefix} {settings.key}",
            sort=place,
            lead=Lead.CHIP,
            mark=settings.prefix,
            strong=on,
            tone="ink" if on else "ink2",
        ),
        Cell(
            text=tr("In use") if on else tr("Switched off"),
            lead=Lead.ICON,
            mark="circle-check" if on else "circle-pause",
            mark_tone="on_time" if on else "ink3",
            tone="ink" if on else "ink2",
        ),
        Cell(
            text=str(row.waiting) if row.waiting else words.MISSING,
            sort=row.waiting,
            tone="ink" if row.waiting else "ink3",
        ),
        Cell(
            text=tr("{count} min").format(count=settings.wait_limit_min),
            sort=settings.wait_limit_min,
            tone="ink2",
        ),
        Cell(
            text=tr("{first} to {last}").format(first=first, last=f"{settings.prefix}{settings.max_number}"),
            tone="ink2",
        ),
        Cell(
            text=tr("No limit") if settings.day_limit is None else str(settings.day_limit),
            sort=10**6 if settings.day_limit is None else settings.day_limit,
            tone="ink2",
        ),
        Cell(
            text=tr("Its own") if settings.opening_hours is not None else tr("As the organization"),
            tone="ink2",
        ),
    )
