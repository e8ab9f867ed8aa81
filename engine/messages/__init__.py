"""The contract between app and engine: requests, events, jobs and model specifications.

All types are frozen, validated at construction and JSON-safe. Torch and Qt are never imported here.
"""

from engine.messages.adapters import AdapterSpec
from engine.messages.checks import (
    MAX_COUNT,
    MAX_GUIDANCE,
    MAX_PROMPT_CHARS,
    MAX_SEED,
    MAX_SIDE,
    MAX_STEPS,
    MIN_SIDE,
    check_float,
    check_int,
    check_text,
    draw_seed,
)
from engine.messages.control import ControlMapRequest
from engine.messages.edit import EDIT_METHODS, MASKED_CONTENTS, EditMethod, Margins, PictureEdit
from engine.messages.events import (
    Cancelled,
    Event,
    EventBase,
    Failed,
    Finished,
    FramesReady,
    Notice,
    Preview,
    Progress,
    Terminal,
)
from engine.messages.image import ImageRequest
from engine.messages.jobs import JobInfo, JobState, Request, decode_request, encode_request
from engine.messages.layers import ControlLayer
from engine.messages.models import ModelFile, ModelSpec, VideoSpec
from engine.messages.timeline import MAX_FRAMES, Segment, Timeline
from engine.messages.video import SUFFIX_OF_CODEC, ExportRequest, FrameSpan, VideoRequest, check_codec

__all__ = [
    "EDIT_METHODS",
    "MASKED_CONTENTS",
    "MAX_COUNT",
    "MAX_FRAMES",
    "MAX_GUIDANCE",
    "MAX_PROMPT_CHARS",
    "MAX_SEED",
    "MAX_SIDE",
    "MAX_STEPS",
    "MIN_SIDE",
    "SUFFIX_OF_CODEC",
    "AdapterSpec",
    "Cancelled",
    "ControlLayer",
    "ControlMapRequest",
    "EditMethod",
    "Event",
    "EventBase",
    "ExportRequest",
    "Failed",
    "Finished",
    "FrameSpan",
    "FramesReady",
    "ImageRequest",
    "JobInfo",
    "JobState",
    "Margins",
    "ModelFile",
    "ModelSpec",
    "Notice",
    "PictureEdit",
    "Preview",
    "Progress",
    "Request",
    "Segment",
    "Terminal",
    "Timeline",
    "VideoRequest",
    "VideoSpec",
    "check_codec",
    "check_float",
    "check_int",
    "check_text",
    "decode_request",
    "draw_seed",
    "encode_request",
]
