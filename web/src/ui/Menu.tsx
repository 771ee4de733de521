import { type ReactNode, Suspense, useId, useRef, useState } from "react";
import type { IconName } from "./Icon";
import { later } from "./later";

const MenuList = later(() => import("./MenuList"));

export interface MenuItem {
  /** Where labels may be the same. */
  id?: string;
  label: string;
  note?: string | undefined;
  icon?: IconName;
  /** Set for one of several choices. */
  isChecked?: boolean;
  isDanger?: boolean;
  isDisabled?: boolean;
  onSelect: () => void;
}

export interface MenuGroup {
  label?: string;
  items: MenuItem[];
}

interface MenuProps {
  /** What the button is called when its content is no text. */
  label?: string;
  className?: string;
  groups: MenuGroup[];
  onOpen?: () => void;
  children: ReactNode;
}

/** A button that opens a menu; arrows move in it, Escape leaves it. */
export function Menu({ label, className, groups, onOpen, children }: MenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setIsOpen(false);
    button.current?.focus();
  };
  const toggle = () => {
    if (!isOpen) onOpen?.();
    setIsOpen(!isOpen);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onPointerEnter={() => void MenuList.preload()}
        onFocus={() => void MenuList.preload()}
        onClick={toggle}
      >
        {children}
      </button>
      {isOpen && (
        <Suspense>
          <MenuList
            id={id}
            label={label}
            button={button}
            groups={groups}
            onLeave={() => setIsOpen(false)}
            onClose={close}
          />
        </Suspense>
      )}
    </>
  );
}
