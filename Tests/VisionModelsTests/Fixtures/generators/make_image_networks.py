"""Writes, beside this folder, weights/<name>.pth and image-networks.json: narrow residual networks and transformers of timm (whose
residual networks have torchvision's keys), with scores and gradients for three images; and of each network of the registry in full size,
made by torchvision or timm on a device without memory, the number of parameters, the multiply-accumulates, and a digest of keys and shapes.
Run with torch 2.11, torchvision 0.26, timm 1.0 and numpy: python3 make_image_networks.py

Weights come from `fill`. Tolerance of the tests: 1e-4 relative plus 1e-4 absolute, because convolutions add in another order.
"""

import json
import math
import pathlib

import timm
import torch
import torchvision
from timm.models.deit import VisionTransformerDistilled
from timm.models.resnet import BasicBlock, Bottleneck, ResNet
from timm.models.vision_transformer import VisionTransformer
from torch import nn
from torch.nn import functional as F

from residual_network import Values, fill

SE = dict(attn_layer="se")
LABELS = torch.tensor([1, 4, 2])


def narrow():
    shape = dict(img_size=48, embed_dim=24, depth=2, num_heads=3, num_classes=5)
    return {
        "basic": ResNet(BasicBlock, (1, 2, 1, 1), 5, channels=(8, 12, 16, 24)),
        "bottleneck": ResNet(Bottleneck, (1, 2, 1, 1), 5, channels=(4, 8, 8, 12)),
        "wide": ResNet(Bottleneck, (1, 1, 1, 1), 5, base_width=128, channels=(4, 8, 8, 12)),
        "grouped": ResNet(Bottleneck, (1, 1, 2, 1), 5, cardinality=4, base_width=16, channels=(8, 16, 16, 16)),
        "gatedBasic": ResNet(BasicBlock, (1, 1, 1, 1), 5, channels=(8, 12, 16, 24), block_args=SE),
        "gatedGrouped": ResNet(
            Bottleneck, (1, 1, 1, 1), 5, cardinality=4, base_width=16, channels=(8, 16, 16, 16), block_args=SE),
        "transformer": VisionTransformer(**shape, dynamic_img_size=True),
        "distilled": VisionTransformerDistilled(**shape),
    }


def scores(model, images):
    if not isinstance(model, VisionTransformerDistilled):
        return model(images), []
    tokens = model.forward_features(images)
    both = [model.head(tokens[:, 0]), model.head_dist(tokens[:, 1])]
    return (both[0] + both[1]) / 2, both


def narrow_case(name, model, seed, folder):
    fill(model, seed)
    torch.save(model.state_dict(), folder / f"{name}.pth")
    state = {key: list(tensor.shape) for key, tensor in model.state_dict().items()}
    images = Values(1000 + seed).uniform((3, 3, 48, 48), -2, 2)
    with torch.no_grad():
        evaluation, experts = scores(model.eval(), images)
        # Images of another size: another grid of patches, or just larger maps.
        large = Values(2000 + seed).uniform((1, 3, 80, 64), -2, 2)
        other = [] if name == "distilled" else model(large).flatten().tolist()
    model.train()
    training, _ = scores(model, images)
    F.cross_entropy(training, LABELS).backward()
    return {
        "seed": seed, "keys": list(state), "shapes": list(state.values()), "evaluation": evaluation.flatten().tolist(),
        "experts": [expert.flatten().tolist() for expert in experts], "otherSize": other,
        "training": training.flatten().tolist(),
        # Length and a projection of each gradient, as a whole one would be large.
        "gradientNorms": {key: p.grad.norm().item() for key, p in model.named_parameters()},
        "gradientSums": {
            key: (p.grad.flatten() * torch.cos(torch.arange(p.numel()))).sum().item() for key, p in model.named_parameters()
        },
    }


def fnv(text):
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = ((digest ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{digest:016x}"


def operations(model, side):
    total = 0

    def count(module, inputs, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output.numel() * math.prod(module.weight.shape[1:])
        elif isinstance(module, nn.Linear):
            total += output.numel() * module.in_features
        elif type(module).__name__ == "Attention":
            batch, tokens, width = inputs[0].shape
            total += 2 * batch * tokens * tokens * width

    for module in model.modules():
        module.register_forward_hook(count)
    model.eval()(torch.zeros(1, 3, side, side, device="meta"))
    return total


def full():
    residual = torchvision.models
    with torch.device("meta"):
        block = torchvision.models.resnet.BasicBlock
        yield "resnet10", torchvision.models.resnet.ResNet(block, [1, 1, 1, 1])
        for name in ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
                     "wide_resnet50_2", "wide_resnet101_2"):
            yield name, getattr(residual, name)()
        names = ["resnext101_32x4d", "seresnet18", "seresnet34", "seresnet50", "seresnet101", "seresnet152",
                 "seresnext50_32x4d", "seresnext101_32x4d"]
        for size in ("tiny", "small", "base"):
            names += [f"{kind}_{size}_{rest}" for kind, rest in
                      [("vit", "patch16_224"), ("deit", "patch16_224"), ("deit", "distilled_patch16_224")]]
        for name in names:
            yield name, timm.create_model(name)


if __name__ == "__main__":
    top = pathlib.Path(__file__).parent.parent
    (top / "weights").mkdir(exist_ok=True)
    cases = {
        name: narrow_case(name, model, seed, top / "weights") for seed, (name, model) in enumerate(narrow().items(), start=1)
    }
    registry = {}
    for name, model in full():
        state = model.state_dict()
        text = "".join(f"{key}:{','.join(map(str, tensor.shape))}\n" for key, tensor in state.items())
        registry[name] = {
            "tensors": len(state), "parameters": sum(p.numel() for p in model.parameters()),
            "operations": operations(model, 224), "layout": fnv(text),
        }
    contents = {
        "generator": "make_image_networks.py", "torch": torch.__version__.split("+")[0],
        "torchvision": torchvision.__version__.split("+")[0], "timm": timm.__version__, "cases": cases,
        "registry": registry,
    }
    (top / "image-networks.json").write_text(json.dumps(contents) + "\n")
