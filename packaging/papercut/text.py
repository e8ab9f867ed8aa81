"""Owns the tokenizer and the training of the text encoder (a stock CLIPTextModel).

The last tokens of the fixed-length input serve as registers: causal attention lets them see the
whole caption, and training asks register k for the value of slot k. The denoiser thus meets
one disentangled feature for each slot, however the caption is phrased.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

from papercut.captions import vocabulary, write_caption
from papercut.checkpoints import Clock, load, save
from papercut.grammar import SLOTS, Scene, sample_scene
from papercut.training import descend, half_precision, seed_torch, set_learning_rate

MAX_TOKENS = 64
FIRST_REGISTER = MAX_TOKENS - len(SLOTS)
WIDTH = 256
LEARNING_RATE = 1e-3
PAD, UNK, BOS, EOS = "[PAD]", "[UNK]", "[BOS]", "[EOS]"


class _Tokens(Protocol):
    input_ids: Tensor


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A word tokenizer: lower case, punctuation apart, unknown words to [UNK]."""
    words = [PAD, UNK, BOS, EOS, *vocabulary()]
    core = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token=UNK))
    core.normalizer = normalizers.Lowercase()
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\s+"), "removed"), pre_tokenizers.Split(Regex(r"[^a-z0-9]"), "isolated")]
    )
    core.post_processor = processors.TemplateProcessing(single=f"{BOS} $A {EOS}", special_tokens=[(BOS, 2), (EOS, 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=core, model_max_length=MAX_TOKENS, pad_token=PAD, unk_token=UNK, bos_token=BOS, eos_token=EOS,
        padding_side="right", truncation_side="right", clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def encode_captions(tokenizer: PreTrainedTokenizerFast, captions: list[str]) -> Tensor:
    """Token ids, (B, MAX_TOKENS), padded as the pipeline pads them."""
    tokens = tokenizer(captions, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt")
    return cast("_Tokens", tokens).input_ids


def make_text_encoder() -> CLIPTextModel:
    """Three layers of width 256; keyword spotting needs no more."""
    size = len(vocabulary()) + 4
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=size, hidden_size=WIDTH, intermediate_size=2 * WIDTH, num_hidden_layers=3, num_attention_heads=4,
            max_position_embeddings=MAX_TOKENS, projection_dim=WIDTH, bos_token_id=2, eos_token_id=3, pad_token_id=0,
        )
    )  # fmt: skip


class SlotHeads(nn.Module):
    """One linear reading for each register."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(WIDTH, len(values)) for values in SLOTS.values())

    def forward(self, features: Tensor) -> list[Tensor]:
        """Turn features (B, MAX_TOKENS, WIDTH) into one tensor of logits per slot."""
        return [head(features[:, FIRST_REGISTER + k]) for k, head in enumerate(self.heads)]


def _insert_unknown(caption: str, rng: np.random.Generator) -> str:
    words = caption.split(" ")
    for _ in range(int(rng.integers(1, 4))):
        words.insert(int(rng.integers(len(words) + 1)), "zzyzx")
    return " ".join(words)


def draw_captions(count: int, rng: np.random.Generator, *, held_out: bool = False) -> tuple[list[str], Tensor]:
    """Captions and their slot labels, (count, slots); some carry unknown words, a few are empty."""
    captions: list[str] = []
    labels: list[list[int]] = []
    for _ in range(count):
        scene = sample_scene(rng, held_out=held_out)
        caption = write_caption(scene, rng)
        chance = rng.random()
        if chance < 0.02:
            scene, caption = Scene(), ""
        elif chance < 0.2:
            caption = _insert_unknown(caption, rng)
        captions.append(caption)
        labels.append(list(scene.labels().values()))
    return captions, torch.tensor(labels)


def train_text(work: Path, budget_s: float, device: torch.device, *, batch: int = 48) -> None:
    """Train until the time budget is spent, resuming from work/text.pt; prints held-out accuracy at the end."""
    seed_torch(2)
    tokenizer, model, heads = make_tokenizer(), make_text_encoder(), SlotHeads()
    nn.ModuleList([model, heads]).to(device)
    parameters = [*model.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    path = work / "text.pt"
    state = load(path)
    step, spent = 0, 0.0
    if state is not None:
        model.load_state_dict(state["model"])
        heads.load_state_dict(state["heads"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["spent"]
    clock = Clock(budget_s, spent, warmup_steps=60)
    rng = np.random.default_rng([2, step])
    while not clock.over:
        captions, labels = draw_captions(batch, rng)
        ids, labels = encode_captions(tokenizer, captions).to(device), labels.to(device)
        set_learning_rate(optimizer, LEARNING_RATE * clock.factor(step))
        with half_precision(device):
            logits = heads(model(input_ids=ids).last_hidden_state)
        loss = torch.stack(
            [functional.cross_entropy(value.float(), labels[:, k]) for k, value in enumerate(logits)]
        ).sum()
        descend(loss, optimizer, parameters)
        step += 1
        if step % 50 == 0:
            print(f"text step {step} {clock.spent_s:.0f}s loss {loss.item():.4f}", flush=True)
        if step % 200 == 0 or clock.over:
            save(
                {
                    "model": model.state_dict(),
                    "heads": heads.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step,
                    "spent": clock.spent_s,
                },
                path,
            )
    for slot, accuracy in slot_accuracy(work, 1000).items():
        print(f"{slot:10s} {accuracy:.4f}")


@torch.no_grad()
def slot_accuracy(work: Path, count: int) -> dict[str, float]:
    """How often each slot is read rightly from held-out captions."""
    state = load(work / "text.pt")
    assert state is not None
    model, heads, tokenizer = load_text_encoder(work), SlotHeads(), make_tokenizer()
    heads.load_state_dict(state["heads"])
    captions, labels = draw_captions(count, np.random.default_rng(77), held_out=True)
    logits = heads(model(input_ids=encode_captions(tokenizer, captions)).last_hidden_state)
    right = torch.stack([value.argmax(1) == labels[:, k] for k, value in enumerate(logits)], 1).float()
    out = {slot: right[:, k].mean().item() for k, slot in enumerate(SLOTS)}
    out["all slots"] = right.all(1).float().mean().item()
    return out


def load_text_encoder(work: Path) -> CLIPTextModel:
    """The trained text encoder, frozen."""
    state = load(work / "text.pt")
    if state is None:
        raise ValueError(f"no text encoder in {work}; run the text command first")
    model = make_text_encoder()
    model.load_state_dict(state["model"])
    return model.eval().requires_grad_(requires_grad=False)
