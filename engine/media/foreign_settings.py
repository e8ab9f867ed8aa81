"""Settings that other programs write into pictures: ComfyUI's graph, InvokeAI's and SwarmUI's JSON. No files.

Owns the reading of those formats, best effort: the text is anyone's, so nothing of it is trusted but what an
ImageRequest checks. AUTOMATIC1111's own format is engine.media.infotext's.
Formats: ComfyUI writes the graph that ran under `prompt`, nodes by id with `class_type` and `inputs`, where a list
[id, slot] is a link; InvokeAI writes `invokeai_metadata`, before 3.0 `sd-metadata`; SwarmUI writes JSON under
`parameters`, with `sui_image_params`.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, cast

from engine.errors import BadInputError
from engine.messages import MAX_SEED, ImageRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, object]
MAX_JSON_CHARS = 4 * 2**20
_SAMPLERS = ("KSampler", "KSamplerAdvanced", "SamplerCustom")
# Inputs that lead from a sampler or a text on to the one that says it.
_MOST_LINKS = 64


def request_from_foreign(texts: Mapping[str, str]) -> ImageRequest | None:
    """The request that the texts of a picture describe, as far as ours can say it; None where they describe none."""
    readers = (
        ("invokeai_metadata", _invoke),
        ("sd-metadata", _old_invoke),
        ("parameters", _swarm),
        ("prompt", _comfy),
    )
    for key, read in readers:
        document = _object(texts.get(key, ""))
        if document is not None:
            try:
                request = read(document)
            except (BadInputError, KeyError, ValueError, TypeError, OverflowError):
                continue
            if request is not None:
                return request
    return None


def _invoke(document: Json) -> ImageRequest | None:
    model = document.get("model")
    name = cast("Json", model).get("name", cast("Json", model).get("model_name")) if isinstance(model, dict) else model
    return _request(
        document.get("positive_prompt"),
        seed=document["seed"],
        negative=document.get("negative_prompt"),
        width=document.get("width"),
        height=document.get("height"),
        steps=document.get("steps"),
        guidance=document.get("cfg_scale"),
        model=name,
    )


def _old_invoke(document: Json) -> ImageRequest | None:
    """InvokeAI 2: `[words]` in its prompt keep out what they say."""
    image = document["image"]
    if not isinstance(image, dict):
        return None
    image = cast("Json", image)
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = next(iter(cast("list[object]", prompt)), None)
    if isinstance(prompt, dict):
        prompt = cast("Json", prompt).get("prompt")
    return _request(
        prompt,
        seed=image["seed"],
        width=image.get("width"),
        height=image.get("height"),
        steps=image.get("steps"),
        guidance=image.get("cfg_scale"),
        model=document.get("model_weights"),
    )


def _swarm(document: Json) -> ImageRequest | None:
    found = document["sui_image_params"]
    if not isinstance(found, dict):
        return None
    settings = cast("Json", found)
    return _request(
        settings.get("prompt"),
        seed=settings["seed"],
        negative=settings.get("negativeprompt"),
        width=settings.get("width"),
        height=settings.get("height"),
        steps=settings.get("steps"),
        guidance=settings.get("cfgscale"),
        model=settings.get("model"),
    )


def _comfy(document: Json) -> ImageRequest | None:
    """The first sampler of the graph, and what its inputs lead to."""
    graph = {key: cast("Json", node) for key, node in document.items() if isinstance(node, dict)}
    for node in graph.values():
        if node.get("class_type") not in _SAMPLERS:
            continue
        inputs = _inputs(node)
        seed = _value(graph, inputs.get("seed", inputs.get("noise_seed")), ("seed", "noise_seed", "value"))
        latents = _follow(graph, inputs.get("latent_image"), ("width",), ("samples", "pixels", "image"))
        model = _follow(graph, inputs.get("model"), ("ckpt_name", "unet_name"), ("model",))
        return _request(
            _words(graph, inputs.get("positive")),
            seed=seed,
            negative=_words(graph, inputs.get("negative")),
            width=latents.get("width"),
            height=latents.get("height"),
            steps=_value(graph, inputs.get("steps"), ("steps", "value")),
            guidance=_value(graph, inputs.get("cfg"), ("cfg", "value")),
            model=model.get("ckpt_name", model.get("unet_name")),
        )
    return None


def _words(graph: Mapping[str, Json], link: object) -> str:
    texts = ("text", "text_g", "clip_l", "t5xxl", "prompt")
    inputs = _follow(graph, link, texts, ("conditioning", "conditioning_1", "positive", "base_positive"))
    for key in texts:
        words = inputs.get(key)
        if isinstance(words, list):
            # The text comes from a node of its own.
            words = _value(graph, cast("object", words), ("text", "string", "value", "prompt", "wildcard_text"))
        if isinstance(words, str) and words.strip():
            return words
    return ""


def _follow(graph: Mapping[str, Json], link: object, wanted: tuple[str, ...], on: tuple[str, ...]) -> Json:
    """The inputs of the nearest node that has one of `wanted`, along the inputs named in `on`; none where it ends."""
    for _ in range(_MOST_LINKS):
        node = _linked(graph, link)
        if node is None:
            return {}
        inputs = _inputs(node)
        if any(key in inputs for key in wanted):
            return inputs
        link = next((inputs[key] for key in on if isinstance(inputs.get(key), list)), None)
    return {}


def _value(graph: Mapping[str, Json], value: object, keys: tuple[str, ...]) -> object:
    """A value that stands in a node, or in the node that it is linked to."""
    for _ in range(_MOST_LINKS):
        node = _linked(graph, value)
        if node is None:
            return value
        inputs = _inputs(node)
        value = next((inputs[key] for key in keys if key in inputs), None)
    return None


def _linked(graph: Mapping[str, Json], link: object) -> Json | None:
    if isinstance(link, list) and link:
        return graph.get(str(cast("list[object]", link)[0]))
    return None


def _inputs(node: Json) -> Json:
    inputs = node.get("inputs")
    return cast("Json", inputs) if isinstance(inputs, dict) else {}


def _request(
    prompt: object,
    *,
    seed: object,
    negative: object = None,
    width: object = None,
    height: object = None,
    steps: object = None,
    guidance: object = None,
    model: object = None,
) -> ImageRequest | None:
    """A request of what was found; None without a prompt. Raises BadInputError for what no request can say."""
    if not isinstance(prompt, str) or not prompt.strip():
        return None
    return ImageRequest(
        prompt=prompt,
        # Others count seeds to 2^64.
        seed=_whole(seed, 0) & MAX_SEED,
        negative_prompt=negative if isinstance(negative, str) else "",
        width=_whole(width, 512),
        height=_whole(height, 512),
        steps=_whole(steps, 20),
        guidance_scale=_number(guidance, 7.0),
        model=model if isinstance(model, str) and model.strip() else "papercut",
    )


def _number(value: object, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return default
    return float(value)


def _whole(value: object, default: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(_number(value, default))


def _object(text: str) -> Json | None:
    if not text.lstrip().startswith("{") or len(text) > MAX_JSON_CHARS:
        return None
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("Json", document) if isinstance(document, dict) else None
