"""`callboard-server` beyond one machine: TLS by itself, and what the command line says of it."""

import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from shared.authorities import AUTHORITIES_PATH, Authorities, tidy_fingerprint
from tests.e2e.server_process import ServerProcess, run, set_up


class SecuredProcess(ServerProcess):
    """A server process that is asked over TLS, with whatever authority it has now."""

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=run(self.data_dir, "tls", "show-ca").stdout)

    def _is_ready(self) -> bool:
        try:
            with httpx.Client(verify=self.trusting(), timeout=2) as http:
                return http.get(f"{self.url}/readyz").status_code == 200
        except (httpx.HTTPError, ssl.SSLError):
            return False


def until(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def logged(server: ServerProcess, event: str) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == event]


class TestTls:
    def test_from_the_first_start_to_another_authority(self, tmp_path: Path) -> None:
        assert "no authority yet" in run(tmp_path, "tls", "fingerprint").stderr
        set_up(tmp_path)
        with SecuredProcess(tmp_path, CALLBOARD_HOST="0.0.0.0", CALLBOARD_TLS_NAMES="queue.local") as server:
            assert server.url.startswith("https://127.0.0.1:")
            printed = run(tmp_path, "tls", "fingerprint").stdout.strip()
            assert tidy_fingerprint(printed) == printed
            assert logged(server, "tls")[0]["authority"] == printed
            old = server.trusting()
            changed = run(tmp_path, "tls", "renew-ca", "--at-once", CALLBOARD_TLS_NAMES="queue.local")
            assert changed.returncode == 0, changed.stderr
            assert changed.stdout.strip() != printed
            new = server.trusting()
            # The server looks once a minute.
            until(lambda: len(logged(server, "tls")) == 2, within_s=75)
            with httpx.Client(verify=new, timeout=10) as http:
                told = Authorities.model_validate_json(http.get(server.url + AUTHORITIES_PATH).content)
            assert len(told.announcements) == 1
            refused = pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED")
            with refused, httpx.Client(verify=old, timeout=10) as http:
                http.get(f"{server.url}/healthz")
            server.kill()
            server.start()  # with the same authority, after a kill
            with httpx.Client(verify=new, timeout=10) as http:
                assert http.get(f"{server.url}/readyz").status_code == 200

    def test_off_says_so_and_own_wants_files(self, tmp_path: Path) -> None:
        set_up(tmp_path)
        with ServerProcess(tmp_path, CALLBOARD_HOST="0.0.0.0", CALLBOARD_TLS="off") as server:
            assert server.url.startswith("http://")
            assert logged(server, "tls_off")
        refused = run(tmp_path, "serve", "--port", "0", CALLBOARD_TLS="own")
        assert refused.returncode == 1
        assert "tls_certificate" in refused.stderr
        assert "Traceback" not in refused.stderr
