import { useQuery } from "@tanstack/react-query";
import type { Config } from "../api/shapes";
import type { WorkingSession } from "../auth/session";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { Logo } from "../ui/Logo";
import { ThemeToggle } from "../ui/ThemeToggle";
import { WorkspaceMenu } from "../workspace/WorkspaceMenu";

interface HeaderProps {
  session: WorkingSession;
  onMenu: (() => void) | null;
  onSignOut: () => void;
}

/** Where one is, who answers, and the way out. */
export function Header({ session, onMenu, onSignOut }: HeaderProps) {
  const { api } = useServices();
  const { data: config } = useQuery({ queryKey: ["config"], queryFn: () => api.config() });
  return (
    <header className="header">
      {onMenu && (
        <button type="button" className="icon-button" onClick={onMenu} aria-label="Conversations">
          <Icon name="menu" />
        </button>
      )}
      <h1 className="brand">
        <Logo size={26} />
        <span className="brand-name">{config?.product ?? "GTM Dashboard"}</span>
      </h1>
      <WorkspaceMenu />
      <div className="header-end">
        {config && <ModelBadge config={config} />}
        <ThemeToggle />
        <button
          type="button"
          className="icon-button"
          onClick={onSignOut}
          aria-label="Sign out"
          title={`Sign out ${session.user.email}`}
        >
          <Icon name="signOut" />
        </button>
      </div>
    </header>
  );
}

function ModelBadge({ config: { model, is_auth_embedded, version } }: { config: Config }) {
  const name = model.is_rule_based ? "Rule-based analyst" : model.name;
  return (
    <div className="model">
      <button type="button" className="badge" popoverTarget="model-note">
        <span className="badge-dot" aria-hidden="true" />
        <span className="badge-name">{name}</span>
      </button>
      <div id="model-note" popover="auto" className="popover">
        <h2>{name}</h2>
        <p>
          {model.is_rule_based
            ? "No language model is connected. Questions are read by rules over a catalogue of metrics, the same way each time. What the rules can't place, they ask about."
            : "This language model reads the questions and words the answers. Numbers come from governed queries, never from the model."}
        </p>
        {is_auth_embedded && <p>Sign-in is a local stand-in for the hosted service.</p>}
        <p className="popover-foot">Version {version}</p>
      </div>
    </div>
  );
}
