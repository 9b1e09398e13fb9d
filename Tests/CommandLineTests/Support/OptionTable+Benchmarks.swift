extension OptionTable {
  private static let network = [
    Row("--model --layout --optimizer --json", "every step"), compute,
  ]

  /// The rows of `bench …`.
  static let benchmarks: [String: [Row]] = [
    "bench step": network + [
      Row("--input-size --batch --classes --warmup --fixed-batch --kernels --baseline", "every step"),
      Row("--objective", "whole steps", refused: ["--fixed-batch --objective balanced-softmax"]),
      Row("--pictures", "whole steps", refused: ["--fixed-batch --pictures 200"]),
      Row("--window", "whole steps", refused: ["--fixed-batch --window 2"]),
      Row("--profile", "whole steps", refused: ["--fixed-batch --profile"]),
      Row("--capture", "whole steps on a GPU", refused: ["--fixed-batch --capture", "--capture"]),
      Row("--steps-per-replay", "recorded steps", refused: ["--steps-per-replay 2"]),
      Row("--tensor-float32", "operations of a GPU", refused: ["--tensor-float32"]),
      Row("--deterministic", "operations of a GPU", refused: ["--deterministic"]),
      Row("--seconds", "the end of the measurement", refused: ["--seconds 2 --steps 2"]),
      Row("--steps", "the end of the measurement"),
      Row("--at-once", "recorded steps", refused: ["--at-once 2"]),
    ],
    "bench recipe": [
      compute, Row("--beside --classes --rounds --steps --kernels --json", "every round"),
      Row("--objective --sampler --head --activation --augment", "the recipe"),
      Row(
        "--set", "steps of the recipe",
        refused: [
          "cross-entropy/drawn --set data.imbalanceFactor=5", "cross-entropy/drawn --set data.cachedShortSide=64",
          "cross-entropy/drawn --set data.validationShare=0.5", "cross-entropy/drawn --set training.length=3_epochs",
          "cross-entropy/drawn --head cosine --set model.head=linear",
        ]),
      Row("--capture", "operations of a GPU", refused: ["cross-entropy/drawn --capture"]),
      Row("--steps-per-replay", "recorded steps", refused: ["cross-entropy/drawn --steps-per-replay 2"]),
      Row("--tensor-float32", "operations of a GPU", refused: ["cross-entropy/drawn --tensor-float32"]),
      Row("--deterministic", "operations of a GPU", refused: ["cross-entropy/drawn --deterministic"]),
    ],
    "bench experts": network + [
      Row("--input-size --experts --computation --fusion --batch --classes --steps --warmup --profile", "every turn"),
      Row("--width-factor", "experts that are not fused", refused: ["--fusion --width-factor 0.5"]),
    ],
    "bench routing": [
      compute, Row("--batch --batches --data --json", "every batch"),
      Row("--operations", "a row each, or a note: RoutingTests"),
    ],
    "bench operations": [Row("--threads --json --calls --rounds", "every operation")],
    "bench activations": [
      compute, Row("--shape --passes --rounds --kernels --json", "every pass"),
    ],
    "bench losses": network + [
      Row("--weights --batch --steps --learning-rate --momentum --weight-decay", "every step"),
      Row("--input-size", "no given batch", refused: ["--weights w --batch b --input-size 32"]),
      Row("--nesterov", "a momentum", refused: ["--weights w --batch b --nesterov --momentum 0"]),
    ],
    "bench startup": network + [Row("--input-size --batch", "the step")],
    "bench memory": network + [Row("--input-size --batch --steps", "every step")],
    "bench metrics": [
      Row("--json --logits --rounds", "every round"),
      Row("--samples", "drawn numbers", refused: ["--logits l --samples 3"]),
      Row("--classes", "drawn numbers", refused: ["--logits l --classes 3"]),
    ],
    "bench augmentation": [
      Row("--threads --json --work --batch --side --steps --warmup --device", "every batch")
    ],
    "bench loader": [
      Row("--json --workers --side --crop --quality --batch --seconds --cache", "every measurement"),
      Row("--cache-side", "a cache", refused: ["--cache-side 256"]),
      Row("--pictures", "drawn photographs", refused: ["photos --pictures 5"]),
    ],
    "bench index": [
      Row("--kind --rounds --json", "every set"), Row("--at", "one set", refused: ["--at kept"]),
      Row("--records", "records", refused: ["--kind folder --records 5", "--kind list --at set --records 9"]),
      Row("--files", "files of a folder", refused: ["--kind list --files 5"]),
      Row("--classes", "a set that is made", refused: ["--kind list --at set --classes 3"]),
    ],
    "bench agreement": [Row("--threads --json --device", "every check")],
  ]
}
