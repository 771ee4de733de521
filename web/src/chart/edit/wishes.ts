import type { ChartSpec } from "../../api/shapes";
// The words are read by the server's tests too: each has to be understood as its edit.
import WORDS from "./words.json";

/** Something to have changed about a chart, and the words that ask for it. */
export interface Wish {
  label: string;
  words: string;
  /** Set for one of several choices: whether the chart is so now. */
  isChecked?: boolean;
}

export interface WishGroup {
  label: string;
  wishes: Wish[];
}

type Name = keyof typeof WORDS;

const TOPS = [3, 5, 10] as const;
const LABELLED_AT_ONCE = 12;

/** What can be wished of a chart; what would surely be declined is not offered. */
export function wishesFor(chart: ChartSpec): WishGroup[] {
  if (chart.stat || chart.data.length === 0) return [];
  const groups: WishGroup[] = [{ label: "Show as", wishes: kinds(chart) }];
  if (hasGroups(chart)) {
    groups.push(
      { label: "Sort", wishes: sorts(chart) },
      { label: "Keep", wishes: tops(chart) },
    );
  }
  groups.push({ label: "Look", wishes: looks(chart).map(plain) });
  if (chart.edits) groups.push({ label: "Go back", wishes: [plain("undo"), plain("original")] });
  return groups.filter(({ wishes }) => wishes.length > 0);
}

const plain = (name: Name): Wish => ({ label: WORDS[name].label, words: WORDS[name].words });
const choice = (name: Name, isChecked: boolean): Wish => ({ ...plain(name), isChecked });

/** Time and the steps of a funnel keep their order, and dots have none. */
const hasGroups = ({ type, config }: ChartSpec): boolean =>
  config.xAxis.type !== "date" && type !== "scatter" && type !== "funnel";

function kinds({ type, config }: ChartSpec): Wish[] {
  const offered: (ChartSpec["type"] & Name)[] = ["bar"];
  if (config.xAxis.type === "date") offered.push("line", "area");
  else if (config.series.length === 1) offered.push("pie");
  if (type === "funnel") offered.push("funnel");
  return offered.map((name) => choice(name, name === type));
}

function sorts({ edits }: ChartSpec): Wish[] {
  const names = ["largest", "smallest", "name"] as const;
  return names.map((name) => choice(name, edits?.sort === WORDS[name].edit.sort));
}

function tops({ data, edits }: ChartSpec): Wish[] {
  const offered = TOPS.filter((top) => top < data.length);
  return offered.map((top) => choice(`top${top}`, edits?.top === top));
}

function looks(chart: ChartSpec): Name[] {
  const { type, config, data, edits } = chart;
  const isBar = type === "bar";
  const names: Name[] = [];
  if (isBar && config.isStacked) names.push("grouped");
  else if (isBar && config.series.length > 1 && !hasPrevious(chart)) names.push("stacked");
  if (isBar && hasGroups(chart)) names.push(config.isHorizontal ? "upright" : "lying");
  if (isBar || type === "line" || type === "area") {
    const isRoomy = isBar && config.series.length === 1 && data.length <= LABELLED_AT_ONCE;
    names.push((config.hasLabels ?? isRoomy) ? "noLabels" : "labels");
  }
  names.push(edits?.palette === "color_blind_safe" ? "standardColors" : "safeColors");
  return names;
}

const hasPrevious = ({ config }: ChartSpec): boolean =>
  config.series.some(({ dataKey }) => dataKey.endsWith("_previous"));

/** The words that give a chart another title. */
export const titled = (title: string): string =>
  `change the title to "${title.replaceAll('"', "'")}"`;
