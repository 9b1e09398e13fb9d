import ArgumentParser
import FileAccess
import Foundation
import ModelTraining
import Torch

/// Runs the tool and turns what happened into an exit code.
public enum CommandLineTool {
  /// Exit codes: 0 done, 1 the engine failed, 2 the input cannot be used, 128 + signal when stopped.
  ///
  /// A result that could not be written to standard output is 2 as well, except where the reader of a pipe has gone: 141, without words.
  public static func run(_ arguments: [String]) -> Int32 {
    prepareProcess()
    let status = status(of: arguments)
    guard status == 0, let failure = Console.outputFailure else { return status }
    if !failure.isClosedPipe { Console.error("Error: \(failure)") }
    return failure.exitCode
  }

  private static func status(of arguments: [String]) -> Int32 {
    do {
      if let unknown = UnknownCommand.find(in: arguments) { throw unknown }
      if let repeated = RepeatedOption.find(in: arguments) { throw repeated }
      var command = try LongtailCommand.parseAsRoot(arguments)
      try run(&command)
      return 0
    } catch let stopped as Interruption {
      Console.error(stopped.description)
      return 128 + stopped.signal
    } catch let error as OutputError {
      if !error.isClosedPipe { Console.error("Error: \(error)") }
      return error.exitCode
    } catch let error as TorchError {
      Console.error("Error: \(error)")
      if case .device = error { return 2 }
      return 1
    } catch {
      return report(error, arguments)
    }
  }

  /// The parser words errors of a running command as those of the root; the user needs the command's own help.
  private static func run(_ command: inout any ParsableCommand) throws {
    do {
      try command.run()
    } catch let error as ValidationError {
      throw UsageError(message: error.message, command: type(of: command).fullName)
    }
  }

  private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
    let isSystemError = error is CocoaError || error is POSIXError || error is DecodingError || error is EncodingError
    let message = isSystemError ? ErrorText.text(of: error) : LongtailCommand.fullMessage(for: error)
    let text = SettingHint.text(for: message, in: arguments).map { "\(message)\n  \($0)" } ?? message
    guard LongtailCommand.exitCode(for: error) != .success else {
      Console.output(text)
      return 0
    }
    // The parser's own errors come with usage; all others describe themselves.
    Console.error(text.lowercased().hasPrefix("error:") ? text : "Error: \(text)")
    return 2
  }
}

/// Options of a command that do not fit together, found while it runs.
struct UsageError: Error, CustomStringConvertible {
  let message: String
  let command: String
  var description: String { "\(message)\n  See '\(command) --help' for more information." }
}

/// A run that was asked to stop by a signal and has saved its state.
struct Interruption: Error, CustomStringConvertible {
  let signal: Int32
  let description: String
}
