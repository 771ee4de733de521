import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import { Icon } from "./Icon";
import type { MenuGroup, MenuItem } from "./Menu";
import { placeBelow } from "./placeBelow";
import "./menu.css";

interface MenuListProps {
  id: string;
  label: string | undefined;
  button: React.RefObject<HTMLButtonElement | null>;
  groups: MenuGroup[];
  /** Left for something else, which has the focus. */
  onLeave: () => void;
  onClose: () => void;
}

/** The items of an open menu. */
export default function MenuList({ id, label, button, groups, onLeave, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !button.current) return;
    // Not in every engine the tests run in.
    element.showPopover?.();
  }, [button]);
  // Each time: a list that was fetched meanwhile may be higher, and has taken the place of what had the focus.
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !button.current) return;
    placeBelow(element, button.current);
    if (element.contains(document.activeElement)) return;
    element.querySelector<HTMLElement>('[aria-checked="true"], [role^="menuitem"]')?.focus();
  });
  useLeaving(list, button, onLeave);

  const select = (item: MenuItem) => {
    if (item.isDisabled) return;
    // First: what the item opens gives the focus back to where it was.
    onClose();
    item.onSelect();
  };
  return (
    <div
      ref={list}
      id={id}
      role="menu"
      aria-label={label ?? button.current?.textContent ?? ""}
      popover="manual"
      className="menu"
      onKeyDown={(event) => moveInMenu(event, onClose, onLeave)}
    >
      {groups.map((group, i) => (
        <div key={group.label ?? i} role="group" aria-label={group.label}>
          {group.label && (
            <p className="menu-label" aria-hidden="true">
              {group.label}
            </p>
          )}
          {group.items.map((item) => (
            <MenuButton key={item.id ?? item.label} item={item} onSelect={() => select(item)} />
          ))}
        </div>
      ))}
    </div>
  );
}

function MenuButton({ item, onSelect }: { item: MenuItem; onSelect: () => void }) {
  const { label, note, icon, isChecked, isDanger, isDisabled } = item;
  return (
    <button
      type="button"
      role={isChecked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={isChecked}
      aria-disabled={isDisabled || undefined}
      className={isDanger ? "menu-item menu-item-danger" : "menu-item"}
      tabIndex={-1}
      onClick={onSelect}
    >
      {icon && <Icon name={icon} size={16} />}
      <span className="menu-text">
        <span>{label}</span>
        {note && <span className="menu-note">{note}</span>}
      </span>
      {isChecked && <Icon name="check" size={16} />}
    </button>
  );
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function moveInMenu(event: KeyboardEvent<HTMLElement>, onClose: () => void, onLeave: () => void) {
  if (event.key === "Tab") onLeave();
  if (event.key === "Escape") {
    // It is this menu that is left, not what lies below it.
    event.stopPropagation();
    onClose();
  }
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const at = items.findIndex((item) => item === document.activeElement);
  items[step(at, items.length)]?.focus();
}

/** Calls back when something outside is pressed, or when the button is moved out of the window. */
function useLeaving(
  list: React.RefObject<HTMLElement | null>,
  button: React.RefObject<HTMLElement | null>,
  onLeave: () => void,
) {
  const leave = useRef(onLeave);
  leave.current = onLeave;
  useEffect(() => {
    const isWithin = (target: EventTarget | null) =>
      target instanceof Node && [list, button].some(({ current }) => current?.contains(target));
    const onPress = ({ target }: Event) => {
      if (!isWithin(target)) leave.current();
    };
    // A list may still be scrolling to its end as a menu in it is opened.
    const onMove = ({ target }: Event) => {
      if (!list.current || !button.current || isWithin(target)) return;
      const { top, bottom } = button.current.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) leave.current();
      else placeBelow(list.current, button.current);
    };
    addEventListener("pointerdown", onPress, true);
    addEventListener("scroll", onMove, true);
    addEventListener("resize", onMove);
    return () => {
      removeEventListener("pointerdown", onPress, true);
      removeEventListener("scroll", onMove, true);
      removeEventListener("resize", onMove);
    };
  }, [list, button]);
}
