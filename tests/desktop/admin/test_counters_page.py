"""The counters page: what each is set to, who sits there, and what is sent."""

import pytest

from clients.admin_desktop.widgets.counters_page import CountersPage
from clients.core.commands import SaveCounter
from clients.core.questions import AskCounters
from shared.commands import Configured
from shared.counters import CounterConfiguration, CounterSettings
from shared.ids import CounterId, Revision
from shared.problems import ProblemCode
from tests.desktop.admin import sample
from tests.desktop.admin.conftest import Desk, words_in

CELLAR = CounterConfiguration(
    id=CounterId(sample.an_id("counter", "cellar")),
    version=2,
    settings=CounterSettings(label="9", name="Cellar", position=9, is_active=False),
)


def settings(label: str, **changes) -> CounterSettings:
    types = ("instant", "browser") if label == "1" else ()
    values = {"label": label, "name": f"Counter {label}", "position": int(label), "customer_types": types}
    return CounterSettings(**(values | changes))


def configurations() -> tuple[CounterConfiguration, ...]:
    known = (
        CounterConfiguration(id=sample.counter_id(str(n)), version=3, settings=settings(str(n)))
        for n in range(1, 7)
    )
    return (*known, CELLAR)


def opened(desk: Desk) -> CountersPage:
    desk.show()
    desk.presenter.open_page("counters")
    desk.link.tell_answered(AskCounters(), configurations())
    desk.presenter.show()
    return desk.window.console.page("counters")


def edit(page: CountersPage, row: int) -> None:
    page.table.clicked.emit(page.shown.index(row, 0))


def write(qtbot, page: CountersPage, name: str, text: str) -> None:
    line = page.form.fields[name].input
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def sent(desk: Desk) -> SaveCounter:
    command = desk.link.sent[-1][1]
    assert isinstance(command, SaveCounter)
    return command


def done(desk: Desk, version: int, counter_id: CounterId | None = None) -> None:
    known = counter_id or sent(desk).counter_id
    configuration = CounterConfiguration(id=known, version=version, settings=sent(desk).settings)
    desk.link.answer(Configured(revision=Revision(500), counter=configuration))
    desk.presenter.show()


def told(desk: Desk) -> str:
    return desk.window.toast._lane.accessibleName() if desk.window.toast.isVisible() else ""


class TestList:
    def test_a_counter_that_is_switched_off_stays_in_the_list(self, desk: Desk):
        page = opened(desk)
        assert page.shown.rowCount() == 7
        assert [page.shown.index(6, place).data() for place in range(4)] == [
            "Cellar",
            "Switched off",
            "–",
            "–",
        ]
        assert page.standing.isVisible()

    def test_who_sits_there_is_named_in_the_editor(self, desk: Desk):
        page = opened(desk)
        edit(page, 0)
        assert "Jonas Beck has this counter open now." in words_in(page.panel)
        edit(page, 5)
        assert "has this counter open now" not in words_in(page.panel)


class TestEditing:
    def test_types_are_chosen_one_by_one_or_all(self, desk: Desk):
        page = opened(desk)
        edit(page, 0)
        boxes = page.form.types.choices.boxes
        assert [box.text() for box in boxes if box.isChecked()] == ["Quick service", "Information"]
        boxes[2].click()
        page.panel.save.click()
        assert sent(desk).settings.customer_types == ("instant", "browser", "retail")
        assert (sent(desk).counter_id, sent(desk).version) == (sample.counter_id("1"), 3)
        done(desk, 4)
        assert told(desk) == "Counter 1 saved"
        page.form.types.scope._buttons[0].click()
        page.panel.save.click()
        assert sent(desk).settings.customer_types == ()

    def test_only_some_types_needs_at_least_one(self, desk: Desk):
        page = opened(desk)
        edit(page, 1)
        page.form.types.scope._buttons[1].click()
        page.panel.save.click()
        assert page.form.types.error == "Choose at least one type, or all."
        assert not desk.link.sent
        page.form.types.choices.boxes[0].click()
        assert page.form.types.error == ""

    def test_ticking_and_unticking_is_no_change(self, desk: Desk):
        page = opened(desk)
        edit(page, 0)
        page.form.types.choices.boxes[0].click()
        assert page.panel.save.isEnabled()
        page.form.types.choices.boxes[0].click()
        assert not page.panel.save.isEnabled()

    def test_a_plate_that_hangs_elsewhere_is_refused_beside_the_field(self, desk: Desk, qtbot):
        page = opened(desk)
        edit(page, 0)
        write(qtbot, page, "label", "9")
        page.panel.save.click()
        assert page.form.fields["label"].error == "9 is the plate of Cellar. 1 is free."
        write(qtbot, page, "label", "12345")
        page.panel.save.click()
        assert page.form.fields["label"].error == "At most 4 characters."


class TestMaking:
    def test_the_next_plate_is_proposed_and_the_name_follows_it(self, desk: Desk, qtbot):
        page = opened(desk)
        page.add.click()
        fields = page.form.fields
        assert (fields["label"].value(), fields["name"].value()) == ("7", "Counter 7")
        write(qtbot, page, "label", "A")
        assert fields["name"].value() == "Counter A"
        page.panel.save.click()
        assert sent(desk).method == "POST"
        assert sent(desk).settings == CounterSettings(label="A", name="Counter A", position=10)
        done(desk, 1, CounterId(sample.an_id("counter", "A")))
        desk.window.toast.undo_requested.emit()
        assert (sent(desk).version, sent(desk).settings.is_active) == (1, False)


class TestSwitching:
    def test_one_that_is_open_is_refused_with_who_sits_there(self, desk: Desk):
        page = opened(desk)
        edit(page, 2)
        page.panel.switch.click()
        assert not sent(desk).settings.is_active
        facts = {"what": "Counter 3", "person": "Marta Ruiz", "field": "is_active"}
        desk.link.refuse(ProblemCode.IN_USE, "Counter 3 is in use: Marta Ruiz has it open.", facts=facts)
        desk.presenter.show()
        assert page.panel.error.sentence == (
            "Marta Ruiz has it open. Close it on the floor first, then switch it off."
        )

    @pytest.mark.parametrize("row", [6])
    def test_one_that_is_off_is_switched_on(self, desk: Desk, row: int):
        page = opened(desk)
        edit(page, row)
        assert page.panel.switch.state.text == "Switch on"
        page.panel.switch.click()
        assert (sent(desk).counter_id, sent(desk).settings.is_active) == (CELLAR.id, True)
