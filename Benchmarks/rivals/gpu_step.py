"""Times training steps in plain PyTorch on a GPU; prints one JSON object.

Times are milliseconds a step over windows with one synchronisation each; compiling and capturing are told apart.
`official-like` is the loop of most published long-tail code: worker processes, Pillow, numbers read every step.
"""

import argparse
import json
import statistics
import time

import torch

from rivals import gpu_work, official_loop

FORMS = {
    "eager-float32": gpu_work.Form(),
    "eager-float32-tf32": gpu_work.Form(tensor_float32=True),
    "eager-bfloat16": gpu_work.Form(bfloat16=True, channels_last=True),
    "compiled": gpu_work.Form(bfloat16=True, channels_last=True, compile_mode="default"),
    "compiled-max-autotune": gpu_work.Form(bfloat16=True, channels_last=True, compile_mode="max-autotune"),
    "graph": gpu_work.Form(bfloat16=True, channels_last=True, captured=True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variant", choices=[*FORMS, "official-like"])
    parser.add_argument("--model", choices=list(gpu_work.WORKLOADS), default="resnet32")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--window", type=int, default=85, help="steps between two synchronisations")
    parser.add_argument("--windows", type=int, default=5, help="windows, at least")
    parser.add_argument("--seconds", type=float, default=2.0, help="go on with windows for so long")
    parser.add_argument("--warmup", type=int, default=20, help="steps before the first window")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="a small model and few images, to try the path")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True
    measured = official_loop.measure(arguments) if arguments.variant == "official-like" else measure(arguments)
    print(json.dumps(report(arguments, *measured)))


def measure(arguments):
    """Milliseconds a step of each window, the last loss, and the seconds that compiling or capturing took."""
    device = torch.device(arguments.device)
    form = FORMS[arguments.variant]
    gpu_work.set_tensor_float32(form.tensor_float32)
    workload = (gpu_work.TINY if arguments.tiny else gpu_work.WORKLOADS)[arguments.model]
    step = gpu_work.TrainingStep(
        gpu_work.build_model(workload, arguments.tiny), gpu_work.Images.noise(workload, device),
        arguments.batch, form, gpu_work.log_prior(workload)
    )
    start = time.perf_counter()
    step.prepare(arguments.tiny)
    gpu_work.synchronize(device)
    preparation = time.perf_counter() - start
    for _ in range(arguments.warmup):
        step()
    return windows(step, device, arguments), step.last_loss.item(), preparation


def windows(step, device, arguments):
    times = []
    end = time.perf_counter() + arguments.seconds
    gpu_work.synchronize(device)
    while len(times) < arguments.windows or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(arguments.window):
            step()
        gpu_work.synchronize(device)
        times.append((time.perf_counter() - start) * 1000 / arguments.window)
    return times


def report(arguments, times, loss, preparation):
    median = statistics.median(times)
    device = torch.device(arguments.device)
    return {
        "variant": arguments.variant,
        "model": arguments.model,
        "batch": arguments.batch,
        "device": arguments.device,
        "median": median,
        "best": min(times),
        "windows": len(times),
        "imagesPerSecond": arguments.batch / median * 1000,
        "peakBytes": gpu_work.peak_bytes(device),
        "preparationSeconds": preparation,
        "lossAtEnd": loss,
        "torch": torch.__version__,
    }


if __name__ == "__main__":
    main()
