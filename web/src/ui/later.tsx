import { type ComponentType, createElement, lazy, useState } from "react";

/** A component in a chunk of its own; one that was preloaded is shown at once, without a fallback. */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  let loaded: ComponentType<P> | null = null;
  const start = async () => {
    const module = await load();
    loaded = module.default;
    return module;
  };
  const Waiting: ComponentType<P> = lazy(start);
  function Later(props: P) {
    // Chosen once a mount: in place of another component it would begin anew, and lose what was typed.
    const [Shown] = useState<ComponentType<P>>(() => loaded ?? Waiting);
    return createElement(Shown, props);
  }
  /** Fetches it ahead; what fails now is fetched again when it is shown. */
  Later.preload = (): Promise<void> => start().then(noop, noop);
  return Later;
}

function noop() {}
