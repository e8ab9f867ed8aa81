"""Tests of opening, checking and migrating the database file."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from engine.errors import ServiceError
from engine.service.schema import MIGRATIONS, close_database, open_database

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite3"


def test_writes_are_made_for_a_power_cut(path: Path) -> None:
    """The database keeps a write-ahead log and syncs every commit."""
    with contextlib.closing(open_database(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_migration_keeps_a_backup_of_the_older_version(path: Path) -> None:
    """A newer program adds what is new and leaves a readable copy of the old file."""
    close_database(open_database(path), in_order=True)
    newer = (*MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN colour TEXT",))
    with contextlib.closing(open_database(path, newer)) as connection:
        connection.execute("SELECT colour FROM jobs")
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    with contextlib.closing(sqlite3.connect(path.with_name("jobs.sqlite3.v1.backup"))) as backup:
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)


def test_failed_migration_changes_nothing(path: Path) -> None:
    """A migration takes effect whole or not at all, and the old program still opens the file."""
    close_database(open_database(path), in_order=True)
    broken = (*MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN colour TEXT", "ALTER TABLE nowhere ADD COLUMN x TEXT"))
    with pytest.raises(ServiceError, match="cannot be opened"):
        open_database(path, broken)
    with contextlib.closing(open_database(path)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT colour FROM jobs")


def test_a_newer_database_is_not_touched(path: Path) -> None:
    """An older program refuses the file of a newer one and says what to do."""
    newer = (*MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN colour TEXT",))
    close_database(open_database(path, newer), in_order=True)
    with pytest.raises(ServiceError, match="newer Onetake"):
        open_database(path)


def test_what_is_no_database_is_refused(path: Path) -> None:
    """A file that is no database is named, with the remedy, and left as it is."""
    path.write_bytes(b"not a database " * 100)
    with pytest.raises(ServiceError, match=r"damaged.*move it away"):
        open_database(path)
    assert path.read_bytes().startswith(b"not a database")


def test_damage_is_found_after_an_unclean_exit(path: Path) -> None:
    """After a crash the file is checked whole; after an orderly exit it is trusted."""
    connection = open_database(path)
    connection.executemany(
        "INSERT INTO settings VALUES (?, ?)", [(f"name{number}", "x" * 500) for number in range(200)]
    )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 4096 // 2 * 4096
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(bytes(content))
    with pytest.raises(ServiceError, match="damaged"):
        open_database(path)
