"""Writes ../residual-networks.json: keys and shapes of the networks in plain PyTorch, their numbers of parameters, and their scores
for two images in evaluation mode and in training mode. Run with torch 2.11 and numpy: python3 make_residual_networks.py

Tolerance of the tests: 1e-4 relative plus 1e-4 absolute for scores of about 1 to 10, because convolutions add in another order.
"""

import json
import pathlib

import torch

from residual_network import ResidualNetwork, Values, fill

if __name__ == "__main__":
    cases = {}
    for depth in (20, 32, 44, 56):
        model = fill(ResidualNetwork((depth - 2) // 6, 10), seed=depth)
        state = model.state_dict()
        images = Values(1000 + depth).uniform((2, 3, 32, 32), -2, 2)
        with torch.no_grad():
            case = {
                "keys": list(state), "shapes": [list(tensor.shape) for tensor in state.values()],
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
                "evaluation": model.eval()(images).tolist(), "training": model.train()(images).tolist(),
            }
        cases[f"resnet{depth}"] = case
    contents = {"generator": "make_residual_networks.py", "torch": torch.__version__.split("+")[0], "cases": cases}
    path = pathlib.Path(__file__).parent.parent / "residual-networks.json"
    path.write_text(json.dumps(contents) + "\n")
