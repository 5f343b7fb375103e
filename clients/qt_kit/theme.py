"""The look in force: colours by role, text size, and the one place that changes them.

A `Theme` is a value. The one in force belongs to the QApplication, as its palette and font do; widgets
read `current_theme()` when they paint and keep no colour of their own. After a change Qt sends every
widget a StyleChange event, so nobody has to subscribe in order to repaint.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from clients.qt_kit.text import HUGE_SCALE_LIMIT, MAX_SCALE, MIN_SCALE, TextRole, line_height, make_font

ThemeName = Literal["light", "dark", "contrast", "display"]
ThemeChoice = Literal["system", "light", "dark", "contrast", "display"]
ColourName = Literal[
    "ground", "surface", "sunken", "line", "edge", "ink", "ink2", "ink3",
    "primary", "on_primary", "call", "on_call", "call_hover", "call_press", "call_edge",
    "tool", "tool_soft", "on_time", "on_time_soft", "near", "near_soft", "late", "late_soft",
    "panel", "plate", "stale",
]  # fmt: skip
LOBBY_ONLY: frozenset[str] = frozenset({"panel", "plate", "stale"})

_HERE = Path(__file__).resolve().parent
_PROVIDER_PROPERTY = "callboard_theme_provider"


@cache
def tokens() -> dict[str, dict[str, str]]:
    """The colours of `tokens.json`: theme name -> colour name -> #RRGGBB."""
    loaded: dict[str, dict[str, str]] = json.loads((_HERE / "tokens.json").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A look: which colours, and how large the text is.

    Args:
        name: the group of `tokens.json`.
        text_scale: per cent, 100 to 200.
        right_to_left: whether the interface's language runs right to left.
    """

    name: ThemeName = "light"
    text_scale: int = 100
    right_to_left: bool = False

    @property
    def is_dark(self) -> bool:
        """True where text is lighter than its ground."""
        return self.name != "light"

    @property
    def high_contrast(self) -> bool:
        """True in the high-contrast theme: 3 px focus, every card outlined in white."""
        return self.name == "contrast"

    def color(self, name: ColourName) -> QColor:
        """The colour of a role. KeyError for `panel`, `plate`, `stale` outside the display theme."""
        return QColor(tokens()[self.name][name])

    def font(self, role: TextRole) -> QFont:
        """The font of a role at this text size."""
        return make_font(role, scale=self.text_scale, right_to_left=self.right_to_left)

    def font_for(self, role: TextRole, text: str) -> QFont:
        """The font of a role for a given text: tabular digits, unless they would tear a hyphen apart."""
        return make_font(
            role,
            scale=self.text_scale,
            right_to_left=self.right_to_left,
            tabular="-" not in text,
        )

    def line(self, role: TextRole) -> int:
        """Line height of a role in logical pixels at this text size."""
        return line_height(role, scale=self.text_scale)

    def px(self, length: float) -> int:
        """A length that has to grow with its text (heights, paddings), in logical pixels."""
        return round(length * self.text_scale / 100)

    def huge_px(self, length: float) -> int:
        """The same around text that grows to HUGE_SCALE_LIMIT at most."""
        return round(length * min(self.text_scale, HUGE_SCALE_LIMIT) / 100)

    @property
    def focus_width(self) -> int:
        """Width of the focus ring in logical pixels."""
        return 3 if self.high_contrast else 2


class ThemeProvider(QObject):
    """Owns the look in force and follows the system while the choice is "system".

    One per QApplication, made by `ThemeProvider.of(app)`; it is the application's child.
    """

    theme_changed = Signal(object)
    """After the new look is applied; argument: the Theme."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice: ThemeChoice = "system"
        self._text_scale = 100
        self._sheet_icons = QTemporaryDir()
        # Python does not promise to end this object before the process ends.
        app.aboutToQuit.connect(self._sheet_icons.remove)
        self._theme = Theme(right_to_left=_runs_right_to_left())
        app.setStyle("Fusion")  # the same on every system, and it follows our palette where QSS says nothing
        app.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        app.setProperty(_PROVIDER_PROPERTY, self)

    @staticmethod
    def of(app: QApplication) -> "ThemeProvider":
        """The application's provider, made on first use."""
        found = app.property(_PROVIDER_PROPERTY)
        return found if isinstance(found, ThemeProvider) else ThemeProvider(app)

    @property
    def theme(self) -> Theme:
        """The look in force."""
        return self._theme

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose; "system" follows the desktop."""
        return self._choice

    def set_choice(self, choice: ThemeChoice, *, text_scale: int | None = None) -> None:
        """Use a theme, or follow the system. ValueError for an unknown name.

        Args:
            choice: a theme's name or "system".
            text_scale: per cent, brought into 100 to 200; None keeps the present one.
        """
        if choice not in get_args(ThemeChoice):
            raise ValueError(f"There is no theme {choice!r}.")
        self._choice = choice
        if text_scale is not None:
            self._text_scale = max(MIN_SCALE, min(MAX_SCALE, text_scale))
        self._apply()

    def set_text_scale(self, per_cent: int) -> None:
        """Set the text size; values outside 100 to 200 are brought to the nearest end."""
        self.set_choice(self._choice, text_scale=per_cent)

    def refresh(self) -> None:
        """Apply again, after the language and with it the layout direction changed."""
        self._apply()

    def _on_system_changed(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        name: ThemeName = system_theme() if self._choice == "system" else self._choice
        theme = Theme(name=name, text_scale=self._text_scale, right_to_left=_runs_right_to_left())
        self._theme = theme
        self._app.setPalette(make_palette(theme))
        self._app.setFont(theme.font(TextRole.BODY))
        QToolTip.setFont(theme.font(TextRole.SMALL))
        self._app.setStyleSheet(make_style_sheet(theme, write_sheet_icons(theme, self._sheet_icons)))
        # after the sheet: the first one replaces the style, and with it the fonts of single classes
        # (the stubs ask for bytes, PySide itself for str)
        self._app.setFont(theme.font(TextRole.HINT), "QHeaderView")  # type: ignore[arg-type]
        self.theme_changed.emit(theme)


def current_theme() -> Theme:
    """The look in force; the light theme at 100 % before any was applied."""
    app = QCoreApplication.instance()
    provider = app.property(_PROVIDER_PROPERTY) if app is not None else None
    return provider.theme if isinstance(provider, ThemeProvider) else Theme()


def apply_theme(
    app: QApplication, choice: ThemeChoice = "system", *, text_scale: int | None = None
) -> ThemeProvider:
    """Put a theme in force and answer the provider that keeps it.

    Args:
        app: the application.
        choice: a theme's name or "system".
        text_scale: per cent, 100 to 200; None keeps the present one.
    """
    provider = ThemeProvider.of(app)
    provider.set_choice(choice, text_scale=text_scale)
    return provider


def system_theme() -> ThemeName:
    """What the desktop asks for: its contrast preference first, then light or dark."""
    hints = QGuiApplication.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return "contrast"
    return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"


def make_palette(theme: Theme) -> QPalette:
    """The palette for what no style sheet rule covers."""
    palette = QPalette()
    roles: dict[QPalette.ColorRole, ColourName] = {
        QPalette.ColorRole.Window: "ground",
        QPalette.ColorRole.WindowText: "ink",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "surface",
        QPalette.ColorRole.Text: "ink",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.ButtonText: "ink",
        QPalette.ColorRole.BrightText: "late",
        QPalette.ColorRole.PlaceholderText: "ink3",
        QPalette.ColorRole.Highlight: "tool_soft",
        QPalette.ColorRole.HighlightedText: "ink",
        QPalette.ColorRole.Accent: "tool",
        QPalette.ColorRole.Link: "tool",
        QPalette.ColorRole.LinkVisited: "tool",
        QPalette.ColorRole.ToolTipBase: "surface",
        QPalette.ColorRole.ToolTipText: "ink",
        QPalette.ColorRole.Light: "surface",
        QPalette.ColorRole.Midlight: "sunken",
        QPalette.ColorRole.Mid: "line",
        QPalette.ColorRole.Dark: "edge",
        QPalette.ColorRole.Shadow: "line",
    }
    for role, name in roles.items():
        palette.setColor(role, theme.color(name))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("ink3"))
    return palette


def write_sheet_icons(theme: Theme, folder: QTemporaryDir) -> Path:
    """Write the icons that the style sheet names in the theme's colours; answers their folder.

    A style sheet can name an image file but not the colour to paint it in.
    """
    target = Path(folder.filePath(theme.name))
    target.mkdir(exist_ok=True)
    colours: dict[str, ColourName] = {"chevron-down": "ink2", "check": "on_primary"}
    for name, colour in colours.items():
        svg = (_HERE / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        painted = svg.replace("currentColor", theme.color(colour).name())
        (target / f"{name}.svg").write_text(painted, encoding="utf-8")
    return target


def make_style_sheet(theme: Theme, sheet_icons: Path) -> str:
    """`theme.qss` with `@role` replaced by colours and `@px(n)` by lengths at the theme's text size.

    Args:
        theme: the look.
        sheet_icons: the folder that `write_sheet_icons` filled.
    """
    template = re.sub(
        r"/\*.*?\*/",
        "",
        (_HERE / "theme.qss").read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    sized = re.sub(r"@px\((\d+)\)", lambda match: f"{theme.px(int(match[1]))}px", template)
    sized = sized.replace("@sheet", sheet_icons.as_posix())
    sized = sized.replace("@focus_width", f"{theme.focus_width}px")
    return re.sub(r"@([a-z_0-9]+)", lambda match: _colour_for_sheet(theme, match[1]), sized)


def _colour_for_sheet(theme: Theme, name: str) -> str:
    """A colour name of the sheet; `primary_hover` and `primary_press` are 92 and 84 % of primary."""
    strength = {"primary_hover": 0.92, "primary_press": 0.84}.get(name)
    if strength is None:
        return tokens()[theme.name][name]
    return faded(theme.color("primary"), theme.color("surface"), strength).name()


def faded(color: QColor, ground: QColor, strength: float) -> QColor:
    """`color` at `strength` (0 to 1) over an opaque `ground`."""
    return QColor.fromRgbF(
        color.redF() * strength + ground.redF() * (1 - strength),
        color.greenF() * strength + ground.greenF() * (1 - strength),
        color.blueF() * strength + ground.blueF() * (1 - strength),
    )


def _runs_right_to_left() -> bool:
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
