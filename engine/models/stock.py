"""Networks of a model folder, built by their stock diffusers classes from checked local files.

Owns the only imports of diffusers for inference, and keeps them narrow. Does not check files (engine.models.folder).
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, cast

import torch
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]

from engine.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from torch import Tensor, nn

    from engine.models.folder import Component

_MODULE_OF_CLASS = {
    "UNet2DConditionModel": "diffusers.models.unets.unet_2d_condition",
    "ControlNetModel": "diffusers.models.controlnets.controlnet",
    "ControlNetUnionModel": "diffusers.models.controlnets.controlnet_union",
    "T2IAdapter": "diffusers.models.adapter",
    "UNetMotionModel": "diffusers.models.unets.unet_motion_model",
    "MotionAdapter": "diffusers.models.unets.unet_motion_model",
    "UNet3DConditionModel": "diffusers.models.unets.unet_3d_condition",
    "SD3Transformer2DModel": "diffusers.models.transformers.transformer_sd3",
    "FluxTransformer2DModel": "diffusers.models.transformers.transformer_flux",
    "SD3ControlNetModel": "diffusers.models.controlnets.controlnet_sd3",
    "FluxControlNetModel": "diffusers.models.controlnets.controlnet_flux",
    "QwenImageTransformer2DModel": "diffusers.models.transformers.transformer_qwenimage",
    "QwenImageControlNetModel": "diffusers.models.controlnets.controlnet_qwenimage",
    "AutoencoderKLQwenImage": "diffusers.models.autoencoders.autoencoder_kl_qwenimage",
    "ZImageTransformer2DModel": "diffusers.models.transformers.transformer_z_image",
    "ZImageControlNetModel": "diffusers.models.controlnets.controlnet_z_image",
    "PixArtTransformer2DModel": "diffusers.models.transformers.pixart_transformer_2d",
    "BasicTransformerBlock": "diffusers.models.attention",
    "WanTransformer3DModel": "diffusers.models.transformers.transformer_wan",
    "LTXVideoTransformer3DModel": "diffusers.models.transformers.transformer_ltx",
    "AutoencoderKLWan": "diffusers.models.autoencoders.autoencoder_kl_wan",
    "AutoencoderKLLTXVideo": "diffusers.models.autoencoders.autoencoder_kl_ltx",
    "AutoencoderTiny": "diffusers.models.autoencoders.autoencoder_tiny",
    "AutoencoderKL": "diffusers.models.autoencoders.autoencoder_kl",
}
# Large text encoders, next to whose loading the seconds of an ordinary import do not count.
_TEXT_MODULE_OF_CLASS = {
    "T5EncoderModel": "transformers.models.t5.modeling_t5",
    "UMT5EncoderModel": "transformers.models.umt5.modeling_umt5",
    "Qwen2_5_VLForConditionalGeneration": "transformers.models.qwen2_5_vl.modeling_qwen2_5_vl",
    "Qwen3Model": "transformers.models.qwen3.modeling_qwen3",
}
# Packages whose __init__ imports every model or hook there is.
_CROWDED_PACKAGES = (
    "diffusers.hooks",
    "diffusers.models.autoencoders",
    "diffusers.models.controlnets",
    "diffusers.models.transformers",
    "diffusers.models.unets",
)


class _StockClass(Protocol):
    def from_pretrained(self, folder: str, **options: object) -> tuple[nn.Module, Mapping[str, list[str]]]:
        """Build the network from a folder, and say which weights it did not find there."""
        ...


def load_network(component: Component, dtype: torch.dtype) -> nn.Module:
    """Build the component's stock class with its weights, on the CPU and in evaluation mode.

    Raises:
        BadModelError: The configuration or the weights do not fit the class.
    """
    stock = cast("_StockClass", stock_class(component.class_name))
    try:
        network, report = stock.from_pretrained(
            str(component.folder),
            use_safetensors=True,
            local_files_only=True,
            dtype=dtype,
            variant=component.variant,
            output_loading_info=True,
        )
    except Exception as error:  # the library raises whatever a wrong configuration leads to
        if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "can't allocate memory" in str(error):
            raise  # getting the model again would not help
        raise BadModelError(
            f"{component.folder} does not fit its class {component.class_name} ({_first_line(error)}); "
            "get the model again"
        ) from error
    if missing := report["missing_keys"]:
        # diffusers would go on with random numbers in their place.
        raise BadModelError(f"{component.weights[0]}: weight {min(missing)} is missing; get the model again")
    return network.eval().requires_grad_(requires_grad=False)


def load_placed(component: Component, device: torch.device, dtype: torch.dtype, *, channels_last: bool) -> nn.Module:
    """The same on its device, with the channels of its convolutions innermost if that is wanted.

    Raises:
        BadModelError: As `load_network`.
    """
    return place_network(load_network(component, dtype), device, channels_last=channels_last)


def place_network(network: nn.Module, device: torch.device, *, channels_last: bool) -> nn.Module:
    """The network on its device, with the channels of its convolutions innermost if that is wanted."""
    memory_format = torch.channels_last if channels_last else torch.preserve_format
    return network.to(device).to(memory_format=memory_format)  # pyright: ignore[reportCallIssue, reportUnknownVariableType]


def read_weights(component: Component) -> dict[str, Tensor]:
    """All tensors of the component's checked files, by name."""
    weights: dict[str, Tensor] = {}
    for file in component.weights:
        weights |= load_file(file)
    return weights


