import { useInfiniteQuery } from "@tanstack/react-query";
import type { TokenPage } from "../api/shapes";
import { useServices } from "../services";

export const TOKENS = ["tokens"];
export const TOKENS_PATH = "/v1/tokens";

export const SCOPES = [
  ["read", "Read: look at data and dashboards, ask questions"],
  ["write", "Write: pin charts and change dashboards too"],
  ["admin", "Admin: all that your role may do"],
] as const;

export function useTokens() {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: TOKENS,
    queryFn: ({ pageParam }) =>
      api.get<TokenPage>(pageParam ? `${TOKENS_PATH}?cursor=${pageParam}` : TOKENS_PATH),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}
