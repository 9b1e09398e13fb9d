/// Where each option of each command is used, and the command lines in which it would have no effect.
///
/// `OptionSweepTests` compares the table with the parser, so that a new option must say here when it applies.
enum OptionTable {
  /// Options of a command that are used alike.
  struct Row {
    /// Names, separated by spaces.
    let options: String
    /// Where they are used.
    let use: String
    /// Command lines, without the name of the command, in which the first of the options has no effect: each is refused.
    let refused: [String]
    /// What the refusal names in place of the option.
    let named: String?

    init(_ options: String, _ use: String, refused: [String] = [], named: String? = nil) {
      (self.options, self.use, self.refused, self.named) = (options, use, refused, named)
    }

    /// The names.
    var names: [String] { options.split(separator: " ").map(String.init) }
  }

  /// The words of a command line; an underline before a unit is a space.
  static func words(of line: String) -> [String] {
    line.split(separator: " ").map { String($0).replacing(/_(epochs|steps)$/) { " \($0.1)" } }
  }

  /// The rows of a command by its words.
  static let commands: [String: [Row]] = training.merging(runs) { $1 }.merging(benchmarks) { $1 }

  /// Device, arithmetic and threads hold for every operation.
  static let compute = Row("--device --precision --threads", "every operation")
  private static let json = Row("--json", "the output")
  /// One check for all commands that open data, by the layout of these: `DataOptionsTests`.
  private static func data(_ words: String) -> [Row] {
    [
      Row("--data", "what is opened"),
      Row(
        "--class-names --format --image-root --image-suffix --path-column --label-column --split-column --test-split "
          + "--validation-split --relaxed-counts", "opening, by layout",
        refused: ["\(words) --data photos --class-names names.txt"]),
    ]
  }
  private static let list = Row("--train-list", "opening of images with one label each")
  private static let swaps = Row("--sampler --activation --head", "the recipe; refused where --set takes it back")

  private static func gpu(_ words: String) -> [Row] {
    ["--capture", "--tensor-float32", "--deterministic"].map {
      Row($0, "operations of a GPU", refused: ["\(words) \($0) --device cpu"])
    } + [
      Row("--steps-per-replay", "recorded steps", refused: ["\(words) --steps-per-replay 2"]),
      Row("--kernels", "every operation"),
    ]
  }

