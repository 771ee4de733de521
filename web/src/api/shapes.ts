import type { ConfigReply, ConfirmEmailReply, LoginReply, ModelInfo, TurnReply } from "./schema";

export type {
  ChartSpec,
  ConversationItem,
  ConversationPage,
  ConversationReply as Conversation,
  DemoLogin,
  Format,
  GoogleReply as GoogleStart,
  IntegrationsReply as Integrations,
  Grain,
  LoginReply,
  ModelInfo,
  Option,
  Receipt,
  ResultPreview,
  Series,
  SignUpOffer as SignUp,
  SourceFreshness,
  Stat,
  TimeRange,
  TurnReply,
  WorkspaceStandingReply as Workspace,
} from "./schema";

export type Cell = string | number | boolean | null;
export type Config = Omit<ConfigReply, "model"> & { model: ModelInfo };
/** What a whole result can be had as. */
export type FileFormat = "csv" | "parquet";
export type Identity = Pick<LoginReply, "user" | "workspace">;
export type Outcome = TurnReply["outcome"];
/** Signed up: with a session at once, or once the address is confirmed. */
export type SignUpReply = LoginReply | ConfirmEmailReply;

export interface NewPerson {
  email: string;
  password: string;
  name?: string;
}
