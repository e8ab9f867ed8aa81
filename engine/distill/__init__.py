"""Distillation: how a model of many steps becomes one of few. Losses over the Denoiser seam.

Each method is one module that names its paper. It takes Denoisers (engine/models/denoiser.py), so that it trains any
network behind one: a family's U-Net or a recipe's own. Owns no loop, optimiser or data; those are the caller's
(packaging/papercut/distill.py is one).
"""
