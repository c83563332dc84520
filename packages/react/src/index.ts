/** `<WorkestraBooking>` for React: the element of `@workestra/embed` with typed properties and events. */
"use client";
import { createElement, useEffect, useRef } from "react";
import type { ReactElement, ReactNode } from "react";
import type { Detail, EventName, Theme } from "@workestra/core";
import { define, tagName } from "@workestra/embed/element";
import type { Layout, WorkestraEvent } from "@workestra/embed/element";

export interface WorkestraBookingProps {
  /** The address of Workestra, such as `https://meet.example.org`. */
  readonly server: string;
  /** The page: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  readonly page: string;
  readonly layout?: Layout;
  readonly theme?: Theme;
  /** Known details, such as `{ name: "Ada", utm_source: "shop" }`. Others load the page anew. */
  readonly prefill?: Readonly<Record<string, string>>;
  /** In pixels; taller pages scroll inside. */
  readonly maxHeight?: number;
  /** What a screen reader calls the frame. */
  readonly label?: string;
  /** What a screen reader calls the button that closes the pop-up. */
  readonly closeLabel?: string;
  readonly className?: string;
  /** What is seen until the page is there; a link to it if you give nothing. */
  readonly children?: ReactNode;
  readonly onReady?: (told: Detail<"ready">) => void;
  readonly onSlotSelected?: (slot: Detail<"slot_selected">) => void;
  readonly onBookingConfirmed?: (booking: Detail<"booking_confirmed">) => void;
  readonly onBookingPending?: (booking: Detail<"booking_pending">) => void;
  readonly onRescheduled?: (booking: Detail<"rescheduled">) => void;
  readonly onCancelled?: (booking: Detail<"cancelled">) => void;
  readonly onError?: (error: Detail<"error">) => void;
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
    // After the listeners: from here on it may speak, and what it says first is heard, too.
    define();
    return () => { for (const name of names) booking.removeEventListener(name, tell); };
  }, []);
  const { server, page, layout, theme, prefill, maxHeight, label, closeLabel, className, children } = props;
  const link = createElement("a", { href: `${server.replace(/\/+$/, "")}/${page}` }, label ?? "Book a time");
  return createElement(tagName, {
    ref: element, server, page, layout, theme, label,
    class: className,
    "max-height": maxHeight,
    "close-label": closeLabel,
    prefill: prefill && new URLSearchParams(prefill).toString(),
  }, children ?? link);
}
