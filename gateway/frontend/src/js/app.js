// The signed-in pages. Each works without this file; with it they are pleasant.
import { startDesk } from "./host/desk.js";
import { startFolds } from "./host/folds.js";
import { startParts } from "./parts.js";
import { startTheme } from "./theme.js";
import { startToasts } from "./toasts.js";

startParts();
startTheme();
startToasts();
startDesk();
startFolds();
