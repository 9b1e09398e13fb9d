import FileAccess
import Foundation

extension CommandLineTool {
  /// The arguments of the process, without the name of the tool. Bytes that are no UTF-8 are kept, so that such files can be named.
  public static var arguments: [String] {
    (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
      CommandLine.unsafeArgv[index].map { start in
        String(
          systemBytes: UnsafeRawBufferPointer(start: start, count: strlen(start)).assumingMemoryBound(to: UInt8.self))
      }
    }
  }

  /// Makes writing fail with an error where the system would end the process, and keeps files away from closed standard streams.
  static func prepareProcess() {
    // A closed pipe and a file over the limit of the shell become write errors, so that a run ends with its last checkpoint intact.
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    // The next file that is opened would take the place of a closed stream, and be written to by what is printed.
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
      // Reading only: what is printed to a closed stream is an error.
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
