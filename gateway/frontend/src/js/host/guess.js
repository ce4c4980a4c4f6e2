// A new account's time zone is the browser's until somebody chooses another.
import { browserZone, ownName } from "../zone-names.js";

export function guessZone(select) {
  const zone = browserZone();
  const options = [...select.options];
  const found =
    options.find((option) => option.value === zone) ??
    options.find((option) => ownName(option.value) === zone);
  if (found) select.value = found.value;
}
