import { useQueryClient } from "@tanstack/react-query";
import { useServices, useSession } from "../services";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { useWorkspace, WORKSPACE } from "./queries";
import "./noData.css";

/** Made-up data to try things out with, one click away. */
export function SampleOffer({ isDisabled }: { isDisabled: boolean }) {
  const { api } = useServices();
  const { id } = useSession().workspace;
  const queries = useQueryClient();
  const { data: workspace } = useWorkspace();
  const { isBusy, problem, submit } = useSubmit();
  const isLoading = workspace?.sample_status === "loading";
  const load = () =>
    submit(async (key) => {
      await api.post(`/v1/tenants/${encodeURIComponent(id)}/sample`, undefined, key);
      await queries.invalidateQueries({ queryKey: WORKSPACE });
    });
  return (
    <section className="way" aria-labelledby="sample-heading">
      <h3 id="sample-heading">Try it with sample data</h3>
      <p>
        Half a year of made-up traffic, search and deals. The workspace is labelled as a sample;
        your own work belongs in another one.
      </p>
      {problem && <Notice problem={problem} />}
      {workspace?.sample_status === "failed" && !isBusy && (
        <Notice message="The sample data could not be loaded. Nothing of it was kept." isBad />
      )}
      {isLoading ? (
        <p className="building" role="status">
          <span className="pulse" aria-hidden="true" />
          Loading the sample data. It may take a minute.
        </p>
      ) : (
        <button
          type="button"
          className="button button-primary"
          disabled={isDisabled}
          aria-disabled={isBusy}
          onClick={() => void load()}
        >
          {workspace?.sample_status === "failed" ? "Try again" : "Load sample data"}
        </button>
      )}
    </section>
  );
}
