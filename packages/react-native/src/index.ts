/** `<WorkestraBooking>` for React Native: the page in a web view, with the same events as on a website. */
import { createElement, useState } from "react";
import type { ReactElement } from "react";
import { Linking } from "react-native";
import { WebView } from "react-native-webview";
import { clampHeight, isInside, pageAddress, parseMessage } from "@workestra/core";
import type { Booking, Slot, Theme, Told } from "@workestra/core";

export interface WorkestraBookingProps {
  /** The address of Workestra, such as `https://meet.example.org`. */
  readonly server: string;
  /** The page: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  readonly page: string;
  readonly theme?: Theme;
  /** Known details, such as `{ name: "Ada", utm_source: "app" }`. */
  readonly prefill?: Readonly<Record<string, string>>;
  /** In points; taller pages scroll inside. */
  readonly maxHeight?: number;
  readonly onReady?: (told: Told["ready"]) => void;
  readonly onSlotSelected?: (slot: Slot) => void;
  readonly onBookingConfirmed?: (booking: Booking) => void;
  readonly onBookingPending?: (booking: Booking) => void;
  readonly onRescheduled?: (booking: Booking) => void;
  readonly onCancelled?: (booking: Booking) => void;
  readonly onError?: (error: Told["error"]) => void;
  /** Where a page that is not shown inside is opened, such as a booking's own; the browser if you give nothing. */
  readonly onOpen?: (address: string) => void;
}

export function WorkestraBooking(props: WorkestraBookingProps): ReactElement {
  const [height, setHeight] = useState(480);
  const { server, page, theme, prefill } = props;
  const uri = pageAddress({
    server, page, ...(theme === undefined ? {} : { theme }), ...(prefill === undefined ? {} : { prefill }),
  });
  const open = props.onOpen ?? ((address: string): void => { void Linking.openURL(address); });
  return createElement(WebView, {
    source: { uri },
    style: { height },
    originWhitelist: ["https://*", "http://*"],
    setSupportMultipleWindows: false,
    onShouldStartLoadWithRequest: (request) => {
      if (isInside(request.url, server)) return true;
      open(request.url);
      return false;
    },
    onMessage: (event) => {
      // Another page that got into the view is nobody to listen to.
      if (!isInside(event.nativeEvent.url, server)) return;
      const message = parseMessage(event.nativeEvent.data);
      if (message === null) return;
      switch (message.type) {
        case "height": return setHeight(clampHeight(message.data.height, 120, props.maxHeight ?? 6_000));
        case "ready": return props.onReady?.(message.data);
        case "slot_selected": return props.onSlotSelected?.(message.data);
        case "booking_confirmed": return props.onBookingConfirmed?.(message.data);
        case "booking_pending": return props.onBookingPending?.(message.data);
        case "rescheduled": return props.onRescheduled?.(message.data);
        case "cancelled": return props.onCancelled?.(message.data);
        case "error": return props.onError?.(message.data);
        case "close": return undefined;
      }
    },
  });
}
