"""The common start of the three apps: fonts, look, language, logs, one instance, and a clean end.

`app.py` of an app builds its window in a function and hands it to `run_app`; nothing here knows what
the window is for.
"""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from clients.qt_kit.focus_ring import FocusRing
from clients.qt_kit.guards import ErrorGuard, SignalGuard
from clients.qt_kit.icons import app_icon
from clients.qt_kit.logs import start_logs
from clients.qt_kit.single_instance import SingleInstance
from clients.qt_kit.text import load_fonts
from clients.qt_kit.theme import ThemeChoice, ThemeProvider, apply_theme, current_theme
from clients.qt_kit.widgets.dialog import Dialog
from clients.qt_kit.window_state import WindowState

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class AppFolders:
    """Where an app keeps its things."""

    config: Path
    state: Path
    logs: Path

    @staticmethod
    def of_this_machine() -> "AppFolders":
        """The folders of the system's conventions."""
        found = platformdirs.PlatformDirs("Callboard", appauthor=False)
        return AppFolders(
            config=found.user_config_path,
            state=found.user_state_path,
            logs=found.user_log_path,
        )


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What the command line and the settings say about an app's start.

    Args:
        app: short name, part of file names: "staff", "display", "admin".
        title: the window system's name of the app.
        profile: apps of different profiles run side by side.
        theme: which look.
        text_scale: per cent, 100 to 200.
        language: "en", "es", "fr", "ar"; None takes the system's.
        tells_errors: False for a screen that nobody can touch: errors are logged only.
        folders: None takes the system's.
    """

    app: str
    title: str
    profile: str = "default"
    theme: ThemeChoice = "system"
    text_scale: int = 100
    language: str | None = None
    tells_errors: bool = True
    folders: AppFolders | None = None


@dataclass(frozen=True, kw_only=True)
class RunningApp:
    """What a window's builder may use."""

    qt: QApplication
    look: ThemeProvider
    folders: AppFolders
    settings: RunSettings

    def keep_window_state(self, window: QWidget, name: str = "main") -> WindowState:
        """Remember where `window` stands; call `restore()` on the answer before it is shown."""
        path = self.folders.state / f"{self.settings.app}-{self.settings.profile}.ini"
        return WindowState(window, path, name)


def make_qt_app(settings: RunSettings, arguments: list[str] | None = None) -> QApplication:
    """A QApplication with our fonts, look and language; the one that exists if there is one."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        # 125 and 150 % are common on desks: round neither, or every measure is off
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        app = QApplication(arguments if arguments is not None else [f"callboard-{settings.app}"])
    app.setApplicationName(f"callboard-{settings.app}")
    app.setApplicationDisplayName(settings.title)
    app.setDesktopFileName(f"callboard-{settings.app}")
    load_fonts()
    set_language(app, settings.language)
    apply_theme(app, settings.theme, text_scale=settings.text_scale)
    app.setWindowIcon(app_icon(current_theme()))
    return app


def set_language(app: QApplication, language: str | None) -> None:
    """Install the translations of a language, and its direction.

    Args:
        app: the application.
        language: a code such as "ar"; None takes the system's. English needs no file.
    """
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    code = QLocale.languageToCode(locale.language())
    for folder, name in (
        (
            Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
            f"qtbase_{code}",
        ),
        (TRANSLATIONS, f"callboard_{code}"),
    ):
        translator = QTranslator(app)
        if (folder / f"{name}.qm").is_file() and translator.load(name, str(folder)):
            app.installTranslator(translator)
    app.setLayoutDirection(locale.textDirection())


def run_app(settings: RunSettings, build_window: Callable[[RunningApp], QWidget]) -> int:
    """Start an app, show its window, and run until it ends.

    Args:
        settings: how to start.
        build_window: makes the window; it is shown here (a window that shows itself full-screen stays so).
    Returns:
        The exit code: 0 also when another instance was brought to the front instead.
    """
    folders = settings.folders or AppFolders.of_this_machine()
    start_logs(folders.logs, f"{settings.app}-{settings.profile}")
    app = make_qt_app(settings)
    instance = SingleInstance(folders.state, f"{settings.app}-{settings.profile}", app)
    if not instance.claim():
        _log.info("already running, asked it to come to the front")
        return 0
    focus_ring = FocusRing(app)
    errors = ErrorGuard(app)
    # Not `quit`, which asks the windows: one that has something to ask would hold up a shutdown.
    signals = SignalGuard(lambda: app.exit(0), app)
    running = RunningApp(qt=app, look=ThemeProvider.of(app), folders=folders, settings=settings)
    try:
        window = build_window(running)
        instance.raise_requested.connect(lambda: bring_to_front(window))
        if settings.tells_errors:
            errors.error_occurred.connect(lambda _name: tell_error(window))
        if not window.isVisible():
            window.show()
        gc.collect()
        gc.freeze()  # what the start made stays for good: later collections need not walk it
        _log.info("started")
        code = app.exec()
        window.hide()  # which writes down where it stood, while it is whole
        _log.info("ended")
        return code
    finally:
        signals.remove()
        errors.remove()
        focus_ring.deleteLater()
        instance.release()


def bring_to_front(window: QWidget) -> None:
    """Show a window, out of the task bar if it lies there."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def tell_error(window: QWidget) -> None:
    """One sober sentence about an unexpected error; a second one does not stack another message."""
    if window.findChild(Dialog, "unexpected_error") is not None:
        return
    dialog = Dialog(
        window.tr("Something went wrong"),
        window.tr("One step could not be finished. You can go on; the details are in the log."),
        action=window.tr("Go on"),
        cancel="",
        parent=window,
    )
    dialog.setObjectName("unexpected_error")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
