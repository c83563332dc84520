/** The element, made known to the browser as soon as this is read. `@workestra/embed/element` leaves that to you. */
import { define } from "./element.js";

export * from "./element.js";

define();