  private static let training: [String: [Row]] = [
    "demo": [
      compute, json, Row("--out --epochs --quiet", "both trainings"),
      Row("--seeds", "one pair of runs each", refused: ["--seeds 0,0"]),
    ],
    "train": data("cross-entropy/own") + gpu("cross-entropy/drawn --data drawn") + [
      compute, list, json, swaps,
      Row("--out --quiet", "every run"),
      Row("--print-config", "a new run", refused: ["--resume run --print-config"]),
      Row("--resume", "a run; beside it each option must be the run's: OptionTests"),
      Row("--seed", "one run", refused: ["cross-entropy/drawn --data drawn --seed 1 --seeds 2,3"]),
      Row("--seeds --config --objective --augment --finished-stage --weights", "what the run is started with"),
      Row(
        "--set", "the settings",
        refused: [
          "cross-entropy/own --data split --set data.imbalanceFactor=5",
          "cross-entropy/cifar100-lt --data split --set data.profile=step",
          "cross-entropy/own --data split --set data.selectionSeed=4",
          "cross-entropy/own \(pixels) --set data.cachedShortSide=64",
          "cross-entropy/own --data split --head cosine --set model.head=linear",
          "cross-entropy/own --data split --set training.batchSize=3 --set training.batchSize=4",
        ]),
      Row("--at-once", "several seeds on a GPU", refused: ["cross-entropy/drawn --data drawn --at-once 2 --seeds 0,1"]),
      Row("--evaluate-every", "a test set", refused: ["cross-entropy/own --data photos --evaluate-every 1"]),
      Row("--checkpoint-every", "every run"),
      Row("--hold-out", "data without a test set", refused: ["cross-entropy/own --data split --hold-out 0.2"]),
      Row(
        "--images", "image files",
        refused: [
          "cross-entropy/own \(pixels) --images files",
          "cross-entropy/own --data split --images memory --set data.cachedShortSide=256",
        ]),
      Row("--workers", "reading, decoding and resizing"),
      Row("--cache-folder", "a decoded cache", refused: ["cross-entropy/own --data split --cache-folder kept"]),
      Row("--skip-unreadable", "image files", refused: ["cross-entropy/own \(pixels) --skip-unreadable"]),
      Row("--allow-empty-classes", "a permission"),
    ],
    "compare": gpu("cross-entropy/drawn --data drawn") + [
      Row("--data --out --format --quiet", "every comparison"), swaps, Row("--objective --augment", "the recipes"),
      Row("--seeds", "the runs", refused: ["cross-entropy/drawn --data drawn --seeds 1,1"]),
      Row(
        "--set", "the settings",
        refused: [
          "cross-entropy/own --data split --set data.imbalanceFactor=5",
          "cross-entropy/cifar100-lt --data split --set data.profile=step",
          "cross-entropy/own --data split --set data.selectionSeed=4",
          "cross-entropy/own --data split --head cosine --set model.head=linear",
        ]),
      Row("--device", "runs that begin", refused: ["\(compared) --device cuda"]),
      Row("--precision", "runs that begin", refused: ["\(compared) --precision bfloat16"]),
      Row("--threads", "runs that begin", refused: ["\(compared) --threads 1"]),
      Row("--at-once", "several seeds on a GPU", refused: ["cross-entropy/drawn --data drawn --at-once 2"]),
      Row(
        "--evaluate-every", "a test set; runs that begin",
        refused: ["\(compared) --evaluate-every 3", "cross-entropy/own --data photos --hold-out 0 --evaluate-every 1"],
        named: "--"),
      Row("--hold-out", "data without a test set", refused: ["cross-entropy/own --data split --hold-out 0.2"]),
    ],
    "data inspect": data("") + [
      list, json, Row("--all", "the table; JSON has all classes always"),
      Row("--out", "images with one label each: DataFormatTests"),
    ],
    "data check": data("") + [list, json, Row("--workers", "every image, of memory too")],
    "data make-longtail": data("--factor 2 --out list.txt") + [
      json, Row("--factor --profile --seed --out", "every list"),
      Row("--largest-class", "every list; more images than there are: DataOptionsTests"),
    ],
    "data augment": data("--out sheet.png") + [
      list, Row("--recipe --config --draws --seed --out", "every sheet"),
      Row(
        "--set", "settings that a sheet shows",
        refused: [
          "--data split --out sheet.png --set data.imbalanceFactor=5",
          "--data split --out sheet.png --set data.cachedShortSide=256",
          "--data split --out sheet.png --set data.validationShare=0.5",
          "--data split --out sheet.png --set training.learningRate=5",
          "--data split --out sheet.png --set model.backbone=resnet20",
        ]),
      Row("--pictures", "rows, as far as there are images", refused: ["--data photos --out sheet.png --pictures 20"]),
    ],
  ]

  /// Images that lie in memory.
  private static let pixels = "--data cifar --relaxed-counts"
  /// A comparison that has been made.
  static let compared =
    "cross-entropy/own --data split --out both --seeds 0 --set training.batchSize=4 --set training.length=1_steps "
    + "--set training.warmupEpochs=0 --set model.inputSize=32 --set model.backbone=resnet20"

  private static let runs: [String: [Row]] = [
    "eval": [
      compute, json, Row("--data", "what is opened"),
      Row(
        "--split", "the images; without it all images of other data that have no test set",
        refused: ["run --data photos --split test", "run --data split --split validation"]),
      Row("--views", "every image; corners of images that have some", refused: ["run --views ten-crops"]),
      Row("--skip-unreadable", "image files", refused: ["run --skip-unreadable"]),
    ],
    "predict": [
      compute, Row("--out --views --skip-unreadable", "every image"),
      Row("--top", "as many classes as there are", refused: ["run photos --top 101"]),
      Row("--format", "the lines", refused: ["run photos --json --format csv"]), json,
    ],
    "recipes list": [json], "recipes show": [json],
    "models list": [json, Row("--input-size --classes", "every network")],
    "models show": [json, Row("--input-size --classes --keys", "the network")],
    "models import": [
      json, Row("--as --classes --out", "every file"),
      Row("--key", "PyTorch files", refused: ["weights.safetensors --as resnet20 --key state_dict"]),
    ],
    "models score": [compute, Row("--as --weights --images --out --layout", "the network")],
    "runs list": [json], "runs show": [json], "runs report": [Row("--out", "the page")],
    "runs compare": [
      Row("--format", "the table", refused: ["run --json --format csv"]), json, Row("--record", "the rows"),
    ],
    "analyze bias-variance": [
      Row("--format", "the table", refused: ["run --json --format csv"]), json,
      Row("--out --images", "a file each", refused: ["run --out a --images a"]),
    ],
    "analyze routing": [
      compute, Row("--format", "the table", refused: ["run --json --format csv"]), json,
      Row("--data --split", "as of eval"), Row("--operations", "a row each, or a note: RoutingTests"),
    ],
    "doctor": [json],
  ]
}
