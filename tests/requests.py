"""Models, requests and pictures for tests: small, valid, and the same for the same seed."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from engine.messages import ControlMapRequest, ImageRequest, ModelSpec, draw_seed

VOCABULARY = (
    *("winter", "summer", "mountains", "at", "night", "a", "moon", "on", "the", "left", "right", "lake", "with", "and"),
    *("day", "dusk", "sun", "boat", "trees", "red", "balloon", "clouds", "over", "stars", "forest", "snow", "house"),
)
PAPERCUT = ModelSpec(
    name="papercut",
    title="Papercut",
    family="stable_diffusion",
    folder="papercut",
    licence="Apache-2.0",
    max_side=512,
    max_steps=50,
    vocabulary=VOCABULARY,
)
FREE_TEXT = ModelSpec(
    name="free-text",
    title="Free text",
    family="stable_diffusion",
    folder="free-text",
    licence="none",
    default_width=512,
    default_height=512,
    size_multiple=8,
    default_steps=25,
    max_steps=150,
    default_guidance=7.5,
    takes_negative=True,
    takes_guidance=True,
)


def fake_picture(request: ImageRequest, index: int, *, detail: float = 1.0) -> bytes:
    """A small landscape that depends on the seed, as PNG; `detail` below 1 gives a coarse preview."""
    seed = request.seed + index
    width, height = max(8, round(request.width * detail)), max(8, round(request.height * detail))
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    hue = seed * 47 % 360
    for y in range(height):
        draw.line([(0, y), (width, y)], fill=f"hsl({hue}, 35%, {18 + 30 * y // height}%)")
    moon_x, radius = (0.15 + seed * 0.137 % 0.7) * width, 0.09 * width
    box = (moon_x - radius, 0.2 * height - radius, moon_x + radius, 0.2 * height + radius)
    draw.ellipse(box, fill="#f2e9d0")
    for layer in range(3):
        base = height * (0.5 + 0.17 * layer)
        peaks = [
            (width * step / 6, base + height * 0.12 * ((seed * (step + 3) * (layer + 2)) % 7 / 7 - 0.5))
            for step in range(7)
        ]
        draw.polygon([(0, height), *peaks, (width, height)], fill=f"hsl({hue}, 28%, {40 - 11 * layer}%)")
    document = BytesIO()
    image.save(document, "PNG")
    return document.getvalue()


def fake_map(request: ControlMapRequest) -> bytes:
    """White lines on black, as PNG."""
    image = Image.new("RGB", (request.width, request.height))
    draw = ImageDraw.Draw(image)
    for step in range(1, 8):
        left, top = step * request.width / 16, step * request.height / 16
        draw.rectangle((left, top, request.width - left, request.height - top), outline="white")
    document = BytesIO()
    image.save(document, "PNG")
    return document.getvalue()


def request(prompt: str = "winter mountains at night", **fields: object) -> ImageRequest:
    """A valid request."""
    given: dict[str, object] = {"seed": draw_seed(), **fields}
    return ImageRequest(prompt=prompt, **given)  # pyright: ignore[reportArgumentType] - checked at construction
