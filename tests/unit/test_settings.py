"""Where settings come from, and the sentence a wrong one gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import Allowed, Settings, SettingsError, load_settings


def load(tmp_path: Path, **environ: str) -> Settings:
    return load_settings(environ={"CALLBOARD_DATA_DIR": str(tmp_path), **environ})


class TestSources:
    def test_defaults_need_nothing_but_have_no_secret(self, tmp_path: Path) -> None:
        settings = load(tmp_path)
        assert (settings.host, settings.port) == ("127.0.0.1", 8600)
        assert settings.database_url is None
        assert settings.master_key is None

    def test_command_line_beats_environment_beats_file(self, tmp_path: Path) -> None:
        (tmp_path / "callboard.toml").write_text('port = 1\nhost = "::1"\nlog_level = "error"\n')
        settings = load_settings(
            environ={"CALLBOARD_DATA_DIR": str(tmp_path), "CALLBOARD_PORT": "2", "CALLBOARD_HOST": "0.0.0.0"},
            overrides={"port": 3, "host": None},
        )
        assert (settings.port, settings.host, settings.log_level) == (3, "0.0.0.0", "error")

    def test_a_named_file_wins_over_the_one_beside_the_data(self, tmp_path: Path) -> None:
        (tmp_path / "callboard.toml").write_text("port = 1\n")
        other = tmp_path / "other.toml"
        other.write_text("port = 2\n")
        assert load(tmp_path, CALLBOARD_CONFIG=str(other)).port == 2
        third = tmp_path / "third.toml"
        third.write_text("port = 3\n")
        environ = {"CALLBOARD_DATA_DIR": str(tmp_path), "CALLBOARD_CONFIG": str(other)}
        assert load_settings(config=third, environ=environ).port == 3

    def test_a_relative_data_dir_in_a_file_lies_beside_that_file(self, tmp_path: Path) -> None:
        config = tmp_path / "site.toml"
        config.write_text('data_dir = "data"\n')
        assert load_settings(config=config, environ={}).data_dir == tmp_path / "data"

    def test_plain_database_url_is_taken_and_ours_wins(self, tmp_path: Path) -> None:
        url = "postgres://u:p@db/x"
        assert load(tmp_path, DATABASE_URL=url).database_url == "postgresql://u:p@db/x"
        ours = "postgresql+psycopg://u:p@other/y"
        both = load(tmp_path, DATABASE_URL=url, CALLBOARD_DATABASE_URL=ours)
        assert both.database_url == "postgresql://u:p@other/y"

    def test_an_empty_variable_is_not_set(self, tmp_path: Path) -> None:
        assert load(tmp_path, CALLBOARD_PORT="", DATABASE_URL="").port == 8600

    def test_variables_of_the_apps_and_the_tests_are_left_alone(self, tmp_path: Path) -> None:
        load(tmp_path, CALLBOARD_APP_PROFILE="kiosk", CALLBOARD_TEST_PG_BIN="/usr/lib")

    def test_a_settings_object_built_by_hand_reads_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CALLBOARD_PORT", "9")
        assert Settings(data_dir=tmp_path).port == 8600


class TestRefusals:
    def test_unknown_variable_names_the_nearest(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="did you mean CALLBOARD_LOG_LEVEL") as caught:
            load(tmp_path, CALLBOARD_LOGLEVEL="debug")
        assert caught.value.source == "CALLBOARD_LOGLEVEL"

    def test_unknown_key_in_the_file_names_file_and_nearest(self, tmp_path: Path) -> None:
        (tmp_path / "callboard.toml").write_text("prot = 1\n")
        with pytest.raises(SettingsError, match="did you mean port") as caught:
            load(tmp_path)
        assert caught.value.source == str(tmp_path / "callboard.toml")

    def test_unknown_override(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="colour"):
            load_settings(environ={}, overrides={"colour": "red"})

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("port", "70000"),
            ("port", "-1"),
            ("port", "http"),
            ("log_level", "loud"),
            ("database_url", "mysql://u:s3cret@db/x"),
            ("database_url", "postgresql://"),
            ("heartbeat_s", "nan"),
            ("no_show_after_s", "inf"),
            ("access_ttl_s", "0"),
            ("host", "x" * 300),
        ],
    )
    def test_a_value_that_does_not_fit(self, tmp_path: Path, key: str, value: str) -> None:
        variable = f"CALLBOARD_{key.upper()}"
        with pytest.raises(SettingsError) as caught:
            load(tmp_path, **{variable: value})
        assert caught.value.key == key
        assert caught.value.source == variable
        assert str(caught.value).count("\n") == 0
        assert "s3cret" not in str(caught.value)

    def test_missing_broken_and_binary_files(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="no such file"):
            load_settings(config=tmp_path / "none.toml", environ={})
        broken = tmp_path / "broken.toml"
        broken.write_text("port = \n")
        with pytest.raises(SettingsError, match="not TOML"):
            load_settings(config=broken, environ={})
        broken.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(SettingsError, match="not TOML"):
            load_settings(config=broken, environ={})


class TestSettings:
    def test_every_field_says_what_it_allows(self) -> None:
        for name, field in Settings.model_fields.items():
            assert any(isinstance(item, Allowed) for item in field.metadata), name

    def test_frozen(self, tmp_path: Path) -> None:
        settings = Settings(data_dir=tmp_path)
        with pytest.raises(ValidationError):
            settings.port = 1  # type: ignore[misc]

    def test_secrets_are_not_printed(self, tmp_path: Path) -> None:
        settings = load(
            tmp_path, CALLBOARD_MASTER_KEY="k" * 43, CALLBOARD_DATABASE_URL="postgresql://u:s3cret@db/x"
        )
        assert "s3cret" not in repr(settings)
        assert "kkk" not in repr(settings)


class TestLists:
    def test_a_variable_has_commas_between(self, tmp_path: Path) -> None:
        settings = load(
            tmp_path,
            CALLBOARD_TRUSTED_PROXIES="10.0.0.5, 192.168.0.0/16,fd00::/8",
            CALLBOARD_CORS_ORIGINS="https://Intranet.example.org/,http://localhost:3000",
        )
        assert [str(each) for each in settings.trusted_proxies] == [
            "10.0.0.5/32",
            "192.168.0.0/16",
            "fd00::/8",
        ]
        assert settings.cors_origins == ("https://intranet.example.org", "http://localhost:3000")

    def test_the_file_has_toml_lists(self, tmp_path: Path) -> None:
        (tmp_path / "callboard.toml").write_text('trusted_proxies = ["10.0.0.5"]\n')
        assert [str(each) for each in load(tmp_path).trusted_proxies] == ["10.0.0.5/32"]

    @pytest.mark.parametrize("value", ["nginx", "10.0.0.1/8", "10.0.0.0/40", "*"])
    def test_proxies_that_are_no_addresses(self, tmp_path: Path, value: str) -> None:
        with pytest.raises(SettingsError, match=r"10\.0\.0\.0/8"):
            load(tmp_path, CALLBOARD_TRUSTED_PROXIES=value)

    @pytest.mark.parametrize(
        "value",
        [
            "*",
            "https://*.example.org",
            "example.org",
            "https://example.org/app",
            "https://u@example.org",
            "null",
        ],
    )
    def test_origins_that_are_none(self, tmp_path: Path, value: str) -> None:
        with pytest.raises(SettingsError, match=r"intranet\.example\.org"):
            load(tmp_path, CALLBOARD_CORS_ORIGINS=value)


class TestRedis:
    def test_the_platform_s_variable_is_taken_and_ours_wins(self, tmp_path: Path) -> None:
        assert load(tmp_path, REDIS_URL="redis://a:6379").redis_url == "redis://a:6379"
        both = load(tmp_path, REDIS_URL="redis://a:6379", CALLBOARD_REDIS_URL="rediss://u:p@b/1")
        assert both.redis_url == "rediss://u:p@b/1"
        assert "u:p" not in repr(both)

    @pytest.mark.parametrize(
        "url",
        [
            "http://a",
            "redis://",
            "a:6379",
            "rediss://a?ssl_cert_reqs=none",
            "rediss://a?ssl_check_hostname=false",
        ],
    )
    def test_what_is_no_address_or_would_verify_nothing(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(SettingsError, match="always verified"):
            load(tmp_path, CALLBOARD_REDIS_URL=url)
