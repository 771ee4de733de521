import { useQuery } from "@tanstack/react-query";
import type { Page, UsageItem } from "../api/contract";
import { useServices } from "../services";

export const USAGE = ["usage"];

export function useUsage(months: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...USAGE, months],
    queryFn: () => api.get<Pick<Page<UsageItem>, "items">>(`/v1/usage?months=${months}`),
  });
}
