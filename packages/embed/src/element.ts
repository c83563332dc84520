/**
 * `<workestra-booking page="book/intro">`: a booking page on your own site. The link inside is what people see until
 * the page is there, and where it may not be shown.
 */
import { clampHeight, eventNames, pageAddress, parseMessage } from "@workestra/core";
import type { Detail, EventName, Message, Order, Theme } from "@workestra/core";

/** How a page is shown: in place, above your page when the link is pressed, or the same from a floating button. */
export type Layout = "inline" | "popup" | "button";

/** The events of the element, with what `event.detail` holds. */
export type WorkestraEvent<Type extends EventName = EventName> = CustomEvent<Detail<Type>>;

export const tagName = "workestra-booking";

/** In pixels: a page is never less tall than this, and taller than the other only if you say so. */
const least = 120;
const most = 6_000;
/** How long a page that was loaded may take to say that it is ready, in milliseconds. */
const patience = 8_000;
/** How long a page may take to load at all. */
const longestLoad = 30_000;

const script = typeof document === "undefined" ? null : document.currentScript;
/** Where this script came from, if a page of ours served it. */
const ownServer = script !== null && "src" in script ? script.src.replace(/\/embed\.js(?:\?.*)?$/, "") : "";

const style = `
:host { display: block; position: relative; }
:host([hidden]) { display: none; }
:host([layout="popup"]) { display: inline; }
:host([layout="button"]) { position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; }
:host([layout="button"]) ::slotted(a) {
  display: inline-flex; align-items: center; min-block-size: 2.75rem; padding-inline: 1.25rem; border-radius: 8px;
  background: var(--workestra-accent, #0b5f6a); color: var(--workestra-on-accent, #fff);
  font: 600 1rem/1.25 system-ui, sans-serif; text-decoration: none; box-shadow: 0 2px 12px rgb(0 0 0 / 25%);
}
iframe { display: block; inline-size: 100%; border: 0; background: none; }
/* In the view, or browsers would not lay it out; seen once it is ready. */
iframe.waits { position: absolute; inset: 0 0 auto; opacity: 0; pointer-events: none; z-index: -1; }
iframe.gone { display: none; }
dialog {
  box-sizing: border-box; inline-size: min(66rem, 100vw - 2rem); max-inline-size: none;
  max-block-size: calc(100dvh - 2rem);
  margin: auto; padding: 0; border: 0; border-radius: 12px; overflow: hidden; background: Canvas; color: CanvasText;
}
dialog[open] { display: flex; flex-direction: column; }
dialog iframe { flex: 1 1 auto; min-block-size: 0; }
dialog iframe.waits { position: static; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
dialog button {
  flex: none; align-self: end; inline-size: 2.75rem; block-size: 2.75rem; border: 0; background: none; color: inherit;
  font: 1.5rem/1 system-ui, sans-serif; cursor: pointer;
}
@media (max-width: 40rem) {
  dialog { inline-size: 100vw; max-block-size: 100dvh; block-size: 100dvh !important; border-radius: 0; }
}`;

/** Where there is no browser the class is never used, but modules are read all the same. */
const Base: typeof HTMLElement = typeof HTMLElement === "undefined" ? (class {} as typeof HTMLElement) : HTMLElement;

export class WorkestraBooking extends Base {
  static readonly observedAttributes = [
    "page", "server", "layout", "theme", "prefill", "max-height", "label", "close-label",
  ];

  #frame: HTMLIFrameElement | null = null;
  #slot: HTMLSlotElement | null = null;
  #dialog: HTMLDialogElement | null = null;
  /** What was pressed to open the pop-up. */
  #opener: HTMLElement | null = null;
  /** The origin of what the frame shows: whose messages are heard. */
  #origin = "";
  #height = 0;
  #isDrawing = false;
  #isReady = false;
  #isDone = false;
  /** The page cannot be shown; from then on the link inside is a link. */
  #isRefused = false;
  /** The page that is loading has said that it is ready; one that is loaded has yet to say so. */
  #isHeard = false;
  #isAwaited = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #told = new Set<string>();
  readonly #hear = (event: MessageEvent): void => this.#receive(event);
  readonly #press = (event: Event): void => this.#pressed(event as MouseEvent);

  get layout(): Layout {
    const layout = this.getAttribute("layout");
    return layout === "popup" || layout === "button" ? layout : "inline";
  }

