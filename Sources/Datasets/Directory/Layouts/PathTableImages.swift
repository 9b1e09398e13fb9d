/// Image files that a list, table or JSON file names by paths relative to a folder.
protocol PathTableImages: FileImageSource {
  /// The paths as they are stated, or as the disk has them.
  var paths: PathTable { get }
  /// The same images under another folder, with other paths.
  func moved(to root: String, paths: PathTable) -> Self
}
