/// Reads compiled zone files (TZif, RFC 9636) version 2 and later. The bytes are not trusted.

extension ZoneTable {
    /// Reads a TZif file of version 2 or later; nil if anything in it contradicts RFC 9636.
    ///
    /// Files with leap seconds (`right/…`) are refused too: ``Instant`` counts POSIX seconds.
    convenience init?(tzif bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let old = reader.header(), old.version >= UInt8(ascii: "2"), reader.skip(old.size(timeBytes: 4)),
              let header = reader.header(), header.leaps == 0, 1...256 ~= header.kinds, header.times <= 32_000,
              header.standards == 0 || header.standards == header.kinds,
              header.universals == 0 || header.universals == header.kinds,
              let transitions = reader.transitions(header),
              let kinds = reader.kinds(header),
              reader.skip(header.standards + header.universals),
              let footer = reader.footer()
        else { return nil }
        var rule: ZoneRule?
        if !footer.isEmpty {
            rule = ZoneRule(footer)
            if rule == nil { return nil }
        }
        self.init(transitions: transitions, kinds: kinds, rule: rule)
    }
}

/// The counts at the head of a block.
private struct Header {
    var version: UInt8
    var universals: Int
    var standards: Int
    var leaps: Int
    var times: Int
    var kinds: Int
    var characters: Int

    /// The bytes of the block that follows, times and leap seconds being that wide.
    func size(timeBytes: Int) -> Int {
        times * (timeBytes + 1) + kinds * 6 + characters + leaps * (timeBytes + 4) + standards + universals
    }
}

/// A cursor over big-endian bytes; every step is checked against the end.
private struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func number(_ width: Int) -> UInt64? {
        take(width)?.reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func header() -> Header? {
        guard let magic = take(4), magic.elementsEqual("TZif".utf8), let version = take(1)?.first, skip(15) else {
            return nil
        }
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = number(4) else { return nil }
            counts.append(Int(count))
        }
        return Header(version: version, universals: counts[0], standards: counts[1], leaps: counts[2],
                      times: counts[3], kinds: counts[4], characters: counts[5])
    }

    /// The transitions, strictly ascending. Older writers put one far before the Big Bang; it only repeats the first
    /// kind and is left out.
    mutating func transitions(_ header: Header) -> [ZoneTransition]? {
        guard let times = take(header.times * 8), let places = take(header.times) else { return nil }
        var transitions: [ZoneTransition] = []
        for (number, place) in places.enumerated() {
            let first = times.startIndex + number * 8
            let at = Int64(bitPattern: times[first..<first + 8].reduce(0) { $0 << 8 | UInt64($1) })
            guard at <= ZoneTable.largestInstant, Int(place) < header.kinds else { return nil }
            if at < -ZoneTable.largestInstant {
                guard number == 0 else { return nil }
                continue
            }
            guard transitions.last.map({ $0.at < at }) ?? true else { return nil }
            transitions.append(ZoneTransition(at: at, kind: Int(place)))
        }
        return transitions
    }

    mutating func kinds(_ header: Header) -> [ZoneKind]? {
        guard let records = take(header.kinds * 6), let characters = take(header.characters) else { return nil }
        var kinds: [ZoneKind] = []
        for number in 0..<header.kinds {
            let record = records[(records.startIndex + number * 6)...]
            let offset = Int32(bitPattern: record.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
            let place = characters.startIndex + Int(record[record.startIndex + 5])
            guard abs(Int64(offset)) < ZoneTable.largestOffset, place < characters.endIndex,
                  let end = characters[place...].firstIndex(of: 0)
            else { return nil }
            let abbreviation = String(decoding: characters[place..<end], as: UTF8.self)
            kinds.append(ZoneKind(offset: Int(offset), abbreviation: abbreviation))
        }
        return kinds
    }

    /// What stands between the two line feeds after the data.
    mutating func footer() -> ArraySlice<UInt8>? {
        guard take(1)?.first == UInt8(ascii: "\n"),
              let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        return bytes[position..<end]
    }
}
