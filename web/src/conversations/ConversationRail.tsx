import type { ConversationItem } from "../api/shapes";
import { Icon } from "../ui/Icon";
import { useConversations } from "./queries";
import "./conversations.css";

interface ConversationRailProps {
  activeId: string | null;
  onShow: (id: string | null) => void;
}

/** The conversations of this person in this workspace, newest first. */
export function ConversationRail({ activeId, onShow }: ConversationRailProps) {
  const { data, error } = useConversations();
  const items = data?.items ?? [];
  return (
    <nav className="rail-content" aria-label="Conversations">
      <button type="button" className="button rail-new" onClick={() => onShow(null)}>
        <Icon name="plus" size={16} />
        New question
      </button>
      {error && <p className="rail-empty">The list could not be loaded.</p>}
      {data && items.length === 0 && (
        <p className="rail-empty">Your questions will be kept here.</p>
      )}
      {groupByAge(items, new Date()).map(({ label, members }) => (
        <section key={label} aria-label={label}>
          <h2>{label}</h2>
          <ul>
            {members.map(({ id, title }) => (
              <li key={id}>
                <button
                  type="button"
                  aria-current={id === activeId ? "page" : undefined}
                  onClick={() => onShow(id)}
                  title={title}
                >
                  {title}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

interface Group {
  label: string;
  members: ConversationItem[];
}

export function groupByAge(items: ConversationItem[], now: Date): Group[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const week = midnight - 6 * 86_400_000;
  const groups: Group[] = [
    { label: "Today", members: [] },
    { label: "Last 7 days", members: [] },
    { label: "Earlier", members: [] },
  ];
  for (const item of items) {
    const at = Date.parse(item.updated_at);
    const index = at >= midnight ? 0 : at >= week ? 1 : 2;
    groups[index]?.members.push(item);
  }
  return groups.filter(({ members }) => members.length > 0);
}
