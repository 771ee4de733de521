import { useQuery } from "@tanstack/react-query";
import type { InvitationPreview } from "../api/shapes";
import { useServices } from "../services";

/** What an invitation is for; whoever has its link may know. */
export function useInvitationPreview(token: string | null) {
  const { api } = useServices();
  return useQuery({
    queryKey: ["invitation", token],
    queryFn: () => api.openly<InvitationPreview>("POST", "/v1/invitations/preview", { token }),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
