// Rules of series (RFC 5545 §3.3.10), for own-read.js: which clock times a rule gives.

const day = 86_400_000;
const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const known = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST', 'BYMONTHDAY', 'BYMONTH', 'BYSETPOS']);

// A rule in its parts; undefined where one is not known here, or is none.
export function ruleOf(text, { wall }, wallOf) {
  const pairs = text.split(';').filter(Boolean).map((part) => part.split('='));
  if (!pairs.every(([name, value]) => known.has(name) && value)) return undefined;
  const told = Object.fromEntries(pairs);
  const numbers = (name, least, highest) => told[name]?.split(',').map((one) => {
    const number = /^[+-]?\d{1,3}$/.test(one) ? Number(one) : NaN;
    return Math.abs(number) >= 1 && number >= least && number <= highest ? number : NaN;
  });
  const rule = {
    freq: told.FREQ, step: whole(told.INTERVAL, 1), count: whole(told.COUNT, Infinity),
    until: told.UNTIL && wallOf(told.UNTIL), begins: weekdays.indexOf(told.WKST ?? 'MO'),
    months: numbers('BYMONTH', 1, 12)?.sort((a, b) => a - b), numbers: numbers('BYMONTHDAY', -31, 31),
    places: numbers('BYSETPOS', -366, 366),
    named: told.BYDAY?.split(',').map((one) => /^([+-]?[1-9]\d?)?([A-Z]{2})$/.exec(one))
      .map((found) => ({ nth: Number(found?.[1] ?? 0), weekday: weekdays.indexOf(found?.[2]) })),
  };
  const isSound = rule.step && rule.count && (!told.UNTIL || rule.until) && rule.begins >= 0
    && ![...rule.months ?? [], ...rule.numbers ?? [], ...rule.places ?? []].some(Number.isNaN)
    && !rule.named?.some((one) => one.weekday < 0);
  // The whole of the last day.
  if (rule.until?.isDay) rule.until = { ...rule.until, at: rule.until.at + day - 1 };
  return isSound && isMeant(rule) && wall ? rule : undefined;
}

const whole = (text, otherwise) => (text === undefined ? otherwise : /^\d{1,6}$/.test(text) ? Number(text) : 0);

// Weeks have no days of months, and only months have a third Tuesday: of years and weeks it would be something else.
function isMeant({ freq, named, numbers, months }) {
  const hasNth = named?.some((one) => one.nth !== 0);
  switch (freq) {
    case 'DAILY': return !hasNth;
    case 'WEEKLY': return !hasNth && !numbers;
    case 'MONTHLY': return true;
    case 'YEARLY': return !named || Boolean(months);
    default: return false;
  }
}

// The clock times a rule gives, in order, from the first on; where nothing is counted those before `first` are passed
// over. It ends at `last`, and where `look`, asked at each date that is looked at, says so.
export function* wallsOf(at, rule, { first, last, look }) {
  const skips = rule.count === Infinity && first > at ? first - at : 0;
  for (const period of periodsOf(at, rule, skips, last, look)) {
    const dates = period.filter((one) => one >= at || rule.places);
    const places = rule.places?.map((place) => dates.at(place > 0 ? place - 1 : place)).filter(Number.isFinite);
    for (const one of places ? [...new Set(places)].sort((a, b) => a - b) : dates) {
      if (one > last) return;
      if (one >= at) yield one;
    }
  }
}

// The dates of one day, week, month or year after the other, each in order.
function* periodsOf(at, rule, skips, last, look) {
  const [from, time] = [new Date(at), ((at % day) + day) % day];
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
  if (rule.freq === 'DAILY' || rule.freq === 'WEEKLY') {
    const isDaily = rule.freq === 'DAILY';
    const length = rule.step * (isDaily ? day : 7 * day);
    const begins = isDaily ? at : at - ((from.getUTCDay() - rule.begins + 7) % 7) * day;
    for (let next = begins + Math.floor(skips / length) * length; next <= last; next += length) {
      if (!look()) return;
      yield isDaily ? [next].filter((one) => fits(one, rule)) : weekOf(next, rule, from);
    }
    return;
  }
  const isYearly = rule.freq === 'YEARLY';
  const length = rule.step * (isYearly ? 12 : 1);
  const ofYear = rule.months?.map((one) => one - 1) ?? (rule.numbers ? [...Array(12).keys()] : [month]);
  const months = isYearly ? ofYear : [month];
  // A month has at most 31 days, so this passes over none that is wanted.
  for (let count = Math.floor(Math.floor(skips / (31 * day)) / length) * length; ; count += length) {
    if (Date.UTC(year, (isYearly ? 0 : month) + count, 1) > last) return;
    const dates = [];
    for (const one of months) {
      if (!look()) return;
      dates.push(...monthOf(Date.UTC(year, one + count, 1), rule, from).map((date) => date + time));
    }
    yield dates;
  }
}

function weekOf(begins, rule, from) {
  const wanted = rule.named?.map((one) => one.weekday) ?? [from.getUTCDay()];
  return [0, 1, 2, 3, 4, 5, 6].map((one) => begins + one * day).filter((one) => {
    const date = new Date(one);
    return wanted.includes(date.getUTCDay()) && (!rule.months || rule.months.includes(date.getUTCMonth() + 1));
  });
}

function monthOf(begins, rule, from) {
  const length = lengthOf(new Date(begins));
  if (rule.months && !rule.months.includes(new Date(begins).getUTCMonth() + 1)) return [];
  if (!rule.numbers && !rule.named) {
    return from.getUTCDate() <= length ? [begins + (from.getUTCDate() - 1) * day] : [];
  }
  return Array.from({ length }, (_, one) => begins + one * day).filter((one) => fits(one, rule));
}

function fits(at, { months, numbers, named }) {
  const date = new Date(at);
  const [number, length] = [date.getUTCDate(), lengthOf(date)];
  return (!months || months.includes(date.getUTCMonth() + 1))
    && (!numbers || numbers.includes(number) || numbers.includes(number - length - 1))
    && (!named || named.some((one) => one.weekday === date.getUTCDay() && isNth(number, length, one.nth)));
}

function lengthOf(date) {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function isNth(number, length, nth) {
  if (nth === 0) return true;
  return nth > 0 ? Math.ceil(number / 7) === nth : Math.ceil((length - number + 1) / 7) === -nth;
}
