"""What video transformers that attend to a whole clip share: how a rank's run of latent frames is denoised.

Owns the choice between windows that ranks share out and one clip that they make together, and the way from a velocity
to clean latents. Does not own: where windows lie (engine.parallel.windows), how one clip is split
(engine.parallel.sequence), or how a network is called (wan_transformer.py, ltx_transformer.py).
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from engine.parallel.mesh import Parcel
from engine.parallel.patch import Patches
from engine.parallel.scopes import Blocks, Full, Scope
from engine.parallel.sequence import TokenSplit, gather
from engine.parallel.windows import LatentWindow, Layout, Windows

if TYPE_CHECKING:
    from torch import Tensor

    from engine.models.denoiser import Conditioning, StepContext
    from engine.models.noise_levels import NoiseLevels
    from engine.parallel.mesh import Mesh
    from engine.parallel.partition import Partition


class ClipNetwork(Protocol):
    """A network that sees a clip as a whole."""

    def velocity(self, latents: Tensor, step: StepContext, prompt: Tensor) -> Tensor:
        """Its output for noisy latents (1, C, T, h, w), of a prompt (1, tokens, channels): like the latents."""
        ...

    def split(self, step: StepContext, latents: Tensor, mesh: Mesh) -> TokenSplit:
        """How the tokens of such latents are dealt out to ranks."""
        ...

    def spread_tokens(self, step: StepContext, split: TokenSplit, patches: Patches) -> None:
        """Patch the network of this step so that each rank computes its tokens, and gets all of the output."""
        ...


class WindowedDenoiser:
    """Denoises one rank's run with a network that sees whole clips."""

    def __init__(self, noise_levels: NoiseLevels, network: ClipNetwork) -> None:
        self._noise_levels = noise_levels
        self._network = network
        self._spread: Windows | _OneClip | None = None

    @contextmanager
    def spread(self, mesh: Mesh, partition: Partition, scope: Scope) -> Generator[None]:
        """Within the context, `denoise` computes this rank's run; the network stays as it is.

        A take of one window is made by all ranks together, any other take window by window.

        Raises:
            ValueError: The scope is none that whole clips know.
        """
        layout = layout_of(scope, partition)
        windows = layout.of_take(partition.shots)
        one_clip = len(windows) == 1 and mesh.world_size > 1
        self._spread = _OneClip(mesh, partition, windows[0]) if one_clip else Windows(mesh, partition, layout)
        try:
            yield
        finally:
            self._spread = None

    def denoise(self, latents: Tensor, step: StepContext, conditioning: Conditioning) -> Tensor:
        """As VideoModel.denoise. A window's prompt is that of its middle frame."""
        spread, prompts = self._spread, conditioning.hidden_states
        assert spread is not None, "denoise is called within spread"
        if isinstance(spread, _OneClip):
            return self._denoise_together(spread, latents, step, prompts)
        return spread.denoise(latents, lambda noisy, middle: self._estimate(noisy, step, prompts[middle : middle + 1]))

    def _denoise_together(self, spread: _OneClip, latents: Tensor, step: StepContext, prompts: Tensor) -> Tensor:
        whole = gather(spread.mesh, "latents", latents, spread.partition.runs, dim=2)
        prompt = spread.share_prompt(prompts)
        with Patches() as patches:
            self._network.spread_tokens(step, self._network.split(step, whole, spread.mesh), patches)
            clean = self._estimate(whole, step, prompt)
        run = spread.partition.runs[spread.mesh.rank]
        return clean[:, :, run.start : run.stop]

    def _estimate(self, noisy: Tensor, step: StepContext, prompt: Tensor) -> Tensor:
        output = self._network.velocity(noisy.to(prompt.dtype), step, prompt)
        return self._noise_levels.clean_estimate(noisy, output.float(), step.sigma)


class _OneClip:
    """A take of one window on several ranks."""

    def __init__(self, mesh: Mesh, partition: Partition, window: LatentWindow) -> None:
        self.mesh = mesh
        self.partition = partition
        self._middle = window.middle

    def share_prompt(self, prompts: Tensor) -> Tensor:
        """The prompt of the middle frame, (1, tokens, channels), from the rank whose run it is in."""
        mesh, owner = self.mesh, self.partition.owner(self._middle)
        if mesh.rank != owner:
            prompt = prompts.new_empty((1, *prompts.shape[1:]))
            mesh.post("prompt", [], [Parcel(owner, prompt)]).wait()
            return prompt
        place = self._middle - self.partition.runs[owner].start
        prompt = prompts[place : place + 1].contiguous()
        mesh.post("prompt", [Parcel(peer, prompt) for peer in range(mesh.world_size) if peer != owner], []).wait()
        return prompt


def layout_of(scope: Scope, partition: Partition) -> Layout:
    """The windows that a scope means to a network that sees whole clips."""
    match scope:
        case Blocks(length, stride):
            return Layout(length, stride)
        case Full():
            longest = max((len(shot) for shot in partition.shots), default=1)
            return Layout(longest, longest)
        case _:
            raise ValueError(f"{scope} needs a network with temporal layers of its own; use the scope 'blocks'")
