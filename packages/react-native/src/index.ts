/** `<WorkestraBooking>` for React Native: the page in a web view, with the same events as on a website. */
import { createElement, useState } from "react";
import type { ReactElement } from "react";
import { Linking } from "react-native";
import { WebView } from "react-native-webview";
import { clampHeight, isInside, pageAddress, parseMessage } from "@workestra/core";
import type { Detail, Theme } from "@workestra/core";

export interface WorkestraBookingProps {
  /** The address of Workestra, such as `https://meet.example.org`. */
  readonly server: string;
  /** The page: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  readonly page: string;
  /** Another one, as other details, loads the page anew. */
  readonly theme?: Theme;
  /** Known details, such as `{ name: "Ada", utm_source: "app" }`. */
  readonly prefill?: Readonly<Record<string, string>>;
  /** In points; taller pages scroll inside. */
  readonly maxHeight?: number;
  readonly onReady?: (told: Detail<"ready">) => void;
  readonly onSlotSelected?: (slot: Detail<"slot_selected">) => void;
  readonly onBookingConfirmed?: (booking: Detail<"booking_confirmed">) => void;
  readonly onBookingPending?: (booking: Detail<"booking_pending">) => void;
  readonly onRescheduled?: (booking: Detail<"rescheduled">) => void;
  readonly onCancelled?: (booking: Detail<"cancelled">) => void;
  readonly onError?: (error: Detail<"error">) => void;
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
      const { link } = message;
      switch (message.type) {
        case "height": return setHeight(clampHeight(message.data.height, 120, props.maxHeight ?? 6_000));
        case "ready": return props.onReady?.({ ...message.data, link });
        case "slot_selected": return props.onSlotSelected?.({ ...message.data, link });
        case "booking_confirmed": return props.onBookingConfirmed?.({ ...message.data, link });
        case "booking_pending": return props.onBookingPending?.({ ...message.data, link });
        case "rescheduled": return props.onRescheduled?.({ ...message.data, link });
        case "cancelled": return props.onCancelled?.({ ...message.data, link });
        case "error": return props.onError?.({ ...message.data, link });
        case "close": return undefined;
      }
    },
  });
}
