/** What hardly anyone sees first, in a chunk of its own: signing up, invitations, a forgotten password. */
export { InvitedView } from "../invitations/InvitedView";
export { LinkView } from "../invitations/LinkView";
export { ForgotView } from "./ForgotView";
export { NewPassword } from "./NewPassword";
export { SignUpView } from "./SignUpView";
