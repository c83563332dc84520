/// Colours by lightness, chroma and hue, as eyes see them, and how far apart two are for a reader.

#if canImport(Glibc)
import Glibc
#endif

/// A colour in OKLCH: CSS Color 4 §9.2 and §9.5, with the matrices of Björn Ottosson that it gives.
struct OKLCH: Equatable {
    /// 0 (black) … 1 (white).
    var lightness: Double
    /// 0 (grey) … about 0.37.
    var chroma: Double
    /// Radians.
    var hue: Double

    init(lightness: Double, chroma: Double, hue: Double) {
        (self.lightness, self.chroma, self.hue) = (lightness, chroma, hue)
    }

    init(_ colour: Colour) {
        let (red, green, blue) = colour.light
        let long = cbrt(0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue)
        let middle = cbrt(0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue)
        let short = cbrt(0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue)
        let a = 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short
        lightness = 0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short
        (chroma, hue) = ((a * a + b * b).squareRoot(), atan2(b, a))
    }

    /// The nearest colour of a screen: with less chroma where a screen cannot show so much.
    var colour: Colour {
        var most = self
        if let shown = most.shown { return shown }
        var (low, high) = (0.0, chroma)
        for _ in 0..<12 {
            most.chroma = (low + high) / 2
            if most.shown == nil { high = most.chroma } else { low = most.chroma }
        }
        most.chroma = low
        return most.shown ?? (lightness > 0.5 ? .white : .black)
    }

    /// The same on a screen; nil where a screen cannot show it.
    private var shown: Colour? {
        let (a, b) = (chroma * cos(hue), chroma * sin(hue))
        func cube(_ value: Double) -> Double { value * value * value }
        let long = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b)
        let middle = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b)
        let short = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548 * b)
        return Colour(light: (
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short))
    }
}

extension Colour {
    static let white = Colour(255, 255, 255)
    static let black = Colour(0, 0, 0)

    /// Amounts of light, 0…1 each: sRGB without its curve.
    fileprivate var light: (red: Double, green: Double, blue: Double) {
        func linear(_ part: UInt8) -> Double {
            let value = Double(part) / 255
            return value <= 0.040_45 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return (linear(red), linear(green), linear(blue))
    }

    /// Nil where an amount is below nothing or above everything by more than rounding.
    fileprivate init?(light: (Double, Double, Double)) {
        let range = -0.000_5...1.000_5
        guard range.contains(light.0), range.contains(light.1), range.contains(light.2) else { return nil }
        func part(_ value: Double) -> UInt8 {
            let curved = value <= 0.003_130_8 ? value * 12.92 : 1.055 * pow(value, 1 / 2.4) - 0.055
            return UInt8((min(max(curved, 0), 1) * 255).rounded())
        }
        self.init(part(light.0), part(light.1), part(light.2))
    }

    /// 1 (the same) … 21 (black on white): WCAG 2.2, “contrast ratio”.
    func contrast(with other: Colour) -> Double {
        let pair = [luminance, other.luminance].sorted()
        return (pair[1] + 0.05) / (pair[0] + 0.05)
    }

    /// WCAG 2.2, “relative luminance”.
    private var luminance: Double {
        let (red, green, blue) = light
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// As style sheets write it: `#0b5f6a`.
    package var css: String { "#\(digits)" }

    /// Six hexadecimal digits.
    var digits: String {
        [red, green, blue].map { part in (part < 16 ? "0" : "") + String(part, radix: 16) }.joined()
    }
}
