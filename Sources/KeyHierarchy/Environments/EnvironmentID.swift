/// Names one environment for ever; a name that is deleted and made again gets another.
package struct EnvironmentID: Identifier {
    package let halves: Halves

    package init(halves: Halves) { self.halves = halves }
}
