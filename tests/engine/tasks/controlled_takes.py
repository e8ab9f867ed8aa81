"""Takes of a tiny model with controls: a studio with a supply of them, a ControlNet and a folder of maps."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import torch
from PIL import Image

from engine.acceleration.plan import plan_for
from engine.control.adapter_shelf import AdapterShelf
from engine.control.hints import HintStore
from engine.control.shelf import DetectorShelf
from engine.control.weights import WeightStore
from engine.messages import ControlLayer, Segment, Timeline
from engine.paths import Paths
from engine.tasks.controls import ControlSupply
from engine.tasks.loading import load_video, video_plan
from tests.engine.tasks.taking import Studio, video_request
from tests.tiny_adapters import make_map, write_controlnet
from tests.tiny_videos import WINDOW, write_tiny_video_model

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from engine.control.adapter_loading import Adapter
    from engine.messages import AdapterSpec, VideoRequest
    from tests.tiny_videos import VideoKind

SIZE = (96, 64)
BLOCKS: dict[str, object] = {
    "block_out_channels": (8, 16), "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
}  # fmt: skip


class _ThreadSafeShelf(AdapterShelf):
    """The ranks of a test are threads, those of a take processes; diffusers loads one network at a time."""

    def __init__(self) -> None:
        super().__init__(torch.device("cpu"), channels_last=True)
        self._lock = threading.Lock()

    def fetch(self, spec: AdapterSpec, dtype: torch.dtype, kind: str = "") -> Adapter:
        with self._lock:
            return super().fetch(spec, dtype, kind)


class Set:
    """A studio with a supply of controls, a ControlNet, and a folder of maps."""

    def __init__(self, folder: Path, kind: VideoKind = "animatediff", maps: int = WINDOW) -> None:
        self.folder = folder
        spec = write_tiny_video_model(folder / "model", kind)
        self.studio = Studio(folder, load_video(spec, video_plan(plan_for("cpu"))))
        self.studio.supply = ControlSupply(
            Paths(folder),
            _ThreadSafeShelf(),
            HintStore(lambda: DetectorShelf(WeightStore(folder / "annotators", folder / "hub"), "cpu")),
        )
        self.net = write_controlnet(folder / "net", 1, **BLOCKS)
        self.maps = folder / "maps"
        self.maps.mkdir()
        for index in range(maps):
            Image.fromarray(make_map(50 + index, *SIZE)).save(self.maps / f"map {index}.png")

    def layer(self, **fields: object) -> ControlLayer:
        given: dict[str, object] = {
            "kind": "canny", "picture": str(self.maps), "adapter": str(self.net), "is_map": True, **fields,
        }  # fmt: skip
        return ControlLayer(**given)  # pyright: ignore[reportArgumentType] - checked at construction

    def request(self, *layers: ControlLayer, frames: int = WINDOW, **changes: object) -> VideoRequest:
        timeline = Timeline(segments=(Segment(prompt="winter mountains", frames=frames),))
        return video_request(timeline=timeline, width=SIZE[0], height=SIZE[1], controls=layers, **changes)

    def latents(self, job: str, request: VideoRequest, world_size: int = 1) -> Tensor:
        """The clean latents of a take, (1, C, T, h, w)."""
        self.studio.loaded.spec.check(request)
        self.studio.make(job, request, world_size)
        return self.studio.latents(job, request, request.steps)
