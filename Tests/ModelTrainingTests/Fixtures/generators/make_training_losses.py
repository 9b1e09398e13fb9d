"""Writes ../training-losses.json: the first ten losses of ResNet-32 on one batch of 16 images, in plain PyTorch in float32: SGD with
Nesterov's momentum 0.9 and decay 5e-4, learning rate 0.0003 over ten steps, cross-entropy over 10 classes. Weights and images are made
by rule (see residual_network.py), so that the test starts from the same bits. Run with torch 2.11 and numpy:

    python3 make_training_losses.py

The test compares with the float64 losses, 1e-4 relative. Rounding alone drives the float32 run up to 1e-5 away from them; with a higher
learning rate that grows tenfold every few steps.
"""

import json
import pathlib
import sys

import torch

root = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(root / "VisionModelsTests" / "Fixtures" / "generators"))
from residual_network import ResidualNetwork, Values, fill  # noqa: E402


def losses(dtype):
    model = fill(ResidualNetwork(5, 10), seed=32).to(dtype)
    values = Values(77)
    images = values.bytes((16, 32, 32, 3))
    labels = torch.arange(16) % 10
    images = (images.to(dtype) / 255 - torch.tensor([0.5, 0.5, 0.5], dtype=dtype)) / 0.25
    images = images.permute(0, 3, 1, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0003, momentum=0.9, weight_decay=5e-4, nesterov=True)
    result = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


if __name__ == "__main__":
    contents = {
        "generator": "make_training_losses.py", "torch": torch.__version__.split("+")[0], "losses": losses(torch.float32),
        "losses_float64": losses(torch.float64),
    }
    path = pathlib.Path(__file__).parent.parent / "training-losses.json"
    path.write_text(json.dumps(contents, indent=1) + "\n")
    print(contents)
