"""Model specifications: data about a model, and whether it can do a request."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from engine.errors import BadInputError
from engine.messages.checks import MAX_SIDE, MIN_SIDE
from engine.messages.edit import EDIT_METHODS, EditMethod, PictureEdit, last_steps
from engine.messages.image import ImageRequest
from engine.messages.video import VideoRequest

CONTROLLED_FAMILIES = ("stable_diffusion", "sdxl", "pixart", "sd3", "flux", "qwen_image", "z_image")
"""Families for which engine.control has adapters."""
MODED_FAMILIES = ("stable_diffusion", "sdxl")
"""Families whose controls know every mode."""
FLOW_FAMILIES = ("sd3", "flux", "qwen_image", "z_image")
"""Flow-matching transformers, whose edits round up their steps as diffusers' pipelines do."""
LONE_CONTROL_FAMILIES = ("z_image",)
"""Families that follow one control, in all steps."""
CONTROLLED_VIDEO_FAMILIES = ("motion_unet", "unet3d")
"""The same of VideoSpec's families."""
WEIGHTED_FAMILIES = ("stable_diffusion", "sdxl", "sd3", "flux", "pixart")
"""Families whose text encoders engine.models.weighted_text weighs."""
CHUNKED_FAMILIES = ("stable_diffusion", "sdxl")
"""Those of them that read a long prompt in chunks, one behind the other."""
WORD_FAMILIES = ("stable_diffusion",)
"""Those of them that weigh whole words where their vocabulary is closed."""
WEIGHTED_VIDEO_FAMILIES = ("motion_unet", "unet3d")
"""The same of VideoSpec's families."""

