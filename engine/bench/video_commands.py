"""What the benchmark asks of its rank processes, and what they answer: one line of JSON each. No pickle.

Owns the forms. Who measures is video_take.py and video_stock.py, who asks is video_ranks.py.
"""

from __future__ import annotations

import msgspec

from engine.messages import ModelSpec, VideoRequest
from engine.parallel.cost import BackboneProfile, Bytes
from engine.protocol import Group


class MakeTake(msgspec.Struct, frozen=True, kw_only=True, tag="take"):
    """Make a rank's part of a take as the product does; rank 0 also encodes the movie, to `movie`."""

    request: VideoRequest
    spec: ModelSpec
    group: Group
    movie: str


class MakeStock(msgspec.Struct, frozen=True, kw_only=True, tag="stock"):
    """Make the same video with diffusers' own pipeline and FreeNoise."""

    request: VideoRequest
    spec: ModelSpec
    device: str
    stride: int


class MeasureLink(msgspec.Struct, frozen=True, kw_only=True, tag="link"):
    """Measure the wire between the two ranks that meet in `meeting`."""

    rank: int
    meeting: str


Command = MakeTake | MakeStock | MeasureLink


class TakeMeasured(msgspec.Struct, frozen=True, kw_only=True, tag="take"):
    """What one rank measured of one take. Seconds by the wall.

    Attributes:
        frames: Of this rank.
        denoise_s: From the first step's begin, which all ranks share, to the end of the last.
        exchange_s: The part of it that went by in handing hidden states to the wire and in waiting for others, the
            agreement on each step included.
        frames_s: From the request to this rank's frames in the Clip.
        whole_s: From the request to the finished movie on rank 0, else to the last frame of any rank.
        received_bytes: By purpose, of one step.
        formula: What engine.parallel.cost says of the same step.
        rest_bytes: Memory before the take, model loaded.
        peak_bytes: Largest memory during denoising and decoding.
        skip_bytes: What the U-Net keeps of one frame for its way up, in this dtype.
        profile: What a frame carries through the exchanges.
        forwards: Of the network in one step.
        element_bytes: Of hidden states.
        dtype: As torch names it.
        threads: Of torch on the CPU.
    """

    frames: int
    denoise_s: float
    exchange_s: float
    frames_s: float
    whole_s: float
    received_bytes: dict[str, int]
    formula: Bytes
    rest_bytes: int
    peak_bytes: int
    skip_bytes: int
    profile: BackboneProfile
    forwards: int
    element_bytes: int
    dtype: str
    threads: int


class StockMeasured(msgspec.Struct, frozen=True, kw_only=True, tag="stock"):
    """From the prompt to pictures in memory, in seconds, and the largest memory meanwhile."""

    frames: int
    seconds: float
    rest_bytes: int
    peak_bytes: int
    dtype: str
    threads: int


class LinkMeasured(msgspec.Struct, frozen=True, kw_only=True, tag="link"):
    """What a rank receives while it sends as much, and how long a few bytes take."""

    bytes_per_s: float
    latency_s: float


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """Kind and message as in engine.errors."""

    kind: str
    message: str


Answer = TakeMeasured | StockMeasured | LinkMeasured | Failed
