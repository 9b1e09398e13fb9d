import ArgumentParser

/// The `bench` command: how fast the parts are, for people and for the scripts of `Benchmarks/`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure steps, operations, augmentation, loading, metrics, start-up, memory and opening of large sets.",
    discussion: "The scripts in Benchmarks/ compare these figures with plain PyTorch, NumPy and Pillow.",
    subcommands: [
      BenchStepCommand.self, BenchRecipeCommand.self, BenchExpertsCommand.self, BenchRoutingCommand.self,
      BenchOperationsCommand.self, BenchActivationsCommand.self, BenchLossesCommand.self, BenchStartupCommand.self,
      BenchMemoryCommand.self, BenchMetricsCommand.self, BenchAugmentationCommand.self, BenchLoaderCommand.self,
      BenchIndexCommand.self, BenchAgreementCommand.self,
    ],
    defaultSubcommand: BenchStepCommand.self)
}