def stock_class(name: str) -> type:
    """The diffusers or transformers class of that name, importing little more than its own module."""
    if name in _TEXT_MODULE_OF_CLASS:
        os.environ["HF_HUB_OFFLINE"] = "1"
        return cast("type", getattr(importlib.import_module(_TEXT_MODULE_OF_CLASS[name]), name))
    with narrow_imports():
        module = importlib.import_module(_MODULE_OF_CLASS[name])
    return cast("type", getattr(module, name))


@contextmanager
def narrow_imports() -> Generator[None]:
    """Leave out what diffusers imports at its start and inference never uses: 8 of 11 seconds on two cores.

    Packages that import all their modules become plain namespaces, torch's compiler front end a stand-in whose
    decorators do nothing, and PEFT, scipy and transformers count as absent. All of it ends with the block, so that a
    later ordinary import finds the ordinary packages. Made for the pinned diffusers; a test loads every class so.
    """
    # Read by huggingface_hub at its import: no code path may reach the network.
    os.environ["HF_HUB_OFFLINE"] = "1"
    if "diffusers.models.unets" in sys.modules:  # someone has imported diffusers in full: nothing to save
        yield
        return
    placed: dict[str, ModuleType] = {}
    if "torch._dynamo" not in sys.modules:
        placed["torch._dynamo"] = _compiler_stand_in()
    sys.modules.update(placed)
    try:
        flags = importlib.import_module("diffusers.utils.import_utils")
        hidden = {
            name: getattr(flags, name) for name in ("_peft_available", "_scipy_available", "_transformers_available")
        }
        for name in hidden:
            setattr(flags, name, False)
        for name in _CROWDED_PACKAGES:
            sys.modules[name] = placed[name] = _namespace(name)
        try:
            yield
        finally:
            for name, value in hidden.items():
                setattr(flags, name, value)
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        # These have looked at what counted as absent; an ordinary import must look again.
        for name in [name for name in sys.modules if name.startswith("diffusers.loaders")]:
            del sys.modules[name]


def leave_peft_out() -> None:
    """For a process that only computes: no network asks PEFT any more, should it be installed.

    diffusers would import it, and with it transformers' models, in the first pass of a network (4 seconds), and look
    through all modules for its layers before and after each. Nothing in the engine is a layer of PEFT.
    """
    with narrow_imports():
        utils = importlib.import_module("diffusers.utils")
    utils.__dict__["USE_PEFT_BACKEND"] = False  # what each pass asks


def _namespace(name: str) -> ModuleType:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    module = ModuleType(name)
    module.__spec__ = spec
    module.__path__ = list(spec.submodule_search_locations or ())
    return module


def _compiler_stand_in() -> ModuleType:
    def unchanged(function: object = None, *_args: object, **_options: object) -> object:
        return function if function is not None else unchanged

    module = ModuleType("torch._dynamo")
    attributes: dict[str, Callable[..., object]] = {"allow_in_graph": unchanged, "disable": unchanged}
    for name, value in attributes.items():
        setattr(module, name, value)
    return module


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
