import type { Cell } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";
import type { Mark } from "./marks";

const CHARACTER = 6.6;
const LINE = 14;
const GAP = 5;

/** Where the numbers of a chart stand. */
export type LabelPlace = "end" | "top" | "inside" | "point";

/** What Recharts hands to a label. */
interface LabelProps {
  x?: number | string;
  y?: number | string;
  width?: number | string;
  height?: number | string;
}

interface ValueLabelProps extends LabelProps {
  value: Cell | undefined;
  mark: Mark;
  place: LabelPlace;
}

/** A number at its mark: turned where a bar is narrow, left out where it has no room at all. */
export function ValueLabel({ value, mark, place, ...label }: ValueLabelProps) {
  if (typeof value !== "number") return null;
  const text = place === "end" ? formatValue(value, mark.format) : formatTick(value, mark.format);
  const room = text.length * CHARACTER;
  const [x, y, width, height] = [label.x, label.y, label.width, label.height].map(
    (side) => Number(side ?? 0),
  ) as [number, number, number, number];
  const middle = x + width / 2;
  switch (place) {
    case "end":
      // What is below zero has its number beside the zero line: its own end may be at the names.
      return (
        <text x={Math.max(x, x + width) + GAP} y={y + height / 2} dy="0.35em" {...PLAIN}>
          {text}
        </text>
      );
    case "inside":
      if (width < room || height < LINE) return null;
      return (
        <text x={middle} y={y + height / 2} dy="0.35em" textAnchor="middle" {...ON_COLOR}>
          {text}
        </text>
      );
    case "top": {
      const foot = Math.min(y, y + height) - GAP;
      const isTurned = width + GAP < room;
      return (
        <text
          x={middle}
          y={foot}
          {...PLAIN}
          {...(isTurned
            ? { textAnchor: "start", dy: "0.35em", transform: `rotate(-90 ${middle} ${foot})` }
            : { textAnchor: "middle" })}
        >
          {text}
        </text>
      );
    }
    case "point":
      return (
        <text x={x} y={y - 2 * GAP} textAnchor="middle" className="point-label" {...PLAIN}>
          {text}
        </text>
      );
  }
}

const ON_COLOR = { fontSize: 11, fill: "#fff" };
const PLAIN = { fontSize: 12, fill: "var(--text)" };

/** How far the longest number of some marks reaches. */
export function reachOf(texts: readonly string[]): number {
  return CHARACTER * Math.max(0, ...texts.map((text) => text.length)) + GAP;
}
