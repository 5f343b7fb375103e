"""Where a setting comes from, and what is said about one that cannot be used."""

import pytest

from clients.core.settings import SettingsError, load_settings


def load(app="staff", *arguments, environment=None, files=()):
    return load_settings(
        app,
        arguments,
        environment=environment or {},
        files=files,
        read_password=lambda: "from standard input\n",
    )


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


class TestOrder:
    def test_without_anything_an_app_looks_on_its_own_machine(self):
        assert load().server == "http://127.0.0.1:8600"

    def test_each_source_wins_over_the_one_before(self, tmp_path):
        machine = write(tmp_path / "m.toml", 'server = "http://machine"\nprofile = "m"\ntheme = "dark"\n')
        person = write(tmp_path / "p.toml", 'profile = "p"\ntext_scale = 150\n')
        settings = load(
            "staff",
            "--language=fr",
            environment={"CALLBOARD_APP_TEXT_SCALE": "125", "CALLBOARD_APP_LANGUAGE": "es"},
            files=(machine, person),
        )
        assert settings.server == "http://machine"
        assert settings.theme == "dark"
        assert settings.profile == "p"
        assert settings.text_scale == 125
        assert settings.language == "fr"

    def test_files_that_are_not_there_say_nothing(self, tmp_path):
        assert load(files=(tmp_path / "none.toml",)).profile == "default"

    def test_a_rectangle_is_four_numbers(self):
        assert load("display", "--geometry", "10,20,800,600").geometry == (10, 20, 800, 600)

    def test_a_servers_own_variables_are_not_ours(self):
        assert load(environment={"CALLBOARD_DATA_DIR": "/srv"}).profile == "default"


class TestRefusals:
    @pytest.mark.parametrize(
        ("arguments", "environment", "named"),
        [
            (("--server", "callboard:8600"), {}, "--server"),
            (("--server", "http://maria:secret@host"), {}, "--server"),
            (("--text-scale", "300"), {}, "--text-scale"),
            (("--colour", "red"), {}, "--colour"),
            (("--monitor", "2"), {}, "--monitor"),  # a staff app fills no screen
            (("--geometry", "1,2,3"), {}, "--geometry"),
            ((), {"CALLBOARD_APP_COLOUR": "red"}, "CALLBOARD_APP_COLOUR"),
            ((), {"CALLBOARD_APP_THEME": "pink"}, "CALLBOARD_APP_THEME"),
            ((), {"CALLBOARD_APP_DEMO_SOCKET": "x"}, "CALLBOARD_APP_DEMO_SOCKET"),
        ],
    )
    def test_the_sentence_names_where_it_stands(self, arguments, environment, named):
        with pytest.raises(SettingsError, match=named):
            load("staff", *arguments, environment=environment)

    @pytest.mark.parametrize("text", ['colour = "red"\n', 'password = "x"\n', "server = \n"])
    def test_a_file_with_anything_else_is_refused_by_name(self, tmp_path, text):
        path = write(tmp_path / "client.toml", text)
        with pytest.raises(SettingsError, match=r"client\.toml"):
            load(files=(path,))

    def test_a_password_is_not_repeated_in_a_sentence(self):
        with pytest.raises(SettingsError) as refused:
            load(environment={"CALLBOARD_APP_PASSWORD": "hunter2", "CALLBOARD_APP_THEME": "pink"})
        assert "hunter2" not in str(refused.value)

    def test_a_file_that_was_asked_for_must_be_there(self, tmp_path):
        with pytest.raises(SettingsError, match="no settings file"):
            load("staff", "--config", str(tmp_path / "none.toml"))


class TestSecrets:
    def test_a_sign_in_file_of_the_owner_alone_is_used(self, tmp_path):
        path = write(tmp_path / "sign-in.json", '{"username": "maria", "password": "p"}')
        path.chmod(0o600)
        assert load("staff", f"--sign-in-file={path}").given_sign_in() == ("maria", "p")

    def test_one_that_others_can_read_is_not(self, tmp_path):
        path = write(tmp_path / "sign-in.json", '{"username": "maria", "password": "p"}')
        path.chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            load("staff", f"--sign-in-file={path}").given_sign_in()

    @pytest.mark.parametrize("text", ["", "[]", '{"username": "maria"}'])
    def test_one_of_another_shape_is_explained(self, tmp_path, text):
        path = write(tmp_path / "sign-in.json", text)
        path.chmod(0o600)
        with pytest.raises(SettingsError, match="must hold"):
            load("staff", f"--sign-in-file={path}").given_sign_in()

    def test_a_password_comes_by_standard_input(self):
        settings = load("staff", "--username=maria", "--password-stdin")
        assert settings.given_sign_in() == ("maria", "from standard input")

    def test_half_a_sign_in_is_none(self):
        assert load("staff", "--username=maria").given_sign_in() is None

    def test_a_device_key_comes_from_its_file_or_the_environment(self, tmp_path):
        path = write(tmp_path / "key", "the-key\n")
        assert load("display", f"--device-key-file={path}").given_device_key() == "the-key"
        environment = {"CALLBOARD_APP_DEVICE_KEY": "another"}
        assert load("display", environment=environment).given_device_key() == "another"
        assert load("display").given_device_key() is None

    def test_a_key_file_without_a_key_is_said_so(self, tmp_path):
        with pytest.raises(SettingsError, match="no device key"):
            load("display", f"--device-key-file={tmp_path / 'none'}").given_device_key()

    def test_secrets_do_not_show_in_a_representation(self):
        settings = load("display", environment={"CALLBOARD_APP_DEVICE_KEY": "hunter2"})
        assert "hunter2" not in repr(settings)


class TestAuthority:
    GROUPS = " ".join(["3F0A"] * 16)

    def test_a_fingerprint_is_taken_as_people_write_it(self):
        for text in (self.GROUPS, "3f:0a:" * 15 + "3f:0a", self.GROUPS.replace(" ", "")):
            assert load("staff", "--ca-fingerprint", text).ca_fingerprint == self.GROUPS

    def test_what_is_none_is_refused(self, tmp_path):
        file = write(tmp_path / "m.toml", 'ca_fingerprint = "3F0A"\n')
        with pytest.raises(SettingsError, match="64 hexadecimal digits"):
            load(files=(file,))

    def test_with_a_file_it_says_which_of_its_authorities_is_meant(self, tmp_path):
        from datetime import UTC, datetime

        from clients.core.from_settings import client_config
        from server.infra.tls import Names, new_authority
        from shared.ids import Audience

        one, other = (new_authority(Names.of(("box",)), now=datetime.now(UTC)) for _ in range(2))
        file = write(tmp_path / "ca.pem", one.certificate_pem + other.certificate_pem)
        given = ("--server=https://box", f"--ca-file={file}")
        both = client_config(load("staff", *given), Audience.STAFF).vouched
        assert both.roots == {one.fingerprint, other.fingerprint}
        meant = load("staff", *given, "--ca-fingerprint", other.fingerprint)
        assert client_config(meant, Audience.STAFF).vouched.authorities == (other.certificate_pem,)
        with pytest.raises(SettingsError, match="No certificate"):
            client_config(load("staff", *given, "--ca-fingerprint", self.GROUPS), Audience.STAFF)
