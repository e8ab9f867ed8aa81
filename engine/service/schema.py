"""The database file: opening it safely, its tables, and the way from older versions.

Owns: pragmas, migrations with their backup, the check after an unclean exit. Does not own: what a row means (store).
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from engine.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

Migration = tuple[str, ...]

# Migration i leads from user_version i to i + 1. Published migrations are never edited.
MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE jobs (
            job TEXT PRIMARY KEY,
            position INTEGER NOT NULL UNIQUE,
            phase TEXT NOT NULL,
            request TEXT NOT NULL,
            targets TEXT NOT NULL,
            created REAL NOT NULL,
            started REAL,
            finished REAL,
            attempt INTEGER NOT NULL DEFAULT 0,
            deaths INTEGER NOT NULL DEFAULT 0,
            restarts INTEGER NOT NULL DEFAULT 0,
            devices TEXT NOT NULL DEFAULT '[]',
            seconds REAL NOT NULL DEFAULT 0,
            error_kind TEXT NOT NULL DEFAULT '',
            error_message TEXT NOT NULL DEFAULT '',
            seq INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX jobs_by_phase ON jobs (phase, position)",
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ),
)


def open_database(path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> sqlite3.Connection:
    """Open, and if need be create, check or migrate, the database; marks it as in use.

    Raises:
        ServiceError: It is damaged, of a newer Onetake, or cannot be written; the message names the remedy.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        _make_durable(connection, path)
        _migrate(connection, path, migrations)
        _check_after_unclean_exit(connection, path)
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('clean', '0')")
    except ServiceError:
        _close_quietly(connection)
        raise
    except sqlite3.OperationalError as error:
        _close_quietly(connection)
        raise ServiceError(f"{path} cannot be opened ({error}); check the folder's permissions and room") from error
    except sqlite3.DatabaseError as error:
        _close_quietly(connection)
        raise _damaged(path, str(error)) from error
    return connection


def close_database(connection: sqlite3.Connection, *, in_order: bool) -> None:
    """Close the database, marked as left in order or else to be checked at the next start."""
    if in_order:
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('clean', '1')")
    connection.close()


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """All statements inside take effect together, durably, or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk has ended it already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_durable(connection: sqlite3.Connection, path: Path) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise ServiceError(f"{path} lies where SQLite cannot keep its log; set ONETAKE_HOME to a local disk")
    connection.execute("PRAGMA synchronous=FULL")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise ServiceError(
            f"{path} was written by a newer Onetake (version {version}, this one knows {len(migrations)}); update it"
        )
    if 0 < version < len(migrations):
        _back_up(connection, path.with_name(f"{path.name}.v{version}.backup"))
    for number, statements in enumerate(migrations[version:], start=version + 1):
        with transaction(connection):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={number:d}")


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    draft = target.with_name(target.name + ".tmp")
    draft.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(draft)) as copy:
        connection.backup(copy)
    draft.replace(target)


def _check_after_unclean_exit(connection: sqlite3.Connection, path: Path) -> None:
    row = connection.execute("SELECT value FROM settings WHERE name='clean'").fetchone()
    if row is None or row[0] == "1":
        return
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise _damaged(path, verdict)


def _damaged(path: Path, verdict: str) -> ServiceError:
    return ServiceError(f"the job database {path} is damaged ({verdict}); move it away to start with an empty queue")


def _close_quietly(connection: sqlite3.Connection | None) -> None:
    if connection is not None:
        with contextlib.suppress(sqlite3.Error):
            connection.close()
