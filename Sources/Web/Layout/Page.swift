/// What every page is: data, and the HTML they become.

/// A page of the program.
///
/// ```swift
/// struct KeysPage: Page {
///     let principal: Principal
///     let keys: [Key]
///     var html: HTML { Layout.app(title: plain("Keys"), tab: .keys, principal, "…") }
///     static var example: KeysPage { KeysPage(principal: .example, keys: [.example]) }
/// }
/// ```
package protocol Page: Sendable {
    var html: HTML { get }
    /// Shown in the gallery of a development server and walked by the tests.
    static var example: Self { get }
}
