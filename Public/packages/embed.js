// Workestra: booking pages on other websites. The sources lie in packages/.
(() => {
"use strict";
/**
 * What a booking page and whoever shows it say to each other. Nothing here needs a browser: the element, the
 * components and the tests share it.
 */
/** The version of all packages; they are made and used together. */
const version = "1.0.0";
const eventNames = [
    "ready", "slot_selected", "booking_confirmed", "booking_pending", "rescheduled", "cancelled", "error",
];
const longestText = 200;
const longestJSON = 4000;
/**
 * Reads what came from a page; null for whatever is none of its messages. Whoever calls this has compared the origin
 * first. Unknown members are dropped, so nothing but what is named here reaches a site.
 */
function parseMessage(value) {
    const message = record(typeof value === "string" ? parsed(value) : value);
    if (message === null || message["workestra"] !== 1)
        return null;
    const { type, link } = message;
    const data = record(message["data"]);
    if (typeof type !== "string" || !isText(link) || data === null)
        return null;
    switch (type) {
        case "ready": return isLength(data["top"]) ? { type, link, data: { top: data["top"] } } : null;
        case "height": return isLength(data["height"]) ? { type, link, data: { height: data["height"] } } : null;
        case "error": return isText(data["code"]) ? { type, link, data: { code: data["code"] } } : null;
        case "close": return { type, link, data: {} };
        case "slot_selected": {
            const slot = readSlot(data);
            return slot && { type, link, data: slot };
        }
        case "booking_confirmed":
        case "booking_pending":
        case "rescheduled":
        case "cancelled": {
            const booking = readBooking(data);
            return booking && { type, link, data: booking };
        }
        default: return null;
    }
}
function readSlot(data) {
    const { start, end } = data;
    return isText(start) && isText(end) ? { start, end } : null;
}
function readBooking(data) {
    const { bookingId, status, version: number } = data;
    const slot = readSlot(data);
    if (slot === null || !isText(bookingId) || !isText(status) || !isLength(number))
        return null;
    return { ...slot, bookingId, status, version: number };
}
function parsed(text) {
    if (text.length > longestJSON)
        return null;
    try {
        return JSON.parse(text);
    }
    catch {
        return null;
    }
}
function record(value) {
    return typeof value === "object" && value !== null ? value : null;
}
function isText(value) {
    return typeof value === "string" && value.length <= longestText;
}
function isLength(value) {
    return typeof value === "number" && value >= 0 && value <= 1000000;
}
const pages = /^(?:book|team|u|form|single-use)\/[\w.~%+-]+$/;
/** An address in its parts; apps have no `URL` that could be relied on. */
const parts = /^(https?:\/\/[^/?#\\@\s]+)((?:\/[^?#\\\s]*)?)(?:[?#].*)?$/i;
/** The address a frame loads; an error with a sentence for a page or a server that is none. */
function pageAddress(options) {
    if (!pages.test(options.page)) {
        throw new Error(`“${options.page}” is no page. Write it like book/intro, without a slash at the beginning.`);
    }
    const server = parts.exec(options.server);
    if (server === null)
        throw new Error(`“${options.server}” is no server. Write it like https://meet.example.org.`);
    const words = new Map(Object.entries(options.prefill ?? {}));
    for (const name of ["embed", "origin", "theme"])
        words.delete(name);
    words.set("embed", "1");
    if (options.origin !== undefined)
        words.set("origin", options.origin);
    if (options.theme !== undefined)
        words.set("theme", options.theme);
    const query = [...words].map((pair) => pair.map(encodeURIComponent).join("="));
    return `${server[1]}${(server[2] ?? "").replace(/\/+$/, "")}/${options.page}?${query.join("&")}`;
}
/** Pages below `book/` that are of one booking, which nobody frames. */
const owned = /^book\/(?:reschedule|cancel|approve|waitlist|find)(?:\/|$)/;
/** What browsers would take as a way up. */
const steps = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;
/** Whether an address is one of the pages that are shown inside; every other one belongs into a browser of its own. */
function isInside(address, server) {
    const [there, base] = [parts.exec(address), parts.exec(server)];
    if (there === null || base === null || there[1]?.toLowerCase() !== base[1]?.toLowerCase())
        return false;
    const [path, root] = [there[2] ?? "", `${(base[2] ?? "").replace(/\/+$/, "")}/`];
    if (!path.startsWith(root) || steps.test(path))
        return false;
    const page = path.slice(root.length);
    return /^(?:book|team|u|form|single-use)\//.test(page) && !owned.test(page);
}
/** A height within bounds, in whole pixels. */
function clampHeight(height, least, most) {
    return Math.min(Math.max(Math.ceil(height), least), Math.max(least, most));
}
/**
 * `<workestra-booking page="book/intro">`: a booking page on your own site. The link inside is what people see until
 * the page is there, and where it may not be shown.
 */
const tagName = "workestra-booking";
/** In pixels: a page is never less tall than this, and taller than the other only if you say so. */
const least = 120;
const most = 6000;
/** How long a page that was loaded may take to say that it is ready, in milliseconds. */
const patience = 8000;
/** How long a page may take to load at all. */
const longestLoad = 30000;
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
const Base = typeof HTMLElement === "undefined" ? class {
} : HTMLElement;
class WorkestraBooking extends Base {
    static observedAttributes = [
        "page", "server", "layout", "theme", "prefill", "max-height", "label", "close-label",
    ];
    #frame = null;
    #slot = null;
    #dialog = null;
    /** What was pressed to open the pop-up. */
    #opener = null;
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
    #timer;
    #told = new Set();
    #hear = (event) => this.#receive(event);
    #press = (event) => this.#pressed(event);
    get layout() {
        const layout = this.getAttribute("layout");
        return layout === "popup" || layout === "button" ? layout : "inline";
    }
    // Frameworks set a property wherever an element has one.
    set layout(value) { this.#set("layout", value); }
    get theme() {
        const theme = this.getAttribute("theme");
        return theme === "light" || theme === "dark" ? theme : undefined;
    }
    set theme(value) { this.#set("theme", value); }
    /** Known details; in markup the attribute `prefill="name=Ada&email=ada%40example.org"`. */
    get prefill() {
        return Object.fromEntries(new URLSearchParams(this.getAttribute("prefill") ?? ""));
    }
    set prefill(values) {
        this.#set("prefill", values && new URLSearchParams(values).toString());
    }
    #set(name, value) {
        if (value === null || value === undefined)
            this.removeAttribute(name);
        else
            this.setAttribute(name, value);
    }
    connectedCallback() {
        this.#draw();
        addEventListener("message", this.#hear);
        this.addEventListener("click", this.#press);
        if (this.layout === "inline")
            this.#load();
    }
    disconnectedCallback() {
        removeEventListener("message", this.#hear);
        this.removeEventListener("click", this.#press);
        this.close();
        this.#unload();
    }
    attributeChangedCallback(name, before, after) {
        // While the browser gets to know an element that stands there already, all its attributes come by.
        if (this.#slot === null || !this.isConnected || before === after)
            return;
        if (name === "max-height") {
            this.#resize();
        }
        else if (name === "label" || name === "close-label") {
            this.#name();
        }
        else if (name === "theme" && this.#isReady) {
            this.#sendTheme();
        }
        else if (this.#frame !== null || this.layout === "inline") {
            this.#unload();
            if (name === "layout") {
                this.close();
                this.#dialog?.remove();
                this.#dialog = null;
            }
            if (this.layout === "inline" || this.#dialog?.open)
                this.#load();
        }
    }
    /** Opens the pop-up. */
    open() {
        if (this.layout === "inline" || !this.isConnected)
            return;
        if (!canBeFramed())
            return this.#refuse("not_framed");
        const dialog = this.#dialog ?? this.#makeDialog();
        if (dialog.open)
            return;
        dialog.showModal();
        if (this.#frame === null)
            this.#load();
        lockScrolling(1);
    }
    /** Closes the pop-up; the link that opened it has the focus again. */
    close() {
        if (this.#dialog?.open)
            this.#dialog.close();
    }
    // The parts
    #draw() {
        if (this.#slot !== null)
            return;
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(style);
        root.adoptedStyleSheets = [sheet];
        this.#slot = document.createElement("slot");
        root.append(this.#slot);
    }
    #makeDialog() {
        const dialog = document.createElement("dialog");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "×";
        button.addEventListener("click", () => dialog.close());
        dialog.addEventListener("close", () => {
            lockScrolling(-1);
            // Browsers do this themselves, but where a press gives a link no focus there is nothing to go back to.
            if (document.activeElement === document.body)
                this.#opener?.focus();
            // What is booked is booked: the next time begins anew.
            if (this.#isDone)
                this.#unload();
        });
        dialog.append(button);
        this.shadowRoot?.append(dialog);
        this.#dialog = dialog;
        this.#name();
        return dialog;
    }
    /** What screen readers call the parts. */
    #name() {
        this.#dialog?.setAttribute("aria-label", this.#label);
        this.#dialog?.querySelector("button")?.setAttribute("aria-label", this.getAttribute("close-label") ?? "Close");
        if (this.#frame !== null)
            this.#frame.title = this.#label;
    }
    get #label() {
        return this.getAttribute("label") ?? (this.textContent?.trim() || "Booking");
    }
    #load() {
        if (!canBeFramed())
            return this.#refuse("not_framed");
        let address;
        try {
            address = this.#address();
        }
        catch (mistake) {
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
    #unload() {
        clearTimeout(this.#timer);
        this.#frame?.remove();
        this.#frame = null;
        this.#isRefused = false;
        [this.#isReady, this.#isDone, this.#isHeard, this.#isAwaited, this.#height] = [false, false, false, false, 0];
        this.#told.clear();
        if (this.#slot !== null)
            this.#slot.style.display = "";
    }
    #address() {
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
    #loaded() {
        this.#isAwaited = !this.#isHeard;
        this.#isHeard = false;
        if (this.#isAwaited)
            this.#expect(patience);
    }
    #expect(milliseconds) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#refuse("not_framed"), milliseconds);
    }
    /** The page cannot be shown: what stands inside the element is there instead, and whoever pressed it goes there. */
    #refuse(code) {
        clearTimeout(this.#timer);
        this.#isReady = false;
        this.#isRefused = true;
        if (this.#frame !== null)
            this.#frame.className = "gone";
        if (this.#slot !== null)
            this.#slot.style.display = "";
        const isWanted = this.#dialog?.open ?? false;
        this.close();
        queueMicrotask(() => {
            this.#emit({ type: "error", link: "", data: { code } });
            if (isWanted)
                this.querySelector("a")?.click();
        });
    }
    // What is said
    #receive(event) {
        const frame = this.#frame;
        if (frame === null || event.source !== frame.contentWindow || event.origin !== this.#origin)
            return;
        const message = parseMessage(event.data);
        if (message === null)
            return;
        switch (message.type) {
            case "height":
                this.#height = message.data.height;
                return this.#resize();
            case "ready": return this.#show(frame, message);
            case "close": return this.close();
            case "slot_selected":
            case "error": return this.#emit(message);
            default: {
                // A page that is loaded again tells again what it told.
                const { bookingId, start } = message.data;
                const key = `${message.type} ${bookingId} ${start}`;
                if (this.#told.has(key))
                    return;
                this.#told.add(key);
                this.#isDone = true;
                this.#emit(message);
            }
        }
    }
    #show(frame, message) {
        clearTimeout(this.#timer);
        if (this.#isAwaited)
            this.#isAwaited = false;
        else
            this.#isHeard = true;
        const isFirst = !this.#isReady;
        this.#isReady = true;
        frame.className = "";
        frame.tabIndex = 0;
        // Whoever has come to the link goes on where it was.
        const active = document.activeElement;
        if (this.layout === "inline" && active !== this && this.contains(active))
            frame.focus({ preventScroll: true });
        if (this.layout === "inline" && this.#slot !== null)
            this.#slot.style.display = "none";
        this.#sendTheme();
        this.#sendLayout();
        if (isFirst)
            this.#emit(message);
        // Whoever went on in the page finds the next one where they look; nobody else's page moves by itself.
        else if (this.layout === "inline" && document.activeElement === this)
            reveal(frame, message.data.top);
    }
    /** However many messages came, one change for each picture the browser draws. */
    #resize() {
        if (this.#isDrawing)
            return;
        this.#isDrawing = true;
        requestAnimationFrame(() => {
            this.#isDrawing = false;
            const frame = this.#frame;
            if (frame === null)
                return;
            const height = `${clampHeight(this.#height, least, this.#most)}px`;
            if (this.#dialog !== null) {
                this.#dialog.style.blockSize = `calc(${height} + 2.75rem)`;
                frame.style.blockSize = "auto";
            }
            else if (frame.style.blockSize !== height) {
                frame.style.blockSize = height;
            }
            this.#sendLayout();
        });
    }
    get #most() {
        const wanted = Number(this.getAttribute("max-height"));
        return wanted > 0 ? wanted : most;
    }
    /** One scrollbar: the site's, unless the page is cut. */
    #sendLayout() {
        const scroll = this.#dialog !== null || this.#height > this.#most;
        this.#send({ workestra: 1, type: "layout", data: { scroll } });
    }
    #sendTheme() {
        const theme = this.theme ?? "auto";
        this.#send({ workestra: 1, type: "theme", data: { theme } });
    }
    #send(order) {
        if (this.#isReady)
            this.#frame?.contentWindow?.postMessage(order, this.#origin);
    }
    /** Not bubbling: an event called `error` would reach whatever watches the window for mistakes. */
    #emit(message) {
        if (!eventNames.includes(message.type))
            return;
        this.dispatchEvent(new CustomEvent(message.type, { detail: { ...message.data, link: message.link } }));
    }
    #pressed(event) {
        const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        const target = event.target;
        if (this.layout === "inline" || event.defaultPrevented || !isPlain || !(target instanceof Element))
            return;
        const opener = target.closest("a, button");
        if (opener === null || !canBeFramed() || this.#isRefused)
            return;
        event.preventDefault();
        this.#opener = opener;
        this.open();
    }
}
/** A page without an origin of its own (a sandbox, a file) can be on no list. */
function canBeFramed() {
    return location.origin !== "null";
}
let locks = 0;
let overflow = "";
/** While a pop-up is open the page behind it stands still. */
function lockScrolling(step) {
    const { style: root } = document.documentElement;
    if (locks === 0)
        overflow = root.overflow;
    locks = Math.max(0, locks + step);
    root.overflow = locks > 0 ? "hidden" : overflow;
}
/** Brings a part of the page into view, if it is not. */
function reveal(frame, top) {
    const place = frame.getBoundingClientRect().top + top;
    if (place < 0 || place > innerHeight * 0.8)
        scrollBy({ top: place - 16 });
}
/** Makes the element known to the browser; once is enough, and more does no harm. */
function define() {
    if (typeof customElements === "undefined" || customElements.get(tagName) !== undefined)
        return;
    customElements.define(tagName, WorkestraBooking);
}
define();
})();
