"""The contract between app and engine: requests, events, jobs and model specifications.

All types are frozen, validated at construction and JSON-safe. msgspec checks types only when it decodes,
so `__post_init__` checks types of numbers, ranges and finiteness itself. Torch and Qt are never imported here.
"""

from __future__ import annotations

import math
import secrets
from enum import StrEnum
from typing import Literal

import msgspec

from engine.errors import BadInputError

MAX_SEED = 2**63 - 1
MAX_PROMPT_CHARS = 32_000
MIN_SIDE, MAX_SIDE = 64, 4096
MAX_COUNT = 256
MAX_STEPS = 1000
MAX_GUIDANCE = 100.0


def draw_seed() -> int:
    """A random seed, short enough to be read aloud; the request records it."""
    return secrets.randbelow(2**32)


def check_int(name: str, value: object, low: int, high: int) -> None:
    """Raise BadInputError unless `value` is a whole number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInputError(f"{name} is {value!r}; give a whole number from {low} to {high}")
    if not low <= value <= high:
        raise BadInputError(f"{name} {value} is out of range; use {low} to {high}")


def check_float(name: str, value: object, low: float, high: float) -> None:
    """Raise BadInputError unless `value` is a finite number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadInputError(f"{name} is {value!r}; give a number from {low:g} to {high:g}")
    if not low <= value <= high:
        raise BadInputError(f"{name} {value:g} is out of range; use {low:g} to {high:g}")


