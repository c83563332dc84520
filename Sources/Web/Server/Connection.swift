/// One HTTP/1 connection: limits of headers below the parser, compression below the codec, then Hummingbird's loop.

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Hummingbird's HTTP/1 channel with a compressor.
///
/// The compressor speaks NIO's older types, so it has to stand between the parser and the codec; Hummingbird's own
/// channel only lets handlers in above the codec.
struct Connection: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder

    /// Of one message: all names and values, one field, and how many. NIO's own limits (2 MiB, 80 KiB, 256) are more
    /// than any browser sends; an unbounded number once crashed servers of this kind (CVE-2026-28980).
    private static let limits: NIOHTTPDecoderLimitConfiguration = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 64 * 1024
        limits.maxHeaderFieldSize = 32 * 1024
        limits.maxHeaderFieldCount = 128
        return limits
    }()

    /// Most bytes of one read, and how many reads wait for whoever takes them before the line is left alone. NIO's own
    /// are 65,536 and ten: with five hundred uploads at once that was 240 MB.
    private static let mostRead = 16_384
    private static let waiting = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
        lowWatermark: 1, highWatermark: 2)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.syncOptions?.setOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(
                minimum: 64, initial: 2_048, maximum: Connection.mostRead))
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: Connection.limits)
            try pipeline.addHandler(Deadlines())
            try pipeline.addHandler(ParserErrors())
            try pipeline.addHandler(HTTPResponseCompressor(initialByteBufferCapacity: 8192) { head, _ in
                guard head.headers.contains(name: Connection.plain) else { return .compressIfPossible }
                head.headers.remove(name: Connection.plain)
                return .doNotCompress
            })
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: .seconds(60), logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(
                    backPressureStrategy: Connection.waiting, isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value channel: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: channel, logger: logger)
    }

    /// Marks an answer that goes out as it is; never leaves the server.
    static let plain = "x-workestra-plain"
}

/// Answers what cannot be parsed, below the compressor: 431 for too many or too long headers, 400 for the rest.
///
/// Hummingbird would answer such errors itself, through the compressor. That keeps a queue of requests and stops the
/// whole process when an answer comes for a request it has not seen.
private final class ParserErrors: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Between the head and the end of an answer nothing else may be written.
    private var isAnswering = false
    private var isOver = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head: isAnswering = true
        case .body: break
        case .end: isAnswering = false
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        guard !isOver else { return }
        isOver = true
        guard !isAnswering else {
            context.close(promise: nil)
            return
        }
        let status: HTTPResponseStatus = error == .headerOverflow ? .requestHeaderFieldsTooLarge : .badRequest
        let head = HTTPResponseHead(version: .http1_1, status: status,
                                    headers: ["Connection": "close", "Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        // Closing at once, with bytes unread, would take the answer back (TCP reset). What still comes is dropped.
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}

/// Closes a connection whose next request does not come, its head within a minute, the whole of it within five; and one
/// whose answer is not taken: no part of it within a minute.
///
/// A byte now and then keeps a connection from being idle, so that a few hundred of them could be all there is room
/// for, and keep everybody else out (Slowloris). A large answer that nobody reads does the same.
final class Deadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private static let head = TimeAmount.seconds(60)
    private static let whole = TimeAmount.minutes(5)
    /// How long a part of an answer may wait to be taken.
    static let stall = TimeAmount.seconds(60)

    /// Requests that have begun and are not answered yet.
    private var open = 0
    private var timer: Scheduled<Void>?
    /// Parts of answers that wait to be taken. An answer that has nothing to say meanwhile may be silent.
    private var waiting = 0
    private var stalled: Scheduled<Void>?

    func channelActive(context: ChannelHandlerContext) {
        wait(for: Self.head, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        stalled?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            open += 1
            wait(for: Self.whole, context)
        case .body: break
        case .end: timer?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            open = max(0, open - 1)
            if open == 0 { wait(for: Self.head, context) }
        }
        guard case .body = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        let written = promise ?? context.eventLoop.makePromise()
        let channel = context.channel
        waiting += 1
        if waiting == 1 { watch(channel) }
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.isTaken(channel) }
        context.write(data, promise: written)
    }

    private func isTaken(_ channel: any Channel) {
        waiting -= 1
        stalled?.cancel()
        stalled = nil
        if waiting > 0, channel.isActive { watch(channel) }
    }

    private func watch(_ channel: any Channel) {
        stalled = channel.eventLoop.scheduleTask(in: Self.stall) { channel.close(promise: nil) }
    }

    private func wait(for time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
