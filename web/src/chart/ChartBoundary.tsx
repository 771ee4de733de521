import { Component, type ReactNode } from "react";

interface ChartBoundaryProps {
  fallback: ReactNode;
  children: ReactNode;
}

/** Falls back to the table when a chart can't be drawn or its code can't be loaded. */
export class ChartBoundary extends Component<ChartBoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.fallback : this.props.children;
  }
}
