"""Writes ../optimizers.json: parameters after each of six updates, computed with torch.optim in float32.

Loss: sum of sin(k * w) over all elements, with k = 1, 1.1, 1.2, ... counted over both parameters; its gradient depends on
the place, so that an optimiser that looks at the wrong point is found. Run with torch 2.11:

    python3 make_optimizers.py

Tolerance of the tests: 2e-6 relative plus 2e-7. The fused and the plain implementations round in different orders.
"""

import json
import pathlib

import torch

START = {"layer.weight": [[0.5, -1.25, 2.0], [0.125, -0.75, 1.5]], "layer.bias": [0.25, -0.5, 1.0]}
RATES = [0.1, 0.1, 0.05, 0.2, 0.01, 0.1]


def loss(weight, bias):
    values = torch.cat([weight.flatten(), bias])
    return torch.sin(values * (1 + 0.1 * torch.arange(9, dtype=torch.float32))).sum()


def run(make, clipping=None, radius=None, decay=None):
    weight, bias = (torch.tensor(START[name], requires_grad=True) for name in START)
    optimizer = make(weight, bias)
    averages = [weight.detach().clone(), bias.detach().clone()]
    steps = []
    for rate in RATES:
        for group in optimizer.param_groups:
            group["lr"] = rate * group.get("factor", 1)
        optimizer.zero_grad()
        loss(weight, bias).backward()
        if radius is not None:
            origin = [weight.detach().clone(), bias.detach().clone()]
            norm = torch.linalg.vector_norm(torch.cat([weight.grad.flatten(), bias.grad]))
            with torch.no_grad():
                for parameter in (weight, bias):
                    parameter.add_(parameter.grad * (radius / (norm + 1e-12)))
            optimizer.zero_grad()
            loss(weight, bias).backward()
            with torch.no_grad():
                for parameter, value in zip((weight, bias), origin):
                    parameter.copy_(value)
        if clipping is not None:
            torch.nn.utils.clip_grad_norm_([weight, bias], clipping)
        optimizer.step()
        for average, parameter in zip(averages, (weight, bias)):
            average.mul_(decay or 0).add_(parameter.detach(), alpha=1 - (decay or 0))
        shown = averages if decay is not None else [weight.detach(), bias.detach()]
        steps.append({"layer.weight": shown[0].tolist(), "layer.bias": shown[1].tolist()})
    return steps


def sgd(decay=0.0, nesterov=False, momentum=0.9):
    return lambda w, b: torch.optim.SGD([w, b], lr=0.1, momentum=momentum, weight_decay=decay, nesterov=nesterov)


def groups(kind, **options):
    return lambda w, b: kind(
        [{"params": [w], "weight_decay": 0.05}, {"params": [b], "weight_decay": 0.0, "factor": 0.5}], lr=0.1, **options)


CASES = {
    "sgd": run(sgd()),
    "sgd without momentum": run(sgd(decay=0.1, momentum=0)),
    "sgd with decay": run(sgd(decay=0.05)),
    "sgd nesterov with decay": run(sgd(decay=0.05, nesterov=True)),
    "sgd clipped": run(sgd(decay=0.05, nesterov=True), clipping=0.5),
    "sgd not clipped": run(sgd(), clipping=100.0),
    "sgd with groups": run(groups(torch.optim.SGD, momentum=0.9)),
    "adamw": run(lambda w, b: torch.optim.AdamW([w, b], lr=0.1, weight_decay=0.05, foreach=False)),
    "adamw with groups": run(groups(torch.optim.AdamW, betas=(0.8, 0.95), eps=1e-6, foreach=False)),
    "adamw clipped": run(lambda w, b: torch.optim.AdamW([w, b], lr=0.1, weight_decay=0.0, foreach=False), clipping=0.5),
    "sharpness-aware": run(sgd(decay=0.05), radius=0.3),
    "sharpness-aware clipped": run(sgd(decay=0.05), radius=0.3, clipping=0.5),
    "average": run(sgd(decay=0.05), decay=0.8),
}

if __name__ == "__main__":
    contents = {
        "generator": "make_optimizers.py", "torch": torch.__version__.split("+")[0], "start": START, "rates": RATES, "cases": CASES,
    }
    path = pathlib.Path(__file__).parent.parent / "optimizers.json"
    path.write_text(json.dumps(contents, indent=1) + "\n")
