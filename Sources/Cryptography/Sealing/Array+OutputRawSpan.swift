extension [UInt8] {
    /// An array of what `fill` appends, at most `capacity` bytes; its storage is not zeroed first.
    init(unsafeBytes capacity: Int, fill: (inout OutputRawSpan) -> Void) {
        unsafe self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var output = unsafe OutputRawSpan(buffer: raw, initializedCount: 0)
            fill(&output)
            count = unsafe output.finalize(for: raw)
        }
    }
}
