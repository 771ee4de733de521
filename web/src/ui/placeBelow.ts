const GAP = 4;
const EDGE = 8;

/** Puts a popover under its button, or above it where there is no room; never beyond the window. */
export function placeBelow(popover: HTMLElement, button: HTMLElement): void {
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const isRightHalf = left + right > innerWidth;
  const x = isRightHalf ? right - width : left;
  const fitsBelow = bottom + GAP + height + EDGE <= innerHeight;
  const y = fitsBelow ? bottom + GAP : top - GAP - height;
  popover.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
  popover.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE))}px`;
}
