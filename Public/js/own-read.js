// Reads a calendar (RFC 5545) for the minutes it takes. What cannot be read for sure is left out rather than guessed,
// and `isWhole` says whether that was so. Needs no page: own.js has it done in a worker.

import { clocksOf } from './own-clocks.js';
import { ruleOf, wallsOf } from './own-rules.js';

const day = 86_400_000;
// Spans that are kept, after those that touch are one.
const most = 5_000;
// Dates that one file may have looked at: a series of every day since 1970 has twenty thousand.
const patience = 5_000_000;
const wanted = new Set(['BEGIN', 'END', 'DTSTART', 'DTEND', 'DURATION', 'RRULE', 'RDATE', 'EXDATE', 'RECURRENCE-ID',
  'UID', 'STATUS', 'TRANSP', 'FREEBUSY', 'METHOD', 'TZID', 'TZOFFSETFROM', 'TZOFFSETTO',
  'X-MICROSOFT-CDO-BUSYSTATUS']);

// What a calendar takes between yesterday and thirteen months from now: spans of minutes since 1970, in order and
// without overlaps. Null where there is no calendar.
export function busy(text, now) {
  if (!/^\uFEFF?BEGIN:VCALENDAR\s/i.test(text)) return null;
  const [first, last] = [now - day, now + 400 * day];
  const reading = { first, last, left: patience, isWhole: true, spans: [] };
  const calendars = tree(text).filter((part) => part.kind === 'VCALENDAR' && value(part, 'METHOD') !== 'CANCEL');
  const parts = calendars.flatMap((calendar) => calendar.parts);
  reading.instant = clocksOf(parts.filter((part) => part.kind === 'VTIMEZONE').map(zoneOf), last + 2 * day);
  const events = parts.filter((part) => part.kind === 'VEVENT').map((part) => eventOf(part, reading));
  // A single date of a series that was moved or called off takes its place in the series.
  const moved = new Set(events.filter((one) => one.of !== undefined).map((one) => `${one.uid} ${one.of}`));
  for (const event of events) if (!event.isFree) take(event, moved, reading);
  for (const part of parts) if (part.kind === 'VFREEBUSY') takeTold(part, reading);
  const spans = joined(reading.spans);
  return { spans: spans.slice(0, most), isWhole: reading.isWhole && spans.length <= most };
}

function take(event, moved, reading) {
  const { first, last, instant } = reading;
  const at = (wall) => (event.wall.isUTC ? wall : instant(wall, event.zone));
  if (event.wall === undefined || event.rule && at(event.wall.at) === undefined) {
    reading.isWhole = false;
    return;
  }
  const room = event.nominal + event.exact + 2 * day;
  for (const wall of starts(event, room, reading)) {
    // Long past, or far ahead: to ask for its zone is what takes long.
    if (wall + room < first || wall > last + 2 * day) continue;
    const start = at(wall);
    if (start === undefined) reading.isWhole = false;
    if (event.of === undefined && moved.has(`${event.uid} ${start}`)) continue;
    if (event.out.has(start) || event.outDays.has(Math.floor(wall / day))) continue;
    // Days are as long as the clocks make them, hours always the same.
    const end = (event.nominal ? at(wall + event.nominal) : start) + event.exact;
    if (end > first && start < last && end > start) reading.spans.push([start, end]);
  }
}

// What the clock on the wall shows at each start, those of a rule and those that are named beside it.
function* starts(event, room, reading) {
  const rule = event.of === undefined && event.rule ? ruleOf(event.rule, event, wallOf) : undefined;
  yield* event.more;
  if (!rule) {
    // A rule with parts that are not known here is its first date alone.
    if (event.of === undefined && event.rule) reading.isWhole = false;
    yield event.wall.at;
    return;
  }
  const isUntil = (wall) => (rule.until.isUTC
    ? (event.wall.isUTC ? wall : reading.instant(wall, event.zone)) <= rule.until.at : wall <= rule.until.at);
  let left = rule.count;
  const bounds = { first: reading.first - room, last: reading.last + 2 * day, look: () => (reading.left -= 1) > 0 };
  for (const wall of wallsOf(event.wall.at, rule, bounds)) {
    const isNear = wall + room >= reading.first;
    if (left <= 0 || isNear && rule.until && !isUntil(wall)) return;
    left -= 1;
    yield wall;
  }
  if (reading.left <= 0) reading.isWhole = false;
}

// Free/busy, as some programs export it: `FREEBUSY;FBTYPE=BUSY:20270504T080000Z/PT1H,…`.
function takeTold(part, reading) {
  for (const line of part.lines) {
    if (line.name !== 'FREEBUSY' || /;FBTYPE="?FREE(?:[";]|$)/i.test(line.more)) continue;
    for (const period of line.value.split(',')) {
      const [from, to] = period.split('/');
      const [start, length] = [wallOf(from), lengthOf(to ?? '')];
      const end = length && start ? { at: start.at + length.nominal + length.exact, isUTC: true } : wallOf(to ?? '');
      if (!start?.isUTC || !end?.isUTC) reading.isWhole = false;
      else if (end.at > reading.first && start.at < reading.last) reading.spans.push([start.at, end.at]);
    }
  }
}

