/// Why the folder of a run cannot be used, or runs cannot be taken together.
public enum RunError: Error, Equatable, CustomStringConvertible {
  /// A new run would write into a folder that is not empty.
  case folderNotEmpty(path: String)
  /// The folder holds no run.
  case notARun(path: String)
  /// Another process is writing the run.
  case locked(path: String, process: String)
  /// A file of the run is not what it should be.
  case malformed(path: String, reason: String)
  /// The folder was written by a program with another layout of run folders; nil is a layout before formats were numbered.
  case otherFormat(path: String, format: Int?)
  /// Runs that cannot stand in one table.
  case notComparable(reason: String)

  /// The message: the place, what is wrong, what to do.
  public var description: String {
    switch self {
    case .folderNotEmpty(let path):
      "\(path): the folder is not empty; name another one, or resume the run in it with --resume \(path)"
    case .notARun(let path): "\(path): no run is in this folder (it has neither recipe.yaml nor environment.json)"
    case .locked(let path, let process): "\(path): \(process) is writing this run; stop it first or name another folder"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .otherFormat(let path, let format) where format ?? 1 > RunFolder.format:
      "\(path): written in format \(format ?? 1) of run folders, but this longtail reads format \(RunFolder.format); use a newer longtail"
    case .otherFormat(let path, let format):
      "\(path): written in format \(format ?? 1) of run folders by an older longtail, but this one reads format \(RunFolder.format); "
        + "train the run again, or read it with the longtail that wrote it"
    case .notComparable(let reason): reason
    }
  }
}
