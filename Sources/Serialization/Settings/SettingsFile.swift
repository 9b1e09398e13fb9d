import Foundation
import Yams

/// A YAML file of settings.
///
/// Two keys at the top are not settings: `recipe` names the recipe that the settings are for, and `base` names another
/// file, relative to this one, whose settings this one changes. A base has no base.
public struct SettingsFile: Sendable {
  /// The path of the file.
  public let path: String
  /// The recipe that the file, or its base, names.
  public let recipe: String?
  /// The settings of each file, the base first.
  let layers: [SettingsMapping]

  /// The first setting with different values in both files.
  public func firstDifference(from other: SettingsFile) -> (path: String, value: JSONValue, otherValue: JSONValue)? {
    let theirs = Dictionary(other.leaves.map { ($0.path, $0.value) }) { $1 }
    for (path, value, _) in leaves {
      if let other = theirs[path], other != value { return (path, value, other) }
    }
    return nil
  }

  private var leaves: [(path: String, value: JSONValue, origin: SettingsOrigin)] {
    layers.flatMap { SettingsTree.leaves(of: $0, path: "") }
  }

  /// Reads the file and its base.
  ///
  /// - Throws: `SettingsError.file` with the line.
  public init(_ path: String) throws {
    let (layer, recipe, base) = try Self.read(path)
    self.path = path
    guard let base else {
      (layers, self.recipe) = ([layer], recipe)
      return
    }
    let folder = (path as NSString).deletingLastPathComponent
    let basePath = base.name.hasPrefix("/") || folder.isEmpty ? base.name : "\(folder)/\(base.name)"
    let (baseLayer, baseRecipe, nextBase) = try Self.read(basePath)
    guard nextBase == nil else {
      throw SettingsError.file(
        path: path, line: base.line, reason: "its base \(basePath) has a base itself; one level is allowed")
    }
    (layers, self.recipe) = ([baseLayer, layer], recipe ?? baseRecipe)
  }

  private typealias Base = (name: String, line: Int)

  private static func read(_ path: String) throws -> (SettingsMapping, recipe: String?, Base?) {
    let mapping = try YAMLReader.mapping(in: readText(path), path: path)
    var settings = SettingsMapping(kind: .open, origin: .file(path, line: 1))
    for (key, node) in mapping.members where key != "recipe" && key != "base" { settings[key] = node }
    let recipe = try header("recipe", of: mapping, path: path)
    return (settings, recipe?.name, try header("base", of: mapping, path: path))
  }

  private static func header(_ key: String, of mapping: SettingsMapping, path: String) throws -> Base? {
    guard let node = mapping[key] else { return nil }
    guard case .leaf(let leaf) = node, let name = leaf.value.stringValue, case .file(_, let line) = leaf.origin else {
      throw SettingsError.file(path: path, line: nil, reason: "'\(key)' must be text, found \(node.value.described)")
    }
    return (name, line)
  }

  private static func readText(_ path: String) throws -> String {
    do {
      let file = try FileContents(path)
      guard let text = withExtendedLifetime(file, { String(validating: file.bytes, as: UTF8.self) }) else {
        throw SettingsError.file(path: path, line: nil, reason: "it is not UTF-8 text")
      }
      return text
    } catch SerializationError.cannotRead(_, let reason) {
      throw SettingsError.file(path: path, line: nil, reason: "cannot be read: \(reason)")
    }
  }
}
