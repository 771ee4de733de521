import type { Cell } from "../api/shapes";
import { truncate } from "./marks";

const CHARACTER = 6.8;
const LINE = 14;
const LEANING_LENGTH = 9;

/** What Recharts hands to a tick. */
export interface TickProps {
  x: number | string;
  y: number | string;
  index: number;
  payload: { value: Cell };
  width?: number | string;
  visibleTicksCount?: number;
  tickFormatter?: (value: Cell, index: number) => string;
}

const labelOf = ({ payload, tickFormatter, index }: TickProps): string =>
  tickFormatter?.(payload.value, index) ?? String(payload.value);

/** A name beside a lying bar, on one line (Recharts' own tick breaks what is a little too long). */
export function SideTick(props: TickProps) {
  return (
    <text x={props.x} y={props.y} dy="0.35em" textAnchor="end" fontSize={12.5} fill="var(--text)">
      {labelOf(props)}
    </text>
  );
}

/** A name below an upright bar: every one is shown, on two lines or leaning where room is short. */
export function FootTick(props: TickProps) {
  const { x, y, width = 0, visibleTicksCount = 1 } = props;
  const room = Math.floor(Number(width) / visibleTicksCount / CHARACTER);
  const lines = wrap(labelOf(props), room);
  const text = { x, y, fontSize: 12, fill: "var(--muted)" };
  if (lines === null) {
    return (
      <text {...text} textAnchor="end" dy="0.5em" transform={`rotate(-40 ${x} ${y})`}>
        {truncate(labelOf(props), LEANING_LENGTH)}
      </text>
    );
  }
  return (
    <text {...text} textAnchor="middle">
      {lines.map((line, i) => (
        <tspan key={line} x={x} dy={i === 0 ? "0.71em" : LINE}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

/** Breaks a label into at most two lines; null when a line can't hold enough to be read. */
export function wrap(label: string, room: number): string[] | null {
  if (label.length <= room) return [label];
  const words = label.split(" ");
  const lines = [words.shift() ?? ""];
  for (const word of words) {
    const last = lines.at(-1) ?? "";
    if (`${last} ${word}`.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const isReadable = lines.length <= 2 && lines.every((line) => line.length <= room);
  if (isReadable) return lines;
  return room < LEANING_LENGTH ? null : [truncate(label, room)];
}
