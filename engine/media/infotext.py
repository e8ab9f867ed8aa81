"""The settings text that A1111-style programs write into and read from pictures. Pure text, no files.

Owns that format, in both directions. Reading is best effort: the text is anyone's.
Format: prompt lines, "Negative prompt: ..." lines, then one line of "Key: value" pairs; a value that holds a comma,
colon or line break is a JSON string.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import cast

from engine.errors import BadInputError
from engine.messages import ImageRequest

_NEGATIVE = "Negative prompt:"
_PAIR = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_LEAST_PAIRS = 3
_MAX_SETTINGS_CHARS = 100_000


@dataclass(frozen=True)
class Infotext:
    """The parts of such a text, as they are written."""

    prompt: str
    negative_prompt: str
    settings: dict[str, str]


def format_infotext(request: ImageRequest, *, seed: int, version: str) -> str:
    """The text for one picture of `request`, made with `seed`."""
    settings = {
        "Steps": str(request.steps),
        "Sampler": "Euler",
        "CFG scale": f"{request.guidance_scale:g}",
        "Seed": str(seed),
        "Size": f"{request.width}x{request.height}",
        "Model": request.model,
        **({"Denoising strength": f"{request.edit.strength:g}"} if request.edit is not None else {}),
        "Version": f"Onetake {version}",
    }
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"{_NEGATIVE} {request.negative_prompt}")
    lines.append(", ".join(f"{key}: {_quote(value)}" for key, value in settings.items()))
    return "\n".join(lines)


def parse_infotext(text: str) -> Infotext:
    """Take such a text apart. Any text is one: without recognisable settings all of it is the prompt."""
    lines = text.strip().split("\n")
    settings: dict[str, str] = {}
    if len(lines[-1]) <= _MAX_SETTINGS_CHARS:
        pairs = cast("list[tuple[str, str]]", _PAIR.findall(lines[-1]))
        if len(pairs) >= _LEAST_PAIRS:
            settings = {key: _unquote(value.strip()) for key, value in pairs}
            lines = lines[:-1]
    prompt: list[str] = []
    negative: list[str] = []
    into = prompt
    for line in lines:
        if into is prompt and line.lstrip().startswith(_NEGATIVE):
            into = negative
            into.append(line.lstrip().removeprefix(_NEGATIVE))
        else:
            into.append(line)
    return Infotext("\n".join(prompt).strip(), "\n".join(negative).strip(), settings)


def request_from_infotext(text: str) -> ImageRequest | None:
    """The request that such a text describes, as far as ours can say it; None without a prompt and a seed."""
    parsed = parse_infotext(text)
    settings = parsed.settings
    try:
        width, height = settings["Size"].split("x")
        return ImageRequest(
            prompt=parsed.prompt,
            negative_prompt=parsed.negative_prompt,
            seed=int(settings["Seed"]),
            steps=int(settings.get("Steps", "1")),
            guidance_scale=float(settings.get("CFG scale", "1")),
            width=int(width),
            height=int(height),
            model=settings.get("Model", "papercut"),
        )
    except (KeyError, ValueError, BadInputError):
        return None


def _quote(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if re.search(r'[,:\n"]', value) else value


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        try:
            decoded = cast("object", json.loads(value))
        except ValueError:
            return value
        return decoded if isinstance(decoded, str) else value
    return value
