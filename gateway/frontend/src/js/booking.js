// The attendee's pages. Each works without this file; with it they are pleasant.
import { startParts } from "./parts.js";

startParts();
