"""Papercut, the embedded text-to-image model: its scene grammar, its renderer and its training recipe."""
