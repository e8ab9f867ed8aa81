"""Latents of a take on disk: what a killed take goes on from, and what a re-roll keeps.

Owns the files of take/latents: their names, their proof, which generation is good. Does not own what is in them or
when they are written (engine.tasks.video).

A generation is the latents behind one denoising step. Each rank writes those of its own frames to one file, with the
frames' ids in it, so a generation is read by frame and knows nothing of ranks: any number of them may go on from it.
It counts when every wanted frame is in a good file. Files are named by a digest of everything that affects the
latents, so those of another request or another edition of the model are never read.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save  # pyright: ignore[reportUnknownVariableType]

from engine.errors import JobFailedError
from engine.media.clip_frame import flush_folder, publish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    from engine.messages import ModelSpec, VideoRequest

GENERATIONS = 2
_DIGEST_BYTES = 32
_NAME = re.compile(r"([0-9a-f]{16})\.(\d{5})\.\d+-of-\d+\.latents")


def digest_of(request: VideoRequest, spec: ModelSpec) -> str:
    """What names the latents of a request made with a model: all that affects them, and so not the devices.

    Of its size, that at which they are drawn.
    """
    made_by = msgspec.structs.replace(spec, folder="", title="", description="", vocabulary=())
    width, height = spec.drawn_size(request.width, request.height)
    plain = msgspec.structs.replace(request, devices=(), width=width, height=height)
    document = msgspec.json.encode((plain, made_by))
    return hashlib.sha256(document).hexdigest()[:16]


class Checkpoints:
    """The generations of one take made from one request."""

    def __init__(self, folder: Path, digest: str) -> None:
        """`folder` is take/latents; `digest` comes from `digest_of`."""
        self._folder = folder
        self._digest = digest

    def save(self, step: int, frames: Sequence[int], latents: Tensor, rank: int, world_size: int) -> None:
        """Write one rank's part of a generation, whole or not at all, and flush it.

        Args:
            step: Denoising steps done.
            frames: Global ids of latent frames; with none, nothing is written.
            latents: Theirs, (1, C, T, h, w) fp32.
            rank: Who writes.
            world_size: Of how many.

        Raises:
            DiskFullError: No room; earlier generations stay.
            OutputError: The folder cannot be written.
        """
        if not frames:
            return
        content = {
            "frames": torch.tensor(list(frames), dtype=torch.int64),
            "latents": latents[0].transpose(0, 1).to("cpu", torch.float32).contiguous(),
        }
        document = save(content)
        name = f"{self._digest}.{step:05d}.{rank}-of-{world_size}.latents"
        publish(self._folder / name, document + self._proof(step, document), flush=True)
        flush_folder(self._folder)

    def prune(self) -> None:
        """Remove all but the newest two generations: called once a newer one is whole."""
        for step in self._steps()[GENERATIONS:]:
            for file in self._files(step):
                file.unlink(missing_ok=True)

    def has(self, step: int) -> bool:
        """Whether there is anything of this generation; `load` says whether it is good."""
        return step in self._steps()

    @property
    def is_foreign(self) -> bool:
        """Whether there are latents, but none of this request and this edition of the model."""
        return not self._steps() and self._folder.is_dir() and any(self._folder.glob("*.latents"))

    def newest(self, frames: Sequence[int]) -> int:
        """The step of the newest generation that has all of `frames` in good files; 0 without one."""
        for step in self._steps():
            missing = set(frames)
            for found, _ in self._good_files(step):
                missing.difference_update(found)
            if not missing:
                return step
        return 0

    def load(self, step: int, frames: Sequence[int]) -> Tensor:
        """The latents of `frames` behind a step, in their order, (1, C, T, h, w) fp32.

        Raises:
            JobFailedError: One of them is in no good file.
        """
        rows: dict[int, Tensor] = {}
        wanted = set(frames)
        for found, latents in self._good_files(step):
            rows |= {frame: latents[row].clone() for row, frame in enumerate(found) if frame in wanted}
        if len(rows) < len(wanted):
            raise JobFailedError(f"{self._folder} lost latents while it was read; run the take again")
        return torch.stack([rows[frame] for frame in frames], dim=1)[None]

    def _good_files(self, step: int) -> Iterator[tuple[list[int], Tensor]]:
        """The frames and latents (T, C, h, w) of each undamaged file of a generation, one in memory at a time."""
        for file in self._files(step):
            try:
                document = file.read_bytes()
                payload = document[:-_DIGEST_BYTES]
                if document[-_DIGEST_BYTES:] != self._proof(step, payload):
                    continue
                content = load(payload)
            except (OSError, SafetensorError):
                continue
            yield content["frames"].tolist(), content["latents"]  # pyright: ignore[reportUnknownMemberType]

    def _proof(self, step: int, payload: bytes) -> bytes:
        """What shows that a file is whole and belongs to this generation of this request."""
        return hashlib.sha256(f"{self._digest}/{step}/".encode() + payload).digest()

    def _steps(self) -> list[int]:
        """The generations there are, newest first."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []
        matches = [match for match in map(_NAME.fullmatch, names) if match and match[1] == self._digest]
        return sorted({int(match[2]) for match in matches}, reverse=True)

    def _files(self, step: int) -> list[Path]:
        return sorted(self._folder.glob(f"{self._digest}.{step:05d}.*.latents"))
