"""PixArt's transformer: how it is asked, block by block, so that controls can add behind any of them.

Owns the order of its parts, which is the stock model's (the tests compare). Does not own its loading (pixart.py).
Source: Chen et al., PixArt-alpha, arXiv:2310.00426, section 2.3; blocks after Peebles & Xie, DiT, arXiv:2212.09748.

Relied upon in diffusers 0.42.1:
    pos_embed makes tokens of latents, adaln_single the modulation of blocks, caption_projection tokens of the prompt
    transformer_blocks are called by keyword; scale_shift_table, norm_out and proj_out make the output
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from engine.models.t5_text import text_mask

if TYPE_CHECKING:
    from torch import Tensor, nn

    from engine.models.denoiser import TokenResiduals

_FORBIDDEN = -10_000.0
"""Added to the attention to padding."""


@dataclass(frozen=True)
class Begun:
    """Latents as they enter the blocks, and what every block is told.

    Attributes:
        tokens: Of the latents, (B, tokens, channels).
        prompt: Its tokens, (B, words, channels).
        prompt_bias: What is added to the attention to them, (B, 1, words).
        modulation: Of the blocks by the timestep, (B, 6 * channels).
        timestep: Embedded, (B, channels).
    """

    tokens: Tensor
    prompt: Tensor
    prompt_bias: Tensor
    modulation: Tensor
    timestep: Tensor


@dataclass(frozen=True)
class PixArtTransformer:
    """A loaded PixArtTransformer2DModel.

    Attributes:
        network: It.
        pixels_per_latent: Along a side.
        is_told_size: Its modulation depends on the picture's size, as in PixArt-alpha at 1024 pixels.
        patch: Latents along the side of a token.
        channels: Of the latents; what the network says of the noise's variance is left out.
    """

    network: nn.Module
    pixels_per_latent: int
    is_told_size: bool
    patch: int
    channels: int

    def predict(self, latents: Tensor, timestep: float, prompt: Tensor, added: TokenResiduals | None = None) -> Tensor:
        """What the network predicts for latents of unit variance, (B, C, h, w).

        Args:
            latents: (B, C, h, w), in the network's dtype.
            timestep: In training steps.
            prompt: (1 or B, words, channels), the rows of padding zero.
            added: What controls add behind each block.
        """
        begun = self.begin(latents, timestep, prompt)
        tokens = begun.tokens
        residuals = added.blocks if added else ()
        for index, block in enumerate(self.blocks):
            tokens = run_block(block, tokens, begun)
            if residuals:
                tokens = tokens + residuals[index]
        return self._finish(tokens, begun, latents.shape[-2] // self.patch, latents.shape[-1] // self.patch)

    @property
    def blocks(self) -> Sequence[nn.Module]:
        """In order."""
        return cast("Sequence[nn.Module]", self.network.transformer_blocks)

    def embed(self, latents: Tensor) -> Tensor:
        """The tokens of latents or of a control map's latents, with their places, (B, tokens, channels)."""
        return cast("Callable[[Tensor], Tensor]", self.network.pos_embed)(latents)

    def begin(self, latents: Tensor, timestep: float, prompt: Tensor) -> Begun:
        """As `predict`, up to the first block."""
        count = latents.shape[0]
        height, width = (side * self.pixels_per_latent for side in latents.shape[-2:])
        sizes: dict[str, Tensor | None] = {"resolution": None, "aspect_ratio": None}
        if self.is_told_size:
            numbers = latents.new_tensor([[height, width]]).expand(count, -1)
            sizes = {"resolution": numbers, "aspect_ratio": latents.new_tensor([[height / width]]).expand(count, -1)}
        tokens = self.embed(latents)
        modulate = cast("Callable[..., tuple[Tensor, Tensor]]", self.network.adaln_single)
        steps = torch.full((count,), timestep, device=latents.device)
        modulation, embedded = modulate(steps, sizes, batch_size=count, hidden_dtype=tokens.dtype)
        prompt = prompt.expand(count, -1, -1)
        bias = (~text_mask(prompt)).to(tokens.dtype)[:, None] * _FORBIDDEN
        project = cast("Callable[[Tensor], Tensor] | None", self.network.caption_projection)
        return Begun(tokens, project(prompt) if project else prompt, bias, modulation, embedded)

    def _finish(self, tokens: Tensor, begun: Begun, rows: int, columns: int) -> Tensor:
        """The output behind the last block."""
        table = cast("Tensor", self.network.scale_shift_table)
        shift, scale = (table[None] + begun.timestep[:, None]).chunk(2, dim=1)
        norm, project = (cast("Callable[[Tensor], Tensor]", getattr(self.network, n)) for n in ("norm_out", "proj_out"))
        output = project(norm(tokens) * (1 + scale) + shift)
        patches = output.reshape(output.shape[0], rows, columns, self.patch, self.patch, -1)
        whole = patches.permute(0, 5, 1, 3, 2, 4)
        return whole.reshape(*whole.shape[:2], rows * self.patch, columns * self.patch)[:, : self.channels]


def run_block(block: nn.Module, tokens: Tensor, begun: Begun) -> Tensor:
    """A block of the model, or a copy of one, on `tokens` (B, tokens, channels)."""
    return cast(
        "Tensor",
        block(
            tokens,
            encoder_hidden_states=begun.prompt,
            encoder_attention_mask=begun.prompt_bias,
            timestep=begun.modulation,
        ),
    )
