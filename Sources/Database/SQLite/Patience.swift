/// How long a group of writes waits for more: an eighth of a commit for the next one, half of a commit in all.

/// Only the writer's thread knows it; it says how much of the next sync a wait may cost.
struct Patience {
    /// How many there were twice in a row: the groups, and those who waited behind them.
    private(set) var crowd = 0
    private var lastCrowd = 0
    private var last: Duration = .zero
    private var commit: Duration = .zero
    private var left: Duration = .zero

    /// The smaller one of the last two crowds counts, and the shorter one of the last two commits, 40 ms at most. So a
    /// commit that hung does not make the next ones wait, nor does somebody who came by once.
    /// - Parameter took: how long the commit was; nil when nothing had been written, which tells nothing of the disk.
    mutating func renew(crowd now: Int, commit took: Duration?) {
        (crowd, lastCrowd) = (min(now, lastCrowd), now)
        if let took { (commit, last) = (min(took, last, .milliseconds(40)), took) }
        left = commit / 2
    }

    /// For the next one to come.
    var next: Duration { min(commit / 8, left) }

    mutating func spend(_ waited: Duration) { left = max(.zero, left - waited) }
}
