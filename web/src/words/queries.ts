import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Catalog, Synonym, SynonymPage, UnansweredPage } from "../api/shapes";
import { useServices } from "../services";

export const SYNONYMS = ["synonyms"];
export const UNANSWERED = ["unanswered"];
export const SYNONYMS_PATH = "/v1/synonyms";
export const UNANSWERED_PATH = "/v1/unanswered";

export type SynonymKind = Synonym["kind"];

export function useSynonyms() {
  return usePages<SynonymPage>(SYNONYMS, SYNONYMS_PATH);
}

export function useUnanswered() {
  return usePages<UnansweredPage>(UNANSWERED, UNANSWERED_PATH);
}

/** What words can stand for; the same in every workspace. */
export function useCatalog() {
  const { api } = useServices();
  return useQuery({
    queryKey: ["catalog"],
    queryFn: () => api.get<Catalog>("/v1/analytics/schema"),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a metric or dimension is called, as far as that is known. */
export function labelOf(catalog: Catalog | undefined, { kind, name }: Synonym): string {
  const known = kind === "metric" ? catalog?.metrics : catalog?.dimensions;
  return known?.find((entry) => entry.name === name)?.label ?? name.replaceAll("_", " ");
}

function usePages<P extends { next_cursor?: string | null }>(key: string[], path: string) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) =>
      api.get<P>(pageParam ? `${path}?cursor=${encodeURIComponent(pageParam)}` : path),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}
