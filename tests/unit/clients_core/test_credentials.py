"""What is remembered, and that a keyring can hold nothing up."""

import stat
import sys
import threading
import time

import pytest
from keyring.errors import KeyringLocked

from clients.core.credentials import CredentialStore, read_secret_file, silent_keyring, system_keyring


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.held.get((service, username))

    def set_password(self, service, username, password):
        self.held[service, username] = password

    def delete_password(self, service, username):
        del self.held[service, username]


class LockedRing(Ring):
    """A keyring that a person would have to unlock."""

    def get_password(self, service, username):
        raise KeyringLocked("locked")

    def set_password(self, service, username, password):
        raise KeyringLocked("locked")


class HangingRing(Ring):
    """A keyring whose daemon does not answer."""

    def __init__(self, released: threading.Event) -> None:
        super().__init__()
        self._released = released

    def get_password(self, service, username):
        self._released.wait(10)

    def set_password(self, service, username, password):
        self._released.wait(10)


def store(ring, fallback=None, time_limit_s=3.0):
    return CredentialStore(
        service="test",
        name="jwt",
        fallback=fallback,
        find_keyring=lambda: ring,
        time_limit_s=time_limit_s,
    )


class TestWithAKeyring:
    async def test_it_remembers_and_forgets(self):
        kept = store(Ring())
        assert await kept.write("secret")
        assert await kept.read() == "secret"
        await kept.forget()
        assert await kept.read() is None
        await kept.forget()  # nothing there is no fault

    async def test_no_file_is_written_beside_it(self, tmp_path):
        assert await store(Ring(), tmp_path / "key").write("secret")
        assert not (tmp_path / "key").exists()


class TestWithoutOne:
    async def test_a_persons_secret_is_not_remembered(self):
        kept = store(None)
        assert not await kept.write("secret")
        assert await kept.read() is None

    async def test_a_screens_key_goes_into_a_file_of_its_own(self, tmp_path):
        path = tmp_path / "folder" / "key"
        kept = store(None, path)
        assert await kept.write("secret")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert await kept.read() == "secret"
        await kept.forget()
        assert not path.exists()

    async def test_a_locked_keyring_is_as_good_as_none(self, tmp_path):
        kept = store(LockedRing(), tmp_path / "key")
        assert await kept.write("secret")
        assert await kept.read() == "secret"
        assert not await store(LockedRing()).write("secret")

    async def test_a_hanging_keyring_holds_nothing_up(self):
        released = threading.Event()
        kept = store(HangingRing(released), time_limit_s=0.05)
        began = time.monotonic()
        assert await kept.read() is None
        assert not await kept.write("secret")
        assert time.monotonic() - began < 2
        released.set()

    async def test_a_folder_that_cannot_be_written_is_said(self, tmp_path):
        (tmp_path / "file").write_text("")
        assert not await store(None, tmp_path / "file" / "key").write("secret")

    async def test_what_a_keyring_kept_before_it_was_locked_does_not_come_back(self, tmp_path):
        ring, path = Ring(), tmp_path / "key"
        assert await store(ring, path).write("old")
        assert await store(LockedRing(), path).write("new")
        assert await store(ring, path).read() == "new"
        assert await store(ring, path).write("newest")
        assert not path.exists()
        assert await store(ring, path).read() == "newest"


class TestOnAWall:
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    @pytest.mark.parametrize(
        ("module", "is_used"),
        [
            ("keyring.backends.Windows", True),
            ("keyring.backends.macOS", False),
            ("keyring.backends.kwallet", False),
            ("keyring.backends.libsecret", False),
            ("keyring.backends.fail", False),
            ("keyring.backends.null", False),
        ],
    )
    def test_only_a_keyring_that_never_asks_is_used(self, monkeypatch, module, is_used):
        ring = type("Keyring", (Ring,), {"__module__": module})()
        chainer = type("Chainer", (Ring,), {"backends": [ring]})()
        for backend in (ring, chainer):
            monkeypatch.setattr("keyring.get_keyring", lambda backend=backend: backend)
            assert (silent_keyring() is ring) == is_used

    @pytest.mark.parametrize("is_locked", [True, False])
    def test_the_session_bus_is_asked_whether_it_would_prompt(self, monkeypatch, is_locked):
        ring = type("Keyring", (Ring,), {"__module__": "keyring.backends.SecretService"})()
        monkeypatch.setattr("keyring.get_keyring", lambda: ring)
        monkeypatch.setattr("clients.core.credentials._is_unlocked", lambda: not is_locked)
        assert (silent_keyring() is None) == is_locked

    @pytest.mark.skipif(sys.platform != "linux", reason="there is a session bus on Linux alone")
    async def test_without_a_session_bus_the_key_is_kept_in_the_file(self, monkeypatch, tmp_path):
        ring = type("Keyring", (Ring,), {"__module__": "keyring.backends.SecretService"})()
        monkeypatch.setattr("keyring.get_keyring", lambda: ring)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
        kept = CredentialStore(
            service="test", name="key", fallback=tmp_path / "key", find_keyring=silent_keyring
        )
        assert await kept.write("secret")
        assert (tmp_path / "key").read_text() == "secret\n"
        assert ring.held == {}


def test_a_secret_file_may_end_in_a_line_break(tmp_path):
    (tmp_path / "key").write_text("the key\r\n")
    assert read_secret_file(tmp_path / "key") == "the key"
    assert read_secret_file(tmp_path) is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_search_for_the_systems_keyring_never_raises_or_hangs():
    began = time.monotonic()
    system_keyring()
    assert time.monotonic() - began < 5
