/// The promises that the auditor checks, in the words of those to whom they are made.
enum Rule: String, CaseIterable {
    /// A ciphertext that was acknowledged opens, to what was encrypted, whenever its main key grants; unless its key was erased, its
    /// environment deleted or its material withdrawn after the acknowledgement, by an act that was asked for and names it.
    case nothingIsLost = "1: what was acknowledged opens"
    /// Nothing opens after the deadline that was published with the last answer, after a `revoked`, a lock, a withdrawal or a deletion
    /// was acknowledged, nor by a grant that was sent before a later denial.
    case nothingOpensLate = "2: nothing opens too late"
    /// At most one replacement takes effect in 24 true hours; none without the old key's fresh proof, unless asked for without it.
    case replacementsAreGuarded = "3: replacements are guarded"
    /// The census is exact, and a key whose main key shows none is not needed by anything.
    case theCensusIsExact = "4: the census is exact"
    /// What a receipt says is erased never opens again, and nothing else was erased; retention erases nothing before its true time.
    case erasuresAreExact = "5: erasures are exact"
    /// What was refused changed nothing; what was shut stays shut over a crash.
    case refusalsAreEmpty = "6: refusals change nothing, what is shut stays shut"
    /// Everything comes to rest: with the KMS and the store well again, every job ends and every environment serves.
    case everythingRests = "7: everything comes to rest"
    /// The daemon itself does not fall.
    case nothingFalls = "0: the daemon does not fall"
}
