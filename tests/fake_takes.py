"""Takes of the fake engine: what their frames look like, and which device makes which."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace
from PIL import Image, ImageDraw

from engine.media.clip import Clip
from engine.messages import Segment, Timeline, VideoRequest, VideoSpec, encode_request
from tests.requests import PAPERCUT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MOVING = replace(PAPERCUT, video=VideoSpec(family="motion_unet", adapter="motion"))
PREVIEW_PX = 128


def video_request(prompt: str = "winter mountains at night", **fields: object) -> VideoRequest:
    """A valid request of one segment."""
    frames = int(str(fields.pop("frames", 48)))
    given: dict[str, object] = {"seed": 7, "timeline": Timeline(segments=(Segment(prompt=prompt, frames=frames),))}
    return VideoRequest(**given | fields)  # pyright: ignore[reportArgumentType] - checked at construction


def fake_frame(request: VideoRequest, frame: int) -> Image.Image:
    """A landscape with a moon that wanders; the colour of the sky follows the segments."""
    width, height = request.width, request.height
    spans = request.timeline.spans()
    segment = next(index for index, span in enumerate(spans) if frame in span)
    share = frame / max(request.frames - 1, 1)
    hue = (request.seed * 47 + 70 * segment) % 360
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(0, height, 4):
        draw.rectangle((0, y, width, y + 4), fill=f"hsl({hue}, 40%, {22 + 34 * y // height}%)")
    moon_x, moon_y, radius = (0.1 + 0.8 * share) * width, (0.42 - 0.3 * np.sin(np.pi * share)) * height, 0.08 * width
    draw.ellipse((moon_x - radius, moon_y - radius, moon_x + radius, moon_y + radius), fill="#f2e9d0")
    for layer in range(3):
        base, drift = height * (0.56 + 0.15 * layer), share * (layer + 1) * 0.25
        xs = [step / 12 for step in range(13)]
        peaks = [(x * width, base + height * 0.06 * np.sin(9 * (x + drift) * (layer + 1) + layer)) for x in xs]
        draw.polygon([(0, height), *peaks, (width, height)], fill=f"hsl({hue}, 30%, {42 - 12 * layer}%)")
    return image


def fake_preview(request: VideoRequest, frame: int) -> bytes:
    """A small JPEG, as a device sends it."""
    image = fake_frame(request, frame)
    image.thumbnail((PREVIEW_PX, PREVIEW_PX))
    document = BytesIO()
    image.save(document, "JPEG", quality=70)
    return document.getvalue()


def write_frames(take: Path, request: VideoRequest, frames: Iterable[int]) -> None:
    """Put frames into the Clip of a take's folder."""
    clip = Clip.create(
        take / "clip",
        width=request.width,
        height=request.height,
        fps=request.fps,
        frames=request.frames,
        note=encode_request(request).decode(),
    )
    for frame in frames:
        clip.write(frame, np.asarray(fake_frame(request, frame)))


def runs_of(request: VideoRequest, devices: int) -> list[range]:
    """Which frames each rank makes: even runs in order."""
    edges = [round(request.frames * rank / devices) for rank in range(devices + 1)]
    return [range(low, high) for low, high in pairwise(edges)]
