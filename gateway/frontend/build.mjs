// Bundles src/ into ../gateway/static/build with content hashes, and writes manifest.json:
// {"app.css": "app-1A2B3C4D.css", ...}, which the server's asset() reads.
import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "gateway", "static", "build");

// The families .at-N and .for-N of the week picture: inline styles are forbidden by the pages'
// Content-Security-Policy, so the places are classes.
const quarters = [...Array(96).keys()];
const places = quarters.map((n) => `.at-${n}{grid-row-start:${n + 1}}`);
const lengths = quarters.map((n) => `.for-${n + 1}{grid-row-end:span ${n + 1}}`);
const weekPlaces = {
  name: "week-places",
  setup(bundler) {
    bundler.onResolve({ filter: /^week-places$/ }, () => ({ path: "week", namespace: "places" }));
    bundler.onLoad({ filter: /.*/, namespace: "places" }, () => ({
      contents: places.concat(lengths).join("\n"),
      loader: "css",
    }));
  },
};

const result = await build({
  plugins: [weekPlaces],
  absWorkingDir: here,
  entryPoints: ["app.css", "public.css"]
    .map((name) => `src/css/${name}`)
    .concat(["app.js", "booking.js"].map((name) => `src/js/${name}`)),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020", "chrome90", "firefox90", "safari14"],
  entryNames: "[name]-[hash]",
  outdir: out,
  metafile: true,
  legalComments: "none",
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
}
await mkdir(out, { recursive: true });
// The manifest comes last and old files go after it: a server that runs meanwhile never points
// at a file that is not there.
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const kept = new Set([...Object.values(manifest), "manifest.json"]);
for (const name of await readdir(out)) {
  if (!kept.has(name)) await rm(join(out, name));
}
