import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AccessToken, NewAccessToken } from "../api/shapes";
import { useServices } from "../services";
import { CopyField } from "../ui/CopyField";
import { formatDate, formatTime } from "../ui/format";
import { Icon } from "../ui/Icon";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { TwoStepButton } from "../ui/TwoStepButton";
import { NewToken } from "./NewToken";
import { TOKENS, TOKENS_PATH, useTokens } from "./queries";

/** Personal access tokens: what programs sign in with in one's place. */
export function TokensSection() {
  const queries = useQueryClient();
  const list = useTokens();
  const { data, error, refetch } = list;
  const [isNaming, setIsNaming] = useState(false);
  const [made, setMade] = useState<NewAccessToken | null>(null);
  const tokens = data?.pages.flatMap(({ items }) => items);
  const changed = (next: NewAccessToken | null) => {
    setMade(next);
    return queries.invalidateQueries({ queryKey: TOKENS });
  };
  return (
    <section className="block" aria-labelledby="tokens-heading">
      <h3 id="tokens-heading">Access tokens</h3>
      <p>
        For programs that work in your place in this workspace: scripts, or an MCP client such as
        Claude Desktop at <code>{location.origin}/mcp/bigquery</code>. A token never may more than
        you.
      </p>
      <div className="block-body">
        <button type="button" className="button" onClick={() => setIsNaming(true)}>
          <Icon name="plus" size={16} />
          New token
        </button>
        {made && (
          <section className="secret" aria-label="New token">
            <CopyField label={`Secret of ${made.name}`} value={made.secret} />
            <p className="field-note">
              Copy it now: it is shown this once only. It is sent as{" "}
              <code>Authorization: Bearer …</code>
            </p>
          </section>
        )}
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {tokens?.length === 0 && <p className="row-note">There are no tokens.</p>}
        {tokens && tokens.length > 0 && (
          <ul className="rows" aria-label="Access tokens">
            {tokens.map((token) => (
              <TokenRow
                key={token.id}
                token={token}
                onRevoked={() => changed(made?.id === token.id ? null : made)}
              />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
      {isNaming && <NewToken onMade={changed} onClose={() => setIsNaming(false)} />}
    </section>
  );
}

interface TokenRowProps {
  token: AccessToken;
  onRevoked: () => Promise<void>;
}

function TokenRow({ token, onRevoked }: TokenRowProps) {
  const { api } = useServices();
  const { id, name, scopes, hint, expires_at, last_used_at, is_yours } = token;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {name}
          {scopes.map((scope) => (
            <span key={scope} className="tag">
              {scope}
            </span>
          ))}
          {!is_yours && <span className="tag">Somebody else's</span>}
        </p>
        <p className="row-note">
          ends in <code>{hint}</code> · until {formatDate(expires_at)} ·{" "}
          {last_used_at ? `last used ${formatTime(last_used_at)}` : "never used"}
        </p>
      </div>
      <div className="row-end">
        <TwoStepButton
          action="Revoke"
          label={`Revoke ${name}`}
          confirm="Revoke for good"
          onConfirm={async () => {
            await api.delete(`${TOKENS_PATH}/${encodeURIComponent(id)}`);
            await onRevoked();
          }}
        />
      </div>
    </li>
  );
}
