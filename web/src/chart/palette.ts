const SLOTS = 8;

/** The theme's n-th series colour; a CSS variable, so it follows light and dark. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % SLOTS) + 1})`;
}
