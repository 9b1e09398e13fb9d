import Foundation
import RunRecords
import Serialization

/// The part of `run.json` that identifies a run and detects changes of its files.
public struct RunRecord: Sendable, Codable, Equatable {
  /// The version of the run folder's layout.
  public var format: Int
  /// A random identifier.
  public var identifier: String
  /// The SHA-256 of `recipe.yaml`.
  public var recipeDigest: String
  /// The SHA-256 of the choices in `run.json` that results depend on.
  public var choicesDigest: String

  /// The record of a run that begins.
  ///
  /// - Parameters:
  ///   - options: what the run is started with.
  ///   - path: the run's `recipe.yaml`, which has been written.
  /// - Throws: `SerializationError.cannotRead`.
  init(_ options: RunOptions, recipe path: String) throws {
    format = RunFolder.format
    identifier = UUID().uuidString.lowercased()
    recipeDigest = try FileDigest(of: path).hexadecimal
    choicesDigest = options.choicesDigest
  }
}
