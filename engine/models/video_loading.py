"""A video model for a spec: which family loads it.

Owns the choice, and that nothing of a family is imported before it is wanted. Loading is the families'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BadModelError
from engine.models.stock import narrow_imports

if TYPE_CHECKING:
    from typing import TypeGuard

    import torch

    from engine.messages import ModelSpec
    from engine.models.families.video_unet import VideoUNet
    from engine.models.video_model import VideoModel


U_NETS = ("motion_unet", "unet3d")


def is_video_unet(_model: VideoModel, spec: ModelSpec) -> TypeGuard[VideoUNet]:
    """Whether this model, loaded for the spec, is a U-Net: asking for the class would import them everywhere."""
    return spec.video is not None and spec.video.family in U_NETS


def load_video_model(spec: ModelSpec, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> VideoModel:
    """Check the spec's folder and load its networks.

    Raises:
        BadModelError: A file is missing, damaged, altered or unsafe, or this version does not know the family.
    """
    family = "" if spec.video is None else spec.video.family
    if family in U_NETS:
        with narrow_imports():
            from engine.models.families.video_unet_loading import load_video_unet  # noqa: PLC0415 -- seconds

        return load_video_unet(spec, device, dtype, channels_last=channels_last)
    if family == "wan":
        from engine.models.families.wan import Wan  # noqa: PLC0415 -- a family is imported when it is wanted

        return Wan.load(spec, device, dtype)
    if family == "ltx":
        from engine.models.families.ltx import Ltx  # noqa: PLC0415 -- the same

        return Ltx.load(spec, device, dtype)
    raise BadModelError(f"{spec.name} has the video family {family!r}, which this version cannot run; update Onetake")
