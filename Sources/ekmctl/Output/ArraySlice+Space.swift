extension ArraySlice<UInt8> {
    /// Without the white space at its end.
    var trimmingSpaceAtEnd: ArraySlice<UInt8> {
        var slice = self
        while let last = slice.last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { slice = slice.dropLast() }
        return slice
    }
}
