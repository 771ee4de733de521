import { Component, type ReactNode } from "react";

/** Shown when a part of the product could not be fetched, for example after a new version was put out. */
export class LoadBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError() {
    return { isBroken: true };
  }

  override render() {
    if (!this.state.isBroken) return this.props.children;
    return (
      <div className="empty" role="alert">
        <h2>This screen could not be loaded</h2>
        <p>
          The connection may be lost, or there is a newer version. Nothing you saved is affected.
        </p>
        <div className="empty-actions">
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            Reload the page
          </button>
        </div>
      </div>
    );
  }
}
