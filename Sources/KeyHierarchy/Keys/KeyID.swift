/// Names one hourly, connection or log key.
package struct KeyID: Identifier {
    package let halves: Halves

    package init(halves: Halves) { self.halves = halves }
}
