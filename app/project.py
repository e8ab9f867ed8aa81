"""The observable edit state of the window: panels edit it, it makes frozen requests, undoes and saves itself.

Jobs are not undone: undo restores settings. What the service does with a request is not its business.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from app import clip_edits, timeline_edits
from app.control_edit import layers_from
from app.edit_change import EditChange
from app.image_edit import ImageEdit, keep_edit, read_edit
from app.keeper import Keeper
from app.mask_files import MaskFiles
from app.prompt_choices import Wildcards, as_literal, draw_choices
from engine.messages import FrameSpan, ImageRequest, ModelSpec, Request, VideoRequest, draw_seed
from engine.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.background import Background
    from app.control_edit import ControlEdit
    from app.control_files import Controlled
    from app.picture_edit import CanvasEdit
    from app.video_edit import VideoEdit
    from engine.messages import ControlLayer, Timeline

    Keep = Callable[[ImageEdit], Callable[[], object]]
    """What writes an edit, in a thread; that raises OSError when it cannot."""

AUTOSAVE_AFTER_MS = 400


class Project(QObject):
    """Holds one `ImageEdit` and the specifications of the models.

    Args:
        file: Where the edit is saved, atomically, shortly after each change. Beside it lies the folder `wildcards`.
        writing: A single thread, in which that is done.
    """

    edit_changed = Signal(object)
    """The set of the names of the fields that changed."""
    models_changed = Signal()
    requesting = Signal()
    """A request is about to be made: what is painted belongs on disk now."""
    saved = Signal()
    save_failed = Signal(str)

    def __init__(self, file: Path, writing: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keeper = Keeper(writing, self)
        self.keeper.kept.connect(self._take_kept)
        self.keeper.failed.connect(self._take_unkept)
        self._keep: Keep = partial(partial, keep_edit, file)
        self._is_unkept = False
        self._home = file.parent
        self.wildcards = Wildcards(file.parent / "wildcards")
        self.masks = MaskFiles(Paths(file.parent).masks)
        self.unread: list[Path] = []
        """Where the work of the last session lies as it was, if not all of it could be read."""
        self._edit = read_edit(file, self.unread.append) or ImageEdit()
        self._models: dict[str, ModelSpec] = {}
        self.undo_stack = QUndoStack(self)
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_AFTER_MS)
        self._autosave.timeout.connect(self._save_behind)

    @property
    def edit(self) -> ImageEdit:
        return self._edit

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        return tuple(self._models.values())

    @property
    def spec(self) -> ModelSpec | None:
        """The chosen model; None until the engine has listed the models, or if it does not know this one."""
        return self._models.get(self._edit.model)

    @property
    def video(self) -> VideoEdit:
        """The plan of the next take."""
        return self._edit.video

    @property
    def canvas(self) -> CanvasEdit:
        """What is done to the picture on the canvas."""
        return self._edit.canvas

    @property
    def prompt(self) -> str:
        """What the prompt field shows: the current segment's words, or the words for everything."""
        segment = self._edit.video.segment if self._edit.video.is_active else None
        return self._edit.prompt if segment is None else segment.prompt

    def set_models(self, models: tuple[ModelSpec, ...]) -> None:
        """Adopt the catalogue."""
        self._models = {spec.name: spec for spec in models}
        self.models_changed.emit()

    def change(self, text: str, **fields: object) -> None:
        """Set fields as one step of undo named `text`; quick changes of the same fields merge into one step."""
        after = msgspec.structs.replace(self._edit, **fields)
        names = {name for name in after.__struct_fields__ if getattr(self._edit, name) != getattr(after, name)}
        words = [name for name in ("prompt", "negative_prompt") if name in names]
        self._push(text, after, ",".join(sorted(names)), partial(_text_of, words[0]) if words else None)

    def change_video(self, text: str, video: VideoEdit, *, merge: str = "") -> None:
        """Change the plan as one step of undo. Quick changes with the same `merge` join; after DRAG, slow ones too."""
        self._push(text, msgspec.structs.replace(self._edit, video=video), merge)

    def show_video(self, video: VideoEdit) -> None:
        """Take over another selection: no step of undo."""
        self._apply(msgspec.structs.replace(self._edit, video=video))

    def change_canvas(self, text: str, canvas: CanvasEdit, *, merge: str = "") -> None:
        """Change what is done to the picture on the canvas as one step of undo; `merge` as in `change_video`."""
        self._push(text, msgspec.structs.replace(self._edit, canvas=canvas), merge)

    def show_canvas(self, canvas: CanvasEdit) -> None:
        """Take over what has been read about that picture: no step of undo."""
        self._apply(msgspec.structs.replace(self._edit, canvas=canvas))

    def change_controls(self, text: str, controls: tuple[ControlEdit, ...], *, merge: str = "") -> None:
        """Change the control layers as one step of undo; `merge` as in `change_video`."""
        after = msgspec.structs.replace(self._edit, controls=controls)
        if len(controls) != len(self._edit.controls):
            # The layers have other places now.
            after = msgspec.structs.replace(after, video=timeline_edits.select_clips(after.video, ()))
        self._push(text, after, merge)

    def remove_selected(self, text: str, clips: Sequence[int]) -> None:
        """Take the selected segments and these control layers away, as one step of undo."""
        video = self._edit.video
        if video.selected:
            video = timeline_edits.remove(video, video.selected)
        after = msgspec.structs.replace(
            self._edit,
            controls=clip_edits.remove(self._edit.controls, clips),
            video=timeline_edits.select_clips(video, ()),
        )
        self._push(text, after, "")

    def change_control(self, index: int, text: str = "", *, merge: str = "", **fields: object) -> None:
        """Set fields of one control layer, e.g. `mask`, as one step of undo; `merge` as in `change_video`."""
        controls = list(self._edit.controls)
        controls[index] = msgspec.structs.replace(controls[index], **fields)
        self.change_controls(text or self.tr("change control"), tuple(controls), merge=merge)

    def type_prompt(self, text: str) -> None:
        """Change the words that the prompt field shows."""
        video = self._edit.video
        if video.segment is None or not video.is_active:
            self.change(self.tr("typing"), prompt=text)
            return
        after = timeline_edits.write_prompt(video, video.current, text)
        edit = msgspec.structs.replace(self._edit, video=after)
        self._push(self.tr("typing"), edit, f"words of {video.current}", partial(_words_of, video.current))

    def restore(self, request: ImageRequest | VideoRequest) -> None:
        """Take over the settings of a picture or a take, as one step of undo."""
        if isinstance(request, VideoRequest):
            after = self._edit.of_video(request)
        else:
            video = msgspec.structs.replace(self._edit.video, is_active=False)
            after = msgspec.structs.replace(ImageEdit.of_request(request), video=video)
            if request.edit is None:
                # The picture that was being edited, and what was painted on it, can be gone back to.
                canvas = msgspec.structs.replace(self._edit.canvas, is_active=False)
                after = msgspec.structs.replace(after, canvas=canvas)
        after = after.with_words([as_literal(words) for words in after.words()])
        self.undo_stack.push(EditChange(self._apply, self.tr("restore settings"), self._edit, after))

    def open_timeline(self, timeline: Timeline, fps: float | None, controls: Sequence[ControlLayer] = ()) -> None:
        """Take over a plan from a file, as one step of undo; without `fps` its speed stays as it is.

        What it says of controls takes the place of those there are; a file that says nothing leaves them.
        """
        after = msgspec.structs.replace(self._edit, video=self._edit.video.of_timeline(timeline, fps))
        if controls:
            after = msgspec.structs.replace(after, controls=layers_from(controls))
        self._push(self.tr("open timeline"), after, "")

    def choose_model(self, name: str) -> None:
        """Change the model; what it cannot do as asked is set to its defaults, in the same step of undo."""
        fields: dict[str, object] = {"model": name}
        spec = self._models.get(name)
        if spec is not None:
            edit = self._edit
            fields["steps"] = spec.default_steps
            fields["guidance_scale"] = spec.default_guidance
            fields["controls"] = tuple(control.without_entry() for control in edit.controls)
            fields["video"] = edit.video.suited_to(spec)
            fields["canvas"] = edit.canvas.suited_to(spec)
            sides = (edit.width, edit.height)
            if any(side % spec.size_multiple or side > spec.max_side for side in sides):
                fields |= {"width": spec.default_width, "height": spec.default_height}
        self.change(self.tr("choose model"), **fields)

    def request(self) -> Request:
        """What Generate sends now: a take or pictures. An unlocked seed is drawn anew first, and shown.

        Raises:
            BadInputError: The edit makes no valid request.
        """
        return self.video_request() if self._edit.video.is_active else self.image_request()

    def image_request(self) -> ImageRequest:
        """The request for pictures. An unlocked seed is drawn anew first, and shown.

        Raises:
            BadInputError: The edit makes no valid request.
        """
        self.requesting.emit()
        self._with_adapters(self.masks.kept(self._drawn().request(self.spec)))
        self._draw()
        return self._with_adapters(self.masks.kept(self._drawn().request(self.spec)))

    def video_request(self, *, base: str = "", redo: tuple[FrameSpan, ...] = ()) -> VideoRequest:
        """The request for a take, or for the frames of `redo` of the finished take `base` again. Draws as pictures do.

        Raises:
            BadInputError: The edit makes no valid request.
        """
        self.requesting.emit()
        self._with_adapters(self.masks.kept(self._drawn().video_request(self.spec, base=base, redo=redo)))
        self._draw()
        return self._with_adapters(self.masks.kept(self._drawn().video_request(self.spec, base=base, redo=redo)))

    def live_request(self) -> ImageRequest:
        """The request for one picture as everything stands now, its seed as it is shown; what is painted is on disk.

        Raises:
            BadInputError: The edit makes no valid request.
        """
        drawn = msgspec.structs.replace(self._drawn(), count=1)
        return self._with_adapters(self.masks.kept(drawn.request(self.spec)))

    def save(self) -> None:
        """Write the edit now: when this returns it is on the disk, or cannot be."""
        self._autosave.stop()
        try:
            self.keeper.now(self._keep(self._edit))
        except OSError as error:
            self._take_unkept(str(error))
        else:
            self._take_kept()

    def save_soon(self) -> None:
        """Write the edit shortly; not put off by further calls, so that at most this long is ever unsaved."""
        if not self._autosave.isActive():
            self._autosave.start()

    def close(self) -> bool:
        """Write what is not written yet; False when it cannot be."""
        if self._autosave.isActive() or self._is_unkept:
            self.save()
        return not self._is_unkept

    def keep_with(self, keep: Keep) -> None:
        """From now on `keep` says what to do, shortly after each change. What is not done yet stays so: close first."""
        self._autosave.stop()
        self._keep, self._is_unkept = keep, False

    def take_over(self, edit: ImageEdit, keep: Keep) -> None:
        """Go on with another edit, which is on disk as it is, and a new history."""
        self.undo_stack.clear()
        self._apply(edit)
        self.keep_with(keep)

    def _drawn(self) -> ImageEdit:
        """The edit with one of each alternative in its prompts, as its seed draws them."""
        return self._edit.with_words(draw_choices(self._edit.words(), self._edit.seed, self.wildcards))

    def holds(self, request: ImageRequest | VideoRequest) -> bool:
        """Whether the settings can hold all of a request: taken over and sent again it would be the same."""
        if isinstance(request, VideoRequest):
            return not request.base and self._edit.of_video(request).video_request(None) == request
        return ImageEdit.of_request(request).request(None) == request

    def _with_adapters(self, request: Controlled) -> Controlled:
        if self.spec is None or not request.controls:
            return request
        # Loaded only now: most requests have no controls.
        from app.control_files import with_adapters  # noqa: PLC0415

        return with_adapters(request, self.spec, Paths(self._home))

    def _save_behind(self) -> None:
        self._is_unkept = True
        self.keeper.soon(self._keep(self._edit))

    def _take_kept(self) -> None:
        self._is_unkept = False
        self.saved.emit()

    def _take_unkept(self, why: str) -> None:
        self._is_unkept = True
        self.save_failed.emit(why)

    def _draw(self) -> None:
        if not self._edit.seed_locked:
            # Drawing is part of generating, not of editing: it is no step of undo.
            self._apply(msgspec.structs.replace(self._edit, seed=draw_seed()))

    def _push(
        self, text: str, after: ImageEdit, merge: str, words_of: Callable[[ImageEdit], str] | None = None
    ) -> None:
        if after != self._edit:
            self.undo_stack.push(EditChange(self._apply, text, self._edit, after, merge=merge, words_of=words_of))

    def _apply(self, edit: ImageEdit) -> None:
        before, self._edit = self._edit, edit
        changed = {name for name in edit.__struct_fields__ if getattr(before, name) != getattr(edit, name)}
        if changed:
            self.save_soon()
            self.edit_changed.emit(changed)


def _text_of(field: str, edit: ImageEdit) -> str:
    return str(getattr(edit, field))


def _words_of(segment: int, edit: ImageEdit) -> str:
    return edit.video.segments[segment].prompt
