"""engine.acceleration.fused_decoder: the fused decoder is the stock decoder, only faster."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import nn

from engine.acceleration.fused_decoder import fuse_tiny_decoder
from engine.acceleration.plan import has_native_bfloat16
from engine.models.stock import stock_class
from tests.tiny_models import randomise


def decoder(**changes: object) -> nn.Module:
    config: dict[str, object] = {
        "decoder_block_out_channels": (16, 16, 16), "num_decoder_blocks": (2, 1, 0),
        "encoder_block_out_channels": (16, 16, 16), "num_encoder_blocks": (1, 1, 1), "latent_channels": 4,
    }  # fmt: skip
    vae = cast("nn.Module", stock_class("AutoencoderTiny")(**{**config, **changes})).eval()
    randomise(vae, torch.Generator().manual_seed(0))
    return cast("nn.Module", vae.decoder).requires_grad_(requires_grad=False)


# Half precision is computed only where the processor multiplies it (plan_for), and oneDNN refuses it elsewhere.
FORMATS = {torch.float32: 1e-5, **({torch.bfloat16: 0.1} if has_native_bfloat16() else {})}


@pytest.mark.parametrize(("dtype", "tolerance"), FORMATS.items())
@pytest.mark.parametrize("shape", [(1, 4, 8, 8), (2, 4, 6, 10), (1, 4, 1, 2)])
@torch.inference_mode()
def test_fused_equals_stock(dtype: torch.dtype, tolerance: float, shape: tuple[int, ...]) -> None:
    """Same pictures for every size and batch, up to rounding of the number format; the input stays as it was."""
    stock = decoder().to(dtype)
    fused = fuse_tiny_decoder(stock)
    assert fused is not None
    latents = torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(dtype)
    before = latents.clone()
    theirs, ours = stock(latents), fused(latents)
    assert ours.shape == theirs.shape
    scale = float(theirs.abs().max())
    assert scale > 0.5, "a flat picture proves nothing"
    assert float((ours - theirs).abs().max()) <= tolerance * scale
    assert torch.equal(latents, before)


@pytest.mark.parametrize("dtype", FORMATS)
@torch.inference_mode()
def test_the_same_latents_give_the_same_bits(dtype: torch.dtype) -> None:
    """Called again, also after another size, the fused decoder gives the very same picture."""
    fused = fuse_tiny_decoder(decoder().to(dtype))
    assert fused is not None
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1)).to(dtype)
    first = fused(latents)
    fused(torch.zeros(1, 4, 4, 6, dtype=dtype))
    assert torch.equal(fused(latents), first)


def test_other_activations_keep_the_stock_decoder() -> None:
    """A decoder without fused kernels is left alone instead of being approximated."""
    assert fuse_tiny_decoder(decoder(act_fn="silu")) is None
