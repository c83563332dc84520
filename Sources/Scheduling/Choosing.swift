/// A host whom the asker has chosen: of those who take turns this one comes, and nobody else for them.

extension SlotQuestion {
    /// The same question for meetings to which `host` comes.
    ///
    /// Of hosts who take turns, all others are left out. Of a multi-host link, the host counts as one who always
    /// attends, and their pool gives one less. Who was hidden for being too far ahead of the others is asked all the
    /// same.
    /// - Parameter host: the id of a host of the question; with any other one nothing can be had.
    package func choosing(_ host: String) -> SlotQuestion {
        var question = self
        guard let place = hosts.firstIndex(where: { $0.id == host }) else {
            for place in hosts.indices { question.hosts[place].barred.append(.hostInactive) }
            return question
        }
        question.hosts[place].barred.removeAll { $0 == .overLead }
        guard rules.mode == .pooled else {
            question.hosts = [question.hosts[place]]
            return question
        }
        guard let pool = hosts[place].pool else { return question }
        question.hosts[place].pool = nil
        question.rules.pools = rules.pools.compactMap { one in
            guard one.id == pool else { return one }
            return one.take > 1 ? Pool(id: pool, take: one.take - 1) : nil
        }
        return question
    }
}
