import { type QueryClient, useQuery } from "@tanstack/react-query";
import type { Feedback, FeedbackPage } from "../api/shapes";
import { useServices } from "../services";

export const FEEDBACK_PATH = "/v1/feedback";
export const FEEDBACK = ["feedback"];

/** One's own opinions about the answers of a conversation, by turn. */
export type Opinions = Record<string, Pick<Feedback, "is_helpful" | "reason">>;

const opinionsKey = (conversation: string) => ["opinions", conversation];
const MOST = 200;

export const feedbackPath = (turn: string): string =>
  `${FEEDBACK_PATH}/${encodeURIComponent(turn)}`;

export function useOpinions(conversation: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: opinionsKey(conversation),
    queryFn: async (): Promise<Opinions> => {
      const query = new URLSearchParams({ conversation_id: conversation, limit: String(MOST) });
      const { items } = await api.get<FeedbackPage>(`${FEEDBACK_PATH}?${query}`);
      const own = items.filter(({ is_yours }) => is_yours);
      return Object.fromEntries(own.map((item) => [item.turn_id, item]));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Keeps here what the server has now; null is no opinion. */
export function keepOpinion(
  queries: QueryClient,
  conversation: string,
  turn: string,
  opinion: Opinions[string] | null,
): void {
  queries.setQueryData<Opinions>(opinionsKey(conversation), (known = {}) => {
    const { [turn]: _, ...rest } = known;
    return opinion ? { ...rest, [turn]: opinion } : rest;
  });
  void queries.invalidateQueries({ queryKey: FEEDBACK });
}
