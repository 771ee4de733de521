// Fails when the built bundle is heavier than its budget (gzip, as a server would send it).
import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUDGETS = {
  "first load": 90_000,
  "account chunk": 5_000,
  "answer chunk": 15_000,
  "chart chunk": 135_000,
};
const LATER = {
  "AccountViews-": "account chunk",
  "Answer-": "answer chunk",
  "marks-": "answer chunk",
  "Plot-": "chart chunk",
};

const dist = new URL("../dist/", import.meta.url);
const html = await readFile(new URL("index.html", dist));
const sizes = Object.fromEntries(Object.keys(BUDGETS).map((part) => [part, 0]));
sizes["first load"] = gzipSync(html).length;
for (const name of await readdir(new URL("assets/", dist))) {
  const part = Object.entries(LATER).find(([prefix]) => name.startsWith(prefix))?.[1];
  sizes[part ?? "first load"] += gzipSync(await readFile(new URL(`assets/${name}`, dist))).length;
}
let isOver = false;
for (const [part, budget] of Object.entries(BUDGETS)) {
  isOver ||= sizes[part] > budget;
  console.log(`${part}: ${(sizes[part] / 1000).toFixed(1)} kB gz of ${budget / 1000} kB`);
}
process.exit(isOver ? 1 : 0);
