// The visitor's own calendar beside the times: an .ics file is read here, and only the minutes it takes are kept, in
// this tab. Nothing of it is sent. RFC 5545; what cannot be read for sure is left out rather than guessed.
// <div hidden data-own data-minutes="30" data-busy="you are busy" data-unread="…" data-marked="…">

const kept = 'own calendar';
const longest = 5_000_000;
const most = 5_000;
const day = 86_400_000;
const days = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

export function start([place]) {
  const [choose, away, said] = ['input', 'button', '[role=status]'].map((one) => place.querySelector(one));
  place.hidden = false;
  const show = () => {
    const spans = load();
    away.hidden = !spans;
    mark(place, spans ?? []);
    if (spans) said.textContent = place.dataset.marked;
  };
  const read = async (file) => {
    const spans = file.size <= longest ? busy(await file.text().catch(() => ''), Date.now()) : null;
    if (spans) keep(spans);
    if (spans) show(); else said.textContent = place.dataset.unread;
  };
  choose.addEventListener('change', () => {
    if (choose.files[0]) read(choose.files[0]);
    choose.value = '';
  });
  away.addEventListener('click', () => {
    keep(null);
    said.textContent = '';
    show();
    choose.focus();
  });
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!event.dataTransfer.files[0]) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
  show();
}

// Where the browser keeps nothing, such as in a frame without cookies, it is for this page alone.
let mine;

function keep(spans) {
  mine = spans;
  try {
    if (spans) sessionStorage.setItem(kept, JSON.stringify(spans)); else sessionStorage.removeItem(kept);
  } catch { /* for this page alone */ }
}

function load() {
  if (mine !== undefined) return mine;
  try { return JSON.parse(sessionStorage.getItem(kept)); } catch { return null; }
}

function mark(place, spans) {
  document.querySelectorAll('.own-busy').forEach((note) => note.remove());
  for (const time of document.querySelectorAll('#pick button.time')) {
    const from = Number(time.value) / 60, to = from + Number(place.dataset.minutes);
    if (!spans.some(([begins, ends]) => begins < to && from < ends)) continue;
    const note = document.createElement('span');
    note.className = 'meta third own-busy';
    note.textContent = place.dataset.busy;
    time.append(note);
  }
}

// What the events of a calendar take between yesterday and thirteen months from now, in minutes since 1970; null where
// there is no calendar.
export function busy(text, now) {
  if (!/^\uFEFF?BEGIN:VCALENDAR\s/i.test(text)) return null;
  const [first, last] = [now - day, now + 400 * day];
  const events = read(text);
  // A single date of a series that was moved or called off takes its place in the series.
  const moved = new Set(events.filter((one) => one.of !== undefined).map((one) => `${one.uid} ${one.of}`));
  const spans = [];
  for (const event of events) {
    if (event.free || event.start === undefined) continue;
    for (const start of event.of === undefined ? dates(event, first, last) : [event.start]) {
      if (event.of === undefined && moved.has(`${event.uid} ${start}`)) continue;
      const end = start + event.length;
      if (end > first && start < last && end > start) spans.push([Math.floor(start / 60_000), Math.ceil(end / 60_000)]);
      if (spans.length > most) return spans;
    }
  }
  return spans;
}

