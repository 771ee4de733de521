import { Suspense, useEffect, useRef } from "react";
import { ActivitySection } from "../activity/ActivitySection";
import { PlaceLink } from "../navigation/PlaceLink";
import type { Section } from "../navigation/place";
import { PeopleSection } from "../people/PeopleSection";
import { useSession } from "../services";
import { TokensSection } from "../tokens/TokensSection";
import { later } from "../ui/later";
import { ScreenHead } from "../ui/ScreenHead";
import { UsageSection } from "../usage/UsageSection";
import { useIsAtLeast } from "../workspace/queries";
import { WorkspaceSection } from "./WorkspaceSection";
import "./settings.css";

const WordsSection = later(() => import("../words/WordsSection"));
const VerifiedSection = later(() => import("../verified/VerifiedSection"));
const FeedbackSection = later(() => import("../feedback/FeedbackSection"));

const LABELS: Record<Section, string> = {
  people: "People",
  workspace: "Workspace",
  words: "Words",
  verified: "Verified answers",
  feedback: "Feedback",
  usage: "Usage",
  tokens: "Access tokens",
  activity: "Activity",
};

const FOR_ADMINS: readonly Section[] = ["words", "feedback", "activity"];

/** All that concerns a workspace but its data. */
export default function SettingsPage({ section }: { section: Section }) {
  const { workspace } = useSession();
  const isAdmin = useIsAtLeast("admin");
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen the row of sections is wider than it.
    const current = nav.current?.querySelector('[aria-current="page"]');
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [section]);
  const sections = (Object.keys(LABELS) as Section[]).filter(
    (name) => isAdmin || !FOR_ADMINS.includes(name),
  );
  return (
    <div className="screen">
      <div className="screen-content screen-narrow">
        <ScreenHead title="Settings" lead={`Of the workspace ${workspace.name}`} />
        <nav ref={nav} className="sections" aria-label="Settings">
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
          <Suspense fallback={<div className="screen-loading" aria-busy="true" />}>
            <Shown section={section} />
          </Suspense>
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
    case "words":
      return <WordsSection />;
    case "verified":
      return <VerifiedSection />;
    case "feedback":
      return <FeedbackSection />;
    case "usage":
      return <UsageSection />;
    case "tokens":
      return <TokensSection />;
    case "activity":
      return <ActivitySection />;
  }
}
