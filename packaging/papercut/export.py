"""Owns the shipped folder: plain diffusers layout, half precision, replaced file by file and never half-written."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

from papercut.autoencoder import load_autoencoder
from papercut.text import load_text_encoder, make_tokenizer
from papercut.unet import load_unet


def make_scheduler() -> DPMSolverMultistepScheduler:
    """A stock scheduler that speaks rectified flow; with one step it returns what the network predicts, x0."""
    return DPMSolverMultistepScheduler(
        num_train_timesteps=1000, prediction_type="sample", use_flow_sigmas=True, flow_shift=1.0,
        algorithm_type="dpmsolver++", solver_order=2, final_sigmas_type="zero",
    )  # fmt: skip


@torch.no_grad()
def export_model(work: Path, target: Path) -> None:
    """Write the averaged weights of a work folder as a pipeline folder.

    Components are written to a temporary folder beside the target, then moved over the old
    files one by one; the index comes last.
    """
    unet, scale = load_unet(work)
    autoencoder = load_autoencoder(work)
    autoencoder.register_to_config(scaling_factor=scale)
    pipeline = StableDiffusionPipeline(
        vae=autoencoder.half(),
        text_encoder=load_text_encoder(work).half(),
        tokenizer=make_tokenizer(),
        unet=unet.half(),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".papercut-") as name:
        fresh = Path(name)
        pipeline.save_pretrained(fresh)
        _strip(fresh)
        files = sorted(fresh.rglob("*"), key=lambda path: path.name == "model_index.json")
        for path in files:
            if path.is_file():
                place = target / path.relative_to(fresh)
                place.parent.mkdir(parents=True, exist_ok=True)
                part = place.with_name(place.name + ".part")
                shutil.copyfile(path, part)
                with part.open("rb") as file:
                    os.fsync(file.fileno())
                part.replace(place)
    total = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {total / 1e6:.1f} MB")


def _strip(folder: Path) -> None:
    """Remove the folder's own path from configs; a model does not know where it was made."""
    for path in folder.rglob("*.json"):
        content = json.loads(path.read_text())
        if isinstance(content, dict) and "_name_or_path" in content:
            del content["_name_or_path"]
            path.write_text(json.dumps(content, indent=2) + "\n")
