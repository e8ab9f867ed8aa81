"""Overlapped windows of latent frames: long takes with networks that attend to a whole clip at once.

Owns: where windows lie, which rank computes which, what travels for it, and the blend of their estimates.
Does not own: the network that estimates a window (engine.models.families), or the wire (mesh.py).

A window is denoised by the unmodified network, as a clip of its trained length. Windows start at multiples of the
stride within the shot; where the last of them would leave frames over, one more ends with the shot. A rank computes
the windows whose middle frame is in its run. In each step it gets the noisy latents that its windows reach beyond its
run, and gives other ranks its estimates of their frames. Each frame is the sum of all estimates of it with fixed
weights, added in fp32 in the order of the windows, so that it does not depend on which rank made them.

Bytes that a rank receives in one call, for latents of E numbers a frame:
    4 * E * (frames that its windows reach outside of its run + frames of its run in windows of other ranks)
each counted once for every window that it is in.
Source: MultiDiffusion, Bar-Tal et al., arXiv:2302.08113, along time; the weights are those of FreeNoise,
arXiv:2310.15169, section 3.3, which for windows that overlap by at most a half is a linear cross-fade.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.parallel.exchange import Exchange
from engine.parallel.mesh import Mesh, Parcel
from engine.parallel.partition import Partition
from engine.parallel.scopes import pyramid_weights

FP32_BYTES = 4

WindowEstimate = Callable[[Tensor, int], Tensor]
"""Clean latents of a window: of its noisy latents (1, C, T, h, w) and its middle frame's place in the rank's run."""


@dataclass(frozen=True)
class LatentWindow:
    """A clip that the network sees as a whole; `shares` are its parts in its frames, 1 in all for each frame."""

    frames: range
    shares: tuple[float, ...]

    @property
    def middle(self) -> int:
        """The frame whose rank computes the window, and whose prompt the window gets."""
        return self.frames[len(self.frames) // 2]

    def within(self, run: range) -> range:
        """The window's frames in `run`."""
        return range(max(self.frames.start, run.start), min(self.frames.stop, run.stop))


@dataclass(frozen=True)
class Layout:
    """Windows of `length` frames every `stride` frames of a shot; a shorter shot is one window."""

    length: int
    stride: int

    def __post_init__(self) -> None:
        if not 1 <= self.stride <= self.length:
            raise ValueError(f"stride {self.stride} with windows of {self.length} frames; use 1 to {self.length}")

    def of_shot(self, shot: range) -> tuple[LatentWindow, ...]:
        """The windows of a shot, in order of their frames."""
        length = min(self.length, len(shot))
        spans = [range(start, start + length) for start in range(shot.start, shot.stop - length + 1, self.stride)]
        if spans[-1].stop < shot.stop:
            spans.append(range(shot.stop - length, shot.stop))
        weights = pyramid_weights(length)
        totals = dict.fromkeys(shot, 0.0)
        for span in spans:
            for frame, weight in zip(span, weights, strict=True):
                totals[frame] += weight
        return tuple(
            LatentWindow(span, tuple(weight / totals[frame] for frame, weight in zip(span, weights, strict=True)))
            for span in spans
        )

    def of_take(self, shots: Sequence[range]) -> tuple[LatentWindow, ...]:
        """The windows of all shots, in order."""
        return tuple(window for shot in shots for window in self.of_shot(shot))

    def needed(self, shot: range, run: range) -> tuple[int, ...]:
        """Frames outside of `run`, a part of `shot`, in windows that have their middle in it, ascending."""
        reached = {frame for window in self.of_shot(shot) if window.middle in run for frame in window.frames}
        return tuple(sorted(reached.difference(run)))


def received_bytes(partition: Partition, rank: int, layout: Layout, elements: int) -> int:
    """The formula above, for one rank; `elements` is E, the numbers in the latents of a frame."""
    run = partition.runs[rank]
    reached = sum(len(layout.needed(shot, part)) for shot, part in partition.pieces(rank))
    others = [window for window in layout.of_take(partition.shots) if window.middle not in run]
    return FP32_BYTES * elements * (reached + sum(len(window.within(run)) for window in others))


