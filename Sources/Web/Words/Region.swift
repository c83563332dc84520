/// What one language reads differently from country to country: the clock, the first weekday, the order of a date.

/// The countries that differ from what a ``Language`` does by itself. From Unicode CLDR 47: the short time formats of
/// the locales, `weekData`, and the long date formats of English.
enum Region {
    /// Hours from 1 to 12, by language.
    private static let twelveHours: [String: Set<String>] = [
        "en": words("""
            AE AG AS AU BB BM BS CA CY DM ER FJ FM GD GH GM GU GY HK IN JM KI KN KY LC LR LS MH MO MP MW MY NA NZ \
            PG PH PK PR PW SB SD SG SL SS SZ TC TO TT UM US VC VG VI VU WS
            """),
        "fr": words("CA DJ DZ MR SY TD TN VU"),
        "es": words("BO CO CR CU DO EC GT HN MX NI PA PE PH PR SV US VE"),
        "pt": words("MO"),
        "zh": words("HK MO MY SG TW"),
        "ar": words("AE BH DJ DZ EG EH ER IQ JO KW LB LY MR OM PS QA SA SD SO SS SY TD TN YE"),
    ]
    private static let sundays = words("""
        AG AO AS BR BS BW BZ CA CO CV DM DO GT GU GW HK HN ID IL IN JM JP KE MH MO MT MX MZ NI PA PE PH PK PR PT PY SA \
        SG ST SV TL TT TW UM US VE VI WS YE ZA ZW
        """)
    private static let mondays = words("""
        AE AI AR AT AU AW BB BE BF BI BJ BL BM BO BQ CC CD CF CG CH CI CK CL CM CN CR CU CW CX CY CZ DE DG DK EA \
        EC EE EH ER ES FI FJ FK FM FR GA GB GD GE GF GG GH GI GM GN GP GQ GS GY HT HU IC IE IM IO IT JE KI KM KN \
        KY LB LC LI LR LS LT LU LV MA MC MF MG ML MP MQ MR MS MU MW MY NA NC NE NF NG NL NO NR NU NZ PF PG PL PM \
        PN PS PW RE RO RW SB SC SE SH SI SK SL SM SN SO SR SS SX SZ TC TD TG TK TN TO TV TZ UA UG UY VA VC VG VU \
        WF YT ZM
        """)
    private static let saturdays = words("BH DJ DZ EG IQ JO KW LY OM QA SD SY")
    /// `Thursday, December 3`, in English.
    private static let monthFirst = words("AS BI CA GU JP MH MP PH PR UM US VI")

    static func clock(of language: String, in region: String) -> HourClock {
        twelveHours[language]?.contains(region) == true ? .twelve : .twentyFour
    }

    /// 0 = Sunday, 1 = Monday, 6 = Saturday; nil for what is no country.
    static func firstWeekday(in region: String) -> Int? {
        sundays.contains(region) ? 0 : mondays.contains(region) ? 1 : saturdays.contains(region) ? 6 : nil
    }

    static func saysMonthFirst(in region: String) -> Bool { monthFirst.contains(region) }

    /// English with the month before the day.
    static let monthFirstEnglish = Catalogue([
        "[day] %1 %2 %3": "%1, %3 %2", "[day with year] %1 %2 %3 %4": "%1, %3 %2, %4",
        "[day of month] %1 %2": "%2 %1", "[short day] %1 %2 %3": "%1, %3 %2",
    ])

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: " ").map(String.init)) }
}

extension Language {
    /// The same language as it is read in a country; unchanged without one, and where there is no difference.
    ///
    /// - Parameter region: two letters of ISO 3166-1, in any case.
    package func spoken(in region: String?) -> Language {
        guard let region = region?.uppercased(), region.utf8.count == 2,
            let first = Region.firstWeekday(in: region), !isPseudo, !code.contains("-")
        else { return self }
        var here = self
        here.clock = Region.clock(of: code, in: region)
        here.firstWeekday = first
        let isMonthFirst = code == Language.english.code && Region.saysMonthFirst(in: region)
        if code == Language.english.code {
            // Where it was read in another country before, its days are those of English again.
            here.catalogue = isMonthFirst ? Region.monthFirstEnglish : Language.english.catalogue
        }
        guard isMonthFirst || self.region != nil || here.clock != clock || here.firstWeekday != firstWeekday else {
            return self
        }
        here.region = region
        return here
    }

    /// The last part of `es-MX` and `zh-Hant-TW`, if it is a country.
    static func region(of tag: String) -> String? {
        let parts = tag.split(separator: "-").dropFirst()
        return parts.first { $0.utf8.count == 2 }.map(String.init)
    }
}

extension HourClock {
    /// What readers expect where nobody has chosen a clock.
    package static var usual: HourClock { Language.current.clock }
}
