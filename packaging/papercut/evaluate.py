"""Owns the evaluation: held-out captions in, pictures out, the judge's reading compared with what was said.

Writes CARD.md, card.json and sheet.png beside the weights. Everything is read from the
shipped folder through stock classes, so that the table speaks of what users run.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny, UNet2DConditionModel
from PIL import Image
from torch import Tensor
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from papercut.captions import write_caption
from papercut.card import write_card
from papercut.grammar import SLOTS, Scene, named_slots, sample_scene
from papercut.judge import answers, load_judge, validate_judge
from papercut.layout import draw_noise
from papercut.render import render
from papercut.stream import to_signal
from papercut.text import encode_captions

OBJECTS = (
    "balloons",
    "boats",
    "trees",
    "house",
    "castle",
    "clouds",
    "birds",
    "stars",
    "snow",
    "rain",
    "fog",
    "body",
    "water",
)


@dataclass(frozen=True)
class Model:
    """The shipped components, in the precision they are judged in."""

    tokenizer: PreTrainedTokenizerFast
    text_encoder: CLIPTextModel
    unet: UNet2DConditionModel
    autoencoder: AutoencoderTiny

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Load each component with its stock class."""
        unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=torch.float32)
        autoencoder = AutoencoderTiny.from_pretrained(folder, subfolder="vae", torch_dtype=torch.float32)
        return cls(
            PreTrainedTokenizerFast.from_pretrained(folder / "tokenizer"),
            CLIPTextModel.from_pretrained(folder / "text_encoder", torch_dtype=torch.float32).eval(),
            unet.eval().to(memory_format=torch.channels_last),
            autoencoder.eval().to(memory_format=torch.channels_last),
        )

    def read(self, captions: list[str]) -> Tensor:
        """Text features of captions, (B, tokens, width)."""
        features: Tensor = self.text_encoder(input_ids=encode_captions(self.tokenizer, captions)).last_hidden_state
        return features

    def one_step(self, noise: Tensor, features: Tensor) -> Tensor:
        """The student: one pass from noise to latents."""
        with torch.autocast("cpu", torch.bfloat16):
            latents: Tensor = self.unet(noise, torch.full((len(noise),), 999.0), encoder_hidden_states=features).sample
        return latents.float()

    def many_steps(self, noise: Tensor, features: Tensor, empty: Tensor, steps: int, guidance_scale: float) -> Tensor:
        """The teacher: Euler steps from t = 0.98 with classifier-free guidance."""
        times = np.linspace(0.98, 0.0, steps + 1)
        x = noise
        for start, end in pairwise(times):
            t = torch.full((len(x),), 1000 * start, dtype=torch.float32)
            with torch.autocast("cpu", torch.bfloat16):
                clean = self.unet(x, t, encoder_hidden_states=features).sample.float()
                if guidance_scale != 1:
                    free = self.unet(x, t, encoder_hidden_states=empty.expand_as(features)).sample.float()
                    clean = free + guidance_scale * (clean - free)
            x = x + float((end - start) / start) * (x - clean)
        return x

    def show(self, latents: Tensor) -> Tensor:
        """Decode latents to pictures in [-1, 1]."""
        with torch.autocast("cpu", torch.bfloat16):
            return self.autoencoder.decode(latents / self.autoencoder.config.scaling_factor).sample.float().clamp(-1, 1)


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a proportion."""
    if not count:
        return 0.0, 1.0
    z, p = 1.96, right / count
    middle = (p + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return middle - half, middle + half


def score(read: Tensor, scenes: list[Scene], named: list[set[str]]) -> dict[str, tuple[int, int]]:
    """For each slot, (rightly read, named); "absent" is (unnamed objects that stay away, unnamed objects)."""
    table = {slot: [0, 0] for slot in SLOTS}
    absent = [0, 0]
    for row, scene, names in zip(read.tolist(), scenes, named, strict=True):
        labels = scene.labels()
        for index, slot in enumerate(SLOTS):
            if slot in names:
                table[slot][1] += 1
                table[slot][0] += row[index] == labels[slot]
            elif slot in OBJECTS:
                absent[1] += 1
                absent[0] += row[index] == 0
    return {**{slot: (hit, total) for slot, (hit, total) in table.items()}, "absent": (absent[0], absent[1])}


def _shuffled(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    other = UNet2DConditionModel.from_config(unet.config).eval().to(memory_format=torch.channels_last)
    generator = torch.Generator().manual_seed(0)
    state = {
        name: value.flatten()[torch.randperm(value.numel(), generator=generator)].reshape(value.shape)
        for name, value in unet.state_dict().items()
    }
    other.load_state_dict(state)
    return other


@torch.no_grad()
def evaluate(folder: Path, count: int, *, teacher_count: int = 80, seed: int = 2026) -> None:
    """Judge the model of a folder and write its card.

    Args:
        folder: The shipped folder.
        count: Held-out captions for one step.
        teacher_count: Captions for the 25-step teacher and the controls.
        seed: Of captions and noise.
    """
    model, judge, rng = Model.load(folder), load_judge(), np.random.default_rng(seed)
    scenes = [sample_scene(rng, held_out=True) for _ in range(count)]
    captions = [write_caption(scene, rng) for scene in scenes]
    named = [named_slots(caption) for caption in captions]
    noise = torch.from_numpy(np.stack([draw_noise(rng) for _ in range(count)]))
    features, empty = model.read(captions), model.read([""])

    def judged(latents: Tensor) -> Tensor:
        return torch.cat([answers(judge, model.show(part)) for part in latents.split(20)])

    start = time.monotonic()
    latents = torch.cat([model.one_step(n, f) for n, f in zip(noise.split(20), features.split(20), strict=True)])
    student = score(judged(latents), scenes, named)
    print(f"one step: {(time.monotonic() - start) / count * 1e3:.0f} ms a picture with judge", flush=True)
    print({slot: round(hit / max(1, total), 3) for slot, (hit, total) in student.items()}, flush=True)
    few = slice(0, teacher_count)
    renders = to_signal(
        torch.from_numpy(
            np.stack([render(s, n.numpy()).picture for s, n in zip(scenes[few], noise[few], strict=True)])
        ).permute(0, 3, 1, 2)
    )
    ceiling = score(torch.cat([answers(judge, part) for part in renders.split(20)]), scenes[few], named[few])
    round_trip = torch.cat([model.autoencoder.encode(part).latents for part in renders.split(20)])
    decoded = torch.cat([model.show(part * model.autoencoder.config.scaling_factor) for part in round_trip.split(20)])
    rebuilt = score(torch.cat([answers(judge, part) for part in decoded.split(20)]), scenes[few], named[few])
    psnr = float(-10 * torch.log10((decoded - renders).square().mean() / 4))
    order = torch.roll(torch.arange(teacher_count), 1)
    wrong = score(judged(model.one_step(noise[few], features[few][order])), scenes[few], named[few])
    broken = Model(model.tokenizer, model.text_encoder, _shuffled(model.unet), model.autoencoder)
    shuffled = score(judged(broken.one_step(noise[few], features[few])), scenes[few], named[few])
    fresh = torch.randn(noise[few].shape, generator=torch.Generator().manual_seed(seed))
    many = torch.cat(
        [model.many_steps(n, f, empty, 25, 2.0) for n, f in zip(fresh.split(20), features[few].split(20), strict=True)]
    )
    teacher = score(judged(many), scenes[few], named[few])
    columns = {
        "one step": student,
        "25 steps, guidance 2": teacher,
        "renders": ceiling,
        "renders through the autoencoder": rebuilt,
        "control: wrong captions": wrong,
        "control: shuffled weights": shuffled,
    }
    table = {
        name: {
            slot: {"right": hit, "of": total, "interval": wilson(hit, total)} for slot, (hit, total) in column.items()
        }
        for name, column in columns.items()
    }
    sheet = model.show(latents[:32])
    rows = [np.concatenate(list(_bytes(part)), 1) for part in sheet.split(8)]
    whole = Image.fromarray(np.concatenate(rows))
    whole.resize((whole.width // 2, whole.height // 2), Image.Resampling.LANCZOS).save(
        folder / "sheet.png", optimize=True
    )
    size_mb = sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6
    result = {
        "captions": count,
        "teacher_captions": teacher_count,
        "autoencoder_psnr_db": round(psnr, 2),
        "weights_mb": round(size_mb, 1),
        "table": table,
        "judge": validate_judge(300),
        "examples": captions[:32],
    }
    write_card(folder, result)
    (folder / "card.json").write_text(json.dumps(result, indent=1) + "\n")


def _bytes(pictures: Tensor) -> np.ndarray:
    return ((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).byte().numpy()
