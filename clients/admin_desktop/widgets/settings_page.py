"""The organization's settings, but for its hours."""

from clients.admin_desktop.edit_views import SettingsView
from clients.admin_desktop.forms.form import Form
from clients.admin_desktop.forms.lines_field import LinesField
from clients.admin_desktop.forms.single_page import SinglePage
from clients.admin_desktop.language_names import LANGUAGES, language_name
from clients.admin_desktop.subjects.organization import SETTINGS
from clients.admin_desktop.time_zones import zones
from clients.admin_desktop.view_state import ConsoleView
from clients.admin_desktop.words import tr
from clients.qt_kit.widgets.chips_field import NumbersField, PicksField
from clients.qt_kit.widgets.moment_fields import TimeField
from clients.qt_kit.widgets.number_field import NumberField
from clients.qt_kit.widgets.search_field import SearchField
from clients.qt_kit.widgets.select_field import Option
from clients.qt_kit.widgets.switch import SwitchField
from clients.qt_kit.widgets.text_field import TextField
from shared.policy import HEAD_START_MAX_MIN, MOST_LEVELS

_MOST_LANGUAGES = 6


class SettingsForm(Form):
    """Name and place, the day, the queue, and what staff are offered."""

    def __init__(self) -> None:
        super().__init__()
        self.add("name", TextField(tr("Name"), help=tr("Screens and staff read it.")))
        self.add(
            "time_zone",
            SearchField(
                tr("Time zone"),
                zones(),
                placeholder="Europe/Madrid",
                help=tr("Type a city or a continent, and choose."),
            ),
        )
        self.add(
            "languages",
            PicksField(
                tr("Languages"),
                [Option(key=code, text=language_name(code)) for code in LANGUAGES],
                add_text=tr("Add a language"),
                help=tr("Announcements are written and spoken in these, the first one first."),
                at_most=_MOST_LANGUAGES,
            ),
        )
        self.section(tr("The day"))
        self.add(
            "reset_time",
            TimeField(
                tr("A new day begins at"), help=tr("Numbers begin again, and the figures of the day too.")
            ),
        )
        self.add(
            "keeps_overnight",
            SwitchField(
                tr("Keep who waits for the next day"),
                help=tr("Otherwise tokens that still wait are cancelled when the day has ended."),
            ),
        )
        self._add_queue()
        self._add_reasons()
        self.finish()

    def _add_queue(self) -> None:
        self.section(tr("The queue"))
        self.add(
            "confirms_arrival",
            SwitchField(
                tr("Staff confirm that the visitor has come"),
                help=tr("They press Start before Complete, so that the time of a service is known."),
            ),
        )
        self.add(
            "priority_levels",
            NumbersField(
                tr("Head starts"),
                words=lambda minutes: tr("{count} min").format(count=minutes) if minutes else tr("None"),
                highest=HEAD_START_MAX_MIN,
                add_text=tr("Add minutes"),
                help=tr("A token with a head start counts as taken so many minutes earlier."),
                kept=(0,),
                at_most=MOST_LEVELS,
            ),
        )
        self.add(
            "reinstate_behind",
            NumberField(
                tr("A late visitor comes back behind"),
                unit=tr("waiting"),
                help=tr("Who did not come when called is put just behind so many of their line."),
            ),
        )
        self.add(
            "falls_back_after_min",
            NumberField(
                tr("Wait for a person or counter off duty"),
                unit=tr("min"),
                help=tr("After that a token meant for them is for everybody again."),
            ),
        )

    def _add_reasons(self) -> None:
        self.section(
            tr("Reasons"), tr("What staff are offered, one a line. They may write another reason instead.")
        )
        self.add("park_reasons", LinesField(tr("To set a visitor aside")))
        self.add("break_reasons", LinesField(tr("For a break")))
        self.add("cancel_reasons", LinesField(tr("To cancel a token")))


class SettingsPage(SinglePage):
    """One form."""

    def __init__(self) -> None:
        super().__init__(SETTINGS, tr("Settings"), SettingsForm())

    def render(self, view: ConsoleView) -> None:
        """Show the settings."""
        super().render(view)
        if isinstance(view.page_view, SettingsView):
            self.render_edited(view.page_view.edited)
