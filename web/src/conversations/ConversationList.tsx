import { Suspense, useState } from "react";
import type { ConversationItem } from "../api/shapes";
import { Icon } from "../ui/Icon";
import { later } from "../ui/later";
import { Menu } from "../ui/Menu";
import type { ConversationQuestion } from "./ConversationDialog";
import { useConversations } from "./queries";
import "./conversations.css";

const ConversationDialog = later(() => import("./ConversationDialog"));

interface ConversationListProps {
  activeId: string | null;
  onShow: (id: string | null) => void;
}

/** The conversations of this person in this workspace, newest first. */
export function ConversationList({ activeId, onShow }: ConversationListProps) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useConversations();
  const [question, setQuestion] = useState<ConversationQuestion | null>(null);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <nav className="conversations" aria-label="Conversations">
      {error && (
        <p className="rail-empty">
          The list could not be loaded.{" "}
          <button type="button" className="link" onClick={() => void refetch()}>
            Try again
          </button>
        </p>
      )}
      {data && items.length === 0 && (
        <p className="rail-empty">Your questions will be kept here.</p>
      )}
      {groupByAge(items, new Date()).map(({ label, members }) => (
        <section key={label} aria-label={label}>
          <h2>{label}</h2>
          <ul>
            {members.map((item) => (
              <Entry
                key={item.id}
                item={item}
                isActive={item.id === activeId}
                onShow={() => onShow(item.id)}
                onAsk={setQuestion}
              />
            ))}
          </ul>
        </section>
      ))}
      {hasNextPage && (
        <button
          type="button"
          className="button rail-more"
          aria-disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {isFetchingNextPage ? "Loading…" : "Show more"}
        </button>
      )}
      {question && (
        <Suspense>
          <ConversationDialog
            question={question}
            isActive={question.item.id === activeId}
            onClose={() => setQuestion(null)}
          />
        </Suspense>
      )}
    </nav>
  );
}

interface EntryProps {
  item: ConversationItem;
  isActive: boolean;
  onShow: () => void;
  onAsk: (question: ConversationQuestion) => void;
}

function Entry({ item, isActive, onShow, onAsk }: EntryProps) {
  return (
    <li>
      <button
        type="button"
        className="conversation"
        aria-current={isActive ? "page" : undefined}
        onClick={onShow}
        title={item.title}
      >
        {item.title}
      </button>
      <Menu
        label={`Options for ${item.title}`}
        className="icon-button conversation-options"
        onOpen={ConversationDialog.preload}
        groups={[
          {
            items: [
              { label: "Rename…", onSelect: () => onAsk({ kind: "rename", item }) },
              {
                label: "Delete…",
                isDanger: true,
                onSelect: () => onAsk({ kind: "delete", item }),
              },
            ],
          },
        ]}
      >
        <Icon name="more" size={16} />
      </Menu>
    </li>
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
