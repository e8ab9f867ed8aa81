"""The contract refuses what no engine could do, and survives its own JSON."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInputError, EngineError, error_from_kind, exit_status_of
from engine.messages import (
    MAX_SEED,
    ControlLayer,
    ImageRequest,
    ModelSpec,
    decode_request,
    draw_seed,
    encode_request,
)

SPEC = ModelSpec(name="papercut", title="", family="stable_diffusion", folder="", licence="", max_steps=4, max_side=512)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("prompt", "", "the prompt is empty"),
        ("prompt", " \n ", "the prompt is empty"),
        ("prompt", "a" * 32_001, "32,001 characters"),
        ("prompt", "a\0b", "NUL"),
        ("prompt", "\ud800", "surrogate"),
        ("negative_prompt", "a" * 32_001, "32,001 characters"),
        ("width", 63, "width 63"),
        ("width", 4097, "width 4097"),
        ("height", 0, "height 0"),
        ("height", 256.5, "height is 256.5"),
        ("count", 0, "count 0"),
        ("count", True, "count is True"),
        ("steps", 0, "steps 0"),
        ("seed", -1, "seed -1"),
        ("seed", MAX_SEED + 1, "seed 9223372036854775808"),
        ("guidance_scale", math.nan, "guidance is nan"),
        ("guidance_scale", math.inf, "guidance is inf"),
        ("guidance_scale", -1.0, "guidance -1"),
    ],
)
def test_a_request_that_nobody_could_run_cannot_be_made(field: str, value: object, said: str) -> None:
    """Construction raises a one-line error that names the field and its value."""
    fields: dict[str, object] = {"prompt": "a castle", "seed": 1, field: value}
    with pytest.raises(BadInputError, match=said) as caught:
        ImageRequest(**fields)  # pyright: ignore[reportArgumentType]  # wrong types on purpose
    assert "\n" not in caught.value.message


def test_the_last_seed_of_a_batch_must_be_a_seed() -> None:
    """Picture k has seed + k, so the whole batch has to fit."""
    assert ImageRequest(prompt="a", seed=MAX_SEED, count=1).seed == MAX_SEED
    with pytest.raises(BadInputError, match="use a smaller seed"):
        ImageRequest(prompt="a", seed=MAX_SEED, count=2)


@given(
    prompt=st.text(min_size=1, max_size=200).filter(lambda text: bool(text.strip()) and "\0" not in text),
    seed=st.integers(0, MAX_SEED - 256),
    count=st.integers(1, 256),
    guidance=st.floats(0, 100),
)
def test_a_request_survives_its_json(prompt: str, seed: int, count: int, guidance: float) -> None:
    """What is saved is exactly what was asked for."""
    try:
        request = ImageRequest(prompt=prompt, seed=seed, count=count, guidance_scale=guidance)
    except BadInputError:
        return  # half a surrogate pair; refused above
    assert decode_request(encode_request(request)) == request


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"{}", b'{"type":"image"}', b'{"type":"image","prompt":"a","seed":1,"colour":"red"}', b"\xff\x00"],
)
def test_a_foreign_document_is_no_request(document: bytes) -> None:
    """Anything but a whole request of a known type is refused."""
    with pytest.raises(BadInputError, match="not a request"):
        decode_request(document)


def test_validation_also_guards_decoding() -> None:
    """A stored request with an impossible value does not come back to life."""
    document = encode_request(ImageRequest(prompt="a", seed=1)).replace(b'"seed":1', b'"seed":-1')
    with pytest.raises(BadInputError, match="seed -1"):
        decode_request(document)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"width": 100, "height": 100}, "size 100x100 does not suit papercut; use multiples of 16.*96x96"),
        ({"width": 528}, "size 528x256"),
        ({"steps": 5}, "5 steps is too many"),
        ({"negative_prompt": "people"}, "takes no negative prompt"),
        ({"guidance_scale": 3.0}, "takes no guidance"),
        ({"controls": (ControlLayer(kind="canny", picture="/a.png"),)}, "has no 'canny' control; it has: none"),
    ],
)
def test_a_model_refuses_what_it_cannot_do(changes: dict[str, object], said: str) -> None:
    """The refusal names the model and what would do."""
    request = msgspec.structs.replace(ImageRequest(prompt="a", seed=1), **changes)
    with pytest.raises(BadInputError, match=said):
        SPEC.check(request)


@given(side=st.integers(1, 10_000), multiple=st.sampled_from([8, 16, 32, 48, 64]))
def test_the_nearest_side_is_allowed(side: int, multiple: int) -> None:
    """The size that an error proposes is one that the model takes."""
    spec = msgspec.structs.replace(SPEC, size_multiple=multiple)
    nearest = spec.nearest_side(side)
    assert nearest % multiple == 0
    assert 64 <= nearest <= 512


@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        ((256, 256), (256, 256)),
        ((512, 512), (256, 256)),
        ((288, 288), (256, 256)),
        ((512, 288), (448, 256)),
        ((320, 512), (256, 416)),
        ((512, 256), (512, 256)),
        ((128, 512), (128, 512)),
    ],
)
def test_a_model_of_few_sizes_draws_larger_ones_smaller(asked: tuple[int, int], drawn: tuple[int, int]) -> None:
    """With the shorter side that it knows, in about the same shape; any other model draws what is asked for."""
    assert msgspec.structs.replace(SPEC, trained_sizes=((256, 256),)).drawn_size(*asked) == drawn
    assert SPEC.drawn_size(*asked) == asked


def test_a_model_draws_every_size_that_it_was_trained_at() -> None:
    """Larger ones than its default, too."""
    spec = msgspec.structs.replace(SPEC, trained_sizes=((256, 256), (384, 384)))
    assert spec.drawn_size(384, 384) == (384, 384)
    assert spec.drawn_size(400, 400) == (256, 256)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": math.nan}, "control weight is nan"),
        ({"weight": 2.1}, "control weight 2.1"),
        ({"start": 0.6, "end": 0.5}, "start 0.6 is after its end 0.5"),
        ({"mode": "loud"}, "mode 'loud' is unknown"),
        ({"resize": "melt"}, "resize 'melt' is unknown"),
    ],
)
def test_a_control_layer_is_checked(changes: dict[str, object], said: str) -> None:
    """A control out of its ranges cannot be made."""
    fields: dict[str, object] = {"kind": "canny", "picture": "/a.png", **changes}
    with pytest.raises(BadInputError, match=said):
        ControlLayer(**fields)  # pyright: ignore[reportArgumentType]  # wrong types on purpose


def test_errors_survive_the_border_between_processes() -> None:
    """Kind and message rebuild the engine's class; an unknown kind is still an error. The window's own stay there."""
    named = [error_type for error_type in BadInputError.__subclasses__() if "kind" in vars(error_type)]
    assert len(named) >= 4
    for error_type in (BadInputError, *named):
        rebuilt = error_from_kind(error_type.kind, "what happened; what to do")
        assert type(rebuilt) is error_type
        assert rebuilt.message == "what happened; what to do"
    assert type(error_from_kind("from the future", "x")) is EngineError


def test_exit_status_tells_bad_input_from_failed_work() -> None:
    """2 for what the user can mend in the request, 1 for the rest."""
    statuses = {kind: exit_status_of(kind) for kind in ("bad_input", "bad_model", "bad_output", "disk_full")}
    assert set(statuses.values()) == {2}
    assert {exit_status_of(kind) for kind in ("job_failed", "worker_lost", "service", "cancelled")} == {1}


def test_drawn_seeds_differ() -> None:
    """Two pictures asked for without a seed are two pictures."""
    assert len({draw_seed() for _ in range(100)}) == 100
