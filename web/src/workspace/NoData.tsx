import { useQueryClient } from "@tanstack/react-query";
import { FileLoad } from "./FileLoad";
import { INTEGRATIONS, useIsAtLeast, useWorkspace } from "./queries";
import { SampleOffer } from "./SampleOffer";
import "./noData.css";

interface NoDataProps {
  firstName: string | undefined;
  /** Whether its views are still being built, or samples being loaded. */
  filling: "building" | "loading" | "empty";
  onAsk: (question: string) => void;
}

const SOURCES = [
  { name: "Google Analytics 4", about: "Traffic and funnels", question: "How do I connect GA4?" },
  {
    name: "Google Search Console",
    about: "Search",
    question: "How do I connect Google Search Console?",
  },
  { name: "HubSpot", about: "Deals and contacts", question: "How do I connect HubSpot?" },
];

/** The start screen of a workspace that holds nothing yet. */
export default function NoData({ firstName, filling, onAsk }: NoDataProps) {
  const queries = useQueryClient();
  const isAdmin = useIsAtLeast("admin");
  const { data: workspace } = useWorkspace();
  const isBuilding = filling === "building";
  const isFailing = workspace?.setup?.state === "failing";
  return (
    <div className="empty">
      <h2>{firstName ? `Welcome, ${firstName}.` : "Welcome."} There is no data here yet.</h2>
      <p>
        Questions are answered from your own data and nothing else.{" "}
        {isAdmin
          ? "Connect a source, load a file, or look around with sample data first."
          : "An owner or admin of the workspace can connect a source or load a file."}
      </p>
      {isAdmin && (
        <div className="ways">
          <SampleOffer isDisabled={isBuilding} />
          <FileLoad
            isDisabled={filling !== "empty"}
            onDone={() => void queries.invalidateQueries({ queryKey: INTEGRATIONS })}
          />
        </div>
      )}
      <h3 className="ways-head">Connect a source</h3>
      <ul className="examples" aria-label="Sources to connect">
        {SOURCES.map(({ name, about, question }) => (
          <li key={question}>
            <button type="button" disabled={isBuilding} onClick={() => onAsk(question)}>
              <span className="example-topic">{name}</span>
              <span>{question}</span>
              <span className="example-about">{about}</span>
            </button>
          </li>
        ))}
      </ul>
      {isBuilding && (
        <p className="building" role="status">
          <span className="pulse" aria-hidden="true" />
          {isFailing
            ? `Setting the workspace up is taking longer than it should: it is tried again. ${workspace?.setup?.detail ?? ""}`
            : "The workspace is being set up. It takes a few seconds."}
        </p>
      )}
    </div>
  );
}
