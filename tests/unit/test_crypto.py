"""Sealed values open with their key, in their place, unchanged, and in no other case."""

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from server.infra.crypto import (
    MasterKey,
    MasterKeyError,
    SealError,
    SealingKey,
    change_key_file,
    seal,
    sealed_with,
    unseal,
)
from server.settings import Settings

KEY = SealingKey(secret=bytes(range(32)))
FIRST_VERSION_HEX = "0178d00d172213d4ecded3873843297b5c7a366adfd96213231a695c58dbeb7db4324dfcaab5f1f8cb67"


class TestSeal:
    @given(plaintext=st.binary(max_size=300), place=st.binary(max_size=50))
    def test_opens_again(self, plaintext: bytes, place: bytes) -> None:
        assert unseal(KEY, seal(KEY, plaintext, associated_data=place), associated_data=place) == plaintext

    def test_two_seals_of_one_value_differ_and_hide_it(self) -> None:
        first, second = (seal(KEY, b"Ada Lovelace", associated_data=b"x") for _ in range(2))
        assert first != second
        assert b"Ada" not in first

    def test_names_its_key(self) -> None:
        assert sealed_with(seal(KEY, b"", associated_data=b"")) == KEY.id

    def test_the_format_stays(self) -> None:
        # Sealed by the first version of this module: what is stored must open for ever.
        sealed = bytes.fromhex(FIRST_VERSION_HEX)
        assert unseal(KEY, sealed, associated_data=b"keys:42") == b"hello"


class TestUnseal:
    def test_another_key(self) -> None:
        sealed = seal(KEY, b"secret", associated_data=b"a")
        with pytest.raises(SealError, match="sealed with key"):
            unseal(SealingKey.random(), sealed, associated_data=b"a")

    def test_another_place(self) -> None:
        sealed = seal(KEY, b"secret", associated_data=b"users:1")
        with pytest.raises(SealError, match="belongs somewhere else"):
            unseal(KEY, sealed, associated_data=b"users:2")

    def test_any_changed_bit(self) -> None:
        sealed = seal(KEY, b"secret", associated_data=b"a")
        for position in range(len(sealed)):
            changed = bytearray(sealed)
            changed[position] ^= 1
            with pytest.raises(SealError):
                unseal(KEY, bytes(changed), associated_data=b"a")

    def test_cut_short(self) -> None:
        sealed = seal(KEY, b"", associated_data=b"a")
        for length in range(len(sealed)):
            with pytest.raises(SealError):
                unseal(KEY, sealed[:length], associated_data=b"a")


class TestSealingKey:
    @pytest.mark.parametrize("length", [0, 16, 31, 33])
    def test_only_32_bytes(self, length: int) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            SealingKey(secret=b"x" * length)

    def test_is_not_printed(self) -> None:
        assert "secret" not in repr(SealingKey(secret=b"secret--" * 4))


class TestMasterKey:
    def test_made_once_private_and_read_again(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path / "new")
        made = MasterKey.load_or_create(settings)
        assert (tmp_path / "new" / "master.key").stat().st_mode & 0o777 == 0o600
        assert MasterKey.load_or_create(settings) == made
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["master.key"]

    def test_two_servers_at_once_get_one_key(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        ids: set[bytes] = set()
        barrier = threading.Barrier(8)

        def start() -> None:
            barrier.wait()
            ids.add(MasterKey.load_or_create(settings).key.id)

        threads = [threading.Thread(target=start) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ids) == 1

    @pytest.mark.parametrize(
        "text",
        [
            bytes(range(32)).hex(),
            base64.b64encode(bytes(range(32))).decode(),
            base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("="),
        ],
    )
    def test_from_the_environment_in_each_spelling(self, tmp_path: Path, text: str) -> None:
        settings = Settings(data_dir=tmp_path, master_key=SecretStr(text))
        assert MasterKey.load_or_create(settings).key == KEY
        assert not (tmp_path / "master.key").exists()

    @pytest.mark.parametrize("text", ["", "abc", "x" * 64, "é" * 44, base64.b64encode(b"x" * 31).decode()])
    def test_malformed_is_refused_and_not_echoed(self, tmp_path: Path, text: str) -> None:
        with pytest.raises(MasterKeyError, match="malformed") as caught:
            MasterKey.load_or_create(Settings(data_dir=tmp_path, master_key=SecretStr(text)))
        assert not text or text not in str(caught.value)

    def test_a_malformed_file_is_left_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "master.key"
        for content in (b"", b"half a ke", b"\xff\x00"):
            path.write_bytes(content)
            path.chmod(0o600)
            with pytest.raises(MasterKeyError):
                MasterKey.load_or_create(Settings(data_dir=tmp_path))
            assert path.read_bytes() == content

    def test_a_file_others_can_read_is_refused(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        MasterKey.load_or_create(settings)
        (tmp_path / "master.key").chmod(0o644)
        with pytest.raises(MasterKeyError, match="chmod 600"):
            MasterKey.load_or_create(settings)

    def test_unusable_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(MasterKeyError, match="cannot be used"):
            MasterKey.load_or_create(Settings(data_dir=tmp_path / "file"))


class TestChangeKeyFile:
    def test_the_former_one_is_kept_and_opens(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        before = MasterKey.load_or_create(settings)
        sealed = before.seal(b"text", associated_data=b"row 1")
        after = change_key_file(settings)
        assert after.former == before.key != after.key
        assert MasterKey.load_or_create(settings) == after
        assert after.open(sealed, associated_data=b"row 1") == b"text"
        assert after.open(after.seal(b"text", associated_data=b""), associated_data=b"") == b"text"
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        assert modes == {"master.key": 0o600, "master.key.former": 0o600}

    def test_a_second_change_waits_for_the_first(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        after = change_key_file(settings)
        with pytest.raises(MasterKeyError, match="still there"):
            change_key_file(settings)
        assert MasterKey.load_or_create(settings) == after

    @pytest.mark.parametrize("step", [1, 2])
    def test_a_crash_half_way_loses_no_key(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
    ) -> None:
        settings = Settings(data_dir=tmp_path)
        before = MasterKey.load_or_create(settings)
        calls = []
        rename = Path.replace

        def crash(path: Path, target: Path) -> Path:
            calls.append(target)
            if len(calls) == step:
                raise OSError(5, "power cut")
            return rename(path, target)

        monkeypatch.setattr(Path, "replace", crash)
        with pytest.raises(MasterKeyError, match="power cut"):
            change_key_file(settings)
        monkeypatch.undo()
        assert MasterKey.load_or_create(settings).key == before.key
        assert change_key_file(settings).former == before.key

    def test_a_key_of_the_settings_is_changed_there(self, tmp_path: Path) -> None:
        one, two = (SealingKey.random().secret.hex() for _ in range(2))
        settings = Settings(data_dir=tmp_path, master_key=SecretStr(one))
        with pytest.raises(MasterKeyError, match="former_master_key"):
            change_key_file(settings)
        changed = Settings(data_dir=tmp_path, master_key=SecretStr(two), former_master_key=SecretStr(one))
        sealed = MasterKey.load_or_create(settings).seal(b"text", associated_data=b"")
        assert MasterKey.load_or_create(changed).open(sealed, associated_data=b"") == b"text"
