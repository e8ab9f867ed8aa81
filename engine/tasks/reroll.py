"""Making frames again, or others behind those of a take, while what is kept of it stays as it is, byte for byte.

Owns what a re-roll or a branch takes over from its base: frames, and latents as context. Does not own how the new ones
are made.

A kept frame is re-noised at every step from its stored x0 with the noise that it once started from, so that the new
frames see it as they would have, had they been made with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.errors import BadInputError
from engine.parallel.partition import even_runs
from engine.tasks.reel import Reel
from engine.tasks.travel import TakeNoise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from engine.media.clip import Clip
    from engine.messages import VideoRequest
    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.tasks.checkpoint import Checkpoints
    from engine.tasks.loading import LoadedVideo
    from engine.tasks.reel import FrameCounts


@dataclass(frozen=True)
class KeptLatents:
    """Latent frames of a run that stay as they are: their indices in it, x0 and noise, (1, C, n, h, w)."""

    places: Tensor
    clean: Tensor
    noise: Tensor

    def put_back(self, latents: Tensor, levels: NoiseLevels, sigma: float) -> Tensor:
        """A run's latents of noise level `sigma`, with the kept ones as they are at it."""
        if not len(self.places):
            return latents
        noisy = self.clean * levels.signal_scale(sigma) + self.noise * sigma
        return latents.index_copy(2, self.places, noisy)


@dataclass(frozen=True)
class BaseTake:
    """The take that a re-roll or a branch starts from."""

    request: VideoRequest
    clip: Clip
    checkpoints: Checkpoints

    def check(self, reel: Reel, counts: FrameCounts) -> None:
        """Look whether what is kept has the same place in this take, `reel`, as in its own.

        Raises:
            BadInputError: It lies in another place of its shot or of the latents, or is not there.
        """
        own = self._reel(counts)
        there = own.frames
        suits = all(frame in there for frame in reel.frames if not reel.is_redone(frame)) and all(
            latent in own.latents
            and own.frames_of(latent) == reel.frames_of(latent)
            and own.latent_shot(latent).start == reel.latent_shot(latent).start
            for latent in reel.kept_latents(reel.latents)
        )
        if not suits:
            raise BadInputError(
                "what is to be kept lies in other shots of the take that it comes from; keep that take's length and "
                "cuts up to the end of what is kept"
            )

    def _reel(self, counts: FrameCounts) -> Reel:
        return Reel(self.request.timeline.shots(), (), counts)

    def share_of_kept(self, reel: Reel, mesh: Mesh) -> list[int]:
        """The kept frames that this rank takes over."""
        return _share([frame for frame in reel.frames if not reel.is_redone(frame)], mesh)

    def kept_of(self, run: Sequence[int], reel: Reel, loaded: LoadedVideo, shape: tuple[int, int, int]) -> KeptLatents:
        """The latent frames of a run that are kept.

        Raises:
            JobFailedError: The base has no latents of one of them.
        """
        kept = reel.kept_latents(run)
        if not kept:
            return NOTHING_KEPT
        device, place = loaded.plan.torch_device, {latent: index for index, latent in enumerate(run)}
        # The noise that they started from, in the shots as they were then: a branch's shot may be longer.
        noise = TakeNoise(self.request, loaded.video, self._reel(loaded.model), shape)
        return KeptLatents(
            torch.tensor([place[latent] for latent in kept], device=device),
            self.checkpoints.load(self.request.steps, kept).to(device),
            noise.initial(kept).to(device),
        )

    def with_untouched(self, run: Sequence[int], clean: Tensor, reel: Reel, mesh: Mesh) -> tuple[list[int], Tensor]:
        """A run's x0, and this rank's share of those of shots that the network never sees: ids and latents."""
        made = set(reel.made_latents)
        others = _share([latent for latent in reel.latents if latent not in made], mesh)
        if not others:
            return list(run), clean
        untouched = self.checkpoints.load(self.request.steps, others)
        return [*run, *others], torch.cat([clean.cpu(), untouched], dim=2)


def _share(numbers: list[int], mesh: Mesh) -> list[int]:
    run = even_runs(len(numbers), mesh.world_size)[mesh.rank]
    return numbers[run.start : run.stop]


NOTHING_KEPT = KeptLatents(torch.empty(0), torch.empty(0), torch.empty(0))
