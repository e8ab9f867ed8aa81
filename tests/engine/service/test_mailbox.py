"""Tests of the box between two threads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.messages import Cancelled, FramesReady, Preview, Progress
from engine.service.mailbox import Mailbox, MailboxClosedError, staleness_key


def drain(box: Mailbox[int]) -> list[int]:
    """All that waits in a box."""
    box.close()
    taken: list[int] = []
    while True:
        try:
            item = box.get()
        except MailboxClosedError:
            return taken
        assert item is not None
        taken.append(item)


def test_a_newer_message_replaces_the_stale_one_of_its_key() -> None:
    """Of two messages of one key only the newer arrives, in the newer one's place."""
    box: Mailbox[int] = Mailbox()
    for item, key in ((1, "a"), (2, None), (3, "a")):
        assert box.put(item, key=key)
    assert drain(box) == [2, 3]


def test_keyed_messages_are_dropped_first() -> None:
    """A full box sheds its oldest keyed message for a new one, and never one without a key."""
    box: Mailbox[int] = Mailbox(max_items=3)
    for item, key in ((1, None), (2, "a"), (3, "b"), (4, None)):
        assert box.put(item, key=key)
    assert drain(box) == [1, 3, 4]


def test_a_box_full_of_lasting_messages_refuses_another() -> None:
    """What must not be dropped is refused openly when it does not fit; a preview is dropped without complaint."""
    box: Mailbox[int] = Mailbox(max_items=1)
    assert box.put(1)
    assert not box.put(2)
    assert box.put(3, key="preview")
    assert drain(box) == [1]


def test_bytes_are_bounded_but_one_message_always_fits() -> None:
    """The byte limit holds, except that a single large answer is never refused."""
    box: Mailbox[int] = Mailbox(max_bytes=10)
    assert box.put(1, size_bytes=100)
    assert not box.put(2, size_bytes=1)
    assert box.get() == 1
    assert box.put(3, size_bytes=6, key="a")
    assert box.put(4, size_bytes=6)
    assert drain(box) == [4]


def test_an_empty_box_times_out_and_a_closed_one_says_so() -> None:
    """None means nothing came in time; a closed box gives what it has and then raises."""
    box: Mailbox[int] = Mailbox()
    assert box.get(0.0) is None
    box.put(1)
    box.close()
    assert not box.put(2)
    assert box.get() == 1
    with pytest.raises(MailboxClosedError):
        box.get()


@given(st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.integers(0, 5))))
def test_order_is_kept_and_lasting_messages_all_arrive(puts: list[tuple[str | None, int]]) -> None:
    """Whatever is put: what is taken is in order, within the limits, and no accepted lasting message is missing."""
    box: Mailbox[int] = Mailbox(max_items=6, max_bytes=12)
    lasting = [
        number for number, (key, size) in enumerate(puts) if box.put(number, size_bytes=size, key=key) and key is None
    ]
    taken = drain(box)
    assert taken == sorted(taken)
    assert len(taken) <= 6
    assert [number for number in taken if puts[number][0] is None] == lasting


def test_only_pictures_on_the_way_and_progress_can_be_stale() -> None:
    """Ends and frames are never dropped; a preview goes stale per job and picture, progress per job and rank."""
    first, second = (Preview(job="j", attempt=1, index=index, image=b"", final=False) for index in (0, 1))
    assert staleness_key(first) != staleness_key(second)
    ranks = [Progress(job="j", attempt=1, step=1, steps=2, device=device) for device in ("cpu", "cpu#1", "cpu")]
    keys = [staleness_key(event) for event in ranks]
    assert keys[0] == keys[2] is not None
    assert keys[0] != keys[1]
    assert staleness_key(FramesReady(job="j", attempt=1, start=0, stop=8, device="cpu")) is None
    assert staleness_key(Cancelled(job="j", attempt=1)) is None
