/// Every SQL statement on challenges that were solved: each lets one booking in.
import Database
import Scheduling

package enum ProofStore {
    /// Uses the proof up, in the transaction of what it lets in.
    /// - Throws: `DoorRefusal.proofRequired` when it has let somebody in.
    static func spend(_ proof: Proof, scope: Scope, in tx: Transaction) throws {
        let spent = try tx.run("""
            INSERT INTO spent_proof (workspace, seed, expires_at)
            VALUES (\(scope.workspace), \(proof.seed), \(proof.expires)) ON CONFLICT (workspace, seed) DO NOTHING
            """)
        guard spent == 1 else { throw DoorRefusal.proofSpent }
    }

    /// Forgets those whose challenge is over anyhow.
    package static func prune(now: Instant, in tx: Transaction) throws {
        // Housekeeping goes across workspaces: it is of the whole installation.
        try tx.run("DELETE FROM spent_proof WHERE expires_at <= \(now)")
    }
}
