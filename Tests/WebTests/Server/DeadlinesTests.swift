/// Answers that nobody takes end with their connection.
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Web

struct DeadlinesTests {
    private static let piece = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(repeating: 7, count: 65_536)))

    private func answering() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: Deadlines())
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        try channel.writeInbound(HTTPServerRequestPart.head(head))
        try channel.writeInbound(HTTPServerRequestPart.end(nil))
        channel.write(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)), promise: nil)
        return channel
    }

    @Test("a part of an answer that is not taken for a minute ends it")
    func stalled() throws {
        let channel = try answering()
        channel.write(Self.piece, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("an answer goes on for as long as its parts are taken, and may be silent between them")
    func slow() throws {
        let channel = try answering()
        for _ in 0..<5 {
            channel.write(Self.piece, promise: nil)
            channel.embeddedEventLoop.advanceTime(by: .seconds(50))
            channel.flush()
            channel.embeddedEventLoop.advanceTime(by: .minutes(10))
            #expect(channel.isActive)
        }
    }
}
