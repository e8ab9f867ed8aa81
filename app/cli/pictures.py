"""What `onetake image` and `onetake edit` have in common: the options and the request of pictures from a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.arguments import add_control, add_model, add_output, add_seed, checked, chosen_controls, chosen_seed
from engine.messages import ImageRequest

if TYPE_CHECKING:
    import argparse

    from engine.messages import ModelSpec, PictureEdit
    from engine.paths import Paths


def add_picture_options(parser: argparse.ArgumentParser, *, steps: str, size: str, control: str) -> None:
    """Add target, model, seed, count, steps, size, negative prompt, guidance and controls, with three texts of help."""
    add_output(parser)
    add_model(parser)
    add_seed(parser)
    parser.add_argument("--count", type=int, default=1, help="pictures, with seeds seed, seed+1, ...")
    parser.add_argument("--steps", type=int, help=steps)
    parser.add_argument("--size", metavar="WxH", help=size)
    parser.add_argument("--negative", default="", metavar="TEXT", help="what to keep out, where the model takes it")
    parser.add_argument("--guidance", type=float, metavar="G", help="guidance scale (default: the model's)")
    add_control(parser, control)


def picture_request(
    arguments: argparse.Namespace,
    spec: ModelSpec,
    paths: Paths,
    *,
    size: tuple[int, int],
    steps: int,
    edit: PictureEdit | None = None,
) -> ImageRequest:
    """The frozen request of these arguments.

    Args:
        arguments: With the options of `add_picture_options`.
        spec: The model, whose defaults fill in what is not given.
        paths: Where adapters are looked for.
        size: Width and height in pixels.
        steps: Where none are given.
        edit: What is made anew, for an edit.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do.
    """
    request = ImageRequest(
        prompt=arguments.prompt,
        negative_prompt=arguments.negative,
        model=spec.name,
        width=size[0],
        height=size[1],
        count=arguments.count,
        seed=chosen_seed(arguments),
        steps=steps if arguments.steps is None else arguments.steps,
        guidance_scale=spec.default_guidance if arguments.guidance is None else arguments.guidance,
        controls=chosen_controls(arguments),
        edit=edit,
    )
    return checked(request, spec, paths)
