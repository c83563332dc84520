// What the clocks of a zone show and when, for own-read.js: by the browser where it knows the zone, else by the file.

import { wallsOf } from './own-rules.js';

const day = 86_400_000;
const minute = 60_000;
// Zones that one file may name.
const mostZones = 200;

// A function from what the clock on the wall shows, in milliseconds as if it were UTC, to the instant; undefined for a
// zone that nobody knows. Without a zone the visitor's own.
export function clocksOf(told, last) {
  const known = new Map();
  const zoneOf = (name) => {
    if (known.has(name)) return known.get(name);
    const own = known.size < mostZones ? told.find((zone) => zone.name === name && zone.turns.length > 0) : undefined;
    const zone = known.size < mostZones ? byBrowser(name) ?? (own && byFile(own.turns, last)) : undefined;
    known.set(name, zone);
    return zone;
  };
  return (wall, name) => zoneOf(name)?.(wall);
}

// By its name, or by the end of a longer one that some programs write.
function byBrowser(zone) {
  const style = {
    hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  };
  let format;
  for (const name of zone === undefined ? [undefined] : [zone, zone.split('/').slice(-2).join('/')]) {
    try { format ??= new Intl.DateTimeFormat('en', { ...style, timeZone: name }); } catch { /* not known here */ }
  }
  if (!format) return undefined;
  const exact = (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute)
      - Math.floor(at / minute) * minute;
  };
  const edges = new Map();
  const edge = (at) => edges.get(at) ?? edges.set(at, exact(at)).get(at);
  // A day that ends with the offset it began with has no other; to ask is what takes long.
  const offset = (at) => {
    const begins = Math.floor(at / day) * day;
    return edge(begins) === edge(begins + day) ? edge(begins) : exact(at);
  };
  // RFC 5545 §3.3.5: of a time that is there twice the first, of one that is skipped by the offset before.
  return (wall) => {
    const [before, after] = [wall - offset(wall - day), wall - offset(wall + day)];
    if (before === after || before + offset(before) === wall) return before;
    return after + offset(after) === wall ? after : before;
  };
}

// The same by a VTIMEZONE: Outlook names zones as Windows does. Its rules begin in 1601.
function byFile(turns, last) {
  const steps = [];
  let left = 20_000;
  const bounds = { first: Date.UTC(1970, 0), last, look: () => (left -= 1) > 0 };
  for (const { wall, ruled, from, to } of turns) {
    let count = 0;
    for (const each of ruled ? wallsOf(wall.at, ruled, bounds) : [wall.at]) {
      count += 1;
      if (count > ruled?.count) break;
      if (ruled?.until && each > ruled.until.at + (ruled.until.isUTC ? from : 0)) break;
      steps.push({ at: each, from, to });
    }
  }
  steps.sort((a, b) => a.at - b.at);
  return (wall) => {
    const step = steps.findLast((one) => one.at <= wall);
    if (!step) return wall - (steps[0]?.from ?? 0);
    const isSkipped = wall < step.at + step.to - step.from;
    return wall - (isSkipped ? step.from : step.to);
  };
}
