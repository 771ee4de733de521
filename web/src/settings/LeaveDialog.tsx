import type { Membership } from "../auth/session";
import { useServices } from "../services";
import { FormDialog } from "../ui/FormDialog";
import { goElsewhere } from "./goElsewhere";

interface LeaveDialogProps {
  workspace: Membership;
  onClose: () => void;
}

/** Asks whether to leave. */
export function LeaveDialog({ workspace: { id, name }, onClose }: LeaveDialogProps) {
  const services = useServices();
  const leave = async () => {
    await services.api.post(`/v1/tenants/${encodeURIComponent(id)}/leave`);
    await goElsewhere(services);
  };
  return (
    <FormDialog title={`Leave ${name}?`} action="Leave" isDanger onSubmit={leave} onClose={onClose}>
      <p>
        You can come back only by another invitation. Its last owner can't leave: hand it over or
        delete it instead.
      </p>
    </FormDialog>
  );
}
