/// Reads the pools of a link, and which of them a host is in.
import Scheduling
import Web

extension LinkReading {
    /// A row of the form without a name is no pool.
    static func readPools(_ fields: inout Fields, into rules: inout LinkRules) {
        guard fields.has("pools") || fields.has("pools.0.name") else {
            if rules.kind != .multiHost { rules.pools = [] }
            return
        }
        let isForm = fields.isForm
        // The form has free rows beside those that are there.
        let rows = fields.list("pools", atMost: 2 * LinkPool.most, label: plain("Pools")) { element -> LinkPool? in
            if isForm, element.optionalText("name", atMost: 4 * LinkPool.longestName) == nil {
                _ = element.has("take")
                return nil
            }
            let name = element.text("name", 1...LinkPool.longestName, label: plain("Name of the pool"))
            let take = element.optionalInteger("take", LinkPool.takes, label: plain("How many attend"))
            return LinkPool(name: name, take: take ?? 1)
        }
        var pools: [LinkPool] = [], seen: Set<String> = []
        for (index, pool) in rows.enumerated() {
            guard let pool else { continue }
            if !pool.name.isEmpty, !seen.insert(pool.name.lowercased()).inserted {
                fields.fail("pools.\(index).name", "invalid", plain("There is already a pool of this name."))
            }
            pools.append(pool)
        }
        if pools.count > LinkPool.most {
            fields.fail("pools", "too_many", plain("A link has at most \(LinkPool.most) pools."))
        }
        guard rules.kind == .multiHost else {
            rules.pools = []
            // The form sends them along with every kind.
            if !isForm, !pools.isEmpty {
                fields.fail("pools", "invalid", plain("Only multi_host links have pools. Leave them out."))
            }
            return
        }
        rules.pools = pools
    }

    /// The pool a host of a multi-host link is in; nil for one who always attends.
    static func pool(_ element: inout Fields, kind: LinkKind) -> String? {
        let isForm = element.isForm
        let name = element.optionalText("pool", atMost: LinkPool.longestName, label: plain("Pool"))
        guard kind == .multiHost else {
            if name != nil, !isForm {
                element.fail("pool", "invalid", plain("Only hosts of multi_host links are in pools. Leave it out."))
            }
            return nil
        }
        let role = element.choice("role", otherwise: name == nil ? Role.fixed : .rotating, optional: true)
        if role == .rotating, name == nil {
            element.fail("pool", "missing", plain("Say which pool this host is in, or that they always attend."))
        } else if role == .fixed, name != nil {
            element.fail("pool", "invalid", plain("A host who always attends is in no pool. Leave it out."))
        }
        return name
    }
}
