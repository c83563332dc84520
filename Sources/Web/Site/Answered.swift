/// What the program learns about each request, and what it may forbid for a while.

extension Site {
    /// A request that was answered: for counting, so nothing in it says who asked for what.
    package struct Answered: Sendable, Hashable {
        package let method: String
        /// The pattern of the route, or `none`.
        package let route: String
        package let status: Int
        package let milliseconds: Int64
        /// The rate limit that refused it, if one did.
        package let rule: String?

        package init(method: String, route: String, status: Int, milliseconds: Int64, rule: String? = nil) {
            self.method = method
            self.route = route
            self.status = status
            self.milliseconds = milliseconds
            self.rule = rule
        }
    }

    /// Two ways in which the program looks over the site's shoulder.
    package struct Watch: Sendable {
        /// Told of every request but probes and files.
        let answered: @Sendable (Answered) -> Void
        /// Asked before a request that may change something; a refusal is the answer.
        let refuses: @Sendable (Route) -> (any Refusal)?

        package init(
            answered: @escaping @Sendable (Answered) -> Void = { _ in },
            refuses: @escaping @Sendable (Route) -> (any Refusal)? = { _ in nil }
        ) {
            self.answered = answered
            self.refuses = refuses
        }
    }
}
