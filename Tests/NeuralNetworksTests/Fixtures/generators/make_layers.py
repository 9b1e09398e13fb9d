"""Writes ../layers.json: results and gradients of single layers in PyTorch (timm where PyTorch has no such layer).
Run with torch 2.11, timm 1.0 and numpy: python3 make_layers.py

Weights, inputs and the weights of the loss come from `Values`, which the tests make too. The loss is the weighted sum of the output.
Tolerance of the tests: 2e-5 relative plus 2e-6 absolute, because sums are added in another order.
"""

import json
import pathlib
import sys

import timm
import torch
from timm.layers import Attention, Mlp, SEModule
from torch import nn

tests = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(tests / "VisionModelsTests/Fixtures/generators"))
from residual_network import Values, fill  # noqa: E402


def case(module, shape, seed):
    fill(module, seed)
    values = Values(100 + seed)
    inputs = values.uniform(shape, -2, 2).requires_grad_()
    output = module(inputs)
    (output * values.uniform(tuple(output.shape), 0.5, 1.5)).sum().backward()
    return {
        "seed": seed, "shape": list(shape), "outputShape": list(output.shape), "output": output.flatten().tolist(),
        "inputGradient": inputs.grad.flatten().tolist(),
        "gradients": {name: p.grad.flatten().tolist() for name, p in module.named_parameters()},
    }


if __name__ == "__main__":
    cases = {
        "layerNormalization": case(nn.LayerNorm(6, eps=1e-6), (2, 3, 6), 1),
        "gelu": case(nn.GELU(), (4, 5), 2),
        "silu": case(nn.SiLU(), (4, 5), 3),
        "relu": case(nn.ReLU(), (4, 5), 4),
        "maxPooling": case(nn.MaxPool2d(3, 2, 1), (2, 3, 7, 6), 5),
        "groupedConvolution": case(nn.Conv2d(8, 12, 3, 2, 1, groups=4), (2, 8, 7, 5), 6),
        "attention": case(Attention(12, num_heads=3, qkv_bias=True), (2, 5, 12), 7),
        "attentionWithoutBias": case(Attention(12, num_heads=2, qkv_bias=False), (2, 4, 12), 8),
        "feedForward": case(Mlp(12, 24), (2, 3, 12), 9),
        "squeezeExcitation": case(SEModule(16, rd_channels=8), (2, 16, 3, 3), 10),
        "linear": case(nn.Linear(4, 3), (2, 3, 4), 11),
    }
    contents = {
        "generator": "make_layers.py", "torch": torch.__version__.split("+")[0], "timm": timm.__version__, "cases": cases,
    }
    (pathlib.Path(__file__).parent.parent / "layers.json").write_text(json.dumps(contents) + "\n")
