/// Names one customer main key as one environment knows it.
package struct MainKeyID: Identifier {
    package let halves: Halves

    package init(halves: Halves) { self.halves = halves }
}
