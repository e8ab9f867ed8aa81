"""What may be dropped on the way to the window, and what never is."""

from __future__ import annotations

from app.mailbox import Mailbox
from engine.messages import Preview
from engine.protocol import EventMessage


def preview(index: int, seq: int, *, final: bool = False, job: str = "a") -> EventMessage:
    return EventMessage(event=Preview(job=job, attempt=1, seq=seq, index=index, image=b"", final=final))


def take_all(box: Mailbox) -> list[object]:
    """Empty the box, oldest letter first."""
    return list(iter(box.take, None))


def test_a_newer_preview_replaces_the_one_still_waiting() -> None:
    """Of several unfinished previews of one picture only the newest is delivered."""
    box = Mailbox()
    for seq in range(3):
        box.put(preview(0, seq))
    box.put(preview(1, 3))
    assert take_all(box) == [preview(0, 2), preview(1, 3)]


def test_a_finished_candidate_replaces_its_preview_and_is_never_dropped() -> None:
    """The final picture makes the waiting preview stale; nothing makes the final picture stale."""
    box = Mailbox()
    box.put(preview(0, 1))
    box.put(preview(0, 2, final=True))
    box.put(preview(0, 3, final=True))
    assert take_all(box) == [preview(0, 2, final=True), preview(0, 3, final=True)]


def test_everything_else_keeps_its_order() -> None:
    """Letters that are no previews arrive as they were sent."""
    box = Mailbox()
    for letter in ("one", "two", "three"):
        box.put(letter)
    assert take_all(box) == ["one", "two", "three"]


def test_only_the_first_letter_asks_for_a_visit() -> None:
    """`put` says True when the box was empty, and again after it has been emptied."""
    box = Mailbox()
    assert [box.put("a"), box.put("b")] == [True, False]
    take_all(box)
    assert box.put("c")


def test_previews_of_different_jobs_do_not_replace_each_other() -> None:
    """Picture 0 of one job is not picture 0 of another."""
    box = Mailbox()
    box.put(preview(0, 1, job="a"))
    box.put(preview(0, 1, job="b"))
    assert len(take_all(box)) == 2
