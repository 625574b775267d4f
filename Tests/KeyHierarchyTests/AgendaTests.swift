import KeyHierarchy
import Testing

@Suite("The agenda")
struct AgendaTests {
    @Test("gives what is due in the order of time, each once, as it was set last")
    func order() {
        var agenda = Agenda<String, Int>()
        agenda["a"] = 5
        agenda["b"] = 3
        agenda["c"] = 9
        agenda["a"] = 1
        agenda["b"] = nil
        #expect(agenda.first() == 1)
        #expect(agenda.next(where: { $0 <= 5 }) == "a")
        #expect(agenda.next(where: { $0 <= 5 }) == nil)
        #expect(agenda["c"] == 9)
        #expect(agenda.next(where: { $0 <= 9 }) == "c")
        #expect(agenda.first() == nil && agenda.count == 0)
    }

    @Test("what is moved again and again leaves nothing behind")
    func bounded() {
        var agenda = Agenda<Int, Int>()
        for subject in 0..<100 { agenda[subject] = 0 }
        for time in 1...100_000 { agenda[time % 100] = time }
        #expect(agenda.entries < 1000)
        var given: [Int] = []
        while let subject = agenda.next(where: { _ in true }) { given.append(subject) }
        #expect(given.count == 100 && Set(given).count == 100)
    }
}
