import CSimulation
import Glibc

SimExecutorFactory.install()
guard sim_is_effective() != 0 else {
    print("simulate: a sanitizer has the symbols that the simulation needs; build without one")
    exit(70)
}
guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
    print(Options.usage)
    exit(64)
}
exit(try Simulator(options).run())
