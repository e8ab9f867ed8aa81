"""Ids of jobs, which clients draw: the service takes a job of one id once, however often it is sent."""

from __future__ import annotations

import secrets

from engine.errors import BadInputError

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 13


def draw_job_id(now: float) -> str:
    """A job's id: 13 characters that sort by creation time (milliseconds in base 32), the last four random."""
    milliseconds = int(now * 1000)
    digits = [_ALPHABET[milliseconds >> shift & 31] for shift in range(40, -1, -5)]
    return "".join([*digits, *(secrets.choice(_ALPHABET) for _ in range(4))])


def check_job_id(job: str) -> None:
    """Refuse what `draw_job_id` cannot have drawn: ids become the names of files.

    Raises:
        BadInputError: It is no id.
    """
    if len(job) != _ID_LENGTH or not set(job) <= set(_ALPHABET):
        raise BadInputError(f"{job[:40]!r} is no job id, which {_ID_LENGTH} digits and letters make up; update Onetake")
