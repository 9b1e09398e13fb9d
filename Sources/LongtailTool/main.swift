import LongtailMethods
import ModelTraining
import ModelEvaluation
import Torch
import VisionData
import Foundation

final class Printer: TrainingObserver {
  func observe(_ event: TrainingEvent) throws {
    switch event {
    case .interval(let p, let m): print("epoch \(p.epoch) step \(p.step)/\(p.totalSteps) loss \(m.losses.map{$0.value}) acc \(m.trainingAccuracy) lr \(m.learningRate) \(Int(m.imagesPerSecond)) img/s live \(Engine.liveTensorCount) bytes \(Engine.allocatedBytes)"); fflush(nil)
    case .evaluated(let p, let r): print("== epoch \(p.epoch) acc \(r.accuracy) many \(r.accuracy(of: .many) ?? -1) med \(r.accuracy(of: .medium) ?? -1) few \(r.accuracy(of: .few) ?? -1)"); fflush(nil)
    default: print(event)
    }
  }
}
let arguments = CommandLine.arguments
let directory = arguments[2] == "drawn" ? try DataDirectory.drawn() : try DataDirectory.open(arguments[2])
var entry = try RecipeRegistry.recipe(named: arguments[1])
var settings = entry.settings
if arguments.count > 3, let n = Int(arguments[3]) { settings.training.length = .epochs(n) }
let compute = ComputeSettings(precision: arguments.contains("f32") ? .float32 : nil)
print(compute, Engine.threadCount)
let data = try TrainingData.prepare(directory, settings: settings.data, inputSize: settings.model.inputSize, on: compute.device)
let recipe = try settings.recipe(named: entry.name, for: data.classes)
let started = Date()
var store: CheckpointStore?
if let out = ProcessInfo.processInfo.environment["OUT"] { try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true); store = CheckpointStore(folder: out) }
var options = Trainer.Options(); options.evaluationInterval = Int(ProcessInfo.processInfo.environment["EVAL"] ?? "10")!
_ = try Trainer(recipe, data: data, compute: compute, options: options, store: store, observers: [Printer()]).run()
print(Date().timeIntervalSince(started))
