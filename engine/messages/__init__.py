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
from engine.messages.formats import (
    CODECS,
    QUALITIES,
    SUFFIX_OF_CODEC,
    WITH_QUALITY,
    Codec,
    Quality,
    Retimed,
    check_codec,
    check_rate,
    estimate_bytes,
    fit_size,
    frame_rate,
    retimed_length,
)
from engine.messages.image import ImageRequest
from engine.messages.job_ids import check_job_id, draw_job_id
from engine.messages.jobs import JobInfo, JobState, Request, decode_request, encode_request
from engine.messages.layers import ControlLayer
from engine.messages.map_place import MapPlace
from engine.messages.models import ModelFile, ModelSpec, VideoSpec, Weighting
from engine.messages.timeline import MAX_FRAMES, Segment, Timeline
from engine.messages.video import ExportRequest, FrameSpan, VideoRequest

__all__ = [
    "CODECS",
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
    "QUALITIES",
    "SUFFIX_OF_CODEC",
    "WITH_QUALITY",
    "AdapterSpec",
    "Cancelled",
    "Codec",
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
    "MapPlace",
    "Margins",
    "ModelFile",
    "ModelSpec",
    "Notice",
    "PictureEdit",
    "Preview",
    "Progress",
    "Quality",
    "Request",
    "Retimed",
    "Segment",
    "Terminal",
    "Timeline",
    "VideoRequest",
    "VideoSpec",
    "Weighting",
    "check_codec",
    "check_float",
    "check_int",
    "check_job_id",
    "check_rate",
    "check_text",
    "decode_request",
    "draw_job_id",
    "draw_seed",
    "encode_request",
    "estimate_bytes",
    "fit_size",
    "frame_rate",
    "retimed_length",
]
