import { ConversationList } from "../conversations/ConversationList";
import { PlaceLink } from "../navigation/PlaceLink";
import { go, type Place, START } from "../navigation/place";
import { UsageLine } from "../usage/UsageLine";
import { Icon } from "../ui/Icon";
import "./rail.css";

interface RailProps {
  place: Place;
  /** Called when something else is shown. */
  onFollow: () => void;
}

/** Where one can go. */
export function Rail({ place, onFollow }: RailProps) {
  const { screen } = place;
  const show = (conversation: string | null) => {
    go({ screen: "chat", conversation });
    onFollow();
  };
  const isAtDashboards = screen === "dashboards" || screen === "dashboard";
  const section = place.screen === "settings" ? place.section : "people";
  return (
    <div className="rail-content">
      <div className="rail-top">
        <button type="button" className="button rail-new" onClick={() => show(START.conversation)}>
          <Icon name="plus" size={16} />
          New question
        </button>
        <nav className="rail-links" aria-label="Main">
          <PlaceLink
            to={{ screen: "dashboards" }}
            aria-current={isAtDashboards ? "page" : undefined}
            onFollow={onFollow}
          >
            <Icon name="grid" size={16} />
            Dashboards
          </PlaceLink>
          <PlaceLink
            to={{ screen: "settings", section }}
            aria-current={screen === "settings" ? "page" : undefined}
            onFollow={onFollow}
          >
            <Icon name="settings" size={16} />
            Settings
          </PlaceLink>
        </nav>
      </div>
      <ConversationList
        activeId={place.screen === "chat" ? place.conversation : null}
        onShow={show}
      />
      <UsageLine onFollow={onFollow} />
    </div>
  );
}