function read(text) {
  const events = [];
  let event, depth = 0;
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    const found = /^([A-Z-]+)((?:;[^:;"=]+=(?:"[^"]*"|[^:;"]*))*):(.*)$/i.exec(line);
    if (!found) continue;
    const [name, value] = [found[1].toUpperCase(), found[3]];
    if (name === 'BEGIN' && value.toUpperCase() === 'VEVENT') { event = { out: new Set() }; depth = 0; continue; }
    if (!event) continue;
    // An alarm inside has a start and a length of its own.
    if (name === 'BEGIN') depth += 1;
    if (name === 'END' && depth > 0) { depth -= 1; continue; }
    if (depth > 0) continue;
    if (name === 'END') { events.push(finished(event)); event = undefined; continue; }
    const zone = /;TZID="?([^";:]+)/i.exec(found[2])?.[1];
    if (name === 'DTSTART') [event.wall, event.zone, event.start] = [wall(value), zone, instant(value, zone)];
    if (name === 'DTEND') event.end = instant(value, zone);
    if (name === 'DURATION') event.length = length(value);
    if (name === 'RRULE') event.rule = value.toUpperCase();
    if (name === 'EXDATE') value.split(',').forEach((one) => event.out.add(instant(one, zone)));
    if (name === 'RECURRENCE-ID') event.of = instant(value, zone);
    if (name === 'UID') event.uid = value;
    if (name === 'STATUS' && value.toUpperCase() === 'CANCELLED') event.free = true;
    if (name === 'TRANSP' && value.toUpperCase() === 'TRANSPARENT') event.free = true;
  }
  return events;
}

function finished(event) {
  const whole = event.wall?.isDay ? day : 0;
  return { ...event, length: event.length ?? (event.end === undefined ? whole : event.end - event.start) };
}

function length(text) {
  const found = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text);
  if (!found) return undefined;
  const [weeks, whole, hours, minutes, seconds] = found.slice(1).map((one) => Number(one ?? 0));
  return (weeks * 7 + whole) * day + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

// The clock on the wall as if it were UTC, in milliseconds.
function wall(text) {
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$/i.exec(text);
  if (!found) return undefined;
  const [year, month, date, hour, minute] = found.slice(1, 6).map((one) => Number(one ?? 0));
  const at = Date.UTC(year, month - 1, date, hour, minute);
  return { at, isDay: !found[4], isUTC: found[7]?.toUpperCase() === 'Z' };
}

function instant(text, zone) {
  const read = wall(text);
  return read && (read.isUTC ? read.at : inZone(read.at, zone));
}

// The instant at which the clocks of a zone show that; nothing where the browser does not know the zone.
function inZone(at, zone) {
  if (!format(zone)) return undefined;
  let guess = at;
  for (let turn = 0; turn < 2; turn += 1) guess = at - offset(guess, zone);
  return guess;
}

const formats = new Map();

// By its name, or by the end of a longer one that some programs write; without a name the visitor's own.
function format(zone) {
  if (formats.has(zone)) return formats.get(zone);
  const style = {
    hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  };
  let found = null;
  for (const name of zone === undefined ? [undefined] : [zone, zone.split('/').slice(-2).join('/')]) {
    try { found ??= new Intl.DateTimeFormat('en', { ...style, timeZone: name }); } catch { /* not known here */ }
  }
  formats.set(zone, found);
  return found;
}

function offset(at, zone) {
  const parts = Object.fromEntries(format(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) - Math.floor(at / 60_000) * 60_000;
}

// The starts of an event in that time. A rule with parts that are not known here is its first date alone.
function dates(event, first, last) {
  const start = event.start;
  const rule = event.rule && Object.fromEntries(event.rule.split(';').map((part) => part.split('=')));
  const step = Math.max(1, Number(rule?.INTERVAL ?? 1));
  const known = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST', 'BYMONTHDAY', 'BYMONTH'];
  if (!rule || !Object.keys(rule).every((name) => known.includes(name))) return [start];
  const until = rule.UNTIL ? instant(rule.UNTIL.length === 8 ? `${rule.UNTIL}T235959` : rule.UNTIL, event.zone) : last;
  const found = [];
  let left = Number(rule.COUNT ?? Infinity);
  for (const each of walls(event.wall.at, rule, step)) {
    // Long past, and not counted: to ask for its zone is what takes long.
    if (left === Infinity && each + event.length < first - 2 * day) continue;
    const at = event.wall.isUTC ? each : inZone(each, event.zone);
    if (at > Math.min(until, last) || left <= 0) break;
    if (at < start) continue;
    left -= 1;
    if (at + event.length > first && !event.out.has(at)) found.push(at);
  }
  return found;
}

// Every clock time that a rule gives from its first period on, for a hundred years at most.
function* walls(at, rule, step) {
  const from = new Date(at), time = at % day, end = at + 36_525 * day;
  const named = (rule.BYDAY?.split(',') ?? []).map((one) => /^([+-]?\d+)?(\w\w)$/.exec(one)).filter(Boolean)
    .map(([, nth, name]) => ({ nth: Number(nth ?? 0), weekday: days.indexOf(name) }));
  const numbers = rule.BYMONTHDAY?.split(',').map(Number);
  const months = rule.BYMONTH?.split(',').map(Number);
  const fits = (date) => (!months || months.includes(date.getUTCMonth() + 1))
    && (!numbers || numbers.some((one) => one === date.getUTCDate() || one === date.getUTCDate() - 1 - lengthOf(date)))
    && (named.length === 0 || named.some((one) => one.weekday === date.getUTCDay() && isNth(date, one.nth)));
  if (rule.FREQ === 'DAILY') {
    for (let next = at; next < end; next += step * day) if (fits(new Date(next))) yield next;
  } else if (rule.FREQ === 'WEEKLY') {
    const begins = Math.max(0, days.indexOf(rule.WKST ?? 'MO'));
    const wanted = named.length > 0 ? named.map((one) => one.weekday) : [from.getUTCDay()];
    const week = at - ((from.getUTCDay() - begins + 7) % 7) * day;
    for (let next = week; next < end; next += step * 7 * day) {
      for (let each = next; each < next + 7 * day; each += day) {
        const date = new Date(each);
        if (wanted.includes(date.getUTCDay()) && (!months || months.includes(date.getUTCMonth() + 1))) yield each;
      }
    }
  } else if (rule.FREQ === 'MONTHLY' || rule.FREQ === 'YEARLY' && (named.length === 0 || months)) {
    const isYearly = rule.FREQ === 'YEARLY';
    for (let count = 0; count < 1_200; count += isYearly ? step * 12 : step) {
      for (const month of isYearly && months ? months.map((one) => one - 1) : [from.getUTCMonth()]) {
        const first = new Date(Date.UTC(from.getUTCFullYear(), month + count, 1));
        for (let each = first.getTime(), to = each + (lengthOf(first)) * day; each < to; each += day) {
          const date = new Date(each);
          const plain = numbers || named.length > 0 || date.getUTCDate() === from.getUTCDate();
          if (plain && fits(date)) yield each + time;
        }
      }
    }
  } else {
    yield at;
  }
}

function lengthOf(date) {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function isNth(date, nth) {
  if (nth === 0) return true;
  const number = date.getUTCDate();
  return nth > 0 ? Math.ceil(number / 7) === nth : Math.ceil((lengthOf(date) - number + 1) / 7) === -nth;
}
