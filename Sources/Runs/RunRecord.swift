import Foundation
import Serialization

/// What `run.json` says so that a run is not taken for another one, and its files are not changed unnoticed.
public struct RunRecord: Sendable, Codable, Equatable {
  /// The version of the layout of run folders that this program writes and reads.
  ///
  /// Format 2 has identifiers and digests, and checkpoints with a checksum.
  public static let newestFormat = 2

  /// The version of the layout.
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
  ///   - launch: what the run is started with.
  ///   - path: the run's `recipe.yaml`, which has been written.
  /// - Throws: `SerializationError.cannotRead`.
  init(_ launch: RunLaunch, recipe path: String) throws {
    format = Self.newestFormat
    identifier = UUID().uuidString.lowercased()
    recipeDigest = try FileDigest(of: path).hexadecimal
    choicesDigest = launch.choicesDigest
  }
}
