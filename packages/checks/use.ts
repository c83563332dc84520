// What the types must allow, and below each `@ts-expect-error` what they must not: read by the compiler alone.
import { createElement } from "react";
import { eventNames, pageAddress, parseMessage } from "@workestra/core";
import type { Message } from "@workestra/core";
import type { WorkestraBooking as Element } from "@workestra/embed";
import type { WorkestraEvent } from "@workestra/embed";
import { WorkestraBooking } from "@workestra/react";
import type { WorkestraCalendar } from "@workestra/angular";
import { WorkestraBooking as Native } from "@workestra/react-native";

export function told(message: Message): string {
  switch (message.type) {
    case "ready": return String(message.data.top);
    case "height": return String(message.data.height);
    case "slot_selected": return message.data.start;
    case "booking_confirmed": case "booking_pending": case "rescheduled": case "cancelled":
      return message.data.bookingId;
    case "error": return message.data.code;
    case "close": return message.link;
  }
}

// @ts-expect-error A time that was picked has no booking yet.
export const none = (event: WorkestraEvent<"slot_selected">): string => event.detail.bookingId;
export const start = (event: WorkestraEvent<"slot_selected">): string => event.detail.start;
// @ts-expect-error No such event.
export const unknown: (typeof eventNames)[number] = "booked";
// @ts-expect-error Null must be looked at first.
export const type = parseMessage({}).type;
export const address = pageAddress({ server: "https://meet.example", page: "book/intro", theme: "dark" });
// @ts-expect-error No such colours.
export const sepia = pageAddress({ server: "https://meet.example", page: "book/intro", theme: "sepia" });

export const react = createElement(WorkestraBooking, {
  server: "https://meet.example", page: "book/intro", layout: "popup",
  onBookingConfirmed: (booking) => booking.version.toFixed() + booking.link,
  // @ts-expect-error An error has a code and no booking.
  onError: (error) => error.bookingId,
});
// @ts-expect-error Whose page?
export const without = createElement(WorkestraBooking, { page: "book/intro" });
export const native = createElement(Native, {
  server: "https://meet.example", page: "book/intro", onSlotSelected: (slot) => slot.start + slot.link,
  onOpen: (url) => url.length,
});
export const angular = (calendar: WorkestraCalendar): void => calendar.bookingConfirmed.emit({
  bookingId: "bk_0", status: "confirmed", start: "", end: "", version: 1, link: "intro",
});
export const opens = (element: Element): void => element.open();
export const listens = (element: Element): void => {
  element.addEventListener("rescheduled", (event) => event.detail.version.toFixed());
  element.addEventListener("error", (event) => event.detail.code);
  element.addEventListener("click", (event) => event.preventDefault());
  // @ts-expect-error What is ready has no booking.
  element.addEventListener("ready", (event) => event.detail.bookingId);
};
export const found = (): Element => document.createElement("workestra-booking");
// @ts-expect-error Whoever listens hears nothing of heights.
export type Height = WorkestraEvent<"height">;
