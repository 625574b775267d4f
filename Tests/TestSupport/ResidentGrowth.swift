import Foundation

/// By how many bytes the memory of this process grows while `body` runs, as the kernel sees it (`statm` of proc(5)).
package func residentGrowth(_ body: () async throws -> Void) async throws -> Int {
    let before = try residentBytes()
    try await body()
    return try residentBytes() - before
}

private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}
