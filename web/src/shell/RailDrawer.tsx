import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../ui/Icon";
import "./rail.css";

interface RailDrawerProps {
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** The rail on a narrow screen: a modal dialog, so focus stays inside and Escape closes it. */
export function RailDrawer({ isOpen, onClose, children }: RailDrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-label="Conversations"
      onKeyDown={(event) => {
        if (event.key === "Escape") event.stopPropagation();
      }}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="drawer-body">
        <button
          type="button"
          className="icon-button drawer-close"
          onClick={onClose}
          aria-label="Close"
        >
          <Icon name="close" />
        </button>
        {isOpen && children}
      </div>
    </dialog>
  );
}
