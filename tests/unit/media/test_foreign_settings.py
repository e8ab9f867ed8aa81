"""engine.media.foreign_settings: pictures of other programs give their settings, and never more than text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.media.foreign_settings import request_from_foreign
from engine.media.metadata import read_settings
from engine.media.png import encode_png
from engine.messages import ImageRequest

if TYPE_CHECKING:
    from pathlib import Path

PIXELS = np.zeros((4, 4, 3), np.uint8)
EXPECTED = ImageRequest(
    prompt="a (red:1.2) boat", negative_prompt="fog", seed=77, steps=25, guidance_scale=6.5, width=640, height=512,
    model="boats",
)  # fmt: skip

# As InvokeAI 4 writes it, without what no request of ours says.
INVOKE = {
    "app_version": "4.2.9",
    "generation_mode": "txt2img",
    "positive_prompt": "a (red:1.2) boat",
    "negative_prompt": "fog",
    "width": 640,
    "height": 512,
    "seed": 77,
    "cfg_scale": 6.5,
    "steps": 25,
    "scheduler": "dpmpp_2m",
    "model": {"key": "x", "hash": "y", "name": "boats", "base": "sd-1", "type": "main"},
}
SWARM = {
    "sui_image_params": {
        "prompt": "a (red:1.2) boat", "negativeprompt": "fog", "model": "boats", "seed": 77, "steps": 25,
        "cfgscale": 6.5, "width": 640, "height": 512,
    },
    "sui_extra_data": {},
}  # fmt: skip
# ComfyUI's default graph, with a LoRA between model and sampler and the seed in a node of its own.
COMFY = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": ["12", 0], "steps": 25, "cfg": 6.5, "sampler_name": "euler", "scheduler": "normal", "denoise": 1,
            "model": ["10", 0], "positive": ["11", 0], "negative": ["7", 0], "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "boats"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 640, "height": 512, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a (red:1.2) boat", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["4", 1]}},
    "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "x", "model": ["4", 0], "clip": ["4", 1]}},
    "11": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0], "image": ["9", 0], "strength": 1}},
    "12": {"class_type": "PrimitiveInt", "inputs": {"value": 77}},
}  # fmt: skip
OLD_INVOKE = {
    "model_weights": "boats",
    "image": {
        "prompt": [{"prompt": "a (red:1.2) boat", "weight": 1}], "seed": 77, "steps": 25, "cfg_scale": 6.5,
        "width": 640, "height": 512,
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "document"),
    [("invokeai_metadata", INVOKE), ("parameters", SWARM), ("prompt", COMFY)],
)
def test_a_picture_of_another_program_gives_its_settings(key: str, document: dict[str, object]) -> None:
    """Prompts, seed, steps, guidance, size and model, as far as each program writes them."""
    assert read_settings(encode_png(PIXELS, {key: json.dumps(document)})) == EXPECTED


def test_old_pictures_of_invokeai_are_read() -> None:
    """Those have no negative prompt of their own."""
    found = request_from_foreign({"sd-metadata": json.dumps(OLD_INVOKE)})
    assert found is not None
    assert (found.prompt, found.seed, found.model) == ("a (red:1.2) boat", 77, "boats")


def test_photographs_with_a_comment_are_read(tmp_path: Path) -> None:
    """A JPEG of A1111 holds its text as UserComment, a WebP of ComfyUI the graph as Model."""
    settings = "Steps: 25, Sampler: Euler, CFG scale: 6.5, Seed: 77, Size: 640x512, Model: boats"
    text = f"a (red:1.2) boat\nNegative prompt: fog\n{settings}"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
    Image.fromarray(PIXELS).save(tmp_path / "a.jpg", exif=exif)
    assert read_settings(tmp_path / "a.jpg") == EXPECTED
    exif = Image.Exif()
    exif[0x0110] = "prompt:" + json.dumps(COMFY)
    Image.fromarray(PIXELS).save(tmp_path / "a.webp", exif=exif)
    assert read_settings(tmp_path / "a.webp") == EXPECTED
    Image.fromarray(PIXELS).save(tmp_path / "plain.jpg")
    assert read_settings(tmp_path / "plain.jpg") is None


def test_a_graph_that_goes_round_in_circles_ends() -> None:
    """Whatever a file says, its reading ends, with nothing."""
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0], "seed": ["1", 0], "steps": "many"}},
        "2": {"class_type": "Reroute", "inputs": {"conditioning": ["2", 0]}},
    }
    assert request_from_foreign({"prompt": json.dumps(graph)}) is None


@given(
    st.sampled_from(["invokeai_metadata", "sd-metadata", "parameters", "prompt"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "class_type",
                        "inputs",
                        "seed",
                        "positive",
                        "text",
                        "image",
                        "prompt",
                        "sui_image_params",
                        "1",
                        "steps",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_anything_else_gives_none_or_a_request(key: str, document: object) -> None:
    """Never an error: the text is anyone's."""
    found = request_from_foreign({key: json.dumps(document)})
    assert found is None or isinstance(found, ImageRequest)