  // Frameworks set a property wherever an element has one.
  set layout(value: Layout | null | undefined) { this.#set("layout", value); }

  get theme(): Theme | undefined {
    const theme = this.getAttribute("theme");
    return theme === "light" || theme === "dark" ? theme : undefined;
  }

  set theme(value: Theme | null | undefined) { this.#set("theme", value); }

  /** Known details; in markup the attribute `prefill="name=Ada&email=ada%40example.org"`. */
  get prefill(): Readonly<Record<string, string>> {
    return Object.fromEntries(new URLSearchParams(this.getAttribute("prefill") ?? ""));
  }

  set prefill(values: Readonly<Record<string, string>> | string | null | undefined) {
    this.#set("prefill", values && new URLSearchParams(values).toString());
  }

  #set(name: string, value: string | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  connectedCallback(): void {
    this.#draw();
    addEventListener("message", this.#hear);
    this.addEventListener("click", this.#press);
    if (this.layout === "inline") this.#load();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#hear);
    this.removeEventListener("click", this.#press);
    this.close();
    this.#unload();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    // While the browser gets to know an element that stands there already, all its attributes come by.
    if (this.#slot === null || !this.isConnected || before === after) return;
    if (name === "max-height") {
      this.#resize();
    } else if (name === "label" || name === "close-label") {
      this.#name();
    } else if (name === "theme" && this.#isReady) {
      this.#sendTheme();
    } else if (this.#frame !== null || this.layout === "inline") {
      this.#unload();
      if (name === "layout") {
        this.close();
        this.#dialog?.remove();
        this.#dialog = null;
      }
      if (this.layout === "inline" || this.#dialog?.open) this.#load();
    }
  }

  /** Opens the pop-up. */
  open(): void {
    if (this.layout === "inline" || !this.isConnected) return;
    if (!canBeFramed()) return this.#refuse("not_framed");
    const dialog = this.#dialog ?? this.#makeDialog();
    if (dialog.open) return;
    dialog.showModal();
    if (this.#frame === null) this.#load();
    lockScrolling(1);
  }

  /** Closes the pop-up; the link that opened it has the focus again. */
  close(): void {
    if (this.#dialog?.open) this.#dialog.close();
  }

  // The parts

  #draw(): void {
    if (this.#slot !== null) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    this.#slot = document.createElement("slot");
    root.append(this.#slot);
  }

  #makeDialog(): HTMLDialogElement {
    const dialog = document.createElement("dialog");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      lockScrolling(-1);
      // Browsers do this themselves, but where a press gives a link no focus there is nothing to go back to.
      if (document.activeElement === document.body) this.#opener?.focus();
      // What is booked is booked: the next time begins anew.
      if (this.#isDone) this.#unload();
    });
    dialog.append(button);
    this.shadowRoot?.append(dialog);
    this.#dialog = dialog;
    this.#name();
    return dialog;
  }

  /** What screen readers call the parts. */
  #name(): void {
    this.#dialog?.setAttribute("aria-label", this.#label);
    this.#dialog?.querySelector("button")?.setAttribute("aria-label", this.getAttribute("close-label") ?? "Close");
    if (this.#frame !== null) this.#frame.title = this.#label;
  }

  get #label(): string {
    return this.getAttribute("label") ?? (this.textContent?.trim() || "Booking");
  }

  #load(): void {
    if (!canBeFramed()) return this.#refuse("not_framed");
    let address: string;
    try {
      address = this.#address();
    } catch (mistake) {
      console.error(`<${tagName}>: ${mistake instanceof Error ? mistake.message : "no such page"}`);
      return this.#refuse("not_found");
    }
    const frame = document.createElement("iframe");
    this.#origin = new URL(address).origin;
    frame.src = address;
    frame.title = this.#label;
    frame.className = "waits";
    frame.tabIndex = -1;
    frame.style.blockSize = "300px";
    frame.addEventListener("load", () => this.#loaded());
    this.#frame = frame;
    this.#expect(longestLoad);
    (this.#dialog ?? this.shadowRoot)?.append(frame);
  }

  #unload(): void {
    clearTimeout(this.#timer);
    this.#frame?.remove();
    this.#frame = null;
    this.#isRefused = false;
    [this.#isReady, this.#isDone, this.#isHeard, this.#isAwaited, this.#height] = [false, false, false, false, 0];
    this.#told.clear();
    if (this.#slot !== null) this.#slot.style.display = "";
  }

  #address(): string {
    const own = new URLSearchParams(location.search);
    const campaign = [...own].filter(([name]) => name.startsWith("utm_"));
    const theme = this.theme;
    return pageAddress({
      server: this.getAttribute("server") ?? ownServer,
      page: this.getAttribute("page") ?? "",
      origin: location.origin,
      prefill: { ...Object.fromEntries(campaign), ...this.prefill },
      ...(theme === undefined ? {} : { theme }),
    });
  }

  /** Each page says that it is ready about when its loading ends; one that may not be shown says nothing. */
  #loaded(): void {
    this.#isAwaited = !this.#isHeard;
    this.#isHeard = false;
    if (this.#isAwaited) this.#expect(patience);
  }

  #expect(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refuse("not_framed"), milliseconds);
  }

  /** The page cannot be shown: what stands inside the element is there instead, and whoever pressed it goes there. */
  #refuse(code: string): void {
    clearTimeout(this.#timer);
    this.#isReady = false;
    this.#isRefused = true;
    if (this.#frame !== null) this.#frame.className = "gone";
    if (this.#slot !== null) this.#slot.style.display = "";
    const isWanted = this.#dialog?.open ?? false;
    this.close();
    queueMicrotask(() => {
      this.#emit({ type: "error", link: "", data: { code } });
      if (isWanted) this.querySelector("a")?.click();
    });
  }

  // What is said

  #receive(event: MessageEvent): void {
    const frame = this.#frame;
    if (frame === null || event.source !== frame.contentWindow || event.origin !== this.#origin) return;
    const message = parseMessage(event.data);
    if (message === null) return;
    switch (message.type) {
      case "height":
        this.#height = message.data.height;
        return this.#resize();
      case "ready": return this.#show(frame, message);
      case "close": return this.close();
      case "slot_selected": case "error": return this.#emit(message);
      default: {
        // A page that is loaded again tells again what it told.
        const { bookingId, start } = message.data;
        const key = `${message.type} ${bookingId} ${start}`;
        if (this.#told.has(key)) return;
        this.#told.add(key);
        this.#isDone = true;
        this.#emit(message);
      }
    }
  }

  #show(frame: HTMLIFrameElement, message: Message & { readonly type: "ready" }): void {
    clearTimeout(this.#timer);
    if (this.#isAwaited) this.#isAwaited = false;
    else this.#isHeard = true;
    const isFirst = !this.#isReady;
    this.#isReady = true;
    frame.className = "";
    frame.tabIndex = 0;
    // Whoever has come to the link goes on where it was.
    const active = document.activeElement;
    if (this.layout === "inline" && active !== this && this.contains(active)) frame.focus({ preventScroll: true });
    if (this.layout === "inline" && this.#slot !== null) this.#slot.style.display = "none";
    this.#sendTheme();
    this.#sendLayout();
    if (isFirst) this.#emit(message);
    // Whoever went on in the page finds the next one where they look; nobody else's page moves by itself.
    else if (this.layout === "inline" && document.activeElement === this) reveal(frame, message.data.top);
  }

  /** However many messages came, one change for each picture the browser draws. */
  #resize(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      const frame = this.#frame;
      if (frame === null) return;
      const height = `${clampHeight(this.#height, least, this.#most)}px`;
      if (this.#dialog !== null) {
        this.#dialog.style.blockSize = `calc(${height} + 2.75rem)`;
        frame.style.blockSize = "auto";
      } else if (frame.style.blockSize !== height) {
        frame.style.blockSize = height;
      }
      this.#sendLayout();
    });
  }

  get #most(): number {
    const wanted = Number(this.getAttribute("max-height"));
    return wanted > 0 ? wanted : most;
  }

  /** One scrollbar: the site's, unless the page is cut. */
  #sendLayout(): void {
    const scroll = this.#dialog !== null || this.#height > this.#most;
    this.#send({ workestra: 1, type: "layout", data: { scroll } });
  }

  #sendTheme(): void {
    const theme = this.theme ?? "auto";
    this.#send({ workestra: 1, type: "theme", data: { theme } });
  }

  #send(order: Order): void {
    if (this.#isReady) this.#frame?.contentWindow?.postMessage(order, this.#origin);
  }

  /** Not bubbling: an event called `error` would reach whatever watches the window for mistakes. */
  #emit(message: Message): void {
    if (!(eventNames as readonly string[]).includes(message.type)) return;
    this.dispatchEvent(new CustomEvent(message.type, { detail: { ...message.data, link: message.link } }));
  }

  #pressed(event: MouseEvent): void {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const target = event.target;
    if (this.layout === "inline" || event.defaultPrevented || !isPlain || !(target instanceof Element)) return;
    const opener = target.closest<HTMLElement>("a, button");
    if (opener === null || !canBeFramed() || this.#isRefused) return;
    event.preventDefault();
    this.#opener = opener;
    this.open();
  }
}

/** Listeners are told what they hear. */
export interface WorkestraBooking {
  addEventListener<Type extends EventName>(
    type: Type, listener: (this: WorkestraBooking, event: WorkestraEvent<Type>) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener(
    type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap { "workestra-booking": WorkestraBooking }
}

/** A page without an origin of its own (a sandbox, a file) can be on no list. */
function canBeFramed(): boolean {
  return location.origin !== "null";
}

let locks = 0;
let overflow = "";

/** While a pop-up is open the page behind it stands still. */
function lockScrolling(step: 1 | -1): void {
  const { style: root } = document.documentElement;
  if (locks === 0) overflow = root.overflow;
  locks = Math.max(0, locks + step);
  root.overflow = locks > 0 ? "hidden" : overflow;
}

/** Brings a part of the page into view, if it is not. */
function reveal(frame: HTMLIFrameElement, top: number): void {
  const place = frame.getBoundingClientRect().top + top;
  if (place < 0 || place > innerHeight * 0.8) scrollBy({ top: place - 16 });
}

/** Makes the element known to the browser; once is enough, and more does no harm. */
export function define(): void {
  if (typeof customElements === "undefined" || customElements.get(tagName) !== undefined) return;
  customElements.define(tagName, WorkestraBooking);
}
