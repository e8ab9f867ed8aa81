"""Owns the shipped folder: plain diffusers layout, half precision, replaced file by file and never half-written."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from torch import nn

from papercut.autoencoder import load_autoencoder
from papercut.control import SIDE, load_control
from papercut.control_card import note_shipped_steps
from papercut.control_maps import KINDS
from papercut.detectors import PICTURE_MEAN, PICTURE_STD, WHOLE, load_detector
from papercut.motion import load_motion, passing_adapter
from papercut.text import load_text_encoder, make_tokenizer
from papercut.unet import load_unet

INDEX = "model_index.json"
FILE_LIST = "onetake-files.json"
SHEETS = tuple(f"control-{kind}.jpg" for kind in KINDS)
DOCUMENTS = ("CARD.md", "card.json", "distill.json", "sheet.png", "sizes.jpg", *SHEETS)
"""What the evaluation writes beside the model; no part of it."""


class _Saved(Protocol):
    def save_pretrained(self, save_directory: Path) -> object: ...


def make_scheduler() -> DPMSolverMultistepScheduler:
    """A stock scheduler that speaks rectified flow; with one step it returns what the network predicts, x0."""
    return DPMSolverMultistepScheduler(
        num_train_timesteps=1000, prediction_type="sample", use_flow_sigmas=True, flow_shift=1.0,
        algorithm_type="dpmsolver++", solver_order=2, final_sigmas_type="zero",
    )  # fmt: skip


@torch.no_grad()
def export_model(work: Path, target: Path) -> None:
    """Write the averaged weights of a work folder as a pipeline folder, with the list of its files.

    Components are written to a temporary folder beside the target, then published.
    """
    unet, scale = load_unet(work)
    autoencoder = load_autoencoder(work)
    cast("Callable[..., None]", autoencoder.register_to_config)(scaling_factor=scale)
    # The pipeline declares the classes of Stable Diffusion's first model; it takes any that work alike.
    make_pipeline = cast("Callable[..., _Saved]", StableDiffusionPipeline)
    pipeline = make_pipeline(
        vae=_halve(autoencoder),
        text_encoder=_halve(load_text_encoder(work)),
        tokenizer=make_tokenizer(),
        unet=_halve(unet),
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
        adapter = load_motion(work) or passing_adapter()
        cast("_Saved", _halve(adapter)).save_pretrained(fresh / "motion_adapter")
        _strip(fresh)
        publish(fresh, target)
    total = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {total / 1e6:.1f} MB")


@torch.no_grad()
def export_control(work: Path, target: Path) -> None:
    """Write the averaged control adapter of a work folder as a folder of its own, with the list of its files.

    Raises:
        ValueError: The work folder holds none.
    """
    trained = load_control(work)
    if trained is None:
        raise ValueError(f"no control adapter in {work}; run the control command first")
    adapter, steps = trained
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".papercut-") as name:
        cast("_Saved", _halve(adapter)).save_pretrained(Path(name))
        _strip(Path(name))
        publish(Path(name), target)
    note_shipped_steps(target, steps)
    print(f"{target}: {sum(path.stat().st_size for path in target.iterdir()) / 1e6:.1f} MB")


@torch.no_grad()
def export_detectors(work: Path, models: Path) -> None:
    """Write the averaged detectors of a work folder, each as a folder of its own with the list of its files.

    In single precision: they are small, and CPUs without half precision run them as often as those with it.

    Raises:
        ValueError: The work folder lacks one.
    """
    from transformers import DPTImageProcessor, SegformerImageProcessor  # noqa: PLC0415 - seconds to import

    # Sides at which each was trained to see a scene; the depth network halves them five times.
    processors: dict[str, tuple[type, dict[str, object]]] = {
        "depth": (DPTImageProcessor, {"size": _square(SIDE), "keep_aspect_ratio": True, "ensure_multiple_of": 32}),
        "segment": (SegformerImageProcessor, {"size": _square(WHOLE)}),
    }
    for task, (processor, sizes) in processors.items():
        network = load_detector(work, task)
        if network is None:
            raise ValueError(f"no {task} detector in {work}; run the {task} command first")
        target = models / f"papercut-{task}"
        with tempfile.TemporaryDirectory(dir=models, prefix=".papercut-") as name:
            fresh = Path(name)
            cast("_Saved", network).save_pretrained(fresh)
            prepared = cast("Callable[..., _Saved]", processor)(
                do_normalize=True, image_mean=list(PICTURE_MEAN), image_std=list(PICTURE_STD), **sizes
            )
            prepared.save_pretrained(fresh)
            _strip(fresh)
            publish(fresh, target)
        print(f"{target}: {sum(path.stat().st_size for path in target.iterdir()) / 1e6:.1f} MB")


def _square(side: int) -> dict[str, int]:
    return {"height": side, "width": side}


def _halve(network: nn.Module) -> nn.Module:
    return network.half()


def publish(fresh: Path, target: Path) -> None:
    """Replace a shipped folder by a fresh one, file by file, and list the files with their digests.

    Each file is replaced whole. The list comes last but for the index, so a folder left between two
    models fails its check instead of mixing them. What an earlier model had and this one has not is
    removed; the evaluation's documents stay.
    """
    (fresh / FILE_LIST).write_text(json.dumps(list_files(fresh), indent=1) + "\n")
    files = [path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]
    for file in sorted(files, key=lambda file: (file.name == INDEX, file.name == FILE_LIST)):
        place = target / file
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(place.name + ".part")
        shutil.copyfile(fresh / file, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(place)
    for old in sorted(target.rglob("*")):
        if old.is_file() and old.relative_to(target) not in files and old.name not in DOCUMENTS:
            old.unlink()
            if not any(old.parent.iterdir()):
                old.parent.rmdir()


def list_files(folder: Path) -> list[dict[str, str | int]]:
    """Path, sha256 and size in bytes of every file of a model, in the order of their paths."""
    listed: list[dict[str, str | int]] = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in {*DOCUMENTS, FILE_LIST}:
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        name = path.relative_to(folder).as_posix()
        listed.append({"path": name, "sha256": digest, "size_bytes": path.stat().st_size})
    return listed


def _strip(folder: Path) -> None:
    """Remove the folder's own path from configs; a model does not know where it was made."""
    for path in folder.rglob("*.json"):
        content: object = json.loads(path.read_text())
        if isinstance(content, dict) and "_name_or_path" in content:
            del content["_name_or_path"]
            path.write_text(json.dumps(content, indent=2) + "\n")
