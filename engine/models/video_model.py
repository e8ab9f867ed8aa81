"""What every video family offers to the task that makes a take.

Owns the interface. Owns no network (families/) and not the choice of a family (video_loading.py).

A take's latent frames are numbered through its shots: each shot has `latent_frames(len(shot))` of its own, since
nothing reaches across a cut, and a temporal autoencoder begins anew there. For image autoencoders (U-Nets) latent
frame and frame are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.models.denoiser import Denoiser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from torch import Tensor

    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.parallel.partition import Partition
    from engine.parallel.scopes import Scope


class VideoModel(Denoiser, Protocol):
    """A loaded video model: a Denoiser over one rank's run of latent frames, its text encoder and its decoder.

    `denoise` is called within `spread`, on all ranks alike, also on a rank without frames. It takes latents
    (1, C, T, h, w), T the length of this rank's run, and `Conditioning.hidden_states` of (T, tokens, channels): the
    prompt of each latent frame (it may be an expanded view of one). It returns x0 of the same shape, fp32.
    """

    @property
    def latent_channels(self) -> int:
        """C of the latents."""
        ...

    @property
    def decode_halo(self) -> tuple[int, int]:
        """Latent frames before and after a part of a shot that its decoding reads; (0, 0) for image autoencoders."""
        ...

    def latent_shape(self, width: int, height: int) -> tuple[int, int, int]:
        """Shape (C, h, w) of one latent frame of a take of that size in pixels."""
        ...

    def noise_levels_of(self, width: int, height: int, clip_frames: int) -> NoiseLevels:
        """How the network is to be asked for a take of that size in pixels, which it sees in clips of so many latent
        frames: as it was trained, for most families, whatever the size."""
        ...

    def latent_frames(self, frames: int) -> int:
        """Latent frames of a shot of so many frames: the same for U-Nets, (frames - 1) // 4 + 1 for Wan."""
        ...

    def frames_of(self, latent_frame: int) -> range:
        """The frames, counted from the start of the shot, that latent frame `latent_frame` of it decodes to."""
        ...

    def encode_prompts(self, prompts: Sequence[str]) -> Tensor:
        """Encode prompts, (n, tokens, channels), in the network's dtype and on its device."""
        ...

    def spread(self, mesh: Mesh, partition: Partition, scope: Scope) -> AbstractContextManager[None]:
        """Patch the network for one rank's run of a partition of latent frames; it is as before afterwards.

        Raises:
            BadModelError: The network is not built as we expect.
            ValueError: The scope takes more positions than the network was trained for.
        """
        ...

    def decode(self, latents: Tensor, first: int, last: int) -> Iterator[Tensor]:
        """Frames of a part of one shot, in order, in chunks whose size does not grow with the part.

        Args:
            latents: Clean, (1, C, T, h, w): the wanted latent frames, with `decode_halo` others before and after
                (fewer only where the shot begins or ends).
            first: Index in `latents` of the first wanted latent frame; 0 at the start of the shot.
            last: Index behind the last wanted one.

        Yields:
            (n, 3, H, W) fp32, about [-1, 1], in all the frames of the wanted latent frames.
        """
        ...

    def preview(self, clean: Tensor) -> Tensor:
        """A cheap look at latent frames, (n, C, h, w) to (n, 3, h', w'), fp32, about [-1, 1]. May be rough."""
        ...
