import { type QueryClient, useInfiniteQuery } from "@tanstack/react-query";
import type { Verified, VerifiedAnswer, VerifiedPage } from "../api/shapes";
import { type Thread, threadKey } from "../conversations/queries";
import type { KeptTurn } from "../pinning/PinButton";
import { useServices } from "../services";

export const VERIFIED_PATH = "/v1/verified-answers";
export const VERIFIED = ["verified"];

export const verifiedPath = (id: string): string => `${VERIFIED_PATH}/${encodeURIComponent(id)}`;

export function useVerifiedAnswers() {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: VERIFIED,
    queryFn: ({ pageParam }) =>
      api.get<VerifiedPage>(pageParam ? `${VERIFIED_PATH}?cursor=${pageParam}` : VERIFIED_PATH),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}

/** Shows on a turn that is here already what the server says of the next one alike. */
export function markTurn(queries: QueryClient, kept: KeptTurn, verified: Verified | null): void {
  queries.setQueryData<Thread>(
    threadKey(kept.conversationId),
    (thread) =>
      thread && {
        ...thread,
        turns: thread.turns.map((turn) =>
          turn.turnId === kept.turnId ? { ...turn, verified } : turn,
        ),
      },
  );
  void queries.invalidateQueries({ queryKey: VERIFIED });
}

export const markOf = ({ id, question, by, note, updated_at }: VerifiedAnswer): Verified => ({
  id,
  question,
  by,
  note,
  at: updated_at,
});
