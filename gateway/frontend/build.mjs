// Bundles src/ into ../gateway/static/build with content hashes, beside each file its compressed
// forms (.br, .gz), and writes manifest.json: {"app.css": "app-1A2B3C4D.css", ...}, which the
// server's asset() reads.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

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

const ours = {
  plugins: [weekPlaces],
  absWorkingDir: here,
  bundle: true,
  minify: true,
  entryNames: "[name]-[hash]",
  outdir: out,
  metafile: true,
  legalComments: "none",
};
const browsers = ["chrome90", "firefox90", "safari14"];
const pages = await build({
  ...ours,
  entryPoints: ["app.css", "public.css"]
    .map((name) => `src/css/${name}`)
    .concat(["app.js", "booking.js", "frame.js", "overlay.js"].map((name) => `src/js/${name}`)),
  format: "esm",
  target: ["es2020", ...browsers],
});
// The snippet's script is no module: it runs on other people's pages, as small as it can be.
const widget = await build({
  ...ours,
  entryPoints: ["src/js/embed.js"],
  format: "iife",
  target: browsers,
});

const manifest = {};
for (const { metafile } of [pages, widget]) {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(path);
  }
}
await mkdir(out, { recursive: true });
const files = Object.values(manifest);
for (const name of files) {
  const content = await readFile(join(out, name));
  await writeFile(join(out, `${name}.br`), brotliCompressSync(content));
  await writeFile(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
}
// The manifest comes last and old files go after it: a server that runs meanwhile never points
// at a file that is not there.
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const kept = new Set(files.flatMap((name) => [name, `${name}.br`, `${name}.gz`]));
kept.add("manifest.json");
for (const name of await readdir(out)) {
  if (!kept.has(name)) await rm(join(out, name));
}
