import Foundation
import NIOCore
import NIOHTTP1

/// Reads the requests of one connection, and writes their answers.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Answer = FaultInjectingKMS.Answer

    private let connection: Int
    private let receive: @Sendable (FaultInjectingKMS.Incoming) -> FaultInjectingKMS.Delivery
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(connection: Int, receive: @escaping @Sendable (FaultInjectingKMS.Incoming) -> FaultInjectingKMS.Delivery) {
        self.connection = connection
        self.receive = receive
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part):
            body += part.readableBytesView
        case .end:
            guard let head else { return }
            let channel = context.channel
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0),\($1)" })
            let incoming = FaultInjectingKMS.Incoming(
                method: head.method.rawValue, path: head.uri, headers: headers, body: body, connection: connection
            ) { answer in Self.send(answer, on: channel) }
            switch receive(incoming) {
            case .whole(let answer): Self.send(answer, on: channel)
            case .held: break
            case .late(let answer, let duration):
                context.eventLoop.scheduleTask(in: TimeAmount(duration)) { Self.send(answer, on: channel) }
            case .half(let answer):
                channel.write(HTTPServerResponsePart.head(Self.head(of: answer)), promise: nil)
                let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
                channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(half))).whenComplete { _ in channel.close(promise: nil) }
            case .none: context.close(promise: nil)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func head(of answer: Answer) -> HTTPResponseHead {
        var headers: HTTPHeaders = [
            "Content-Type": answer.contentType, "Content-Length": "\(answer.body.count)",
            "x-amzn-RequestId": UUID().uuidString.lowercased(),
        ]
        if let date = answer.date { headers.add(name: "Date", value: format(date)) }
        return HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    }

    /// `Mon, 23 Nov 2026 20:15:00 GMT`
    private static func format(_ date: Date) -> String {
        var time = time_t(date.timeIntervalSince1970)
        var parts = tm()
        gmtime_r(&time, &parts)
        var text = [CChar](repeating: 0, count: 40)
        strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func send(_ answer: Answer, on channel: any Channel) {
        channel.write(HTTPServerResponsePart.head(head(of: answer)), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: answer.body))), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
}