function joined(spans) {
  const whole = spans.map(([start, end]) => [Math.floor(start / 60_000), Math.ceil(end / 60_000)])
    .sort((a, b) => a[0] - b[0]);
  const result = [];
  for (const [start, end] of whole) {
    const before = result.at(-1);
    if (before && start <= before[1]) before[1] = Math.max(before[1], end); else result.push([start, end]);
  }
  return result;
}

// The components of a file, with those lines that are looked at.
function tree(text) {
  const root = { kind: '', lines: [], parts: [] };
  const open = [root];
  for (const line of text.replace(/^\uFEFF/, '').replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const found = /^([A-Z-]+)((?:;[^:;"=]+=(?:"[^"]*"|[^:;"]*))*):(.*)$/i.exec(line);
    const name = found?.[1].toUpperCase();
    if (!wanted.has(name)) continue;
    if (name === 'BEGIN') {
      const part = { kind: found[3].trim().toUpperCase(), lines: [], parts: [] };
      open.at(-1).parts.push(part);
      open.push(part);
    } else if (name === 'END') {
      if (open.length > 1) open.pop();
    } else {
      open.at(-1).lines.push({ name, more: found[2], value: found[3].trim() });
    }
  }
  return root.parts;
}

const value = (part, name) => part.lines.find((line) => line.name === name)?.value.toUpperCase();

function zoneOf(part) {
  const name = part.lines.find((line) => line.name === 'TZID')?.value;
  const shift = (text) => {
    const found = /^([+-])(\d\d)(\d\d)(\d\d)?$/.exec(text ?? '');
    const seconds = found && (Number(found[2]) * 60 + Number(found[3])) * 60 + Number(found[4] ?? 0);
    return found ? (found[1] === '-' ? -1000 : 1000) * seconds : undefined;
  };
  const turns = part.parts.map((one) => ({
    wall: wallOf(value(one, 'DTSTART') ?? ''), rule: value(one, 'RRULE'),
    from: shift(value(one, 'TZOFFSETFROM')), to: shift(value(one, 'TZOFFSETTO')),
  }));
  for (const turn of turns) turn.ruled = turn.rule && turn.wall ? ruleOf(turn.rule, turn, wallOf) : undefined;
  const isRead = turns.length > 0 && turns.every((turn) => turn.wall && !turn.wall.isUTC && turn.from !== undefined
    && turn.to !== undefined && (!turn.rule || turn.ruled));
  return { name, turns: isRead ? turns : [] };
}

function eventOf(part, reading) {
  const event = { out: new Set(), outDays: new Set(), more: [], nominal: 0, exact: 0 };
  const { instant } = reading;
  const at = (read, zone) => read && (read.isUTC ? read.at : instant(read.at, zone));
  let end;
  for (const { name, more, value: text } of part.lines) {
    const zone = /;TZID="?([^";:]+)/i.exec(more)?.[1];
    const dates = () => text.split(',').map((one) => wallOf(one.split('/')[0])).filter(Boolean);
    if (name === 'DTSTART') [event.wall, event.zone] = [wallOf(text), zone];
    if (name === 'DTEND') end = { read: wallOf(text), zone };
    if (name === 'DURATION') Object.assign(event, lengthOf(text) ?? { nominal: NaN });
    if (name === 'RRULE') event.rule = text.toUpperCase();
    if (name === 'RDATE') event.more.push(...dates().map((one) => one.at));
    if (name === 'EXDATE') {
      for (const one of dates()) if (one.isDay) event.outDays.add(one.at / day); else event.out.add(at(one, zone));
    }
    if (name === 'RECURRENCE-ID') {
      event.of = at(wallOf(text), zone);
      // All dates from that one on are other than the series says.
      if (/THISANDFUTURE/i.test(more)) reading.isWhole = false;
    }
    if (name === 'UID') event.uid = text;
    if (name === 'STATUS' && text.toUpperCase() === 'CANCELLED') event.isFree = true;
    if (name === 'TRANSP' && text.toUpperCase() === 'TRANSPARENT') event.isFree = true;
    if (name === 'X-MICROSOFT-CDO-BUSYSTATUS' && text.toUpperCase() === 'FREE') event.isFree = true;
  }
  // Without a name it is no date of a series.
  if (event.uid === undefined) event.of = undefined;
  if (event.wall?.isDay) {
    event.nominal ||= end?.read ? end.read.at - event.wall.at : day;
  } else if (end?.read && event.wall) {
    const exact = at(end.read, end.zone) - at(event.wall, event.zone);
    event.exact = Number.isNaN(exact) ? end.read.at - event.wall.at : exact;
  }
  if (Number.isNaN(event.nominal)) event.wall = undefined;
  return event;
}

// `P1DT2H`: days that are as long as the clocks make them, and hours; nothing where it cannot be read.
function lengthOf(text) {
  const found = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/i.exec(text);
  if (!found) return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(1).map((one) => Number(one ?? 0));
  return { nominal: (weeks * 7 + days) * day, exact: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

// The clock on the wall as if it were UTC, in milliseconds.
function wallOf(text) {
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$/i.exec(text);
  if (!found) return undefined;
  const [year, month, date, hour, minute] = found.slice(1, 6).map((one) => Number(one ?? 0));
  const at = Date.UTC(year, month - 1, date, hour, minute);
  return { at, isDay: !found[4], isUTC: found[7]?.toUpperCase() === 'Z' };
}
