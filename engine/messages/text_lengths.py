"""How many tokens of a prompt a text encoder reads, where no file of the model says so: what its pipeline was
published with. The ends of a text and a template around it count among them.
"""

from __future__ import annotations

FLUX_TOKENS, SCHNELL_TOKENS = 512, 256
SD3_TOKENS = 256
"""Of T5; its CLIPs read as many as they have positions."""
PIXART_TOKENS = {"PixArtAlphaPipeline": 120, "PixArtSigmaPipeline": 300}
QWEN_IMAGE_TOKENS = 1024
"""Behind the instruction that stands before every prompt."""
Z_IMAGE_TOKENS = 512
WAN_TOKENS = 512
LTX_TOKENS = 128
