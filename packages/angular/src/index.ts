/**
 * `<workestra-calendar>` for Angular: the element of `@workestra/embed` with typed inputs and outputs.
 *
 * Standalone, and declared in the form that Angular's linker reads, so that it needs no compiler of its own.
 */
import * as angular from "@angular/core";
import type { ElementRef, OnChanges, OnDestroy, OnInit } from "@angular/core";
import type { Detail, EventName, Theme } from "@workestra/core";
import { define, tagName } from "@workestra/embed/element";
import type { Layout, WorkestraEvent } from "@workestra/embed/element";

export class WorkestraCalendar implements OnInit, OnChanges, OnDestroy {
  /** The address of Workestra, such as `https://meet.example.org`. */
  server = "";
  /** The page: `book/intro`, `team/sales`, `u/ada`, `form/…`. */
  page = "";
  layout: Layout = "inline";
  theme: Theme | undefined;
  /** Known details, such as `{ name: "Ada", utm_source: "shop" }`. */
  prefill: Readonly<Record<string, string>> = {};
  /** What the link says until the page is there, and what a screen reader calls the frame. */
  label = "Book a time";
  /** What a screen reader calls the button that closes the pop-up. */
  closeLabel: string | undefined;
  /** In pixels; taller pages scroll inside. */
  maxHeight: number | undefined;

  readonly ready = new angular.EventEmitter<Detail<"ready">>();
  readonly slotSelected = new angular.EventEmitter<Detail<"slot_selected">>();
  readonly bookingConfirmed = new angular.EventEmitter<Detail<"booking_confirmed">>();
  readonly bookingPending = new angular.EventEmitter<Detail<"booking_pending">>();
  readonly rescheduled = new angular.EventEmitter<Detail<"rescheduled">>();
  readonly cancelled = new angular.EventEmitter<Detail<"cancelled">>();
  readonly failed = new angular.EventEmitter<Detail<"error">>();

  readonly #host: HTMLElement;
  #booking: HTMLElement | null = null;
  #link: HTMLAnchorElement | null = null;

  constructor(host: ElementRef<HTMLElement>) {
    this.#host = host.nativeElement;
  }

  ngOnInit(): void {
    define();
    const document = this.#host.ownerDocument;
    const booking = document.createElement(tagName);
    const told = <Type extends EventName>(name: Type, emitter: angular.EventEmitter<Detail<Type>>): void =>
      booking.addEventListener(name, (event) => emitter.emit((event as unknown as WorkestraEvent<Type>).detail));
    told("ready", this.ready);
    told("slot_selected", this.slotSelected);
    told("booking_confirmed", this.bookingConfirmed);
    told("booking_pending", this.bookingPending);
    told("rescheduled", this.rescheduled);
    told("cancelled", this.cancelled);
    told("error", this.failed);
    const link = document.createElement("a");
    booking.append(link);
    [this.#booking, this.#link] = [booking, link];
    this.ngOnChanges();
    this.#host.replaceChildren(booking);
  }

  ngOnChanges(): void {
    const [booking, link] = [this.#booking, this.#link];
    if (booking === null || link === null) return;
    link.href = `${this.server.replace(/\/+$/, "")}/${this.page}`;
    link.textContent = this.label;
    const values = {
      server: this.server, page: this.page, layout: this.layout, theme: this.theme, label: this.label,
      "close-label": this.closeLabel, "max-height": this.maxHeight?.toString(),
      prefill: new URLSearchParams(this.prefill).toString(),
    };
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) booking.removeAttribute(name);
      else if (booking.getAttribute(name) !== value) booking.setAttribute(name, value);
    }
  }

  ngOnDestroy(): void {
    this.#booking?.remove();
  }

  static ɵfac: angular.ɵɵFactoryDeclaration<WorkestraCalendar, never> = angular.ɵɵngDeclareFactory({
    minVersion: "12.0.0", version: "16.0.0", ngImport: angular, type: WorkestraCalendar,
    deps: [{ token: angular.ElementRef }], target: angular.ɵɵFactoryTarget.Component,
  });

  // The compiler of whoever uses it reads the component out of this type.
  static ɵcmp: angular.ɵɵComponentDeclaration<WorkestraCalendar, "workestra-calendar", never, {
    "server": { "alias": "server"; "required": false }; "page": { "alias": "page"; "required": false };
    "layout": { "alias": "layout"; "required": false }; "theme": { "alias": "theme"; "required": false };
    "prefill": { "alias": "prefill"; "required": false }; "label": { "alias": "label"; "required": false };
    "closeLabel": { "alias": "closeLabel"; "required": false };
    "maxHeight": { "alias": "maxHeight"; "required": false };
  }, {
    "ready": "ready"; "slotSelected": "slotSelected"; "bookingConfirmed": "bookingConfirmed";
    "bookingPending": "bookingPending"; "rescheduled": "rescheduled"; "cancelled": "cancelled"; "failed": "failed";
  }, never, never, true, never> = angular.ɵɵngDeclareComponent({
    minVersion: "14.0.0", version: "16.0.0", ngImport: angular, type: WorkestraCalendar, isStandalone: true,
    selector: "workestra-calendar", template: "", isInline: true, usesOnChanges: true,
    inputs: {
      server: "server", page: "page", layout: "layout", theme: "theme", prefill: "prefill", label: "label",
      closeLabel: "closeLabel", maxHeight: "maxHeight",
    },
    outputs: {
      ready: "ready", slotSelected: "slotSelected", bookingConfirmed: "bookingConfirmed",
      bookingPending: "bookingPending", rescheduled: "rescheduled", cancelled: "cancelled", failed: "failed",
    },
  });
}
