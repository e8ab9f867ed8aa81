"""Owns going on from a shipped folder: its weights as the checkpoints from which every training loop resumes.

Shipped weights are averages in half precision without optimizer states, text heads or guide; those begin afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from papercut.checkpoints import save
from papercut.guide import Guide
from papercut.judge import LEARNING_RATE as JUDGE_RATE
from papercut.judge import load_judge
from papercut.motion import adopt_motion
from papercut.shipped import ShippedModel
from papercut.text import LEARNING_RATE as TEXT_RATE
from papercut.text import SlotHeads
from papercut.unet import LEARNING_RATE, LEVELS

if TYPE_CHECKING:
    from pathlib import Path


def adopt(folder: Path, work: Path) -> None:
    """Write the checkpoints of a work folder from a shipped folder and the judge, of motion only where it was trained.

    Args:
        folder: A folder that `export` wrote.
        work: An empty or new work folder.

    Raises:
        ValueError: The work folder holds a denoiser already.
    """
    if (work / "unet.pt").exists():
        raise ValueError(f"{work} holds a denoiser already; name an empty folder")
    work.mkdir(parents=True, exist_ok=True)
    shipped = ShippedModel.load(folder)
    beginning = {"step": 0, "spent": 0.0}
    autoencoder, text, unet = shipped.autoencoder, shipped.text_encoder, shipped.unet
    save({"model": autoencoder.state_dict()}, work / "encoder.pt")
    decoder = autoencoder.decoder.state_dict()
    optimizer = torch.optim.AdamW(autoencoder.decoder.parameters(), lr=1e-3, fused=True)
    save({"decoder": decoder, "average": decoder, "optimizer": optimizer.state_dict(), **beginning}, work / "ae.pt")
    heads = SlotHeads()
    optimizer = torch.optim.AdamW([*text.parameters(), *heads.parameters()], lr=TEXT_RATE)
    parts = {"model": text.state_dict(), "heads": heads.state_dict()}
    save({**parts, "optimizer": optimizer.state_dict(), **beginning}, work / "text.pt")
    guide = Guide(unet, LEVELS[-1])
    optimizer = torch.optim.AdamW([*unet.parameters(), *guide.parameters()], lr=LEARNING_RATE, fused=True)
    weights = unet.state_dict()
    parts = {"model": weights, "average": weights, "guide": guide.state_dict(), "optimizer": optimizer.state_dict()}
    save({**parts, "scale": shipped.scale, **beginning}, work / "unet.pt")
    adopt_motion(folder, work)
    judge = load_judge().requires_grad_()
    optimizer = torch.optim.AdamW(judge.parameters(), lr=JUDGE_RATE, fused=True)
    save({"model": judge.state_dict(), "optimizer": optimizer.state_dict(), **beginning}, work / "judge.pt")
