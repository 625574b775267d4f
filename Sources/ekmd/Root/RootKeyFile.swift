import Bedrock
import Cryptography
import Glibc
import KeyHierarchy

/// The root key's file: read with suspicion, made once, never changed.
struct RootKeyFile {
    let path: String
    /// A credential was put there by the service manager, which looked after its owner and its mode.
    let isCredential: Bool

    /// The key; nil where there is no such file.
    /// - Throws: where it is not a root key, or others could read or replace it.
    func read() throws(StartFailure) -> RootKey? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT || number == ENOTDIR { return nil }
            throw refusal("cannot be read: \(SystemError.text(number)).", "Make it readable for the user who runs ekmd.")
        }
        defer { close(descriptor) }
        try check(descriptor)
        let capacity = 256
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer {
            unsafe text.wipe()
            unsafe text.deallocate()
        }
        var count = 0
        while count < capacity {
            let read = unsafe Glibc.read(descriptor, text.baseAddress.map { unsafe $0 + count }, capacity - count)
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw refusal("cannot be read: \(SystemError.text(errno)).", "Look at the disk.") }
            if read == 0 { break }
            count += read
        }
        guard let secret = RootKeyText.decode(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: text[..<count]))) else {
            throw refusal("does not hold 32 bytes in base64.", "Put back the root key that this store was made with.")
        }
        guard !secret.isAllZero else {
            throw refusal(
                "is nothing but zeros: that is no key.",
                "Put back the root key that this store was made with; for a new store: openssl rand -base64 32 >\(path)")
        }
        do {
            return try RootKey(secret)
        } catch {
            throw StartFailure(.software, "The root key in \(path) could not be used: \(error.message)")
        }
    }

    /// Makes the file with a fresh key. What stands at the path already is left alone.
    func make() throws(StartFailure) -> RootKey {
        try makeDirectories()
        do {
            let secret = try SecretBytes.random(byteCount: RootKey.byteCount)
            try write(RootKeyText.text(of: secret))
            return try RootKey(secret)
        } catch let failure as StartFailure {
            throw failure
        } catch {
            throw StartFailure(.software, "A root key could not be made: \(error)")
        }
    }

    private func check(_ descriptor: CInt) throws(StartFailure) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refusal("is not a regular file.", "Name the file that holds the key.")
        }
        guard !isCredential else { return }
        if let defect = FileTrust.defect(of: path, status) { throw refusal("\(defect.what).", "Run: \(defect.remedy)") }
        guard status.st_mode & 0o177 == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw refusal("has mode \(mode): others can read or change it, or it can be run.", "Run: chmod 600 \(path)")
        }
    }

    /// Durable before anything is sealed with it: the file, then its name.
    private func write(_ text: WipedBytes) throws(StartFailure) {
        // Written aside and linked: nobody ever finds half a key under the name.
        let draft = path + ".new-\(getpid())"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw cannotMake(errno) }
        defer {
            close(descriptor)
            unsafe unlink(draft)
        }
        guard unsafe Glibc.write(descriptor, text.start, text.count) == text.count else { throw cannotMake(errno) }
        guard fsync(descriptor) == 0 else { throw cannotMake(errno) }
        guard unsafe link(draft, path) == 0 else { throw cannotMake(errno) }
        let directory = unsafe open(Paths.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw cannotMake(errno) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw cannotMake(errno) }
    }

    private func makeDirectories() throws(StartFailure) {
        do { try Paths.makeDirectories(Paths.parent(of: path), mode: 0o700) } catch { throw cannotMake(error.number) }
    }

    private func cannotMake(_ number: CInt) -> StartFailure {
        StartFailure(
            .cannotCreate,
            "The root key could not be made at \(path): \(SystemError.text(number)). "
                + "Make the directory writable for the user who runs ekmd, or name another place with 'root_key' in the configuration.")
    }

    private func refusal(_ what: String, _ remedy: String) -> StartFailure {
        StartFailure(.configuration, "The root key in \(path) \(what) ekmd did not start, and changed nothing. \(remedy)")
    }
}
