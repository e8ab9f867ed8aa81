"""Owns the words and tables of CARD.md."""
# ruff: noqa: E501 - tables of Markdown do not wrap

from __future__ import annotations

from pathlib import Path
from typing import Any

from papercut.grammar import SLOTS

BARS = {"time": 0.9, "season": 0.9, "position": 0.85}
OTHER_BAR = 0.7

_TEXT = """# Papercut, first edition

A small text-to-image model for paper-cut scenes: sky, land, water, weather and a few objects, at
256x256 in one network pass. Trained from nothing on scenes that our own renderer draws
(`packaging/papercut/`); it has seen no photograph and no one else's picture. Apache-2.0, like
the rest of the project.

## Parts

| part | stock class | what it is |
|---|---|---|
| `unet` | `UNet2DConditionModel` | 24.6M weights, attention only at 8x8 and 4x4; predicts x0, timestep 1000 t |
| `vae` | `AutoencoderTiny` | 16x, 24 channels; the encoder is a closed-form principal-component analysis of 16x16 patches, the decoder is trained |
| `text_encoder` | `CLIPTextModel` | 3 layers of width 256; the last 19 of its 64 tokens are registers, one for each slot of the grammar |
| `tokenizer` | `PreTrainedTokenizerFast` | one token a word, about 270 words, everything else is [UNK] |
| `scheduler` | `DPMSolverMultistepScheduler` | flow sigmas; with one step it evaluates once at timestep 999 and returns x0 |

Autoencoder: {psnr} dB on held-out renders. Weights: {mb} MB in half precision.

    from diffusers import StableDiffusionPipeline
    pipeline = StableDiffusionPipeline.from_pretrained("resources/models/papercut")
    pipeline("winter mountains at night, a moon on the left", num_inference_steps=1, guidance_scale=1.0, height=256, width=256)

Use `guidance_scale=1` with one step: the student needs no guidance.

## How one step works: the coupling

At t = 1 the network is not trained on a random pairing of noise and pictures, whose best answer in
one step would be a blurred average. The renderer draws every training scene *from* its noise: each
choice the caption leaves open (ridges, where the boat floats, which cells hold a star) is a smooth
function of weighted averages of the initial noise, normalised to N(0, 1). The picture is then a
deterministic function of (noise, caption), and one pass learns it by regression. This is what
reflow does with a teacher's trajectories; here the renderer is the teacher.

**In this edition layouts vary little.** With layouts wholly decided by the noise, the network had
learnt nothing of the noise when the hour on two CPU cores was half over: its answer was the
caption's mean, and blurred. So a layout is now a quarter noise and for the rest one fixed
arrangement (`layout.VARIETY`, `layout.TEMPLATE_SEED`). What a caption says comes out; two seeds of
one caption differ little, and where they should differ the picture is soft. The next edition widens it.

For t < 0.98 the same network is an ordinary flow-matching model with independent noise, for several
steps, guidance, image to image and inpainting; it had a seventh of the training. The timestep tells the roles apart.

## Accuracy

{captions} captions whose combination of time, season, land, water and objects was never trained
on. A slot is scored where the caption names it; "absent" is how often an unnamed object stays
away. The judge is a separate classifier trained on renders only; brackets are 95 % Wilson
intervals. The teacher, the renders and the controls use the first {teacher} captions. A slot left to
chance would reach one over its number of values, and an object slot the judge's prior.

{table}

Judge on fresh held-out renders: {judge}.

## Limits

Only the grammar's words mean anything. A colour belongs to the balloons and a position to the sun
or moon; at most two balloons and two boats. Unnamed time is day, season summer, land a meadow, style papercut.
Birds come out in about half of the pictures that name them, below the bar. Fine detail (birds, rain, castle windows) is softer than in the renders: the latents keep 24 numbers for each 16x16 patch.
`sheet.png` shows the first 32 captions of the evaluation in order, unpicked; the captions are in `card.json`.
"""


def write_card(folder: Path, result: dict[str, Any]) -> None:
    """Write CARD.md from an evaluation's result."""
    columns: dict[str, dict[str, Any]] = result["table"]
    lines = ["| slot | bar | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    for slot in [*SLOTS, "absent"]:
        bar = BARS.get(slot, OTHER_BAR)
        cells = [_cell(column[slot], detailed=name == "one step") for name, column in columns.items()]
        lines.append(f"| {slot} | {'' if slot == 'absent' else f'{bar:.0%}'} | " + " | ".join(cells) + " |")
    judge = ", ".join(f"{slot} {accuracy:.1%}" for slot, accuracy in result["judge"].items())
    text = _TEXT.format(
        psnr=result["autoencoder_psnr_db"], mb=result["weights_mb"], captions=result["captions"],
        teacher=result["teacher_captions"], table="\n".join(lines), judge=judge,
    )  # fmt: skip
    (folder / "CARD.md").write_text(text)


def _cell(entry: dict[str, Any], *, detailed: bool) -> str:
    if not entry["of"]:
        return "-"
    low, high = entry["interval"]
    share = f"{entry['right'] / entry['of']:.1%}"
    return f"**{share}** ({low:.0%}-{high:.0%}, n={entry['of']})" if detailed else share
