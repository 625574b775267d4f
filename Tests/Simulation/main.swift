import CSimulation
import Foundation
import Glibc

SimExecutorFactory.install()
guard sim_is_effective() != 0 else {
    print("simulate: a sanitizer has the symbols that the simulation needs; build without one")
    exit(70)
}
guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
    let isAsked = CommandLine.arguments.contains("--help") || CommandLine.arguments.contains("-h")
    FileHandle(fileDescriptor: isAsked ? STDOUT_FILENO : STDERR_FILENO).write(Data("\(Options.usage)\n".utf8))
    exit(isAsked ? 0 : 64)
}
exit(try Simulator(options).run())
