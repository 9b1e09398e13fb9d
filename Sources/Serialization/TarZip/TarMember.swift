/// A regular file in a tar archive.
package struct TarMember: Sendable, Hashable {
  /// Its path.
  package var name: String
  /// Where its bytes begin, from the start of the archive.
  package var offset: Int
  /// The number of its bytes.
  package var size: Int
}
