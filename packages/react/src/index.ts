/** `<WorkestraBooking>` for React: the element of `@workestra/embed` with typed properties and events. */
import { createElement, useEffect, useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import type { Booking, EventName, Slot, Theme, Told } from "@workestra/core";
import { define, tagName } from "@workestra/embed";
import type { Layout, WorkestraEvent } from "@workestra/embed";

export interface WorkestraBookingProps {
  /** The address of Workestra, such as `https://meet.example.org`. */
  readonly server: string;
  /** The page: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  readonly page: string;
  readonly layout?: Layout;
  readonly theme?: Theme;
  /** Known details, such as `{ name: "Ada", utm_source: "shop" }`. */
  readonly prefill?: Readonly<Record<string, string>>;
  /** In pixels; taller pages scroll inside. */
  readonly maxHeight?: number;
  /** What a screen reader calls the frame. */
  readonly label?: string;
  readonly className?: string;
  /** What is seen until the page is there; a link to it if you give nothing. */
  readonly children?: ReactNode;
  readonly onReady?: (told: Told["ready"]) => void;
  readonly onSlotSelected?: (slot: Slot) => void;
  readonly onBookingConfirmed?: (booking: Booking) => void;
  readonly onBookingPending?: (booking: Booking) => void;
  readonly onRescheduled?: (booking: Booking) => void;
  readonly onCancelled?: (booking: Booking) => void;
  readonly onError?: (error: Told["error"]) => void;
}

const handlers: Readonly<Record<EventName, keyof WorkestraBookingProps>> = {
  ready: "onReady",
  slot_selected: "onSlotSelected",
  booking_confirmed: "onBookingConfirmed",
  booking_pending: "onBookingPending",
  rescheduled: "onRescheduled",
  cancelled: "onCancelled",
  error: "onError",
};

export function WorkestraBooking(props: WorkestraBookingProps): ReactElement {
  const element = useRef<HTMLElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const booking = element.current;
    if (booking === null) return undefined;
    const tell = (event: Event): void => {
      const handler = latest.current[handlers[event.type as EventName]] as ((told: unknown) => void) | undefined;
      handler?.((event as WorkestraEvent).detail);
    };
    const names = Object.keys(handlers);
    for (const name of names) booking.addEventListener(name, tell);
    // After the listeners: from here on it may speak.
    define();
    return () => { for (const name of names) booking.removeEventListener(name, tell); };
  }, []);
  const { server, page, layout, theme, prefill, maxHeight, label, className, children } = props;
  const link = createElement("a", { href: `${server.replace(/\/+$/, "")}/${page}` }, label ?? "Book a time");
  return createElement(tagName, {
    ref: element, server, page, layout, theme, label,
    class: className,
    "max-height": maxHeight,
    prefill: prefill && new URLSearchParams(prefill).toString(),
  }, children ?? link);
}
