"""Pictures of the console: python -m tests.desktop.admin.grab [name …] -> build/screens/admin-*.png."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget

from clients.admin_desktop.account_rules import bars_of
from clients.admin_desktop.account_values import OneTimeView
from clients.admin_desktop.audit_views import AuditFilter, Span
from clients.admin_desktop.forms.editor_view import Edited, EditorView
from clients.admin_desktop.pages import PAGES
from clients.admin_desktop.pairing_views import FoundScreen, PairingView
from clients.admin_desktop.subjects.people import People, item_of
from clients.admin_desktop.trial_views import Tried
from clients.admin_desktop.view_state import (
    AdminView,
    CreatedToken,
    Link,
    NewTokenView,
    TypeChoice,
)
from clients.admin_desktop.window import AdminWindow
from clients.qt_kit.run_app import RunSettings, make_qt_app
from clients.qt_kit.sign_in_state import NewPasswordState, SignInState
from clients.qt_kit.theme import ThemeProvider
from clients.qt_kit.widgets import skeleton
from shared.users import UserAccount
from tests.desktop.admin import sample
from tests.desktop.admin.fakes import me

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screens"


def new_token(**changes) -> NewTokenView:
    values = {"is_live": True, "levels": (0, 10, 30)} | changes
    return NewTokenView(
        types=tuple(
            TypeChoice(key=key, prefix=prefix, name=name, waiting=len(sample.WAITS_MIN[key]))
            for key, name, prefix, _limit in sample.TYPES
        ),
        **values,
    )


CREATED = CreatedToken(number="R013", type_name="Sales & payments", ahead=6, estimate_s=(1080, 1560))
OFFLINE = {"link": Link.OFFLINE, "offline_since": sample.facts().local(sample.before(1))}
FOUND = FoundScreen(code="BCDF-GHJK", machine="LOBBY-2", address="192.0.2.17")
EMPTY = sample.facts(sample.snapshot(waits=False), devices=(), day=None, queues=None)


def queues(**editor) -> AdminView:
    """The customer types, and an editor if something is said of it."""
    return sample.view("queues", sample.facts(edited={"queues": sample.edited_queues(**editor)}))


def counters(**editor) -> AdminView:
    """The counters, and an editor if something is said of it."""
    return sample.view("counters", sample.facts(edited={"counters": sample.edited_counters(**editor)}))


def displays(**editor) -> AdminView:
    """The displays, and an editor if something is said of it."""
    return sample.view("displays", sample.facts(edited={"displays": sample.edited_displays(**editor)}))


def pairing(**dialog) -> AdminView:
    """The dialog that pairs a display."""
    edited = {"displays": sample.edited_displays()}
    return sample.view("displays", sample.facts(edited=edited, pairing=PairingView(**dialog)))


def policy(**tried) -> AdminView:
    """The rules with shares, and what came of trying them."""
    edited = {"policy": sample.edited_policy(), "queues": sample.edited_queues()}
    return sample.view("policy", sample.facts(edited=edited, tried=Tried(**tried)))


def people(account: UserAccount | None) -> AdminView:
    """The people, and one of them in the editor; None for a new one."""
    subject = People()
    items = tuple(item_of(each) for each in sample.ACCOUNTS)
    values = subject.fresh(items) if account is None else subject.values(item_of(account).settings)
    admin = me("Olga Berg")
    barred = bars_of(admin, account, sample.ACCOUNTS) if account is not None else None
    editor = EditorView(
        key=str(account.id) if account is not None else None,
        title=account.display_name if account is not None else "",
        values=values,
        is_active=account.is_active if account is not None else None,
        cannot_switch=barred.switch if barred else "",
        read_only=barred.edit if barred else "",
    )
    known = sample.facts(
        edited={"people": Edited(items=items, editor=editor)},
        me=admin,
        permissions=frozenset(admin.permissions),
    )
    return sample.view("people", known)


DUE = SignInState(
    server="http://127.0.0.1:8600", username="ines", new_password=NewPasswordState(person="Ines Kovač")
)
REFUSED = replace(
    DUE,
    new_password=NewPasswordState(
        person="Ines Kovač",
        new_error="It has 9 of at least 15 characters. Add a word or two. "
        "It is one of the passwords that attackers try first.",
    ),
)


def audit(**found) -> AdminView:
    """The audit, with what has come of it."""
    return sample.view("audit", sample.facts(audit=sample.audit(**found)))


def open_row(place: int) -> Callable[[QWidget], None]:
    """Presses a row of a list."""
    return lambda page: page.table.clicked.emit(page.shown.index(place, 0))


OLD_DAYS = AuditFilter(span=Span.DAYS, first=date(2025, 9, 1), last=date(2025, 9, 30))
ONE_THING = AuditFilter(
    span=Span.EVER, entity_type="token", entity_id=sample.CALLED.entity_id, entity="Token B004"
)

STATES: dict[str, tuple[Callable[[], AdminView], dict]] = {
    "floor": (sample.view, {}),
    "floor-1366": (sample.view, {"size": (1366, 768)}),
    "floor-1920": (sample.view, {"size": (1920, 1080)}),
    "floor-min": (sample.view, {"size": (1180, 720)}),
    "floor-dark": (sample.view, {"theme": "dark"}),
    "floor-contrast": (sample.view, {"theme": "contrast"}),
    "floor-arabic": (sample.view, {"rtl": True}),
    "floor-200": (sample.view, {"scale": 200, "size": (1920, 1080)}),
    "floor-200-min": (sample.view, {"scale": 200, "size": (1180, 1900)}),
    "floor-150": (sample.view, {"scale": 150, "size": (1366, 768)}),
    "floor-many": (lambda: sample.view(known=sample.facts(sample.snapshot(counters=16))), {}),
    "floor-offline": (lambda: sample.view(**OFFLINE), {}),
    "floor-empty": (lambda: sample.view(known=EMPTY), {}),
    "floor-loading": (lambda: sample.view(page_view=None, now=None), {}),
    "queues": (queues, {}),
    "queues-edit": (lambda: queues(key="retail"), {}),
    "queues-wrong": (
        lambda: queues(
            key="retail",
            is_dirty=True,
            errors={"prefix": "B is used by Information. S is free.", "wait_limit_min": "1 or more."},
            sentence="The server cannot save now. Nothing changed; try again in a moment.",
        ),
        {"theme": "dark", "size": (1366, 768)},
    ),
    "queues-conflict": (
        lambda: queues(
            key="retail",
            is_dirty=True,
            conflict="Somebody else has changed this since you opened it.",
            cannot_save="Choose first whose version to go on from",
        ),
        {"theme": "contrast"},
    ),
    "queues-new-arabic": (lambda: queues(key=None), {"rtl": True, "size": (1180, 720)}),
    "queues-read": (
        lambda: queues(key="retail", read_only="You can read this. Your role may not change it."),
        {"size": (1920, 1080)},
    ),
    "queues-150": (lambda: queues(key="retail"), {"scale": 150, "size": (1366, 768)}),
    "queues-4k": (lambda: queues(key="retail"), {"size": (3840, 2160)}),
    "queues-200": (lambda: queues(key="retail"), {"scale": 200, "size": (1920, 1080)}),
    "counters": (counters, {}),
    "counters-edit": (lambda: counters(key="1"), {"size": (1366, 768)}),
    "counters-dark": (lambda: counters(key="3"), {"theme": "dark"}),
    "counters-arabic": (lambda: counters(key="1"), {"rtl": True}),
    "policy": (lambda: policy(report=sample.report_of_a_trial()), {}),
    "policy-1366": (lambda: policy(report=sample.report_of_a_trial()), {"size": (1366, 768)}),
    "policy-min-running": (lambda: policy(running_s=2), {"size": (1180, 720), "theme": "dark"}),
    "policy-arabic": (lambda: policy(report=sample.report_of_a_trial(), is_outdated=True), {"rtl": True}),
    "policy-contrast": (lambda: policy(report=sample.report_of_a_trial()), {"theme": "contrast"}),
    "policy-error": (lambda: policy(error="The server does not answer."), {"scale": 150}),
    "policy-4k": (lambda: policy(report=sample.report_of_a_trial()), {"size": (3840, 2160)}),
    "people-skills": (lambda: sample.view("people", sample.facts(skills=sample.SKILLS)), {}),
    "people": (lambda: sample.view("people"), {}),
    "people-dark": (lambda: sample.view("people"), {"theme": "dark"}),
    "people-200": (lambda: sample.view("people"), {"scale": 200, "size": (1366, 768)}),
    "people-error": (
        lambda: sample.view(
            "people", sample.facts(users=None, errors={"users": "The server does not answer."})
        ),
        {},
    ),
    "displays": (displays, {}),
    "displays-contrast": (displays, {"theme": "contrast"}),
    "displays-edit": (lambda: displays(key="Lobby, left"), {"size": (1366, 768)}),
    "displays-edit-dark": (lambda: displays(key="Entrance", is_dirty=True), {"theme": "dark"}),
    "displays-arabic": (lambda: displays(key="Lobby, left"), {"rtl": True}),
    "displays-150": (lambda: displays(key="Lobby, left"), {"scale": 150, "size": (1366, 768)}),
    "displays-empty": (
        lambda: sample.view("displays", sample.facts(devices=(), edited={"displays": Edited(items=())})),
        {},
    ),
    "pairing": (pairing, {}),
    "pairing-wrong": (
        lambda: pairing(code_error="No screen shows this code now. Look at the screen again."),
        {"theme": "dark"},
    ),
    "pairing-found": (lambda: pairing(found=FOUND), {}),
    "pairing-found-dark": (lambda: pairing(found=FOUND), {"theme": "dark"}),
    "pairing-found-arabic": (
        lambda: pairing(found=FOUND, error="The server does not answer."),
        {"rtl": True},
    ),
    "pairing-found-200": (lambda: pairing(found=FOUND), {"scale": 200, "theme": "contrast"}),
    "people-edit": (lambda: people(sample.ACCOUNTS[0]), {"size": (1366, 768)}),
    "people-edit-dark": (lambda: people(sample.ACCOUNTS[0]), {"size": (1366, 768), "theme": "dark"}),
    "people-edit-arabic": (lambda: people(sample.ACCOUNTS[0]), {"size": (1366, 768), "rtl": True}),
    "people-boss": (lambda: people(sample.ACCOUNTS[5]), {"size": (1366, 768)}),
    "people-new-200": (lambda: people(None), {"scale": 200, "size": (1366, 768)}),
    "people-one-time": (
        lambda: sample.view(
            "people",
            sample.facts(
                one_time=OneTimeView(person="Nora Quist", username="nora", password="k7mq-2xhd-9tzr-4wnb")
            ),
        ),
        {},
    ),
    "audit": (lambda: audit(has_older=True), {}),
    "audit-row": (audit, {"size": (1366, 768), "press": open_row(2)}),
    "audit-call": (audit, {"theme": "dark", "press": open_row(0)}),
    "audit-arabic": (audit, {"rtl": True, "size": (1366, 768), "press": open_row(2)}),
    "audit-contrast": (lambda: audit(filter=ONE_THING), {"theme": "contrast", "press": open_row(3)}),
    "audit-days": (lambda: audit(filter=OLD_DAYS, rows=()), {}),
    "audit-loading": (lambda: audit(rows=None), {}),
    "audit-error": (lambda: audit(rows=None, error="Your role does not allow system:monitor."), {}),
    "audit-no-more": (
        lambda: audit(has_older=True, error="The server does not answer."),
        {"size": (1180, 720)},
    ),
    "audit-200": (audit, {"scale": 200, "size": (1920, 1080), "press": open_row(2)}),
    "audit-4k": (audit, {"size": (3840, 2160), "press": open_row(2)}),
    "sign-in": (
        lambda: AdminView(
            sign_in=SignInState(
                server="http://127.0.0.1:8600",
                error="The user name or the password is wrong. Capitals count in the password.",
                password_is_wrong=True,
            )
        ),
        {},
    ),
    "sign-in-wait": (
        lambda: AdminView(
            sign_in=SignInState(
                server="http://127.0.0.1:8600",
                username="ines",
                error="Too many wrong passwords for this user name. You can try again in 3 min 20 s.",
                wait_s=200,
                wait_for="ines",
            )
        ),
        {"size": (1366, 768), "theme": "dark"},
    ),
    "sign-in-new": (lambda: AdminView(sign_in=DUE), {"size": (1366, 768)}),
    "sign-in-new-dark": (lambda: AdminView(sign_in=REFUSED), {"size": (1366, 768), "theme": "dark"}),
    "sign-in-new-arabic": (lambda: AdminView(sign_in=REFUSED), {"size": (1366, 768), "rtl": True}),
    "sign-in-new-200": (lambda: AdminView(sign_in=REFUSED), {"size": (1180, 720), "scale": 200}),
    "new-token": (lambda: sample.view(new_token=new_token()), {}),
    "new-token-created": (lambda: sample.view(new_token=new_token(created=CREATED)), {"theme": "dark"}),
}


def grab(name: str, app: QApplication) -> None:
    """Draw one state and save it."""
    make, how = STATES[name]
    app.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if how.get("rtl") else Qt.LayoutDirection.LeftToRight
    )
    look = ThemeProvider.of(app)
    look.set_text_scale(how.get("scale", 100))
    look.set_choice(how.get("theme", "light"))
    window = AdminWindow(PAGES)
    window.resize(*how.get("size", (1440, 900)))
    view = make()
    window.render(view)
    window.show()
    for _ in range(5):
        app.processEvents()
    if name == "people-edit-dark":
        page = window.console.page("people")
        page.form.open_fold_of("rights")
        for _ in range(3):
            app.processEvents()
        page.panel._scroll.ensureWidgetVisible(page.form.rights)
        app.processEvents()
    page = window.console.page(view.console.page) if view.console else None
    if "press" in how:
        how["press"](page)
        for _ in range(5):
            app.processEvents()
    _save(window, FOLDER / f"admin-{name}.png", window.dialog or getattr(page, "dialog", None))
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _save(window: QWidget, path: Path, dialog: QWidget | None) -> None:
    picture = window.grab()
    if dialog is not None:
        # The window system would draw the dialog over the window.
        picture = dialog.grab()
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(str(path))


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    skeleton.SHOWN_AFTER_MS = 0
    app = make_qt_app(RunSettings(app="admin", title="Callboard Admin", theme="light", language="en"))
    for name in sys.argv[1:] or STATES:
        grab(name, app)


if __name__ == "__main__":
    main()