def check_text(name: str, value: object) -> None:
    """Raise BadInputError unless `value` is text that fits a request and can be stored anywhere."""
    if not isinstance(value, str):
        raise BadInputError(f"{name} is not text")
    if len(value) > MAX_PROMPT_CHARS:
        raise BadInputError(f"{name} has {len(value):,} characters; shorten it to at most {MAX_PROMPT_CHARS:,}")
    if "\0" in value:
        raise BadInputError(f"{name} holds a NUL character; remove it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadInputError(f"{name} holds half a surrogate pair; retype the damaged character") from None


class ControlLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One control of an image: a picture, what it is taken for and how strongly it steers."""

    kind: str
    picture: str
    weight: float = 1.0
    start: float = 0.0
    end: float = 1.0
    mode: Literal["balanced", "prompt", "control"] = "balanced"
    resize: Literal["stretch", "crop", "fit"] = "crop"
    mask: str | None = None
    is_map: bool = False

    def __post_init__(self) -> None:
        check_float("control weight", self.weight, 0.0, 2.0)
        check_float("control start", self.start, 0.0, 1.0)
        check_float("control end", self.end, 0.0, 1.0)
        if self.start > self.end:
            raise BadInputError(f"control start {self.start:g} is after its end {self.end:g}; swap them")
        # A Literal is checked by the decoder alone; the command line constructs directly.
        for name, value, allowed in (
            ("mode", self.mode, ("balanced", "prompt", "control")),
            ("resize", self.resize, ("stretch", "crop", "fit")),
        ):
            if value not in allowed:
                raise BadInputError(f"control {name} {value!r} is unknown; use {', '.join(allowed)}")


class ImageRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="image"):
    """A batch of text-to-image pictures. Holds everything that affects the pixels.

    Picture k of the batch is the single picture of `seed + k`. Sizes are in pixels.
    """

    prompt: str
    seed: int
    model: str = "papercut"
    negative_prompt: str = ""
    width: int = 256
    height: int = 256
    count: int = 1
    steps: int = 1
    guidance_scale: float = 1.0
    controls: tuple[ControlLayer, ...] = ()

    def __post_init__(self) -> None:
        check_text("prompt", self.prompt)
        check_text("negative prompt", self.negative_prompt)
        check_text("model", self.model)
        if not self.prompt.strip():
            raise BadInputError('the prompt is empty; describe a picture, e.g. "winter mountains at night"')
        check_int("width", self.width, MIN_SIDE, MAX_SIDE)
        check_int("height", self.height, MIN_SIDE, MAX_SIDE)
        check_int("count", self.count, 1, MAX_COUNT)
        check_int("steps", self.steps, 1, MAX_STEPS)
        check_int("seed", self.seed, 0, MAX_SEED)
        if self.seed + self.count - 1 > MAX_SEED:
            raise BadInputError(f"seed {self.seed} plus {self.count} pictures passes {MAX_SEED}; use a smaller seed")
        check_float("guidance", self.guidance_scale, 0.0, MAX_GUIDANCE)


# Video, edit, control-map and export requests join this union with the issues that build them.
Request = ImageRequest


class EventBase(msgspec.Struct, frozen=True, kw_only=True):
    """What every event carries. `seq` grows by one per event of a job, over all its attempts."""

    job: str
    attempt: int
    seq: int = 0


class Progress(EventBase, frozen=True, kw_only=True, tag="progress"):
    """Work done: `step` of `steps` (denoising steps over all pictures of the batch) on `device`."""

    step: int
    steps: int
    device: str


class Preview(EventBase, frozen=True, kw_only=True, tag="preview"):
    """Picture `index` of the batch as an encoded image (PNG or JPEG); `final` when it is the finished candidate."""

    index: int
    image: bytes
    final: bool


class Notice(EventBase, frozen=True, kw_only=True, tag="notice"):
    """Something the user should see that is no failure: a fallback, a restart."""

    message: str


class Finished(EventBase, frozen=True, kw_only=True, tag="finished"):
    """Terminal. The result is on disk under its final names."""

    outputs: tuple[str, ...]
    seed: int
    model: str
    devices: tuple[str, ...]
    seconds: float
    restarts: int


class Failed(EventBase, frozen=True, kw_only=True, tag="failed"):
    """Terminal. `kind` names a class in engine.errors, `message` is one line with a remedy."""

    kind: str
    message: str


class Cancelled(EventBase, frozen=True, kw_only=True, tag="cancelled"):
    """Terminal. Nothing of the job is left on disk."""


Terminal = Finished | Failed | Cancelled
Event = Progress | Preview | Notice | Finished | Failed | Cancelled


class JobState(StrEnum):
    """Where a job is. The last three are final, and a job enters exactly one of them, once (unless retried)."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the queue as a client sees it. Times are Unix seconds."""

    job: str
    state: JobState
    request: Request
    outputs: tuple[str, ...]
    created: float
    started: float | None = None
    finished: float | None = None
    attempt: int = 0
    restarts: int = 0
    devices: tuple[str, ...] = ()
    seconds: float = 0.0
    error_kind: str = ""
    error_message: str = ""


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a model, relative to its folder, with the digest that proves it whole."""

    path: str
    sha256: str
    size_bytes: int


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
    default_steps: int = 1
    max_steps: int = 1
    default_guidance: float = 1.0
    schedule: str = ""
    """Which noise levels its steps visit (engine.sampling.schedule); empty for what its scheduler file means."""
    takes_negative: bool = False
    takes_guidance: bool = False
    controls: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
    """Words the model knows; empty when it understands free text."""

    def check(self, request: ImageRequest) -> None:
        """Raise BadInputError, with the remedy, unless this model can do `request`."""
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
        for control in request.controls:
            if control.kind not in self.controls:
                known = ", ".join(self.controls) or "none"
                raise BadInputError(f"{self.name} has no {control.kind!r} control; it has: {known}")

    def nearest_side(self, side: int) -> int:
        """The allowed side length closest to `side`, in pixels."""
        multiple = self.size_multiple
        low, high = -(-MIN_SIDE // multiple) * multiple, self.max_side // multiple * multiple
        return min(max(round(side / multiple) * multiple, low), high)


def encode_request(request: Request) -> bytes:
    """The request as JSON, as it is stored in the queue and in the metadata of results."""
    return msgspec.json.encode(request)


def decode_request(document: bytes | str) -> Request:
    """Read a request back.

    Raises:
        BadInputError: The document is not a request this version understands.
    """
    try:
        return msgspec.json.decode(document, type=Request)
    except msgspec.DecodeError as error:
        raise BadInputError(f"not a request this version understands ({error}); update Onetake") from error
