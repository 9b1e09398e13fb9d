"""Compares training steps of three experts with those of the plain network, in turns, in one process.

Three experts of three quarters' width over a shared first stage have 1.45 times the operations of the plain ResNet-32.

    python3 Benchmarks/compare_experts.py --record
"""

import sys

import harness


def main():
    parser = harness.parser(__doc__)
    parser.add_argument("--experts", type=int, default=3, help="the number of experts (3)")
    arguments = harness.parse(parser)
    options = ["--experts", arguments.experts, "--computation", "automatic", "--precision", "float32"]
    # Ratios of single series swing by two per cent; the middle of several is what is kept.
    series = [
        harness.calm_round(
            lambda: harness.run_tool(arguments.tool, ["experts", *options, "--steps", 16], arguments.threads)
        )
        for _ in range(arguments.rounds)
    ]
    disturbed = [others for _, others in series if others > harness.CALM]
    if disturbed:
        print(f"  DISTURBED: others used up to {max(disturbed):.0%}", file=sys.stderr, flush=True)
    reports = sorted((report for report, _ in series), key=lambda report: report["forms"][0]["relativeRate"])
    report = reports[len(reports) // 2]
    (form,) = report["forms"]
    table = harness.Table(arguments.record)
    work = f"training step, {report['model']} batch {report['batch']} {arguments.threads} threads"
    own, plain = form["milliseconds"]["median"], report["plain"]["median"]
    table.add(work, f"{report['experts']} experts beside the plain network", own, plain, "ms", arguments.rounds)
    table.finish()
    rate = form["relativeRate"]
    return harness.verdict([(f"{rate:.3f} of the plain network's images/s (at least 0.60)", rate >= 0.6)])


if __name__ == "__main__":
    sys.exit(main())
