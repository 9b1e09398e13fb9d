/// A regular file in a tar archive.
package struct TarMember: Sendable, Hashable {
  /// Its path.
  package var name: String
  /// The offset of its bytes in the archive.
  package var offset: Int
  /// Its size in bytes.
  package var size: Int
}
