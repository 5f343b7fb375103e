"""The connection to a database elsewhere is encrypted unless somebody says in two places that it is not."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from server.infra.postgres_tls import encrypted
from server.settings import SettingsError

REMOTE = "postgresql://callboard:secret@db.city.example:5432/callboard"


def mode_of(address: str, **environment: str) -> str | None:
    return conninfo_to_dict(encrypted(address, environment=environment)).get("sslmode")


class TestAnotherMachine:
    def test_it_is_required_and_verified_where_there_is_a_root(self) -> None:
        assert mode_of(REMOTE) == "require"
        assert mode_of(f"{REMOTE}?sslrootcert=/etc/ca.pem") == "verify-full"
        assert mode_of(REMOTE, PGSSLROOTCERT="/etc/ca.pem") == "verify-full"
        assert mode_of("host=10.0.0.5 dbname=callboard") == "require"
        assert mode_of("dbname=callboard", PGHOST="db.city.example") == "require"
        assert mode_of("postgresql://localhost,db.city.example/callboard") == "require"
        assert mode_of("host=localhost hostaddr=10.0.0.5") == "require"

    @pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
    def test_what_is_asked_for_is_kept(self, mode: str) -> None:
        assert mode_of(f"{REMOTE}?sslmode={mode}") == mode
        # The environment's word is libpq's to keep: ours would come before it.
        assert mode_of(REMOTE, PGSSLMODE=mode) is None

    @pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
    def test_what_may_go_plain_is_refused_without_its_password(self, mode: str) -> None:
        for address, environment in ((f"{REMOTE}?sslmode={mode}", {}), (REMOTE, {"PGSSLMODE": mode})):
            with pytest.raises(SettingsError, match="unencrypted") as refused:
                encrypted(address, environment=environment)
            assert "secret" not in str(refused.value)
            assert encrypted(address, may_be_plain=True, environment=environment) == address

    def test_an_address_that_cannot_be_read_is_refused_without_its_password(self) -> None:
        with pytest.raises(SettingsError) as refused:
            encrypted("postgresql://callboard:secret@db:notaport:x/y?nothing=1", environment={})
        assert "secret" not in str(refused.value)


class TestThisMachine:
    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://callboard@127.0.0.1:5432/callboard?sslmode=disable",
            "postgresql://callboard@localhost/callboard",
            "postgresql://callboard@[::1]/callboard",
            "postgresql:///callboard?host=/run/postgresql",
            "host=/run/postgresql dbname=callboard",
            "service=callboard",
            "postgresql:///callboard",
        ],
    )
    def test_it_is_left_as_it_is(self, address: str) -> None:
        assert encrypted(address, environment={}) == address
