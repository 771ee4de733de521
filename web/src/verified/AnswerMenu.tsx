import { Suspense, useState } from "react";
import type { Verified } from "../api/shapes";
import { go } from "../navigation/place";
import type { KeptTurn } from "../pinning/PinButton";
import { Icon } from "../ui/Icon";
import { later } from "../ui/later";
import { Menu, type MenuItem } from "../ui/Menu";

const VerifyDialog = later(() => import("./VerifyDialog"));
const RemoveDialog = later(() => import("./RemoveDialog"));

interface AnswerMenuProps {
  turn: KeptTurn;
  question: string;
  verified: Verified | null;
}

/** What admins can do about an answer. */
export function AnswerMenu({ turn, question, verified }: AnswerMenuProps) {
  const [asked, setAsked] = useState<"verify" | "remove" | null>(null);
  const [message, setMessage] = useState("");
  const shared = { turn, onDone: setMessage, onClose: () => setAsked(null) };
  const preload = () => void (verified ? RemoveDialog : VerifyDialog).preload();
  const change: MenuItem = verified
    ? { label: "Remove the verification…", isDanger: true, onSelect: () => setAsked("remove") }
    : { label: "Mark as verified…", onSelect: () => setAsked("verify") };
  return (
    <div className="answer-menu">
      <span className="answer-message" role="status">
        {message}
      </span>
      <Menu
        label={`Options for the answer to ${question}`}
        className="icon-button"
        onOpen={preload}
        groups={[
          { items: [change] },
          {
            items: [
              {
                label: "All verified answers",
                onSelect: () => go({ screen: "settings", section: "verified" }),
              },
            ],
          },
        ]}
      >
        <Icon name="more" />
      </Menu>
      <Suspense>
        {asked === "verify" && <VerifyDialog {...shared} question={question} />}
        {asked === "remove" && verified && <RemoveDialog {...shared} verified={verified} />}
      </Suspense>
    </div>
  );
}
