"""A data directory that the embedded PostgreSQL's own user can reach, set up once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server_process import set_up
from tests.postgres import temporary_data_dir


@pytest.fixture(scope="session")
def city_hall_template() -> Iterator[Path]:
    """A data directory with City Hall in it; no server runs on it."""
    # The folder itself: below a closed one, PostgreSQL's own user would be given another place.
    with temporary_data_dir() as data_dir:
        set_up(data_dir)
        yield data_dir


@pytest.fixture
def city_hall(city_hall_template: Path) -> Iterator[Path]:
    """A fresh data directory with City Hall in it."""
    with temporary_data_dir() as data_dir:
        _copy(city_hall_template, data_dir)
        yield data_dir


def _copy(source: Path, target: Path) -> None:
    # `cp -a` keeps the owner of the cluster's files, which shutil does not.
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    for path in [source, *source.rglob("*")]:
        stat = path.lstat()
        copied = target / path.relative_to(source)
        shutil.chown(copied, stat.st_uid, stat.st_gid)
