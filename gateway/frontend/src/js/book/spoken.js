// The page's language, with the reader's own country where their browser says it: for Intl.
export function spoken() {
  const code = document.documentElement.lang;
  return navigator.languages.find((tag) => tag.split("-")[0] === code) ?? code;
}
