/// Which of a workspace's people looks after a contact, as a CRM knows it.

package protocol ContactOwners: Sendable {
    /// The e-mail address of whoever owns the contact with this address; nil where nobody does, or it is not known.
    ///
    /// - Parameter workspace: the id of the workspace whose account there is asked.
    /// - Throws: ``ProviderError``. The caller waits two seconds at most.
    func owner(of email: String, workspace: String) async throws -> String?
}
