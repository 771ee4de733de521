import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { Conversation, ConversationPage } from "../api/shapes";
import { type Turn, turnOf } from "../chat/turn";
import { useServices } from "../services";
import { USAGE } from "../usage/queries";

export interface Thread {
  title: string;
  turns: Turn[];
}

export const threadKey = (id: string | null) => ["conversation", id ?? "new"];
const LIST = ["conversations"];
const EMPTY: Thread = { title: "", turns: [] };
const PATH = "/v1/conversations";

export const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

/** The conversations of this person in this workspace, the latest first. */
export function useConversations() {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam }) =>
      api.get<ConversationPage>(pageParam ? `${PATH}?cursor=${pageParam}` : PATH),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
}
/** The settled turns of a conversation; a new one starts empty. */
export function useThread(id: string | null) {
  const { api } = useServices();
  return useQuery({
    queryKey: threadKey(id),
    queryFn: async (): Promise<Thread> => {
      if (id === null) return EMPTY;
      const { title, turns } = await api.get<Conversation>(pathOf(id));
      return { title, turns: turns.map(turnOf) };
    },
    // Turns are appended as they settle; a refetch in between could only repeat or lose one.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function startThread(queries: QueryClient, id: string): void {
  queries.setQueryData<Thread>(threadKey(id), (thread) => thread ?? EMPTY);
  queries.setQueryData<Thread>(threadKey(null), EMPTY);
}

export function appendTurn(queries: QueryClient, turn: Turn): void {
  const key = threadKey(turn.conversationId);
  queries.setQueryData<Thread>(key, (thread = EMPTY) => ({
    ...thread,
    turns: [...thread.turns, turn],
  }));
  void queries.invalidateQueries({ queryKey: LIST });
  void queries.invalidateQueries({ queryKey: USAGE });
}

export function dropTurn(queries: QueryClient, turn: Turn): void {
  queries.setQueryData<Thread>(threadKey(turn.conversationId), (thread = EMPTY) => ({
    ...thread,
    turns: thread.turns.filter(({ key }) => key !== turn.key),
  }));
}

/** Puts another title on a conversation, here as on the server. */
export function retitle(queries: QueryClient, id: string, title: string): void {
  queries.setQueryData<Thread>(threadKey(id), (thread) => thread && { ...thread, title });
  void queries.invalidateQueries({ queryKey: LIST });
}

/** Forgets a conversation that is no more; the list first, so that it can't be opened again. */
export function forget(queries: QueryClient, id: string): void {
  queries.setQueryData<InfiniteData<ConversationPage, string>>(
    LIST,
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.filter((item) => item.id !== id),
        })),
      },
  );
  queries.removeQueries({ queryKey: threadKey(id) });
  void queries.invalidateQueries({ queryKey: LIST });
}
