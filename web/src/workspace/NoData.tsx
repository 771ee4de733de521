interface NoDataProps {
  firstName: string | undefined;
  /** Whether its views are still being built. */
  isBuilding: boolean;
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
export function NoData({ firstName, isBuilding, onAsk }: NoDataProps) {
  return (
    <div className="empty">
      <h2>{firstName ? `Welcome, ${firstName}.` : "Welcome."} There is no data here yet.</h2>
      <p>
        Questions are answered from your own data and nothing else. Connect a source or load its
        files first; each of these tells you how, step by step.
      </p>
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
          The workspace is being set up. It takes a few seconds.
        </p>
      )}
    </div>
  );
}
