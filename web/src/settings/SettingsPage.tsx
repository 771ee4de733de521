import { ActivitySection } from "../activity/ActivitySection";
import { PlaceLink } from "../navigation/PlaceLink";
import type { Section } from "../navigation/place";
import { PeopleSection } from "../people/PeopleSection";
import { useSession } from "../services";
import { TokensSection } from "../tokens/TokensSection";
import { ScreenHead } from "../ui/ScreenHead";
import { UsageSection } from "../usage/UsageSection";
import { useIsAtLeast } from "../workspace/queries";
import { WorkspaceSection } from "./WorkspaceSection";
import "./settings.css";

const LABELS: Record<Section, string> = {
  people: "People",
  workspace: "Workspace",
  usage: "Usage",
  tokens: "Access tokens",
  activity: "Activity",
};

/** All that concerns a workspace but its data. */
export default function SettingsPage({ section }: { section: Section }) {
  const { workspace } = useSession();
  const isAdmin = useIsAtLeast("admin");
  const sections = (Object.keys(LABELS) as Section[]).filter(
    (name) => name !== "activity" || isAdmin,
  );
  return (
    <div className="screen">
      <div className="screen-content screen-narrow">
        <ScreenHead title="Settings" lead={`Of the workspace ${workspace.name}`} />
        <nav className="sections" aria-label="Settings">
          <ul>
            {sections.map((name) => (
              <li key={name}>
                <PlaceLink
                  to={{ screen: "settings", section: name }}
                  aria-current={name === section ? "page" : undefined}
                >
                  {LABELS[name]}
                </PlaceLink>
              </li>
            ))}
          </ul>
        </nav>
        <div className="section" key={section}>
          <Shown section={section} />
        </div>
      </div>
    </div>
  );
}

function Shown({ section }: { section: Section }) {
  switch (section) {
    case "people":
      return <PeopleSection />;
    case "workspace":
      return <WorkspaceSection />;
    case "usage":
      return <UsageSection />;
    case "tokens":
      return <TokensSection />;
    case "activity":
      return <ActivitySection />;
  }
}
