import Foundation
import LongtailCLI

let status = CommandLineTool(LongtailCommand.self).run(CommandLineTool.arguments)
// Unloading the engine's libraries would take longer than many commands run.
fflush(nil)
_exit(status)
