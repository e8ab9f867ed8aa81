"""`onetake edit`: a picture made anew, in whole, in part or beyond its border, through the engine service."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.arguments import Commands, add_command, find_named_model, output_path, parse_size
from app.cli.console import Console
from app.cli.jobs import add_detach, run_job
from app.cli.pictures import add_picture_options, picture_request
from engine.messages import (
    EDIT_METHODS,
    MASKED_CONTENTS,
    EditMethod,
    ImageRequest,
    Margins,
    ModelSpec,
    PictureEdit,
)
from engine.paths import Paths

_STRENGTH: dict[EditMethod, float] = {"img2img": 0.75, "inpaint": 1.0, "outpaint": 1.0, "cycle": 0.8}


def add_to(commands: Commands) -> None:
    """Add `edit` to the command line."""
    parser = add_command(commands, "edit", "make a picture anew, in whole, in part or beyond its border", run)
    parser.add_argument("picture", metavar="IN", help="PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF; it is not changed")
    parser.add_argument("prompt", metavar="PROMPT", help="what the whole result shows")
    parser.add_argument(
        "--method",
        choices=EDIT_METHODS,
        help="img2img: all of it; inpaint: the mask; outpaint: new margins; cycle: the same picture in other words, "
        "with --source-prompt (default: by what is given)",
    )
    parser.add_argument("--source-prompt", default="", metavar="TEXT", help="cycle: what the picture shows")
    parser.add_argument(
        "--strength",
        type=float,
        metavar="S",
        help="up to 1; less keeps more (default: 0.75, with a mask 1, for cycle 0.8)",
    )
    _add_mask(parser)
    for side in Margins.__struct_fields__:
        parser.add_argument(f"--{side}", type=int, default=0, metavar="N", help=f"outpaint: pixels to add, {side}")
    add_picture_options(
        parser,
        steps="of the whole schedule (default: the model's for edits)",
        size="at which the model works (default: by the picture)",
        control="a control picture for the whole result; may be given several times",
    )
    parser.add_argument(
        "--resize", default="crop", choices=("stretch", "crop", "fit"), help="img2img, cycle: to --size (default: crop)"
    )
    parser.add_argument("--frame", type=int, metavar="N", help="which frame of an animation, counted from 0")
    add_detach(parser)


def _add_mask(parser: argparse.ArgumentParser) -> None:
    usual = PictureEdit(picture="-")
    parser.add_argument(
        "--mask", metavar="FILE", help="white is made anew, other pixels stay (default: transparent parts)"
    )
    parser.add_argument("--invert", action="store_true", help="black is made anew")
    parser.add_argument(
        "--content",
        default=usual.content,
        choices=MASKED_CONTENTS,
        help=f"what the masked part starts from (default: {usual.content})",
    )
    parser.add_argument(
        "--area", default=usual.area, choices=("picture", "masked"), help=f"what the model sees (default: {usual.area})"
    )
    parser.add_argument(
        "--padding",
        type=int,
        default=usual.padding,
        metavar="N",
        help=f"pixels around the mask that it sees with --area masked (default: {usual.padding})",
    )
    parser.add_argument(
        "--feather",
        type=int,
        default=usual.feather,
        metavar="N",
        help=f"pixels of soft border outside the mask (default: {usual.feather})",
    )


def run(arguments: argparse.Namespace, paths: Paths, console: Console) -> int:
    """Submit the request; wait for it unless detached."""
    return run_job(build_request(arguments, paths), output_path(arguments), console, paths, detach=arguments.detach)


def build_request(arguments: argparse.Namespace, paths: Paths) -> ImageRequest:
    """The frozen request of these arguments, with the model's defaults filled in.

    Raises:
        BadInputError: Anything in them that no model, or not this model, can do, or wrong with the picture.
    """
    spec = find_named_model(arguments.model, paths)
    edit = _edit(arguments)
    size = parse_size(arguments.size) if arguments.size else _size(edit, spec)
    return picture_request(arguments, spec, paths, size=size, steps=spec.edit_steps or spec.default_steps, edit=edit)


def _edit(arguments: argparse.Namespace) -> PictureEdit:
    margins = Margins(left=arguments.left, top=arguments.top, right=arguments.right, bottom=arguments.bottom)
    method: EditMethod = arguments.method or _usual_method(arguments, margins)
    return PictureEdit(
        picture=str(Path(arguments.picture).expanduser().absolute()),
        method=method,
        strength=_STRENGTH[method] if arguments.strength is None else arguments.strength,
        mask=str(Path(arguments.mask).expanduser().absolute()) if arguments.mask else "",
        invert_mask=arguments.invert,
        margins=margins,
        content=arguments.content,
        area=arguments.area,
        padding=arguments.padding,
        feather=arguments.feather,
        resize=arguments.resize,
        frame=arguments.frame,
        source_prompt=arguments.source_prompt,
    )


def _usual_method(arguments: argparse.Namespace, margins: Margins) -> EditMethod:
    if not margins.is_empty:
        return "outpaint"
    if arguments.mask:
        return "inpaint"
    return "cycle" if arguments.source_prompt else "img2img"


def _size(edit: PictureEdit, spec: ModelSpec) -> tuple[int, int]:
    """The model's own for a part of the picture, else one near that of the picture with its margins."""
    # Only here: it loads NumPy, which few commands need.
    from engine.media.reading import inspect_picture

    source = inspect_picture(Path(edit.picture))
    if edit.area == "masked" and edit.is_masked:
        return spec.default_width, spec.default_height
    margins = edit.margins
    return spec.edit_size(source.width + margins.left + margins.right, source.height + margins.top + margins.bottom)
