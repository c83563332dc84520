/// The picture other programs show for an address of ours: who, what, and a day's hours with one meeting on them.

/// What is on the picture; `png()` draws it.
package struct PreviewPicture: Hashable, Sendable {
    /// In large letters, on one or two lines.
    package let title: String
    /// Below it on one line.
    package let subtitle: String
    /// Above it, small: whose workspace.
    package let head: String
    /// How long the meeting on the strip is, 1–480 minutes.
    package let minutes: Int
    package let accent: Colour

    /// - Parameter accent: the link's own colour; nil for the product's.
    package init(title: String, subtitle: String, head: String, minutes: Int, accent: Colour?) {
        self.title = title
        self.subtitle = subtitle
        self.head = head
        self.minutes = min(max(minutes, 1), 480)
        self.accent = accent ?? Colour(0x0b, 0x5f, 0x6a)
    }

    private static let margin = 80.0
    /// Letters that are looked at; what a picture has no room for is not measured either.
    private static let mostLetters = 120
    /// The strip shows 9 to 17.
    private static let hours = 8

    /// A PNG of ``OpenGraph/pictureSize``, at most 30 KB; nil if zlib refuses.
    ///
    /// The work is bounded: 120 letters of each text. A text with a letter that cannot be drawn is left out.
    package func png() -> [UInt8]? {
        let size = OpenGraph.pictureSize
        let paper = Colour(255, 255, 255)
        var canvas = Canvas(width: size.width, height: size.height, ground: paper)
        let ink = canvas.pen(Colour(0x11, 0x18, 0x1a), on: paper)
        let second = canvas.pen(Colour(0x45, 0x50, 0x54), on: paper)
        let right = Double(size.width) - Self.margin
        draw(Self.oneLine(head, scale: 2.2, room: right - Self.margin), scale: 2.2, top: 84, second, on: &canvas)
        let bottom = drawTitle(room: right - Self.margin, ink, on: &canvas)
        draw(Self.oneLine(subtitle, scale: 2.6, room: right - Self.margin), scale: 2.6, top: bottom + 20, second,
             on: &canvas)
        drawStrip(right: right, paper: paper, figures: second, on: &canvas)
        return canvas.png
    }

    /// - Returns: where the next line may begin.
    private func drawTitle(room: Double, _ pen: Canvas.Pen, on canvas: inout Canvas) -> Double {
        let top = 160.0
        for (scale, most) in [(6.0, 1), (4.6, 2), (3.6, 2)] {
            let lines = Self.lines(title, scale: scale, room: room)
            guard lines.count <= most || scale == 3.6 else { continue }
            var kept = Array(lines.prefix(most))
            if lines.count > most {
                kept[most - 1] = Self.oneLine(lines[(most - 1)...].joined(separator: " "), scale: scale, room: room)
            }
            for (index, line) in kept.enumerated() {
                draw(line, scale: scale, top: top + Double(index) * scale * 21, pen, on: &canvas)
            }
            return top + Double(max(kept.count, 1)) * scale * 21
        }
        return top
    }

    private func draw(_ text: String, scale: Double, top: Double, _ pen: Canvas.Pen, left: Double = margin,
                      on canvas: inout Canvas) {
        guard let glyphs = StrokeFont.glyphs(text) else { return }
        var x = left
        for glyph in glyphs {
            for stroke in glyph.strokes {
                let points = stroke.points.map { (x: x + $0.x * scale, y: top + $0.y * scale) }
                for (from, to) in zip(points, points.dropFirst()) {
                    canvas.line(from: from, to: to, thickness: max(2.4, scale * 1.35), pen)
                }
            }
            x += (glyph.width + StrokeFont.gap) * scale
        }
    }

    /// Eight hours to scale: free in the soft accent, the meeting in the full one.
    private func drawStrip(right: Double, paper: Colour, figures: Canvas.Pen, on canvas: inout Canvas) {
        let soft = canvas.pen(paper.mixed(with: accent, 0.14), on: paper)
        let full = canvas.pen(accent, on: paper)
        let line = canvas.pen(Colour(0xcb, 0xd3, 0xd5), on: paper)
        let (top, height) = (452.0, 76.0)
        let hour = (right - Self.margin) / Double(Self.hours)
        canvas.fill(x: Self.margin, y: top, width: right - Self.margin, height: height, radius: 10, soft)
        for index in 0...Self.hours {
            let x = Self.margin + Double(index) * hour
            if index > 0, index < Self.hours {
                canvas.line(from: (x, top + 8), to: (x, top + height - 8), thickness: 2, line)
            }
            let label = String(9 + index)
            let width = StrokeFont.glyphs(label).map { StrokeFont.width($0) } ?? 0
            draw(label, scale: 1.6, top: top + height + 22, figures, left: x - width * 0.8, on: &canvas)
        }
        // Long meetings begin at nine, so that they end on the strip.
        let start = minutes > 360 ? 0.0 : 2.0
        canvas.fill(x: Self.margin + start * hour + 3, y: top + 6, width: max(12, Double(minutes) / 60 * hour - 6),
                    height: height - 12, radius: 8, full)
    }

    /// Broken between words; nothing for a text that cannot be drawn.
    private static func lines(_ text: String, scale: Double, room: Double) -> [String] {
        let text = text.prefix(mostLetters)
        guard StrokeFont.glyphs(String(text)) != nil else { return [] }
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let longer = lines.last.map { $0 + " " + word }
            if let longer, width(longer, scale) <= room {
                lines[lines.count - 1] = longer
            } else {
                lines.append(oneLine(String(word), scale: scale, room: room))
            }
        }
        return lines
    }

    /// As much of a text as has room, with dots where it was cut.
    private static func oneLine(_ text: String, scale: Double, room: Double) -> String {
        var line = String(text.prefix(mostLetters))
        guard width(line, scale) > room else { return line }
        while !line.isEmpty, width(line + "…", scale) > room { line.removeLast() }
        return line + "…"
    }

    private static func width(_ text: String, _ scale: Double) -> Double {
        StrokeFont.glyphs(text).map { StrokeFont.width($0) * scale } ?? 0
    }
}
