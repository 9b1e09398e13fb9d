import Foundation
import LongtailCLI

let status = CommandLineTool.run(CommandLineTool.arguments)
// Nothing is left to do, and the engine's libraries would take longer to take themselves down than many a command runs.
fflush(nil)
_exit(status)
