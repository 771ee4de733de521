import { useQuery } from "@tanstack/react-query";
import type { UsagePage } from "../api/shapes";
import { useServices } from "../services";

export const USAGE = ["usage"];

export function useUsage(months: number) {
  const { api } = useServices();
  return useQuery({
    queryKey: [...USAGE, months],
    queryFn: () => api.get<UsagePage>(`/v1/usage?months=${months}`),
  });
}
