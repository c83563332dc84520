/// How long a group of writes waits for more: an eighth of a commit for the next one, half of a commit in all.

/// Only the writer's thread knows it; it says how much of the next sync a wait may cost.
struct Patience {
    /// How many the last group and those who waited behind it were.
    private(set) var crowd = 0
    private var last: Duration = .zero
    private var commit: Duration = .zero
    private var left: Duration = .zero

    /// The shorter one of the last two commits counts, and at most 40 ms, so that one that hung does not make the next
    /// ones wait.
    mutating func renew(crowd: Int, commit took: Duration) {
        (self.crowd, commit, last) = (crowd, min(took, last, .milliseconds(40)), took)
        left = commit / 2
    }

    /// For the next one to come.
    var next: Duration { min(commit / 8, left) }

    mutating func spend(_ waited: Duration) { left = max(.zero, left - waited) }
}
