// Whether an origin is one of a `frame-ancestors` source: "https:", "https://*.example.com:8443",
// "http://localhost:*", "'self'". The same list that the browser was told.
export function matches(source, origin) {
  if (source === "'self'") return origin === location.origin;
  let asked;
  try {
    asked = new URL(origin);
  } catch {
    return false;
  }
  if (source === "https:") return asked.protocol === source;
  const [, scheme, host, port = ""] = /^(https?:)\/\/([^:]+)(?::(.+))?$/.exec(source) ?? [];
  if (asked.protocol !== scheme || (port !== "*" && asked.port !== port)) return false;
  return host.startsWith("*.") ? asked.hostname.endsWith(host.slice(1)) : asked.hostname === host;
}
