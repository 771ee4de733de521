import type { ReactNode } from "react";
import type { ChartSpec } from "../api/shapes";

/** The names somebody gave the axes, around the plot; upright they would be hard to read. */
export function AxisNames({ spec, children }: { spec: ChartSpec; children: ReactNode }) {
  const { xAxis, yAxis, isHorizontal } = spec.config;
  const [up, across] = isHorizontal ? [xAxis, yAxis] : [yAxis, xAxis];
  return (
    <>
      {up.isLabelShown && <p className="axis-name">{up.label}</p>}
      {children}
      {across.isLabelShown && <p className="axis-name axis-name-across">{across.label}</p>}
    </>
  );
}
