import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { addressOf, go, type Place } from "./place";

interface PlaceLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: Place;
  /** Called when the link is followed in this tab. */
  onFollow?: (() => void) | undefined;
}

/** A link to another screen, which the page itself follows. */
export function PlaceLink({ to, onFollow, ...anchor }: PlaceLinkProps) {
  const follow = (event: MouseEvent) => {
    // With a key held down it is for a new tab or window, which is the browser's to open.
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    go(to);
    onFollow?.();
  };
  return <a {...anchor} href={addressOf(to)} onClick={follow} />;
}
