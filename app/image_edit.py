"""What the artist has typed and chosen, valid or not, and how it is kept on disk; the plan of a take is in `video`.

A request is made from it only when it is sent; until then nothing here is refused, so no text is ever lost.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.control_edit import ControlEdit, layers_of
from app.partial_reading import read_partially
from app.picture_edit import CanvasEdit
from app.video_edit import VideoEdit
from engine.messages import FrameSpan, ImageRequest, ModelSpec, VideoRequest, draw_seed

if TYPE_CHECKING:
    from collections.abc import Callable


class ImageEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the prompt panel. Field names are those of ImageRequest where they mean the same."""

    prompt: str = ""
    negative_prompt: str = ""
    model: str = "papercut"
    width: int = 256
    height: int = 256
    count: int = 4
    seed: int = msgspec.field(default_factory=draw_seed)
    seed_locked: bool = False
    steps: int = 1
    guidance_scale: float = 1.0
    controls: tuple[ControlEdit, ...] = ()
    video: VideoEdit = VideoEdit()
    canvas: CanvasEdit = CanvasEdit()

    @property
    def is_editing(self) -> bool:
        """Generate edits the picture on the canvas."""
        return self.canvas.is_active and not self.video.is_active

    def words(self) -> list[str]:
        """The prompt, the negative prompt, and those of the segments where a take is planned."""
        segments = self.video.segments if self.video.is_active else ()
        return [self.prompt, self.negative_prompt, *(segment.prompt for segment in segments)]

    def with_words(self, words: list[str]) -> ImageEdit:
        """This edit with other prompts, in the order of `words()`."""
        replace = msgspec.structs.replace
        prompt, negative, *rest = words
        after = replace(self, prompt=prompt, negative_prompt=negative)
        if not rest:
            return after
        pairs = zip(self.video.segments, rest, strict=True)
        segments = tuple(replace(segment, prompt=own) for segment, own in pairs)
        return replace(after, video=replace(self.video, segments=segments))

    def control_size(self, spec: ModelSpec | None) -> tuple[int, int]:
        """Width and height of the maps that steer a result: those of the result, or of the picture that is edited."""
        if not self.is_editing or not self.canvas.width:
            return self.width, self.height
        return self.canvas.framed if self.canvas.takes_mask else self.canvas.work_size(spec) or self.canvas.framed

    def sound(self) -> ImageEdit:
        """This edit as the window can show it: a file may hold anything."""
        return msgspec.structs.replace(self, video=self.video.sound())

    def request(self, spec: ModelSpec | None) -> ImageRequest:
        """The frozen request. What the model does not take is left out, as the panel shows it greyed.

        Raises:
            BadInputError: The request is not valid; the message says what to change.
        """
        canvas = self.canvas if self.is_editing else None
        width, height = (canvas and canvas.work_size(spec)) or (self.width, self.height)
        request = ImageRequest(
            prompt=self.prompt.strip(),
            negative_prompt=self._negative(spec),
            model=self.model,
            width=width,
            height=height,
            count=self.count,
            seed=self.seed,
            steps=canvas.steps_for(spec) if canvas else self.steps,
            guidance_scale=self._guidance(spec),
            edit=canvas.part() if canvas else None,
            controls=layers_of(self.controls, spec, for_video=False),
        )
        if spec is not None:
            spec.check(request)
        return request

    def video_request(
        self, spec: ModelSpec | None, *, base: str = "", redo: tuple[FrameSpan, ...] = ()
    ) -> VideoRequest:
        """The frozen request of a take; with `base`, of making the frames of `redo` of that take again.

        Raises:
            BadInputError: The request is not valid; the message says what to change.
        """
        request = VideoRequest(
            timeline=self.video.timeline(self.prompt),
            seed=self.seed,
            model=self.model,
            negative_prompt=self._negative(spec),
            width=self.width,
            height=self.height,
            fps=self.video.fps,
            steps=self.video.steps,
            guidance_scale=self._guidance(spec),
            devices=self.video.devices,
            base=base,
            redo=redo,
            # Those behind the end are still the artist's: the take may become longer again.
            controls=layers_of(
                (control for control in self.controls if control.first < self.video.length), spec, for_video=True
            ),
        )
        if spec is not None:
            spec.check(request)
        return request

    def _negative(self, spec: ModelSpec | None) -> str:
        return self.negative_prompt.strip() if spec is None or spec.takes_negative else ""

    def _guidance(self, spec: ModelSpec | None) -> float:
        return self.guidance_scale if spec is None or spec.takes_guidance else spec.default_guidance

    def of_video(self, request: VideoRequest) -> ImageEdit:
        """The edit that makes the take `request` again: its seed is locked."""
        return msgspec.structs.replace(
            self,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            model=request.model,
            width=request.width,
            height=request.height,
            seed=request.seed,
            seed_locked=True,
            guidance_scale=request.guidance_scale,
            controls=tuple(ControlEdit.of_layer(layer) for layer in request.controls),
            video=self.video.of_request(request),
        )

    @staticmethod
    def of_request(request: ImageRequest) -> ImageEdit:
        """The edit that makes `request` again: its seed is locked."""
        return ImageEdit(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            model=request.model,
            width=request.width,
            height=request.height,
            count=request.count,
            seed=request.seed,
            seed_locked=True,
            steps=request.steps,
            guidance_scale=request.guidance_scale,
            controls=tuple(ControlEdit.of_layer(layer) for layer in request.controls),
            canvas=CanvasEdit.of_request(request),
        )


def read_edit(file: Path, tell_unread: Callable[[Path], None] | None = None) -> ImageEdit | None:
    """The edit of the last session, as far as it can be read; None when there is none or the file is damaged.

    What cannot be wholly read is copied beside the file first, since the next save writes over it; `tell_unread` is
    told where to.
    """
    try:
        document = file.read_bytes()
    except OSError:
        return None
    try:
        edit, unread = read_partially(msgspec.json.decode(document, type=dict[str, object]), ImageEdit)
    except (msgspec.DecodeError, RecursionError):
        edit, unread = None, ("*",)
    if unread:
        copy = file.with_suffix(".unread.json")
        with contextlib.suppress(OSError):
            write_atomically(copy, document)
            if tell_unread is not None:
                tell_unread(copy)
    return None if edit is None else edit.sound()


def keep_edit(file: Path, edit: ImageEdit) -> None:
    """Write the edit for the next session.

    Raises:
        OSError: It cannot be written; the old content stands.
    """
    write_atomically(file, msgspec.json.encode(edit))


def write_atomically(file: Path, document: bytes) -> None:
    """Replace `file` as a whole, so that a crash leaves the old or the new content.

    Raises:
        OSError: It cannot be written; the old content stands.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(document)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(part).unlink()
        raise
