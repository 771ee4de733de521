// Fails when what a screen makes a browser fetch is heavier than its budget (gzip, as a server would send it).
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const START = "index.html";
// A screen, and what is there already when it is fetched.
const SCREENS = {
  "first load, signed out": { screen: "src/auth/Entry.tsx", after: [], budget: 90_000 },
  "first load, signed in": { screen: "src/shell/Shell.tsx", after: [], budget: 90_000 },
  "first load, shared link": { screen: "src/shared/SharedPage.tsx", after: [], budget: 90_000 },
  "account views": {
    screen: "src/auth/AccountViews.ts",
    after: ["src/auth/Entry.tsx"],
    budget: 5_000,
  },
  answers: { screen: "src/chat/Answer.tsx", after: ["src/shell/Shell.tsx"], budget: 15_000 },
  "below answers": {
    screen: "src/chat/TurnFoot.tsx",
    after: ["src/shell/Shell.tsx", "src/chat/Answer.tsx"],
    budget: 5_000,
  },
  dashboards: {
    screen: "src/dashboards/DashboardPage.tsx",
    after: ["src/shell/Shell.tsx"],
    budget: 20_000,
  },
  settings: {
    screen: "src/settings/SettingsPage.tsx",
    after: ["src/shell/Shell.tsx"],
    budget: 25_000,
  },
  ...pages("src/words/WordsSection", "src/verified/VerifiedSection", "src/feedback/FeedbackSection"),
  charts: { screen: "src/chart/Plot.tsx", after: ["src/chat/Answer.tsx"], budget: 135_000 },
};

/** Pages of the settings that are fetched by themselves. */
function pages(...names) {
  const after = ["src/shell/Shell.tsx", "src/settings/SettingsPage.tsx"];
  const entries = names.map((name) => [
    name.split("/").at(-1),
    { screen: `${name}.tsx`, after, budget: 6_000 },
  ]);
  return Object.fromEntries(entries);
}

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

/** The files of a chunk, with those of all it imports. */
function filesOf(name, found = new Set()) {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`${name} is in no chunk of its own`);
  if (found.has(chunk.file)) return found;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(file);
  for (const imported of chunk.imports ?? []) filesOf(imported, found);
  return found;
}

const sizeOf = async (file) => gzipSync(await readFile(new URL(file, dist))).length;

let isOver = false;
for (const [label, { screen, after, budget }] of Object.entries(SCREENS)) {
  const files = new Set([...filesOf(START), ...filesOf(screen)]);
  const isFirst = after.length === 0;
  if (isFirst) files.add(START);
  else for (const there of [START, ...after]) for (const file of filesOf(there)) files.delete(file);
  let size = 0;
  for (const file of files) size += await sizeOf(file);
  isOver ||= size > budget;
  console.log(
    `${label}: ${(size / 1000).toFixed(1)} kB gz of ${budget / 1000} kB, ${files.size} files`,
  );
}
process.exit(isOver ? 1 : 0);
