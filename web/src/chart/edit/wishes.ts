import type { ChartSpec } from "../../api/shapes";

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

const TOPS = [3, 5, 10];

/** What can be wished of a chart; what would surely be declined is not offered. */
export function wishesFor(chart: ChartSpec): WishGroup[] {
  if (chart.stat) return [];
  const { isStacked = false, isHorizontal = false, hasLabels, xAxis, series } = chart.config;
  const edits = chart.edits ?? null;
  const hasGroups = xAxis.type !== "date" && chart.type !== "scatter" && chart.type !== "funnel";
  const isBar = chart.type === "bar";
  const isSplit = series.length > 1;
  const isOff = hasLabels === false;
  const groups: WishGroup[] = [{ label: "Show as", wishes: kinds(chart) }];
  if (hasGroups) {
    groups.push(
      {
        label: "Sort",
        wishes: [
          { label: "Largest first", words: "sort it largest first" },
          { label: "Smallest first", words: "sort it smallest first" },
          { label: "By name", words: "sort it by name" },
        ].map((wish, i) => ({ ...wish, isChecked: edits?.sort === SORTS[i] })),
      },
      {
        label: "Keep",
        wishes: TOPS.filter((top) => top < chart.data.length).map((top) => ({
          label: `Top ${top}, the rest as Other`,
          words: `only the top ${top} and the rest as other`,
          isChecked: edits?.top === top,
        })),
      },
    );
  }
  const looks: Wish[] = [];
  if (isSplit && (isBar || chart.type === "area") && !isStacked && !hasPrevious(chart))
    looks.push({ label: "Stack", words: "make it stacked" });
  if (isBar && isStacked) looks.push({ label: "Side by side", words: "not stacked" });
  if (isBar && hasGroups)
    looks.push(
      isHorizontal
        ? { label: "Upright bars", words: "make the bars vertical" }
        : { label: "Lying bars", words: "make the bars horizontal" },
    );
  if (chart.type !== "pie" && chart.type !== "funnel" && chart.type !== "scatter")
    looks.push(
      isShowingLabels(chart) && !isOff
        ? { label: "Hide the numbers", words: "without labels" }
        : { label: "Show the numbers", words: "with labels" },
    );
  if (chart.type !== "funnel")
    looks.push(
      edits?.palette === "color_blind_safe"
        ? { label: "Standard colours", words: "use the standard colours" }
        : { label: "Colour-blind safe", words: "use colour-blind safe colours" },
    );
  groups.push({ label: "Look", wishes: looks });
  if (edits) {
    groups.push({
      label: "Go back",
      wishes: [
        { label: "Undo the last change", words: "undo that" },
        { label: "As first drawn", words: "back to the original chart" },
      ],
    });
  }
  return groups.filter(({ wishes }) => wishes.length > 0);
}

const SORTS = ["largest_first", "smallest_first", "name_a_to_z"];

function kinds({ type, config, edits }: ChartSpec): Wish[] {
  const isOverTime = config.xAxis.type === "date";
  const offered: [ChartSpec["type"], string, string][] = [["bar", "Bars", "as a bar chart"]];
  if (isOverTime) {
    offered.unshift(["line", "Lines", "as a line chart"]);
    offered.push(["area", "Areas", "as an area chart"]);
  } else if (config.series.length === 1) {
    offered.push(["pie", "Pie", "as a pie chart"]);
  }
  if (type === "funnel" || edits?.type === "funnel")
    offered.unshift(["funnel", "Funnel", "as a funnel chart"]);
  return offered.map(([kind, label, words]) => ({ label, words, isChecked: kind === type }));
}

const hasPrevious = ({ config }: ChartSpec): boolean =>
  config.series.some(({ dataKey }) => dataKey.endsWith("_previous"));

function isShowingLabels({ config, data }: ChartSpec): boolean {
  return config.hasLabels ?? (config.series.length === 1 && data.length <= 12);
}

/** The words that give a chart another title. */
export const titled = (title: string): string => `title it "${title.replaceAll('"', "'")}"`;
