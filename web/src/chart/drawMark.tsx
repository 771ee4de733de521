import { Area, Bar, LabelList, Line } from "recharts";
import type { Band, Mark, Row } from "./marks";
import { type LabelPlace, ValueLabel } from "./ValueLabel";

export interface Drawing {
  rows: readonly Row[];
  isStacked: boolean;
  lies: boolean;
  isLabelled: boolean;
  isDotted: boolean;
  isTop: boolean;
}

/** One series, as Recharts draws it. */
export function drawMark(mark: Mark, drawing: Drawing) {
  const { isStacked, lies, isDotted, isTop } = drawing;
  const { dataKey, name, color, isPrevious, isAhead, opacity } = mark;
  const shared = {
    dataKey,
    name,
    isAnimationActive: false,
    yAxisId: mark.axis === 1 && !lies ? "right" : "left",
    ...(isStacked ? { stackId: "all" } : {}),
  };
  const dash = isPrevious || isAhead ? { strokeDasharray: "4 4" } : {};
  const labels = drawing.isLabelled && labelsOf(mark, drawing);
  switch (mark.kind) {
    case "bar": {
      const end: [number, number, number, number] = lies ? [0, 4, 4, 0] : [4, 4, 0, 0];
      const radius = !isStacked || isTop ? end : 0;
      return (
        <Bar key={dataKey} {...shared} fill={color} fillOpacity={opacity} radius={radius}>
          {labels}
        </Bar>
      );
    }
    case "area":
      return (
        <Area
          key={dataKey}
          {...shared}
          {...dash}
          type="linear"
          stroke={color}
          strokeWidth={2}
          strokeOpacity={opacity}
          fill={color}
          fillOpacity={isStacked ? 0.5 : isPrevious ? 0 : 0.14}
        >
          {labels}
        </Area>
      );
    default:
      return (
        <Line
          key={dataKey}
          {...shared}
          {...dash}
          type="linear"
          stroke={color}
          strokeWidth={2}
          strokeOpacity={opacity}
          dot={isDotted ? { r: 2.5, fill: color, strokeWidth: 0 } : false}
          activeDot={{ r: 4 }}
        >
          {labels}
        </Line>
      );
  }
}

/** What a forecast will probably be between. */
export function drawBand({ low, high, name, color }: Band) {
  const range = (row: Row) =>
    typeof row[low] === "number" && typeof row[high] === "number" ? [row[low], row[high]] : null;
  return (
    <Area
      key="band"
      dataKey={range}
      name={name}
      yAxisId="left"
      type="linear"
      stroke="none"
      fill={color}
      fillOpacity={0.16}
      activeDot={false}
      isAnimationActive={false}
    />
  );
}

function labelsOf(mark: Mark, { rows, isStacked, lies }: Drawing) {
  const place = mark.kind === "bar" ? placeOf(isStacked, lies) : "point";
  return (
    <LabelList
      content={(label) => (
        <ValueLabel
          {...label}
          // Off the row: of what is stacked, Recharts hands over where it ends.
          value={rows[label.index ?? -1]?.[mark.dataKey]}
          mark={mark}
          place={place}
        />
      )}
    />
  );
}

function placeOf(isStacked: boolean, lies: boolean): LabelPlace {
  if (isStacked) return "inside";
  return lies ? "end" : "top";
}
