import Glibc

/// A TCP port on 127.0.0.1 that nobody listens on.
///
/// It lies below the range from which the kernel picks ports by itself, so that it stays free when a server closes it for a while.
/// Another process may take it all the same: whoever starts a server on it must see that the server came up, and try again.
package func freeLoopbackPort() throws -> Int {
    for _ in 0..<100 {
        let port = UInt16.random(in: 20_000..<32_000)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ProcessFailure("socket: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let isFree = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isFree { return Int(port) }
    }
    throw ProcessFailure("there is no free port on 127.0.0.1")
}
