"""Checks imported weights: makes networks of torchvision and timm with drawn weights, saves them as .pth files, takes them in with
`longtail models import`, and compares the logits of both programs for the same images.

    python Benchmarks/check_import.py                  # under an interpreter that has torch, torchvision, safetensors; timm if at hand
    python Benchmarks/check_import.py --networks resnet50 --images 8

Passes when no score differs by more than 2e-5 of the largest score, which is float rounding through some hundred layers.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NETWORKS = ["resnet50", "resnext50_32x4d", "vit_b_16", "seresnet50", "deit_tiny_distilled_patch16_224"]
# torchvision's names of what is called as in timm here.
NAMES = {"vit_b_16": "vit_base_patch16_224"}
LIMIT = 2e-5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=os.path.join(REPOSITORY, "bin", "longtail"), help="the program to check")
    parser.add_argument("--networks", nargs="*", default=NETWORKS, help="names of torchvision or timm")
    parser.add_argument("--images", type=int, default=4, help="images of noise")
    arguments = parser.parse_args()
    results = [check(arguments, name) for name in arguments.networks]
    return 0 if all(results) else 1


def network(name):
    """A network with drawn weights, running values included; None when neither library has it."""
    import torch
    import torchvision

    torch.manual_seed(0)
    if hasattr(torchvision.models, name):
        model = getattr(torchvision.models, name)()
    else:
        try:
            import timm

            model = timm.create_model(name)
        except (ImportError, RuntimeError):
            return None
    for key, value in model.state_dict().items():
        # Scales of one and shifts of zero would hide an exchange; the last normalisation of a block may begin at zero.
        if key.endswith("running_var") or (value.dim() == 1 and key.endswith("weight")):
            value.uniform_(0.5, 1.5)
        elif key.endswith("running_mean") or (value.dim() == 1 and key.endswith("bias")):
            value.uniform_(-0.2, 0.2)
        elif key == "heads.head.weight":
            value.normal_(std=0.02)
    return model.eval()


def check(arguments, name):
    import torch
    from safetensors.torch import load_file, save_file

    model = network(name)
    if model is None:
        print(f"{name}: left out, as neither torchvision nor timm has it here")
        return True
    ours = NAMES.get(name, name)
    with tempfile.TemporaryDirectory() as folder:
        files = {key: os.path.join(folder, key) for key in ("weights.pth", "weights.safetensors", "in.safetensors", "out.safetensors")}
        torch.save(model.state_dict(), files["weights.pth"])
        images = torch.randn(arguments.images, 3, 224, 224, generator=torch.Generator().manual_seed(1))
        save_file({"images": images}, files["in.safetensors"])
        with torch.no_grad():
            theirs = model(images)
        report = json.loads(run(arguments.tool, [
            "models", "import", files["weights.pth"], "--as", ours, "--out", files["weights.safetensors"], "--json"]))["report"]
        run(arguments.tool + "-bench", [
            "score", "--as", ours, "--weights", files["weights.safetensors"], "--images", files["in.safetensors"],
            "--out", files["out.safetensors"]])
        scores = load_file(files["out.safetensors"])["logits"]
    gap, largest = (scores - theirs).abs().max().item(), theirs.abs().max().item()
    whole = not (report["missing"] or report["extra"] or report["misshapen"] or report["newHead"])
    passes = whole and scores.shape == theirs.shape and gap <= LIMIT * largest
    print(
        f"{name}: {len(report['matched'])} tensors matched, {len(report['missing'])} missing, {len(report['extra'])} extra; scores up to "
        f"{largest:.3f}, largest difference {gap:.2e}: {'passes' if passes else 'FAILS'}", flush=True)
    return passes


def run(tool, command):
    result = subprocess.run([tool] + command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
