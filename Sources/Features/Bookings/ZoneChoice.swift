/// The zone and the clock of a page whose times were picked by hand: one-offs, sheets and polls.
import Scheduling
import Web

struct ZoneChoice: Sendable {
    /// The page in its zone and with its clock.
    let address: PickerAddress
    let ask: PickerAsk
    let zone: Zone
    /// To choose from; none while nobody chooses.
    let zones: [String]
    /// What may be meant by a zone that is none.
    var near: [Zone] = []
    let now: Instant

    var html: HTML {
        guard ask.choosesZone else {
            return Components.zoneLine(
                zone: zone.name, place: TimeWords.city(zone), now: zone.local(at: now), clock: address.clock,
                choose: address.path([("zone", "pick")]).fragment(Components.zoneID),
                clocks: { address.path(clock: $0).fragment(Components.clockID) })
        }
        let near = near.map { zone in
            var there = address
            there.zone = zone.name
            return (TimeWords.city(zone), there.path().fragment(Components.zoneID))
        }
        return Components.zoneForm(
            zone: zone.name, zones: zones, action: address.base, keep: address.clock.pairs + [("was", zone.name)],
            unknown: ask.unknownZone, near: near,
            leave: (TimeWords.city(zone), address.path().fragment(Components.zoneID)))
    }
}
