/// What happens to the KMS, the store and the machine.
extension World {
    /// - Returns: whether the event was one of these.
    func isOfTheWorld(_ event: PlanEvent) -> Bool {
        let key = Self.keyName(Int(event.b % UInt64(plan.keys)))
        switch event.kind {
        case .kmsState:
            let states: [SimKMS.State] = [.denied, .disabled, .lying, .throttled, .silent, .down, .denied, .disabled]
            let state = states[Int(event.a % 8)]
            say("#\(event.number) \(key) is \(state.rawValue)")
            kms.set(state, of: key)
        case .kmsPace:
            let pace = SimKMS.Pace.allCases[Int(event.a % 3)]
            say("#\(event.number) \(key) is \(pace)")
            kms.set(pace, of: key)
        case .kmsRotate:
            say("#\(event.number) \(key) rotates")
            kms.rotate(key)
        case .kmsReturn:
            say("#\(event.number) \(key) goes back to the generation before")
            kms.returnGeneration(key)
        case .kmsHeal:
            say("#\(event.number) \(key) is enabled")
            kms.set(.enabled, of: key)
            kms.set(.fast, of: key)
        case .kmsDrop: drop(key, event)
        case .weather:
            let kind = StoreWeather.Kind.allCases[Int(event.a % UInt64(StoreWeather.Kind.allCases.count))]
            say("#\(event.number) the store is \(kind)")
            weather.set(kind)
        case .reader:
            weather.visit(base.kind == .sqlite ? base.database : nil, writes: event.a % 4 == 0)
            say("#\(event.number) somebody \(weather.isRead ? "reads" : "no longer reads") the store's file")
        case .calm:
            say("#\(event.number) the store is fair")
            weather.clear()
        case .crash:
            say("#\(event.number) the daemon crashes")
            let pause = 50 * millisecond + event.a % (event.b % 10 == 0 ? 400 * second : 2 * second)
            // In the middle of a transaction, if one comes soon.
            if base.kind == .sqlite, event.b % 3 != 0 {
                base.kill(afterWrites: 1 + Int(event.b % 14))
                crashPause = pause
                executor.at(executor.now + 3 * second) { [unowned self] in if crashPause != nil { crash(pause: pause) } }
            } else {
                crash(pause: pause)
            }
        case .reboot:
            say("#\(event.number) the machine boots")
            crash(pause: 2 * second + event.a % (60 * second), powerCut: event.a)
            clocks.reboot()
            clocks.setRight()
            switch event.b % 5 {
            // More than a machine that was off for a week would show.
            case 0: clocks.jump(by: Int64(event.a % 4) * 40 * 86_400 + 8 * 86_400)
            case 1: clocks.jump(by: -Int64(event.a % 4) * 86_400 - 3_600)
            default: break
            }
            clocks.isSynchronised = event.b % 3 != 0
            mayBeSet = true
        case .jump:
            let seconds = [-7_200, -600, 200, 280, 900, 5_400, 90_000, 3_000_000][Int(event.a % 8)]
            say("#\(event.number) the wall clock jumps by \(seconds) s")
            jump(by: Int64(seconds))
        case .creep:
            let steps = 3 + Int(event.a % 40)
            say("#\(event.number) the wall clock is led ahead in \(steps) steps of 290 s")
            creep(steps)
        case .right:
            say("#\(event.number) the wall clock is set right")
            clocks.setRight()
        default: return false
        }
        return true
    }

    /// A clock that was not believed yet since the boot, and goes some days ahead, looks like one that is set right at last.
    private func jump(by seconds: Int64) {
        clocks.jump(by: seconds)
        if mayBeSet, clocks.wallError > 0 { auditor.wasFooled = true }
    }

    /// One step after the other, each within what the daemon takes for ordinary.
    private func creep(_ steps: Int) {
        guard steps > 0, !isAtRest else { return }
        jump(by: 290)
        lastRequest = executor.now
        executor.at(executor.now + 65 * second) { [unowned self] in creep(steps - 1) }
    }

    /// Deletes a key of the KMS for ever, once every environment shows that nothing hangs under it: as a customer would.
    private func drop(_ key: String, _ event: PlanEvent) {
        guard let life, actsUnderWay == 0, auditor.replacements.isEmpty, auditor.creationsLeftOpen.values.allSatisfy({ $0 == 0 }) else {
            return
        }
        let label = MainKeyLabel.kms(key)
        Task {
            actsUnderWay += 1
            defer { actsUnderWay -= 1 }
            for environment in auditor.environments.values.filter({ $0.exists.mayBe(true) }).sorted(by: { $0.id < $1.id }) {
                let begin = executor.now
                guard let view = try? await life.view(environment.name), life === self.life else { return }
                auditor.showed(view, since: begin)
                guard view.environment == environment.id, view.mainKey != label, view.pending == nil,
                    !view.census.contains(where: { $0.mainKey == label && $0.keys > 0 })
                else { return }
            }
            guard actsUnderWay == 1, life === self.life else { return }
            say("#\(event.number) \(key) is deleted for ever: no key hangs under it")
            kms.set(.deleted, of: key)
        }
    }
}
