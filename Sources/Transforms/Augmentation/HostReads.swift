import Torch

/// Whether a step may read values on the host to save work: on the processor, where that costs no waiting. Programs that are captured and
/// replayed must not.
package enum HostReads {
  /// Whether they are forbidden on the processor too, so that its programs are those that a GPU captures.
  @TaskLocal package static var areForbidden = false

  /// Whether a step on a device may read values.
  package static func areAllowed(on device: Device) -> Bool { device == .cpu && !areForbidden }
}
