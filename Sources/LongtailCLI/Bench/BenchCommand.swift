import ArgumentParser

/// The `bench` command: how fast the parts are, for people and for the scripts of `Benchmarks/`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure steps, operations, loading, metrics, start-up and memory.",
    discussion: "The scripts in Benchmarks/ compare these figures with plain PyTorch and NumPy.",
    subcommands: [
      BenchStepCommand.self, BenchOperationsCommand.self, BenchLossesCommand.self, BenchStartupCommand.self,
      BenchMemoryCommand.self, BenchMetricsCommand.self, BenchLoaderCommand.self,
    ],
    defaultSubcommand: BenchStepCommand.self)
}
