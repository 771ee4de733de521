import type { ChartSpec } from "../api/shapes";
import { CartesianPlot } from "./CartesianPlot";
import { FunnelPlot } from "./FunnelPlot";
import { PiePlot } from "./PiePlot";
import { ScatterPlot } from "./ScatterPlot";

/** Draws a ChartSpec. Loaded on its own: Recharts is most of what the product weighs. */
export default function Plot({ spec }: { spec: ChartSpec }) {
  switch (spec.type) {
    case "pie":
      return <PiePlot spec={spec} />;
    case "funnel":
      return <FunnelPlot spec={spec} />;
    case "scatter":
      return <ScatterPlot spec={spec} />;
    default:
      return <CartesianPlot spec={spec} />;
  }
}
