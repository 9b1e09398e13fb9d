import Checkpoints
import Foundation
import LongtailTestSupport
import Testing

/// Options are used or refused: their ranges, and what cannot apply.
@Suite struct OptionTests {
  private static let train = ["train", "cross-entropy/drawn", "--data", "drawn"]

  @Test(arguments: [
    (["--threads", "1025"], "at most 1024"), (["--threads", "2147483648"], "at most 1024"),
    (["--workers", "9223372036854775807"], "at most 1024"),
    (["--checkpoint-every", "nan"], "--checkpoint-every is nan"),
    (["--checkpoint-every", "1e308"], "--checkpoint-every"), (["--evaluate-every=-1"], "at least 0"),
    (["--at-once", "2"], "it needs --seeds"), (["--at-once", "2", "--seeds", "0,1"], "needs --capture"),
    (["--at-once", "0"], "at least 1"), (["--steps-per-replay", "2"], "needs --capture"),
    (["--hold-out", "nan"], "--hold-out is nan"), (["--seed", "1", "--seeds", "2,3"], "either --seed or --seeds"),
    (["--cache-folder", "kept"], "--cache-folder keeps decoded images"), (["--capture"], "--capture is for GPUs"),
    (["--tensor-float32"], "--tensor-float32 is for GPUs"), (["--weights", "/dev/zero"], "it is a device"),
    (["--set", "training.batchSize=9223372036854775807"], "setting 'training.batchSize'"),
    (["--set", "model.shortSide=9223372036854775807"], "setting 'model.shortSide'"),
    (["--set", "model.inputSize=1000000"], "setting 'model.inputSize'"),
    (["--set", "model.normalization.mean=[]"], "setting 'model.normalization.mean'"),
    (["--set", "data.imbalanceFactor=50"], "only CIFAR is thinned"),
    (["--epochs", "3"], "--set training.length='3 epochs'"), (["--batch-size=32"], "--set training.batchSize=32"),
    (["--lr", "0.1"], "--set training.learningRate=0.1"),
  ])
  func trainRefuses(arguments: [String], expected: String) throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(Self.train + arguments, in: folder)
      #expect(result.status == 2 && result.output.isEmpty, "\(result.output)")
      #expect(result.errors.contains(expected), "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  /// Values are checked where nothing is trained, too.
  @Test(arguments: [
    ["train", "ldam/cifar100-lt", "--print-config"], ["data", "augment", "--data", "drawn", "--out", "sheet.png"],
  ])
  func everyCommandChecksSettings(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(arguments + ["--set", "training.batchSize=0"], in: folder)
      #expect(result.status == 2 && result.errors.contains("training.batchSize"), "\(result.errors)")
    }
  }

  @Test func configurationsArePrintedAsJSON() throws {
    let result = try Tool.run([
      "train", "ride/cifar100-lt", "--print-config", "--json", "--set", "training.length='20 epochs'",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["recipe"] as? String == "ride/cifar100-lt")
    let training = (object["settings"] as? [String: Any])?["training"] as? [String: Any]
    #expect(training?["length"] as? String == "20 epochs" && training?["decayEpochs"] as? [Double] == [16, 18])
    let origins = object["origins"] as? [String: String]
    #expect(origins?["training.length"] == "--set")
    #expect(origins?["training.decayEpochs"]?.hasPrefix("follows: training.length") == true)
  }

  /// A run goes on as it was started: the same again is in order, anything else is refused and changes nothing.
  @Test func optionsBesideResumeAreCompared() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 6, "lynx": 3], at: data)
      let trained = try Tool.run(
        [
          "train", "cross-entropy/own", "--data", data.path, "--out", "run", "--quiet", "--seed", "3", "--set",
          "training.length='1 steps'", "--set", "training.batchSize=4", "--set", "model.inputSize=32", "--set",
          "model.backbone=resnet20",
        ], in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
      let log = try Data(contentsOf: folder.appending(path: "run/log.jsonl"))
      for (arguments, option) in [
        (["--seed", "4"], "--seed is 4"), (["--data", "drawn"], "--data is drawn"), (["--seeds", "3,4"], "--seeds"),
        (["--set", "training.batchSize=8"], "training.batchSize is 8"),
        (["--set", "training.batchSise=4"], "unknown setting"),
        (["--hold-out", "0.2"], "--hold-out"), (["--weights", "w.safetensors"], "--weights"),
        (["--capture"], "--capture"),
        (["--sampler", "classBalanced"], "training.sampler"), (["--objective", "focal"], "--objective"),
        (["--out", "other"], "--out"), (["--train-list", "l.txt"], "--train-list"),
        (["--evaluate-every", "1"], "--evaluate-every"),
        (["focal/own"], "the recipe is focal/own"), (["--print-config"], "--print-config"),
        (["--skip-unreadable"], "--skip-unreadable"), (["--format", "csv"], "--format"),
      ] {
        let result = try Tool.run(["train", "--resume", "run"] + arguments, in: folder)
        #expect(result.status == 2 && result.errors.contains(option), "\(arguments): \(result.errors)")
      }
      let same = try Tool.run(
        [
          "train", "cross-entropy/own", "--resume", "run", "--seed", "3", "--data", data.path, "--set",
          "training.batchSize=4", "--config", "run/recipe.yaml", "--evaluate-every", "10", "--workers", "1",
        ], in: folder)
      #expect(same.status == 0 && same.errors.contains("finished already"), "\(same.errors)")
      #expect(try Data(contentsOf: folder.appending(path: "run/log.jsonl")) == log)
    }
  }
}
