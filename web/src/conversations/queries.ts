import { type QueryClient, useQuery } from "@tanstack/react-query";
import { type Turn, turnOf } from "../chat/turn";
import { useServices } from "../services";

export interface Thread {
  title: string;
  turns: Turn[];
}

const threadKey = (id: string | null) => ["conversation", id ?? "new"];
const LIST = ["conversations"];
const EMPTY: Thread = { title: "", turns: [] };

export function useConversations() {
  const { api } = useServices();
  return useQuery({ queryKey: LIST, queryFn: () => api.conversations() });
}

/** The settled turns of a conversation; a new one starts empty. */
export function useThread(id: string | null) {
  const { api } = useServices();
  return useQuery({
    queryKey: threadKey(id),
    queryFn: async (): Promise<Thread> => {
      if (id === null) return EMPTY;
      const { title, turns } = await api.conversation(id);
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
}

export function dropTurn(queries: QueryClient, turn: Turn): void {
  queries.setQueryData<Thread>(threadKey(turn.conversationId), (thread = EMPTY) => ({
    ...thread,
    turns: thread.turns.filter(({ key }) => key !== turn.key),
  }));
}
