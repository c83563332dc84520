/**
 * What a booking page and whoever shows it say to each other. Nothing here needs a browser: the element, the
 * components and the tests share it.
 */

/** The version of all packages; they are made and used together. */
export const version = "1.0.0";

/** A time that was picked. Instants carry the offset of the visitor's zone. */
export interface Slot {
  readonly start: string;
  readonly end: string;
}

/** A booking, without a word about who made it: your server learns that from a webhook. */
export interface Booking extends Slot {
  readonly bookingId: string;
  readonly status: string;
  readonly version: number;
}

/** What a page tells, by the type of the message. */
export interface Told {
  /** A page is there; `top` is where the part begins that should be in view, in pixels. */
  readonly ready: { readonly top: number };
  /** How tall the page is, in pixels. */
  readonly height: { readonly height: number };
  readonly slot_selected: Slot;
  readonly booking_confirmed: Booking;
  /** Its host has to approve it. */
  readonly booking_pending: Booking;
  readonly rescheduled: Booking;
  readonly cancelled: Booking;
  /**
   * A refusal's code, such as `slot_taken`; `not_framed` where the page may not be shown here, `not_found` where it is
   * none.
   */
  readonly error: { readonly code: string };
  /** Escape was pressed in the page. */
  readonly close: Readonly<Record<string, never>>;
}

export type MessageType = keyof Told;
/** What sites can listen to. */
export type EventName = Exclude<MessageType, "height" | "close">;
/** What they hear; `link` is the slug, handle or id of the page. */
export type Detail<Type extends EventName = EventName> = Told[Type] & { readonly link: string };
export type Message = {
  readonly [Type in MessageType]: { readonly type: Type; readonly link: string; readonly data: Told[Type] };
}[MessageType];

/** What whoever shows a page tells it. */
export type Order =
  | { readonly workestra: 1; readonly type: "layout"; readonly data: { readonly scroll: boolean } }
  | { readonly workestra: 1; readonly type: "theme"; readonly data: { readonly theme: Theme | "auto" } };

export type Theme = "light" | "dark";

export const eventNames: readonly EventName[] = [
  "ready", "slot_selected", "booking_confirmed", "booking_pending", "rescheduled", "cancelled", "error",
];

const longestText = 200;
const longestJSON = 4_000;

/**
 * Reads what came from a page; null for whatever is none of its messages. Whoever calls this has compared the origin
 * first. Unknown members are dropped, so nothing but what is named here reaches a site.
 */
export function parseMessage(value: unknown): Message | null {
  const message = record(typeof value === "string" ? parsed(value) : value);
  if (message === null || message["workestra"] !== 1) return null;
  const { type, link } = message;
  const data = record(message["data"]);
  if (typeof type !== "string" || !isText(link) || data === null) return null;
  switch (type) {
    case "ready": return isLength(data["top"]) ? { type, link, data: { top: data["top"] } } : null;
    case "height": return isLength(data["height"]) ? { type, link, data: { height: data["height"] } } : null;
    case "error": return isText(data["code"]) ? { type, link, data: { code: data["code"] } } : null;
    case "close": return { type, link, data: {} };
    case "slot_selected": {
      const slot = readSlot(data);
      return slot && { type, link, data: slot };
    }
    case "booking_confirmed": case "booking_pending": case "rescheduled": case "cancelled": {
      const booking = readBooking(data);
      return booking && { type, link, data: booking };
    }
    default: return null;
  }
}

function readSlot(data: Record<string, unknown>): Slot | null {
  const { start, end } = data;
  return isText(start) && isText(end) ? { start, end } : null;
}

function readBooking(data: Record<string, unknown>): Booking | null {
  const { bookingId, status, version: number } = data;
  const slot = readSlot(data);
  if (slot === null || !isText(bookingId) || !isText(status) || !isLength(number)) return null;
  return { ...slot, bookingId, status, version: number };
}

function parsed(text: string): unknown {
  if (text.length > longestJSON) return null;
  try { return JSON.parse(text); } catch { return null; }
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestText;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1_000_000;
}

/** Which page, and how. */
export interface PageOptions {
  /** The address of Workestra, such as `https://meet.example.org`. */
  readonly server: string;
  /** The page's own address without the slash at its beginning: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  readonly page: string;
  /** The site around the frame, exactly as browsers write it; nothing for an app, where there is none. */
  readonly origin?: string;
  readonly theme?: Theme;
  /** Known details, by the names of docs/api.md: `name`, `email`, `a[<question>]`, `utm_source` and others. */
  readonly prefill?: Readonly<Record<string, string>>;
}

const pages = /^(?:book|team|u|form|single-use)\/[\w.~%+-]+$/;

/** An address in its parts; apps have no `URL` that could be relied on. */
const parts = /^(https?:\/\/[^/?#\\@\s]+)((?:\/[^?#\\\s]*)?)(?:[?#].*)?$/i;

/** The address a frame loads; an error with a sentence for a page or a server that is none. */
export function pageAddress(options: PageOptions): string {
  if (!pages.test(options.page)) {
    throw new Error(`“${options.page}” is no page. Write it like book/intro, without a slash at the beginning.`);
  }
  const server = parts.exec(options.server);
  if (server === null) throw new Error(`“${options.server}” is no server. Write it like https://meet.example.org.`);
  const words = new Map(Object.entries(options.prefill ?? {}));
  for (const name of ["embed", "origin", "theme"]) words.delete(name);
  words.set("embed", "1");
  if (options.origin !== undefined) words.set("origin", options.origin);
  if (options.theme !== undefined) words.set("theme", options.theme);
  const query = [...words].map((pair) => pair.map(encodeURIComponent).join("="));
  return `${server[1]}${(server[2] ?? "").replace(/\/+$/, "")}/${options.page}?${query.join("&")}`;
}

/** Pages below `book/` that are of one booking, which nobody frames. */
const owned = /^book\/(?:reschedule|cancel|approve|waitlist|find)(?:\/|$)/;
/** What browsers would take as a way up. */
const steps = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

/** Whether an address is one of the pages that are shown inside; every other one belongs into a browser of its own. */
export function isInside(address: string, server: string): boolean {
  const [there, base] = [parts.exec(address), parts.exec(server)];
  if (there === null || base === null || there[1]?.toLowerCase() !== base[1]?.toLowerCase()) return false;
  const [path, root] = [there[2] ?? "", `${(base[2] ?? "").replace(/\/+$/, "")}/`];
  if (!path.startsWith(root) || steps.test(path)) return false;
  const page = path.slice(root.length);
  return /^(?:book|team|u|form|single-use)\//.test(page) && !owned.test(page);
}

/** A height within bounds, in whole pixels. */
export function clampHeight(height: number, least: number, most: number): number {
  return Math.min(Math.max(Math.ceil(height), least), Math.max(least, most));
}
