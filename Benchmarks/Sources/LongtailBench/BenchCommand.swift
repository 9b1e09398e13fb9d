import ArgumentParser

/// Times the parts of the package and checks devices and kernels, for people and for the scripts in `Benchmarks/`.
public struct BenchCommand: ParsableCommand {
  /// Name, summary and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "longtail-bench",
    abstract:
      "Time training steps, operations, augmentation, data loading, metrics and start-up; check devices and kernels.",
    discussion: "The scripts in Benchmarks/ compare these figures with plain PyTorch, NumPy and Pillow.",
    subcommands: [
      BenchStepCommand.self, BenchRecipeCommand.self, BenchExpertsCommand.self, BenchRoutingCommand.self,
      BenchOperationsCommand.self, BenchActivationsCommand.self, BenchLossesCommand.self, BenchStartupCommand.self,
      BenchMemoryCommand.self, BenchMetricsCommand.self, BenchAugmentationCommand.self, BenchLoaderCommand.self,
      BenchIndexCommand.self, BenchAgreementCommand.self, BenchScoreCommand.self,
    ],
    defaultSubcommand: BenchStepCommand.self)

  /// Makes an empty command.
  public init() {}
}
