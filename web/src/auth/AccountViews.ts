/** What hardly anyone sees first, in a chunk of its own: signing up, and a forgotten password. */
export { ForgotView } from "./ForgotView";
export { NewPassword } from "./NewPassword";
export { SignUpView } from "./SignUpView";
