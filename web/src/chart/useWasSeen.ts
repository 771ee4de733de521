import { type RefObject, useEffect, useRef, useState } from "react";

/** Turns true when the element first comes near the window, and stays so. */
export function useWasSeen<T extends Element>(): [RefObject<T | null>, boolean] {
  const element = useRef<T>(null);
  const [wasSeen, setWasSeen] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (wasSeen || !element.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setWasSeen(true);
      },
      { rootMargin: "400px" },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [wasSeen]);
  return [element, wasSeen];
}