class Windows:
    """One rank's part in the windows of a take."""

    def __init__(self, mesh: Mesh, partition: Partition, layout: Layout) -> None:
        """Plan it for one mesh and partition of latent frames."""
        self._mesh = mesh
        self._partition = partition
        self._exchange = Exchange(mesh, partition, layout, "latents")
        run = self._run = partition.runs[mesh.rank]
        everything = layout.of_take(partition.shots)
        self._touching = [window for window in everything if len(window.within(run))]
        self._in_order_made = sorted(self._touching, key=self._when_made)

    def denoise(self, latents: Tensor, estimate: WindowEstimate) -> Tensor:
        """Clean latents of this rank's run. Called on all ranks alike, also on one without frames.

        Args:
            latents: Noisy, (1, C, T, h, w), fp32, T the length of this rank's run.
            estimate: Asked once for each of the rank's windows.

        Returns:
            (1, C, T, h, w), fp32.
        """
        pending = self._exchange.begin(latents, dim=2)
        estimates = self._room(latents)
        arriving = [
            Parcel(self._owner(window), estimates[window.frames.start])
            for window in self._in_order_made
            if window.frames.start in estimates
        ]
        deliveries = [self._mesh.post("estimates", [], arriving)]
        reached: list[Tensor] | None = None
        for window in self._in_order_made:
            if window.middle not in self._run:
                continue
            if len(window.within(self._run)) == len(window.frames):
                noisy = latents[:, :, window.frames.start - self._run.start : window.frames.stop - self._run.start]
            else:
                reached = pending.finish(latents) if reached is None else reached
                noisy = self._cut(reached, window)
            clean = estimate(noisy, window.middle - self._run.start).float()
            assert clean.shape == noisy.shape, f"an estimate of {tuple(clean.shape)} for {tuple(noisy.shape)}"
            sends = [
                Parcel(peer, _part(clean, window, run).contiguous())
                for peer, run in enumerate(self._partition.runs)
                if peer != self._mesh.rank and len(window.within(run))
            ]
            if sends:
                deliveries.append(self._mesh.post("estimates", sends, []))
            estimates[window.frames.start] = _part(clean, window, self._run)
        if reached is None:
            pending.finish(latents)
        for delivery in deliveries:
            delivery.wait()
        return self._blend(estimates, latents)

    def _owner(self, window: LatentWindow) -> int:
        return self._partition.owner(window.middle)

    def _when_made(self, window: LatentWindow) -> tuple[bool, int]:
        """The order in which a rank makes its windows, and so the order in which others get them.

        What needs no other rank's latents comes first: theirs arrive meanwhile.
        """
        own = self._partition.runs[self._owner(window)]
        return len(window.within(own)) < len(window.frames), window.frames.start

    def _room(self, latents: Tensor) -> dict[int, Tensor]:
        """Room for what other ranks estimate of this rank's frames, by the window's first frame."""
        return {
            window.frames.start: latents.new_empty(
                (*latents.shape[:2], len(window.within(self._run)), *latents.shape[3:]), dtype=torch.float32
            )
            for window in self._touching
            if window.middle not in self._run
        }

    def _cut(self, reached: Sequence[Tensor], window: LatentWindow) -> Tensor:
        """The window's latents out of those of the piece that its middle is in."""
        for piece, latents in zip(self._exchange.pieces, reached, strict=True):
            if window.middle in piece.run:
                start = window.frames.start - piece.frames[0]
                return latents[:, :, start : start + len(window.frames)]
        raise AssertionError(f"window {window.frames} has its middle in no piece")

    def _blend(self, estimates: dict[int, Tensor], latents: Tensor) -> Tensor:
        total = torch.zeros_like(latents, dtype=torch.float32)
        for window in self._touching:
            frames = window.within(self._run)
            first = frames.start - window.frames.start
            shares = torch.tensor(window.shares[first : first + len(frames)], device=latents.device)
            target = total[:, :, frames.start - self._run.start : frames.stop - self._run.start]
            target += estimates[window.frames.start] * shares[:, None, None]
        return total


def _part(clean: Tensor, window: LatentWindow, run: range) -> Tensor:
    """The frames of `run` in a window's estimate."""
    frames = window.within(run)
    return clean[:, :, frames.start - window.frames.start : frames.stop - window.frames.start]
