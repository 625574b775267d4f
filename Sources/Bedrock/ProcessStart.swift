import Glibc

/// What a program makes sure of before it opens or believes anything.
package enum ProcessStart {
    /// Gives descriptors 0 to 2 something to be, where whoever started the program closed them: what is opened next would get their
    /// numbers, and then what is meant for standard output goes into a socket or a file of ours.
    ///
    /// Reading 0, and writing 1 and 2, fails as it does where they are closed.
    package static func holdStandardDescriptors() {
        for (descriptor, access) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)] as [(Int32, Int32)] {
            guard fcntl(descriptor, F_GETFD) < 0 else { continue }
            // The lowest free number, which is this one, since those below are held.
            if unsafe open("/dev/null", access) != descriptor { _exit(71) }
        }
    }

    /// Which argument is not UTF-8, counted from 1: Swift would replace its bytes, and it would name something else.
    package static var malformedArgument: Int? {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let text = unsafe CommandLine.unsafeArgv[index] else { return nil }
            if unsafe String(validatingCString: text) == nil { return index }
        }
        return nil
    }
}
