import { lazy } from "react";

const load = () => import("./AccountViews");

export const ForgotView = lazy(() => load().then((views) => ({ default: views.ForgotView })));
export const InvitedView = lazy(() => load().then((views) => ({ default: views.InvitedView })));
export const LinkView = lazy(() => load().then((views) => ({ default: views.LinkView })));
export const NewPassword = lazy(() => load().then((views) => ({ default: views.NewPassword })));
export const SignUpView = lazy(() => load().then((views) => ({ default: views.SignUpView })));

/** Fetches the views that are a click away; one that fails is fetched again at the click. */
export function preloadViews(): void {
  load().catch(() => undefined);
}
