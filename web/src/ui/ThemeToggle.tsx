import { useState } from "react";
import { Icon, type IconName } from "./Icon";
import { applyTheme, storedTheme, THEMES, type Theme } from "./theme";

const LOOKS: Record<Theme, { icon: IconName; label: string }> = {
  auto: { icon: "auto", label: "Same as the system" },
  light: { icon: "sun", label: "Light" },
  dark: { icon: "moon", label: "Dark" },
};

/** Steps through auto, light and dark. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  const change = () => {
    applyTheme(next);
    setTheme(next);
  };
  const label = `Theme: ${LOOKS[theme].label}`;
  return (
    <button type="button" className="icon-button" onClick={change} aria-label={label} title={label}>
      <Icon name={LOOKS[theme].icon} />
    </button>
  );
}
