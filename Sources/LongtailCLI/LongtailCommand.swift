import ArgumentParser
import Longtail

/// The command-line tool: one command per task.
public struct LongtailCommand: ParsableCommand {
  /// Name, summary and subcommands.
  public static let configuration = CommandConfiguration(
    commandName: "longtail",
    abstract: "Image recognition when a few classes have thousands of images and most have a handful.",
    discussion: """
      Start with 'longtail demo', which needs no data. On your own images: 'longtail data inspect --data DIR', then \
      'longtail train balanced-softmax/own --data DIR'.
      """,
    version: PackageVersion.text,
    subcommands: [
      DemoCommand.self, TrainCommand.self, CompareCommand.self, EvaluateCommand.self, PredictCommand.self,
      RecipesCommand.self, ModelsCommand.self, DataCommand.self, RunsCommand.self, AnalyzeCommand.self,
      DoctorCommand.self,
    ])

  /// Makes an empty command.
  public init() {}
}