Weighting = Literal["", "tokens", "words"]
"""What `(word:1.2)` acts on: nothing, the state of each token, or the prompt as a whole (of few, known words)."""


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a model, relative to its folder, with the digest that proves it whole."""

    path: str
    sha256: str
    size_bytes: int


class VideoSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a model can do with time. Frames are the video's; `window` and `stride` count the network's own frames."""

    family: str
    """Which of engine.models.families spreads it over devices: "motion_unet", "unet3d", "wan", "ltx"."""
    adapter: str = ""
    """Folder of the MotionAdapter inside the model's folder; empty where the network itself knows time."""
    default_frames: int = 48
    default_fps: float = 8.0
    default_steps: int = 4
    scope: Literal["blocks", "dual"] = "blocks"
    window: int = 16
    """Frames that the network was trained on at once."""
    stride: int = 8
    """Windows start at multiples of it within a shot."""
    anchors: int = 0
    """Frames spread over the shot that every frame sees in the scope "dual"."""
    noise: Literal["independent", "rescheduled", "orbit"] = "rescheduled"
    """Initial noise of frames: each its own; FreeNoise's shuffled windows; or one per shot that turns in circles."""
    orbit_frames: tuple[int, ...] = ()
    """For "orbit": frames of a full turn of each latent channel's noise; 0 for a channel that keeps one noise."""
    orbit_pairs: tuple[tuple[int, int], ...] = ()
    """For "orbit": pairs of channels that go round each other, so that their angle tells the time in every frame."""
    frame_multiple: int = 1
    frame_remainder: int = 0
    """A take's length leaves this remainder when divided by `frame_multiple`."""

    def nearest_frames(self, frames: int) -> int:
        """The allowed length closest to `frames`, at least 1."""
        steps = max(0, round((frames - self.frame_remainder) / self.frame_multiple))
        return max(steps * self.frame_multiple + self.frame_remainder, self.frame_remainder or self.frame_multiple)


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Data about a model: what it is, where it lies, its defaults and what it can do."""

    name: str
    title: str
    family: str
    folder: str
    licence: str
    description: str = ""
    files: tuple[ModelFile, ...] = ()
    default_width: int = 256
    default_height: int = 256
    size_multiple: int = 16
    max_side: int = MAX_SIDE
    trained_sizes: tuple[tuple[int, int], ...] = ()
    """Widths and heights at which it was trained, the default most, where at others it fails; none if it does not.

    Larger pictures are drawn smaller and enlarged (`drawn_size`).
    """
    default_steps: int = 1
    edit_steps: int = 0
    """Steps of an edit, where that takes more than a picture from noise; 0 for as many."""
    max_steps: int = 1
    default_guidance: float = 1.0
    schedule: str = ""
    """Which noise levels its steps visit (engine.sampling.schedule); empty for what its scheduler file means."""
    takes_negative: bool = False
    takes_guidance: bool = False
    embeds_guidance: bool = False
    """Its network is told the guidance, instead of being run twice, with and without the prompt."""
    controls: tuple[str, ...] = ()
    """Kinds of control for which the catalogue holds an adapter that fits it; others need one named."""
    edits: tuple[EditMethod, ...] = EDIT_METHODS
    """What it can do with a picture."""
    draws: bool = True
    """Makes pictures from noise; an inpainting network only paints into masks."""
    video: VideoSpec | None = None
    vocabulary: tuple[str, ...] = ()
    """Words the model knows; empty when it understands free text."""

    def check(self, request: ImageRequest | VideoRequest) -> None:
        """Raise BadInputError, with the remedy, unless this model can do `request`."""
        if isinstance(request, VideoRequest):
            self._check_video(request)
        for side in (request.width, request.height):
            if side % self.size_multiple or side > self.max_side:
                raise BadInputError(
                    f"size {request.width}x{request.height} does not suit {self.name}; "
                    f"use multiples of {self.size_multiple} from {MIN_SIDE} to {self.max_side}, "
                    f"e.g. {self.nearest_side(request.width)}x{self.nearest_side(request.height)}"
                )
        if request.steps > self.max_steps:
            raise BadInputError(f"{request.steps} steps is too many for {self.name}; use 1 to {self.max_steps}")
        if request.negative_prompt and not self.takes_negative:
            raise BadInputError(f"{self.name} takes no negative prompt; leave it out")
        if request.guidance_scale != self.default_guidance and not self.takes_guidance:
            raise BadInputError(f"{self.name} takes no guidance; leave it at {self.default_guidance:g}")
        if isinstance(request, ImageRequest):
            self._check_edit(request.edit)
        self._check_controls(request)

    @property
    def weighting(self) -> Weighting:
        """How its pictures take weights in prompts; where they take none, a bracket is a character of the prompt."""
        if self.family in WEIGHTED_FAMILIES and self.family not in WORD_FAMILIES:
            return "tokens"
        return self._weighting(weighted=self.family in WEIGHTED_FAMILIES)

    @property
    def chunks_prompts(self) -> bool:
        """Whether its pictures take all of a prompt that is longer than its text encoder."""
        return self.weighting == "tokens" and self.family in CHUNKED_FAMILIES

    @property
    def video_weighting(self) -> Weighting:
        """The same for its videos."""
        return self._weighting(weighted=self.video is not None and self.video.family in WEIGHTED_VIDEO_FAMILIES)

    def _weighting(self, *, weighted: bool) -> Weighting:
        if not weighted:
            return ""
        return "words" if self.vocabulary else "tokens"

    @property
    def no_controls(self) -> str:
        """Why it takes no controls at all, for people; empty where it does."""
        if self.family in CONTROLLED_FAMILIES:
            return ""
        return f"{self.name} takes no controls: there are no adapters for its family, {self.family}"

    @property
    def no_control_modes(self) -> str:
        """Why its controls know the balanced mode alone, for people; empty where they know all or there are none."""
        if self.family in MODED_FAMILIES or self.no_controls:
            return ""
        return f"{self.name} knows the balanced mode alone: the others weigh blocks of a U-Net, and it is a transformer"

    @property
    def lone_control(self) -> str:
        """Why it follows one control at a time, and that in all steps, for people; empty where it follows more."""
        if self.family not in LONE_CONTROL_FAMILIES:
            return ""
        return f"{self.name} takes one control, in all steps: its ControlNets are trained to steer alone"

    @property
    def no_video_controls(self) -> str:
        """The same for its videos."""
        family = self.video.family if self.video else "none"
        if family in CONTROLLED_VIDEO_FAMILIES:
            return ""
        return f"{self.name} takes no controls for videos: there are no adapters for its family, {family}"

    def _check_controls(self, request: ImageRequest | VideoRequest) -> None:
        reason = self.no_controls if isinstance(request, ImageRequest) else self.no_video_controls
        acting = [layer for layer in request.controls if layer.enabled and layer.weight]
        if isinstance(request, ImageRequest) and self.lone_control and len(acting) > 1:
            raise BadInputError(f"{self.lone_control}; switch the others off")
        for layer in request.controls:
            if not layer.enabled:
                continue
            if reason:
                raise BadInputError(f"{reason}; choose another model or switch the control off")
            if not layer.adapter and layer.kind not in self.controls:
                known = ", ".join(self.controls) or "none"
                raise BadInputError(
                    f"{self.name} has no {layer.kind!r} control; it has: {known}; "
                    "for others name the folder of an adapter made for it (adapter=FOLDER)"
                )
            if layer.mode != "balanced" and isinstance(request, ImageRequest) and self.no_control_modes:
                raise BadInputError(f"{self.no_control_modes}; choose it, or another model")
            if (layer.start, layer.end) != (0.0, 1.0) and isinstance(request, ImageRequest) and self.lone_control:
                raise BadInputError(f"{self.lone_control}; set its start to 0 and its end to 1")
            layer.check_steps(self._steps_made(request))

    def _steps_made(self, request: ImageRequest | VideoRequest) -> int:
        if isinstance(request, VideoRequest) or request.edit is None:
            return request.steps
        return last_steps(request.steps, request.edit.strength, rounds_up=self.family in FLOW_FAMILIES)

    def _check_edit(self, edit: PictureEdit | None) -> None:
        if edit is None and not self.draws:
            raise BadInputError(
                f"{self.name} paints into masks only; give it a picture and a mask (`onetake edit`), or choose another"
            )
        if edit is not None and edit.method not in self.edits:
            known = ", ".join(self.edits) or "no edits"
            raise BadInputError(f"{self.name} cannot {edit.method}; it can do: {known}")
        if edit is not None and edit.method == "cycle" and (self.schedule or self.max_steps == 1):
            few = "one step" if self.default_steps == 1 else f"{self.default_steps} steps"
            raise BadInputError(
                f"{self.name} cannot cycle: it draws in {few}, and the method keeps the noise of each of many; "
                "use img2img, or a Stable Diffusion model"
            )

    def _check_video(self, request: VideoRequest) -> None:
        if self.video is None:
            raise BadInputError(f"{self.name} makes pictures only; choose a model that makes videos")
        for shot in request.timeline.shots():
            if len(shot) % self.video.frame_multiple != self.video.frame_remainder:
                raise BadInputError(
                    f"{self.name} cannot make a shot of {len(shot)} frames; "
                    f"use {self.video.nearest_frames(len(shot))}, for instance"
                )

    def edit_size(self, width: int, height: int) -> tuple[int, int]:
        """The size at which it works on a picture of that size: as it is if the model can, else of the same shape.

        Sides are rounded up to multiples, so that the whole picture lies inside without being made smaller.
        """
        longest = min(self.max_side, 2 * max(self.default_width, self.default_height))
        scale = min(1.0, longest / max(width, height))
        scale = max(scale, MIN_SIDE / min(width, height))
        multiple = self.size_multiple
        low, high = -(-MIN_SIDE // multiple) * multiple, longest // multiple * multiple
        sides = (math.ceil(round(side * scale, 6) / multiple) * multiple for side in (width, height))
        across, down = (min(max(side, low), high) for side in sides)
        return across, down

    def drawn_size(self, width: int, height: int) -> tuple[int, int]:
        """The size at which it draws a picture or a take of that size, in pixels, before that is enlarged.

        The same for most models. One that was trained at few sizes draws what is larger with the shorter side of its
        default size, in about the same shape.
        """
        shorter = min(self.default_width, self.default_height)
        if not self.trained_sizes or (width, height) in self.trained_sizes or min(width, height) <= shorter:
            return width, height
        scale = shorter / min(width, height)
        return self.nearest_side(round(width * scale)), self.nearest_side(round(height * scale))

    def nearest_side(self, side: int) -> int:
        """The allowed side length closest to `side`, in pixels."""
        multiple = self.size_multiple
        low, high = -(-MIN_SIDE // multiple) * multiple, self.max_side // multiple * multiple
        return min(max(round(side / multiple) * multiple, low), high)
