import Foundation
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Testing
import Torch
import TrainingTestSupport

/// The memory of training does not grow.
@Suite(.serialized) struct TrainingMemoryTests {
  private struct Usage: Equatable {
    var tensors: Int
    var bytes: Int
  }

  /// Handles and bytes after some steps of a run with EMA, and the resident memory of the process in bytes.
  private func usage(after steps: [Int]) throws -> (usages: [Usage], resident: [Int]) {
    var (usages, resident): ([Usage], [Int]) = ([], [])
    let watcher = Watcher { event in
      guard case .interval(let progress, _) = event, steps.contains(progress.step) else { return }
      usages.append(Usage(tensors: Engine.liveTensorCount, bytes: Engine.allocatedBytes))
      resident.append(residentBytes())
    }
    // Four images of 22 a step: steps that are congruent modulo 6 lie at the same position of an epoch.
    let stage = try Tiny.stage(
      length: .steps(steps.max() ?? 1), batchSize: 4, learningRate: 0.001, schedule: .constant, emaDecay: 0.9)
    try Tiny.trainer(Tiny.recipe([stage]), on: Tiny.data(), observers: [watcher]).run()
    return (usages, resident)
  }

  private func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }

  @Test func aHundredStepsLeaveNothing() throws {
    // Another test at the same time may allocate: a leak would show every time.
    let isFlat = try eventually(within: .seconds(150)) {
      let usages = try usage(after: [20, 122]).usages
      return usages.count == 2 && usages[0] == usages[1]
    }
    #expect(isFlat)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["LONGTAIL_LONG_TESTS"] == "1"))
  func aThousandStepsLeaveNothing() throws {
    let (usages, resident) = try usage(after: [100, 1102])
    print("after 100 and 1,102 steps: \(usages), resident \(resident)")
    #expect(usages.count == 2)
    #expect(usages[0] == usages[1])
    // The heap may still settle by a few pages.
    #expect(resident[1] - resident[0] < 4 << 20)
  }
}
