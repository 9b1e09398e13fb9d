import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import VisionData

@Suite struct StepRunnerTests {
  /// Runs again what the first step of each shape was, as a recording does: whatever a later call brings along is not looked at.
  private final class RepeatedSteps: StepRunner {
    private var programs: [StepShape: () throws -> Void] = [:]
    private(set) var steps = 0

    func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
      steps += 1
      let program = programs[shape] ?? body
      programs[shape] = program
      try program()
    }

    var shapes: Set<StepShape> { Set(programs.keys) }
  }

  /// A step takes nothing from the host but its shape, so a program that is recorded once gives the same run: schedules, random changes,
  /// a moving average, two phases and a short last batch included.
  @Test func aRecordedProgramGivesTheSameRun() throws {
    let data = try Tiny.data()
    let changes = Augmentation(cropPadding: 2, flipProbability: 0.5, cutoutSize: 6) {
      $0.policy = .trivialAugment
      $0.mixupAlpha = 0.4
    }
    let weak = Augmentation(cropPadding: 2, flipProbability: 0.5, cutoutSize: 0)
    for optimizer in [OptimizerSettings.sgd(weightDecay: 2e-4), .adamW(weightDecay: 0.05)] {
      let stage = Stage(
        "joint", for: .epochs(4), batchSize: 10, optimizer: optimizer, learningRate: 0.01,
        schedule: .warmup(length: .steps(3), by: .step, then: .cosine(end: 0, by: .step)),
        phases: [
          Phase(objective: try CrossEntropy(), augmentation: changes),
          Phase(from: .epochs(2), objective: try CrossEntropy(smoothing: 0.1), augmentation: weak),
        ], averageDecay: 0.9)
      func run(_ runner: (any StepRunner)?) throws -> (weights: [[Float]], losses: [Double]) {
        var options = Tiny.options
        options.runner = runner
        let recorder = Readings()
        let trainer = try Tiny.trainer(Tiny.recipe([stage]), on: data, options: options, observers: [recorder])
        try trainer.run()
        return (
          try trainer.model.state.map { try $0.tensor.detached().to(.float32).floats() },
          recorder.losses
        )
      }
      let repeated = RepeatedSteps()
      let recorded = try run(repeated)
      let plain = try run(nil)
      #expect(recorded.weights == plain.weights)
      #expect(recorded.losses == plain.losses && !plain.losses.isEmpty)
      // Whole and last batches of two phases.
      #expect(data.training.count % 10 != 0)
      #expect(repeated.shapes.count == 4 && repeated.steps == 4 * ((data.training.count + 9) / 10))
    }
  }

  /// Without a GPU steps cannot be recorded, and the reason is told.
  @Test(.enabled(if: Engine.cudaDeviceCount == 0))
  func recordingNeedsAGPU() {
    #expect(throws: TorchError.self) { try CUDAGraph(on: .cuda(0)) }
    #expect(throws: TorchError.self) { try CUDAStream.fromPool(on: .cuda(0)) }
    #expect(throws: TorchError.self) { try CUDAMemory.reading(of: .cuda(0)) }
  }
}
