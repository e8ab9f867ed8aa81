"""The plan of a project as `timeline.otio`, and back. No Qt.

A plan that is being written may have empty prompts, which no timeline has: they stand there as UNWRITTEN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from engine.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

    from app.image_edit import ImageEdit
    from app.video_edit import VideoEdit

UNWRITTEN = "(not written yet)"


def timeline_document(edit: ImageEdit) -> bytes | None:
    """The plan for editing programs; None while it is not one that could be made."""
    # Only here: most windows save no project, and the library costs as much as all the rest.
    from engine.media.timeline_otio import timeline_to_otio  # noqa: PLC0415

    segments = tuple(
        segment if segment.prompt.strip() else replace(segment, prompt=UNWRITTEN) for segment in edit.video.segments
    )
    try:
        timeline = replace(edit.video, segments=segments).timeline(edit.prompt.strip() or UNWRITTEN)
    except BadInputError:
        return None
    return timeline_to_otio(timeline, edit.video.fps).encode()


def read_changed_plan(file: Path, video: VideoEdit) -> VideoEdit:
    """`video` with the plan that another program wrote.

    Raises:
        BadInputError: It cannot be read; the message names the place and the remedy.
    """
    from engine.media.timeline_file import read_timeline  # noqa: PLC0415  # rare, as above

    timeline, fps, _ = read_timeline(file)
    after = video.of_timeline(timeline, fps)
    segments = tuple(
        replace(segment, prompt="") if segment.prompt == UNWRITTEN else segment for segment in after.segments
    )
    return replace(after, segments=segments)
