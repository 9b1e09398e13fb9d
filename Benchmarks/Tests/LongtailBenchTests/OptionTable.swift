/// Where each option of each command is used, and the command lines in which it would have no effect.
///
/// `BenchCommandTests` compares the table with the parser, so that a new option must say here when it applies.
enum OptionTable {
  /// Options of a command that are used alike.
  struct Row {
    /// Names, separated by spaces.
    let options: String
    /// Where they are used.
    let use: String
    /// Command lines, without the name of the command, in which the first of the options has no effect: each is refused.
    let refused: [String]

    init(_ options: String, _ use: String, refused: [String] = []) {
      (self.options, self.use, self.refused) = (options, use, refused)
    }

    /// The names.
    var names: [String] { options.split(separator: " ").map(String.init) }
  }

  /// The words of a command line; an underscore before a unit is a space.
  static func words(of line: String) -> [String] {
    line.split(separator: " ").map { String($0).replacing(/_(epochs|steps)$/) { " \($0.1)" } }
  }

  /// Device, precision and threads hold for every operation.
  private static let compute = Row("--device --precision --threads", "every operation")
  private static let network = [
    Row("--model --layout --optimizer --json", "every step"), compute,
  ]

  /// The rows of each command.
  static let commands: [String: [Row]] = [
    "step": network + [
      Row("--input-size --batch --classes --warmup --fixed-batch --kernels --baseline", "every step"),
      Row("--objective", "whole steps", refused: ["--fixed-batch --objective balanced-softmax"]),
      Row("--images", "whole steps", refused: ["--fixed-batch --images 200"]),
      Row("--window", "whole steps", refused: ["--fixed-batch --window 2"]),
      Row("--profile", "whole steps", refused: ["--fixed-batch --profile"]),
      Row("--cuda-graphs", "whole steps on a GPU", refused: ["--fixed-batch --cuda-graphs", "--cuda-graphs"]),
      Row("--steps-per-replay", "captured steps", refused: ["--steps-per-replay 2"]),
      Row("--tensor-float32", "operations of a GPU", refused: ["--tensor-float32"]),
      Row("--deterministic", "operations of a GPU", refused: ["--deterministic"]),
      Row("--seconds", "the end of the measurement", refused: ["--seconds 2 --steps 2"]),
      Row("--steps", "the end of the measurement"),
      Row("--at-once", "captured steps", refused: ["--at-once 2"]),
    ],
    "recipe": [
      compute, Row("--beside --classes --rounds --steps --kernels --json", "every round"),
      Row("--objective --sampler --head --activation --augment", "the recipe"),
      Row(
        "--set", "steps of the recipe",
        refused: [
          "cross-entropy/synthetic --set data.imbalanceFactor=5",
          "cross-entropy/synthetic --set data.cachedShorterEdge=64",
          "cross-entropy/synthetic --set data.validationShare=0.5",
          "cross-entropy/synthetic --set training.length=3_epochs",
          "cross-entropy/synthetic --head cosine --set model.head=linear",
        ]),
      Row("--cuda-graphs", "operations of a GPU", refused: ["cross-entropy/synthetic --cuda-graphs"]),
      Row("--steps-per-replay", "captured steps", refused: ["cross-entropy/synthetic --steps-per-replay 2"]),
      Row("--tensor-float32", "operations of a GPU", refused: ["cross-entropy/synthetic --tensor-float32"]),
      Row("--deterministic", "operations of a GPU", refused: ["cross-entropy/synthetic --deterministic"]),
    ],
    "experts": network + [
      Row("--input-size --experts --computation --fusion --batch --classes --steps --warmup --profile", "every turn"),
      Row("--width-factor", "experts that are not fused", refused: ["--fusion --width-factor 0.5"]),
    ],
    "routing": [
      compute, Row("--batch --batches --data --json", "every batch"),
      Row("--operations", "a row each, or a note"),
    ],
    "operations": [Row("--threads --json --calls --rounds", "every operation")],
    "activations": [
      compute, Row("--shape --passes --rounds --kernels --json", "every pass"),
    ],
    "losses": network + [
      Row("--weights --batch --steps --learning-rate --momentum --weight-decay", "every step"),
      Row("--input-size", "no given batch", refused: ["--weights w --batch b --input-size 32"]),
      Row("--nesterov", "a momentum", refused: ["--weights w --batch b --nesterov --momentum 0"]),
    ],
    "startup": network + [Row("--input-size --batch", "the step")],
    "memory": network + [Row("--input-size --batch --steps", "every step")],
    "metrics": [
      Row("--json --logits --rounds", "every round"),
      Row("--samples", "drawn numbers", refused: ["--logits l --samples 3"]),
      Row("--classes", "drawn numbers", refused: ["--logits l --classes 3"]),
    ],
    "augmentation": [
      Row("--threads --json --work --batch --side --steps --warmup --device", "every batch")
    ],
    "loader": [
      Row("--json --workers --side --crop --quality --batch --seconds --cache", "every measurement"),
      Row("--cache-side", "a cache", refused: ["--cache-side 256"]),
      Row("--images", "drawn photographs", refused: ["photos --images 5"]),
    ],
    "index": [
      Row("--kind --rounds --json", "every set"), Row("--at", "one set", refused: ["--at kept"]),
      Row("--records", "records", refused: ["--kind folder --records 5", "--kind list --at set --records 9"]),
      Row("--files", "files of a folder", refused: ["--kind list --files 5"]),
      Row("--classes", "a set that is made", refused: ["--kind list --at set --classes 3"]),
    ],
    "agreement": [Row("--threads --json --device", "every check")],
    "score": [compute, Row("--as --weights --images --out --layout", "the network")],
  ]
}
