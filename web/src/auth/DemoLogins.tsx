import type { DemoLogin } from "../api/shapes";
import { Icon } from "../ui/Icon";

interface DemoLoginsProps {
  logins: DemoLogin[];
  isBusy: boolean;
  onPick: (email: string, password: string) => void;
}

/** One card a demo workspace; says plainly that this sign-in is a stand-in. */
export function DemoLogins({ logins, isBusy, onPick }: DemoLoginsProps) {
  return (
    <section className="demo-logins" aria-labelledby="demo-heading">
      <h2 id="demo-heading">Open a demo workspace</h2>
      <ul>
        {logins.map(({ email, password, workspace }) => (
          <li key={email}>
            <button type="button" disabled={isBusy} onClick={() => onPick(email, password)}>
              <span className="demo-initial" aria-hidden="true">
                {workspace.slice(0, 1)}
              </span>
              <span className="demo-text">
                <strong>{workspace}</strong>
                <span>{email}</span>
              </span>
              <Icon name="chevron" />
            </button>
          </li>
        ))}
      </ul>
      <p className="demo-note">
        Demo: a local stand-in for the sign-in service, with made-up data. No account needed.
      </p>
    </section>
  );
}
