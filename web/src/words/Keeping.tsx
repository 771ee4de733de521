import { useQueryClient } from "@tanstack/react-query";
import { useServices } from "../services";
import { Notice } from "../ui/Notice";
import { TwoStepButton } from "../ui/TwoStepButton";
import { useSubmit } from "../ui/useSubmit";
import { UNANSWERED, UNANSWERED_PATH } from "./queries";

/** Whether the workspace keeps what is not answered. */
export function Keeping({ isKept }: { isKept: boolean }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit();
  const keep = async (isWanted: boolean) => {
    await api.put(UNANSWERED_PATH, { is_kept: isWanted });
    await queries.invalidateQueries({ queryKey: UNANSWERED });
  };
  if (isKept) {
    return (
      <div className="keeping">
        <p className="row-note">They are kept for ninety days.</p>
        <TwoStepButton
          action="Keep none"
          label="Keep none of what was not answered"
          confirm="Stop, and delete these"
          onConfirm={() => keep(false)}
        />
      </div>
    );
  }
  return (
    <div className="keeping">
      <p className="row-note">This workspace keeps none of them.</p>
      {problem && <Notice problem={problem} />}
      <button
        type="button"
        className="button button-small"
        aria-disabled={isBusy}
        onClick={() => void submit(() => keep(true))}
      >
        Keep them from now on
      </button>
    </div>
  );
}
