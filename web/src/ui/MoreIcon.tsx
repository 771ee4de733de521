import { Glyph } from "./Icon";

const PATHS = {
  ask: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2 1-1.2 1.8v.3M12 16.8v.1",
  edit: "M5 7h6M17 7h2M5 17h2M13 17h6M14 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M10 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  empty: "M4 13.5 6.5 5h11l2.5 8.5V19H4zM4 13.5h4.5c.4 1.6 1.8 2.5 3.5 2.5s3.1-.9 3.5-2.5H20",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11.2v5M12 7.8v.1",
  thumbDown: "M7.5 4.5v9l3.9 6.3c1.2 0 2.1-1 2.1-2.2V14h4.3c1.3 0 2.2-1.2 1.9-2.4l-1.3-5.4A2.2 2.2 0 0 0 16.3 4.5zM7.5 4.5H4v9h3.5",
  thumbUp: "M7.5 19.5v-9l3.9-6.3c1.2 0 2.1 1 2.1 2.2V10h4.3c1.3 0 2.2 1.2 1.9 2.4l-1.3 5.4a2.2 2.2 0 0 1-2.1 1.7zM7.5 19.5H4v-9h3.5",
  verified: "m12 3 2.3 1.7 2.8-.1.9 2.7 2.3 1.7L19.3 12l1 2.9-2.3 1.7-.9 2.7-2.8-.1L12 21l-2.3-1.8-2.8.1-.9-2.7-2.3-1.7 1-2.9-1-2.9 2.3-1.7.9-2.7 2.8.1zM8.8 12.2l2.2 2.2 4.2-4.4",
  warning: "M12 4 21 19.5H3zM12 10v4.5M12 16.9v.1",
} as const;

/** The line icons that no first screen shows; they are not fetched with it. */
export function MoreIcon({ name, size }: { name: keyof typeof PATHS; size?: number }) {
  return <Glyph name={name} path={PATHS[name]} size={size} />;
}
