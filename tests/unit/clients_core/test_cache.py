"""The last snapshot on disk: whole, or as if there were none."""

import stat

import pytest

from clients.core.cache import SnapshotCache
from shared.ids import Audience
from shared.tokens import Visitor
from tests.unit.clients_core.floor import Floor, counter_id


@pytest.fixture
def snapshot():
    floor = Floor()
    floor.call(floor.create(), counter_id(0))
    return floor.snapshot(Audience.DISPLAY)


def cache(directory, holder="a", audience=Audience.DISPLAY):
    return SnapshotCache(directory=directory, server="http://s", holder=holder, audience=audience)


def test_what_is_written_is_read(tmp_path, snapshot):
    cache(tmp_path / "new").write(snapshot)
    assert cache(tmp_path / "new").read() == snapshot
    (path,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_visitor_is_kept_for_whoever_it_is(tmp_path):
    floor = Floor()
    token = floor.create()
    whole = floor.snapshot(Audience.STAFF)
    named = [
        each.model_copy(update={"visitor": Visitor(name="Ana Horvat"), "sealed": "AQ=="})
        for each in whole.tokens
    ]
    cache(tmp_path, audience=Audience.STAFF).write(whole.model_copy(update={"tokens": tuple(named)}))
    (path,) = tmp_path.iterdir()
    assert b"Horvat" not in path.read_bytes()
    assert cache(tmp_path, audience=Audience.STAFF).read() == whole
    assert whole.tokens[0].id == token.id


def test_another_holder_or_audience_sees_nothing_of_it(tmp_path, snapshot):
    cache(tmp_path).write(snapshot)
    assert cache(tmp_path, holder="b").read() is None
    assert cache(tmp_path, audience=Audience.STAFF).read() is None


def test_nothing_is_there_at_first(tmp_path):
    assert cache(tmp_path).read() is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-20],
        lambda data: b"",
        lambda data: data.replace(b"A001", b"A002"),
        lambda data: b"something else\n" + data,
    ],
)
def test_a_damaged_file_is_as_if_there_were_none(tmp_path, snapshot, damage):
    cache(tmp_path).write(snapshot)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert cache(tmp_path).read() is None


def test_a_folder_that_cannot_be_made_is_no_fault(tmp_path, snapshot):
    (tmp_path / "file").write_text("")
    cache(tmp_path / "file" / "folder").write(snapshot)
    assert cache(tmp_path / "file" / "folder").read() is None
